//! The wire: what goes in, what travels between the stages, and what comes out.
//!
//! * [`raw`]       what a publisher sends
//! * [`ingested`]  decoded text with an identity
//! * [`cleaned`]   title, body, everything that was taken out, and the folded text
//! * [`enriched`]  the finished record
//! * [`span`]      positions and offset maps
//! * [`subject`]   the names of the subjects that the records travel on
//!
//! No logic lives here: serde and schemars only. Field names are the contract; a field is never reused
//! for another meaning. Positions are Unicode code points, end-exclusive, in the text that the field names
//! (W3C Web Annotation, TextPositionSelector).

pub mod cleaned;
pub mod enriched;
pub mod ingested;
pub mod raw;
pub mod span;
pub mod story;
pub mod subject;

pub use cleaned::{Cleaned, Dateline, Kind, Removed, Search, SearchMap, Tidied};
pub use enriched::{
    Agency, Basis, Candidate, DateMention, Enriched, Entity, EntityType, Evidence, EvidenceIn, EvidenceKind,
    Identifiers, Language, Mention, MentionIn, Quote, QuoteKind, Speaker, Story, Topic,
};
pub use ingested::{
    Block, BlockKind, Decoding, DecodingBasis, FieldOrigin, Ingested, LeftOut, Mended, PageFacts, Referred,
    StageTrace, Trace,
};
pub use raw::{FIELD_BYTES_MAX, RAW_KEYS, Raw, TAG_BYTES_MAX, TAGS_MAX};
pub use span::{Run, Span};
pub use story::{Changed, Difference, StoryUpdate};

/// The most bytes of one article as it arrives: text, page or base64 (4 MiB).
///
/// The longest article of the development sets has 35 kB; the limit leaves room for live blogs and keeps
/// an enriched record, which holds the text up to three times, inside the broker's payload limit.
pub const ARTICLE_BYTES_MAX: usize = 4 << 20;

/// Whether this build reads records of a schema, `naba.<kind>/<number>`. A number stays as long as what is added may be
/// passed over: fields that are not known are ignored, and those that are missing have defaults. A greater number means
/// something that must not be passed over.
pub fn reads(schema: &str, kind: &str) -> bool {
    let number = schema.strip_prefix("naba.").and_then(|rest| rest.strip_prefix(kind)?.strip_prefix('/'));
    number == Some("1")
}

#[cfg(test)]
mod tests {
    #[test]
    fn records_of_another_number_are_not_read() {
        assert!(super::reads("naba.ingested/1", "ingested"));
        for schema in ["naba.ingested/2", "naba.cleaned/1", "ingested/1", "", "naba.ingested/10"] {
            assert!(!super::reads(schema, "ingested"), "{schema}");
        }
    }
}
