//! The description of the door (OpenAPI 3.1), made from the types that it reads and writes. Its schemas are
//! JSON Schema 2020-12, which is what schemars makes of the types, so no second set of annotations is needed.

use axum::http::header;
use axum::response::IntoResponse;
use naba_record::Raw;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::answer::{Accepted, LineResult, Problem};

pub(super) async fn get() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text())
}

/// The document, as it is committed under `schema/`.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let raw = generator.subschema_for::<Raw>();
    let accepted = generator.subschema_for::<Accepted>();
    let problem = generator.subschema_for::<Problem>();
    let line = generator.subschema_for::<LineResult>();
    let schemas = generator.take_definitions(true);
    let refused = |description: &str| json!({"description": description, "content": {"application/json": {"schema": problem}}});
    let text = json!({"type": "string", "format": "binary"});
    let header = |name: &str, description: &str| json!({"name": name, "in": "header", "required": false, "description": description, "schema": {"type": "string"}});
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "naba: the HTTP door",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Takes articles for naba. An answer of 202 means that the broker has the article."
        },
        "paths": {"/v1/articles": {"post": {
            "operationId": "postArticles",
            "summary": "Publish one article, or many as NDJSON",
            "security": [{}, {"token": []}],
            "parameters": [
                header("Idempotency-Key", "The same key sent again within two hours is the same article."),
                header("Naba-Source", "The outlet, of an article that is sent as text or as a page."),
                header("Naba-Source-Id", "The publisher's own id, of an article that is sent as text or as a page."),
                header("Naba-Url", "The address, of an article that is sent as text or as a page."),
                header("Naba-Charset", "The declared character set, of an article that is sent as text or as a page."),
                header("Content-Encoding", "gzip, br, zstd or deflate."),
                header("traceparent", "W3C trace context.")
            ],
            "requestBody": {"required": true, "content": {
                "application/json": {"schema": raw},
                "application/x-ndjson": {"schema": raw},
                "text/html": {"schema": text},
                "text/plain": {"schema": text},
                "application/octet-stream": {"schema": text}
            }},
            "responses": {
                "202": {"description": "The broker has acknowledged it; for NDJSON, all lines.", "content": {
                    "application/json": {"schema": accepted},
                    "application/x-ndjson": {"schema": line}
                }},
                "207": {"description": "NDJSON of which some lines were taken: a result for each line.", "content": {
                    "application/x-ndjson": {"schema": line}
                }},
                "400": refused("The body broke off, or is not what Content-Encoding says."),
                "401": refused("No token of this door."),
                "403": refused("The token may not publish as this source."),
                "408": refused("The body came too slowly."),
                "413": refused("Too large, as it came or unpacked."),
                "415": refused("A media type or an encoding that is not taken."),
                "422": refused("Not an article; the key that is wrong is named."),
                "503": refused("The broker is full or away: try again after Retry-After seconds.")
            }
        }}},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}
        }
    })
}
