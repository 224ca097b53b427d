//! One record, one line, whoever reads it.

/// A record as a line of JSON. JSON lets NEL and the line and paragraph separators stand as they are, and some
/// readers break lines there; escaped, they mean the same.
///
/// # Errors
/// When the record cannot be written as JSON.
pub fn line(record: &impl serde::Serialize) -> serde_json::Result<String> {
    let line = serde_json::to_string(record)?;
    if !line.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return Ok(line);
    }
    Ok(line.replace('\u{85}', "\\u0085").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_reader_sees_two_lines() {
        let line = super::line(&"أ\u{85}ب\u{2028}ج").expect("JSON");
        assert_eq!(line, "\"أ\\u0085ب\\u2028ج\"");
    }
}
