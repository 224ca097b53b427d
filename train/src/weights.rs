//! Weights while they are learned: whole numbers, and what their average over all updates needs.

/// The weights.
pub(crate) struct Weights {
    pub(crate) now: Vec<i32>,
    sums: Vec<i64>,
}

impl Weights {
    pub(crate) fn new(length: usize) -> Self {
        Self { now: vec![0; length], sums: vec![0; length] }
    }

    pub(crate) fn add(&mut self, place: usize, by: i32, time: i64) {
        self.now[place] += by;
        self.sums[place] += time * i64::from(by);
    }

    /// The averages over so many updates, times 64.
    pub(crate) fn averages(&self, time: i64) -> Vec<i64> {
        self.now.iter().zip(&self.sums).map(|(now, sum)| (i64::from(*now) * time - sum) * 64 / time).collect()
    }
}

/// Weights as bytes, and the weight that is 127: all but one in ten thousand of those that are not 0 fit.
pub(crate) fn quantised(weights: &[i64]) -> (Vec<i8>, i64) {
    let mut sizes: Vec<i64> = weights.iter().map(|weight| weight.abs()).filter(|size| *size > 0).collect();
    sizes.sort_unstable();
    let largest = sizes.len().checked_sub(1 + sizes.len() / 10_000).map_or(1, |place| sizes[place]);
    let byte = |weight: &i64| i8::try_from(scaled(*weight, largest).clamp(-127, 127)).unwrap_or_default();
    (weights.iter().map(byte).collect(), largest)
}

/// A weight in steps of which `largest` has 127, rounded.
pub(crate) fn scaled(weight: i64, largest: i64) -> i64 {
    (weight * 127 * 2 + largest * weight.signum()) / (largest * 2)
}
