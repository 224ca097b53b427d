//! Mojibake: text that was decoded with the wrong character set, put right again.
//!
//! A page can mix sound and damaged text, so that every run of non-ASCII characters is judged by itself:
//! ASCII survives all of these accidents, and separates the runs. A run is repaired only when the damage
//! explains it exactly (damaging the repair again gives the run, to the character) and what comes out is
//! Arabic. Runs too short to prove anything follow their line. Where more than a few runs of a damaged text cannot be
//! explained, nothing is repaired: [`is_damaged`] says that it is damaged.

mod charset;
mod damage;
mod evidence;
mod runs;
mod written;

pub use damage::Damage;
pub use evidence::{is_damaged, is_left};

use crate::map::{Map, Recorder as _, Runs};
use crate::slice;

use self::evidence::{
    arabic_letters, candidates, is_damaged_still, is_suspicious, looks_damaged, strong, strong_runs,
};
use self::runs::{has_units, plain_runs, runs};

/// A stretch that was repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What had happened to it.
    pub damage: Damage,
    /// First byte in the repaired text.
    pub start: usize,
    /// One past the last byte in the repaired text.
    pub end: usize,
}

/// A text, and what was repaired in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repaired {
    /// The text.
    pub text: String,
    /// The repairs, in the order of the text.
    pub repairs: Vec<Repair>,
    /// Runs that look damaged and that nothing explains.
    left: usize,
}

/// Of so many damaged runs one may stay as it is: more, and the text is left alone.
const LEFT_ONE_IN: usize = 5;

/// Repairs what is damaged. Sound text comes back as it is, without a copy being looked at twice: none when
/// nothing is to be repaired, or when too much of it cannot be.
pub fn repair(text: &str) -> Option<Repaired> {
    if !is_suspicious(text) {
        return None;
    }
    let candidates = candidates(text);
    if candidates.is_empty() {
        return None;
    }
    let mut repaired = Repaired::default();
    let twins: Vec<Damage> =
        Damage::all().iter().copied().filter(|twin| twin.is_twin_of(candidates[0])).collect();
    for line in text.split_inclusive('\n') {
        repair_line(line, &candidates, &twins, &mut repaired);
    }
    let is_half_done = repaired.left * LEFT_ONE_IN > repaired.repairs.len() + repaired.left;
    (!repaired.repairs.is_empty() && !is_half_done).then_some(repaired)
}

/// The way from the repaired text to the text as it came, character by character.
pub fn map(repaired: &Repaired) -> Map {
    let mut runs = Runs::default();
    let (mut at, mut from) = (0, 0);
    let sound = |runs: &mut Runs, from: &mut u32, text: &str| {
        for _ in text.chars() {
            runs.one(*from);
            *from += 1;
        }
    };
    for repair in &repaired.repairs {
        sound(&mut runs, &mut from, slice::between(&repaired.text, at, repair.start));
        for c in slice::between(&repaired.text, repair.start, repair.end).chars() {
            let length =
                repair.damage.harm(c.encode_utf8(&mut [0; 4])).map_or(1, |harmed| slice::count(&harmed));
            runs.block(1, from, length);
            from += length;
        }
        at = repair.end;
    }
    sound(&mut runs, &mut from, slice::from(&repaired.text, at));
    runs.finish()
}

/// Puts the damage back: the text as it came.
pub fn undo(text: &str, repairs: &[Repair]) -> String {
    let (mut harmed, mut at) = (String::with_capacity(text.len() * 2), 0);
    for repair in repairs {
        harmed.push_str(slice::between(text, at, repair.start));
        let mended = slice::between(text, repair.start, repair.end);
        // every repair was accepted because this gives back what stood there
        harmed.push_str(&repair.damage.harm(mended).unwrap_or_default());
        at = repair.end;
    }
    harmed.push_str(slice::from(text, at));
    harmed
}

fn repair_line(line: &str, candidates: &[Damage], twins: &[Damage], repaired: &mut Repaired) {
    // in a line without one sound Arabic word, short runs follow the rest of the text
    let dominant = candidates.first().copied();
    let doubtful = dominant.filter(|damage| {
        damage.leaves_arabic()
            || runs(line).all(|(_, run)| arabic_letters(run) == 0 || damage.mend(run).is_some())
    });
    let here =
        candidates.iter().copied().find(|damage| !damage.needs_words() && strong_runs(line, *damage) > 0);
    let judge = Judge { candidates, twins, doubtful, here };
    let mut at = 0;
    for (start, run) in runs(line) {
        repaired.text.push_str(slice::between(line, at, start));
        at = start + run.len();
        match judge.mended(run) {
            Some((damage, mended)) => repaired.push(damage, &mended),
            // references between damaged characters, or beside them
            None if has_units(run) && !run.is_ascii() => {
                let mut inner = 0;
                for (start, part) in plain_runs(run) {
                    repaired.text.push_str(slice::between(run, inner, start));
                    inner = start + part.len();
                    match judge.mended(part) {
                        Some((damage, mended)) => repaired.push(damage, &mended),
                        None => repaired.keep(part),
                    }
                }
                repaired.text.push_str(slice::from(run, inner));
            }
            None => repaired.keep(run),
        }
    }
    repaired.text.push_str(slice::from(line, at));
}

impl Repaired {
    fn push(&mut self, damage: Damage, mended: &str) {
        let start = self.text.len();
        self.text.push_str(mended);
        self.repairs.push(Repair { damage, start, end: self.text.len() });
    }

    fn keep(&mut self, run: &str) {
        self.left += usize::from(looks_damaged(run));
        self.text.push_str(run);
    }
}

/// What is known of a line's damage.
struct Judge<'a> {
    candidates: &'a [Damage],
    /// Those that differ from the first one in a few bytes.
    twins: &'a [Damage],
    /// What short runs follow.
    doubtful: Option<Damage>,
    /// What is proven in the line.
    here: Option<Damage>,
}

impl Judge<'_> {
    /// What a run was, and what had happened to it.
    fn mended(&self, run: &str) -> Option<(Damage, String)> {
        let proven = self.candidates.iter().copied().find(|damage| {
            (!damage.needs_words() || Some(*damage) == self.doubtful) && strong(run, *damage).is_some()
        });
        let follows = |damage: &Damage| {
            let plain =
                |mended: String| arabic_letters(&mended) > 0 || !mended.chars().any(char::is_alphabetic);
            // valid UTF-8 may be anything, a foreign name or an emoji; single bytes must make sense
            damage.mend(run).is_some_and(|mended| {
                !is_damaged_still(*damage, &mended) && (damage.proves_itself() || plain(mended))
            })
        };
        let twins = || self.twins.iter().copied().filter(|_| self.doubtful.is_some());
        let weak = || self.doubtful.into_iter().chain(self.here).chain(twins()).find(follows);
        let damage = proven.or_else(weak)?;
        let mended = damage.mend(run)?;
        (mended != run).then_some((damage, mended))
    }
}

#[cfg(test)]
mod tests;
