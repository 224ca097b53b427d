//! Words beside which reports that share a template name what they are about: teams and scores of a match, a company
//! and its sums.

use std::sync::LazyLock;

use naba_text::words::hash;
use rustc_hash::FxHashMap;

use crate::folded;

const FILE: &str = include_str!("../data/facts.tsv");

/// What a word says of the words behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactCue {
    /// A name stands behind it.
    Name,
    /// A name stands behind it, and another one behind «على».
    Against,
    /// It is a small number.
    Number,
    /// It is a score by itself.
    Score,
}

/// By the hash of the folded word.
static CUES: LazyLock<FxHashMap<u64, FactCue>> = LazyLock::new(|| {
    let mut cues = FxHashMap::default();
    for line in FILE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let Some((kind, forms)) = line.split_once('\t') else { continue };
        let cue = match kind {
            "name" => FactCue::Name,
            "against" => FactCue::Against,
            "number" => FactCue::Number,
            "score" => FactCue::Score,
            _ => continue,
        };
        for form in forms.split('|') {
            let form = folded(form);
            cues.insert(hash(form.as_bytes(), 0, form.len()), cue);
        }
    }
    cues
});

/// The cue that a word of a folded text is, by its hash.
pub fn cue(hash: u64) -> Option<FactCue> {
    CUES.get(&hash).copied()
}

#[cfg(test)]
mod tests {
    use super::{FactCue, cue};
    use naba_text::words::hash;

    #[test]
    fn words_are_found_folded() {
        let of = |word: &str| cue(hash(word.as_bytes(), 0, word.len()));
        assert_eq!(of("شركه"), Some(FactCue::Name));
        assert_eq!(of("فاز"), Some(FactCue::Against));
        assert_eq!(of("بهدفين"), Some(FactCue::Score));
        assert_eq!(of("جسر"), None);
    }
}
