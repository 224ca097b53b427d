//! What a page is spared before it is parsed. A page that is nested a million deep takes a DOM's stack, or its whole
//! afternoon: opening tags beyond a depth that no real page has are left out; what they enclose stays. Scripts and styles,
//! half of many a page, are emptied: nobody reads them here but for linked data.

use std::borrow::Cow;

/// The deepest nesting that is parsed. Real pages stay under 60.
const NESTING_MAX: usize = 512;
/// Elements that close by themselves, or have no inside: however many stand in a row, none is deeper.
const FLAT: [&str; 36] = [
    "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "html", "head", "body", "img",
    "input", "li", "link", "meta", "option", "optgroup", "p", "param", "rp", "rt", "source", "tbody", "td",
    "tfoot", "th", "thead", "tr", "track", "wbr", "caption", "basefont", "bgsound", "frame",
];
/// Elements whose inside is not markup.
const OPAQUE: [&str; 4] = ["script", "style", "textarea", "title"];
/// Those of them that never hold copy.
const EMPTIED: [&str; 2] = ["script", "style"];

/// The page, without opening tags beyond the limit, and without the inside of scripts and styles.
pub(super) fn spared(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let (mut depth, mut at, mut kept) = (0_usize, 0, 0);
    let mut shallow = String::new();
    while let Some(open) = memchr::memchr(b'<', bytes.get(at..).unwrap_or_default()).map(|found| at + found) {
        let is_closing = bytes.get(open + 1) == Some(&b'/');
        let start = open + 1 + usize::from(is_closing);
        let rest = bytes.get(start..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        at = start + length;
        let name = rest.get(..length).unwrap_or_default();
        let is = |list: &[&str]| list.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        if name.is_empty() || is(&FLAT) {
            continue;
        }
        if is_closing {
            depth = depth.saturating_sub(1);
            continue;
        }
        let end =
            memchr::memchr(b'>', bytes.get(at..).unwrap_or_default()).map_or(bytes.len(), |end| at + end + 1);
        if is(&OPAQUE) {
            at = end_of_opaque(bytes, end, name);
            let (tag, inside) =
                (html.get(open..end).unwrap_or_default(), html.get(end..at).unwrap_or_default());
            // a comment inside a script may hide where the script ends: the parser knows how to read that
            if is(&EMPTIED) && !tag.contains("ld+json") && !inside.contains("<!--") {
                shallow.push_str(html.get(kept..end).unwrap_or_default());
                kept = at;
            }
            continue;
        }
        if bytes.get(end.saturating_sub(2)) == Some(&b'/') {
            continue;
        }
        depth += 1;
        if depth > NESTING_MAX {
            depth = NESTING_MAX;
            shallow.push_str(html.get(kept..open).unwrap_or_default());
            kept = end;
            at = end;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(html);
    }
    shallow.push_str(html.get(kept..).unwrap_or_default());
    Cow::Owned(shallow)
}

/// Where the inside of a script or its like ends.
fn end_of_opaque(bytes: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from;
    while let Some(open) = memchr::memchr(b'<', bytes.get(at..).unwrap_or_default()).map(|found| at + found) {
        let rest = bytes.get(open + 1..).unwrap_or_default();
        if rest.first() == Some(&b'/')
            && rest.get(1..=name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name))
        {
            return open;
        }
        at = open + 1;
    }
    // one that never closes hides nothing: what follows is looked at all the same
    from
}

#[cfg(test)]
mod tests {
    use super::{NESTING_MAX, spared};

    #[test]
    fn real_pages_stay_as_they_are() {
        for page in [
            "<ul><li>أ<li>ب</ul><textarea>if (a < b) '<div><div>'</textarea><p>ج".repeat(1000),
            "<script type='application/ld+json'>{\"a\": \"<div>\"}</script><p>ج".repeat(1000),
            "<script><!-- <script> </script> --></script><p>ج".repeat(1000),
            "<div><p>أ</div>".repeat(2000),
            "<br/><img><div/>".repeat(2000),
        ] {
            assert_eq!(spared(&page), page);
        }
    }

    #[test]
    fn scripts_and_styles_are_emptied() {
        let page = "<style>p { margin: 0 }</style><SCRIPT type='application/json'>{\"a\": \"<div>\"}</SCRIPT><p>ج</p><script>";
        assert_eq!(spared(page), "<style></style><SCRIPT type='application/json'></SCRIPT><p>ج</p><script>");
    }

    #[test]
    fn what_is_too_deep_keeps_its_text() {
        let page = format!("{}نص{}", "<div class='x'>".repeat(5000), "</div>".repeat(5000));
        let shallow = spared(&page);
        assert_eq!(shallow.matches("<div").count(), NESTING_MAX);
        assert!(shallow.contains("نص</div>"));
    }
}
