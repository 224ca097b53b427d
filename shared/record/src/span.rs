//! Positions in a text and the map between two texts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A stretch of a text: characters (code points), end-exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

/// One run of an offset map: `[start, end, from_start, from_end]`, all in characters.
///
/// Characters `start..end` of the mapped text come from characters `from_start..from_end` of its origin.
/// Where both lengths are equal the run maps character by character, otherwise only as a whole.
/// Characters of the origin that no run names were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "[u32; 4]", into = "[u32; 4]")]
#[schemars(with = "[u32; 4]")]
pub struct Run {
    /// First character in the mapped text.
    pub start: u32,
    /// One past the last character in the mapped text.
    pub end: u32,
    /// First character in the origin.
    pub from_start: u32,
    /// One past the last character in the origin.
    pub from_end: u32,
}

impl From<[u32; 4]> for Run {
    fn from([start, end, from_start, from_end]: [u32; 4]) -> Self {
        Self { start, end, from_start, from_end }
    }
}

impl From<Run> for [u32; 4] {
    fn from(run: Run) -> Self {
        [run.start, run.end, run.from_start, run.from_end]
    }
}
