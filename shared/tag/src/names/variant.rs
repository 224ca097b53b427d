//! When two spellings are one name. A key is only for matching, never for reading.

use naba_lexicon::{Lexicon, Sense};
use naba_text::slice;

/// The most letters of a given name that keeps its vowels.
const GIVEN_LETTERS_MAX: usize = 5;

/// The fewest letters of a key that may differ by one.
const LETTERS_OF_ONE_OTHER_MIN: usize = 5;

/// The key of a word of a name: letters that foreign sounds are written with in several ways are one, long vowels of
/// foreign names and the article are left out. Given names of the region keep their vowels: حسن is not حسين.
pub(super) fn key(lexicon: &Lexicon, word: &str) -> String {
    let bare = word.strip_prefix("ال").filter(|bare| bare.chars().count() >= 3).unwrap_or(word);
    let letters: String = bare
        .chars()
        .filter_map(|c| match c {
            'غ' | 'ج' | 'ق' | 'گ' | 'ك' => Some('ك'),
            'ڤ' | 'ف' => Some('ف'),
            'پ' | 'ب' => Some('ب'),
            'چ' | 'ش' | 'ث' | 'ص' | 'س' => Some('س'),
            'ط' | 'ت' => Some('ت'),
            'ض' | 'د' => Some('د'),
            'ء' => None,
            _ => Some(c),
        })
        .collect();
    // the region's own given names are short, and their vowels tell them apart
    let is_given = letters.chars().count() <= GIVEN_LETTERS_MAX
        && lexicon
            .senses_of(word)
            .iter()
            .any(|sense| matches!(sense, Sense::GivenName | Sense::DoubtfulName));
    if is_given {
        return letters;
    }
    let consonants: String = letters.chars().filter(|c| !matches!(c, 'ا' | 'و' | 'ي' | 'ه')).collect();
    // what is mostly vowels is itself
    if consonants.chars().count() < 2 { letters } else { consonants }
}

/// The keys of a name's words; «عبد الله» and «عبدالله» are one.
pub(super) fn keys(lexicon: &Lexicon, words: &[&str]) -> Vec<String> {
    let mut keys: Vec<String> = vec![];
    let mut servant = false;
    for word in words {
        if *word == "عبد" {
            servant = true;
            continue;
        }
        let key = if servant { key(lexicon, &format!("عبد{word}")) } else { key(lexicon, word) };
        keys.push(key);
        servant = false;
    }
    keys
}

/// Whether two names are one person's: both end alike, and every word of the shorter one stands in the longer one in
/// its order, one letter more or less aside.
pub(super) fn same_person(one: &[String], other: &[String]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let (Some(last), Some(long_last)) = (short.last(), long.last()) else { return false };
    if short.len() < 2 || !alike(last, long_last) {
        return false;
    }
    let mut rest = long.iter();
    short.iter().all(|word| rest.any(|other| alike(word, other)))
}

fn without_first(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next().map(|_| characters.as_str())
}

/// Two keys that differ by nothing, or by two letters that have changed places, or by one letter of five and more.
pub(super) fn alike(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let same: usize =
        one.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (one_rest, other_rest) = (slice::from(one, same), slice::from(other, same));
    let (one_less, other_less) = (without_first(one_rest), without_first(other_rest));
    let swapped = || {
        let (mut one, mut other) = (one_rest.chars(), other_rest.chars());
        let letters = (one.next(), one.next(), other.next(), other.next());
        matches!(letters, (Some(a), Some(b), Some(c), Some(d)) if a == d && b == c) && one.eq(other)
    };
    let one_other = one_less.is_some() && one_less == other_less;
    let one_more = one_less == Some(other_rest) || other_less == Some(one_rest);
    let is_long = || one.chars().count().min(other.chars().count()) >= LETTERS_OF_ONE_OTHER_MIN;
    (one_other || one_more) && is_long() || swapped()
}

#[cfg(test)]
mod tests {
    use naba_lexicon::{Lexicon, folded};

    #[track_caller]
    fn check(one: &str, other: &str, same: bool) {
        let lexicon = Lexicon::built_in();
        let keys = |name: &str| {
            let name = folded(name);
            super::keys(&lexicon, &name.split(' ').collect::<Vec<_>>())
        };
        assert_eq!(
            super::same_person(&keys(one), &keys(other)),
            same,
            "{one}, {other}: {:?} {:?}",
            keys(one),
            keys(other)
        );
    }

    #[test]
    fn spellings_of_one_name() {
        check("حسن روحاني", "حسن روحانی", true);
        check("فلاديمير بوتين", "فلايدمير بوتن", true);
        check("أنطونيو غوتيريش", "انطونيو غوتيريس", true);
        check("عبد الله الثاني", "عبدالله الثاني", true);
        check("محمد جواد ظريف", "محمد ظريف", true);
        check("دونالد ترامب", "دونالد ترمب", true);
        check("سيرغي لافروف", "سيرجي لافروف", true);
        check("حسن نصر", "حسين نصر", false);
        check("محمد ظريف", "محمد جواد", false);
        check("سالم العلي", "سليم العلي", false);
    }
}
