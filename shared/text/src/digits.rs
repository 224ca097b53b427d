//! Digits of every set that Arabic news prints.

use crate::slice::places;

/// The value of a digit: ASCII, Arabic-Indic (٠-٩) or extended Arabic-Indic (۰-۹, Persian and Urdu).
pub fn value(c: char) -> Option<u8> {
    match c {
        '0'..='9' => Some(c as u8 - b'0'),
        '\u{0660}'..='\u{0669}' => Some((c as u32 - 0x0660) as u8),
        '\u{06F0}'..='\u{06F9}' => Some((c as u32 - 0x06F0) as u8),
        _ => None,
    }
}

/// Whether a text mixes digit sets, e.g. ASCII and Arabic-Indic.
pub fn mixed(text: &str) -> bool {
    // U+0660 to U+0669 are D9 A0 to D9 A9, U+06F0 to U+06F9 are DB B0 to DB B9
    let arabic = places(text, |bytes| matches!(bytes, [0xD9, 0xA0..=0xA9] | [0xDB, 0xB0..=0xB9]));
    arabic > 0 && places(text, |[byte]| byte.is_ascii_digit()) > 0
}

#[cfg(test)]
mod tests {
    use super::{mixed, value};

    #[test]
    fn every_set_has_ten() {
        for set in ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"] {
            let values: Vec<_> = set.chars().filter_map(value).collect();
            assert_eq!(values, (0..10).collect::<Vec<u8>>(), "{set}");
        }
        assert_eq!(value('ر'), None);
    }

    #[test]
    fn mixing_is_seen() {
        assert!(mixed("٣ من 5"));
        assert!(mixed("5 من ۹"));
        assert!(!mixed("٣ من ۹ ر"));
        assert!(!mixed("3 من 5"));
    }
}
