//! What is known of a word from text and registers that nobody marked names in: the cluster that it stands in (words
//! with like neighbours), how many people are called so, whether a city is, and how common it is.
//!
//! The table is searched as it is stored: sixteen thousand buckets of eight words, a number of 64 bits each. `naba-train
//! evidence` makes it.

use naba_text::words::{Word, hash};

/// How many buckets there are.
const BUCKETS: usize = 1 << 14;
/// How many words a bucket has room for.
pub const BUCKET_WORDS: usize = 8;
/// How many bits of an entry tell its word from others of its bucket.
const MARK_BITS: u32 = 26;
/// The length of a stored table.
pub const BYTES: usize = BUCKETS * BUCKET_WORDS * 8;

const BUILT_IN: &[u8] = include_bytes!("../../models/evidence.bin");

/// What is known of a word; nothing of one that the table has not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Its cluster of fifty, from 1.
    pub coarse: u8,
    /// Its cluster of 250, from 1.
    pub middle: u8,
    /// Its cluster of a thousand, from 1.
    pub fine: u16,
    /// How many people have it as a given name (three bits), as a surname (three), as a name abroad (three), how large
    /// a city of this name is (two), and how rare the word is in text (three).
    pub counts: u16,
}

/// The bits of [`Evidence::counts`] that speak of names.
pub const OF_NAMES: u16 = 0x7FF;

impl Evidence {
    /// There is no word: the text begins or ends here.
    pub(crate) const NO_WORD: Self =
        Self { coarse: u8::MAX, middle: u8::MAX, fine: u16::MAX, counts: u16::MAX };

    /// As the table stores it.
    pub fn packed(self) -> u64 {
        u64::from(self.fine)
            | u64::from(self.middle) << 10
            | u64::from(self.coarse) << 18
            | u64::from(self.counts) << 24
    }

    fn unpacked(bits: u64) -> Self {
        Self {
            fine: (bits & 0x3FF) as u16,
            middle: (bits >> 10 & 0xFF) as u8,
            coarse: (bits >> 18 & 0x3F) as u8,
            counts: (bits >> 24 & 0x3FFF) as u16,
        }
    }
}

/// The bucket of a word, and what tells it from others there. No word's mark is 0.
pub fn place(hash: u64) -> (usize, u64) {
    let mark = hash & ((1 << MARK_BITS) - 1);
    ((hash >> 40) as usize & (BUCKETS - 1), mark.max(1))
}

/// An entry of the table.
pub fn entry(mark: u64, evidence: Evidence) -> u64 {
    mark | evidence.packed() << MARK_BITS
}

/// What a table knows of the word with a hash.
#[inline]
pub fn find(table: &[u8], word: u64) -> Option<Evidence> {
    let (bucket, mark) = place(word);
    let words = table.get(bucket * BUCKET_WORDS * 8..)?.first_chunk::<{ BUCKET_WORDS * 8 }>()?;
    let mut entries = words.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
    let found = entries.find(|entry| entry & ((1 << MARK_BITS) - 1) == mark)?;
    Some(Evidence::unpacked(found >> MARK_BITS))
}

/// What may stand before a word and is no part of it, and its bytes. «و» leaves «ال» with the word, «وال» does not.
const BEFORE: [(&str, usize); 14] = [
    ("و", 2),
    ("ف", 2),
    ("ب", 2),
    ("ل", 2),
    ("ك", 2),
    ("لل", 4),
    ("ال", 4),
    ("وال", 6),
    ("بال", 6),
    ("ول", 4),
    ("وب", 4),
    ("ولل", 6),
    ("س", 2),
    ("وس", 4),
];
/// The fewest bytes that are a word without what stands before it.
const LEFT_BYTES_MIN: usize = 6;

/// What is known of a word without what may stand before it: the cluster of the first form that is known, and the first
/// counts of names.
pub fn without_clitics(text: &str, known: impl Fn(u64) -> Option<Evidence>) -> Evidence {
    let mut evidence = Evidence::default();
    for (before, bytes) in BEFORE {
        if text.len() < bytes + LEFT_BYTES_MIN || !text.starts_with(before) {
            continue;
        }
        let Some(found) = known(hash(text.as_bytes(), bytes, text.len())) else { continue };
        if evidence.fine == 0 {
            (evidence.coarse, evidence.middle, evidence.fine) = (found.coarse, found.middle, found.fine);
        }
        if evidence.counts & OF_NAMES == 0 {
            evidence.counts = found.counts;
        }
    }
    evidence
}

/// What is known of a word of a text.
pub(crate) fn of(folded: &str, word: Word) -> Evidence {
    let known = |hash| find(BUILT_IN, hash);
    known(word.hash)
        .unwrap_or_else(|| without_clitics(naba_text::slice::between(folded, word.start, word.end), known))
}

#[cfg(test)]
mod tests {
    use super::{BUCKET_WORDS, BUILT_IN, BYTES, Evidence, entry, find, of, place};
    use naba_text::words::words;

    #[test]
    fn what_is_stored_is_found() {
        let evidence = Evidence { coarse: 50, middle: 250, fine: 1000, counts: 0x3FFF };
        let mut table = vec![0; BYTES];
        let (bucket, mark) = place(0x1234_5678_9ABC_DEF0);
        let at = (bucket * BUCKET_WORDS + 3) * 8;
        table[at..at + 8].copy_from_slice(&entry(mark, evidence).to_le_bytes());
        assert_eq!(find(&table, 0x1234_5678_9ABC_DEF0), Some(evidence));
        assert_eq!(find(&table, 0x1234_5678_9ABC_DEF1), None);
        assert_eq!(find(&[], 1), None);
    }

    #[test]
    fn what_ships_knows_names_and_their_clitics() {
        assert_eq!(BUILT_IN.len(), BYTES);
        for text in ["محمد", "وسمير", "بدمشق", "للقاهره"] {
            let evidence = of(text, words(text)[0]);
            assert!(evidence.counts & super::OF_NAMES != 0, "{text}: {evidence:?}");
        }
        assert_eq!(of("ططططططط", words("ططططططط")[0]), Evidence::default());
    }
}
