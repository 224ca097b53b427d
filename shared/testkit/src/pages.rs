//! Web pages of our own, in the structures that Arabic news sites have had since 2003, and what of each is its article.
//! The texts are generated; a page is the same for the same number.

#![allow(
    clippy::format_collect,
    reason = "pages of a test are put together from pieces, and nobody counts their allocations"
)]

mod kinds;
mod parts;

pub use parts::Parts;

/// A page and what is on it.
#[derive(Debug, Clone)]
pub struct Page {
    /// The kind of page: a system, a theme, a habit.
    pub kind: &'static str,
    /// As it is served.
    pub html: String,
    /// The headline.
    pub title: String,
    /// The article's lines.
    pub body: Vec<String>,
    /// Who wrote it, where the page says so.
    pub writer: Option<String>,
    /// The day on which it was published, where the page says so.
    pub day: Option<&'static str>,
    /// Lines of the page that are no part of the article.
    pub outside: Vec<String>,
}

/// One page of every kind.
pub fn all(number: u64) -> Vec<Page> {
    kinds::KINDS
        .iter()
        .zip(0_u64..)
        .map(|((kind, make), place)| of_kind(kind, *make, number * 97 + place))
        .collect()
}

fn of_kind(kind: &'static str, make: kinds::Make, number: u64) -> Page {
    let parts = Parts::new(number);
    let made = make(&parts);
    Page {
        kind,
        html: made.html,
        title: parts.title.clone(),
        body: made.body.unwrap_or_else(|| parts.paragraphs.clone()),
        writer: made.writer,
        day: made.day.then_some(parts::DAY),
        outside: parts.outside(),
    }
}
