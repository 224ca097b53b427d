//! What differs between two revisions of an article, sentence by sentence.

use std::collections::{HashMap, HashSet};

use naba_record::{Changed, Difference};
use naba_text::sentences::sentences;
use naba_text::slice;

/// The share of the longer sentence's words that both have, from which one is a changed form of the other.
const CHANGED_SHARE_MIN: f32 = 0.5;
/// Sentences of either side that are compared with each other; beyond, they are only added or removed.
const COMPARED_MAX: usize = 200;

/// The difference between a body and the one that came after it; none where its sentences have more bytes together than
/// is wanted.
pub fn difference(before: &str, after: &str, bytes_max: usize) -> Option<Difference> {
    let (before, after) = (printed(before), printed(after));
    let (gone, new) = (without(&before, &after), without(&after, &before));
    if gone.iter().chain(&new).map(|sentence| sentence.len()).sum::<usize>() > bytes_max {
        return None;
    }
    let candidates: Vec<HashSet<&str>> =
        new.iter().take(COMPARED_MAX).map(|sentence| words(sentence)).collect();
    let mut taken = vec![false; new.len()];
    let mut difference = Difference::default();
    for (number, old) in gone.into_iter().enumerate() {
        let free = candidates.iter().enumerate().filter(|(place, _)| number < COMPARED_MAX && !taken[*place]);
        let old_words = words(old);
        let shares = free.map(|(place, other)| (place, share(&old_words, other)));
        match shares.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, share)| *share >= CHANGED_SHARE_MIN) {
            Some((place, _)) => {
                taken[place] = true;
                difference.changed.push(Changed { before: old.to_owned(), after: new[place].to_owned() });
            }
            None => difference.removed.push(old.to_owned()),
        }
    }
    let added = new.into_iter().zip(taken).filter(|(_, taken)| !taken);
    difference.added = added.map(|(sentence, _)| sentence.to_owned()).collect();
    Some(difference)
}

fn words(sentence: &str) -> HashSet<&str> {
    sentence.split_whitespace().collect()
}

/// The share of the longer sentence's words that both have.
fn share(one: &HashSet<&str>, other: &HashSet<&str>) -> f32 {
    one.intersection(other).count() as f32 / one.len().max(other.len()).max(1) as f32
}

fn printed(text: &str) -> Vec<&str> {
    sentences(text).into_iter().map(|(start, end)| slice::between(text, start, end)).collect()
}

/// The sentences of one list that the other has not, as often as it has them not.
fn without<'a>(list: &[&'a str], other: &[&'a str]) -> Vec<&'a str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for sentence in other {
        *counts.entry(sentence).or_default() += 1;
    }
    let mut left = |sentence: &&&'a str| match counts.get_mut(**sentence) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    list.iter().filter(|sentence| left(sentence)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[track_caller]
    fn check(before: &str, after: &str, added: &[&str], removed: &[&str], changed: &[(&str, &str)]) {
        let found = difference(before, after, usize::MAX).expect("a difference");
        assert_eq!(found.added, added);
        assert_eq!(found.removed, removed);
        let pairs: Vec<_> =
            found.changed.iter().map(|pair| (pair.before.as_str(), pair.after.as_str())).collect();
        assert_eq!(pairs, changed);
    }

    #[test]
    fn sentences_are_added_removed_and_changed() {
        let (first, second) = ("وصل الوفد إلى المدينة مساء اليوم.", "استقبله المحافظ.");
        let both = format!("{first} {second}");
        check(&both, &both, &[], &[], &[]);
        check(first, &both, &[second], &[], &[]);
        check(&both, second, &[], &[first], &[]);
        let later = "وصل الوفد إلى المدينة صباح اليوم.";
        check(&both, &format!("{later} {second}"), &[], &[], &[(first, later)]);
        check(&format!("{second} {second}"), second, &[], &[second], &[]);
        check("", &both, &[first, second], &[], &[]);
        assert_eq!(difference(first, &both, second.len() - 1), None, "longer than is wanted");
    }
}
