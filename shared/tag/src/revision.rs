//! What differs between two revisions of an article, sentence by sentence.

use std::collections::{HashMap, HashSet};

use naba_record::{Changed, Difference};
use naba_text::sentences::sentences;
use naba_text::slice;

/// The share of the longer sentence's words that both have, from which one is a changed form of the other.
const CHANGED_SHARE_MIN: f32 = 0.5;
/// Sentences of either side that are compared with each other; beyond, they are only added or removed.
const COMPARED_MAX: usize = 200;

/// The difference between a body and the one that came after it.
pub fn difference(before: &str, after: &str) -> Difference {
    let (before, after) = (printed(before), printed(after));
    let mut removed = without(&before, &after);
    let mut added = without(&after, &before);
    let mut changed = vec![];
    let candidates: Vec<HashSet<&str>> =
        added.iter().take(COMPARED_MAX).map(|sentence| sentence.split_whitespace().collect()).collect();
    let mut taken = vec![false; added.len()];
    let mut compared = 0;
    removed.retain(|old| {
        compared += 1;
        if compared > COMPARED_MAX {
            return true;
        }
        let words: HashSet<&str> = old.split_whitespace().collect();
        let share = |other: &HashSet<&str>| {
            words.intersection(other).count() as f32 / words.len().max(other.len()).max(1) as f32
        };
        let free = candidates.iter().enumerate().filter(|(place, _)| !taken[*place]);
        let best = free.map(|(place, other)| (place, share(other))).max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((place, _)) = best.filter(|(_, share)| *share >= CHANGED_SHARE_MIN) else { return true };
        taken[place] = true;
        changed.push(Changed { before: (*old).to_owned(), after: added[place].to_owned() });
        false
    });
    let mut place = 0;
    added.retain(|_| {
        place += 1;
        !taken[place - 1]
    });
    let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
    Difference { added: owned(added), removed: owned(removed), changed }
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
        let found = difference(before, after);
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
    }
}
