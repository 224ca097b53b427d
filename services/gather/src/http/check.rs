//! One article: whether it has an article's shape, and whether its sender may send it.

use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use naba_record::{ARTICLE_BYTES_MAX, RAW_KEYS, Raw, subject};

use super::answer::Problem;
use super::tokens::Publisher;
use crate::media;
use crate::store::Article;

/// The most bytes of an `Idempotency-Key`, and of a header that becomes one of the message's.
const HEADER_BYTES_MAX: usize = 2_048;

/// An article as JSON: its keys are known, it has one text, and its source is the sender's to speak for.
pub(super) fn json(payload: Bytes, publisher: &Publisher<'_>) -> Result<Article, Problem> {
    let raw: Raw = serde_json::from_slice(&payload).map_err(|error| explain(&error))?;
    let texts = [raw.text.is_some(), raw.html.is_some(), raw.bytes_base64.is_some()];
    let texts = texts.iter().filter(|given| **given).count();
    if texts != usize::from(!raw.withdrawn) {
        let message = if raw.withdrawn {
            "a withdrawn article has no text; leave out text, html and bytes_base64, or withdrawn"
        } else {
            "an article has exactly one of the keys text, html, bytes_base64"
        };
        return Err(unprocessable("wrong_texts", message).at("text"));
    }
    let source = source(raw.source.as_deref(), publisher)?;
    Ok(Article { payload, content_type: "application/json", source, ..Article::default() })
}

/// An article as bytes, described by the request's headers.
pub(super) fn bytes(
    payload: Bytes,
    content_type: &'static str,
    headers: &HeaderMap,
    publisher: &Publisher<'_>,
) -> Result<Article, Problem> {
    if payload.len() > ARTICLE_BYTES_MAX {
        let message =
            format!("an article has at most {ARTICLE_BYTES_MAX} bytes, and this one has {}", payload.len());
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message));
    }
    Ok(Article {
        payload,
        content_type,
        source: source(header(headers, "naba-source")?.as_deref(), publisher)?,
        url: header(headers, "naba-url")?,
        source_id: header(headers, "naba-source-id")?,
        charset: header(headers, "naba-charset")?.or_else(|| declared_charset(headers)),
        ..Article::default()
    })
}

/// A header's text; it must be one that can stand in a message's header.
pub(super) fn header(headers: &HeaderMap, name: &'static str) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let wrong = |why: &str| {
        Problem::new(StatusCode::BAD_REQUEST, "invalid_header", format!("the header {name} {why}")).at(name)
    };
    let value = std::str::from_utf8(value.as_bytes()).map_err(|_| wrong("is not UTF-8"))?.trim();
    if value.len() > HEADER_BYTES_MAX {
        return Err(wrong(&format!("has more than {HEADER_BYTES_MAX} bytes")));
    }
    Ok((!value.is_empty()).then(|| value.to_owned()))
}

/// The source that an article is published as.
fn source(named: Option<&str>, publisher: &Publisher<'_>) -> Result<Option<String>, Problem> {
    let named = named.map(str::trim).filter(|named| !named.is_empty());
    let source = named.or_else(|| publisher.only_source());
    if publisher.may_speak_for(&subject::source_token(source)) {
        return Ok(source.map(str::to_owned));
    }
    let message = match source {
        Some(source) => format!("this token may not publish as `{source}`"),
        None => "this token publishes for several sources; name one in source".to_owned(),
    };
    Err(Problem::new(StatusCode::FORBIDDEN, "forbidden_source", message).at("source"))
}

fn declared_charset(headers: &HeaderMap) -> Option<String> {
    media::parse(headers.get(axum::http::header::CONTENT_TYPE)?.to_str().ok()?).1
}

fn explain(error: &serde_json::Error) -> Problem {
    let message = error.to_string();
    let key = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    let Some(key) = key else {
        return unprocessable("invalid_json", format!("the article is not valid: {message}"));
    };
    let allowed = RAW_KEYS.join(", ");
    let problem =
        unprocessable("unknown_key", format!("an article has no key `{key}`; the keys are {allowed}"))
            .at(key);
    Problem { allowed: Some(&RAW_KEYS), ..problem }
}

fn unprocessable(error: &'static str, message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error, message)
}
