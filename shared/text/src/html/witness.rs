//! What a page says of its article beside the article itself: headlines, summary, the copy in its linked data. Each
//! is a witness for the lines that say the same.

use std::hash::Hasher as _;
use std::sync::LazyLock;

use rustc_hash::{FxHashSet, FxHasher};

use super::outline::Outline;
use crate::normalise::{Profile, SEARCH, fold};
use crate::slice;

/// What a page says of its article.
#[derive(Debug, Default)]
pub(super) struct Witness {
    /// Headlines as metadata has them, the most trusted first.
    pub(super) titles: Vec<String>,
    /// The name of the outlet.
    pub(super) site: Option<String>,
    /// Runs of words of the summary, and of the copy.
    pub(super) description: FxHashSet<u64>,
    pub(super) body: FxHashSet<u64>,
}

static SEARCH_PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile::new(SEARCH));

/// Letters and digits of a text in the search folding, with one space between two words: what two texts that read
/// alike have in common.
pub(super) fn key(text: &str) -> String {
    let folded = fold(&SEARCH_PROFILE, text);
    let mut key = String::with_capacity(folded.len());
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    }
    key
}

/// Words in a run that is compared.
const RUN_WORDS: usize = 4;
/// The most bytes of a witness that are read.
const WITNESS_BYTES_MAX: usize = 200_000;

/// Hashes of every run of four words of a text, as it is printed.
pub(super) fn hashes_of_runs(text: &str) -> impl Iterator<Item = u64> + '_ {
    let mut last = [0_u64; RUN_WORDS];
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.enumerate().filter_map(move |(count, word)| {
        let mut hasher = FxHasher::default();
        hasher.write(word.as_bytes());
        last.rotate_left(1);
        last[RUN_WORDS - 1] = hasher.finish();
        let run = last.iter().fold(0_u64, |run, word| run.rotate_left(9) ^ word);
        (count + 1 >= RUN_WORDS).then_some(run)
    })
}

/// The runs of a witness.
pub(super) fn runs(text: &str) -> FxHashSet<u64> {
    let end = text.floor_char_boundary(WITNESS_BYTES_MAX.min(text.len()));
    hashes_of_runs(slice::until(text, end)).collect()
}

/// Marks between a headline and the name of its site.
const SEPARATORS: [&str; 9] = [" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • "];
/// The longest headline that is looked for, in bytes, and how often each mark is cut at in it.
const TITLE_BYTES_MAX: usize = 1_000;
const SEPARATORS_MAX: usize = 6;
/// The most headlines and parts of them that every line is compared with.
const KEYS_MAX: usize = 48;
/// The fewest words of a part of a page's title that is a headline.
const PART_WORDS_MIN: usize = 3;
/// The fewest words that a line has in common with a headline that it begins.
const BEGINNING_WORDS_MIN: usize = 5;
/// Lines longer than this are no headlines.
const TITLE_CHARACTERS_MAX: u32 = 300;

impl Witness {
    /// The keys of all headlines, whole and in parts.
    fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = vec![];
        for title in self.titles.iter().filter(|title| title.len() <= TITLE_BYTES_MAX) {
            keys.push(key(title));
            for separator in SEPARATORS {
                for (at, mark) in title.match_indices(separator).take(SEPARATORS_MAX) {
                    for part in [slice::until(title, at), slice::from(title, at + mark.len())] {
                        let part = key(part);
                        if part.split(' ').count() >= PART_WORDS_MIN {
                            keys.push(part);
                        }
                    }
                }
            }
        }
        keys.retain(|key| !key.is_empty());
        keys.sort();
        keys.dedup();
        keys.truncate(KEYS_MAX);
        keys
    }

    /// The line that is the headline: one that reads as metadata says, a heading rather than a link; else the first
    /// heading of the first degree that is no logo.
    pub(super) fn title_line(&self, outline: &Outline) -> Option<usize> {
        let keys = self.keys();
        let agrees = |line: &str| {
            let line = key(line);
            let words = line.split(' ').count();
            keys.iter()
                .filter_map(|key| {
                    let is_part = |whole: &str, part: &str| {
                        part.split(' ').count() >= BEGINNING_WORDS_MIN
                            && whole.strip_prefix(part).is_some_and(|rest| rest.starts_with(' '))
                    };
                    (*key == line || is_part(&line, key) && words < 40 || is_part(key, &line))
                        .then_some((*key == line, words))
                })
                .max()
        };
        let mut best: Option<((bool, bool, u8, usize), usize)> = None;
        for (index, line) in outline.lines.iter().enumerate() {
            if line.characters > TITLE_CHARACTERS_MAX || line.characters < 4 {
                continue;
            }
            let is_link = line.linked * 10 > line.characters * 7;
            if keys.is_empty() || line.heading == 0 && is_link {
                continue;
            }
            let Some((exact, words)) = agrees(outline.words(line)) else { continue };
            let heading = if line.heading == 0 { 0 } else { 5 - line.heading };
            let rank = (heading > 0, !is_link, heading.max(u8::from(exact)), words);
            if best.as_ref().is_none_or(|(known, _)| rank > *known) {
                best = Some((rank, index));
            }
        }
        best.map(|(_, index)| index).or_else(|| self.first_heading(outline))
    }

    fn first_heading(&self, outline: &Outline) -> Option<usize> {
        let site = self.site.as_deref().map(key);
        let is_title = |index: &usize| {
            let line = &outline.lines[*index];
            line.heading == 1
                && line.characters <= TITLE_CHARACTERS_MAX
                && key(outline.words(line)).split(' ').count() >= PART_WORDS_MIN
                && site.as_deref() != Some(&*key(outline.words(line)))
        };
        (0..outline.lines.len()).find(is_title)
    }
}

/// The fewest words of a page's own title that is taken for a headline when no line of the page reads so.
const UNSEEN_TITLE_WORDS_MIN: usize = 5;
/// The most words of a site's name behind a headline.
const SITE_WORDS_MAX: usize = 4;

/// A headline without the name of its site. `is_page_title`: it is the page's own, which names the site more often
/// than not.
pub(super) fn bare_title(title: &str, site: Option<&str>, is_page_title: bool) -> Option<String> {
    let site = site.map(key);
    let mut bare = title.to_owned();
    for separator in SEPARATORS {
        let parts: Vec<&str> = bare.split(separator).collect();
        let is_site = |part: &str| {
            let part = key(part);
            site.as_deref() == Some(&*part) || is_page_title && part.split(' ').count() <= SITE_WORDS_MAX
        };
        let kept: Vec<&str> = match parts.as_slice() {
            [rest @ .., last] if !rest.is_empty() && is_site(last) => rest.to_vec(),
            [first, rest @ ..]
                if !rest.is_empty() && is_site(first) && site.as_deref() == Some(&*key(first)) =>
            {
                rest.to_vec()
            }
            _ => continue,
        };
        bare = kept.join(separator);
    }
    let words = key(&bare).split(' ').count();
    (!is_page_title || words >= UNSEEN_TITLE_WORDS_MIN).then(|| bare.trim().to_owned())
}
