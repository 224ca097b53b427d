//! The finished record: what consumers bind to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cleaned::{Dateline, Removed, Search, SearchMap, Tidied};
use crate::ingested::{Decoding, Trace};

/// An article with everything naba found in it.
///
/// Positions count characters (Unicode code points), end-exclusive. JavaScript, Java and C# count UTF-16 code units: those
/// are what `--positions utf16` of `naba process`, `naba get --json` and `naba tail --json` gives.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Enriched {
    /// `naba.enriched/1`.
    pub schema: String,
    /// 32 hex characters, the same for every revision of an article.
    pub id: String,
    /// 1, 2, … when the same id comes back with different content.
    pub revision: u32,
    /// Which run of the pipeline made this: 0 is live traffic, a replay raises it.
    #[serde(default)]
    pub generation: u32,
    /// The raw article's place in `NABA_RAW`: of two revisions the one with the higher sequence is the newer.
    /// 0 where there is no broker.
    #[serde(default)]
    pub sequence: u64,
    /// BLAKE3 of title and decoded text, 32 hex characters.
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
    /// When ingest finished (RFC 3339, UTC).
    pub ingested_at: String,
    /// When clean finished (RFC 3339, UTC).
    pub cleaned_at: String,
    /// When enrich finished (RFC 3339, UTC).
    pub enriched_at: String,
    /// The headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The line above the headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kicker: Option<String>,
    /// The article and nothing else; paragraphs joined by one line feed.
    pub body: String,
    /// The folded text for search.
    pub search: Search,
    /// Joins the folded text to title and body, both ways.
    pub search_map: SearchMap,
    /// The language of the body.
    pub language: Language,
    /// Who wrote the copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Agency>,
    /// Who passed it on, the writer's side first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relay: Vec<Agency>,
    /// Whose word the writer passes on («نقلا عن المكتب الإعلامي …»), as printed in the lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Agency>,
    /// Place, agency and date at the head of the copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dateline: Option<Dateline>,
    /// The writer, as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// RFC 3339 where a zone is stated; without an offset where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<String>,
    /// The other reading of a stamp in which day and month could change places, or whose year is of two calendars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_alternative: Option<String>,
    /// The zone of `published_at` where it is the source's own by configuration, and not stated: an IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_zone: Option<String>,
    /// Whether `published_at` was reckoned from when the page was fetched: «قبل ٥ ساعات», «7 فبراير» without a year.
    /// It is as exact as the words are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub published_resolved: bool,
    /// When it was changed, where the text or its page says so; written like `published_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<String>,
    /// The words that say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_surface: Option<String>,
    /// Dates in the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<DateMention>,
    /// Everything taken out, in the order of the decoded text.
    pub removed: Vec<Removed>,
    /// Everything that reads differently in the body than in the decoded text.
    pub tidied: Vec<Tidied>,
    /// People, organisations and places.
    pub entities: Vec<Entity>,
    /// Who said what.
    pub quotes: Vec<Quote>,
    /// IPTC Media Topics, best first.
    pub topics: Vec<Topic>,
    /// Words that set this article apart, at most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// The publisher's own tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The publisher has taken the article back: there is no text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// The group of articles that print the same copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<Story>,
    /// Notes on the text's quality.
    pub quality: Vec<String>,
    /// What a web page says of itself beside its article, and what of it was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Box<crate::PageFacts>>,
    /// How the bytes became text.
    pub decoding: Decoding,
    /// Where the record has been.
    pub trace: Trace,
}

/// A language and how sure that is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Language {
    /// BCP-47, or `und`.
    pub tag: String,
    /// 0 to 1.
    pub confidence: f32,
}

/// An agency or outlet, as printed and as known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Agency {
    /// The words that name it.
    pub surface: String,
    /// Its code in the lexicon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Its Arabic name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_ar: Option<String>,
    /// Its English name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Whether the text says so, or only the publisher's own identity.
    pub basis: Basis,
    /// The words that prove it, strongest first; none where only the source says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// 0 to 1: the kinds of evidence together.
    #[serde(default)]
    pub confidence: f32,
}

/// Words that prove who wrote or passed on the copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// What they are.
    pub kind: EvidenceKind,
    /// The words.
    pub surface: String,
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// Which text the positions count in.
    #[serde(rename = "in")]
    pub within: EvidenceIn,
}

