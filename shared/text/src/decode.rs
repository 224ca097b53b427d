//! Bytes → text, with the reason for the encoding.
//!
//! The order of trust: byte-order mark, valid UTF-8, declared character set (checked against the bytes),
//! letter statistics.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_8859_6, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1256};
use naba_record::{Decoding, DecodingBasis};

/// Text and how it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text; bytes that no encoding explains are U+FFFD.
    pub text: String,
    /// How it was read.
    pub decoding: Decoding,
}

/// Why bytes cannot be text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Nothing to read.
    #[error("there are no bytes")]
    Empty,
    /// More than one character in twenty is not text in any encoding tried.
    #[error(
        "not text in any known encoding: {tried} comes closest and cannot read {replaced} of {characters} characters"
    )]
    NotText {
        /// The encoding that came closest.
        tried: &'static str,
        /// Replacement characters it needed.
        replaced: u32,
        /// Characters in all.
        characters: u32,
    },
}

/// The share of replacement and control characters above which bytes are not called text: one in twenty.
/// Cut UTF-8 and single bad bytes stay far below; pictures and archives far above.
const REPLACED_SHARE_MAX: f32 = 0.05;

/// A window cut out of a longer text loses a character at each end: two replacements each, at the most.
const CUT_CHARACTERS_MAX: u32 = 4;

/// Reads bytes as text. `declared` is what HTTP, the page or the envelope says of them.
///
/// # Errors
/// [`DecodeError`] when there is nothing, or nothing that reads as text. Trying again will not help.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Result<Decoded, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    let (encoding, basis) = choose(bytes, declared);
    let (text, _) = encoding.decode_with_bom_removal(bytes);
    let replaced = text.chars().filter(|c| *c == '\u{FFFD}').count() as u32;
    let characters = crate::slice::count(&text);
    // C1 controls are a sign of mojibake, which is text; C0 controls are a sign of something else
    let controls =
        text.chars().filter(|c| matches!(c, '\u{1}'..='\u{8}' | '\u{E}'..='\u{1F}')).count() as u32;
    let strange = replaced + controls;
    if strange as f32 > characters as f32 * REPLACED_SHARE_MAX && strange > CUT_CHARACTERS_MAX {
        return Err(DecodeError::NotText { tried: encoding.name(), replaced: strange, characters });
    }
    let decoding = Decoding { encoding: encoding.name().to_owned(), basis, replaced, ..Decoding::default() };
    Ok(Decoded { text: text.into_owned(), decoding })
}

fn choose(bytes: &[u8], declared: Option<&str>) -> (&'static Encoding, DecodingBasis) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding, DecodingBasis::Mark);
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return (encoding, DecodingBasis::Detected);
    }
    if is_utf_8(bytes) {
        return (UTF_8, DecodingBasis::Valid);
    }
    if let Some(encoding) = declared.and_then(|label| Encoding::for_label(label.trim().as_bytes()))
        && encoding != UTF_8
        && fits(encoding, bytes)
    {
        return (encoding, DecodingBasis::Declared);
    }
    (detect(bytes), DecodingBasis::Detected)
}

/// Valid UTF-8, a cut first and a cut last character forgiven: feeds and queues cut by bytes.
fn is_utf_8(bytes: &[u8]) -> bool {
    let cut = bytes.iter().take(3).take_while(|byte| (0x80..0xC0).contains(*byte)).count();
    let bytes = bytes.get(cut..).unwrap_or_default();
    let rest = bytes.get(Encoding::utf8_valid_up_to(bytes)..).unwrap_or_default();
    let length = match rest.first() {
        // continuation bytes alone prove nothing
        None => return cut == 0 || !bytes.is_ascii(),
        Some(0xC2..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..=0xF4) => 4,
        Some(_) => return mostly_utf_8(bytes),
    };
    let ends_early = rest.len() < length && rest.iter().skip(1).all(|byte| (0x80..0xC0).contains(byte));
    (ends_early && bytes.len() > rest.len()) || mostly_utf_8(bytes)
}

/// A few broken bytes do not make a UTF-8 text anything else: at least 98 % of the non-ASCII bytes stand
/// in valid characters. Single-byte Arabic reaches a few per cent by chance.
fn mostly_utf_8(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let broken = text.chars().filter(|c| *c == '\u{FFFD}').count();
    let wide: usize = text.chars().filter(|c| !c.is_ascii() && *c != '\u{FFFD}').map(char::len_utf8).sum();
    wide > 0 && broken * 50 <= wide
}

