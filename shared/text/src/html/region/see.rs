//! What a page's lines and elements are as numbers.

use std::collections::hash_map::Entry;
use std::sync::LazyLock;

use naba_record::BlockKind;
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::hints::Hints;
use super::super::outline::{Line, Outline};
use super::super::witness::{Witness, hashes_of_runs, key};

/// What lines and elements are told by: the name of each group, and how many features it has.
pub(super) const GROUPS: [(&str, u16); 14] = [
    ("shape", 36),
    ("before", 20),
    ("behind", 20),
    ("zone", 28),
    ("boilerplate", 18),
    ("of_meta", 4),
    ("of_copy", 8),
    ("cards", 4),
    ("label", 4),
    ("witness", 5),
    ("kind", 12),
    ("commas", 4),
    ("element", 14),
    ("tail", 8),
];

/// How many features there are.
pub const FEATURES: usize = 185;

/// The first feature of a group.
const fn first(group: usize) -> u16 {
    let (mut sum, mut at) = (0, 0);
    while at < group {
        sum += GROUPS[at].1;
        at += 1;
    }
    sum
}
const _: () = assert!(first(GROUPS.len()) as usize == FEATURES);

/// How a line looks, in four words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Linked,
    Prose,
    Short,
    Other,
}

/// From this share of links on, in hundredths, a line is a link; below the other it can be prose.
const LINKED_SHARE_MIN: u32 = 70;
const PROSE_LINKED_MAX: u32 = 33;
/// The fewest characters of a line of prose, and of one that ends like a sentence.
const PROSE_CHARACTERS_MIN: u32 = 80;
const SENTENCE_CHARACTERS_MIN: u32 = 40;
/// The most characters of a short line.
const SHORT_CHARACTERS_MAX: u32 = 60;

pub(super) fn look(line: &Line) -> Look {
    let share = line.linked * 100 / line.characters.max(1);
    let long = line.characters >= PROSE_CHARACTERS_MIN
        || (line.is_sentence && line.characters >= SENTENCE_CHARACTERS_MIN);
    if share >= LINKED_SHARE_MIN {
        Look::Linked
    } else if long && share < PROSE_LINKED_MAX {
        Look::Prose
    } else if line.characters < SHORT_CHARACTERS_MAX {
        Look::Short
    } else {
        Look::Other
    }
}

/// What is known of a page beside its lines.
pub(super) struct Seen<'page> {
    pub(super) outline: &'page Outline,
    pub(super) looks: Vec<Look>,
    /// Characters of prose before each line, and behind the last.
    pub(super) prose: Vec<u32>,
    /// Characters, and linked ones, before each line.
    pub(super) characters: Vec<u32>,
    pub(super) linked: Vec<u32>,
    /// The line that is the headline.
    pub(super) title: Option<usize>,
    /// Of each element: what it and those around it say.
    pub(super) hints: Vec<u16>,
    /// Of each element: how many of its like stand beside it, or beside one around it, all with links.
    cards: Vec<u16>,
    /// Of each line: the label that it stands under.
    labels: Vec<Label>,
    witnessed: Vec<[Option<bool>; 2]>,
}

/// The label that a line stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    None,
    Comments,
    Other,
}

/// The share of a page's prose from which an element is no boilerplate, whatever it is called.
const NAMED_SHARE_MAX: f32 = 0.5;
/// The fewest elements of one look that are cards.
const CARDS_MIN: u16 = 3;
const MANY_CARDS_MIN: u16 = 8;

impl<'page> Seen<'page> {
    pub(super) fn new(outline: &'page Outline, witness: &Witness, title: Option<usize>) -> Self {
        let looks: Vec<Look> = outline.lines.iter().map(look).collect();
        let sums = |of: &dyn Fn(usize, &Line) -> u32| {
            let mut sum = 0;
            let mut sums = vec![0];
            for (index, line) in outline.lines.iter().enumerate() {
                sum += of(index, line);
                sums.push(sum);
            }
            sums
        };
        let prose =
            sums(&|index, line| if looks[index] == Look::Prose { line.characters - line.linked } else { 0 });
        let mut seen = Self {
            prose,
            characters: sums(&|_, line| line.characters),
            linked: sums(&|_, line| line.linked),
            outline,
            looks,
            title,
            hints: vec![],
            cards: vec![],
            labels: vec![],
            witnessed: vec![],
        };
        seen.hints = seen.spread_hints();
        seen.cards = seen.spread_cards();
        seen.labels = seen.spread_labels();
        seen.witnessed = outline.lines.iter().map(|line| seen.testimony(line, witness)).collect();
        seen
    }

    /// Characters of a kind between two lines.
    pub(super) fn between(sums: &[u32], first: u32, end: u32) -> u32 {
        let at = |index: u32| sums.get(index as usize).copied().unwrap_or_default();
        at(end).saturating_sub(at(first))
    }

