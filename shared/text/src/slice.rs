//! The one audited place where text is cut by byte index.
//!
//! Engines count in bytes, because that is what searching gives; records count in characters. Every cut by
//! byte index goes through [`between`], which moves to a character boundary rather than panicking, and
//! every conversion to characters through [`CharacterCounter`].

/// The text between two byte offsets. Offsets inside a character move left, offsets past the end to the end.
#[inline]
pub fn between(text: &str, start: usize, end: usize) -> &str {
    // engines cut at boundaries, as good as always
    if let Some(cut) = text.get(start..end) {
        return cut;
    }
    moved(text, start, end)
}

#[cold]
#[expect(clippy::string_slice, reason = "both offsets are moved to character boundaries first")]
fn moved(text: &str, start: usize, end: usize) -> &str {
    let start = text.floor_char_boundary(start.min(text.len()));
    let end = text.floor_char_boundary(end.min(text.len())).max(start);
    &text[start..end]
}

/// The text from a byte offset to its end.
pub fn from(text: &str, start: usize) -> &str {
    between(text, start, text.len())
}

/// The text up to a byte offset.
pub fn until(text: &str, end: usize) -> &str {
    between(text, 0, end)
}

/// Turns byte offsets into character offsets. Asked in rising order it walks the text once.
#[derive(Debug)]
pub struct CharacterCounter<'text> {
    text: &'text str,
    byte: usize,
    character: u32,
}

impl<'text> CharacterCounter<'text> {
    /// Starts at the beginning of the text.
    pub fn new(text: &'text str) -> Self {
        Self { text, byte: 0, character: 0 }
    }

    /// How many characters stand before a byte offset.
    pub fn at(&mut self, byte: usize) -> u32 {
        if byte < self.byte {
            (self.byte, self.character) = (0, 0);
        }
        self.character += count(between(self.text, self.byte, byte));
        self.byte = byte;
        self.character
    }
}

/// Bytes between two places that [`Positions`] remembers.
const STEP_BYTES: usize = 64;

/// Turns byte offsets into character offsets and back, in any order: the text is walked once, when this is made.
#[derive(Debug)]
pub struct Positions<'text> {
    text: &'text str,
    /// How many characters begin before every [`STEP_BYTES`]th byte.
    before: Vec<u32>,
}

impl<'text> Positions<'text> {
    /// Walks the text.
    pub fn new(text: &'text str) -> Self {
        let mut characters = 0;
        let mut before = Vec::with_capacity(text.len() / STEP_BYTES + 1);
        for chunk in text.as_bytes().chunks(STEP_BYTES) {
            before.push(characters);
            characters += starts(chunk);
        }
        Self { text, before }
    }

    /// How many characters stand before a byte offset.
    pub fn character(&self, byte: usize) -> u32 {
        let byte = byte.min(self.text.len());
        let step = (byte / STEP_BYTES).min(self.before.len().saturating_sub(1));
        let rest = self.text.as_bytes().get(step * STEP_BYTES..byte).unwrap_or_default();
        self.before.get(step).copied().unwrap_or_default() + starts(rest)
    }

    /// The byte offset of a character offset; the text's length when it has fewer characters.
    pub fn byte(&self, character: u32) -> usize {
        // the last step before which no more characters stand: the character begins in it, or right behind it
        let step = self.before.partition_point(|before| *before <= character).saturating_sub(1);
        let mut left = character - self.before.get(step).copied().unwrap_or_default();
        let from = step * STEP_BYTES;
        for (place, byte) in self.text.as_bytes().get(from..).unwrap_or_default().iter().enumerate() {
            if byte & 0xC0 != 0x80 {
                if left == 0 {
                    return from + place;
                }
                left -= 1;
            }
        }
        self.text.len()
    }

    /// The text between two character offsets.
    pub fn between(&self, start: u32, end: u32) -> &'text str {
        between(self.text, self.byte(start), self.byte(end))
    }
}

/// How many characters begin in bytes.
fn starts(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count() as u32
}

/// At how many places of a text its next `N` bytes, eight at most, are wanted ones. Blocks of known sizes let the compiler
/// look at many places with one instruction: several looks of this kind cost less than one walk that decides.
#[inline]
pub fn places<const N: usize>(text: &str, wanted: impl Fn([u8; N]) -> bool) -> usize {
    // places of a block, and the bytes that they need: known sizes are what makes the instructions wide
    const PLACES: usize = 128;
    const BYTES: usize = PLACES + 8;
    const { assert!(N <= 8) };
    let is_wanted = |bytes: &[u8], at: usize| u8::from(wanted(std::array::from_fn(|step| bytes[at + step])));
    let mut rest = text.as_bytes();
    let mut found = 0;
    while let Some(block) = rest.first_chunk::<BYTES>() {
        found += usize::from((0..PLACES).fold(0, |found, at| found + is_wanted(block, at)));
        rest = rest.get(PLACES..).unwrap_or_default();
    }
    found + (0..(rest.len() + 1).saturating_sub(N)).filter(|at| is_wanted(rest, *at) == 1).count()
}

/// The number of characters of a text.
pub fn count(text: &str) -> u32 {
    // every byte that does not continue a character starts one; the loop vectorises
    starts(text.as_bytes())
}

/// The byte offset of a character offset; the text's length when it has fewer characters.
pub fn byte_of(text: &str, character: u32) -> usize {
    text.char_indices().nth(character as usize).map_or(text.len(), |(byte, _)| byte)
}

/// The text between two character offsets.
pub fn characters(text: &str, start: u32, end: u32) -> &str {
    let first = byte_of(text, start);
    let rest = from(text, first);
    until(rest, byte_of(rest, end.saturating_sub(start)))
}

#[cfg(test)]
mod tests {
    use super::{CharacterCounter, Positions, between, characters, count};

    #[test]
    fn cuts_never_split_a_character() {
        assert_eq!(between("نبأ", 1, 4), "نب");
        assert_eq!(between("نبأ", 3, 99), "بأ");
        assert_eq!(between("نبأ", 4, 2), "");
        assert_eq!(characters("خبر news", 2, 6), "ر ne");
    }

    #[test]
    fn positions_agree_with_counting() {
        let text = "خبر news ﷺ 😀 ".repeat(40);
        let positions = Positions::new(&text);
        for (character, (byte, c)) in (0..).zip(text.char_indices()) {
            assert_eq!((positions.character(byte), positions.byte(character)), (character, byte));
            assert_eq!(positions.between(character, character + 1), c.to_string());
        }
        assert_eq!(
            (positions.character(text.len()), positions.byte(count(&text))),
            (count(&text), text.len())
        );
        assert_eq!((Positions::new("").character(5), Positions::new("").byte(5)), (0, 0));
    }

    #[test]
    fn places_are_counted_across_blocks() {
        let text = "خبر \"news\" ".repeat(40);
        assert_eq!(super::places(&text, |[byte]| byte == b'"'), 80);
        assert_eq!(super::places(&text, |bytes| bytes == *b" \""), 40);
        assert_eq!(super::places(&text, |bytes: [u8; 6]| bytes == *b"\"news\""), 40);
        assert_eq!(super::places("ab", |bytes: [u8; 3]| bytes == *b"abc"), 0);
        assert_eq!(super::places("", |[byte]| byte == 0), 0);
    }

    #[test]
    fn counting_goes_forwards_and_starts_again() {
        let text = "أ b ج";
        let mut counter = CharacterCounter::new(text);
        assert_eq!(counter.at(2), 1);
        assert_eq!(counter.at(text.len()), count(text));
        assert_eq!(counter.at(0), 0);
    }
}
