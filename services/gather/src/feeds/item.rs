//! An item of a feed → an article.

use base64::Engine as _;
use naba_record::Raw;
use naba_record::subject::fnv_1a;

use super::registry::{Feed, Follow};
use crate::fetch::robots::Robots;
use crate::fetch::{FetchError, Fetcher};

/// The fewest characters of a text that is an article and not a teaser.
const ARTICLE_CHARACTERS_MIN: usize = 600;

/// An item, whatever kind of feed it stands in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// The publisher's own id.
    pub id: Option<String>,
    /// The article's address.
    pub link: Option<String>,
    /// The headline.
    pub title: Option<String>,
    /// The text, as HTML where `is_html`.
    pub text: String,
    /// Whether the text is HTML.
    pub is_html: bool,
    /// Whether the feed says that this is the whole text (`content:encoded`, Atom's `content`).
    pub is_whole: bool,
    /// When it was published (RFC 3339).
    pub published_at: Option<String>,
    /// What changes when the item changes, beside its text: a sitemap's `lastmod`.
    pub version: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
}

impl Item {
    /// What makes it the same item: its id, else its address, else its headline.
    pub fn identity(&self) -> u64 {
        let parts = [self.id.as_deref(), self.link.as_deref(), self.title.as_deref()];
        fnv_1a(parts.into_iter().flatten().next().unwrap_or(&self.text))
    }

    /// What changes when its content does.
    pub fn content(&self) -> u64 {
        let (title, version) =
            (self.title.as_deref().unwrap_or_default(), self.version.as_deref().unwrap_or_default());
        fnv_1a(&format!("{title}\n{version}\n{}", self.text))
    }

    /// Whether the page behind it is wanted.
    fn wants_page(&self, follow: Follow) -> bool {
        match follow {
            Follow::Never => self.text.trim().is_empty(),
            Follow::Always => true,
            Follow::Teaser => !self.is_whole || self.text.chars().count() < ARTICLE_CHARACTERS_MIN,
        }
    }

    /// The article. Where the page behind it is wanted and cannot be had, what the feed says of it, and why.
    pub async fn article(
        &self,
        feed: &Feed,
        fetcher: &Fetcher,
        robots: &Robots,
        now: &str,
    ) -> (Raw, Option<FetchError>) {
        let mut raw = Raw {
            source: feed.outlet(),
            source_id: self.id.clone(),
            url: self.link.clone(),
            title: self.title.clone(),
            published_at: self.published_at.clone(),
            fetched_at: Some(now.to_owned()),
            language: self.language.clone(),
            tags: self.tags.clone(),
            ..Raw::default()
        };
        let mut problem = None;
        if self.wants_page(feed.follow)
            && let Some(link) = &self.link
        {
            match robots.get(fetcher, link).await {
                Ok(page) if page.status.is_success() && !page.bytes.is_empty() => {
                    raw.charset = page.charset();
                    raw.bytes_base64 = Some(base64::engine::general_purpose::STANDARD.encode(&page.bytes));
                    return (raw, None);
                }
                Ok(page) => problem = Some(FetchError::Failed(format!("{link} answers {}", page.status))),
                Err(error) => problem = Some(error),
            }
        }
        let text = if self.text.trim().is_empty() {
            self.title.clone().unwrap_or_default()
        } else {
            self.text.clone()
        };
        if self.is_html && !self.text.trim().is_empty() {
            // a fragment, as feeds have it, is no page
            raw.html = Some(format!("<article>{text}</article>"));
        } else {
            raw.text = Some(text);
        }
        (raw, problem)
    }
}

#[cfg(test)]
mod tests {
    use super::{Follow, Item};

    #[track_caller]
    fn check(item: &Item, follow: Follow, wants_page: bool) {
        assert_eq!(item.wants_page(follow), wants_page, "{follow:?} {item:?}");
    }

    #[test]
    fn pages_are_fetched_for_teasers() {
        let whole = Item { text: "نص طويل ".repeat(200), is_whole: true, ..Item::default() };
        let teaser = Item { text: "مقدمة الخبر ...".to_owned(), ..Item::default() };
        let nothing = Item::default();
        check(&whole, Follow::Teaser, false);
        check(&whole, Follow::Always, true);
        check(&teaser, Follow::Teaser, true);
        check(&teaser, Follow::Never, false);
        check(&nothing, Follow::Never, true);
    }

    #[test]
    fn an_item_is_known_by_its_id_and_changes_with_its_content() {
        let item = |id: &str, title: &str| Item {
            id: Some(id.to_owned()),
            title: Some(title.to_owned()),
            ..Item::default()
        };
        assert_eq!(item("1", "a").identity(), item("1", "b").identity());
        assert_ne!(item("1", "a").content(), item("1", "b").content());
        assert_ne!(item("1", "a").identity(), item("2", "a").identity());
    }
}
