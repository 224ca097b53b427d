//! What is remembered of a text: a sample of its shingles, and its facts.

use naba_lexicon::Lexicon;
use naba_text::words::{SPREAD, Word, both, words};

use super::facts;

/// Words of a shingle.
const SHINGLE_WORDS: usize = 5;
/// Of all shingles, the share that may be sampled: one in so many.
const SAMPLED_ONE_IN: u32 = 4;
/// Samples that are kept of a text, lowest first (128 bytes).
const SAMPLES_MAX: usize = 32;
/// The most words of a text that is a copy only of the same words: a flash has too few shingles to be sampled.
const EXACT_WORDS_MAX: usize = 12;
/// Names and numbers that are kept of a text (56 bytes).
const FACTS_MAX: usize = 14;
/// The fewest samples that must be compared.
const COMPARED_MIN: usize = 3;
/// Two texts are about different things when each has a fact of its own and so great a share of all their facts
/// is not common.
const CONFLICT_SHARE_MIN: f32 = 0.25;
/// What is remembered of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// All sampled hashes, lowest first; [`SAMPLES_MAX`] of them are kept.
    samples: Box<[u32]>,
    facts: Box<[u32]>,
}

/// One number of several hashes in their order, evenly spread.
pub(super) fn shortened(hashes: impl Iterator<Item = u64>) -> u32 {
    let all = hashes.fold(0, both);
    ((all ^ all >> 32).wrapping_mul(SPREAD) >> 32) as u32
}

impl Sketch {
    /// The sketch of a text in the search folding. Its hashes are our own and stay: logs keep sketches for longer than a
    /// standard library keeps its hasher.
    pub fn of(lexicon: &Lexicon, folded: &str) -> Self {
        let words = words(folded);
        let limit = u32::MAX / SAMPLED_ONE_IN;
        let shingles =
            words.windows(SHINGLE_WORDS).map(|shingle| shortened(shingle.iter().map(|word| word.hash)));
        let mut samples: Vec<u32> = shingles.filter(|sample| *sample <= limit).collect();
        samples.sort_unstable();
        samples.dedup();
        if words.len() <= EXACT_WORDS_MAX {
            samples = exact(&words, limit);
        }
        let mut facts = facts::of(lexicon, folded, &words);
        facts.sort_unstable();
        facts.dedup();
        facts.truncate(FACTS_MAX);
        Self { samples: samples.into(), facts: facts.into() }
    }

    /// The share of the smaller text's shingles that both have, as far as the samples of both reach.
    pub fn containment(&self, other: &Self) -> f32 {
        let (own, others, common) = compared(&self.samples, &other.samples, SAMPLES_MAX);
        let smaller = own.min(others);
        if smaller < COMPARED_MIN {
            return 0.0;
        }
        common as f32 / smaller as f32
    }

    /// Whether the two are about different things: each has facts that the other has not.
    pub fn conflicts(&self, other: &Self) -> bool {
        let (own, others, common) = compared(&self.facts, &other.facts, FACTS_MAX);
        let (own, others) = (own - common, others - common);
        let all = own + others + common;
        own > 0 && others > 0 && (own + others) as f32 >= all as f32 * CONFLICT_SHARE_MIN
    }

    /// What is remembered of the sketch: samples and facts, both rising. [`Sketch::of_parts`] reads them.
    pub fn parts(&self) -> (&[u32], &[u32]) {
        (self.samples.get(..SAMPLES_MAX.min(self.samples.len())).unwrap_or_default(), &self.facts)
    }

    /// A remembered sketch.
    pub fn of_parts(samples: &[u32], facts: &[u32]) -> Self {
        Self { samples: samples.into(), facts: facts.into() }
    }

    /// Under which numbers a text is remembered: so many of its lowest samples.
    pub(super) fn anchors(&self, samples_max: usize) -> impl Iterator<Item = u32> {
        self.samples.iter().copied().take(samples_max)
    }

    /// One number for all facts, where there are enough to tell something.
    pub(super) fn all_facts(&self) -> Option<u32> {
        let all = || shortened(self.facts.iter().map(|fact| u64::from(*fact)));
        (self.facts.len() >= COMPARED_MIN).then(all)
    }

    /// The bytes that are held beside the sketch itself.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.samples) + size_of_val(&*self.facts)
    }

    pub(super) fn kept(&self) -> Self {
        let (samples, facts) = self.parts();
        Self::of_parts(samples, facts)
    }
}

/// The samples of a text that only the same text has.
fn exact(words: &[Word], limit: u32) -> Vec<u32> {
    let text = words.iter().fold(0, |all, word| both(all, word.hash));
    let sample = |number: u64| shortened([text, number].into_iter()) % limit;
    let mut samples: Vec<u32> = (1..=COMPARED_MIN as u64).map(sample).collect();
    samples.sort_unstable();
    samples.dedup();
    samples
}

/// Two rising lists, of which at most so many elements are kept, over the stretch that both cover: how many
/// each has there, and how many both have.
fn compared(one: &[u32], other: &[u32], kept_max: usize) -> (usize, usize, usize) {
    let reach = |list: &[u32]| list.get(kept_max - 1).copied().unwrap_or(u32::MAX);
    let reach = reach(one).min(reach(other));
    let part = |list: &[u32]| list.partition_point(|element| *element <= reach);
    let (own, others) = (part(one), part(other));
    let common = common(one.get(..own).unwrap_or_default(), other.get(..others).unwrap_or_default());
    (own, others, common)
}

/// How many elements two rising lists share.
fn common<T: Ord>(one: &[T], other: &[T]) -> usize {
    let (mut left, mut right, mut common) = (0, 0, 0);
    while let (Some(a), Some(b)) = (one.get(left), other.get(right)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => (left, right, common) = (left + 1, right + 1, common + 1),
        }
    }
    common
}
