//! What a publisher sends.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An article as its publisher sends it: JSON on `naba.raw.<source>`.
///
/// Exactly one of `text`, `html` and `bytes_base64` is required, unless the article is `withdrawn`. An unknown key
/// is an error that names the key and what is allowed; a field that is longer than [`FIELD_BYTES_MAX`] says is one too.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Raw {
    /// The outlet: its name or, better, its domain (`sana.sy`). As a token (`sana_sy`) it is the subject's, `naba.raw.sana_sy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The publisher's own id of the article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// Where the article stands on the web. Addresses that lead to the same page (`http` and `https`, `www.`, `utm_source`,
    /// …) are the same article's.
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
    /// When the publisher says it published the article: RFC 3339, or without a zone when none is known. ISO 8601 in other
    /// forms, RFC 2822 and a number of seconds or milliseconds since 1970 are read too; what cannot be read is kept in
    /// `published_surface`.
    #[serde(default, deserialize_with = "time::read", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<time::Written>")]
    pub published_at: Option<String>,
    /// When the article was fetched, as `published_at`.
    #[serde(default, deserialize_with = "time::read", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<time::Written>")]
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

/// The most bytes of each field beside the text.
pub const FIELD_BYTES_MAX: [(&str, usize); 8] = [
    ("source", 256),
    ("source_id", 1_024),
    ("url", 4_096),
    ("title", 4_096),
    ("charset", 64),
    ("published_at", 256),
    ("fetched_at", 256),
    ("language", 64),
];
/// The most tags of an article.
pub const TAGS_MAX: usize = 256;
/// The most bytes of a tag.
pub const TAG_BYTES_MAX: usize = 256;

/// Times, which some publishers write as numbers.
mod time {
    use std::fmt;

    use schemars::JsonSchema;
    use serde::de::{Deserializer, Error, Visitor};

    /// How a time may be written.
    #[derive(JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "it says what the schema says")]
    pub(super) enum Written {
        /// RFC 3339 and other forms.
        Text(String),
        /// Seconds or milliseconds since 1970.
        Number(f64),
    }

    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_any(Time)
    }

    struct Time;

    impl Visitor<'_> for Time {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a time as text, or a number of seconds since 1970")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.to_owned()))
        }

        fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
            Ok(Some(text))
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
}
