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
/// Elements of phrases, which the end of a block ends too.
const PHRASES: [&str; 24] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "ins", "label", "mark", "q",
    "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u",
];
/// Those of them that a parser ends alone, though a block within stays open.
const FORMATTING: [&str; 12] =
    ["a", "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "u"];
/// Elements whose inside is not markup.
const OPAQUE: [&str; 8] = ["script", "style", "textarea", "title", "iframe", "xmp", "noembed", "noframes"];
/// Those of them that never hold copy.
const EMPTIED: [&str; 2] = ["script", "style"];

/// The most attributes that a tag keeps any of: a parser compares each with all before it. Real tags have under 60.
const ATTRIBUTES_MAX: usize = 256;

/// The page, without opening tags beyond the limit, without the attributes of tags that have too many, and without the
/// inside of scripts and styles.
pub(super) fn spared(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let (mut at, mut kept) = (0, 0);
    let mut open_elements = OpenElements::default();
    let mut comments_close = true;
    let mut shallow = String::new();
    let mut unclosed: Vec<&str> = vec![];
    while let Some(open) = memchr::memchr(b'<', bytes.get(at..).unwrap_or_default()).map(|found| at + found) {
        let is_closing = bytes.get(open + 1) == Some(&b'/');
        let start = open + 1 + usize::from(is_closing);
        let rest = bytes.get(start..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = rest.get(..length).unwrap_or_default();
        let is = |list: &[&str]| list.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        if !name.first().is_some_and(u8::is_ascii_alphabetic) {
            at = start;
            if comments_close && bytes.get(open..).is_some_and(|rest| rest.starts_with(b"<!--")) {
                let end = end_of_comment(bytes, open);
                comments_close = end.is_some();
                at = end.unwrap_or(start);
            }
            continue;
        }
        let tag = Tag::read(bytes, start + length);
        at = tag.end;
        if tag.attributes > ATTRIBUTES_MAX {
            shallow.push_str(html.get(kept..start + length).unwrap_or_default());
            kept = tag.inside_end;
        }
        if is(&FLAT) {
            continue;
        }
        if is_closing {
            if !is(&OPAQUE) {
                open_elements.close(name);
            }
            continue;
        }
        if let Some(known) = OPAQUE.iter().find(|known| name.eq_ignore_ascii_case(known.as_bytes())) {
            // one that never closes hides nothing: what follows is looked at all the same, and nobody looks for its end again
            let closed = if unclosed.contains(known) { None } else { end_of_opaque(bytes, tag.end, name) };
            let Some(closed) = closed else {
                unclosed.push(known);
                continue;
            };
            at = closed;
            let (tag, end) = (html.get(open..tag.end).unwrap_or_default(), tag.end);
            let inside = html.get(end..at).unwrap_or_default();
            // a comment inside a script may hide where the script ends: the parser knows how to read that
            if is(&EMPTIED) && !tag.contains("ld+json") && !inside.contains("<!--") {
                shallow.push_str(html.get(kept..end).unwrap_or_default());
                kept = at;
            }
            continue;
        }
        if bytes.get(tag.end.saturating_sub(2)) == Some(&b'/') {
            continue;
        }
        if !open_elements.open(name) && kept <= open {
            shallow.push_str(html.get(kept..open).unwrap_or_default());
            kept = tag.end;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(html);
    }
    shallow.push_str(html.get(kept..).unwrap_or_default());
    Cow::Owned(shallow)
}

/// The elements that are open at a place of the page, as far as nesting is parsed.
#[derive(Default)]
struct OpenElements<'page>(Vec<&'page [u8]>);

impl<'page> OpenElements<'page> {
    /// Whether there is room for another one.
    fn open(&mut self, name: &'page [u8]) -> bool {
        let is_room = self.0.len() < NESTING_MAX;
        if is_room {
            self.0.push(name);
        }
        is_room
    }

    /// Closes what a parser would close: a block ends with all that is open in it, a phrase does not end the block around
    /// it, and what was never opened ends nothing.
    fn close(&mut self, name: &[u8]) {
        let is =
            |one: &[u8], list: &[&str]| list.iter().any(|known| one.eq_ignore_ascii_case(known.as_bytes()));
        let is_phrase = is(name, &PHRASES);
        let mut is_in_block = false;
        for place in (0..self.0.len()).rev() {
            let above = self.0[place];
            if above.eq_ignore_ascii_case(name) {
                if !is_in_block || !is_phrase {
                    self.0.truncate(place);
                } else if is(name, &FORMATTING) {
                    self.0.remove(place);
                }
                return;
            }
            is_in_block |= !is(above, &PHRASES);
        }
    }
}

/// A tag behind its name.
struct Tag {
    attributes: usize,
    /// Where its attributes end.
    inside_end: usize,
    /// One past its last byte.
    end: usize,
}

impl Tag {
    /// Reads a tag's attributes as a parser does: a `>` inside quotation marks ends nothing.
    fn read(bytes: &[u8], from: usize) -> Self {
        let (mut attributes, mut at) = (0, from);
        let (mut state, mut inside_end) = (State::Between, bytes.len());
        while let Some(byte) = bytes.get(at).copied() {
            at += 1;
            state = match (state, byte) {
                (State::Value, b'"' | b'\'') => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    at = memchr::memchr(byte, rest).map_or(bytes.len(), |close| at + close + 1);
                    State::Between
                }
                (_, b'>') => {
                    inside_end = at - 1;
                    break;
                }
                (State::Value, byte) if byte.is_ascii_whitespace() => State::Value,
                (State::Name | State::Named, b'=') => State::Value,
                (State::Name | State::Named, byte) if byte.is_ascii_whitespace() => State::Named,
                (State::Unquoted | State::Between, byte) if byte.is_ascii_whitespace() => State::Between,
                (State::Value | State::Unquoted, _) => State::Unquoted,
                (_, b'/') => State::Between,
                (State::Name, _) => State::Name,
                (State::Between | State::Named, _) => {
                    attributes += 1;
                    State::Name
                }
            };
        }
        Self { attributes, inside_end, end: at }
    }
}

/// Where in a tag a reader is.
#[derive(Clone, Copy)]
enum State {
    Between,
    Name,
    /// Behind a name and a blank: an equals sign may still follow.
    Named,
    /// Behind an equals sign.
    Value,
    Unquoted,
}

/// Where a comment ends that begins here.
fn end_of_comment(bytes: &[u8], open: usize) -> Option<usize> {
    // `<!-->` is whole, and so is `<!--->`
    let from = open + 2;
    let end = memchr::memmem::find(bytes.get(from..)?, b"-->").map(|found| from + found + 3)?;
    Some(end.max(open + 4))
}

/// Where the inside of a script or its like ends.
fn end_of_opaque(bytes: &[u8], from: usize, name: &[u8]) -> Option<usize> {
    let mut at = from;
    while let Some(open) = memchr::memchr(b'<', bytes.get(at..).unwrap_or_default()).map(|found| at + found) {
        let rest = bytes.get(open + 1..).unwrap_or_default();
        if rest.first() == Some(&b'/')
            && rest.get(1..=name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name))
        {
            return Some(open);
        }
        at = open + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{ATTRIBUTES_MAX, NESTING_MAX, spared};

    #[test]
    fn real_pages_stay_as_they_are() {
        for page in [
            "<ul><li>أ<li>ب</ul><textarea>if (a < b) '<div><div>'</textarea><p>ج".repeat(1000),
            "<script type='application/ld+json'>{\"a\": \"<div>\"}</script><p>ج".repeat(1000),
            "<script><!-- <script> </script> --></script><p>ج".repeat(1000),
            "<div><p>أ</div>".repeat(2000),
            "<br/><img><div/>".repeat(2000),
            "<!-- <a title=\" --><p title='>' a = b>ج".repeat(2000),
            format!("<!-->{}", "<p>ج".repeat(2000)),
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
    fn tags_with_too_many_attributes_lose_them() {
        let many =
            |count: usize| (0..count).map(|number| format!(" a{number}='>'")).collect::<Vec<_>>().concat();
        let page = |attributes: &str| format!("<p{attributes}>نص</p><div{attributes}/><i{attributes}");
        assert_eq!(spared(&page(&many(ATTRIBUTES_MAX))), page(&many(ATTRIBUTES_MAX)));
        assert_eq!(spared(&page(&many(ATTRIBUTES_MAX + 1))), "<p>نص</p><div><i");
        let valueless = format!("<p{}>", " a".repeat(ATTRIBUTES_MAX + 1));
        assert_eq!(spared(&valueless), "<p>");
    }

    #[test]
    fn ends_of_nothing_make_room_for_nothing() {
        for piece in [
            "<div></x>",
            "<span><div></span>",
            "<div><script></script>",
            "<div><!-- </div> -->",
            "<b><div></b>",
        ] {
            let page = piece.repeat(5000);
            assert_eq!(spared(&page).matches("<div").count() / (NESTING_MAX + 1), 0, "{piece}");
        }
    }

    #[test]
    fn what_is_too_deep_keeps_its_text() {
        let page = format!("{}نص{}", "<div class='x'>".repeat(5000), "</div>".repeat(5000));
        let shallow = spared(&page);
        assert_eq!(shallow.matches("<div").count(), NESTING_MAX);
        assert!(shallow.contains("نص</div>"));
    }
}
