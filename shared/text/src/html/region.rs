//! Which part of a page is its article.
//!
//! Every line has a score, the sum of what its features weigh; every element has that of its lines and a few features
//! of its own. The element with the most is the region: lines of copy pull it outwards, links and labels keep it in.
//! What belongs to it and stands outside (headline, stamps, a lead of its own) is joined, what stands inside and is
//! named as something else is marked. The weights are learned (`make train`), never set.

mod model;
mod see;

use std::ops::Range;

use naba_record::BlockKind;

use super::hints::Hints;
use super::outline::Outline;
use super::witness::Witness;
use see::{Label, Look, Seen};

pub use see::FEATURES;

/// What a line of the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// No part of the article.
    Out,
    /// The article's, or what stands around it and says something of it.
    In,
    /// Inside the article, and boilerplate by its element.
    Boilerplate,
}

/// The article's part of a page.
#[derive(Debug, Default)]
pub(super) struct Region {
    pub(super) marks: Vec<Mark>,
    pub(super) title: Option<usize>,
    /// The lines of the element that was chosen.
    pub(super) lines: Range<u32>,
    /// The page has an article at all.
    pub(super) is_article: bool,
}

/// Chooses the article's region.
pub(super) fn choose(outline: &Outline, witness: &Witness) -> Region {
    let title = witness.title_line(outline);
    if outline.lines.is_empty() {
        return Region { title, ..Region::default() };
    }
    let seen = Seen::new(outline, witness, title);
    let (element, _) = best(&seen, &model::BUILT_IN);
    let element = one_of_many(&seen, element);
    let chosen = &outline.elements[element];
    let mut marks = vec![Mark::Out; outline.lines.len()];
    for line in chosen.first..chosen.end {
        marks[line as usize] = Mark::In;
    }
    let reach = join(&seen, element, &mut marks);
    prune(&seen, element, &mut marks);
    head(&seen, reach.start, &mut marks);
    tail(&seen, reach.end, &mut marks);
    let is_article = has_article(&seen, &marks);
    Region { marks, title, lines: chosen.first..chosen.end, is_article }
}

/// How many lines before the headline, and behind the first line of the copy, a stamp or a writer is looked for.
const STAMP_LINES_BEFORE: usize = 4;
const STAMP_LINES_BEHIND: usize = 6;
/// How many lines behind the copy the writer is looked for.
const WRITER_LINES_BEHIND: usize = 6;

impl Region {
    /// The lines from a little before the headline to a little behind the copy.
    pub(super) fn reach(&self) -> Range<usize> {
        let first =
            self.title.map_or(self.lines.start as usize, |title| title.min(self.lines.start as usize));
        first.saturating_sub(STAMP_LINES_BEFORE)..self.lines.end as usize + WRITER_LINES_BEHIND
    }

    /// The moment of the first `<time>` near the headline.
    pub(super) fn moment(&self, outline: &Outline) -> Option<String> {
        let near = self.reach().start..self.lines.start as usize + STAMP_LINES_BEHIND;
        let moment = outline.moments.iter().find(|(line, _)| near.contains(line))?;
        Some(moment.1.clone())
    }
}

/// Where the region holds several articles, each in an element of its own, the one under the page's headline.
fn one_of_many(seen: &Seen<'_>, element: usize) -> usize {
    let (elements, chosen) = (&seen.outline.elements, &seen.outline.elements[element]);
    let Some(title) = seen.title.map(|title| title as u32) else { return element };
    let has_copy = |index: &usize| {
        let part = &elements[*index];
        part.hints.has(Hints::ARTICLE)
            && part.end <= chosen.end
            && Seen::between(&seen.prose, part.first, part.end) > 0
    };
    let inside = element + 1..elements.len();
    let within = inside.take_while(|index| elements[*index].first < chosen.end);
    let articles: Vec<usize> = within.filter(has_copy).collect();
    let mut titled = articles.iter().filter(|index| {
        let part = &elements[**index];
        (part.first..part.end).contains(&title)
    });
    match (titled.next(), articles.len()) {
        (Some(one), 2..) => *one,
        _ => element,
    }
}

/// The sums of the lines' scores before each line, and behind the last.
fn sums(seen: &Seen<'_>, weights: &model::Weights) -> Vec<i64> {
    let mut sum = 0;
    let mut sums = vec![0];
    for index in 0..seen.outline.lines.len() {
        sum += score(&seen.features(index), weights);
        sums.push(sum);
    }
    sums
}

fn score(features: &[u16], weights: &model::Weights) -> i64 {
    features.iter().map(|feature| i64::from(weights[usize::from(*feature)])).sum()
}

