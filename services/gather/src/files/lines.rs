//! NDJSON, line by line, empty lines passed over.

use std::io::{BufRead, Read as _};

use super::{FileError, ITEM_BYTES_MAX, Item};
use crate::store::Article;

/// The lines of a file.
pub struct Lines {
    reader: Box<dyn BufRead + Send>,
    line: u64,
    ended: bool,
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("line", &self.line).finish_non_exhaustive()
    }
}

impl Lines {
    /// Of a reader.
    pub fn new(reader: Box<dyn BufRead + Send>) -> Self {
        Self { reader, line: 0, ended: false }
    }

    /// The next line that is not empty; none at the end.
    fn line(&mut self) -> Result<Option<Vec<u8>>, FileError> {
        loop {
            let mut line = vec![];
            self.line += 1;
            let read = self.reader.by_ref().take(ITEM_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(None);
            }
            if read == ITEM_BYTES_MAX && line.last() != Some(&b'\n') {
                return Err(FileError::TooLarge { place: self.line });
            }
            if self.line == 1 && line.starts_with(b"\xef\xbb\xbf") {
                line.drain(..3);
            }
            if !line.trim_ascii().is_empty() {
                return Ok(Some(line.trim_ascii().to_vec()));
            }
        }
    }
}

impl Iterator for Lines {
    type Item = Result<Item, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let line = self.line();
        self.ended = !matches!(line, Ok(Some(_)));
        let item = |payload: Vec<u8>| Item {
            article: Article {
                payload: payload.into(),
                content_type: "application/json",
                ..Article::default()
            },
            place: self.line,
        };
        line.map(|line| line.map(item)).transpose()
    }
}
