//! What is counted: every article that reaches a door ends in exactly one outcome.
//!
//! | metric | labels | what |
//! |---|---|---|
//! | `naba_gather_articles_total` | `door`, `source`, `outcome` | articles by how they ended |
//!
//! Sources are whatever publishers send: the first [`SOURCES_MAX`] have a label of their own, the rest share `other`.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// How many sources have a label of their own.
pub const SOURCES_MAX: usize = 1_000;

/// How an article ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Stored now.
    Stored,
    /// The broker had it already.
    Duplicate,
    /// Never an article: the sender was told why.
    Refused,
    /// The broker did not take it: the sender was told to try again.
    NotTaken,
}

impl Outcome {
    /// The label's value.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
            Self::NotTaken => "not_taken",
        }
    }
}

static SOURCES: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// Counts an article's end at a door. `source` is a subject token.
pub fn count(door: &'static str, source: &str, outcome: Outcome) {
    let source = label(source);
    metrics::counter!("naba_gather_articles_total", "door" => door, "source" => source, "outcome" => outcome.name())
        .increment(1);
}

fn label(source: &str) -> String {
    let mut sources = SOURCES.lock().unwrap_or_else(PoisonError::into_inner);
    let sources = sources.get_or_insert_with(HashSet::new);
    if !sources.contains(source) {
        if sources.len() >= SOURCES_MAX {
            return "other".to_owned();
        }
        sources.insert(source.to_owned());
    }
    source.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{SOURCES_MAX, label};

    #[test]
    fn labels_are_bounded() {
        let labels: std::collections::HashSet<String> =
            (0..SOURCES_MAX * 3).map(|number| label(&format!("outlet_{number}"))).collect();
        assert!(labels.len() <= SOURCES_MAX + 1, "{}", labels.len());
        assert!(labels.contains("other"));
        assert_eq!(label("outlet_0"), "outlet_0", "a known source keeps its label");
    }
}
