//! HTML character references in plain text.

/// A reference that was read: the character, and how many bytes stand for it.
pub(crate) struct Reference {
    pub(crate) character: char,
    pub(crate) bytes: usize,
}

/// Names that occur in Arabic pages. The full list has 2,231 names; what is not here stays as it stands,
/// because in running text `&notin;` is more likely to be a URL than a sign.
const NAMES: [(&str, char); 30] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{A0}'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("bdquo", '„'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("bull", '•'),
    ("middot", '·'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("lrm", '\u{200E}'),
    ("rlm", '\u{200F}'),
    ("shy", '\u{AD}'),
    ("times", '×'),
];

/// The longest reference that is looked at, `&` and `;` included.
const BYTES_MAX: usize = 12;

/// Reads a reference at the start of `bytes` (which begin with `&`). References of references
/// (`&amp;quot;`) are read to the end, so that reading twice changes nothing.
pub(crate) fn read(bytes: &[u8]) -> Option<Reference> {
    let first = one(bytes)?;
    let mut at = first.bytes;
    if first.character != '&' {
        return Some(first);
    }
    loop {
        // what follows an ampersand that was itself a reference: `amp;…` or `quot;…`
        let Some(next) = tail(bytes.get(at..).unwrap_or_default()) else {
            return Some(Reference { character: '&', bytes: at });
        };
        at += next.bytes;
        if next.character != '&' {
            return Some(Reference { character: next.character, bytes: at });
        }
    }
}

fn one(bytes: &[u8]) -> Option<Reference> {
    let rest = bytes.strip_prefix(b"&")?;
    tail(rest).map(|reference| Reference { bytes: reference.bytes + 1, ..reference })
}

/// A reference without its `&`.
fn tail(bytes: &[u8]) -> Option<Reference> {
    let window = bytes.get(..bytes.len().min(BYTES_MAX))?;
    let end = memchr::memchr(b';', window)?;
    let name = std::str::from_utf8(window.get(..end)?).ok()?;
    let character = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        char::from_u32(code).filter(|c| !c.is_control())?
    } else {
        NAMES.iter().find(|(known, _)| *known == name)?.1
    };
    Some(Reference { character, bytes: end + 1 })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn check(text: &str, expected: Option<(char, usize)>) {
        assert_eq!(read(text.as_bytes()).map(|r| (r.character, r.bytes)), expected, "{text}");
    }

    #[test]
    fn references_are_read_to_the_end() {
        check("&quot;نعم", Some(('"', 6)));
        check("&amp;quot;", Some(('"', 10)));
        check("&amp;amp;lt;", Some(('<', 12)));
        check("&amp; ذهب", Some(('&', 5)));
        check("&#1606;", Some(('ن', 7)));
        check("&#x646;", Some(('ن', 7)));
        check("&y=1", None);
        check("&#0;", None);
        check("&", None);
    }
}
