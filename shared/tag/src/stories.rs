//! Which articles print the same copy.
//!
//! Republished copy is trimmed, gets another headline and another lead; so what is compared is containment, the
//! share of the smaller text's shingles that both have (Jaccard misses more than half of it). Every text keeps a
//! small sample of its shingles: those whose hash is lowest, out of a fixed share of all hashes, so that the
//! samples of any two texts can be compared. Templates about different things («the leadership congratulates
//! the president of …») share most of their shingles too: they are told by names and numbers that each has and
//! the other has not.
//!
//! Memory is bounded: so many articles are remembered, the oldest goes. The index is a function of the articles
//! in their order, so that two replicas that read the same stream come to the same groups.

use std::collections::HashMap;

use naba_lexicon::{Lexicon, Sense};

use naba_text::slice;
use naba_text::words::{SPREAD, Word, both, hash, words};

/// Words of a shingle.
const SHINGLE_WORDS: usize = 5;
/// Of all shingles, the share that may be sampled: one in so many.
const SAMPLED_ONE_IN: u32 = 4;
/// Samples that are kept of a text, lowest first (128 bytes).
const SAMPLES_MAX: usize = 32;
/// Samples of a text under which it is found again.
const ANCHORS_MAX: usize = 4;
/// Names and numbers that are kept of a text (56 bytes).
const FACTS_MAX: usize = 14;
/// The fewest samples that must be compared.
const COMPARED_MIN: usize = 3;
/// The containment from which two texts print the same copy.
pub const CONTAINMENT_MIN: f32 = 0.5;
/// Two texts are about different things when each has a fact of its own and so great a share of all their facts
/// is not common.
const CONFLICT_SHARE_MIN: f32 = 0.25;
/// Texts that one sample leads to.
const POSTINGS: usize = 2;
const NOBODY: u32 = u32::MAX;

/// What is remembered of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch {
    /// All sampled hashes, lowest first; [`SAMPLES_MAX`] of them are kept.
    samples: Box<[u32]>,
    facts: Box<[u32]>,
}

/// One number of several hashes in their order, evenly spread.
fn shortened(hashes: impl Iterator<Item = u64>) -> u32 {
    let all = hashes.fold(0, both);
    ((all ^ all >> 32).wrapping_mul(SPREAD) >> 32) as u32
}

impl Sketch {
    /// The sketch of a text in the search folding. Its hashes are our own and stay: logs keep sketches for longer than a
    /// standard library keeps its hasher.
    pub fn of(lexicon: &Lexicon, folded: &str) -> Self {
        let words = words(folded);
        let text = |word: &Word| slice::between(folded, word.start, word.end);
        let limit = u32::MAX / SAMPLED_ONE_IN;
        let shingles =
            words.windows(SHINGLE_WORDS).map(|shingle| shortened(shingle.iter().map(|word| word.hash)));
        let mut samples: Vec<u32> = shingles.filter(|sample| *sample <= limit).collect();
        samples.sort_unstable();
        samples.dedup();
        let names = lexicon.scan_words(folded, &words).into_iter().filter(|found| {
            matches!(
                found.sense,
                Sense::Place(_, false)
                    | Sense::Organisation(_, false)
                    | Sense::GivenName
                    | Sense::Nationality(_)
            )
        });
        let fact = |found: naba_lexicon::Found| {
            let name = hash(folded.as_bytes(), found.start, found.end);
            // a given name is one with the word behind it
            let behind = || words[found.word..].iter().find(|word| word.start >= found.end);
            let behind = if found.sense == Sense::GivenName { behind() } else { None };
            shortened([Some(name), behind.map(|word| word.hash)].into_iter().flatten())
        };
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let numbers = words.iter().filter(|word| word.end - word.start >= 2 && is_number(text(word)));
        let numbers = numbers.map(|word| shortened(std::iter::once(word.hash)));
        let mut facts: Vec<u32> = names.map(fact).chain(numbers).collect();
        facts.sort_unstable();
        facts.dedup();
        facts.truncate(FACTS_MAX);
        Self { samples: samples.into(), facts: facts.into() }
    }

    /// The share of the smaller text's shingles that both have, as far as the samples of both reach.
    pub fn containment(&self, other: &Self) -> f32 {
        let (own, others, common) = compared(&self.samples, &other.samples, SAMPLES_MAX);
        let smaller = own.min(others);
        if smaller < COMPARED_MIN {
            return 0.0;
        }
        common as f32 / smaller as f32
    }

    /// Whether the two are about different things: each has facts that the other has not.
    pub fn conflicts(&self, other: &Self) -> bool {
        let (own, others, common) = compared(&self.facts, &other.facts, FACTS_MAX);
        let (own, others) = (own - common, others - common);
        let all = own + others + common;
        own > 0 && others > 0 && (own + others) as f32 >= all as f32 * CONFLICT_SHARE_MIN
    }

