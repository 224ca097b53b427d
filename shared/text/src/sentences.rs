//! Sentences of a paragraph, by the marks that Arabic news prints.

use crate::slice;

/// Words that end with a full stop without ending a sentence.
const ABBREVIATIONS: [&str; 12] = ["د", "م", "أ", "أ.د", "ا.د", "ص", "هـ", "ج", "ق", "مج", "ت", "ط"];

/// How far back the word before a stop is read; no abbreviation is longer.
const WORD_BYTES_MAX: usize = 64;

/// The sentences of a text: byte ranges without white space at their edges, in order. A line feed always
/// ends one. Inside quotation marks a stop ends nothing until the mark closes, or the line does.
pub fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut found = vec![];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        split_line(line, at, &mut found);
        at += line.len();
    }
    found
}

fn split_line(line: &str, offset: usize, found: &mut Vec<(usize, usize)>) {
    let characters: Vec<(usize, char)> = line.char_indices().collect();
    let (mut start, mut open) = (0, 0_i32);
    // an unclosed mark must not swallow the line: only a mark that closes later holds a sentence together
    let last_close = line.rfind(['»', '”']);
    for (place, (at, c)) in characters.iter().enumerate() {
        match c {
            '«' | '“' => open += 1,
            '»' | '”' => open = (open - 1).max(0),
            _ => {}
        }
        let next = characters.get(place + 1).map(|(_, c)| *c);
        let ends = match c {
            '؟' | '!' => true,
            '.' => is_full_stop(line, *at, characters.get(place.wrapping_sub(1)).map(|(_, c)| *c), next),
            _ => false,
        };
        let closes_later = open > 0 && last_close.is_some_and(|close| close >= *at);
        if !ends
            || closes_later
            || next.is_some_and(|next| is_closing(next) || matches!(next, '.' | '!' | '؟'))
        {
            let closed = is_closing(*c) && place > 0 && matches!(characters[place - 1].1, '.' | '؟' | '!');
            if !(closed && open == 0 && next.is_none_or(char::is_whitespace)) {
                continue;
            }
        }
        push(line, start, at + c.len_utf8(), offset, found);
        start = at + c.len_utf8();
    }
    push(line, start, line.len(), offset, found);
}

/// A stop that ends a sentence: before white space or a letter («الجديد.وفقا» is glued), not inside a number,
/// an address or initials (أ.ف.ب), not behind an abbreviation.
fn is_full_stop(line: &str, at: usize, before: Option<char>, next: Option<char>) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| crate::digits::value(c).is_some());
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if digit(before) && digit(next)
        || latin(before) && latin(next)
        || before == Some('.') && next != Some(' ') && next.is_some()
    {
        return false;
    }
    let word = slice::between(line, at.saturating_sub(WORD_BYTES_MAX), at)
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '«' | '“' | '"'))
        .next()
        .unwrap_or_default();
    let initials = word.chars().count() == 1 || word.split('.').all(|part| part.chars().count() <= 1);
    let glued = next.is_some_and(char::is_alphabetic);
    !(ABBREVIATIONS.contains(&word)
        || (initials && !word.is_empty() && (glued || ABBREVIATIONS.contains(&word))))
}

fn is_closing(c: char) -> bool {
    matches!(c, '»' | '”' | '"' | ')')
}

fn push(line: &str, start: usize, end: usize, offset: usize, found: &mut Vec<(usize, usize)>) {
    let stretch = slice::between(line, start, end);
    let trimmed = stretch.trim_start();
    let first = offset + start + (stretch.len() - trimmed.len());
    let trimmed = trimmed.trim_end();
    if trimmed.chars().any(char::is_alphanumeric) {
        found.push((first, first + trimmed.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::sentences;

    /// The text with `|` between its sentences.
    #[track_caller]
    fn check(marked: &str) {
        let text = marked.replace('|', "");
        let found: Vec<&str> =
            sentences(&text).iter().map(|(start, end)| crate::slice::between(&text, *start, *end)).collect();
        let expected: Vec<&str> =
            marked.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn stops_and_what_only_looks_like_one() {
        check("افتتح الجسر أمس.| وقال المهندس إنه واسع.| متى يفتح للسير؟| غدا!");
        check("قال د. سالم إن المشروع رقم 3.5 انتهى.| وأضاف م. عمر ذلك.");
        check("ذكرت أ.ف.ب أن الموقع example.org توقف.| ثم عاد.");
        check("في الموسم الجديد.|وفقا للخطة المعلنة.");
        check("قال «افتتح الجسر. وهو واسع.»| وأضاف المهندس ذلك.");
        check("قال «افتتح الجسر ولم يغلق القوس.| وأضاف المهندس ذلك.");
        check("السطر الأول\nالسطر الثاني");
        check("انتظر الناس...| ثم ذهبوا.");
    }
}