    /// Whether an element holds the headline, or so much of the page that it can be no part that goes.
    pub(super) fn is_large(&self, element: usize) -> bool {
        let at = &self.outline.elements[element];
        let whole = self.prose.last().copied().unwrap_or_default();
        let holds_title = self
            .title
            .is_some_and(|title| (at.first..at.end).contains(&(title as u32)) && at.end > at.first + 2);
        holds_title
            || Self::between(&self.prose, at.first, at.end) as f32 > whole as f32 * NAMED_SHARE_MAX
                && !at.hints.has(Hints::COMMENTS | Hints::OVERLAY)
    }

    fn spread_hints(&self) -> Vec<u16> {
        let mut hints: Vec<u16> = Vec::with_capacity(self.outline.elements.len());
        for (index, element) in self.outline.elements.iter().enumerate() {
            let mut own = element.hints.bits();
            if own & Hints::BOILERPLATE != 0 && self.is_large(index) {
                own &= !Hints::BOILERPLATE;
            }
            let around = hints.get(element.parent as usize).copied().unwrap_or_default();
            hints.push(own | around);
        }
        hints
    }

    fn spread_cards(&self) -> Vec<u16> {
        let elements = &self.outline.elements;
        let mut groups: FxHashMap<(u32, u32), (u16, u16)> = FxHashMap::default();
        let has_lines =
            |element: &super::super::outline::Element| element.look != 0 && element.end > element.first;
        for element in elements.iter().filter(|element| has_lines(element)) {
            let (count, with_links) = groups.entry((element.parent, element.look)).or_default();
            *count = count.saturating_add(1);
            let links = Self::between(&self.linked, element.first, element.end);
            *with_links = with_links.saturating_add(u16::from(links > 0));
        }
        let mut cards: Vec<u16> = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let around = cards.get(element.parent as usize).copied().unwrap_or_default();
            let own = match groups.get(&(element.parent, element.look)) {
                Some((count, with_links))
                    if has_lines(element) && with_links * 2 > *count && !self.is_large(index) =>
                {
                    *count
                }
                _ => 0,
            };
            cards.push(own.max(around));
        }
        cards
    }

    /// A label holds for what stands behind it in the innermost element that holds more than the label.
    fn spread_labels(&self) -> Vec<Label> {
        let lines = &self.outline.lines;
        let mut labels = Vec::with_capacity(lines.len());
        let mut open: Vec<(usize, Label)> = vec![];
        for (index, line) in lines.iter().enumerate() {
            open.retain(|(end, _)| *end > index);
            if let Some(label) = label_of(self.outline, line) {
                let ends = |element: u32| self.outline.elements[element as usize].end as usize;
                let end = self.outline.around(line.element).map(ends).find(|end| *end > index + 1);
                let end = end.unwrap_or(index + 1);
                open.retain(|(other, _)| *other > end);
                open.push((end, label));
            }
            labels.push(open.last().map_or(Label::None, |(_, label)| *label));
        }
        labels
    }

    fn testimony(&self, line: &Line, witness: &Witness) -> [Option<bool>; 2] {
        if line.characters < SENTENCE_CHARACTERS_MIN {
            return [None; 2];
        }
        let runs: Vec<u64> = hashes_of_runs(self.outline.words(line)).take(3).collect();
        let stands_in = |set: &FxHashSet<u64>| {
            (!set.is_empty() && !runs.is_empty()).then(|| runs.iter().any(|run| set.contains(run)))
        };
        [stands_in(&witness.body), stands_in(&witness.description)]
    }

    /// Whether a line is one of many of one look.
    pub(super) fn is_card(&self, line: usize) -> bool {
        self.cards[self.outline.lines[line].element as usize] >= CARDS_MIN
    }

    pub(super) fn label(&self, line: usize) -> Label {
        self.labels[line]
    }

    /// Whether a line is a label that opens a part of the page.
    pub(super) fn is_label(&self, line: usize) -> bool {
        label_of(self.outline, &self.outline.lines[line]).is_some()
    }

    /// What a line is, as numbers of features.
    pub(super) fn features(&self, index: usize) -> Vec<u16> {
        let line = &self.outline.lines[index];
        let own = self.looks[index];
        let prose = u16::from(own == Look::Prose);
        let beside = |look: Option<&Look>| look.map_or(4, |look| *look as u16);
        let mut features = vec![
            first(0) + shape(line),
            first(1)
                + own as u16 * 5
                + beside(index.checked_sub(1).and_then(|before| self.looks.get(before))),
            first(2) + own as u16 * 5 + beside(self.looks.get(index + 1)),
            first(3) + own as u16 * 7 + self.zone(index),
            first(11) + [0, 1, 2, 2, 3][line.commas.min(4) as usize],
            first(10) + kind(line) * 2 + prose,
        ];
        let hints = self.hints[line.element as usize];
        for bit in 0..Hints::BOILERPLATE_KINDS as u16 {
            if hints & (1 << bit) != 0 {
                features.push(first(4) + bit * 2 + prose);
            }
        }
        if hints & Hints::META != 0 {
            features.push(first(5) + prose);
        }
        if hints & Hints::CAPTION != 0 {
            features.push(first(5) + 2 + prose);
        }
        let copy = u16::from(hints & Hints::BODY != 0) + 2 * u16::from(hints & Hints::ARTICLE != 0);
        features.push(first(6) + copy * 2 + prose);
        let cards = self.cards[line.element as usize];
        if cards >= CARDS_MIN {
            features.push(first(7) + u16::from(cards >= MANY_CARDS_MIN) * 2 + prose);
        }
        match self.labels[index] {
            Label::None => {}
            label => features.push(first(8) + u16::from(label == Label::Comments) * 2 + prose),
        }
        if let Some(is) = self.witnessed[index][0] {
            features.push(first(9) + u16::from(is) * 2 + prose);
        }
        if self.witnessed[index][1] == Some(true) {
            features.push(first(9) + 4);
        }
        features
    }

    /// What an element is as a whole.
    pub(super) fn of_element(&self, index: usize) -> Vec<u16> {
        let element = &self.outline.elements[index];
        let bits = element.hints.bits();
        let holds_title =
            self.title.is_some_and(|title| (element.first..element.end).contains(&(title as u32)));
        let all = Self::between(&self.characters, element.first, element.end);
        let linked = Self::between(&self.linked, element.first, element.end) * 4 / all.max(1);
        let found = [
            bits & Hints::BODY != 0,
            bits & Hints::ARTICLE != 0,
            &*element.name == "main",
            &*element.name == "td",
            self.hints[index] & (Hints::COMMENTS | Hints::OVERLAY) != 0,
            self.hints[index] & (Hints::RELATED | Hints::SIDE | Hints::FOOTER | Hints::AD | Hints::NAV) != 0,
            holds_title,
            linked == 0,
            linked == 1,
            linked > 1,
        ];
        found.iter().zip(0..).filter(|(is, _)| **is).map(|(_, place)| first(12) + place).collect()
    }

    /// Where a line stands, seen from the headline.
    fn zone(&self, index: usize) -> u16 {
        let Some(title) = self.title else { return 6 };
        match index.checked_sub(title) {
            None => 0,
            Some(0) => 1,
            Some(1..=3) => 2,
            Some(4..=15) => 3,
            Some(16..=50) => 4,
            Some(_) => 5,
        }
    }
}

