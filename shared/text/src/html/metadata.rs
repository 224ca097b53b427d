//! What a page says of itself.

use dom_query::Document;
use serde_json::Value;

use super::{Page, tidy};

/// What the page says of itself: JSON-LD, OpenGraph, meta elements, microdata, in this order.
pub(super) fn read(document: &Document) -> Page {
    let meta = |name: &str| {
        let found = document
            .select(&format!("meta[property='{name}'], meta[name='{name}'], meta[itemprop='{name}']"));
        tidy(found.attr("content").as_deref())
    };
    let item = |name: &str| {
        let found = document.select(&format!("[itemprop='{name}']"));
        let attribute = found.attr("datetime").or_else(|| found.attr("content"));
        tidy(attribute.as_deref()).or_else(|| tidy(Some(&found.first().text())))
    };
    let linked = document.select("script[type='application/ld+json']").iter().find_map(|script| {
        let value: Value = serde_json::from_str(&script.text()).ok()?;
        find_article(&value, 0).cloned()
    });
    let linked = |keys: &[&str]| {
        let value = keys
            .iter()
            .try_fold(linked.as_ref()?, |value, key| value.get(*key).or_else(|| value.get(0)?.get(*key)))?;
        tidy(value.as_str())
    };
    let title = linked(&["headline"]).or_else(|| meta("og:title")).or_else(|| item("headline"));
    let published = linked(&["datePublished"])
        .or_else(|| meta("article:published_time"))
        .or_else(|| item("datePublished"));
    let byline = linked(&["author", "name"]).or_else(|| meta("author")).or_else(|| meta("article:author"));
    let canonical = tidy(document.select("link[rel=canonical]").attr("href").as_deref());
    let language = tidy(document.select("html").attr("lang").as_deref());
    Page {
        title: title.or_else(|| tidy(Some(&document.select("title").first().text()))),
        published_at: published
            .or_else(|| tidy(document.select("time[datetime]").attr("datetime").as_deref())),
        byline: byline.or_else(|| tidy(Some(&document.select("[rel=author]").first().text()))),
        url: canonical.or_else(|| meta("og:url")),
        site_name: linked(&["publisher", "name"]).or_else(|| meta("og:site_name")),
        language: linked(&["inLanguage"]).or(language),
        ..Page::default()
    }
}

/// The article among linked data: an object whose type says so, in a list or a graph.
fn find_article(value: &Value, depth: usize) -> Option<&Value> {
    if depth > 4 {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().find_map(|value| find_article(value, depth + 1)),
        Value::Object(object) => {
            let is_article = |kind: &Value| {
                kind.as_str().is_some_and(|kind| kind.ends_with("Article") || kind.ends_with("BlogPosting"))
            };
            let kinds = object.get("@type");
            let list = kinds.and_then(Value::as_array).is_some_and(|kinds| kinds.iter().any(is_article));
            if list || kinds.is_some_and(is_article) {
                return Some(value);
            }
            object.get("@graph").and_then(|graph| find_article(graph, depth + 1))
        }
        _ => None,
    }
}
