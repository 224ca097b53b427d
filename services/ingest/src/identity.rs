//! Who an article is: the same id for every revision, another content hash for every content.

use naba_record::subject::source_token;

use crate::address;

/// 32 hex characters: BLAKE3 of the source's token and the canonical address, else the source's own id, else the decoded
/// text.
pub fn article_id(source: Option<&str>, url: Option<&str>, source_id: Option<&str>, text: &str) -> String {
    let source = source_token(source);
    let by = |kind: &str, value: &str| hash(&[kind, &source, value.trim()]);
    match (url.filter(|url| !url.trim().is_empty()), source_id.filter(|id| !id.trim().is_empty())) {
        (Some(url), _) => by("url", &address::canonical(url)),
        (None, Some(id)) => by("id", id),
        (None, None) => by("text", text),
    }
}

/// 32 hex characters that change when title, text, publication time or tags change.
pub fn content_hash(title: Option<&str>, text: &str, published: Option<&str>, tags: &[String]) -> String {
    let mut parts = vec![title.unwrap_or_default(), text];
    if let Some(published) = published {
        parts.extend(["published_at", published]);
    }
    if !tags.is_empty() {
        parts.push("tags");
        parts.extend(tags.iter().map(String::as_str));
    }
    hash(&parts)
}

/// 32 hex characters that stand for a withdrawal, and change with the time at which it was fetched.
pub fn withdrawal_hash(fetched_at: Option<&str>) -> String {
    hash(&["withdrawn", "", fetched_at.unwrap_or_default()])
}

/// The revision's subject token: eight hex characters of the content. The generation is a token of its own.
pub fn revision_token(content_hash: &str) -> String {
    hash(&[content_hash, "0"]).chars().take(8).collect()
}

/// BLAKE3 over parts that cannot run into each other, 32 hex characters.
fn hash(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::{article_id, content_hash, revision_token};

    #[test]
    fn an_id_outlives_its_content() {
        let by_url = article_id(Some("a.b"), Some("http://a.b/1"), Some("7"), "نص");
        assert_eq!(by_url, article_id(Some("a.b"), Some("http://a.b/1"), None, "نص آخر"));
        assert_eq!(by_url, article_id(Some("A_B"), Some("https://www.a.b/1/?utm_source=x#y"), None, ""));
        assert_ne!(by_url, article_id(Some("c.d"), Some("http://a.b/1"), None, "نص"));
        assert_ne!(article_id(Some("a.b"), None, None, "نص"), article_id(Some("a.b"), None, None, "نص آخر"));
        assert_eq!(by_url.len(), 32);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let of = |title: &str, text: &str, published: Option<&str>, tags: &[&str]| {
            let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            content_hash(Some(title), text, published, &tags)
        };
        let all = [
            of("ab", "c", None, &[]),
            of("a", "bc", None, &[]),
            of("a", "bc", Some("2026"), &[]),
            of("a", "bc", Some("2027"), &[]),
            of("a", "bc", None, &["2026"]),
            of("a", "bc", None, &["x", "y"]),
            of("a", "bc", None, &["xy"]),
        ];
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len());
        let token = revision_token("x");
        assert!(token.len() == 8 && token != revision_token("y"));
    }
}
