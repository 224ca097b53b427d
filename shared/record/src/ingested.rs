//! Decoded text with an identity: what ingest gives to clean.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An article with its text decoded and its identity settled.
///
/// Positions count characters (Unicode code points), end-exclusive.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ingested {
    /// `naba.ingested/1`.
    pub schema: String,
    /// 32 hex characters, the same for every revision: BLAKE3 of the source's token and the url (without what does not lead
    /// to another page), else the source's own id, else the decoded text.
    pub id: String,
    /// 1, 2, … in the order in which ingest saw different contents under this id.
    pub revision: u32,
    /// Which run of the pipeline made this: 0 is live traffic, a replay raises it.
    #[serde(default)]
    pub generation: u32,
    /// The raw article's place in `NABA_RAW`: of two revisions the one with the higher sequence is the newer.
    /// `revision` counts in the order of work, which a killed service can turn round; this never turns.
    /// 0 where there is no broker.
    #[serde(default)]
    pub sequence: u64,
    /// BLAKE3 of title and decoded text, and of `published_at` and `tags` where the article has them; 32 hex characters.
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
    /// The headline that came beside the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The decoded text that every position of `removed` counts in.
    pub text: String,
    /// What each line of a web page's text is; empty for plain text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
    /// How the bytes became text.
    pub decoding: Decoding,
    /// What a web page says of itself beside its article, and what of it was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Box<PageFacts>>,
    /// The writer, as the page's metadata has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// The publication time that came beside the text (RFC 3339, as much of it as was said).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<String>,
    /// A publication time that came beside the text and cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_surface: Option<String>,
    /// The time of a later change, as the page's metadata has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<String>,
    /// When it was fetched (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<String>,
    /// The declared language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The publisher's own tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The publisher has taken the article back: there is no text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// Notes of ingest: `mojibake_repaired`, `mojibake_unrepaired`, `replaced_bytes`, `published_at_unread`,
    /// `fetched_at_unread`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quality: Vec<String>,
    /// When ingest finished (RFC 3339, UTC).
    pub ingested_at: String,
    /// Where the record has been.
    #[serde(default)]
    pub trace: Trace,
}

/// A line of a web page's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// First character in the text.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// The share of its characters that are links, 0 to 1.
    pub link_density: f32,
    /// Where it stands in the page: an XPath; of a line nested too deep, to an element around it, and none where a page has too many.
    pub path: String,
}

/// What a web page says of itself beside its article, and what of it was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PageFacts {
    /// The name of the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_name: Option<String>,
    /// The section of the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The address of the article's picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The page says that it is not for everybody to read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paywalled: bool,
    /// Where the fields came from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<FieldOrigin>,
    /// The parts of the page outside the article.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// Where in a page a field came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldOrigin {
    /// The field: `title`, `byline`, `published_at`, …
    pub field: String,
    /// `json_ld`, the name of a meta element, `itemprop`, `heading`, …
    pub origin: String,
}

/// A part of a web page that is no part of its article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// `nav`, `sidebar`, `related`, `comments`, `footer`, `share`, `tags`, `ad`, `overlay`, `other`.
    pub kind: String,
    /// Where it stands in the page: an XPath.
    pub path: String,
    /// Lines that readers see in it.
    pub lines: u32,
    /// Their words.
    pub words: u32,
}

/// What a line of a web page is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A paragraph, or text without an element of its own.
    #[default]
    Paragraph,
    /// A heading of any level.
    Heading,
    /// An item of a list.
    ListItem,
    /// A quotation set apart.
    Quote,
    /// The words under a picture or a table.
    Caption,
    /// A row of a table.
    TableRow,
    /// Inside an element that is furniture by its name.
    Furniture,
}

/// How bytes became text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decoding {
    /// The encoding that was read (WHATWG name), e.g. `UTF-8`, `windows-1256`.
    pub encoding: String,
    /// Why it was chosen.
    pub basis: DecodingBasis,
    /// How many replacement characters (U+FFFD) decoding put in.
    #[serde(default)]
    pub replaced: u32,
    /// Whether the text was taken out of a web page.
    #[serde(default)]
    pub html: bool,
    /// Mojibake that was put right. Positions count in the text before `references` were read; of a web page,
    /// in its source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<Mended>,
    /// HTML references of a plain text that were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Referred>,
}

/// A stretch of mojibake that was put right. Doing the damage again gives back what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mended {
    /// What had happened to it: `utf-8_read_as_windows-1256` and the like.
    pub damage: String,
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

/// A character of the decoded text that was written as an HTML reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Referred {
    /// Its place in the decoded text.
    pub at: u32,
    /// What stood there: `&quot;`.
    pub was: String,
}

/// Why an encoding was chosen, from the most to the least trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecodingBasis {
    /// The article came as text: nothing to decode.
    #[default]
    Text,
    /// A byte-order mark.
    Mark,
    /// The bytes are valid UTF-8.
    Valid,
    /// The declared character set, which the bytes did not contradict.
    Declared,
    /// Letter statistics.
    Detected,
}

/// Where a record has been.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trace {
    /// W3C trace context, passed on as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// One entry a stage, in the order of the pipeline.
    #[serde(default)]
    pub stages: Vec<StageTrace>,
}

/// What one stage says of its work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StageTrace {
    /// `ingest`, `clean` or `enrich`.
    pub stage: String,
    /// The engine's version, and that of the rules, lexicon or model it used: `0.1.0+rules.1f2e3d4c`.
    pub version: String,
    /// Time spent in the engine, in microseconds.
    pub micros: u64,
}
