//! The names of the subjects. Tokens are lower-case ASCII, so that they can be typed and matched anywhere.

use std::fmt::Write as _;

/// The most characters of a token.
pub const TOKEN_CHARACTERS_MAX: usize = 64;

/// A source as one subject token: `sana.sy` → `sana_sy`; unknown is `_`.
///
/// What is not a lower-case letter, a digit, `-` or `_` becomes `_`. A source without any ASCII letter or
/// digit (an Arabic name) becomes `x` and a 64-bit FNV-1a hash, so that two such outlets stay apart.
pub fn source_token(source: Option<&str>) -> String {
    let source = source.map_or("", str::trim);
    if source.is_empty() {
        return "_".to_owned();
    }
    if !source.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        let hash = fnv_1a(source);
        let mut token = "x".to_owned();
        let _ = write!(token, "{hash:016x}");
        return token;
    }
    source
        .chars()
        .take(TOKEN_CHARACTERS_MAX)
        .map(|c| match c {
            'a'..='z' | '0'..='9' | '-' | '_' => c,
            'A'..='Z' => c.to_ascii_lowercase(),
            _ => '_',
        })
        .collect()
}

/// The 64-bit FNV-1a hash of a text's bytes: short names that stay the same, not secrets.
pub fn fnv_1a(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// `naba.raw.<source>`: where anyone may publish.
pub fn raw(source: Option<&str>) -> String {
    format!("naba.raw.{}", source_token(source))
}

/// The last token of a replayed record's subjects. Live traffic (generation 0) has none, so that
/// `naba.enriched.*.*.*.*` is live traffic, `naba.enriched.*.*.*.*.g3` is one replay and
/// `naba.enriched.>` is everything.
fn generation_token(generation: u32) -> String {
    if generation == 0 { String::new() } else { format!(".g{generation}") }
}

/// `naba.ingested.<source>.<id>.<rev>[.g<generation>]`.
pub fn ingested(source: Option<&str>, id: &str, rev: &str, generation: u32) -> String {
    format!("naba.ingested.{}.{id}.{rev}{}", source_token(source), generation_token(generation))
}

/// `naba.ingested.<source>.<id>.*`: every live revision of one article.
pub fn ingested_revisions(source: Option<&str>, id: &str) -> String {
    format!("naba.ingested.{}.{id}.*", source_token(source))
}

/// `naba.cleaned.<source>.<id>.<rev>[.g<generation>]`.
pub fn cleaned(source: Option<&str>, id: &str, rev: &str, generation: u32) -> String {
    format!("naba.cleaned.{}.{id}.{rev}{}", source_token(source), generation_token(generation))
}

/// `naba.enriched.<source>.<lang>.<id>.<rev>[.g<generation>]`.
pub fn enriched(source: Option<&str>, language: &str, id: &str, rev: &str, generation: u32) -> String {
    let (source, language) = (source_token(source), source_token(Some(language)));
    format!("naba.enriched.{source}.{language}.{id}.{rev}{}", generation_token(generation))
}

/// `naba.enriched.<source>.*.<id>.<rev>[.g<generation>]`: the same revision under any language, so that a
/// better language engine never doubles a record.
pub fn enriched_any_language(source: Option<&str>, id: &str, rev: &str, generation: u32) -> String {
    format!("naba.enriched.{}.*.{id}.{rev}{}", source_token(source), generation_token(generation))
}

/// An article revision and generation, read back from the subject of any stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key<'a> {
    /// The source's token.
    pub source: &'a str,
    /// The article.
    pub id: &'a str,
    /// The revision's token.
    pub rev: &'a str,
    /// 0 for live traffic.
    pub generation: u32,
}

/// Reads a subject of `NABA_INGESTED`, `NABA_CLEANED` or `NABA_ENRICHED`; none when it is not one.
pub fn key(subject: &str) -> Option<Key<'_>> {
    let mut tokens = subject.split('.');
    let (Some("naba"), Some(stage), Some(source)) = (tokens.next(), tokens.next(), tokens.next()) else {
        return None;
    };
    match stage {
        "ingested" | "cleaned" => {}
        "enriched" => drop(tokens.next()?),
        _ => return None,
    }
    let (id, rev) = (tokens.next()?, tokens.next()?);
    let generation = match tokens.next() {
        None => 0,
        Some(token) => token.strip_prefix('g')?.parse().ok()?,
    };
    tokens.next().is_none().then_some(Key { source, id, rev, generation })
}

#[cfg(test)]
mod tests {
    use super::{Key, cleaned, enriched, ingested, key, source_token};

    #[track_caller]
    fn check(source: Option<&str>, token: &str) {
        assert_eq!(source_token(source), token, "{source:?}");
    }

    #[test]
    fn sources_become_tokens() {
        check(Some("sana.sy"), "sana_sy");
        check(Some("RT_Arabic"), "rt_arabic");
        check(Some("country:SY"), "country_sy");
        check(Some("a b>*.c"), "a_b___c");
        check(Some("  "), "_");
        check(None, "_");
        check(Some("سانا"), &source_token(Some(" سانا ")));
        assert_ne!(source_token(Some("سانا")), source_token(Some("وام")));
    }

    #[test]
    fn keys_read_back() {
        let live = Key { source: "a_b", id: "77", rev: "0f", generation: 0 };
        let replayed = Key { generation: 12, ..live };
        assert_eq!(key(&ingested(Some("a.b"), "77", "0f", 0)), Some(live));
        assert_eq!(key(&cleaned(Some("a.b"), "77", "0f", 12)), Some(replayed));
        assert_eq!(key(&enriched(Some("a.b"), "ar", "77", "0f", 12)), Some(replayed));
        for wrong in
            ["naba.raw.a_b", "naba.cleaned.a.1.2.x3", "naba.cleaned.a.1.2.g3.4", "naba.enriched.a.ar.1"]
        {
            assert_eq!(key(wrong), None, "{wrong}");
        }
    }
}
