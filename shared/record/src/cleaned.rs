//! Title, body, and everything that was taken out: what clean gives to enrich.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ingested::{Decoding, Trace};
use crate::span::Run;

/// An article without its furniture.
///
/// `removed` and `tidied` together with `body` rebuild the decoded text to the character. Positions count characters
/// (Unicode code points), end-exclusive.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cleaned {
    /// `naba.cleaned/1`.
    pub schema: String,
    /// As in [`crate::Ingested`].
    pub id: String,
    /// As in [`crate::Ingested`].
    pub revision: u32,
    /// As in [`crate::Ingested`].
    #[serde(default)]
    pub generation: u32,
    /// As in [`crate::Ingested`].
    #[serde(default)]
    pub sequence: u64,
    /// As in [`crate::Ingested`].
    pub content_hash: String,
    /// The outlet, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The publisher's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// Where the article stands on the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The headline: the one in the text, else the one that came beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The line above the headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kicker: Option<String>,
    /// The article and nothing else; paragraphs joined by one line feed.
    pub body: String,
    /// The folded text for search.
    pub search: Search,
    /// Joins the folded text to title and body.
    pub search_map: SearchMap,
    /// Place, agency and date at the head of the copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dateline: Option<Dateline>,
    /// The writer, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// The publication stamp as printed in the text, and what came beside the text and cannot be read as a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_surface: Option<String>,
    /// The source line as printed in the text (`المصدر : …`), without its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_surface: Option<String>,
    /// The publication time that came beside the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<String>,
    /// The time of a later change that came beside the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<String>,
    /// When it was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<String>,
    /// Everything taken out, in the order of the text.
    pub removed: Vec<Removed>,
    /// Everything that reads differently in the body: white space, marks, presentation forms.
    pub tidied: Vec<Tidied>,
    /// The publisher's own tags, those printed in the text included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The publisher has taken the article back: there is no text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// Notes on the text's quality.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quality: Vec<String>,
    /// The declared language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What a web page says of itself beside its article, and what of it was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Box<crate::PageFacts>>,
    /// How the bytes became text.
    pub decoding: Decoding,
    /// When ingest finished (RFC 3339, UTC).
    pub ingested_at: String,
    /// When clean finished (RFC 3339, UTC).
    pub cleaned_at: String,
    /// Where the record has been.
    #[serde(default)]
    pub trace: Trace,
}

/// Text folded for search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Search {
    /// The folded title.
    #[serde(default)]
    pub title: String,
    /// The folded body.
    pub body: String,
}

/// The way home from the folded text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SearchMap {
    /// From `search.title` to `title`.
    #[serde(default)]
    pub title: Vec<Run>,
    /// From `search.body` to `body`.
    pub body: Vec<Run>,
}

/// Something that was taken out of the decoded text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Removed {
    /// What it is.
    pub kind: Kind,
    /// The rule, or the evidence, that took it out.
    pub rule: String,
    /// First character in the decoded text.
    pub start: u32,
    /// One past the last character in the decoded text.
    pub end: u32,
    /// The words themselves.
    pub text: String,
}

/// A place where the body prints something else than the decoded text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "(u32, u32, String, String)", into = "(u32, u32, String, String)")]
#[schemars(with = "(u32, u32, String, String)")]
pub struct Tidied {
    /// First character in the decoded text.
    pub start: u32,
    /// One past the last character in the decoded text.
    pub end: u32,
    /// What the decoded text has there.
    pub text: String,
    /// What the body has there; empty when nothing.
    pub with: String,
}

impl From<(u32, u32, String, String)> for Tidied {
    fn from((start, end, text, with): (u32, u32, String, String)) -> Self {
        Self { start, end, text, with }
    }
}

impl From<Tidied> for (u32, u32, String, String) {
    fn from(tidied: Tidied) -> Self {
        (tidied.start, tidied.end, tidied.text, tidied.with)
    }
}

/// The families of furniture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the documentation; the field guide is ARCHITECTURE.md")]
pub enum Kind {
    Title,
    Kicker,
    Breadcrumb,
    Section,
    Dateline,
    Byline,
    Timestamp,
    Source,
    EndMark,
    Social,
    Contact,
    Related,
    Share,
    Tags,
    Caption,
    Comments,
    Copyright,
    Ad,
    Nav,
    Duplicate,
    Other,
}

impl Kind {
    /// The name as it stands in records and rule files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Kicker => "kicker",
            Self::Breadcrumb => "breadcrumb",
            Self::Section => "section",
            Self::Dateline => "dateline",
            Self::Byline => "byline",
            Self::Timestamp => "timestamp",
            Self::Source => "source",
            Self::EndMark => "end_mark",
            Self::Social => "social",
            Self::Contact => "contact",
            Self::Related => "related",
            Self::Share => "share",
            Self::Tags => "tags",
            Self::Caption => "caption",
            Self::Comments => "comments",
            Self::Copyright => "copyright",
            Self::Ad => "ad",
            Self::Nav => "nav",
            Self::Duplicate => "duplicate",
            Self::Other => "other",
        }
    }
}

/// Place, agency and date at the head of the copy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dateline {
    /// The place as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The agency or outlet as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// The date as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The whole dateline as printed.
    pub surface: String,
    /// The country that the place lies in (ISO 3166-1 alpha-2), where the lexicon has it. Set by enrich.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Latitude and longitude of the place in degrees, where the lexicon has them. Set by enrich.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<[f64; 2]>,
}