/// The element with the most score; of equals the innermost.
fn best(seen: &Seen<'_>, weights: &model::Weights) -> (usize, i64) {
    let sums = sums(seen, weights);
    let mut best = (0, i64::MIN);
    for (index, element) in seen.outline.elements.iter().enumerate() {
        if element.end <= element.first
            || &*element.name == "p" && element.end == element.first + 1 && best.1 > 0
        {
            continue;
        }
        let lines = sums[element.end as usize] - sums[element.first as usize];
        let score = lines + score(&seen.of_element(index), weights);
        if score >= best.1 {
            best = (index, score);
        }
    }
    best
}

/// The most lines between a region and a sibling that is joined to it.
const JOIN_LINES_MAX: u32 = 12;

/// Joins what reads like copy beside the region: a lead in an element of its own, the second half behind an
/// advertisement. Gives the lines from the first to the last part.
fn join(seen: &Seen<'_>, element: usize, marks: &mut [Mark]) -> Range<u32> {
    let outline = seen.outline;
    let chosen = &outline.elements[element];
    let mut reach = chosen.first..chosen.end;
    let first_allowed =
        seen.title.map_or(chosen.first.saturating_sub(JOIN_LINES_MAX), |title| title as u32 + 1);
    let is_copy = |line: u32| {
        let index = line as usize;
        let hints = seen.hints[outline.lines[index].element as usize];
        seen.looks[index] == Look::Prose
            && hints & (Hints::BOILERPLATE | Hints::CAPTION) == 0
            && !seen.is_card(index)
            && seen.label(index) == Label::None
            && outline.lines[index].linked * 10 < outline.lines[index].characters
    };
    let before = first_allowed.max(chosen.first.saturating_sub(JOIN_LINES_MAX));
    for line in (before..chosen.first).rev() {
        if is_copy(line) {
            marks[line as usize] = Mark::In;
            reach.start = line;
        }
    }
    // behind it only what is the region's sibling, of the same kind
    let holder = chosen.parent;
    if let Some(parent) = outline.elements.get(holder as usize) {
        let end = parent.end.min(chosen.end + JOIN_LINES_MAX);
        let mut line = chosen.end;
        while line < end && is_copy(line) && outline.lines[line as usize].is_sentence {
            marks[line as usize] = Mark::In;
            reach.end = line + 1;
            line += 1;
        }
    }
    reach
}

/// The share of links, in hundredths, of a part of the region that is a list of links.
const LINKS_SHARE_MIN: u32 = 60;
/// The share of the region's prose, in hundredths, that a part with boilerplate's name may hold.
const NAMED_SHARE_MAX: u32 = 30;

/// The share of the region's prose, in hundredths, that a box of related stories may hold.
const BOX_SHARE_MAX: u32 = 15;

/// Marks what is boilerplate inside the region: by its name, by the label above it, by its links.
fn prune(seen: &Seen<'_>, element: usize, marks: &mut [Mark]) {
    let outline = seen.outline;
    let chosen = &outline.elements[element];
    let prose = Seen::between(&seen.prose, chosen.first, chosen.end);
    for (index, part) in outline.elements.iter().enumerate().skip(element + 1) {
        if part.first >= chosen.end {
            break;
        }
        if part.end <= part.first
            || part.first < chosen.first
            || (part.first == chosen.first && part.end == chosen.end)
        {
            continue;
        }
        let own = Seen::between(&seen.prose, part.first, part.end);
        let characters = Seen::between(&seen.characters, part.first, part.end);
        let linked = Seen::between(&seen.linked, part.first, part.end);
        let is_named = part.hints.has(Hints::BOILERPLATE) && own * 100 <= prose * NAMED_SHARE_MAX;
        let labelled = seen.label(part.first as usize) != Label::None
            && seen.label(part.end as usize - 1) != Label::None;
        let is_list = linked * 100 >= characters * LINKS_SHARE_MIN
            && part.end - part.first > 2
            && (labelled || seen.is_card(part.first as usize) && own == 0);
        let is_comments = (part.first..part.end).all(|line| seen.label(line as usize) == Label::Comments)
            && own * 100 <= prose * NAMED_SHARE_MAX;
        // «اخترنا لكم», its teaser and its links
        let is_box = seen.is_label(part.first as usize)
            && part.end - part.first > 1
            && linked > 0
            && own * 100 <= prose * BOX_SHARE_MAX;
        if (is_named || is_list || is_comments || is_box) && !seen.is_large(index) {
            for line in part.first..part.end {
                marks[line as usize] = Mark::Boilerplate;
            }
        }
    }
}

/// The most lines between headline and copy.
const HEAD_LINES_MAX: usize = 24;
/// The most characters of a line between headline and copy.
const HEAD_CHARACTERS_MAX: u32 = 160;

