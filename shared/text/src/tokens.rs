//! Words with their positions, the clitics that they may carry, and the numbers among them.

use crate::{digits, slice};

/// A word or a number of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'text> {
    /// The word as printed.
    pub text: &'text str,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// The words of a text: letters, digits and marks in a row; an apostrophe, a hyphen or a decimal mark only
/// between two of their kind.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let (mut found, mut start) = (vec![], None);
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    for (place, (at, c)) in characters.iter().enumerate() {
        let neighbour = |place: Option<usize>| place.and_then(|place| characters.get(place)).map(|(_, c)| *c);
        let between_digits = || {
            let digit = |c: Option<char>| c.is_some_and(|c| digits::value(c).is_some());
            digit(neighbour(place.checked_sub(1))) && digit(neighbour(Some(place + 1)))
        };
        let inside = is_word(*c) || (matches!(c, '.' | ',' | '٫' | '٬' | ':' | '/') && between_digits());
        match (inside, start) {
            (true, None) => start = Some(*at),
            (false, Some(first)) => {
                found.push(Token { text: slice::between(text, first, *at), start: first, end: *at });
                start = None;
            }
            _ => {}
        }
    }
    found.extend(start.map(|first| Token { text: slice::from(text, first), start: first, end: text.len() }));
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '_' | '%' | '٪')
}

/// A word without its clitics, as a view: nothing is changed, and whoever knows the word decides.
///
/// A clitic is only taken off when `known` knows what is left, and does not know the whole: «ولايتي» is a
/// name and keeps its و, «لارنا» is ل and إرنا.
pub fn without_clitics<'text>(word: &'text str, known: impl Fn(&str) -> bool) -> &'text str {
    if known(word) {
        return word;
    }
    let mut rests: Vec<&'text str> = vec![];
    for conjunction in ["", "و", "ف"] {
        let Some(rest) = word.strip_prefix(conjunction) else { continue };
        for preposition in ["", "ب", "ل", "ك"] {
            rests.extend(
                rest.strip_prefix(preposition).filter(|rest| rest.len() < word.len() && !rest.is_empty()),
            );
        }
    }
    // the longest rest that is known: the fewest letters are taken off
    rests.sort_by_key(|rest| std::cmp::Reverse(rest.len()));
    rests.into_iter().find(|rest| known(rest)).unwrap_or(word)
}

/// A number as printed, and what it may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// Every reading, the likelier first. More than one is an ambiguity to publish, not to hide.
    pub readings: Vec<f64>,
}

/// Reads a number: every digit set, `٫` and `.` as decimal marks, `٬` and `,` as thousands marks where the
/// groups fit, «ر» between digits as a mark whose order nobody knows (`8ر1` is 1.8 or 8.1).
pub fn number(text: &str) -> Option<Number> {
    let plain: String =
        text.chars().map(|c| digits::value(c).map_or(c, |value| char::from(b'0' + value))).collect();
    let bare = plain.trim_end_matches(['%', '٪']).replace('٫', ".").replace('٬', ",");
    if let Some((left, right)) = bare.split_once('ر') {
        let digits_only = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits_only(left) || !digits_only(right) {
            return None;
        }
        let mut readings =
            vec![format!("{right}.{left}").parse().ok()?, format!("{left}.{right}").parse().ok()?];
        // `000ر12` is twelve thousand, written from the other side
        if left.len() == 3 {
            readings.insert(0, format!("{right}{left}").parse().ok()?);
        }
        return Some(Number { readings });
    }
    if !bare.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let grouped = |mark: char| {
        let mut groups = bare.split(mark);
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && bare.contains(mark) && groups.all(|group| group.len() == 3)
    };
    let without = |mark: char| bare.replace(mark, "").parse::<f64>().ok();
    let readings: Vec<Option<f64>> = match (bare.matches('.').count(), bare.matches(',').count()) {
        (0, 0) => vec![bare.parse().ok()],
        // 1,234.5
        (1, 1..) => vec![without(',')],
        // 12,345 may be either; 7,3 is a decimal comma
        (0, 1) if grouped(',') => vec![without(','), bare.replace(',', ".").parse().ok()],
        (0, 1) => vec![bare.replace(',', ".").parse().ok()],
        (0, _) if grouped(',') => vec![without(',')],
        // 153.998 may be a thousands dot
        (1, 0) if grouped('.') => vec![bare.parse().ok(), without('.')],
        (1, 0) => vec![bare.parse().ok()],
        (_, 0) if grouped('.') => vec![without('.')],
        _ => return None,
    };
    readings.into_iter().collect::<Option<Vec<f64>>>().map(|readings| Number { readings })
}

#[cfg(test)]
mod tests {
    use super::{number, tokens, without_clitics};

    #[test]
    fn words_stand_where_they_stand() {
        let text = "قال: «مُحَمَّد» دفع 1,234.5 دولار (٪38) في 12:30.";
        let words: Vec<&str> = tokens(text).iter().map(|token| token.text).collect();
        assert_eq!(words, ["قال", "مُحَمَّد", "دفع", "1,234.5", "دولار", "٪38", "في", "12:30"]);
        for token in tokens(text) {
            assert_eq!(crate::slice::between(text, token.start, token.end), token.text);
        }
    }

    #[track_caller]
    fn clitics(word: &str, expected: &str) {
        let known = ["ولايتي", "ارنا", "روسيا", "الأناضول", "لبنان", "وفا"];
        assert_eq!(without_clitics(word, |rest| known.contains(&rest)), expected, "{word}");
    }

    #[test]
    fn a_clitic_comes_off_only_what_is_known() {
        clitics("لارنا", "ارنا");
        clitics("وروسيا", "روسيا");
        clitics("وبروسيا", "روسيا");
        clitics("بالأناضول", "الأناضول");
        clitics("ولايتي", "ولايتي");
        clitics("لبنان", "لبنان");
        clitics("وفا", "وفا");
        clitics("والبيت", "والبيت");
    }

    #[track_caller]
    fn reads(text: &str, expected: &[f64]) {
        assert_eq!(number(text).map(|number| number.readings).unwrap_or_default(), expected, "{text}");
    }

    #[test]
    fn numbers_of_every_set_and_their_doubts() {
        reads("١٢٣", &[123.0]);
        reads("۱۲۳", &[123.0]);
        reads("١٫٥", &[1.5]);
        reads("1,234.5", &[1234.5]);
        reads("12,345", &[12345.0, 12.345]);
        reads("7,3", &[7.3]);
        reads("153.998", &[153.998, 153_998.0]);
        reads("1.234.567", &[1_234_567.0]);
        reads("8ر1%", &[1.8, 8.1]);
        reads("000ر12", &[12_000.0, 12.0, 0.12]);
        reads("38%", &[38.0]);
        reads("خبر", &[]);
        reads("12:30", &[]);
    }
}
