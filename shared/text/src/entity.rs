//! HTML character references in plain text.

use crate::slice;

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

/// The names of the characters of ISO-8859-1 and windows-1252, in the order of their codes, as programs write them that
/// take text for Latin. In plain text they are read only where they stand for letters of another encoding.
const LATIN: [(char, &str); 121] = [
    ('\u{A0}', "nbsp"),
    ('¡', "iexcl"),
    ('¢', "cent"),
    ('£', "pound"),
    ('¤', "curren"),
    ('¥', "yen"),
    ('¦', "brvbar"),
    ('§', "sect"),
    ('¨', "uml"),
    ('©', "copy"),
    ('ª', "ordf"),
    ('«', "laquo"),
    ('¬', "not"),
    ('\u{AD}', "shy"),
    ('®', "reg"),
    ('¯', "macr"),
    ('°', "deg"),
    ('±', "plusmn"),
    ('²', "sup2"),
    ('³', "sup3"),
    ('´', "acute"),
    ('µ', "micro"),
    ('¶', "para"),
    ('·', "middot"),
    ('¸', "cedil"),
    ('¹', "sup1"),
    ('º', "ordm"),
    ('»', "raquo"),
    ('¼', "frac14"),
    ('½', "frac12"),
    ('¾', "frac34"),
    ('¿', "iquest"),
    ('À', "Agrave"),
    ('Á', "Aacute"),
    ('Â', "Acirc"),
    ('Ã', "Atilde"),
    ('Ä', "Auml"),
    ('Å', "Aring"),
    ('Æ', "AElig"),
    ('Ç', "Ccedil"),
    ('È', "Egrave"),
    ('É', "Eacute"),
    ('Ê', "Ecirc"),
    ('Ë', "Euml"),
    ('Ì', "Igrave"),
    ('Í', "Iacute"),
    ('Î', "Icirc"),
    ('Ï', "Iuml"),
    ('Ð', "ETH"),
    ('Ñ', "Ntilde"),
    ('Ò', "Ograve"),
    ('Ó', "Oacute"),
    ('Ô', "Ocirc"),
    ('Õ', "Otilde"),
    ('Ö', "Ouml"),
    ('×', "times"),
    ('Ø', "Oslash"),
    ('Ù', "Ugrave"),
    ('Ú', "Uacute"),
    ('Û', "Ucirc"),
    ('Ü', "Uuml"),
    ('Ý', "Yacute"),
    ('Þ', "THORN"),
    ('ß', "szlig"),
    ('à', "agrave"),
    ('á', "aacute"),
    ('â', "acirc"),
    ('ã', "atilde"),
    ('ä', "auml"),
    ('å', "aring"),
    ('æ', "aelig"),
    ('ç', "ccedil"),
    ('è', "egrave"),
    ('é', "eacute"),
    ('ê', "ecirc"),
    ('ë', "euml"),
    ('ì', "igrave"),
    ('í', "iacute"),
    ('î', "icirc"),
    ('ï', "iuml"),
    ('ð', "eth"),
    ('ñ', "ntilde"),
    ('ò', "ograve"),
    ('ó', "oacute"),
    ('ô', "ocirc"),
    ('õ', "otilde"),
    ('ö', "ouml"),
    ('÷', "divide"),
    ('ø', "oslash"),
    ('ù', "ugrave"),
    ('ú', "uacute"),
    ('û', "ucirc"),
    ('ü', "uuml"),
    ('ý', "yacute"),
    ('þ', "thorn"),
    ('ÿ', "yuml"),
    ('Œ', "OElig"),
    ('œ', "oelig"),
    ('Š', "Scaron"),
    ('š', "scaron"),
    ('Ÿ', "Yuml"),
    ('ƒ', "fnof"),
    ('ˆ', "circ"),
    ('˜', "tilde"),
    ('–', "ndash"),
    ('—', "mdash"),
    ('‘', "lsquo"),
    ('’', "rsquo"),
    ('‚', "sbquo"),
    ('“', "ldquo"),
    ('”', "rdquo"),
    ('„', "bdquo"),
    ('†', "dagger"),
    ('‡', "Dagger"),
    ('•', "bull"),
    ('…', "hellip"),
    ('‰', "permil"),
    ('‹', "lsaquo"),
    ('›', "rsaquo"),
    ('€', "euro"),
    ('™', "trade"),
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

/// The name of a character of ISO-8859-1 or windows-1252.
pub(crate) fn name_of(character: char) -> Option<&'static str> {
    LATIN.binary_search_by_key(&character, |(known, _)| *known).ok().map(|place| LATIN[place].1)
}

/// Reads one reference of any kind at the start of `bytes`: the character, and how many bytes stand for it. Control
/// characters of ISO-8859-1 are read too: they are what a wrong decoder leaves.
pub(crate) fn any(bytes: &[u8]) -> Option<(char, usize)> {
    let window = bytes.get(1..bytes.len().min(BYTES_MAX))?;
    let end = memchr::memchr(b';', window)?;
    let name = std::str::from_utf8(window.get(..end)?).ok()?;
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
        None => LATIN.iter().find(|(_, known)| *known == name)?.0,
    };
    Some((character, end + 2))
}

/// A reference in a plain text: where its character stands in the text that was made, in bytes, and what
/// stood there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The character's first byte in the new text.
    pub at: usize,
    /// The reference as it was written.
    pub was: String,
}

/// Reads the references of a plain text; none when it has none.
pub fn decode(text: &str) -> Option<(String, Vec<Written>)> {
    let (mut out, mut written, mut at) = (String::new(), vec![], 0);
    while let Some(found) = memchr::memchr(b'&', text.as_bytes().get(at..)?) {
        let here = at + found;
        out.push_str(slice::between(text, at, here));
        if let Some(reference) = read(slice::from(text, here).as_bytes()) {
            at = here + reference.bytes;
            written.push(Written { at: out.len(), was: slice::between(text, here, at).to_owned() });
            out.push(reference.character);
        } else {
            out.push('&');
            at = here + 1;
        }
    }
    out.push_str(slice::from(text, at));
    (!written.is_empty()).then_some((out, written))
}

/// Writes the references again: the text as it came.
pub fn undo(text: &str, written: &[Written]) -> String {
    let (mut out, mut at) = (String::with_capacity(text.len() * 2), 0);
    for reference in written {
        out.push_str(slice::between(text, at, reference.at));
        out.push_str(&reference.was);
        at = reference.at + slice::from(text, reference.at).chars().next().map_or(0, char::len_utf8);
    }
    out.push_str(slice::from(text, at));
    out
}

#[cfg(test)]
mod tests {
    use super::{decode, read, undo};

    #[test]
    fn references_of_a_plain_text_are_read_and_written_again() {
        let text = "قال &laquo;نعم&raquo; &amp;quot;لا&amp;quot; AT&T &#x646;";
        let (plain, written) = decode(text).expect("references");
        assert_eq!(plain, "قال «نعم» \"لا\" AT&T ن");
        assert_eq!(undo(&plain, &written), text);
        assert_eq!(decode("AT&T & Co"), None);
    }

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