    /// What is remembered of the sketch: samples and facts, both rising. [`Sketch::of_parts`] reads them.
    pub fn parts(&self) -> (&[u32], &[u32]) {
        (self.samples.get(..SAMPLES_MAX.min(self.samples.len())).unwrap_or_default(), &self.facts)
    }

    /// A remembered sketch.
    pub fn of_parts(samples: &[u32], facts: &[u32]) -> Self {
        Self { samples: samples.into(), facts: facts.into() }
    }

    fn kept(&self) -> Self {
        let (samples, facts) = self.parts();
        Self::of_parts(samples, facts)
    }
}

/// Two rising lists, of which at most so many elements are kept, over the stretch that both cover: how many
/// each has there, and how many both have.
fn compared(one: &[u32], other: &[u32], kept_max: usize) -> (usize, usize, usize) {
    let reach = |list: &[u32]| list.get(kept_max - 1).copied().unwrap_or(u32::MAX);
    let reach = reach(one).min(reach(other));
    let part = |list: &[u32]| list.partition_point(|element| *element <= reach);
    let (own, others) = (part(one), part(other));
    let common = common(one.get(..own).unwrap_or_default(), other.get(..others).unwrap_or_default());
    (own, others, common)
}

/// How many elements two rising lists share.
fn common<T: Ord>(one: &[T], other: &[T]) -> usize {
    let (mut left, mut right, mut common) = (0, 0, 0);
    while let (Some(a), Some(b)) = (one.get(left), other.get(right)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => (left, right, common) = (left + 1, right + 1, common + 1),
        }
    }
    common
}

/// An article that is to be added.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Its number: the place in the stream, say.
    pub article: u32,
    /// Who prints it: any number that stands for the outlet.
    pub outlet: u32,
    /// Whose copy it says it is: any number that stands for the agency, or the outlet's own.
    pub origin: u32,
    /// Its sketch.
    pub sketch: &'a Sketch,
}

/// An article that is remembered.
#[derive(Debug)]
struct Slot {
    article: u32,
    group: u32,
    outlet: u32,
    origin: u32,
    sketch: Sketch,
}

/// A group of two articles or more.
#[derive(Debug, Default)]
struct Group {
    members: u32,
    /// Who printed it, and whose copy that one says it is.
    printed: Vec<(u32, u32)>,
}

impl Group {
    fn join(&mut self, outlet: u32, origin: u32) {
        self.members += 1;
        if self.printed.len() < MEMBERS_LISTED_MAX && !self.printed.contains(&(outlet, origin)) {
            self.printed.push((outlet, origin));
        }
    }

    /// How many outlets, and how many origins.
    fn counts(&self) -> (u32, u32) {
        let count = |mut list: Vec<u32>| {
            list.sort_unstable();
            list.dedup();
            u32::try_from(list.len()).unwrap_or(u32::MAX)
        };
        let (outlets, origins) = self.printed.iter().copied().unzip();
        (count(outlets), count(origins))
    }
}

/// Outlets with their origins that are told apart in one group.
const MEMBERS_LISTED_MAX: usize = 256;

/// What an article belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Membership {
    /// The article that the group is named after: its first one.
    pub group: u32,
    /// The article whose copy this is; none for the first one.
    pub near_duplicate_of: Option<u32>,
    /// The share of the smaller text's shingles that both have; 0 for the first one.
    pub containment: f32,
    /// How many outlets have printed it so far.
    pub outlets: u32,
    /// How many of them did not take it from an agency that another one names.
    pub independent_sources: u32,
}

/// The articles that are remembered.
#[derive(Debug)]
pub struct Stories {
    slots: Vec<Slot>,
    /// Where the next article goes; the one that stands there is the oldest.
    next: usize,
    articles_max: usize,
    /// Articles with lower numbers are too old to be found.
    oldest: u32,
    postings: HashMap<u32, [u32; POSTINGS]>,
    groups: HashMap<u32, Group>,
}

impl Stories {
    /// An index that remembers so many articles.
    pub fn new(articles_max: usize) -> Self {
        Self {
            slots: vec![],
            next: 0,
            articles_max: articles_max.max(1),
            oldest: 0,
            postings: HashMap::new(),
            groups: HashMap::new(),
        }
    }

    /// Adds an article and says what it belongs to.
    pub fn add(&mut self, new: Candidate<'_>) -> Membership {
        let near = self.best(new.sketch);
        self.insert(new, near)
    }

    /// Adds another revision of an article: it stays in that one's group, whatever it says now.
    pub fn add_revision(&mut self, new: Candidate<'_>, of: u32) -> Membership {
        let before = self.place(of).map(|place| (place, self.slots[place].sketch.containment(new.sketch)));
        let near = before.or_else(|| self.best(new.sketch));
        self.insert(new, near)
    }

