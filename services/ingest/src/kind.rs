//! What bytes are that are no article: documents, archives, pictures, feeds, tables. Each is told what to send instead.

use infer::MatcherType;
use naba_runtime::Reject;
use naba_text::slice;

/// So many bytes at the beginning say what a file is.
const HEAD_BYTES: usize = 1 << 10;
/// So much of a text is looked at for a table.
const TABLE_BYTES: usize = 64 << 10;
/// The fewest rows of a table, its head among them, and the most that are compared.
const ROWS_MIN: usize = 4;
const ROWS_MAX: usize = 50;
/// The most words of a cell in a table's head.
const HEAD_WORDS_MAX: usize = 3;

const SEND_TEXT: &str = "send the article's text or its web page";
const SEND_EACH: &str = "send each of its articles by itself";

/// Refuses bytes that are a file of another kind, or are declared to be one.
pub(crate) fn bytes(bytes: &[u8], declared: &str, key: &str) -> Result<(), Reject> {
    if ["text/csv", "text/tab-separated-values"].iter().any(|table| declared.starts_with(table)) {
        return Err(foreign(&format!("a table ({declared})"), SEND_EACH, key));
    }
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let what = match head {
        [b'%', b'P', b'D', b'F', b'-', ..] => "a PDF document",
        [b'{', b'\\', b'r', b't', b'f', ..] => "a document of a word processor (RTF)",
        [b'%', b'!', b'P', b'S', ..] => "a PostScript document",
        [0xD0, 0xCF, 0x11, 0xE0, ..] => "a document of an office program",
        // a text may begin with the letters of any signature, and has no control characters
        _ if is_text(head) => return Ok(()),
        _ => return of_signature(bytes).map_or(Ok(()), |(what, advice)| Err(foreign(&what, advice, key))),
    };
    Err(foreign(what, SEND_TEXT, key))
}

fn is_text(head: &[u8]) -> bool {
    let marked = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
    marked || !head.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0B | 0x0C))
}

fn of_signature(bytes: &[u8]) -> Option<(String, &'static str)> {
    let kind = infer::get(bytes)?;
    let of = |what: &str| format!("{what} ({})", kind.mime_type());
    Some(match kind.matcher_type() {
        MatcherType::Doc | MatcherType::Book => (of("a document of an office program"), SEND_TEXT),
        MatcherType::Archive => (of("an archive"), "unpack it and send what is in it"),
        MatcherType::Image => (of("a picture"), SEND_TEXT),
        MatcherType::Audio | MatcherType::Video => (of("a recording"), SEND_TEXT),
        MatcherType::App | MatcherType::Font => (of("a program's file"), SEND_TEXT),
        MatcherType::Text | MatcherType::Custom => return None,
    })
}

/// Refuses a text that is a feed, a table, or JSON.
pub(crate) fn text(text: &str, key: &str) -> Result<(), Reject> {
    let inner = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    match inner.bytes().next() {
        Some(b'<') => markup(inner, key),
        Some(b'{' | b'[') if serde_json::from_str::<serde::de::IgnoredAny>(inner).is_ok() => Err(foreign(
            "JSON",
            "send objects as application/json, and of an array each object by itself (`naba send FILE.json` does both)",
            key,
        )),
        Some(_) if is_table(inner) => Err(foreign("a table (CSV)", SEND_EACH, key)),
        _ => Ok(()),
    }
}

fn markup(text: &str, key: &str) -> Result<(), Reject> {
    let declared = text.starts_with("<?xml");
    let Some(root) = root(text) else { return Ok(()) };
    let what = match slice::from(root, root.find(':').map_or(0, |colon| colon + 1)) {
        "rss" | "feed" | "RDF" | "opml" => "a feed",
        "urlset" | "sitemapindex" => "a map of a site",
        "svg" => return Err(foreign("a picture (SVG)", SEND_TEXT, key)),
        "newsItem" | "newsMessage" | "NewsML" | "nitf" | "packageItem" => "a news message in XML",
        "html" => return Ok(()),
        _ if declared => "an XML document",
        _ => return Ok(()),
    };
    Err(foreign(&format!("{what} (<{root}>)"), SEND_EACH, key))
}

/// The name of the outermost element, behind what may stand before it.
fn root(text: &str) -> Option<&str> {
    let mut rest = text;
    for _ in 0..16 {
        rest = rest.trim_start();
        let end = match rest {
            _ if rest.starts_with("<?") => rest.find("?>")? + 2,
            _ if rest.starts_with("<!--") => rest.find("-->")? + 3,
            _ if rest.starts_with("<!") => rest.find('>')? + 1,
            _ => break,
        };
        rest = slice::from(rest, end);
    }
    let name = rest.strip_prefix('<')?;
    let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
    Some(slice::until(name, end)).filter(|name| !name.is_empty())
}

