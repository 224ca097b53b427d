//! The linear model: every word and every pair of words that follow each other votes for eight labels.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use crate::article::Article;
use crate::buckets::{self, NoModel, STRIDE};
use crate::names::see::Seen;

/// The labels that it has learned, with their codes at the IPTC.
pub const LABELS: [(&str, &str); 8] = [
    ("culture", "medtop:01000000"),
    ("economy", "medtop:04000000"),
    ("health", "medtop:07000000"),
    ("politics", "medtop:11000000"),
    ("religion", "medtop:12000000"),
    ("science_technology", "medtop:13000000"),
    ("society", "medtop:14000000"),
    ("sport", "medtop:15000000"),
];
/// How many buckets there are.
pub const BUCKETS: usize = 1 << 16;
const MARK: &str = "NABATOP2";
const BUILT_IN: &[u8] = include_bytes!("../../models/topics.bin");

/// The weights, and how sharply scores become chances.
#[derive(Debug, Clone)]
pub struct Model {
    sharpness: f32,
    buckets: Buckets,
}

type Buckets = buckets::Buckets<BUCKETS>;

static SHARED: LazyLock<Arc<Model>> = LazyLock::new(|| {
    // an empty model would stand in for a file that is none, which a test rules out
    let none = || Model { sharpness: 0.0, buckets: Buckets::none() };
    Arc::new(Model::read(Cow::Borrowed(BUILT_IN)).unwrap_or_else(|_| none()))
});

impl Model {
    /// The model that ships with naba.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&SHARED)
    }

    /// A model from the bytes of its file: the sharpness in thousandths, and the weights of the buckets.
    ///
    /// # Errors
    /// [`NoModel`] when they are none.
    pub fn read(bytes: Cow<'static, [u8]>) -> Result<Self, NoModel> {
        let ([sharpness], buckets) = Buckets::read(MARK, bytes)?;
        Ok(Self { sharpness: sharpness as f32 / 1000.0, buckets })
    }

    /// The bytes of a model's file.
    pub fn write(sharpness_thousandths: i32, weights: &[i8]) -> Vec<u8> {
        buckets::write(MARK, &[sharpness_thousandths], weights)
    }

    /// How likely each label is, in the order of [`LABELS`].
    pub fn chances(&self, article: &Article<'_>) -> [f32; LABELS.len()] {
        let (mut sums, mut count) = ([0_i64; LABELS.len()], 0);
        for text in &article.texts {
            let features = features(&text.seen);
            for (sum, more) in sums.iter_mut().zip(self.buckets.sums(&features)) {
                *sum += i64::from(more);
            }
            count += features.len();
        }
        chances(&sums, count, self.sharpness)
    }
}

const _: () = assert!(LABELS.len() == STRIDE);

/// Every word and every pair of words, as numbers whose high bits name their bucket.
pub fn features(seen: &[Seen]) -> Vec<u32> {
    let mut before = 0_u32;
    let mut features = Vec::with_capacity(seen.len() * 2);
    for word in seen {
        let stem = word.stem();
        features.extend([stem, before.rotate_left(7).wrapping_mul(0x9E37_79B9) ^ stem].map(|hash| {
            let mixed = hash.wrapping_mul(0x85EB_CA6B);
            (mixed ^ mixed >> 15).wrapping_mul(0xC2B2_AE35)
        }));
        before = stem;
    }
    features
}

/// Scores as chances: a long article has more votes and is not surer for that.
pub fn chances(sums: &[i64; LABELS.len()], count: usize, sharpness: f32) -> [f32; LABELS.len()] {
    let scale = sharpness / f32::from(u16::try_from(count.max(1)).unwrap_or(u16::MAX)).sqrt();
    let best = sums.iter().copied().max().unwrap_or_default();
    let powers = sums.map(|sum| ((sum - best) as f32 * scale).exp());
    let all: f32 = powers.iter().sum();
    powers.map(|power| power / all)
}
