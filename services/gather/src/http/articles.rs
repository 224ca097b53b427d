//! One request → its answer.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use naba_record::subject;

use super::answer::{Accepted, LineResult, Problem};
use super::tokens::Publisher;
use super::{DOOR, Door, answer, body, check};
use crate::outcome::{self, Outcome};
use crate::store::Article;

/// How many lines of one request are on their way at once.
const LINES_IN_FLIGHT_MAX: usize = 256;

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Media {
    Article,
    Lines,
    Bytes(&'static str),
}

pub(super) async fn post(State(door): State<Door>, headers: HeaderMap, body: Body) -> Response {
    match take(&door, &headers, body).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn take(door: &Door, headers: &HeaderMap, body: Body) -> Result<Response, Problem> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let publisher = door.tokens.publisher(authorization).ok_or_else(|| {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "unknown_token",
            "send Authorization: Bearer with a token of this door",
        )
    })?;
    let media = media(headers)?;
    let key = check::header(headers, "idempotency-key")?;
    let traceparent = check::header(headers, "traceparent")?;
    let body::Taken { bytes, memory: _memory } = body::read(door, headers, body).await?;
    let payload = Bytes::from(bytes);
    let with =
        |article: Article, key: Option<String>| Article { key, traceparent: traceparent.clone(), ..article };
    match media {
        Media::Article => {
            let article = counted(check::json(payload, &publisher))?;
            Ok(store(door, with(article, key)).await?.into_response())
        }
        Media::Bytes(content_type) => {
            let article = counted(check::bytes(payload, content_type, headers, &publisher))?;
            Ok(store(door, with(article, key)).await?.into_response())
        }
        Media::Lines => {
            let keyed = |line: usize| key.as_ref().map(|key| format!("{key}\n{line}"));
            let results = stream::iter(split(&payload))
                .map(|(line, payload)| {
                    let article = counted(check::json(payload, &publisher));
                    let article = article.map(|article| with(article, keyed(line)));
                    async move { result(line, store_checked(door, article).await) }
                })
                .buffered(LINES_IN_FLIGHT_MAX)
                .collect::<Vec<_>>()
                .await;
            if results.is_empty() {
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "empty", "the body has no line"));
            }
            log(&publisher, &results);
            Ok(answer::lines(&results))
        }
    }
}

/// The lines that are not empty, with their numbers from 1. A byte-order mark at the beginning is none of them.
fn split(payload: &Bytes) -> Vec<(usize, Bytes)> {
    let start = if payload.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let payload = payload.slice(start..);
    let lines = payload.split(|byte| *byte == b'\n').enumerate();
    let filled =
        lines.map(|(number, line)| (number + 1, line.trim_ascii())).filter(|(_, line)| !line.is_empty());
    filled.map(|(number, line)| (number, payload.slice_ref(line))).collect()
}

async fn store_checked(door: &Door, article: Result<Article, Problem>) -> Result<Accepted, Problem> {
    store(door, article?).await
}

async fn store(door: &Door, article: Article) -> Result<Accepted, Problem> {
    let source = subject::source_token(article.source.as_deref());
    let stored = door.store.put(article).await.map_err(Problem::from);
    let outcome = match &stored {
        Ok(stored) if stored.duplicate => Outcome::Duplicate,
        Ok(_) => Outcome::Stored,
        Err(problem) if problem.is_transient() => Outcome::NotTaken,
        Err(_) => Outcome::Refused,
    };
    outcome::count(DOOR, &source, outcome);
    stored.map(Accepted::from)
}

/// Counts an article that was refused before it had a source to be counted under.
fn counted(article: Result<Article, Problem>) -> Result<Article, Problem> {
    if article.is_err() {
        outcome::count(DOOR, "_", Outcome::Refused);
    }
    article
}

fn result(line: usize, stored: Result<Accepted, Problem>) -> LineResult {
    match stored {
        Ok(accepted) => LineResult { line, accepted: Some(accepted), problem: None },
        Err(problem) => LineResult { line, accepted: None, problem: Some(problem.on_line(line)) },
    }
}

fn log(publisher: &Publisher<'_>, results: &[LineResult]) {
    let refused = results.iter().filter(|result| result.problem.is_some()).count();
    if refused > 0 {
        tracing::info!(publisher = publisher.name(), lines = results.len(), refused, "lines were not taken");
    }
}

fn media(headers: &HeaderMap) -> Result<Media, Problem> {
    let declared =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => Ok(Media::Article),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines" => {
            Ok(Media::Lines)
        }
        "text/html" | "application/xhtml+xml" => Ok(Media::Bytes("text/html")),
        "text/plain" => Ok(Media::Bytes("text/plain")),
        "application/octet-stream" => Ok(Media::Bytes("application/octet-stream")),
        other => {
            let other = if other.is_empty() { "none" } else { other };
            let message = format!(
                "Content-Type is {other}; send application/json, application/x-ndjson, text/html, text/plain or \
                 application/octet-stream"
            );
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown_media_type", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::split;

    #[test]
    fn lines_keep_their_numbers() {
        let body = Bytes::from_static(b"\xef\xbb\xbf{1}\r\n\n  \n{2}\n{3}");
        let lines: Vec<(usize, &[u8])> =
            vec![(1, b"{1}".as_slice()), (4, b"{2}".as_slice()), (5, b"{3}".as_slice())];
        let split = split(&body);
        assert_eq!(split.iter().map(|(line, bytes)| (*line, &**bytes)).collect::<Vec<_>>(), lines);
    }
}
