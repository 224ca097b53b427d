//! Compressed bodies, unpacked up to a limit: a bomb is refused while it unpacks.

use std::io::Read;

/// A body that cannot be unpacked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// The encoding is not one that is known.
    #[error("Content-Encoding `{0}` is not known; send gzip, br, zstd or none")]
    Unknown(String),
    /// The bytes are not what the header says.
    #[error("the body is not valid {encoding}: {problem}")]
    Broken {
        /// The encoding.
        encoding: String,
        /// What the decoder says.
        problem: String,
    },
    /// It unpacks to more than is taken.
    #[error("the body unpacks to more than {0} bytes; send fewer articles in a request")]
    TooLarge(usize),
}

/// Unpacks a body. `encoding` is the value of `Content-Encoding`; several are undone from the last to the first.
///
/// # Errors
/// [`UnpackError`].
pub fn unpack(body: Vec<u8>, encoding: Option<&str>, bytes_max: usize) -> Result<Vec<u8>, UnpackError> {
    let names: Vec<&str> = encoding.unwrap_or_default().split(',').map(str::trim).collect();
    if names.len() > ENCODINGS_MAX {
        return Err(UnpackError::Unknown(encoding.unwrap_or_default().to_owned()));
    }
    names.into_iter().rev().try_fold(body, |body, name| match name.to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(body),
        "gzip" | "x-gzip" => read(flate2::read::MultiGzDecoder::new(&*body), "gzip", bytes_max),
        "deflate" => read(flate2::read::ZlibDecoder::new(&*body), "deflate", bytes_max),
        "br" => read(brotli_decompressor::Decompressor::new(&*body, 4_096), "br", bytes_max),
        "zstd" => read(zstd(&body)?, "zstd", bytes_max),
        other => Err(UnpackError::Unknown(other.to_owned())),
    })
}

/// How often a body may be compressed.
const ENCODINGS_MAX: usize = 3;

fn zstd(body: &[u8]) -> Result<impl Read + '_, UnpackError> {
    ruzstd::decoding::StreamingDecoder::new(body)
        .map_err(|error| UnpackError::Broken { encoding: "zstd".to_owned(), problem: error.to_string() })
}

fn read(reader: impl Read, encoding: &str, bytes_max: usize) -> Result<Vec<u8>, UnpackError> {
    let mut unpacked = vec![];
    let mut limited = reader.take(bytes_max as u64 + 1);
    limited
        .read_to_end(&mut unpacked)
        .map_err(|error| UnpackError::Broken { encoding: encoding.to_owned(), problem: error.to_string() })?;
    if unpacked.len() > bytes_max {
        return Err(UnpackError::TooLarge(bytes_max));
    }
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{UnpackError, unpack};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
        encoder.write_all(bytes).expect("it packs");
        encoder.finish().expect("it packs")
    }

    #[test]
    fn bodies_unpack() {
        assert_eq!(unpack(b"a".to_vec(), None, 10), Ok(b"a".to_vec()));
        assert_eq!(unpack(gzip(b"abc"), Some("GZIP"), 10), Ok(b"abc".to_vec()));
        assert_eq!(unpack(gzip(&gzip(b"abc")), Some("gzip, gzip"), 100), Ok(b"abc".to_vec()));
        let zstd =
            ruzstd::encoding::compress_to_vec(&b"abc"[..], ruzstd::encoding::CompressionLevel::Fastest);
        assert_eq!(unpack(zstd, Some("zstd"), 10), Ok(b"abc".to_vec()));
    }

    #[test]
    fn bombs_and_rubbish_are_refused() {
        let bomb = gzip(&vec![0; 50_000_000]);
        assert!(bomb.len() < 100_000);
        assert_eq!(unpack(bomb, Some("gzip"), 1_000_000), Err(UnpackError::TooLarge(1_000_000)));
        assert!(matches!(unpack(b"abc".to_vec(), Some("gzip"), 10), Err(UnpackError::Broken { .. })));
        assert!(matches!(unpack(b"abc".to_vec(), Some("zstd"), 10), Err(UnpackError::Broken { .. })));
        assert!(matches!(unpack(b"\x8b\x02\x80".to_vec(), Some("br"), 10), Err(UnpackError::Broken { .. })));
        assert_eq!(unpack(vec![], Some("lzma"), 10), Err(UnpackError::Unknown("lzma".to_owned())));
        assert!(matches!(unpack(vec![], Some("br,br,br,br"), 10), Err(UnpackError::Unknown(_))));
    }
}
