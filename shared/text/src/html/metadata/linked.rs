//! The article in a page's linked data (JSON-LD).

use serde_json::Value;

use super::super::{json, tidy};
use crate::entity;

/// What linked data says of the article: each from the first object that has it.
#[derive(Debug, Default)]
pub(super) struct Linked {
    pub(super) headline: Option<String>,
    pub(super) published: Option<String>,
    pub(super) modified: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) publisher: Option<String>,
    pub(super) description: Option<String>,
    pub(super) body: Option<String>,
    pub(super) section: Option<String>,
    pub(super) language: Option<String>,
    pub(super) is_paywalled: bool,
}

/// The deepest nesting in which the article is looked for.
const DEPTH_MAX: usize = 6;

impl Linked {
    /// Reads a script.
    pub(super) fn read(&mut self, script: &str) {
        for value in json::values(script) {
            self.value(&value, 0);
        }
    }

    fn value(&mut self, value: &Value, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.value(value, depth + 1)),
            Value::Object(object) => {
                if object.get("@type").is_some_and(is_article) {
                    self.article(value);
                } else {
                    for key in ["@graph", "mainEntity", "mainEntityOfPage", "hasPart"] {
                        if let Some(inner) = object.get(key) {
                            self.value(inner, depth + 1);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn article(&mut self, article: &Value) {
        let text = |key: &str| article.get(key).and_then(first_text);
        let put = |place: &mut Option<String>, key: &str| {
            if place.is_none() {
                *place = text(key);
            }
        };
        put(&mut self.headline, "headline");
        put(&mut self.headline, "name");
        put(&mut self.published, "datePublished");
        put(&mut self.published, "dateCreated");
        put(&mut self.modified, "dateModified");
        put(&mut self.description, "description");
        put(&mut self.section, "articleSection");
        put(&mut self.language, "inLanguage");
        if self.body.is_none() {
            self.body = article.get("articleBody").and_then(Value::as_str).map(lines);
        }
        if self.publisher.is_none() {
            self.publisher = article.get("publisher").and_then(name_of);
        }
        if self.authors.is_empty() {
            self.authors = names(article.get("author").or_else(|| article.get("creator")));
        }
        let free = article.get("isAccessibleForFree");
        self.is_paywalled |= free.is_some_and(|free| {
            *free == Value::Bool(false)
                || free.as_str().is_some_and(|free| free.eq_ignore_ascii_case("false"))
        });
    }
}

fn is_article(kind: &Value) -> bool {
    let is = |kind: &str| kind.ends_with("Article") || kind.ends_with("BlogPosting") || kind == "Report";
    match kind {
        Value::String(kind) => is(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).any(is),
        _ => false,
    }
}

/// A text, or the first of a list of them; references in it are read once more, because many sites write them twice.
fn first_text(value: &Value) -> Option<String> {
    let text = value.as_str().or_else(|| value.get(0)?.as_str())?;
    let read = entity::decode(text);
    let text = read.as_ref().map_or(text, |(text, _)| text);
    tidy(Some(text))
}

/// A text of several lines, each tidied.
fn lines(text: &str) -> String {
    let read = entity::decode(text);
    let text = read.as_ref().map_or(text, |(text, _)| text);
    text.lines().filter_map(|line| tidy(Some(line))).collect::<Vec<_>>().join("\n")
}

fn name_of(value: &Value) -> Option<String> {
    first_text(value)
        .or_else(|| first_text(value.get("name")?))
        .or_else(|| first_text(value.get(0)?.get("name")?))
}

/// The most authors that are named.
const AUTHORS_MAX: usize = 8;

/// All names: of a string, an object, a list of either.
fn names(value: Option<&Value>) -> Vec<String> {
    let mut found: Vec<String> = match value {
        Some(Value::Array(values)) => values.iter().take(AUTHORS_MAX).filter_map(name_of).collect(),
        Some(value) => name_of(value).into_iter().collect(),
        None => vec![],
    };
    found.dedup();
    found
}
