//! A feed's bytes → its items. RSS 0.9 to 2.0, RDF, Atom and JSON Feed are read by feed-rs; the bytes are decoded
//! before, because Arabic feeds come in windows-1256 under any declaration.

use anyhow::Context as _;
use feed_rs::model::{Entry, Text};

use super::item::Item;
use super::schedule::Wishes;

/// What stands in a feed.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// Its items, as they stand.
    pub items: Vec<Item>,
    /// What it asks for.
    pub wishes: Wishes,
    /// The sitemaps that an index names.
    pub children: Vec<String>,
}

/// The most items of a feed that are looked at.
const ITEMS_MAX: usize = 5_000;
/// How far into a document its declaration may stand.
const DECLARATION_BYTES_MAX: usize = 256;

/// Reads a feed. `charset` is what the server declared.
///
/// # Errors
/// When it is no feed.
pub fn feed(bytes: &[u8], charset: Option<&str>) -> anyhow::Result<Contents> {
    let text = text(bytes, charset)?;
    let builder = feed_rs::parser::Builder::new().sanitize_content(false);
    let parsed = builder.build().parse(text.as_bytes()).context("this is no RSS, Atom or JSON feed")?;
    let skip_hours = skip_hours(&text);
    let wishes = Wishes { ttl_minutes: parsed.ttl, skip_hours, ..Wishes::default() };
    let language = parsed.language.clone();
    let items = parsed.entries.iter().take(ITEMS_MAX).map(|entry| item(entry, language.as_deref()));
    Ok(Contents { items: items.collect(), wishes, children: vec![] })
}

/// The document as text, without its XML declaration: it would say that the text is in another character set.
pub(super) fn text(bytes: &[u8], charset: Option<&str>) -> anyhow::Result<String> {
    let own = declared(bytes);
    let decoded = naba_text::decode::decode(bytes, own.as_deref().or(charset))?;
    let text = decoded.text;
    let body = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let body = match body.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest,
        None => body,
    };
    Ok(body.to_owned())
}

/// The character set that an XML declaration names.
fn declared(bytes: &[u8]) -> Option<String> {
    let start = bytes.get(..DECLARATION_BYTES_MAX).unwrap_or(bytes);
    let start = String::from_utf8_lossy(start);
    let declaration = start
        .trim_start_matches('\u{feff}')
        .trim_start()
        .strip_prefix("<?xml")?
        .split("?>")
        .next()?
        .to_owned();
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start().to_owned();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value.split(quote).nth(1).map(str::to_owned)
}

