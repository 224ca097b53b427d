//! The values of a JSON array, one by one, without reading what stands in them.

use std::io::{BufRead, Read as _};

use super::{LINE_BYTES_MAX, Problem, Source};

/// An array. A value is what stands between two commas outside strings and brackets.
pub(super) struct Values {
    reader: std::io::Bytes<Box<dyn BufRead>>,
    opened: bool,
    closed: bool,
}

impl Values {
    pub(super) fn new(reader: Box<dyn BufRead>) -> Self {
        Self { reader: reader.bytes(), opened: false, closed: false }
    }

    fn byte(&mut self) -> Result<Option<u8>, Problem> {
        let read = self.reader.next().transpose();
        read.map_err(|error| problem(&format!("cannot be read: {error}")))
    }

    /// Nothing but white space may stand behind the array.
    fn end(&mut self) -> Option<Result<Vec<u8>, Problem>> {
        loop {
            match self.byte() {
                Ok(None) => return None,
                Ok(Some(byte)) if byte.is_ascii_whitespace() => {}
                Ok(Some(_)) => {
                    return Some(Err(problem("something stands behind the end of the JSON array")));
                }
                Err(problem) => return Some(Err(problem)),
            }
        }
    }

    fn value(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        let (mut value, mut depth, mut in_string, mut escaped, mut bytes) =
            (vec![], 0_u64, false, false, 0_usize);
        while let Some(byte) = self.byte()? {
            if !self.opened {
                self.opened = byte == b'[';
                continue;
            }
            match byte {
                _ if in_string => {
                    in_string = escaped || byte != b'"';
                    escaped = !escaped && byte == b'\\';
                }
                b'"' => in_string = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth > 0 => depth -= 1,
                b',' if depth == 0 => {
                    return if bytes > LINE_BYTES_MAX { Err(too_long()) } else { Ok(Some(value)) };
                }
                b']' => {
                    self.closed = true;
                    return if bytes > LINE_BYTES_MAX { Err(too_long()) } else { Ok(Some(value)) };
                }
                _ => {}
            }
            bytes += 1;
            if bytes <= LINE_BYTES_MAX {
                value.push(byte);
            }
        }
        Err(problem("the JSON array has no end"))
    }
}

impl Source for Values {
    fn next(&mut self) -> Option<Result<Vec<u8>, Problem>> {
        if self.closed { self.end() } else { self.value().transpose() }
    }
}

fn problem(says: &str) -> Problem {
    Problem { says: says.to_owned(), ends: true }
}

fn too_long() -> Problem {
    Problem { says: format!("the article has more than {LINE_BYTES_MAX} bytes"), ends: false }
}