/// UTF-16 without a mark shows as one half of every pair being the same small number: 0x06 for Arabic
/// letters, 0x00 for Latin letters and spaces.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes.len() / 2;
    if pairs < 4 {
        return None;
    }
    let high = |offset: usize| {
        bytes.iter().skip(offset).step_by(2).filter(|byte| matches!(byte, 0x00 | 0x06)).count()
    };
    let (big, little) = (high(0), high(1));
    let most = pairs * 9 / 10;
    match (big > most, little > most) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// Whether bytes read well as the declared encoding: no unmapped bytes, and Arabic when it is Arabic.
fn fits(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    let wide = text.chars().filter(|c| !c.is_ascii()).count();
    let arabic = text.chars().filter(|c| is_arabic(*c)).count();
    !had_errors && (wide == 0 || arabic * 2 > wide || !arabic_encoding(encoding))
}

fn arabic_encoding(encoding: &'static Encoding) -> bool {
    encoding == WINDOWS_1256 || encoding == ISO_8859_6
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{06FF}')
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    if arabic_encoding(guess) {
        return guess;
    }
    // Short windows mislead the statistics: both Arabic encodings are tried before a foreign guess is believed.
    let share = |encoding: &'static Encoding| {
        let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
        let wide = text.chars().filter(|c| !c.is_ascii()).count().max(1);
        let letters = text.chars().filter(|c| matches!(c, '\u{0621}'..='\u{064A}')).count();
        if had_errors { 0.0 } else { letters as f32 / wide as f32 }
    };
    let (iso, windows) = (share(ISO_8859_6), share(WINDOWS_1256));
    if iso > 0.9 {
        ISO_8859_6
    } else if windows > 0.8 {
        WINDOWS_1256
    } else {
        guess
    }
}

#[cfg(test)]
mod tests {
    use super::{DecodeError, decode};
    use naba_record::DecodingBasis as Basis;

    const TEXT: &str =
        "أعلنت الوزارة أمس بدء العمل في المشروع الجديد شمالي المدينة، وقال المدير إن العمل يستمر عامين.";

    #[track_caller]
    fn check(bytes: &[u8], declared: Option<&str>, encoding: &str, basis: Basis) {
        let decoded = decode(bytes, declared).expect("text");
        assert_eq!((decoded.decoding.encoding.as_str(), decoded.decoding.basis), (encoding, basis));
        assert_eq!(
            decoded.text.trim_end_matches('\u{FFFD}'),
            TEXT.get(..decoded.text.trim_end_matches('\u{FFFD}').len()).unwrap()
        );
    }

    fn encoded(label: &str) -> Vec<u8> {
        encoding_rs::Encoding::for_label(label.as_bytes()).expect("a label").encode(TEXT).0.into_owned()
    }

    fn utf_16(big: bool, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xFEFF).into_iter().chain(TEXT.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn every_encoding_of_the_trade() {
        check(TEXT.as_bytes(), None, "UTF-8", Basis::Valid);
        check(&[b"\xEF\xBB\xBF", TEXT.as_bytes()].concat(), None, "UTF-8", Basis::Mark);
        check(TEXT.as_bytes(), Some("windows-1256"), "UTF-8", Basis::Valid);
        check(&encoded("windows-1256"), None, "windows-1256", Basis::Detected);
        check(&encoded("windows-1256"), Some("windows-1256"), "windows-1256", Basis::Declared);
        check(&encoded("windows-1256"), Some("utf-8"), "windows-1256", Basis::Detected);
        check(&encoded("iso-8859-6"), None, "ISO-8859-6", Basis::Detected);
        check(&utf_16(true, true), None, "UTF-16BE", Basis::Mark);
        check(&utf_16(false, true), None, "UTF-16LE", Basis::Mark);
        check(&utf_16(true, false), None, "UTF-16BE", Basis::Detected);
        check(&utf_16(false, false), None, "UTF-16LE", Basis::Detected);
    }

    #[test]
    fn a_cut_character_does_not_change_the_encoding() {
        check(&TEXT.as_bytes()[..TEXT.len() - 2], None, "UTF-8", Basis::Valid);
    }

    #[test]
    fn pictures_are_not_text() {
        let noise: Vec<u8> = (0..4000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(matches!(decode(&noise, None), Err(DecodeError::NotText { .. })));
        assert_eq!(decode(b"", None), Err(DecodeError::Empty));
    }
}
