//! Lists of feeds: OPML, as readers export it, and TOML.

use anyhow::Context as _;
use quick_xml::events::Event;
use serde::Deserialize;

use super::registry::Feed;

/// The most feeds of a list.
const FEEDS_MAX: usize = 100_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    feed: Vec<Feed>,
}

/// Reads a list: OPML when it opens with `<`, else TOML with `[[feed]]` tables.
///
/// # Errors
/// When it is neither.
pub fn feeds(text: &str) -> anyhow::Result<Vec<Feed>> {
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('<') {
        let list: List =
            toml::from_str(text).context("the list is no OPML and no TOML with [[feed]] tables")?;
        return Ok(list.feed);
    }
    let mut reader = quick_xml::Reader::from_str(text);
    let mut feeds = vec![];
    loop {
        match reader.read_event().context("the list is no OPML")? {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "outline" => {
                for attribute in tag.attributes().flatten() {
                    if attribute.key.local_name().as_ref().eq_ignore_ascii_case("xmlUrl") {
                        let url = quick_xml::escape::unescape(&attribute.value)
                            .context("the list is no OPML")?
                            .trim()
                            .to_owned();
                        feeds.push(Feed {
                            url,
                            kind: super::registry::Kind::Feed,
                            source: None,
                            follow: super::registry::Follow::Teaser,
                        });
                    }
                }
            }
            Event::Eof => break,
            _ => {}
        }
        anyhow::ensure!(feeds.len() <= FEEDS_MAX, "the list has more than {FEEDS_MAX} feeds");
    }
    Ok(feeds)
}

#[cfg(test)]
mod tests {
    use super::feeds;

    #[track_caller]
    fn check(text: &str, urls: &[&str]) {
        let feeds = feeds(text).expect("a list");
        assert_eq!(feeds.iter().map(|feed| feed.url.as_str()).collect::<Vec<_>>(), urls);
    }

    #[test]
    fn lists_are_read() {
        check(
            "<?xml version=\"1.0\"?><opml version=\"2.0\"><body><outline text=\"أخبار\"><outline type=\"rss\" xmlUrl=\"https://a.example/rss?x=1&amp;y=2\"/></outline><outline text=\"b\" xmlUrl=\"https://b.example/\"/></body></opml>",
            &["https://a.example/rss?x=1&y=2", "https://b.example/"],
        );
        check("[[feed]]\nurl = \"https://c.example/\"\nfollow = \"always\"\n", &["https://c.example/"]);
        assert!(feeds("url = 1").is_err());
    }
}
