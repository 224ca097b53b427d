//! An input that can never work.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Why an input goes to the dead letters instead of on. Trying again will not help until somebody mends
/// the input or the rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Reject {
    /// A short name in snake case, part of the dead letter's subject.
    pub reason: Cow<'static, str>,
    /// A sentence that a person can act on.
    pub message: String,
    /// The field, rule or header at fault, where one is.
    pub field: Option<String>,
}

impl Reject {
    /// A rejection without a field at fault.
    pub fn new(reason: &'static str, message: impl Into<String>) -> Self {
        Self { reason: Cow::Borrowed(reason), message: message.into(), field: None }
    }

    /// Names the field, rule or header at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}
