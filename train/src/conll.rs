//! Sentences as `token<TAB>tag` lines, with the clitics that such corpora split off put back where print has them.

/// A sentence as it would be printed, and the names in it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) text: String,
    /// Kind (`PER`, `LOC`, `ORG`), first byte, one past the last byte.
    pub(crate) names: Vec<(&'static str, usize, usize)>,
}

/// Letters that are printed together with the word behind them.
const BEFORE: [&str; 6] = ["و", "ف", "ب", "ل", "ك", "س"];
/// Letters that are printed together with the word before them.
const BEHIND: [&str; 9] = ["ه", "ها", "هم", "هن", "هما", "نا", "ي", "كم", "ني"];

fn kind(tag: &str) -> Option<&'static str> {
    Some(match tag.split_once('-')?.1 {
        "PER" | "PERS" => "PER",
        "LOC" | "FAC" => "LOC",
        "ORG" => "ORG",
        _ => return None,
    })
}

/// The sentences of a file.
pub(crate) fn sentences(file: &str) -> Vec<Sentence> {
    let mut sentences = vec![];
    let mut rows: Vec<(&str, &str)> = vec![];
    for line in file.lines().chain([""]) {
        if line.trim().is_empty() {
            if !rows.is_empty() {
                sentences.push(sentence(&rows));
                rows.clear();
            }
            continue;
        }
        let mut parts = line.split('\t');
        let word = parts.next().unwrap_or_default();
        let word = word.trim_matches([' ', '\u{200E}', '\u{200F}', '\u{FEFF}']);
        rows.push((word, parts.next().unwrap_or("O")));
    }
    sentences
}

fn is_word(token: &str) -> bool {
    token.chars().next().is_some_and(char::is_alphabetic) && token.chars().count() > 1
}

fn sentence(rows: &[(&str, &str)]) -> Sentence {
    let mut sentence = Sentence::default();
    let mut glued = false;
    let mut open: Option<(&'static str, usize)> = None;
    for (place, (token, tag)) in rows.iter().enumerate() {
        let next = rows.get(place + 1);
        let before = place.checked_sub(1).and_then(|place| rows.get(place));
        let behind =
            BEHIND.contains(token) && *tag == "O" && !glued && before.is_some_and(|(word, _)| is_word(word));
        // a letter of an abbreviation («د ب ا») is no clitic
        let clitic = BEFORE.contains(token)
            && next.is_some_and(|(word, _)| is_word(word))
            && !(tag.starts_with("I-") && before.is_some_and(|(word, _)| word.chars().count() == 1));
        let kind = kind(tag);
        let goes_on = tag.starts_with("I-") && open.is_some_and(|(name, _)| Some(name) == kind);
        if !goes_on && let Some((name, start)) = open.take() {
            sentence.names.push((name, start, sentence.text.len()));
        }
        if !sentence.text.is_empty() && !glued && !behind {
            sentence.text.push(' ');
        }
        if !goes_on {
            open = kind.map(|kind| (kind, sentence.text.len()));
        }
        if behind && sentence.text.ends_with('ة') {
            sentence.text.pop();
            sentence.text.push('ت');
        }
        // ل and the article: لل
        let lam = glued && before.is_some_and(|(word, _)| *word == "ل");
        match token.strip_prefix('ا').filter(|rest| lam && rest.starts_with('ل')) {
            Some(rest) => sentence.text.push_str(rest),
            None => match token.strip_prefix("لال") {
                Some(rest) => sentence.text.push_str(&format!("لل{rest}")),
                None => sentence.text.push_str(token),
            },
        }
        glued = clitic;
    }
    if let Some((name, start)) = open {
        sentence.names.push((name, start, sentence.text.len()));
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::sentences;

    #[track_caller]
    fn check(rows: &str, text: &str, names: &[(&str, &str)]) {
        let found = sentences(&rows.replace(' ', "\n").replace('/', "\t"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, text);
        let found: Vec<_> = found[0]
            .names
            .iter()
            .map(|(kind, start, end)| (*kind, found[0].text.get(*start..*end).unwrap_or_default()))
            .collect();
        assert_eq!(found, names);
    }

    #[test]
    fn clitics_are_printed_where_they_belong() {
        check(
            "و/O قال/O سالم/B-PER ل/O القاهرة/B-LOC",
            "وقال سالم للقاهرة",
            &[("PER", "سالم"), ("LOC", "لقاهرة")],
        );
        check(
            "زيارة/O ه/O الى/O روسيا/B-LOC و/O بيروت/B-LOC",
            "زيارته الى روسيا وبيروت",
            &[("LOC", "روسيا"), ("LOC", "بيروت")],
        );
        check("د/B-ORG ب/I-ORG ا/I-ORG", "د ب ا", &[("ORG", "د ب ا")]);
        check(
            "حزب/B-ORG العمل/I-ORG و/I-ORG العدل/I-ORG",
            "حزب العمل والعدل",
            &[("ORG", "حزب العمل والعدل")],
        );
    }
}
