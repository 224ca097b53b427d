//! Positions as JavaScript, Java and C# count them. Records count characters (code points); those count UTF-16 code units,
//! two for every character beyond U+FFFF.

/// The way from characters of a text to its UTF-16 code units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utf16 {
    /// The characters that take two units, by their place.
    wide: Vec<u32>,
}

impl Utf16 {
    /// Looks through a text.
    pub fn of(text: &str) -> Self {
        let wide = text.chars().enumerate().filter(|(_, c)| c.len_utf16() == 2);
        Self { wide: wide.map(|(place, _)| place as u32).collect() }
    }

    /// The code unit that a character begins at. One past the last character is the text's length.
    pub fn at(&self, character: u32) -> u32 {
        character + self.wide.partition_point(|place| *place < character) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::Utf16;

    #[track_caller]
    fn check(text: &str) {
        let map = Utf16::of(text);
        let mut units = 0;
        for (place, c) in text.chars().enumerate() {
            assert_eq!(map.at(place as u32), units, "{place} of {text}");
            units += c.len_utf16() as u32;
        }
        assert_eq!(map.at(text.chars().count() as u32), text.encode_utf16().count() as u32);
    }

    #[test]
    fn positions_are_those_of_javascript() {
        check("");
        check("نبأ");
        check("😀 عاجل 🇸🇾: خبر 𞸀😀");
    }
}
