//! The words of a text, and their hashes: every engine that asks what a word is asks by the same number.

use crate::letters::is_word;

/// A word of a text, in bytes, and the hash of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// As [`hash`] gives it.
    pub hash: u64,
}

/// The words of a text: letters and digits in a row.
pub fn words(text: &str) -> Vec<Word> {
    let bytes = text.as_bytes();
    // Arabic words and their spaces have about ten bytes
    let mut words = Vec::with_capacity(bytes.len() / 9 + 1);
    let mut at = 0;
    while at < bytes.len() {
        let (inside, length) = character(text, at);
        let start = at;
        at += length;
        if !inside {
            continue;
        }
        while let (true, length) = character(text, at) {
            at += length;
        }
        words.push(Word { start, end: at, hash: hash(bytes, start, at) });
    }
    words
}

/// Whether the character at a byte belongs to a word, and how many bytes it has; no character at the text's end. The
/// letters that a text is made of are known by their bytes, and not put together.
#[inline]
fn character(text: &str, at: usize) -> (bool, usize) {
    match text.as_bytes().get(at..) {
        Some([0xD8, 0xA1..=0xBA, ..] | [0xD9, 0x81..=0x8A, ..]) => (true, 2),
        Some([b' ' | b'\n' | b'.' | b',', ..]) => (false, 1),
        _ => crate::slice::from(text, at).chars().next().map_or((false, 0), |c| (is_word(c), c.len_utf8())),
    }
}

/// An odd number whose bits are spread evenly: the golden ratio.
pub const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash of a stretch of bytes, eight at a step. Low bits are as good as high ones.
#[inline]
pub fn hash(bytes: &[u8], start: usize, end: usize) -> u64 {
    let (mut at, mut hash) = (start, 0_u64);
    while at + 8 < end {
        hash = (hash.rotate_left(5) ^ head(bytes, at, end)).wrapping_mul(SPREAD);
        at += 8;
    }
    hash = (hash.rotate_left(5) ^ head(bytes, at, end)).wrapping_mul(SPREAD);
    hash ^ hash >> 32
}

/// The hash of two hashes in their order: of two words in a row, or of what is said so far and the next word.
#[inline]
pub fn both(first: u64, second: u64) -> u64 {
    (first.rotate_left(23) ^ second).wrapping_mul(SPREAD)
}

/// The first eight bytes of a stretch as a number, the first byte lowest; zeros stand behind a shorter one.
#[inline]
pub fn head(bytes: &[u8], start: usize, end: usize) -> u64 {
    let length = end.saturating_sub(start).min(8);
    // the bytes behind the stretch are there nearly always: they are read with it and taken away
    if let Some(eight) = bytes.get(start..).and_then(<[u8]>::first_chunk) {
        return u64::from_le_bytes(*eight) & lowest(length);
    }
    let stretch = bytes.get(start..end).unwrap_or_default();
    stretch.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The last eight bytes of a stretch as a number, the last byte highest; zeros stand before a shorter one.
#[inline]
pub fn tail(bytes: &[u8], start: usize, end: usize) -> u64 {
    let length = end.saturating_sub(start).min(8);
    head(bytes, end - length, end) << (8 * (8 - length)).min(63)
}

/// A number with so many of its lowest bytes set, eight at most.
#[inline]
fn lowest(bytes: usize) -> u64 {
    if bytes >= 8 { u64::MAX } else { (1 << (8 * bytes)) - 1 }
}

/// How often words stand in a text.
#[derive(Debug)]
pub struct Counts<'text> {
    text: &'text str,
    /// Places among the counted words, at a word's hash or behind it; [`FREE`] for none. A power of two of slots, half
    /// of them free at least.
    slots: Vec<u32>,
    counted: Vec<(Word, u32)>,
}

const FREE: u32 = u32::MAX;

