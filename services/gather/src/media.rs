//! Media types, as `Content-Type` declares them.

/// A media type in lower case, and the character set that is declared with it.
pub(crate) fn parse(declared: &str) -> (String, Option<String>) {
    let mut parts = declared.split(';');
    let media = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset = parts.filter_map(|part| part.split_once('=')).find_map(|(name, value)| {
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    });
    (media, charset.filter(|charset| !charset.is_empty()))
}
