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
pub const BUCKET_BITS: u32 = 17;
/// Steps between labels are weighed apart where only a space lies between the words.
const STEPS: usize = 2 * LABELS * LABELS;
/// The score of what cannot be; four of them can be added up.
const NEVER: i32 = i32::MIN / 4;
const MAGIC: &[u8; 8] = b"NABANER2";

const BUILT_IN: &[u8] = include_bytes!("../../models/names.bin");

/// An empty model would stand in for a file that is none, which a test rules out.
static SHARED: LazyLock<Arc<Model>> = LazyLock::new(|| {
    let (steps, weights) = parts(BUILT_IN).unwrap_or(([0; STEPS], &[]));
    Arc::new(Model { steps: Steps::new(&steps), weights: Weights::BuiltIn(weights) })
});

/// A label's number.
pub type Label = u8;

/// The weights.
#[derive(Debug, Clone)]
pub struct Model {
    steps: Steps,
    weights: Weights,
}

/// What a step from a label to each other one is worth, by what stands between the words; those that nothing can make
/// are [`NEVER`]. Rows are as wide as a bucket, so that all labels of a word are added up at once.
#[derive(Debug, Clone)]
pub struct Steps([[[i32; STRIDE]; LABELS]; 2]);

#[derive(Debug, Clone)]
enum Weights {
    BuiltIn(&'static [u8]),
    Own(Vec<u8>),
}

/// Why bytes are no model.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a model of this version: {bytes} bytes, and {expected} are needed behind the mark NABANER2")]
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
        Ok(Self { steps: Steps::new(&steps), weights: Weights::Own(weights.to_vec()) })
    }

    /// The bytes of a model's file: the mark, the steps (four bytes each, the lowest first), the weights (one each,
    /// raised by 128, so that none is below zero).
    pub fn write(steps: &[i32], weights: &[i8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(steps.iter().flat_map(|step| step.to_le_bytes()));
        bytes.extend(weights.iter().map(|weight| weight.cast_unsigned() ^ RAISED));
        bytes
    }

    /// Labels every word.
    pub fn label(&self, seen: &[Seen]) -> Vec<Label> {
        let weights = match &self.weights {
            Weights::BuiltIn(weights) => weights,
            Weights::Own(weights) => weights.as_slice(),
        };
        // never none: `parts` has counted them
        let Some(buckets) = weights.as_chunks().0.first_chunk() else { return vec![0; seen.len()] };
        best(seen, &self.steps, |at| sums(buckets, &see::features(seen, at)))
    }
}

/// What is added to a weight where it is stored.
const RAISED: u8 = 128;

/// The sums of the weights of features, a label each.
///
/// A bucket is read as one number. Its bytes, none of them below zero, are added up in lanes of sixteen bits, every
/// other byte in one number and the rest in another: no label is added by itself, and a bucket that is not in the cache
/// holds up no other one.
fn sums(buckets: &[[u8; STRIDE]; 1 << BUCKET_BITS], features: &[u32]) -> [i32; STRIDE] {
    const LANES: u64 = 0x00FF_00FF_00FF_00FF;
    let (mut even, mut odd) = (0_u64, 0_u64);
    for feature in features {
        let weights = u64::from_le_bytes(buckets[bucket(*feature)]);
        even += weights & LANES;
        odd += weights >> 8 & LANES;
    }
    let raised = i32::from(RAISED) * i32::try_from(features.len()).unwrap_or_default();
    std::array::from_fn(|label| {
        let lanes = if label % 2 == 0 { even } else { odd };
        (lanes >> (label / 2 * 16) & 0xFFFF) as i32 - raised
    })
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

impl Steps {
    /// From the steps as [`step`] counts them.
    pub fn new(steps: &[i32]) -> Self {
        let gaps = [Gap::Stop, Gap::Space];
        Self(gaps.map(|gap| {
            std::array::from_fn(|from| {
                std::array::from_fn(|to| {
                    let known = to < LABELS && follows(from, to);
                    steps.get(step(gap, from, to)).copied().filter(|_| known).unwrap_or(NEVER)
                })
            })
        }))
    }
}

/// The row of labels with the highest score. What `scores` gives behind the last label counts for nothing.
pub fn best(seen: &[Seen], steps: &Steps, scores: impl Fn(usize) -> [i32; STRIDE]) -> Vec<Label> {
    let mut back: Vec<[Label; STRIDE]> = Vec::with_capacity(seen.len());
    let mut row = [NEVER; STRIDE];
    // before the first word nothing has begun
    row[0] = 0;
    for (at, word) in seen.iter().enumerate() {
        let scores = scores(at);
        let (mut next, mut from_label) = ([NEVER; STRIDE], [0_u32; STRIDE]);
        for (from, (score, steps)) in (0..).zip(row.iter().zip(&steps.0[usize::from(word.gap == Gap::Space)]))
        {
            for to in 0..STRIDE {
                let score = score + steps[to];
                let is_better = score > next[to];
                next[to] = if is_better { score } else { next[to] };
                from_label[to] = if is_better { from } else { from_label[to] };
            }
        }
        for to in 0..STRIDE {
            row[to] = (next[to] + scores[to]).max(NEVER);
        }
        back.push(from_label.map(|label| label as Label));
    }
    let mut label = (0..LABELS).max_by_key(|label| (row[*label], LABELS - label)).unwrap_or_default();
    let mut labels = vec![0; seen.len()];
    for (place, from) in labels.iter_mut().zip(&back).rev() {
        *place = label as Label;
        label = usize::from(from[label]);
    }
    labels
}

const _: () = assert!(FEATURES <= 256, "weights are bytes, and their sums must fit in sixteen bits");
