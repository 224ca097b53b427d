//! A sitemap's bytes → its items: plain and news sitemaps, and indexes of them, also packed with gzip.

use std::io::Read as _;

use anyhow::Context as _;
use quick_xml::events::Event;

use super::item::Item;
use super::read::{self, Contents};

/// The most addresses of a sitemap (sitemaps.org's own limit).
const ADDRESSES_MAX: usize = 50_000;
/// The most bytes of a sitemap, unpacked (sitemaps.org's own limit).
const BYTES_MAX: u64 = 52_428_800;

/// Reads a sitemap. `charset` is what the server declared.
///
/// # Errors
/// When it is no sitemap.
pub fn sitemap(bytes: &[u8], charset: Option<&str>) -> anyhow::Result<Contents> {
    let unpacked = unpack(bytes)?;
    let text = read::text(unpacked.as_deref().unwrap_or(bytes), charset)?;
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut contents = Contents::default();
    let mut path: Vec<String> = vec![];
    let (mut item, mut known) = (Item::default(), false);
    loop {
        match reader.read_event().context("this is no sitemap")? {
            Event::Start(tag) => {
                path.push(tag.local_name().as_ref().to_ascii_lowercase());
                known |= matches!(path.first().map(String::as_str), Some("urlset" | "sitemapindex"));
            }
            Event::Text(value) => note(&mut item, &path, &value),
            Event::CData(value) => note(&mut item, &path, &value),
            Event::GeneralRef(reference) => refer(&mut item, &path, &reference),
            Event::End(_) => {
                let ended = path.pop().unwrap_or_default();
                let done = std::mem::take(&mut item);
                match (ended.as_str(), done.link.clone()) {
                    ("sitemap", Some(link)) => contents.children.push(link),
                    ("url", Some(_)) => contents.items.push(done),
                    ("url" | "sitemap", None) => {}
                    _ => item = done,
                }
            }
            Event::Eof => break,
            _ => {}
        }
        if contents.items.len() + contents.children.len() >= ADDRESSES_MAX {
            break;
        }
    }
    anyhow::ensure!(known, "this is no sitemap: there is no urlset and no sitemapindex");
    Ok(contents)
}

fn unpack(bytes: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(None);
    }
    let mut unpacked = vec![];
    let read = flate2::read::MultiGzDecoder::new(bytes).take(BYTES_MAX + 1).read_to_end(&mut unpacked);
    read.context("the sitemap is not valid gzip")?;
    anyhow::ensure!(unpacked.len() as u64 <= BYTES_MAX, "the sitemap unpacks to more than {BYTES_MAX} bytes");
    Ok(Some(unpacked))
}

/// Notes a piece of text where it stands. A value may come in several pieces, with references between.
fn note(item: &mut Item, path: &[String], value: &str) {
    let Some(name) = path.last() else { return };
    let parent = path.len().checked_sub(2).and_then(|parent| path.get(parent)).map(String::as_str);
    let slot = match (parent, name.as_str()) {
        (Some("url" | "sitemap"), "loc") => &mut item.link,
        (Some("url" | "sitemap"), "lastmod") => &mut item.version,
        (Some("news"), "title") => &mut item.title,
        (Some("news"), "publication_date") => &mut item.published_at,
        (Some("publication"), "language") => &mut item.language,
        (Some("news"), "keywords") => {
            item.tags.extend(
                value.split([',', '،']).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned),
            );
            return;
        }
        _ => return,
    };
    let value = if slot.is_none() { value.trim_start() } else { value };
    slot.get_or_insert_default().push_str(value.trim_end_matches(['\n', '\r', '\t', ' ']));
}

fn refer(item: &mut Item, path: &[String], reference: &quick_xml::events::BytesRef<'_>) {
    let text = match reference.resolve_char_ref() {
        Ok(Some(character)) => character.to_string(),
        _ => quick_xml::escape::resolve_predefined_entity(reference).unwrap_or_default().to_owned(),
    };
    note(item, path, &text);
}

#[cfg(test)]
mod tests {
    use super::sitemap;

    #[test]
    fn sitemaps_and_indexes_are_read() {
        let news = "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:news=\"n\"><url><loc>https://a.example/1?x=1&amp;y=2</loc><lastmod>2024-05-01</lastmod><news:news><news:publication><news:name>ص</news:name><news:language>ar</news:language></news:publication><news:publication_date>2024-05-01T10:00:00+03:00</news:publication_date><news:title>افتتاح المكتبة</news:title></news:news></url><url><loc> https://a.example/2 </loc></url></urlset>";
        let contents = sitemap(news.as_bytes(), None).expect("a sitemap");
        let [first, second] = contents.items.as_slice() else { panic!("{contents:?}") };
        assert_eq!(first.link.as_deref(), Some("https://a.example/1?x=1&y=2"));
        assert_eq!(first.title.as_deref(), Some("افتتاح المكتبة"));
        assert_eq!(first.published_at.as_deref(), Some("2024-05-01T10:00:00+03:00"));
        assert_eq!((first.version.as_deref(), first.language.as_deref()), (Some("2024-05-01"), Some("ar")));
        assert_eq!((second.link.as_deref(), &second.title), (Some("https://a.example/2"), &None));
        let index = "<sitemapindex><sitemap><loc>https://a.example/s1.xml.gz</loc></sitemap></sitemapindex>";
        assert_eq!(
            sitemap(index.as_bytes(), None).expect("an index").children,
            ["https://a.example/s1.xml.gz"]
        );
        assert!(sitemap(b"<html><p>x</p></html>", None).is_err());
    }
}
