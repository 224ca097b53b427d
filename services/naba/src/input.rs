//! Files and standard input → payloads, one article each, never more than one article in memory.

mod values;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;
use flate2::bufread::MultiGzDecoder;
use ingest::Envelope;
use naba_record::ARTICLE_BYTES_MAX;

use self::values::Values;

/// The most bytes of one line or one file: an article in base64, with its keys, and as much again.
const LINE_BYTES_MAX: usize = ARTICLE_BYTES_MAX * 3;
/// How a text may begin that says that it is UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// An article on its way in.
#[derive(Debug, Clone)]
pub struct Item {
    /// The bytes; empty where they could not be read.
    pub payload: Vec<u8>,
    /// What is known beside the bytes.
    pub envelope: Envelope,
    /// The file, `-` for standard input.
    pub file: String,
    /// The line in it, or the place in a JSON array, from 1; none where the file is one article.
    pub line: Option<u64>,
    /// Why the bytes could not be read.
    pub problem: Option<String>,
}

/// The names to read: `-` (standard input, NDJSON) where none is given.
pub fn names(files: &[PathBuf]) -> Vec<PathBuf> {
    if files.is_empty() { vec![PathBuf::from("-")] } else { files.to_vec() }
}

/// Every article of a file, in order. A file may be compressed (gzip), and JSON may be an array of articles.
///
/// # Errors
/// When the file cannot be opened.
pub fn items(file: &Path) -> anyhow::Result<Box<dyn Iterator<Item = Item>>> {
    let name = file.display().to_string();
    if name == "-" {
        let reader = unpacked(Box::new(std::io::stdin().lock())).context("cannot read standard input")?;
        return Ok(lines_or_values(reader, name));
    }
    let context = || format!("cannot read {}", file.display());
    let opened = File::open(file).with_context(context)?;
    let mut reader = unpacked(Box::new(BufReader::new(opened))).with_context(context)?;
    let extension = extension(file);
    if matches!(extension.as_str(), "ndjson" | "jsonl") {
        return Ok(lines_or_values(reader, name));
    }
    if extension == "json" && begins_with(&mut reader, b'[') {
        return Ok(Box::new(Articles::new(Values::new(reader), name)));
    }
    let mut payload = vec![];
    reader.take(LINE_BYTES_MAX as u64 + 1).read_to_end(&mut payload).with_context(context)?;
    let content_type = match extension.as_str() {
        "json" => "application/json",
        "html" | "htm" | "xhtml" => "text/html",
        "csv" | "tsv" => "text/csv",
        _ => "text/plain",
    };
    let envelope = Envelope {
        content_type: Some(content_type.to_owned()),
        source_id: Some(id_of(file)),
        ..Envelope::default()
    };
    Ok(Box::new(std::iter::once(Item { payload, envelope, file: name, line: None, problem: None })))
}

/// The ending of a file's name, without one that says that it is compressed.
fn extension(file: &Path) -> String {
    let of =
        |file: &Path| file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    match of(file).as_str() {
        "gz" => of(Path::new(file.file_stem().unwrap_or_default())),
        ending => ending.to_owned(),
    }
}

/// What a file's article is known by: the file's name in its folder, as the command line says it. Two files of one name in
/// two folders are two articles; another version in the same place is another revision.
fn id_of(file: &Path) -> String {
    let parts = file.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    let parts: Vec<String> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}

/// What a reader gives, unpacked where it is compressed.
fn unpacked(mut reader: Box<dyn BufRead>) -> std::io::Result<Box<dyn BufRead>> {
    if reader.fill_buf()?.starts_with(&[0x1F, 0x8B]) {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(reader))));
    }
    Ok(reader)
}

/// Passes over a mark, and says whether this is the first character that is no white space.
fn begins_with(reader: &mut Box<dyn BufRead>, byte: u8) -> bool {
    let Ok(buffer) = reader.fill_buf() else { return false };
    let mark = if buffer.starts_with(MARK) { MARK.len() } else { 0 };
    let begins = buffer.get(mark..).and_then(|rest| rest.trim_ascii_start().first()) == Some(&byte);
    reader.consume(mark);
    begins
}

fn lines_or_values(mut reader: Box<dyn BufRead>, name: String) -> Box<dyn Iterator<Item = Item>> {
    if begins_with(&mut reader, b'[') {
        return Box::new(Articles::new(Values::new(reader), name));
    }
    Box::new(Articles::new(Lines(reader), name))
}

