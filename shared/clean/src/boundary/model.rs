//! The weights of the boundary model, and the best row of labels.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use naba_text::buckets::{self, NoModel, STRIDE};

use super::lead;
use super::see::{self, Seen};

/// Labels: a word begins a piece of a part of the article, or goes on with it.
pub const LABELS: usize = 4;
/// The weight of a bucket that is for the word with which the copy begins.
pub const LEAD: usize = LABELS;
/// How many buckets there are.
pub const BUCKETS: usize = 1 << 16;
const STEPS: usize = LABELS * LABELS;
/// The numbers of a model's file: how sure it must be, and the steps.
const NUMBERS: usize = 2 + STEPS;
/// The score of what cannot be; four of them can be added up.
const NEVER: i32 = i32::MIN / 4;
const MARK: &str = "NABAFLAT1";

const BUILT_IN: &[u8] = include_bytes!("../../models/flat.bin");

static SHARED: LazyLock<Arc<Model>> = LazyLock::new(|| {
    // an empty model would stand in for a file that is none, which a test rules out
    Arc::new(Model::read(Cow::Borrowed(BUILT_IN)).unwrap_or_else(|_| Model::none()))
});

/// The parts of an article, as the model knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Part {
    /// The copy.
    Copy,
    /// Boilerplate inside and behind the copy.
    Boilerplate,
    /// Above the copy: menu, stamp, kicker, headline, byline.
    Head,
}

/// A label's number: twice the part's, and one more where the piece goes on.
pub type Label = u8;

/// The label of a word that begins a piece.
pub fn begins(part: Part) -> Label {
    2 * part as Label
}

/// The part that a label is of.
pub fn part(label: Label) -> Part {
    match label / 2 {
        0 => Part::Copy,
        _ => Part::Boilerplate,
    }
}

/// The weights.
#[derive(Debug, Clone)]
pub struct Model {
    steps: [i32; STEPS],
    /// How many chances in a thousand the word must have with which the copy begins.
    sure_min: i32,
    /// How many millionths a unit of a weight for that is.
    unit: i32,
    buckets: buckets::Buckets<BUCKETS>,
}

impl Model {
    /// The model that ships with naba.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&SHARED)
    }

    /// A model without weights.
    pub fn none() -> Self {
        Self { steps: [0; STEPS], sure_min: i32::MAX, unit: 0, buckets: buckets::Buckets::none() }
    }

    /// Whether it has no weights.
    pub fn is_none(&self) -> bool {
        self.unit == 0
    }

    /// A model from the bytes of its file: the steps, and the weights of the buckets.
    ///
    /// # Errors
    /// [`NoModel`] when they are none.
    pub fn read(bytes: Cow<'static, [u8]>) -> Result<Self, NoModel> {
        let (numbers, buckets) = buckets::Buckets::read::<NUMBERS>(MARK, bytes)?;
        let [sure_min, unit, ..] = numbers;
        Ok(Self { steps: std::array::from_fn(|step| numbers[2 + step]), sure_min, unit, buckets })
    }

    /// The same model that must be more or less sure.
    #[must_use]
    pub fn with_sure_min(mut self, sure_min: i32) -> Self {
        self.sure_min = sure_min;
        self
    }

    /// How sure the model must be of the word with which the copy begins.
    pub fn sure_min(&self) -> i32 {
        self.sure_min
    }

    /// The bytes of a model's file.
    pub fn write(sure_min: i32, unit: i32, steps: &[i32], weights: &[i8]) -> Vec<u8> {
        let numbers: Vec<i32> = [sure_min, unit].into_iter().chain(steps.iter().copied()).collect();
        buckets::write(MARK, &numbers, weights)
    }

    /// Labels the words from the lead on.
    pub fn label(&self, seen: &[Seen], lead: usize) -> Vec<Label> {
        let scores: Vec<_> =
            (lead..seen.len()).map(|at| self.buckets.sums(&see::features(seen, at))).collect();
        best(seen.get(lead..).unwrap_or_default(), &self.steps, &scores)
    }

    /// The word with which the copy begins: the first one where the model is not sure enough of another.
    pub fn lead(&self, seen: &[Seen]) -> usize {
        let score = |at: usize| self.buckets.sums(&lead::features(seen, at))[LEAD] as f32;
        let scores: Vec<(f32, usize)> = lead::places(seen).map(|at| (score(at), at)).collect();
        let Some((most, best)) = scores.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0)) else { return 0 };
        let unit = self.unit as f32 / 1e6;
        let sum: f32 = scores.iter().map(|(score, _)| ((score - most) * unit).exp()).sum();
        if 1000.0 / sum >= self.sure_min as f32 { best } else { 0 }
    }

    /// The names of the three features that speak most for the copy to begin at a word.
    pub fn strongest_of_the_lead(&self, seen: &[Seen], at: usize) -> [&'static str; 3] {
        let features = lead::features(seen, at);
        strongest(features.iter().map(|feature| self.buckets.sums(&[*feature])[LEAD]).zip(lead::NAMES))
    }

    /// The names of the three features that speak most for a label at a word, over the label that goes on.
    pub fn strongest(&self, seen: &[Seen], at: usize, label: Label) -> [&'static str; 3] {
        let weight = |feature: &u32| {
            let sums = self.buckets.sums(&[*feature]);
            let (here, on) = (usize::from(label), usize::from(label | 1));
            sums.get(here).zip(sums.get(on)).map_or(0, |(here, on)| here - on)
        };
        strongest(see::features(seen, at).iter().map(weight).zip(see::NAMES))
    }
}

fn strongest(features: impl Iterator<Item = (i32, &'static str)>) -> [&'static str; 3] {
    let mut features: Vec<(i32, &'static str)> = features.collect();
    features.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    std::array::from_fn(|place| features.get(place).map_or("", |(_, name)| *name))
}

fn steps_from(steps: &[i32; STEPS], from: usize, seen: &Seen) -> [i32; LABELS] {
    std::array::from_fn(|to| {
        // nothing goes on that has not begun, and pieces begin behind blanks
        let may = if to % 2 == 1 { from / 2 == to / 2 } else { seen.is_apart };
        if may { steps[from * LABELS + to] } else { NEVER }
    })
}

/// The row of labels with the highest score. The first word begins the copy.
pub fn best(seen: &[Seen], steps: &[i32; STEPS], scores: &[[i32; STRIDE]]) -> Vec<Label> {
    let mut rows: Vec<[i32; LABELS]> = Vec::with_capacity(seen.len());
    let mut row = [0, NEVER, NEVER, NEVER];
    for (word, scores) in seen.iter().zip(scores).skip(1) {
        rows.push(row);
        let mut next = [NEVER; LABELS];
        for (from, score) in row.iter().enumerate() {
            for (next, step) in next.iter_mut().zip(steps_from(steps, from, word)) {
                *next = (*next).max(score + step);
            }
        }
        row = std::array::from_fn(|label| (next[label] + scores[label]).max(NEVER));
    }
    let first_of_best = |scores: [i32; LABELS]| {
        (0..LABELS).max_by_key(|label| (scores[*label], LABELS - label)).unwrap_or_default()
    };
    let mut label = first_of_best(row);
    let mut labels = vec![0; seen.len()];
    // on the way back every label is the one from which the next was reached
    for (at, row) in rows.iter().enumerate().rev() {
        labels[at + 1] = label as Label;
        let steps: [i32; LABELS] = std::array::from_fn(|from| steps_from(steps, from, &seen[at + 1])[label]);
        label = first_of_best(std::array::from_fn(|from| (row[from] + steps[from]).max(NEVER)));
    }
    labels
}