/// Whether every row has as many cells as the first, which holds names.
fn is_table(text: &str) -> bool {
    let end = text.floor_char_boundary(TABLE_BYTES.min(text.len()));
    let text = slice::until(text, end);
    let first = text.lines().next().unwrap_or_default();
    [',', ';', '\t'].into_iter().any(|mark| {
        let cells: Vec<&str> = first.split(mark).map(|cell| cell.trim_matches(['"', ' '])).collect();
        let named = |cell: &&str| (1..=HEAD_WORDS_MAX).contains(&cell.split_whitespace().count());
        cells.len() >= 3
            && cells.iter().all(|cell| named(cell) && !cell.ends_with('.'))
            && has_rows(text, mark, cells.len())
    })
}

fn has_rows(text: &str, mark: char, cells: usize) -> bool {
    let (mut quoted, mut marks, mut rows, mut blank) = (false, 0, 0, true);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' if !quoted => {
                if !blank && marks + 1 != cells {
                    return false;
                }
                rows += usize::from(!blank);
                (marks, blank) = (0, true);
                if rows == ROWS_MAX {
                    return true;
                }
            }
            c if c == mark && !quoted => marks += 1,
            _ => blank &= c.is_whitespace(),
        }
    }
    // the last row may be cut
    rows + usize::from(!blank && marks + 1 == cells) >= ROWS_MIN
}

fn foreign(what: &str, advice: &str, key: &str) -> Reject {
    Reject::new("not_an_article", format!("this is {what} and no article; {advice}")).at(key)
}

#[cfg(test)]
mod tests {
    use super::{bytes, text};

    #[track_caller]
    fn refused(written: &[u8], says: &str) {
        let by_bytes = bytes(written, "", "payload");
        let refused = by_bytes.and_then(|()| text(&String::from_utf8_lossy(written), "payload"));
        let message = refused.expect_err("a refusal").message;
        assert!(message.contains(says), "{message}");
    }

    #[track_caller]
    fn taken(written: &[u8]) {
        let taken =
            bytes(written, "", "payload").and_then(|()| text(&String::from_utf8_lossy(written), "payload"));
        assert_eq!(taken, Ok(()), "{}", String::from_utf8_lossy(written));
    }

    #[test]
    fn files_of_other_kinds_are_refused() {
        refused(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", "a PDF document");
        refused(b"{\\rtf1\\ansi x}", "a word processor");
        refused(b"PK\x03\x04\x14\0\0\0\x08\0", "an archive (application/zip)");
        refused(b"\x1F\x8B\x08\0\0\0\0\0", "an archive (application/gzip)");
        refused(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "a picture (image/png)");
        refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an office program");
        refused(
            b"\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- x -->\n<rss version=\"2.0\"><channel>",
            "a feed (<rss>)",
        );
        refused(b"<feed xmlns=\"http://www.w3.org/2005/Atom\">", "a feed (<feed>)");
        refused(b"<?xml version='1.0'?><urlset></urlset>", "a map of a site");
        refused(b"<?xml version='1.0'?><x:order></x:order>", "an XML document (<x:order>)");
        refused(b"[{\"text\": \"x\"}, {\"text\": \"y\"}]", "JSON");
        let table = "id,title,text\n1,عنوان,\"نص، فيه\nسطران\"\n2,عنوان,نص\n3,عنوان,نص\n";
        refused(table.as_bytes(), "a table");
        refused(table.replace(',', "\t").as_bytes(), "a table");
    }

    #[test]
    fn articles_are_taken() {
        taken("BMW تعلن عن سيارة جديدة".as_bytes());
        taken(b"BMW \xC7\xE1\xDA\xD1\xC8\xED\xC9");
        taken(b"PK and MZ and ID3");
        taken(&[0xFF, 0xFE, 0x46, 0x06, 0x35, 0x06]);
        taken("<?xml version=\"1.0\"?><!DOCTYPE html><html><body><p>نص</p></body></html>".as_bytes());
        taken("<div>نص</div>".as_bytes());
        taken("< نص".as_bytes());
        taken("[صور] افتتاح الجسر".as_bytes());
        taken("{نص}".as_bytes());
        taken("دمشق, سانا, أمس\nنص, فيه, فواصل\nنص بلا فواصل\nنص, آخر, هنا\nنص\n".as_bytes());
        taken("قال، ثم قال، ثم عاد.\n".repeat(9).as_bytes());
        taken("One, two, three words stand here, in a sentence.\n".repeat(9).as_bytes());
        taken(b"");
    }
}
