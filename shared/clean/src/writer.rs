//! Who wrote it, where the headline says so, and names that are nobody's.

use naba_text::digits;

/// Names that content systems give to whoever has none, in the search folding.
const NOBODIES: [&str; 9] =
    ["admin", "administrator", "editor", "webmaster", "root", "user", "ادمن", "المدير", "المحرر"];
/// What ends a name.
const ENDS: [&str; 7] = ["في", "فى", "بتاريخ", "يوم", "on", "at", "اضف"];
/// A name has so many words.
const NAME_WORDS: std::ops::RangeInclusive<usize> = 2..=5;

/// Whether a name is nobody's.
pub(crate) fn is_nobody(name: &str) -> bool {
    let name = naba_lexicon::folded(name).to_lowercase();
    NOBODIES.contains(&name.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// The writer in a headline: «عن المدينة والناس … بقلم : سامر الخطيب».
pub(crate) fn in_title(title: &str) -> Option<String> {
    let (headline, behind) = title.rsplit_once("بقلم")?;
    // the writer stands behind the headline; one that begins with the word is about a pen
    if !headline.ends_with(|c: char| !c.is_alphanumeric()) {
        return None;
    }
    let behind = behind.trim_start_matches([' ', ':', '-', '/', '\u{A0}']);
    name(behind.split_whitespace())
}

/// A name, up to a number, a mark or a word that goes on.
fn name<'a>(words: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut found: Vec<&str> = vec![];
    for word in words {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
        let ends = ENDS.contains(&bare) || bare.chars().any(|c| digits::value(c).is_some());
        if ends || (bare.is_empty() && !found.is_empty()) {
            break;
        }
        if !bare.is_empty() {
            found.push(bare);
        }
        if word.ends_with(['|', '،', ',']) && !found.is_empty() {
            break;
        }
    }
    (NAME_WORDS.contains(&found.len()) && !is_nobody(&found.join(" "))).then(|| found.join(" "))
}

/// A name without the label that only screen readers read out: «Author, سامر الخطيب».
pub(crate) fn without_role(name: &str) -> &str {
    name.strip_prefix("Author,").unwrap_or(name).trim()
}

#[cfg(test)]
mod tests {
    use super::{in_title, is_nobody};

    #[test]
    fn writers_are_found_where_they_stand() {
        assert_eq!(in_title("عن المدينة والناس ... بقلم : سامر الخطيب").as_deref(), Some("سامر الخطيب"));
        assert_eq!(in_title("بقلم الرصاص يرسم الطفل مدينته كلها في المعرض"), None);
        assert!(is_nobody("Admin") && !is_nobody("سامر"));
    }
}