/// Kinds of evidence for an agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// `المصدر: …`
    SourceLine,
    /// The dateline.
    Dateline,
    /// A mark behind the last paragraph.
    EndMark,
    /// «وأفادت وكالة …» in the first two paragraphs.
    Lead,
    /// «نقلا عن …» in the first two paragraphs.
    Citation,
    /// A licence or a line of rights.
    Licence,
}

/// The text that an evidence's positions count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceIn {
    /// The decoded text, as in `removed`.
    Text,
    /// `body`
    Body,
}

/// What a claim rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Words of the article.
    Text,
    /// The source that sent it.
    Source,
}

/// A date in the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DateMention {
    /// The words.
    pub surface: String,
    /// ISO 8601: a date, a month (`2016-07`) or a year.
    pub value: String,
    /// The other reading, where day and month could change places and no weekday decides, or the year is of two
    /// calendars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative: Option<String>,
    /// First character in the body.
    pub start: u32,
    /// One past the last character in the body.
    pub end: u32,
    /// Whether it was reckoned from the publication time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resolved: bool,
}

/// Somebody or something with a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// The fullest form that the article prints.
    pub name: String,
    /// Joins spellings of one name: folded, without clitics.
    pub key: String,
    /// Where it stands.
    pub mentions: Vec<Mention>,
    /// Title or office, as printed beside the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Who or what it is in public registers, only where that is certain or decided by its context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<Identifiers>,
    /// How sure the identifiers are, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_confidence: Option<f64>,
    /// What it may be, where it was not decided; the likeliest first, at most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
}

/// Identifiers in public registers: at least one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Identifiers {
    /// Wikidata item (`Q822`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wikidata: Option<String>,
    /// GeoNames number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geonames: Option<String>,
    /// Research Organization Registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ror: Option<String>,
    /// ISO 3166-1 alpha-2 of a country or territory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iso3166: Option<String>,
}

/// What an entity may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// Who or what that is.
    pub ids: Identifiers,
    /// ISO 3166-1 alpha-2 of where it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// How likely it is, 0 to 1.
    pub confidence: f64,
}

/// The kinds of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntityType {
    /// A human being.
    Person,
    /// A body with a name.
    Organisation,
    /// A country, city, region, river, building.
    Place,
}

/// One occurrence of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mention {
    /// The words, clitics left out.
    pub surface: String,
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// Which text the positions count in.
    #[serde(rename = "in")]
    pub within: MentionIn,
}

/// The text that a mention's positions count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MentionIn {
    /// `title`
    Title,
    /// `body`
    Body,
}

/// A statement and who made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// How it is given.
    pub kind: QuoteKind,
    /// Who said it.
    pub speaker: Speaker,
    /// The word that announces it.
    pub cue: String,
    /// The cue's class: say, announce, assert, …
    pub class: String,
    /// Who passed it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<String>,
    /// What was said.
    pub content: String,
    /// Where it stands.
    #[serde(rename = "in", default = "in_body")]
    pub within: MentionIn,
    /// First character of the content in the title or in the body.
    pub start: u32,
    /// One past the last character of the content there.
    pub end: u32,
    /// 0 to 1.
    pub confidence: f32,
}

/// Records from before the headline was read for statements have them in the body only.
fn in_body() -> MentionIn {
    MentionIn::Body
}

/// How a statement is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum QuoteKind {
    /// Between quotation marks.
    Direct,
    /// With «أن» and its like.
    Indirect,
    /// After a colon, without quotation marks.
    Colon,
}

/// Who made a statement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Speaker {
    /// The words.
    pub surface: String,
    /// The name among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The entity's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// Whether the source stays without a name: «مصدر أمني», «شهود عيان».
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unnamed: bool,
}

/// A subject of the article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Topic {
    /// IPTC Media Topics, e.g. `medtop:11000000`.
    pub code: String,
    /// Our Arabic label.
    pub label_ar: String,
    /// The standard's English label.
    pub label_en: String,
    /// 0 to 1.
    pub score: f32,
}

/// A group of articles that print the same copy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Story {
    /// The group's id.
    pub group: String,
    /// The article whose copy this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_duplicate_of: Option<String>,
    /// The share of the smaller text's shingles that both have.
    pub containment: f32,
    /// How many outlets print it.
    pub outlets: u32,
    /// How many of them did not copy from another.
    pub independent_sources: u32,
}
