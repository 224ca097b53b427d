//! Crawl archives: WARC 1.0 and 1.1 (ISO 28500), the pages of their `response` and `resource` records.
//!
//! The published readers take a record's declared length into memory whatever it is; this one passes over what is
//! longer than an article can be.

use std::collections::HashMap;
use std::io::{self, BufRead, Read as _};

use super::{FileError, ITEM_BYTES_MAX, Item};
use crate::http::unpack;
use crate::media;
use crate::store::Article;

/// The most bytes of a line of a record's header, and the most lines.
const HEADER_LINE_BYTES_MAX: usize = 65_536;
const HEADER_LINES_MAX: usize = 1_000;
/// The most bytes of an HTTP response's head.
const HTTP_HEADERS_MAX: usize = 256;

/// The pages of an archive.
pub struct Pages {
    reader: Box<dyn BufRead + Send>,
    record: u64,
    ended: bool,
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages").field("record", &self.record).finish_non_exhaustive()
    }
}

/// A record's header, by lower-case names.
type Header = HashMap<String, String>;

impl Pages {
    /// Of a reader.
    pub fn new(reader: Box<dyn BufRead + Send>) -> Self {
        Self { reader, record: 0, ended: false }
    }

    /// The next record that is a page; none at the end.
    fn page(&mut self) -> Result<Option<Item>, FileError> {
        while let Some(header) = self.header()? {
            let length = header.get("content-length").and_then(|length| length.trim().parse::<u64>().ok());
            let length = length.ok_or_else(|| self.broken("it has no Content-Length"))?;
            let kind = header.get("warc-type").map(String::as_str).unwrap_or_default();
            if !matches!(kind, "response" | "resource") || length > ITEM_BYTES_MAX as u64 {
                let passed = io::copy(&mut self.reader.by_ref().take(length), &mut io::sink())?;
                if passed < length {
                    return Err(self.broken("it ends too early"));
                }
                continue;
            }
            let mut content = vec![0; usize::try_from(length).unwrap_or(0)];
            self.reader.read_exact(&mut content).map_err(|_| self.broken("it ends too early"))?;
            if let Some(article) = article(&header, kind, content) {
                return Ok(Some(Item { article, place: self.record }));
            }
        }
        Ok(None)
    }

    /// A record's header; none at the end of the archive.
    fn header(&mut self) -> Result<Option<Header>, FileError> {
        let version = loop {
            let Some(line) = self.text_line()? else { return Ok(None) };
            if !line.is_empty() {
                break line;
            }
        };
        self.record += 1;
        if !version.starts_with("WARC/") {
            return Err(self.broken("it does not begin with WARC/"));
        }
        let mut header = Header::new();
        for _ in 0..HEADER_LINES_MAX {
            let line = self.text_line()?.ok_or_else(|| self.broken("its header ends too early"))?;
            if line.is_empty() {
                return Ok(Some(header));
            }
            if let Some((name, value)) = line.split_once(':') {
                header.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
            }
        }
        Err(self.broken("its header has too many lines"))
    }

    /// A line without its end; none at the end of the archive.
    fn text_line(&mut self) -> Result<Option<String>, FileError> {
        let mut line = vec![];
        let read = self.reader.by_ref().take(HEADER_LINE_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
        if read == HEADER_LINE_BYTES_MAX {
            return Err(self.broken("a line of its header is too long"));
        }
        let line = line.trim_ascii_end();
        Ok((read > 0).then(|| String::from_utf8_lossy(line).into_owned()))
    }

    fn broken(&self, problem: &str) -> FileError {
        FileError::Broken { place: self.record, problem: problem.to_owned() }
    }
}

impl Iterator for Pages {
    type Item = Result<Item, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let page = self.page().transpose();
        self.ended = !matches!(page, Some(Ok(_)));
        page
    }
}

/// The article of a record; none when it is no page that was found.
fn article(header: &Header, kind: &str, content: Vec<u8>) -> Option<Article> {
    let url = header.get("warc-target-uri").map(|url| url.trim_matches(['<', '>']).to_owned())?;
    let (declared, payload) = if kind == "response" {
        http(&content)?
    } else {
        (header.get("content-type").cloned().unwrap_or_default(), content)
    };
    let (media, charset) = media::parse(&declared);
    let content_type = match media.as_str() {
        "text/html" | "application/xhtml+xml" => "text/html",
        "text/plain" => "text/plain",
        _ => return None,
    };
    let source = host(&url);
    Some(Article {
        payload: payload.into(),
        content_type,
        source,
        url: Some(url),
        charset,
        ..Article::default()
    })
}

