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
        let hash = source.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
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

/// `naba.raw.<source>`: where anyone may publish.
pub fn raw(source: Option<&str>) -> String {
    format!("naba.raw.{}", source_token(source))
}

/// `naba.ingested.<source>.<id>.<rev>`.
pub fn ingested(source: Option<&str>, id: &str, rev: &str) -> String {
    format!("naba.ingested.{}.{id}.{rev}", source_token(source))
}

/// `naba.ingested.<source>.<id>.*`: every revision of one article.
pub fn ingested_revisions(source: Option<&str>, id: &str) -> String {
    format!("naba.ingested.{}.{id}.*", source_token(source))
}

/// `naba.cleaned.<source>.<id>.<rev>`.
pub fn cleaned(source: Option<&str>, id: &str, rev: &str) -> String {
    format!("naba.cleaned.{}.{id}.{rev}", source_token(source))
}

/// `naba.enriched.<source>.<lang>.<id>.<rev>`.
pub fn enriched(source: Option<&str>, language: &str, id: &str, rev: &str) -> String {
    format!("naba.enriched.{}.{}.{id}.{rev}", source_token(source), source_token(Some(language)))
}

/// `naba.enriched.<source>.*.<id>.<rev>`: the same revision under any language, so that a better language
/// engine never doubles a record.
pub fn enriched_any_language(source: Option<&str>, id: &str, rev: &str) -> String {
    format!("naba.enriched.{}.*.{id}.{rev}", source_token(source))
}

#[cfg(test)]
mod tests {
    use super::source_token;

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
}
