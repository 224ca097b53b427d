//! A file → its articles, one at a time, at bounded memory.
//!
//! * [`warc`]    crawl archives
//! * [`unpack`]  compressed files
//! * [`lines`]   NDJSON

pub mod lines;
pub mod unpack;
pub mod warc;

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use naba_record::ARTICLE_BYTES_MAX;

use crate::store::Article;

/// The most bytes of one article as it stands in a file: in base64, with its keys, and as much again.
pub const ITEM_BYTES_MAX: usize = 3 * ARTICLE_BYTES_MAX;

/// An article of a file.
#[derive(Debug, Clone)]
pub struct Item {
    /// The article; its key is made of the file's name and its place.
    pub article: Article,
    /// Where it stands: the line of NDJSON, the record of an archive, from 1.
    pub place: u64,
}

/// Why a file, or what stands at a place in it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system says no, or the bytes are not what the file's name says.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// More than an article can have.
    #[error("what stands at place {place} has more than {ITEM_BYTES_MAX} bytes")]
    TooLarge {
        /// The place, from 1.
        place: u64,
    },
    /// Not a record of an archive.
    #[error("record {place} is broken: {problem}")]
    Broken {
        /// The record, from 1.
        place: u64,
        /// What is wrong with it.
        problem: String,
    },
}

/// What a file holds, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One article as plain text.
    Text,
    /// One article as a page.
    Page,
    /// One article as JSON.
    Json,
    /// An article a line.
    Lines,
    /// Pages of a crawl.
    Warc,
}

/// What a file holds and how it is packed, by its name; none when it is none of ours.
pub fn format(name: &str) -> Option<(Format, Option<unpack::Packing>)> {
    let name = name.to_lowercase();
    let (name, packing) = unpack::packing(&name);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension)?;
    let format = match extension {
        "txt" => Format::Text,
        "html" | "htm" => Format::Page,
        "json" => Format::Json,
        "ndjson" | "jsonl" => Format::Lines,
        "warc" => Format::Warc,
        _ => return None,
    };
    Some((format, packing))
}

/// The articles of a file.
type Items = Box<dyn Iterator<Item = Result<Item, FileError>> + Send>;

/// Every article of a file, in order. After an error that ends the file there is nothing more.
///
/// # Errors
/// When the file cannot be opened.
pub fn articles(path: &Path, format: Format, packing: Option<unpack::Packing>) -> Result<Items, FileError> {
    let reader = unpack::reader(BufReader::new(File::open(path)?), packing)?;
    let content_type = match format {
        Format::Lines => return Ok(Box::new(lines::Lines::new(reader))),
        Format::Warc => return Ok(Box::new(warc::Pages::new(reader))),
        Format::Text => "text/plain",
        Format::Page => "text/html",
        Format::Json => "application/json",
    };
    let mut payload = vec![];
    reader.take(ITEM_BYTES_MAX as u64 + 1).read_to_end(&mut payload)?;
    if payload.len() > ITEM_BYTES_MAX {
        return Err(FileError::TooLarge { place: 1 });
    }
    let article = Article { payload: payload.into(), content_type, ..Article::default() };
    Ok(Box::new(std::iter::once(Ok(Item { article, place: 1 }))))
}

#[cfg(test)]
mod tests {
    use super::unpack::Packing;
    use super::{Format, format};

    #[track_caller]
    fn check(name: &str, expected: Option<(Format, Option<Packing>)>) {
        assert_eq!(format(name), expected, "{name}");
    }

    #[test]
    fn names_say_what_files_hold() {
        check("a.txt", Some((Format::Text, None)));
        check("A.HTML.GZ", Some((Format::Page, Some(Packing::Gzip))));
        check("crawl.warc.zst", Some((Format::Warc, Some(Packing::Zstd))));
        check("a.jsonl", Some((Format::Lines, None)));
        for none in ["a.pdf", "a.gz", "txt", ".gz", "a.txt.part"] {
            check(none, None);
        }
    }
}
