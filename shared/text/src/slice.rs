//! The one audited place where text is cut by byte index.
//!
//! Engines count in bytes, because that is what searching gives; records count in characters. Every cut by
//! byte index goes through [`between`], which moves to a character boundary rather than panicking, and
//! every conversion to characters through [`CharacterCounter`].

/// The text between two byte offsets. Offsets inside a character move left, offsets past the end to the end.
#[expect(clippy::string_slice, reason = "both offsets are moved to character boundaries first")]
pub fn between(text: &str, start: usize, end: usize) -> &str {
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

/// The number of characters of a text.
pub fn count(text: &str) -> u32 {
    // every byte that does not continue a character starts one; the loop vectorises
    text.bytes().filter(|byte| byte & 0xC0 != 0x80).count() as u32
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
    use super::{CharacterCounter, between, characters, count};

    #[test]
    fn cuts_never_split_a_character() {
        assert_eq!(between("نبأ", 1, 4), "نب");
        assert_eq!(between("نبأ", 3, 99), "بأ");
        assert_eq!(between("نبأ", 4, 2), "");
        assert_eq!(characters("خبر news", 2, 6), "ر ne");
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
