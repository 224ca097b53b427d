//! The sequence tagger: which words are names, decided over a whole text at once.
//!
//! A linear model whose weights are averaged over training (Collins 2002): the score of a row of labels is the sum
//! of its words' weights and of the steps between labels, and the best row is found by dynamic programming
//! (Viterbi). Features are hashed into buckets; two that meet share one.

use std::sync::{Arc, LazyLock};

use super::see::{self, FEATURES, Gap, Seen};

/// What a word is: outside, or at the beginning of or inside a name of a kind.
pub const LABELS: usize = 7;
/// The labels as they are written in training data.
pub const LABEL_NAMES: [&str; LABELS] = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"];
/// Weights of a bucket: one a label, and one to spare, so that a bucket never lies on two lines of the cache.
pub const STRIDE: usize = 8;
/// Bits of a feature that name its bucket.
pub const BUCKET_BITS: u32 = 18;
/// Steps between labels are weighed apart where only a space lies between the words.
const STEPS: usize = 2 * LABELS * LABELS;
const MAGIC: &[u8; 8] = b"NABANER1";

const BUILT_IN: &[u8] = include_bytes!("../../models/names.bin");

/// An empty model would stand in for a file that is none, which a test rules out.
static SHARED: LazyLock<Arc<Model>> = LazyLock::new(|| {
    let (steps, weights) = parts(BUILT_IN).unwrap_or(([0; STEPS], &[]));
    Arc::new(Model { steps, weights: Weights::BuiltIn(weights) })
});

/// A label's number.
pub type Label = u8;

/// The weights.
#[derive(Debug, Clone)]
pub struct Model {
    steps: [i32; STEPS],
    weights: Weights,
}

#[derive(Debug, Clone)]
enum Weights {
    BuiltIn(&'static [u8]),
    Own(Vec<u8>),
}

/// Why bytes are no model.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a model of this version: {bytes} bytes, and {expected} are needed behind the mark NABANER1")]
pub struct NoModel {
    bytes: usize,
    expected: usize,
}

impl Model {
    /// The model that ships with naba.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&SHARED)
    }

    /// A model from the bytes of its file.
    ///
    /// # Errors
    /// [`NoModel`] when they are none.
    pub fn read(bytes: &[u8]) -> Result<Self, NoModel> {
        let (steps, weights) = parts(bytes)?;
        Ok(Self { steps, weights: Weights::Own(weights.to_vec()) })
    }

    /// The bytes of a model's file: the mark, the steps (four bytes each, the lowest first), the weights (one each).
    pub fn write(steps: &[i32], weights: &[i8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(steps.iter().flat_map(|step| step.to_le_bytes()));
        bytes.extend(weights.iter().map(|weight| weight.cast_unsigned()));
        bytes
    }

    /// Labels every word.
    pub fn label(&self, seen: &[Seen]) -> Vec<Label> {
        let weights = match &self.weights {
            Weights::BuiltIn(weights) => weights,
            Weights::Own(weights) => weights.as_slice(),
        };
        let scores = |at: usize| {
            let mut sums = [0_i32; LABELS];
            for feature in see::features(seen, at) {
                let from = bucket(feature) * STRIDE;
                let Some(bucket) = weights.get(from..from + STRIDE) else { continue };
                for (sum, weight) in sums.iter_mut().zip(bucket) {
                    *sum += i32::from(weight.cast_signed());
                }
            }
            sums
        };
        best(seen, &self.steps, scores)
    }
}

fn parts<'a>(bytes: &'a [u8]) -> Result<([i32; STEPS], &'a [u8]), NoModel> {
    let expected = STEPS * 4 + (STRIDE << BUCKET_BITS);
    let no_model = NoModel { bytes: bytes.len(), expected };
    let rest: &'a [u8] = bytes.strip_prefix(MAGIC.as_slice()).ok_or(no_model)?;
    let (head, weights) = rest
        .split_at_checked(STEPS * 4)
        .filter(|_| rest.len() == expected)
        .ok_or(NoModel { bytes: bytes.len(), expected })?;
    let mut steps = [0; STEPS];
    for (step, bytes) in steps.iter_mut().zip(head.chunks_exact(4)) {
        *step = i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    Ok((steps, weights))
}

/// The bucket of a feature.
#[inline]
pub fn bucket(feature: u32) -> usize {
    (feature >> (32 - BUCKET_BITS)) as usize
}

/// The place of a step among the steps.
#[inline]
pub fn step(gap: Gap, from: usize, to: usize) -> usize {
    usize::from(gap == Gap::Space) * LABELS * LABELS + from * LABELS + to
}

/// Whether a label may follow another: nothing goes on that has not begun.
fn follows(from: usize, to: usize) -> bool {
    to == 0 || to % 2 == 1 || from == to || from + 1 == to
}

/// The row of labels with the highest score.
pub fn best(seen: &[Seen], steps: &[i32], scores: impl Fn(usize) -> [i32; LABELS]) -> Vec<Label> {
    const NEVER: i32 = i32::MIN / 2;
    let mut back: Vec<[Label; LABELS]> = Vec::with_capacity(seen.len());
    let mut row = [NEVER; LABELS];
    // before the first word nothing has begun
    row[0] = 0;
    for (at, word) in seen.iter().enumerate() {
        let scores = scores(at);
        let (mut next, mut from_label) = ([NEVER; LABELS], [0; LABELS]);
        for to in 0..LABELS {
            for from in (0..LABELS).filter(|from| follows(*from, to)) {
                let score = row[from] + steps[step(word.gap, from, to)];
                if score > next[to] {
                    (next[to], from_label[to]) = (score, from as Label);
                }
            }
            next[to] = next[to].saturating_add(scores[to]);
        }
        row = next;
        back.push(from_label);
    }
    let mut label = (0..LABELS).max_by_key(|label| (row[*label], LABELS - label)).unwrap_or_default();
    let mut labels = vec![0; seen.len()];
    for (place, from) in labels.iter_mut().zip(&back).rev() {
        *place = label as Label;
        label = usize::from(from[label]);
    }
    labels
}

const _: () = assert!(FEATURES <= 64, "a bucket's weights are bytes, and their sum must not overflow");