/// The declared type and the body of an HTTP response that says 200; chunks joined, encodings undone.
fn http(content: &[u8]) -> Option<(String, Vec<u8>)> {
    let mut headers = [httparse::EMPTY_HEADER; HTTP_HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(content).ok()? else { return None };
    if response.code != Some(200) {
        return None;
    }
    let value = |name: &str| {
        let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        header.map(|header| String::from_utf8_lossy(header.value).trim().to_owned())
    };
    let body = content.get(head..)?;
    let is_chunked =
        value("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
    // some crawlers join the chunks and leave the header
    let joined = if is_chunked { chunks(body) } else { None };
    let body = joined.unwrap_or_else(|| body.to_vec());
    let encoding = value("content-encoding");
    // some undo the encoding and leave the header
    let unpacked = unpack::unpack(body.clone(), encoding.as_deref(), ITEM_BYTES_MAX);
    let body = match unpacked {
        Ok(unpacked) => unpacked,
        Err(unpack::UnpackError::TooLarge(_)) => return None,
        Err(_) => body,
    };
    Some((value("content-type").unwrap_or_default(), body))
}

/// Joins chunks (RFC 9112, 7.1); none when they are none.
fn chunks(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = vec![];
    loop {
        let end = body.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(body.get(..end)?).ok()?.trim();
        let length = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        body = body.get(end + 1..)?;
        if length == 0 {
            return Some(joined);
        }
        joined.extend_from_slice(body.get(..length)?);
        let rest = body.get(length..)?;
        body = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    }
}

/// An address's host without `www.`.
fn host(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    Some(url.host_str()?.trim_start_matches("www.").to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor, Write as _};

    use super::super::unpack::{Packing, reader};
    use super::{Pages, chunks};

    fn record(kind: &str, url: &str, content: &[u8]) -> Vec<u8> {
        let head = format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <{url}>\r\nContent-Length: {}\r\n\r\n",
            content.len()
        );
        [head.as_bytes(), content, b"\r\n\r\n"].concat()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        encoder.write_all(bytes).expect("it packs");
        encoder.finish().expect("it packs")
    }

    fn archive() -> Vec<Vec<u8>> {
        let packed = gzip(b"<p>two");
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            packed.len()
        );
        vec![
            record("warcinfo", "x", b"software: test"),
            record("request", "https://a.example/1", b"GET / HTTP/1.1\r\n\r\n"),
            record("response", "https://www.a.example/1", b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1256\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<p>\r\n3\r\none\r\n0\r\n\r\n"),
            record("response", "https://a.example/2", &[head.as_bytes(), &packed].concat()),
            record("response", "https://a.example/3", b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>no"),
            record("response", "https://a.example/4", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nPNG"),
        ]
    }

    #[track_caller]
    fn check(bytes: Vec<u8>, packing: Option<Packing>) {
        let reader = reader(BufReader::new(Cursor::new(bytes)), packing).expect("it opens");
        let pages: Result<Vec<_>, _> = Pages::new(reader).collect();
        let pages = pages.expect("pages");
        let said: Vec<_> = pages.iter().map(|page| (page.place, &page.article.payload[..])).collect();
        assert_eq!(said, [(3, b"<p>one".as_slice()), (4, b"<p>two".as_slice())]);
        assert_eq!(pages[0].article.source.as_deref(), Some("a.example"));
        assert_eq!(pages[0].article.charset.as_deref(), Some("windows-1256"));
        assert_eq!(pages[1].article.url.as_deref(), Some("https://a.example/2"));
    }

    #[test]
    fn pages_come_out_of_archives() {
        check(archive().concat(), None);
        check(archive().iter().flat_map(|record| gzip(record)).collect(), Some(Packing::Gzip));
        let zstd = |record: &Vec<u8>| {
            ruzstd::encoding::compress_to_vec(record.as_slice(), ruzstd::encoding::CompressionLevel::Fastest)
        };
        check(archive().iter().flat_map(zstd).collect(), Some(Packing::Zstd));
    }

    #[test]
    fn broken_archives_say_where() {
        for (bytes, says) in [
            (b"no archive\n".to_vec(), "record 1"),
            (archive().concat()[..600].to_vec(), "ends too early"),
            (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n".to_vec(), "no Content-Length"),
        ] {
            let reader = reader(BufReader::new(Cursor::new(bytes)), None).expect("it opens");
            let error = Pages::new(reader).find_map(Result::err).expect("an error").to_string();
            assert!(error.contains(says), "{error}");
        }
        assert_eq!(chunks(b"zz\r\n"), None);
    }
}