fn item(entry: &Entry, language: Option<&str>) -> Item {
    let plain = |text: &Option<Text>| {
        text.as_ref().map(|text| text.content.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let content = entry.content.as_ref().and_then(|content| {
        let body = content.body.as_ref().filter(|body| !body.trim().is_empty())?;
        Some((body.clone(), content.content_type.to_string().contains("html")))
    });
    let is_whole = content.is_some();
    let summary = || {
        entry
            .summary
            .as_ref()
            .map(|summary| (summary.content.clone(), summary.content_type.to_string().contains("html")))
    };
    let media = || {
        let described = entry.media.iter().find_map(|media| plain(&media.description));
        described.map(|text| (text, false))
    };
    let (text, declared_html) = content.or_else(summary).or_else(media).unwrap_or_default();
    let link = entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
    let link = link.or_else(|| entry.links.first()).map(|link| link.href.trim().to_owned());
    let id = Some(entry.id.trim().to_owned()).filter(|id| !id.is_empty());
    Item {
        id,
        link: link.filter(|link| !link.is_empty()),
        title: plain(&entry.title),
        // RSS declares nothing; what has tags is HTML
        is_html: (declared_html || text.contains("</") || text.contains("<br") || text.contains("<p"))
            && text.contains('<'),
        text,
        is_whole,
        published_at: entry.published.or(entry.updated).map(|time| time.to_rfc3339()),
        version: None,
        language: entry.language.clone().or_else(|| language.map(str::to_owned)),
        tags: entry
            .categories
            .iter()
            .map(|category| category.label.clone().unwrap_or_else(|| category.term.clone()))
            .collect(),
    }
}

/// The hours of `<skipHours>`, which feed-rs passes over.
fn skip_hours(text: &str) -> Vec<u8> {
    let inside = text.split_once("<skipHours>").and_then(|(_, rest)| rest.split_once("</skipHours>"));
    let hours = inside.map_or("", |(inside, _)| inside).split("<hour>").skip(1).take(24);
    let hours = hours.filter_map(|hour| hour.split('<').next()?.trim().parse::<u8>().ok());
    // some count to 24
    hours.map(|hour| hour % 24).collect()
}

#[cfg(test)]
mod tests {
    use super::{Item, feed};

    const RSS: &str = "<?xml version=\"1.0\" encoding=\"ENCODING\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>صحيفة</title><language>ar</language><ttl>15</ttl><skipHours><hour>3</hour><hour>24</hour></skipHours>\
        <item><title>افتتاح المكتبة الجديدة</title><link>https://a.example/1</link><guid>a-1</guid><dc:date>2024-05-01T10:00:00+03:00</dc:date><category>ثقافة</category><description>مقدمة</description><content:encoded><![CDATA[<p>افتتح رئيس البلدية المكتبة.</p>]]></content:encoded></item>\
        <item><title>خبر قصير</title><link>https://a.example/2</link><description>مقدمة الخبر</description></item></channel></rss>";

    #[track_caller]
    fn check(bytes: &[u8], charset: Option<&str>) -> Vec<Item> {
        let contents = feed(bytes, charset).expect("a feed");
        assert_eq!(contents.items[0].title.as_deref(), Some("افتتاح المكتبة الجديدة"));
        contents.items
    }

    #[test]
    fn feeds_are_read_in_any_character_set() {
        let rss = RSS.replace("ENCODING", "utf-8");
        let items = check(rss.as_bytes(), None);
        assert_eq!(items[0].text, "<p>افتتح رئيس البلدية المكتبة.</p>");
        assert!(items[0].is_whole && items[0].is_html && !items[1].is_whole && !items[1].is_html);
        assert_eq!(items[0].published_at.as_deref(), Some("2024-05-01T07:00:00+00:00"));
        assert_eq!((items[0].id.as_deref(), items[0].language.as_deref()), (Some("a-1"), Some("ar")));
        assert_eq!(items[0].tags, ["ثقافة"]);
        let wishes = feed(rss.as_bytes(), None).expect("a feed").wishes;
        assert_eq!((wishes.ttl_minutes, wishes.skip_hours), (Some(15), vec![3, 0]));

        let windows = RSS.replace("ENCODING", "windows-1256");
        let (bytes, ..) = encoding_rs::WINDOWS_1256.encode(&windows);
        check(&bytes, None);
        check(&bytes, Some("utf-8"));
        let sixteen: Vec<u8> = std::iter::once(0xfeff)
            .chain(RSS.replace("ENCODING", "utf-16").encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        check(&sixteen, None);
    }

    #[test]
    fn other_formats_are_read() {
        let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>ص</title><entry><id>x</id><title>افتتاح المكتبة الجديدة</title><link rel=\"enclosure\" href=\"https://a.example/photo\"/><link rel=\"alternate\" href=\"https://a.example/1\"/><updated>2024-05-01T10:00:00Z</updated><content type=\"html\">&lt;p&gt;نص&lt;/p&gt;</content></entry></feed>";
        let items = check(atom.as_bytes(), None);
        assert_eq!(items[0].link.as_deref(), Some("https://a.example/1"));
        assert!(items[0].is_html && items[0].is_whole);
        let json = "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"ص\", \"items\": [{\"id\": \"1\", \"url\": \"https://a.example/1\", \"title\": \"افتتاح المكتبة الجديدة\", \"content_text\": \"نص\"}]}";
        check(json.as_bytes(), None);
        assert!(feed(b"<html><body>no feed</body></html>", None).is_err());
        assert!(feed(b"", None).is_err());
    }
}