    fn insert(&mut self, new: Candidate<'_>, near: Option<(usize, f32)>) -> Membership {
        let Candidate { article, outlet, origin, sketch } = new;
        let membership = match near {
            Some((place, containment)) => {
                let (group, first) = (self.slots[place].group, self.slots[place].article);
                let (outlets, independent_sources) = self.join(group, Some(place), new).counts();
                Membership {
                    group,
                    near_duplicate_of: Some(first),
                    containment,
                    outlets,
                    independent_sources,
                }
            }
            None => Membership {
                group: article,
                near_duplicate_of: None,
                containment: 0.0,
                outlets: 1,
                independent_sources: 1,
            },
        };
        self.remember(Slot { article, group: membership.group, outlet, origin, sketch: sketch.kept() });
        membership
    }

    /// Adds an article whose group is known already, from the log of another index. `near` is the article that
    /// it was found to copy.
    pub fn restore(&mut self, new: Candidate<'_>, group: u32, near: Option<u32>) {
        if let Some(near) = near {
            self.join(group, self.place(near), new);
        }
        let Candidate { article, outlet, origin, sketch } = new;
        self.remember(Slot { article, group, outlet, origin, sketch: sketch.kept() });
    }

    /// Counts an article in a group; with the one that it copies, where that was alone till now.
    fn join(&mut self, group: u32, near: Option<usize>, new: Candidate<'_>) -> &Group {
        let group = self.groups.entry(group).or_default();
        if let Some(first) = near.map(|place| &self.slots[place]).filter(|_| group.members == 0) {
            group.join(first.outlet, first.origin);
        }
        group.join(new.outlet, new.origin);
        group
    }

    /// Nobody is a copy of this article any more, nor of one before it. Their memory goes to the next ones.
    pub fn forget_until(&mut self, article: u32) {
        self.oldest = self.oldest.max(article.saturating_add(1));
    }

    /// Where an article is remembered. Articles come with rising numbers, so each half of the ring rises.
    fn place(&self, article: u32) -> Option<usize> {
        let next = self.next.min(self.slots.len());
        let (newer, older) = self.slots.split_at(next);
        let find = |half: &[Slot]| half.binary_search_by_key(&article, |slot| slot.article).ok();
        find(newer).or_else(|| find(older).map(|place| place + next))
    }

    /// The remembered article that a text shares most with; of equals the one that was there first.
    fn best(&self, sketch: &Sketch) -> Option<(usize, f32)> {
        let mut candidates: Vec<u32> =
            sketch.samples.iter().filter_map(|sample| self.postings.get(sample)).flatten().copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        let mut best: Option<(usize, f32)> = None;
        for candidate in candidates.into_iter().filter(|candidate| *candidate != NOBODY) {
            let place = candidate as usize;
            let other = &self.slots[place].sketch;
            let containment = sketch.containment(other);
            if self.slots[place].article < self.oldest {
                continue;
            }
            let better = best.is_none_or(|(known, share)| {
                containment > share
                    || (containment >= share && self.slots[place].article < self.slots[known].article)
            });
            if containment >= CONTAINMENT_MIN && better && !sketch.conflicts(other) {
                best = Some((place, containment));
            }
        }
        best
    }

    fn remember(&mut self, slot: Slot) {
        let place = self.next;
        self.next = (self.next + 1) % self.articles_max;
        let name = u32::try_from(place).unwrap_or(NOBODY);
        if let Some(old) = self.slots.get(place) {
            if let Some(group) = self.groups.get_mut(&old.group) {
                group.members = group.members.saturating_sub(1);
                if group.members == 0 {
                    self.groups.remove(&old.group);
                }
            }
            for anchor in old.sketch.samples.iter().take(ANCHORS_MAX) {
                if let Some(posting) = self.postings.get_mut(anchor) {
                    posting.iter_mut().filter(|known| **known == name).for_each(|known| *known = NOBODY);
                    if posting.iter().all(|known| *known == NOBODY) {
                        self.postings.remove(anchor);
                    }
                }
            }
        }
        for anchor in slot.sketch.samples.iter().take(ANCHORS_MAX) {
            let posting = self.postings.entry(*anchor).or_insert([NOBODY; POSTINGS]);
            // the newest comes first: copies follow each other closely
            posting.rotate_right(1);
            posting[0] = name;
        }
        if place == self.slots.len() {
            self.slots.push(slot);
        } else {
            self.slots[place] = slot;
        }
    }

    /// How many articles are remembered.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The bytes that are held for the articles that are remembered.
    pub fn bytes(&self) -> usize {
        let heap = |slot: &Slot| size_of_val(&*slot.sketch.samples) + size_of_val(&*slot.sketch.facts);
        let slots = self.slots.capacity() * size_of::<Slot>() + self.slots.iter().map(heap).sum::<usize>();
        // a table holds one byte beside each entry and is at most seven eighths full
        let entry = size_of::<(u32, [u32; POSTINGS])>() + 1;
        let lists = self.groups.values().map(|group| group.printed.capacity() * 8).sum::<usize>();
        let groups = self.groups.capacity() * 8 / 7 * (size_of::<(u32, Group)>() + 1) + lists;
        slots + groups + self.postings.capacity() * 8 / 7 * entry
    }
}