/// Something that holds many articles, one after the other; an error ends it, or is what one of them is.
trait Source {
    /// The next article; none at the end.
    fn next(&mut self) -> Option<Result<Vec<u8>, Problem>>;
}

/// Why an article cannot be read, and whether the next one can.
struct Problem {
    says: String,
    ends: bool,
}

/// The articles of a source, with their places.
struct Articles<S> {
    source: Option<S>,
    file: String,
    line: u64,
}

impl<S: Source> Articles<S> {
    fn new(source: S, file: String) -> Self {
        Self { source: Some(source), file, line: 0 }
    }
}

impl<S: Source> Iterator for Articles<S> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            let next = self.source.as_mut()?.next()?;
            self.line += 1;
            let (payload, problem) = match next {
                Ok(payload) if payload.trim_ascii().is_empty() => continue,
                Ok(payload) => (payload, None),
                Err(problem) => {
                    if problem.ends {
                        self.source = None;
                    }
                    (vec![], Some(problem.says))
                }
            };
            let envelope =
                Envelope { content_type: Some("application/json".to_owned()), ..Envelope::default() };
            return Some(Item { payload, envelope, file: self.file.clone(), line: Some(self.line), problem });
        }
    }
}

/// NDJSON, line by line.
struct Lines(Box<dyn BufRead>);

impl Source for Lines {
    fn next(&mut self) -> Option<Result<Vec<u8>, Problem>> {
        let mut payload = vec![];
        let read = self.0.by_ref().take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut payload);
        Some(match read {
            Ok(0) => return None,
            Ok(_) if payload.len() >= LINE_BYTES_MAX && payload.last() != Some(&b'\n') => {
                let skipped =
                    skip_line(&mut self.0).err().map(|error| format!("; {error}")).unwrap_or_default();
                Err(Problem {
                    says: format!("the line has more than {LINE_BYTES_MAX} bytes{skipped}"),
                    ends: false,
                })
            }
            Ok(_) => Ok(payload),
            Err(error) => Err(Problem { says: format!("cannot be read: {error}"), ends: true }),
        })
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

#[cfg(test)]
mod tests {
    use super::{id_of, items};
    use std::io::Write as _;
    use std::path::Path;

    /// The payloads that come of a file with this name and these bytes.
    #[track_caller]
    fn check(name: &str, bytes: &[u8], expected: &[&str]) {
        let folder = std::env::temp_dir().join(format!("naba-input-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        packed.write_all(bytes).expect("it is packed");
        let packed = packed.finish().expect("it is packed");
        for (file, bytes) in [(folder.join(name), bytes), (folder.join(format!("{name}.gz")), &packed[..])] {
            std::fs::write(&file, bytes).expect("a file");
            let found = items(&file).expect("it opens").map(|item| match item.problem {
                Some(problem) => format!("! {problem}"),
                None => String::from_utf8_lossy(item.payload.trim_ascii()).into_owned(),
            });
            let found: Vec<String> = found.collect();
            assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
            assert!(
                found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn articles_are_found_however_they_are_packed() {
        check("lines.ndjson", b"{\"a\": 1}\n\n{\"a\": 2}", &["{\"a\": 1}", "{\"a\": 2}"]);
        check("mark.ndjson", b"\xEF\xBB\xBF{\"a\": 1}\n", &["{\"a\": 1}"]);
        check(
            "array.json",
            b" [ {\"a\": [1, \"]\\\"\"]} ,\n{\"a\": 2} ] ",
            &["{\"a\": [1, \"]\\\"\"]}", "{\"a\": 2}"],
        );
        check("array.ndjson", b"\xEF\xBB\xBF[{}, 7, \"x\", null]", &["{}", "7", "\"x\"", "null"]);
        check("empty.json", b"[]", &[]);
        check("one.json", b"{\"a\": 1}", &["{\"a\": 1}"]);
        check("cut.json", b"[{\"a\": 1}, {\"a\"", &["{\"a\": 1}", "! "]);
        check("behind.json", b"[{\"a\": 1}] x", &["{\"a\": 1}", "! "]);
        check("text.txt", "نص".as_bytes(), &["نص"]);
    }

    #[test]
    fn files_in_two_folders_are_two_articles() {
        assert_ne!(id_of(Path::new("d1/001.txt")), id_of(Path::new("d2/001.txt")));
        assert_eq!(id_of(Path::new("./d1//001.txt")), id_of(Path::new("d1/001.txt")));
        assert_ne!(id_of(Path::new("001.txt")), id_of(Path::new("001.html")));
    }
}
