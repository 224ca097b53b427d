//! Which values that stand for a writer name one.

use super::witness;

/// Names that content systems give to whoever has none, in the search folding.
const NOBODIES: [&str; 16] = [
    "admin",
    "administrator",
    "editor",
    "webmaster",
    "root",
    "user",
    "author",
    "guest",
    "super user",
    "ادمن",
    "المدير",
    "مدير الموقع",
    "الادارة",
    "اداره الموقع",
    "محرر",
    "المحرر",
];
/// The most words of a byline: three names and their roles.
const BYLINE_WORDS_MAX: usize = 16;

/// Whether a value names a writer: no address, no name that stands for nobody, not the site's own.
pub(super) fn names_a_writer(value: &str, sites: &[String], host: &str) -> bool {
    let name = witness::key(value).to_lowercase();
    let joined = name.replace(' ', "");
    let is_address = value.contains("://") || value.contains('@') || value.starts_with("www.");
    let is_host = joined.is_ascii() && joined.len() > 3 && host.replace('-', "").contains(&joined);
    !is_address
        && !joined.is_empty()
        && !NOBODIES.contains(&name.as_str())
        && !name.starts_with("developed by")
        && !sites.iter().any(|site| *site == joined || site.starts_with(&joined) && joined.len() > 12)
        && !is_host
        && name.split(' ').count() <= BYLINE_WORDS_MAX
        && joined.chars().any(char::is_alphabetic)
}
