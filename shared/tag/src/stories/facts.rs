//! What an article is about, as far as it tells templates apart: names, numbers, scores and sums.

use naba_lexicon::facts::{FactCue, cue};
use naba_lexicon::{Found, Lexicon, Sense};
use naba_text::slice;
use naba_text::words::{Word, hash};

use super::sketch::shortened;

/// How far behind «فاز» the other side may stand: «فاز الأهلي مساء أمس على …».
const AGAINST_WORDS_MAX: usize = 6;

/// The facts of a folded text, as hashes.
pub(super) fn of(lexicon: &Lexicon, folded: &str, words: &[Word]) -> Vec<u32> {
    let mut facts: Vec<u32> = lexicon
        .scan_words(folded, words)
        .into_iter()
        .filter(is_name)
        .map(|found| name(folded, words, found))
        .collect();
    facts.extend(numbers(folded, words));
    named_by_cues(folded, words, &mut facts);
    facts
}

fn is_name(found: &Found) -> bool {
    matches!(
        found.sense,
        Sense::Place(_, false) | Sense::Organisation(_, false) | Sense::GivenName | Sense::Nationality(_)
    )
}

fn name(folded: &str, words: &[Word], found: Found) -> u32 {
    let name = hash(folded.as_bytes(), found.start, found.end);
    // a given name is one with the word behind it
    let behind = || words[found.word..].iter().find(|word| word.start >= found.end);
    let behind = if found.sense == Sense::GivenName { behind() } else { None };
    shortened([Some(name), behind.map(|word| word.hash)].into_iter().flatten())
}

/// Numbers of two digits and more; small ones with what they count; «3-1» and «12.5» as a whole.
fn numbers(folded: &str, words: &[Word]) -> Vec<u32> {
    let text = |word: &Word| slice::between(folded, word.start, word.end);
    let is_number = |word: &Word| text(word).bytes().all(|byte| byte.is_ascii_digit());
    let joined = |one: &Word, other: &Word| {
        matches!(slice::between(folded, one.end, other.start), "-" | "." | "," | "/" | ":" | " - ")
    };
    let mut facts = vec![];
    for (at, word) in words.iter().enumerate().filter(|(_, word)| is_number(word)) {
        let next = words.get(at + 1);
        match next {
            Some(next) if is_number(next) && joined(word, next) => {
                facts.push(shortened([word.hash, next.hash].into_iter()));
            }
            Some(next) if word.end - word.start < 2 => {
                facts.push(shortened([word.hash, next.hash].into_iter()));
            }
            _ => {}
        }
        if word.end - word.start >= 2 {
            facts.push(shortened(std::iter::once(word.hash)));
        }
    }
    facts
}

/// The words that stand where a report names what it is about: behind «فريق», «شركة», «فاز», «فاز … على».
fn named_by_cues(folded: &str, words: &[Word], facts: &mut Vec<u32>) {
    let mut against_until = 0;
    for (at, word) in words.iter().enumerate() {
        let behind = words.get(at + 1).filter(|behind| cue_of(folded, behind).is_none());
        match cue_of(folded, word) {
            Some(FactCue::Score) => facts.push(shortened(std::iter::once(word.hash))),
            Some(FactCue::Number) => {
                facts.extend(words.get(at + 1).map(|next| shortened([word.hash, next.hash].into_iter())));
            }
            Some(found @ (FactCue::Name | FactCue::Against)) => {
                facts.extend(behind.map(|name| shortened(std::iter::once(name.hash))));
                if found == FactCue::Against {
                    against_until = at + AGAINST_WORDS_MAX;
                }
            }
            None if at <= against_until && slice::between(folded, word.start, word.end) == "علي" => {
                facts.extend(behind.map(|name| shortened(std::iter::once(name.hash))));
            }
            None => {}
        }
    }
}

/// The cue that a word is, with a clitic before it or without.
fn cue_of(folded: &str, word: &Word) -> Option<FactCue> {
    cue(word.hash).or_else(|| {
        let text = slice::between(folded, word.start, word.end);
        let bare = text.strip_prefix(['و', 'ف', 'ب', 'ل', 'ك'])?;
        cue(hash(bare.as_bytes(), 0, bare.len()))
    })
}
