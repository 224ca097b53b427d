//! The linear model: every word and every pair of words that follow each other votes for eight labels.

use std::sync::{Arc, LazyLock};

use crate::article::Article;
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
/// Bits of a word that name its bucket.
pub const BUCKET_BITS: u32 = 16;
const MAGIC: &[u8; 8] = b"NABATOP1";
const BUILT_IN: &[u8] = include_bytes!("../../models/topics.bin");

/// The weights, and how sharply scores become chances.
#[derive(Debug, Clone)]
pub struct Model {
    sharpness: f32,
    weights: Vec<i8>,
}

/// Why bytes are no model.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a topic model of this version: {bytes} bytes")]
pub struct NoModel {
    bytes: usize,
}

static SHARED: LazyLock<Arc<Model>> = LazyLock::new(|| {
    // an empty model would stand in for a file that is none, which a test rules out
    Arc::new(Model::read(BUILT_IN).unwrap_or(Model { sharpness: 0.0, weights: vec![] }))
});

impl Model {
    /// The model that ships with naba.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&SHARED)
    }

    /// A model from the bytes of its file: the mark, the sharpness in thousandths (four bytes, the lowest first), the
    /// weights (one byte each).
    ///
    /// # Errors
    /// [`NoModel`] when they are none.
    pub fn read(bytes: &[u8]) -> Result<Self, NoModel> {
        let no_model = || NoModel { bytes: bytes.len() };
        let rest = bytes.strip_prefix(MAGIC.as_slice()).ok_or_else(no_model)?;
        let (head, weights) = rest.split_first_chunk::<4>().ok_or_else(no_model)?;
        if weights.len() != LABELS.len() << BUCKET_BITS {
            return Err(no_model());
        }
        let sharpness = u32::from_le_bytes(*head) as f32 / 1000.0;
        Ok(Self { sharpness, weights: weights.iter().map(|weight| weight.cast_signed()).collect() })
    }

    /// The bytes of a model's file.
    pub fn write(sharpness_thousandths: u32, weights: &[i8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(sharpness_thousandths.to_le_bytes());
        bytes.extend(weights.iter().map(|weight| weight.cast_unsigned()));
        bytes
    }

    /// How likely each label is, in the order of [`LABELS`].
    pub fn chances(&self, article: &Article<'_>) -> [f32; LABELS.len()] {
        let (mut sums, mut count) = ([0_i64; LABELS.len()], 0_u32);
        for text in &article.texts {
            each_bucket(&text.seen, |bucket| {
                let from = bucket * LABELS.len();
                for (sum, weight) in
                    sums.iter_mut().zip(self.weights.get(from..from + LABELS.len()).unwrap_or_default())
                {
                    *sum += i64::from(*weight);
                }
                count += 1;
            });
        }
        chances(&sums, count, self.sharpness)
    }
}

/// Calls with the bucket of every word and of every pair of words.
pub fn each_bucket(seen: &[Seen], mut call: impl FnMut(usize)) {
    let mut before = 0_u32;
    for word in seen {
        let stem = word.stem();
        for hash in [stem, before.rotate_left(7).wrapping_mul(0x9E37_79B9) ^ stem] {
            let mixed = hash.wrapping_mul(0x85EB_CA6B);
            call(((mixed ^ mixed >> 15).wrapping_mul(0xC2B2_AE35) >> (32 - BUCKET_BITS)) as usize);
        }
        before = stem;
    }
}

/// Scores as chances: a long article has more votes and is not surer for that.
pub fn chances(sums: &[i64; LABELS.len()], count: u32, sharpness: f32) -> [f32; LABELS.len()] {
    let scale = sharpness / f32::from(u16::try_from(count.max(1)).unwrap_or(u16::MAX)).sqrt();
    let best = sums.iter().copied().max().unwrap_or_default();
    let powers = sums.map(|sum| ((sum - best) as f32 * scale).exp());
    let all: f32 = powers.iter().sum();
    powers.map(|power| power / all)
}
