//! JSON out of messages.

use serde::de::DeserializeOwned;

/// Reads JSON. Whether it is UTF-8 is asked once for the whole and by `encoding_rs`, which is faster on Arabic than the
/// standard library's check, which `serde_json` makes of every string.
///
/// # Errors
/// As [`serde_json::from_slice`].
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    match encoding_rs::UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => serde_json::from_str(&text),
        // says where it is broken
        None => serde_json::from_slice(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn broken_text_is_an_error_that_says_where() {
        assert_eq!(read::<String>("\"نبأ\"".as_bytes()).expect("a string"), "نبأ");
        let error = read::<String>(b"\"\xD9\"").expect_err("half a letter");
        assert!(error.to_string().contains("column"), "{error}");
    }
}
