//! Articles whose page shows no text before its scripts have run: the copy stands in linked data, in the state of an
//! application, or in a variable.

use dom_query::Document;

use super::json;
use super::outline::Outline;
use crate::slice;

/// The fewest characters of a string that is an article's copy.
const COPY_CHARACTERS_MIN: u32 = 200;
/// The fewest characters of a string that is one paragraph of many.
const PARAGRAPH_CHARACTERS_MIN: u32 = 60;
/// The most strings of a page that are kept while the copy is looked for.
const STRINGS_MAX: usize = 2_000;

/// Copy as markup or plain text, from the page's scripts: the longest string that reads like copy, or the paragraphs
/// of the script that has most of them.
pub(super) fn copy(html: &str) -> Option<String> {
    let mut longest: Option<(u32, String)> = None;
    let mut most: Option<(u32, String)> = None;
    for script in scripts(html) {
        let strings = strings(script);
        let paragraphs: Vec<&String> = strings.iter().filter(|string| is_paragraph(string)).collect();
        let characters = paragraphs.iter().map(|paragraph| slice::count(paragraph)).sum::<u32>();
        if paragraphs.len() > 1 && most.as_ref().is_none_or(|(known, _)| characters > *known) {
            let lines =
                paragraphs.iter().fold(String::new(), |lines, line| format!("{lines}<p>{line}</p>\n"));
            most = Some((characters, lines));
        }
        for string in &strings {
            let words = slice::count(string);
            if words >= COPY_CHARACTERS_MIN
                && reads_like_copy(string)
                && longest.as_ref().is_none_or(|(known, _)| words > *known)
            {
                longest = Some((words, string.clone()));
            }
        }
    }
    match (longest, most) {
        (Some((long, copy)), Some((all, lines))) => Some(if all > long * 2 { lines } else { copy }),
        (Some((_, copy)), None) => Some(copy),
        (None, Some((characters, lines))) if characters >= COPY_CHARACTERS_MIN => Some(lines),
        _ => None,
    }
}

/// The lines of a piece of copy that is markup or plain text.
pub(super) fn lines(copy: &str) -> Vec<String> {
    let markup = if copy.contains('<') { copy.to_owned() } else { copy.replace('\n', "<br>") };
    let document = Document::from(format!("<html><body>{markup}</body></html>").as_str());
    let Some(body) = document.body() else { return vec![] };
    let outline = Outline::new(&body, false);
    outline.lines.iter().map(|line| outline.words(line).to_owned()).collect()
}

/// The inside of every script that holds no linked data.
fn scripts(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let open = find(rest, "<script")?;
            let after = slice::from(rest, open);
            let end = after.find('>')?;
            let tag = slice::until(after, end);
            let inside = slice::from(after, end + 1);
            let close = find(inside, "</script").unwrap_or(inside.len());
            rest = slice::from(inside, close);
            if !tag.contains("ld+json") && close > 0 {
                return Some(slice::until(inside, close));
            }
        }
    })
}

/// The first place of a tag, in small or capital letters.
fn find(html: &str, tag: &str) -> Option<usize> {
    let bytes = html.as_bytes();
    memchr::memchr_iter(b'<', bytes).find(|at| {
        bytes.get(*at..at + tag.len()).is_some_and(|found| found.eq_ignore_ascii_case(tag.as_bytes()))
    })
}

/// Strings of a script that are long enough to be read. A quotation mark in a comment ends with its line.
fn strings(script: &str) -> Vec<String> {
    let bytes = script.as_bytes();
    let mut found = vec![];
    let mut at = 0;
    while let Some(open) =
        memchr::memchr2(b'"', b'\'', bytes.get(at..).unwrap_or_default()).map(|next| at + next)
    {
        let quote = bytes[open];
        let mut end = open + 1;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'\\' => end += 2,
                b'\n' => break,
                byte if *byte == quote => break,
                _ => end += 1,
            }
        }
        let closes = bytes.get(end) == Some(&quote);
        if closes && end - open > PARAGRAPH_CHARACTERS_MIN as usize && found.len() < STRINGS_MAX {
            found.push(json::string(slice::between(script, open, end + 1)));
        }
        at = if closes { end + 1 } else { open + 1 };
    }
    found
}

/// The share of letters and spaces, in hundredths, of copy without its tags.
const LETTERS_SHARE_MIN: usize = 80;

fn reads_like_copy(string: &str) -> bool {
    let (mut letters, mut all, mut spaces, mut is_tag) = (0, 0, 0, false);
    for c in string.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ if is_tag => {}
            _ => {
                all += 1;
                spaces += usize::from(c.is_whitespace());
                letters += usize::from(c.is_alphabetic() || c.is_whitespace());
            }
        }
    }
    letters * 100 >= all * LETTERS_SHARE_MIN && spaces * 12 >= all && all >= PARAGRAPH_CHARACTERS_MIN as usize
}

fn is_paragraph(string: &str) -> bool {
    let end = string.trim_end().ends_with(['.', '؟', '!', '»', '"', '>']);
    slice::count(string) >= PARAGRAPH_CHARACTERS_MIN && end && reads_like_copy(string)
}

#[cfg(test)]
mod tests {
    use super::{copy, lines};

    #[test]
    fn copy_is_found_in_a_variable_and_in_a_state() {
        let paragraph =
            "قال المهندس إن أعمال الترميم في السوق القديمة تنتهي في الخريف المقبل وإن الممرات تفتح تباعا.";
        let three = format!("{paragraph}<br /><br />{paragraph}<br>{paragraph}");
        let page = format!("<script>// don't\nvar id = 7; var text = \"{three}\";</script>");
        let found = copy(&page).expect("copy");
        assert_eq!(lines(&found), [paragraph; 3]);
        let state = format!(
            "<script id=\"__NEXT_DATA__\" type=\"application/json\">{{\"blocks\": [{{\"text\": \"{paragraph}\"}}, {{\"text\": \"{paragraph}\"}}, {{\"text\": \"{paragraph}\"}}]}}</script>"
        );
        assert_eq!(lines(&copy(&state).expect("copy")).len(), 3);
        assert_eq!(copy("<script>var a = 'b'; // don't\nvar c = \"d\"</script>"), None);
    }
}
