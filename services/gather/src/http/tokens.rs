//! Who may publish as which source.
//!
//! ```toml
//! [[token]]
//! name = "wire desk"                # for the log
//! blake3 = "…64 hex characters…"    # the hash of the token, never the token
//! sources = ["example.org"]         # `*`: any source
//! ```

use std::path::Path;

use anyhow::Context as _;
use naba_record::subject;
use serde::Deserialize;

/// The tokens of a door. Without any, everybody is let in: the door must be on loopback then.
#[derive(Debug, Clone, Default)]
pub struct Tokens(Vec<Token>);

#[derive(Debug, Clone)]
struct Token {
    name: String,
    hash: blake3::Hash,
    sources: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    token: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    blake3: String,
    sources: Vec<String>,
}

/// Whoever holds a token.
#[derive(Debug, Clone)]
pub struct Publisher<'a>(Option<&'a Token>);

impl Tokens {
    /// Reads a file of tokens.
    ///
    /// # Errors
    /// When it cannot be read, has a mistake, or an entry could let nobody in.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let context = || format!("gather.http.tokens_file: {}", path.display());
        let text = std::fs::read_to_string(path).with_context(context)?;
        let file: File = toml::from_str(&text).with_context(context)?;
        let token = |entry: Entry| {
            let hash = blake3::Hash::from_hex(entry.blake3.trim())
                .with_context(|| format!("token `{}`: blake3 is not 64 hex characters", entry.name))?;
            anyhow::ensure!(
                !entry.sources.is_empty(),
                "token `{}`: sources is empty; name them, or \"*\" for any",
                entry.name
            );
            let sources = entry.sources.iter().map(|source| match source.as_str() {
                "*" => "*".to_owned(),
                source => subject::source_token(Some(source)),
            });
            Ok(Token { name: entry.name, hash, sources: sources.collect() })
        };
        let tokens: anyhow::Result<Vec<Token>> = file.token.into_iter().map(token).collect();
        let tokens = tokens.with_context(context)?;
        anyhow::ensure!(!tokens.is_empty(), "gather.http.tokens_file: {} has no token", path.display());
        Ok(Self(tokens))
    }

    /// Whether anybody is let in.
    pub fn is_open(&self) -> bool {
        self.0.is_empty()
    }

    /// The publisher behind an `Authorization` header; none when it is nobody's. Hashes are compared in constant
    /// time, and all of them, so that the time says nothing.
    pub fn publisher(&self, authorization: Option<&str>) -> Option<Publisher<'_>> {
        if self.is_open() {
            return Some(Publisher(None));
        }
        let (scheme, token) = authorization?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let hash = blake3::hash(token.trim().as_bytes());
        let found =
            self.0.iter().fold(None, |found, token| if token.hash == hash { Some(token) } else { found });
        found.map(|token| Publisher(Some(token)))
    }
}

impl Publisher<'_> {
    /// Whether it may publish as a source (a subject token).
    pub fn may_speak_for(&self, source: &str) -> bool {
        self.0.is_none_or(|token| token.sources.iter().any(|own| own == "*" || own == source))
    }

    /// The one source that it speaks for, where it is one: articles that name none are taken for its.
    pub fn only_source(&self) -> Option<&str> {
        match self.0?.sources.as_slice() {
            [one] if one != "*" => Some(one),
            _ => None,
        }
    }

    /// Its name, for the log.
    pub fn name(&self) -> &str {
        self.0.map_or("anybody", |token| &token.name)
    }
}

#[cfg(test)]
mod tests {
    use super::Tokens;

    fn tokens(text: &str) -> anyhow::Result<Tokens> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("tokens.toml");
        std::fs::write(&path, text)?;
        Tokens::read(&path)
    }

    #[test]
    fn a_token_speaks_for_its_sources_only() {
        let hash = blake3::hash(b"secret").to_hex();
        let text = format!("[[token]]\nname = \"desk\"\nblake3 = \"{hash}\"\nsources = [\"Example.org\"]\n");
        let tokens = tokens(&text).expect("tokens");
        assert!(tokens.publisher(None).is_none());
        assert!(tokens.publisher(Some("Bearer wrong")).is_none());
        assert!(tokens.publisher(Some("Basic secret")).is_none());
        let publisher = tokens.publisher(Some("bearer secret")).expect("a publisher");
        assert!(publisher.may_speak_for("example_org") && !publisher.may_speak_for("other_org"));
        assert_eq!((publisher.only_source(), publisher.name()), (Some("example_org"), "desk"));
    }

    #[track_caller]
    fn check(text: &str, says: &str) {
        let error = format!("{:#}", tokens(text).expect_err("a mistake"));
        assert!(error.contains(says), "{error}");
    }

    #[test]
    fn mistakes_are_named() {
        check("", "missing field `token`");
        check("token = []", "has no token");
        check("[[token]]\nname = \"a\"\nblake3 = \"xy\"\nsources = [\"*\"]", "`a`: blake3 is not 64 hex");
        let hash = "0".repeat(64);
        check(&format!("[[token]]\nname = \"a\"\nblake3 = \"{hash}\"\nsources = []"), "sources is empty");
        check("[[token]]\nname = \"a\"\nsecret = \"x\"", "unknown field `secret`");
    }
}
