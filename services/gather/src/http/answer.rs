//! What is answered.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::store::{StoreError, Stored};

/// After how many seconds a client should try again.
const RETRY_AFTER_SECONDS: &str = "5";

/// Where an article stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Accepted {
    /// The stream.
    pub stream: &'static str,
    /// The article's place in it.
    pub sequence: u64,
    /// Whether it stood there already: by its `Idempotency-Key`, else by its content.
    pub duplicate: bool,
}

impl From<Stored> for Accepted {
    fn from(stored: Stored) -> Self {
        Self { stream: "NABA_RAW", sequence: stored.sequence, duplicate: stored.duplicate }
    }
}

/// Why an article was not taken, and what to do.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Problem {
    /// The HTTP status that it has alone.
    #[serde(skip)]
    #[schemars(skip)]
    pub status: StatusCode,
    /// A word for programs.
    pub error: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The key of the article that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The keys that are allowed, where an unknown one was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<&'static [&'static str]>,
    /// The line of the body, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// What became of one line of NDJSON: exactly one of `accepted` and `problem`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LineResult {
    /// The line of the body, from 1.
    pub line: usize,
    /// Where its article stands now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Accepted>,
    /// Why it was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

impl Problem {
    /// A problem of the request.
    pub fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> Self {
        Self { status, error, message: message.into(), key: None, allowed: None, line: None }
    }

    /// The same, of a key.
    #[must_use]
    pub fn at(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The same, of a line.
    #[must_use]
    pub fn on_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// The door or the broker cannot take it now.
    pub fn busy(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "try_again", message)
    }

    /// Whether trying again may help.
    pub fn is_transient(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full | StoreError::Away(_) => Self::busy(error.to_string()),
            StoreError::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", error.to_string()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status;
        let mut response = json(status, "application/json", one_line(&self));
        let headers = response.headers_mut();
        match status {
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
            }
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        json(StatusCode::ACCEPTED, "application/json", one_line(&self))
    }
}

/// The answer to NDJSON: a line for each line. `202` when all were taken, `207` when some were; when none was, the
/// status of the first problem, and `503` before all others, because trying again helps.
pub(super) fn lines(results: &[LineResult]) -> Response {
    let problems = || results.iter().filter_map(|result| result.problem.as_ref());
    let taken = results.iter().any(|result| result.accepted.is_some());
    let status = match problems().find(|problem| problem.is_transient()).or_else(|| problems().next()) {
        None => StatusCode::ACCEPTED,
        Some(_) if taken => StatusCode::MULTI_STATUS,
        Some(problem) => problem.status,
    };
    let body: String = results.iter().map(one_line).collect();
    let mut response = json(status, "application/x-ndjson", body);
    if problems().any(Problem::is_transient) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
    }
    response
}

fn one_line(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned());
    line.push('\n');
    line
}

fn json(status: StatusCode, content_type: &'static str, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, content_type)], body).into_response()
}
