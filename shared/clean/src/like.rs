//! Lines that read nearly the same: one text stands for all its variations.
//!
//! Furniture that an outlet repeats is never quite the same twice: a number changes, a name is exchanged, a
//! word is left out. So two lines are alike when three quarters of their words agree, numbers aside; lines of
//! three words or fewer have to agree in all of them.

use naba_text::slice;
use naba_text::words::words;

/// Up to this many words must agree in all.
const EXACT_WORDS_MAX: usize = 3;
/// Of more words, this share must agree: in quarters.
const AGREE_QUARTERS: usize = 3;

/// The words of a line, numbers aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Like {
    words: Vec<u64>,
}

/// What every number stands for.
const NUMBER: u64 = 0;

impl Like {
    /// The words of a folded line.
    pub fn of(folded: &str) -> Self {
        let is_number =
            |start, end| slice::between(folded, start, end).bytes().all(|byte| byte.is_ascii_digit());
        let words = words(folded).into_iter();
        let word = words.map(|word| if is_number(word.start, word.end) { NUMBER } else { word.hash });
        Self { words: word.collect() }
    }

    /// How many words it has.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether another line reads nearly the same.
    pub fn is_like(&self, other: &Self) -> bool {
        agree(&self.words, &other.words)
    }

    /// How many of the last words of a line read nearly like this one: from the word that this one begins with.
    pub fn at_the_end_of(&self, line: &Self) -> Option<usize> {
        let lengths = [self.len(), self.len() + 1, self.len().saturating_sub(1)];
        lengths.into_iter().find(|length| {
            let from = line.len().checked_sub(*length);
            from.and_then(|from| line.words.get(from..)).is_some_and(|end| {
                let begins = end.first() == self.words.first() || *length == self.len();
                begins && agree(&self.words, end)
            })
        })
    }

    /// How many of the first words of a line read nearly like this one: to the word that this one ends with.
    pub fn at_the_start_of(&self, line: &Self) -> Option<usize> {
        let lengths = [self.len(), self.len() + 1, self.len().saturating_sub(1)];
        lengths.into_iter().find(|length| {
            line.words.get(..*length).is_some_and(|start| {
                let ends = start.last() == self.words.last() || *length == self.len();
                ends && agree(&self.words, start)
            })
        })
    }

    /// How many words two lines share at their ends.
    pub fn shared_end(&self, other: &Self) -> usize {
        self.words.iter().rev().zip(other.words.iter().rev()).take_while(|(a, b)| a == b).count()
    }

    /// How many words two lines share at their beginnings.
    pub fn shared_start(&self, other: &Self) -> usize {
        self.words.iter().zip(&other.words).take_while(|(a, b)| a == b).count()
    }
}

fn agree(one: &[u64], other: &[u64]) -> bool {
    let (longer, shorter) = (one.len().max(other.len()), one.len().min(other.len()));
    if longer <= EXACT_WORDS_MAX || shorter == 0 {
        return !one.is_empty() && one == other;
    }
    if shorter * 4 < longer * AGREE_QUARTERS {
        return false;
    }
    // lines are short, so comparing all with all is cheaper than sorting them first
    let mut taken = vec![false; other.len()];
    let mut found = 0;
    for word in one {
        let place = (0..other.len()).find(|place| !taken[*place] && other[*place] == *word);
        if let Some(place) = place {
            taken[place] = true;
            found += 1;
        }
    }
    found * 4 >= longer * AGREE_QUARTERS
}

#[cfg(test)]
mod tests {
    use super::Like;

    fn like(text: &str) -> Like {
        Like::of(&naba_lexicon::folded(text))
    }

    #[track_caller]
    fn check(one: &str, other: &str, expected: bool) {
        assert_eq!(like(one).is_like(&like(other)), expected, "{one} | {other}");
        assert_eq!(like(other).is_like(&like(one)), expected, "{other} | {one}");
    }

    #[test]
    fn variations_of_a_line() {
        check("كانت معكم نشرة المساء رقم 12", "كانت معكم نشرة المساء رقم 345", true);
        check("كانت معكم نشرة المساء من النخلة", "كانت معكم نشرة الصباح من النخلة", true);
        check("كانت معكم نشرة المساء", "كانت معكم أخبار الصباح", false);
        check("نشرة النخلة", "نشرة المساء", false);
        check("...", "...", false);
    }

    #[test]
    fn ends_of_lines() {
        let footer = like("النخلة للأنباء صوتكم");
        assert_eq!(footer.at_the_end_of(&like("عاد الهدوء إلى المدينة.النخلة للأنباء صوتكم")), Some(3));
        assert_eq!(footer.at_the_end_of(&like("عاد الهدوء إلى المدينة")), None);
        let opening = like("خاص بنشرة النخلة");
        assert_eq!(opening.at_the_start_of(&like("خاص بنشرة النخلة: عاد الهدوء")), Some(3));
    }
}