/// Takes in the headline and what stands between it and the copy: summary, stamp, writer.
fn head(seen: &Seen<'_>, first: u32, marks: &mut [Mark]) {
    let first = first as usize;
    let near = |title: &usize| *title < first && first - title <= HEAD_LINES_MAX;
    let title = seen.title.filter(near).or_else(|| unnamed_title(seen, first));
    let Some(title) = title else { return };
    marks[title] = Mark::In;
    for (index, mark) in marks.iter_mut().enumerate().take(first).skip(title + 1) {
        let line = &seen.outline.lines[index];
        let hints = seen.hints[line.element as usize];
        let allowed = seen.looks[index] != Look::Linked
            && hints & (Hints::BOILERPLATE & !Hints::SHARE) == 0
            && line.characters <= HEAD_CHARACTERS_MAX
            && !seen.is_card(index)
            && seen.label(index) == Label::None;
        if *mark == Mark::Out && allowed {
            *mark = Mark::In;
        }
    }
}

/// The fewest words of a line right above the copy that can be its headline.
const UNNAMED_TITLE_WORDS_MIN: usize = 4;

/// The line right above the copy, where nothing on the page says what its headline is.
fn unnamed_title(seen: &Seen<'_>, first: usize) -> Option<usize> {
    let above = first.checked_sub(1).filter(|_| seen.title.is_none())?;
    let line = &seen.outline.lines[above];
    let words = seen.outline.words(line).split_whitespace().count();
    let allowed = seen.looks[above] != Look::Linked
        && seen.hints[line.element as usize] & Hints::BOILERPLATE == 0
        && seen.label(above) == Label::None
        && words >= UNNAMED_TITLE_WORDS_MIN;
    allowed.then_some(above)
}

/// The most lines behind the copy that are looked at for credits.
const TAIL_LINES_MAX: u32 = 4;
/// The most characters of a credit.
const CREDIT_CHARACTERS_MAX: u32 = 60;
/// What credits begin with.
const CREDITS: [&str; 7] = ["المصدر", "مصدر", "كتب", "بقلم", "تحرير", "اعداد", "source"];

/// Takes in credits right behind the copy.
fn tail(seen: &Seen<'_>, end: u32, marks: &mut [Mark]) {
    let outline = seen.outline;
    for index in end..(end + TAIL_LINES_MAX).min(outline.lines.len() as u32) {
        let line = &outline.lines[index as usize];
        if line.characters <= CREDIT_CHARACTERS_MAX && seen.looks[index as usize] != Look::Linked {
            let words = super::witness::key(outline.words(line));
            if CREDITS.iter().any(|credit| words.starts_with(credit)) {
                marks[index as usize] = Mark::In;
            }
        }
    }
}

/// The fewest characters of prose of an article, where its page names no headline.
const ARTICLE_CHARACTERS_MIN: u32 = 120;

/// Whether what was chosen reads like an article: prose that is not a list of teasers.
fn has_article(seen: &Seen<'_>, marks: &[Mark]) -> bool {
    let (mut prose, mut cards) = (0, 0);
    for (index, mark) in marks.iter().enumerate() {
        if *mark == Mark::In && seen.looks[index] == Look::Prose {
            let characters = seen.outline.lines[index].characters;
            prose += characters;
            if seen.is_card(index) && seen.outline.lines[index].kind != BlockKind::Paragraph {
                cards += characters;
            }
        }
    }
    prose > 0 && (seen.title.is_some() || prose >= ARTICLE_CHARACTERS_MIN) && cards * 2 <= prose
}

/// A page as the region's model sees it: for learning.
#[derive(Debug, Default)]
pub struct Lesson {
    /// The words of each line, and its features.
    pub lines: Vec<(String, Vec<u16>)>,
    /// The elements that can be the region: their lines and their features.
    pub elements: Vec<(Range<usize>, Vec<u16>)>,
}

/// Reads a page for learning.
pub(super) fn lesson(outline: &Outline, witness: &Witness) -> Lesson {
    let seen = Seen::new(outline, witness, witness.title_line(outline));
    let line = |index: usize| (outline.words(&outline.lines[index]).to_owned(), seen.features(index));
    let element = |index: usize| {
        let element = &outline.elements[index];
        (element.first as usize..element.end as usize, seen.of_element(index))
    };
    Lesson {
        lines: (0..outline.lines.len()).map(line).collect(),
        elements: (0..outline.elements.len()).map(element).filter(|(lines, _)| !lines.is_empty()).collect(),
    }
}

/// The weights as the file that ships with naba.
pub fn weights_file(weights: &[i32]) -> String {
    model::write(weights)
}
