//! One record, one line, whoever reads it.

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use naba_record::ARTICLE_BYTES_MAX;
use serde::Deserialize;

/// The longest line: an article of which every character is escaped.
const LINE_BYTES_MAX: u64 = ARTICLE_BYTES_MAX as u64 * 6;

/// A record as a line of JSON, [`escaped`].
///
/// # Errors
/// When the record cannot be written as JSON.
pub fn line(record: &impl serde::Serialize) -> serde_json::Result<String> {
    serde_json::to_string(record).map(escaped)
}

/// A line of JSON that every reader takes for one line, and that no terminal obeys: JSON lets DEL, the C1 controls and the
/// line and paragraph separators stand as they are; escaped, they mean the same.
pub fn escaped(line: String) -> String {
    let is_escaped = |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}');
    if !line.contains(is_escaped) {
        return line;
    }
    let mut escaped = String::with_capacity(line.len() + 64);
    for c in line.chars() {
        if is_escaped(c) {
            escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// A line of a command that reads texts from standard input.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The text.
    pub text: String,
    /// The headline, where the command has a use for it.
    #[serde(default)]
    pub title: Option<String>,
}

/// Reads NDJSON {"text"} from standard input and writes an answer for every line, in their order. Exit code 1 when a
/// line is not what it should be: that is said on standard error, with its number.
///
/// # Errors
/// When input or output fail, or an answer cannot be given.
pub fn answer(
    mut answer: impl FnMut(&Line) -> anyhow::Result<serde_json::Value>,
) -> anyhow::Result<ExitCode> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut input = std::io::stdin().lock();
    let mut failed = false;
    for number in 1_u64.. {
        let mut bytes = vec![];
        let read = std::io::Read::take(&mut input, LINE_BYTES_MAX).read_until(b'\n', &mut bytes);
        if read.context("cannot read standard input")? == 0 {
            break;
        }
        match naba_runtime::json::read::<Line>(&bytes) {
            Ok(read) => writeln!(out, "{}", line(&answer(&read)?)?).context("cannot write")?,
            Err(error) => {
                failed = true;
                say(number, &format!("the line is not a JSON object with a key text: {error}"));
            }
        }
    }
    out.flush().context("cannot write")?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

#[expect(clippy::print_stderr, reason = "what is wrong belongs on stderr")]
fn say(line: u64, message: &str) {
    eprintln!("{}", serde_json::json!({"error": "invalid_line", "message": message, "at": {"line": line}}));
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_reader_sees_two_lines() {
        let line = super::line(&"أ\u{85}ب\u{2028}ج\u{9b}").expect("JSON");
        assert_eq!(line, "\"أ\\u0085ب\\u2028ج\\u009b\"");
        let read: String = serde_json::from_str(&line).expect("JSON");
        assert_eq!(read, "أ\u{85}ب\u{2028}ج\u{9b}");
    }
}