impl<'text> Counts<'text> {
    /// Counts words of a text, of which there are `most` at most: what is more is not counted.
    pub fn new(text: &'text str, most: usize, words: impl Iterator<Item = Word>) -> Self {
        let slots = vec![FREE; (most.max(1) * 2).next_power_of_two()];
        let mut counts = Self { text, slots, counted: vec![] };
        for word in words {
            counts.add(word);
        }
        counts
    }

    fn add(&mut self, word: Word) {
        let slot = self.slot(crate::slice::between(self.text, word.start, word.end), word.hash);
        let (place, new) = (self.slots[slot] as usize, self.counted.len());
        if let Some((_, count)) = self.counted.get_mut(place) {
            *count += 1;
        } else if new * 2 < self.slots.len() {
            self.slots[slot] = u32::try_from(new).unwrap_or(FREE);
            self.counted.push((word, 1));
        }
    }

    /// How often a word was counted.
    pub fn of(&self, word: &str) -> u32 {
        let slot = self.slot(word, hash(word.as_bytes(), 0, word.len()));
        self.counted.get(self.slots[slot] as usize).map_or(0, |(_, count)| *count)
    }

    /// Every word where it was counted first, and how often it was.
    pub fn counted(&self) -> &[(Word, u32)] {
        &self.counted
    }

    /// The slot of a word, or the free one where it belongs.
    fn slot(&self, word: &str, hash: u64) -> usize {
        let mut slot = hash as usize & (self.slots.len() - 1);
        loop {
            let is_other = |(other, _): &(Word, u32)| {
                other.hash != hash || crate::slice::between(self.text, other.start, other.end) != word
            };
            if !self.counted.get(self.slots[slot] as usize).is_some_and(is_other) {
                return slot;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, hash, head, tail, words};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let words = words(text);
        let found: Vec<&str> =
            words.iter().map(|word| crate::slice::between(text, word.start, word.end)).collect();
        assert_eq!(found, expected, "{text}");
        for (word, found) in words.iter().zip(found) {
            assert_eq!(word.hash, hash(found.as_bytes(), 0, found.len()), "{found}: wherever it stands");
        }
    }

    #[test]
    fn letters_and_digits_in_a_row() {
        check("", &[]);
        check(" . ", &[]);
        check("قال الوزير، أمس", &["قال", "الوزير", "أمس"]);
        check("F-16 و۱۲ COVID", &["F", "16", "و۱۲", "COVID"]);
        check("(روحانی)ﷺ", &["روحانی", "ﷺ"]);
        check("والمستوطنات", &["والمستوطنات"]);
    }

    #[test]
    fn words_that_differ_have_other_hashes() {
        let text = "ا اا ااا اااا ااااا ب با اب ابا والمستوطنات والمستوطنين";
        let mut hashes: Vec<u64> = words(text).iter().map(|word| word.hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 11);
    }

    #[test]
    fn edges_of_words() {
        let bytes = "abcdefghij".as_bytes();
        assert_eq!(head(bytes, 2, 4), u64::from_le_bytes(*b"cd\0\0\0\0\0\0"));
        assert_eq!(head(bytes, 7, 10), u64::from_le_bytes(*b"hij\0\0\0\0\0"));
        assert_eq!(tail(bytes, 0, 10), u64::from_le_bytes(*b"cdefghij"));
        assert_eq!(tail(bytes, 7, 10), u64::from_le_bytes(*b"\0\0\0\0\0hij"));
        assert_eq!((head(bytes, 3, 3), tail(bytes, 10, 10)), (0, 0));
    }

    #[test]
    fn words_are_counted() {
        let text = "قال الوزير قال قال الرئيس ان الوزير قال";
        let words = words(text);
        for (room, expected) in [(words.len(), [4, 2, 1, 1, 0]), (1, [4, 0, 0, 0, 0])] {
            let counts = Counts::new(text, room, words.iter().copied());
            assert_eq!(
                ["قال", "الوزير", "الرئيس", "ان", "قا"].map(|word| counts.of(word)),
                expected,
                "{room}"
            );
        }
        assert_eq!(Counts::new("", 0, [].into_iter()).of("قال"), 0);
    }
}
