//! When an article was published and changed, and the dates in its body: what [`naba_dates`] reads, asked for by what
//! a record knows.

pub mod zones;

use jiff::civil::Date;
pub use naba_dates::stamp::{Stamp, stamp};
use naba_dates::{Context, Printed};
use naba_record::{Cleaned, DateMention};

use crate::article::{Article, Text};

/// When an article was published, and when it was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    /// The publication.
    pub published: Option<Stamp>,
    /// A later change.
    pub modified: Option<Stamp>,
}

/// When the article was published and changed: what came beside the text, else the printed stamp, else the
/// dateline's date with the printed clock.
pub fn times(cleaned: &Cleaned) -> Times {
    let context = Context {
        fetched_at: cleaned.fetched_at.as_deref(),
        ingested_at: Some(cleaned.ingested_at.as_str()),
        language: cleaned.language.as_deref(),
    };
    let sent = |value: &Option<String>| naba_dates::sent(value.as_deref()?, &context);
    let surface = cleaned.published_surface.as_deref().unwrap_or_default();
    let dated = cleaned.dateline.as_ref().and_then(|dateline| dateline.date.as_deref()).unwrap_or_default();
    let published = sent(&cleaned.published_at);
    let mut printed = naba_dates::printed(surface, &context);
    if printed.published.is_none() && published.is_none() && !dated.is_empty() {
        let Printed { published, modified } = naba_dates::printed(&format!("{dated} {surface}"), &context);
        printed = Printed { published, modified: printed.modified.or(modified) };
    }
    Times {
        published: published.or(printed.published),
        modified: sent(&cleaned.modified_at).or(printed.modified),
    }
}

/// The day of publication, where it is known.
fn day_of(published: Option<&Stamp>) -> Option<Date> {
    let value = published?.value.get(..10)?;
    value.parse().ok()
}

/// Dates in the body. Days without a year, and days that are counted from publication, are reckoned where that
/// is known, and marked.
pub fn find(article: &Article<'_>, published: Option<&Stamp>) -> Vec<DateMention> {
    let text: &Text<'_> = article.body();
    let language = article.cleaned.language.as_deref();
    let found = naba_dates::mentions(text.folded, &text.words, text.display, day_of(published), language);
    let mention = |found: naba_dates::Mention| {
        let (home, surface) = text.home(found.start, found.end);
        DateMention {
            surface: surface.to_owned(),
            value: found.value,
            alternative: found.other,
            start: home.start,
            end: home.end,
            resolved: found.resolved,
        }
    };
    found.into_iter().map(mention).collect()
}
