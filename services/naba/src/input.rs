//! Files and standard input → payloads, one article each, never more than a line in memory.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ingest::Envelope;
use naba_record::ARTICLE_BYTES_MAX;

/// The most bytes of one line or one file: an article in base64, with its keys, and as much again.
const LINE_BYTES_MAX: usize = ARTICLE_BYTES_MAX * 3;

/// An article on its way in.
#[derive(Debug, Clone)]
pub struct Item {
    /// The bytes; empty where they could not be read.
    pub payload: Vec<u8>,
    /// What is known beside the bytes.
    pub envelope: Envelope,
    /// The file, `-` for standard input.
    pub file: String,
    /// The line in it, from 1; none where the file is one article.
    pub line: Option<u64>,
    /// Why the bytes could not be read.
    pub problem: Option<String>,
}

/// The names to read: `-` (standard input, NDJSON) where none is given.
pub fn names(files: &[PathBuf]) -> Vec<PathBuf> {
    if files.is_empty() { vec![PathBuf::from("-")] } else { files.to_vec() }
}

/// Every article of a file, in order.
///
/// # Errors
/// When the file cannot be opened.
pub fn items(file: &Path) -> anyhow::Result<Box<dyn Iterator<Item = Item>>> {
    let name = file.display().to_string();
    if name == "-" {
        return Ok(Box::new(Lines::new(Box::new(std::io::stdin().lock()), name)));
    }
    let open = || File::open(file).with_context(|| format!("cannot read {name}"));
    let extension =
        file.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase();
    if matches!(extension.as_str(), "ndjson" | "jsonl") {
        return Ok(Box::new(Lines::new(Box::new(BufReader::new(open()?)), name.clone())));
    }
    let mut payload = vec![];
    open()?
        .take(LINE_BYTES_MAX as u64 + 1)
        .read_to_end(&mut payload)
        .with_context(|| format!("cannot read {name}"))?;
    let content_type = match extension.as_str() {
        "json" => "application/json",
        "html" | "htm" => "text/html",
        _ => "text/plain",
    };
    let source_id = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let envelope = Envelope { content_type: Some(content_type.to_owned()), source_id, ..Envelope::default() };
    Ok(Box::new(std::iter::once(Item { payload, envelope, file: name, line: None, problem: None })))
}

/// NDJSON, line by line, empty lines passed over.
struct Lines {
    reader: Box<dyn BufRead>,
    file: String,
    line: u64,
}

impl Lines {
    fn new(reader: Box<dyn BufRead>, file: String) -> Self {
        Self { reader, file, line: 0 }
    }
}

impl Iterator for Lines {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            let mut payload = vec![];
            self.line += 1;
            let read = self.reader.by_ref().take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut payload);
            let problem = match read {
                Ok(0) => return None,
                Ok(_) if payload.len() >= LINE_BYTES_MAX && payload.last() != Some(&b'\n') => {
                    let skipped = skip_line(&mut self.reader)
                        .err()
                        .map(|error| format!("; {error}"))
                        .unwrap_or_default();
                    payload.clear();
                    Some(format!("the line has more than {LINE_BYTES_MAX} bytes{skipped}"))
                }
                Ok(_) => None,
                Err(error) => Some(format!("cannot be read: {error}")),
            };
            if problem.is_none() && payload.trim_ascii().is_empty() {
                continue;
            }
            let ends = problem.as_ref().is_some_and(|problem| problem.starts_with("cannot"));
            let envelope =
                Envelope { content_type: Some("application/json".to_owned()), ..Envelope::default() };
            let item = Item { payload, envelope, file: self.file.clone(), line: Some(self.line), problem };
            if ends {
                self.reader = Box::new(std::io::empty());
            }
            return Some(item);
        }
    }
}

/// Reads to the end of a line without keeping it.
fn skip_line(reader: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}