fn shape(line: &Line) -> u16 {
    let length = match line.characters {
        0..=14 => 0,
        15..=39 => 1,
        40..=79 => 2,
        80..=159 => 3,
        160..=399 => 4,
        _ => 5,
    };
    let links = match line.linked * 100 / line.characters.max(1) {
        0..=19 => 0,
        20..=69 => 1,
        _ => 2,
    };
    (length * 3 + links) * 2 + u16::from(line.is_sentence)
}

fn kind(line: &Line) -> u16 {
    match line.kind {
        BlockKind::Paragraph => 0,
        BlockKind::Heading => 1,
        BlockKind::ListItem => 2,
        BlockKind::Quote => 3,
        BlockKind::Caption => 4,
        BlockKind::TableRow | BlockKind::Furniture => 5,
    }
}

/// The labels of `data/labels.tsv`, by their first word.
static LABELS: LazyLock<FxHashMap<&'static str, Vec<(&'static str, Label)>>> = LazyLock::new(|| {
    let mut labels: FxHashMap<&str, Vec<_>> = FxHashMap::default();
    for line in include_str!("../data/labels.tsv").lines().filter(|line| !line.starts_with('#')) {
        let Some((says, words)) = line.split_once('\t') else { continue };
        let label = if says == "comments" { Label::Comments } else { Label::Other };
        let word = words.split(' ').next().unwrap_or_default();
        match labels.entry(word) {
            Entry::Occupied(entry) => entry.into_mut().push((words, label)),
            Entry::Vacant(entry) => {
                entry.insert(vec![(words, label)]);
            }
        }
    }
    labels
});

/// The most characters of a label with a number or a headline behind it.
const LABEL_CHARACTERS_MAX: u32 = 70;
/// The most words behind a label, unless it is a heading.
const BEHIND_LABEL_WORDS_MAX: usize = 2;

fn label_of(outline: &Outline, line: &Line) -> Option<Label> {
    if line.characters > LABEL_CHARACTERS_MAX
        || line.kind == BlockKind::Paragraph && line.is_sentence && line.characters > 30
    {
        return None;
    }
    let key = key(outline.words(line));
    let bare = key.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let labels = LABELS.get(bare.split(' ').next()?)?;
    let is = |words: &str| {
        bare.strip_prefix(words).is_some_and(|rest| {
            rest.is_empty()
                || rest.starts_with(' ')
                    && (line.heading > 0 || rest.split_whitespace().count() <= BEHIND_LABEL_WORDS_MAX)
        })
    };
    labels.iter().find(|(words, _)| is(words)).map(|(_, label)| *label)
}
