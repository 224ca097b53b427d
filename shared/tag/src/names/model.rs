//! The sequence tagger: which words are names, decided over a whole text at once.
//!
//! A linear model whose weights are averaged over training (Collins 2002): the score of a row of labels is the sum
//! of its words' weights and of the steps between labels, and the best row is found by dynamic programming
//! (Viterbi). Features are hashed into buckets; two that meet share one.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use super::see::{self, Gap, Seen};
use crate::buckets::{self, NoModel, STRIDE};

/// What a word is: outside, or at the beginning of or inside a name of a kind.
pub const LABELS: usize = 7;
/// The labels as they are written in training data.
pub const LABEL_NAMES: [&str; LABELS] = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"];
/// How many buckets there are.
pub const BUCKETS: usize = 1 << 18;
/// Steps between labels are weighed apart where only a space lies between the words.
const STEPS: usize = 2 * LABELS * LABELS;
/// The score of what cannot be; four of them can be added up.
const NEVER: i32 = i32::MIN / 4;
const MARK: &str = "NABANER3";

const BUILT_IN: &[u8] = include_bytes!("../../models/names.bin");

static SHARED: LazyLock<Arc<Model>> = LazyLock::new(|| {
    // an empty model would stand in for a file that is none, which a test rules out
    let none = || Model { steps: Steps::new(&[]), buckets: Buckets::none() };
    Arc::new(Model::read(Cow::Borrowed(BUILT_IN)).unwrap_or_else(|_| none()))
});

type Buckets = buckets::Buckets<BUCKETS>;

/// A label's number.
pub type Label = u8;

/// The weights.
#[derive(Debug, Clone)]
pub struct Model {
    steps: Steps,
    buckets: Buckets,
}

/// What a step from a label to each other one is worth, by what stands between the words; those that nothing can make
/// are [`NEVER`]. Rows are as wide as a bucket, so that all labels of a word are added up at once.
#[derive(Debug, Clone)]
pub struct Steps([[[i32; STRIDE]; LABELS]; 2]);

impl Model {
    /// The model that ships with naba.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&SHARED)
    }

    /// A model from the bytes of its file: the steps, and the weights of the buckets.
    ///
    /// # Errors
    /// [`NoModel`] when they are none.
    pub fn read(bytes: Cow<'static, [u8]>) -> Result<Self, NoModel> {
        let (steps, buckets) = Buckets::read::<STEPS>(MARK, bytes)?;
        Ok(Self { steps: Steps::new(&steps), buckets })
    }

    /// The bytes of a model's file.
    pub fn write(steps: &[i32], weights: &[i8]) -> Vec<u8> {
        buckets::write(MARK, steps, weights)
    }

    /// Labels every word.
    pub fn label(&self, seen: &[Seen]) -> Vec<Label> {
        // all sums first: none of them waits for the one before
        let scores: Vec<_> = (0..seen.len()).map(|at| self.buckets.sums(&see::features(seen, at))).collect();
        best(seen, &self.steps, &scores)
    }
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
    /// Those that lead to a word.
    fn behind(&self, word: &Seen) -> &[[i32; STRIDE]; LABELS] {
        &self.0[usize::from(word.gap == Gap::Space)]
    }

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

/// The row of labels with the highest score: for every word its labels' scores, of which what stands behind the last
/// label counts for nothing.
pub fn best(seen: &[Seen], steps: &Steps, scores: &[[i32; STRIDE]]) -> Vec<Label> {
    let mut rows: Vec<[i32; STRIDE]> = Vec::with_capacity(seen.len());
    let mut row = [NEVER; STRIDE];
    // before the first word nothing has begun
    row[0] = 0;
    for (word, scores) in seen.iter().zip(scores) {
        rows.push(row);
        let mut next = [NEVER; STRIDE];
        for (score, steps) in row.iter().zip(steps.behind(word)) {
            for (next, step) in next.iter_mut().zip(steps) {
                *next = (*next).max(score + step);
            }
        }
        for ((row, next), score) in row.iter_mut().zip(next).zip(scores) {
            *row = (next + score).max(NEVER);
        }
    }
    let first_of_best = |scores: [i32; LABELS]| {
        (0..LABELS).max_by_key(|label| (scores[*label], LABELS - label)).unwrap_or_default()
    };
    let mut label = first_of_best(std::array::from_fn(|label| row[label]));
    let mut labels = vec![0; seen.len()];
    // on the way back every label is the one from which the next was reached
    for ((place, word), row) in labels.iter_mut().zip(seen).zip(&rows).rev() {
        *place = label as Label;
        let steps = steps.behind(word);
        label = first_of_best(std::array::from_fn(|from| row[from] + steps[from][label]));
    }
    labels
}
