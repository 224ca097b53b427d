//! What a publisher sends.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An article as its publisher sends it: JSON on `naba.raw.<source>`.
///
/// Exactly one of `text`, `html` and `bytes_base64` is required, unless the article is `withdrawn`. An unknown key
/// is an error that names the key and what is allowed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Raw {
    /// The outlet: its name or, better, its domain (`sana.sy`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The publisher's own id of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// Where the article stands on the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The headline, where the publisher sends it apart from the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A web page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Bytes of any encoding: plain text, or a page when they open like one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_base64: Option<String>,
    /// The declared character set; checked against the bytes, never believed alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// When the publisher says it published the article (RFC 3339, or without a zone when none is known).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<String>,
    /// When the article was fetched (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<String>,
    /// The declared language (BCP-47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The publisher's own tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The publisher has taken the article back: it comes without a text, and its `url` or `source_id` says which
    /// one it was. One that is withdrawn again after it came back needs another `fetched_at`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

/// The keys that a [`Raw`] article may have, in the order of its declaration.
pub const RAW_KEYS: [&str; 13] = [
    "source",
    "source_id",
    "url",
    "title",
    "text",
    "html",
    "bytes_base64",
    "charset",
    "published_at",
    "fetched_at",
    "language",
    "tags",
    "withdrawn",
];
