//! Which articles print the same copy.
//!
//! Republished copy is trimmed, gets another headline and another lead; so what is compared is containment, the
//! share of the smaller text's shingles that both have (Jaccard misses more than half of it). Every text keeps a
//! small sample of its shingles: those whose hash is lowest, out of a fixed share of all hashes, so that the
//! samples of any two texts can be compared. Templates about different things («the leadership congratulates
//! the president of …», eight matches of one evening) share most of their shingles too: they are told by facts, names
//! and numbers that each has and the other has not.
//!
//! Memory is bounded: so many articles are remembered, the oldest goes. The index is a function of the articles
//! in their order, so that two replicas that read the same stream come to the same groups.

mod facts;
mod sketch;

use std::collections::HashMap;

pub use self::sketch::Sketch;

/// Samples of a text under which it is found again. Of eight reports of one template they lead to the last two: whoever
/// loses its place under one is found by its facts.
const ANCHORS_MAX: usize = 4;
/// The containment from which two texts print the same copy.
pub const CONTAINMENT_MIN: f32 = 0.5;
/// Texts that one sample leads to.
const POSTINGS: usize = 2;
const NOBODY: u32 = u32::MAX;

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
        let mut candidates: Vec<u32> = sketch
            .anchors(usize::MAX)
            .chain(sketch.all_facts())
            .filter_map(|anchor| self.postings.get(&anchor))
            .flatten()
            .copied()
            .collect();
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
            for anchor in old.sketch.anchors(ANCHORS_MAX).chain(old.sketch.all_facts()) {
                if let Some(posting) = self.postings.get_mut(&anchor) {
                    posting.iter_mut().filter(|known| **known == name).for_each(|known| *known = NOBODY);
                    if posting.iter().all(|known| *known == NOBODY) {
                        self.postings.remove(&anchor);
                    }
                }
            }
        }
        for anchor in slot.sketch.anchors(ANCHORS_MAX) {
            let displaced =
                self.post(anchor, name).and_then(|place| self.slots.get(place as usize).zip(Some(place)));
            // its own group's texts lead to it as well
            let others = displaced.filter(|(displaced, _)| displaced.group != slot.group);
            if let Some((facts, place)) =
                others.and_then(|(other, place)| other.sketch.all_facts().zip(Some(place)))
            {
                self.post(facts, place);
            }
        }
        if place == self.slots.len() {
            self.slots.push(slot);
        } else {
            self.slots[place] = slot;
        }
    }

    /// Writes a text under a number, and says which one has lost its place there.
    fn post(&mut self, anchor: u32, name: u32) -> Option<u32> {
        let posting = self.postings.entry(anchor).or_insert([NOBODY; POSTINGS]);
        if posting.contains(&name) {
            return None;
        }
        // the newest comes first: copies follow each other closely
        posting.rotate_right(1);
        Some(std::mem::replace(&mut posting[0], name)).filter(|displaced| *displaced != NOBODY)
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
        let heap = |slot: &Slot| slot.sketch.bytes();
        let slots = self.slots.capacity() * size_of::<Slot>() + self.slots.iter().map(heap).sum::<usize>();
        // a table holds one byte beside each entry and is at most seven eighths full
        let entry = size_of::<(u32, [u32; POSTINGS])>() + 1;
        let lists = self.groups.values().map(|group| group.printed.capacity() * 8).sum::<usize>();
        let groups = self.groups.capacity() * 8 / 7 * (size_of::<(u32, Group)>() + 1) + lists;
        slots + groups + self.postings.capacity() * 8 / 7 * entry
    }
}
