//! Compressed files, unpacked while they are read.

use std::io::{BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// gzip, also of several members.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// A name without the ending that says how the file is packed, and that.
pub(super) fn packing(name: &str) -> (&str, Option<Packing>) {
    for (ending, packing) in [(".gz", Packing::Gzip), (".zst", Packing::Zstd)] {
        if let Some(name) = name.strip_suffix(ending) {
            return (name, Some(packing));
        }
    }
    (name, None)
}

/// A reader of what is packed.
///
/// # Errors
/// When the bytes do not open as they should.
pub fn reader(
    bytes: impl BufRead + Send + 'static,
    packing: Option<Packing>,
) -> std::io::Result<Box<dyn BufRead + Send>> {
    Ok(match packing {
        None => Box::new(bytes),
        Some(Packing::Gzip) => Box::new(BufReader::new(MultiGzDecoder::new(bytes))),
        Some(Packing::Zstd) => Box::new(BufReader::new(Frames { bytes: Some(Box::new(bytes)), frame: None })),
    })
}

/// Zstandard frames, one after the other: archives have one for each record.
struct Frames {
    bytes: Option<Box<dyn BufRead + Send>>,
    frame: Option<Frame>,
}

type Frame = ruzstd::decoding::StreamingDecoder<Box<dyn BufRead + Send>, ruzstd::decoding::FrameDecoder>;

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let read = frame.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
                self.bytes = self.frame.take().map(ruzstd::decoding::StreamingDecoder::into_inner);
            }
            let Some(mut bytes) = self.bytes.take() else { return Ok(0) };
            if bytes.fill_buf()?.is_empty() {
                return Ok(0);
            }
            let frame = ruzstd::decoding::StreamingDecoder::new(bytes);
            self.frame = Some(frame.map_err(|error| std::io::Error::other(error.to_string()))?);
        }
    }
}
