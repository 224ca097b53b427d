//! Which articles print the same copy: what is published when a group grows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An article has joined a group: published as `naba.story.<group>.<id>.<number>`, once for each article.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StoryUpdate {
    /// `naba.story/1`.
    pub schema: String,
    /// The group: the id of its first article.
    pub group: String,
    /// The article that joined.
    pub id: String,
    /// Its revision.
    pub revision: u32,
    /// Its place in `NABA_ENRICHED`.
    pub number: u64,
    /// Its outlet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Where it stands on the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The article whose copy this is; none where it is another revision of the same article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_duplicate_of: Option<String>,
    /// The share of the smaller text's shingles that both have.
    pub containment: f32,
    /// How many outlets have printed it so far.
    pub outlets: u32,
    /// How many of them did not take it from an agency that another one names.
    pub independent_sources: u32,
    /// The publisher has taken the article back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// What differs from the revision before, where it is another revision of the same article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
}

/// What differs between two revisions, in sentences of their bodies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// Sentences that are new.
    pub added: Vec<String>,
    /// Sentences that are gone.
    pub removed: Vec<String>,
    /// Sentences that read differently: at least half of their words are the same.
    pub changed: Vec<Changed>,
}

impl Difference {
    /// How long its sentences are together, in bytes.
    pub fn bytes(&self) -> usize {
        let changed = self.changed.iter().flat_map(|pair| [&pair.before, &pair.after]);
        self.added.iter().chain(&self.removed).chain(changed).map(String::len).sum()
    }
}

/// A sentence before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// In the revision before.
    pub before: String,
    /// In this one.
    pub after: String,
}
