//! Below the last paragraph: sections, calls, credits, marks.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use naba_lexicon::Sense;
use naba_record::Kind;
use naba_text::slice;

use crate::boundary::model::Part;
use crate::decide::{Article, Cut};
use crate::evidence;
use crate::folding::Folding;
use crate::head;
use crate::page::{self, Unit};
use crate::rules::{Place, UNIT_BYTES_MAX, Until};
use crate::stamp;

/// The most words of an unlabelled line between two labelled ones that goes with them.
const GAP_WORDS_MAX: usize = 8;
/// The most words of a line that opens a section.
const SECTION_WORDS_MAX: usize = 12;
/// The fewest words of a paragraph that counts as repeated; a shorter one may be the heading of two lists.
const REPEATED_WORDS_MIN: usize = 12;
/// The fewest words of a sentence of flat text that counts as repeated.
const SENTENCE_WORDS_MIN: usize = 16;
/// The fewest words of a sentence that shows that a section is over and copy goes on.
const COPY_WORDS_MIN: usize = 12;
/// How much of what came before is searched for names and words that copy shares with it.
const BEFORE_UNITS_MAX: usize = 100;
/// How many bytes all these searches read in one article; real ones stay under a tenth of it.
const SEARCHED_BYTES_MAX: usize = 256 << 20;
/// How many bytes of the last paragraph may be furniture that is glued to it.
const ENDS_BYTES_MAX: usize = 800;
/// How often an end may be cut from one unit: a source, an end mark, tags, an address.
const ENDS_MAX: usize = 4;

/// Reads the sections downwards from the lead and the tail upwards to the last paragraph.
pub(crate) fn read(article: &mut Article<'_>, lead: usize) {
    sections(article, lead);
    middle(article, lead);
    repeated(article, lead);
    let mut last = article.units.len();
    while last > lead + 1 {
        let index = last - 1;
        if article.labels[index].is_none() {
            match article.rule(index, Place::Tail) {
                Some(rule) => article.label(index, rule.kind, &rule.id),
                None if end_alone(article, index) => {}
                None if head::is_name_line(article, index) => {
                    article.label(index, Kind::Byline, "byline.name_as_the_last_line");
                }
                None if stamp::is_below(article, index) => {
                    article.label(index, Kind::Timestamp, "timestamp.line_below");
                }
                None if stands_above_a_role(article, index) => {
                    article.label(index, Kind::Byline, "byline.above_a_role");
                }
                None if bridges(article, index, lead) => {
                    article.label(index, Kind::Other, "tail.between_furniture");
                }
                None => match evidence::verdict(&evidence::signs(article, index, lead)) {
                    Some(sign) => article.label(index, sign.kind, sign.rule),
                    None if hangs_under_furniture(article, index, lead) => {
                        article.label(index, Kind::Other, "tail.under_furniture");
                    }
                    None => break,
                },
            }
        }
        last -= 1;
    }
    if let Some(index) = (lead..last).rev().find(|index| article.labels[*index].is_none()) {
        ends(article, index, lead);
    }
}

/// Sections that open with a label and run to the end, unless copy goes on behind them.
fn sections(article: &mut Article<'_>, lead: usize) {
    let mut index = lead + 1;
    // the first copy behind the sections so far: each unit is looked at once, however many sections open
    let mut seen: Option<Option<usize>> = None;
    let left = Cell::new(SEARCHED_BYTES_MAX);
    while index < article.units.len() {
        let is_label = article.units[index].words <= SECTION_WORDS_MAX;
        let rule = is_label.then(|| article.rule(index, Place::Tail)).flatten();
        let opens = rule.filter(|rule| rule.until == Until::End);
        let Some(rule) = opens else {
            index += 1;
            continue;
        };
        article.label(index, rule.kind, &rule.id);
        let copy = match seen {
            Some(None) => None,
            Some(Some(copy)) if copy > index => Some(copy),
            _ => (index + 1..article.units.len()).find(|later| is_copy(article, lead, *later, &left)),
        };
        seen = Some(copy);
        let end = match copy {
            // the label and the headlines under it go, the copy behind them stays
            Some(copy) => {
                (index + 1..copy).find(|later| !article.units[*later].is_headline_like()).unwrap_or(copy)
            }
            None => article.units.len(),
        };
        // what stands behind a label in flat text is a headline: what ends like a sentence, or is copy to the model, stays
        let stays = |later: &usize| {
            let unit = &article.units[*later];
            let of_the_model = unit.piece.as_ref().filter(|piece| piece.is_of_the_model());
            of_the_model.is_some_and(|piece| piece.part == Part::Copy || unit.ends_like_a_sentence())
        };
        let end = (index + 1..end).find(stays).unwrap_or(end);
        for swept in index + 1..end {
            article.swept_bytes += article.units[swept].end - article.units[swept].start;
            article.decision.swept.push(article.units[swept].start);
            article.label(swept, rule.kind, &rule.id);
        }
        index = end.max(index + 1);
    }
}

/// Whether a unit behind a section is the article's own copy: a sentence that shares a name or a rare word
/// with what came before. Where no search is left it is: rather leave a section than cut copy.
fn is_copy(article: &Article<'_>, lead: usize, index: usize, left: &Cell<usize>) -> bool {
    let unit = &article.units[index];
    if unit.words < COPY_WORDS_MIN || !unit.ends_like_a_sentence() {
        return false;
    }
    let before = lead..index.min(lead + BEFORE_UNITS_MAX);
    let known = |word: &str| {
        before.clone().any(|earlier| {
            let earlier = article.folded(earlier);
            let bytes = earlier.len().min(left.get());
            left.set(left.get() - bytes);
            bytes == earlier.len() && earlier.contains(word)
        })
    };
    let folded = article.folded(index);
    let names = article.lexicon.scan(folded).into_iter().filter(|found| {
        matches!(
            found.sense,
            Sense::Place(..) | Sense::Organisation(_, false) | Sense::GivenName | Sense::Nationality(_)
        )
    });
    let shared = names.filter(|found| known(slice::between(folded, found.start, found.end))).count();
    let words = folded.split_whitespace().filter(|word| word.chars().count() >= 5);
    let (all, same) = words.fold((0, 0), |(all, same), word| (all + 1, same + usize::from(known(word))));
    shared >= 2 || same * 2 > all || left.get() == 0
}

/// Lines anywhere in the body that a rule names by themselves.
fn middle(article: &mut Article<'_>, lead: usize) {
    for index in lead + 1..article.units.len() {
        if article.labels[index].is_some() || article.units[index].is_prose() {
            continue;
        }
        if let Some(rule) = article.rule(index, Place::Any) {
            article.label(index, rule.kind, &rule.id);
        }
    }
}

/// Whole paragraphs that stand in the article already: Al Mayadeen prints its summary again below.
fn repeated(article: &mut Article<'_>, lead: usize) {
    // a piece of a flat text is a sentence, and short ones come again where paragraphs do not
    let words_min = |unit: &Unit| if unit.piece.is_some() { SENTENCE_WORDS_MIN } else { REPEATED_WORDS_MIN };
    let long = |unit: &&Unit| unit.words >= words_min(unit);
    let mut lengths: HashMap<usize, u32> = HashMap::new();
    for unit in article.units.iter().skip(lead).filter(long) {
        *lengths.entry(unit.bytes()).or_default() += 1;
    }
    // what no other paragraph is as long as repeats none
    lengths.retain(|_, units| *units > 1);
    if lengths.is_empty() {
        return;
    }
    let mut before: HashSet<&str> = HashSet::new();
    let mut again = vec![];
    for index in lead..article.units.len() {
        let unit = &article.units[index];
        if !long(&unit) || !lengths.contains_key(&unit.bytes()) {
            continue;
        }
        let is_new = before.insert(slice::between(article.text, unit.start, unit.end));
        if !is_new && article.labels[index].is_none() {
            again.push(index);
        }
    }
    for index in again {
        article.label(index, Kind::Duplicate, "duplicate.paragraph");
        if !article.decision.quality.contains(&"paragraph_repeated") {
            article.decision.quality.push("paragraph_repeated");
        }
    }
}

/// Whether a short line stands between furniture on both sides.
fn bridges(article: &Article<'_>, index: usize, lead: usize) -> bool {
    let unit = &article.units[index];
    unit.words <= GAP_WORDS_MAX
        && !unit.ends_like_a_sentence()
        && index > lead + 1
        && article.labels.get(index + 1).is_some_and(Option::is_some)
        && article.rule(index - 1, Place::Tail).is_some()
}

/// A name has two to four words, of letters alone.
const NAME_WORDS: std::ops::RangeInclusive<usize> = 2..=4;

/// Whether a line is two to four words right above what its writer is: «شذى حمود», «كاتبة سورية».
fn stands_above_a_role(article: &Article<'_>, index: usize) -> bool {
    let is_role = |label: &crate::decide::Label| label.rule == "byline.role";
    article.labels.get(index + 1).is_some_and(|label| label.as_ref().is_some_and(is_role))
        && NAME_WORDS.contains(&article.units[index].words)
        && article.folded(index).chars().all(|c| c.is_alphabetic() || c == ' ')
}

/// The most words of an unlabelled line under furniture that goes with it.
const HANGING_WORDS_MAX: usize = 5;

/// Whether a short last line hangs under one that is furniture beyond doubt.
fn hangs_under_furniture(article: &Article<'_>, index: usize, lead: usize) -> bool {
    let unit = &article.units[index];
    if unit.words > HANGING_WORDS_MAX || unit.ending != page::Ending::Open || index < lead + 2 {
        return false;
    }
    let certain = |rule: &crate::rules::Rule| {
        matches!(rule.kind, Kind::Social | Kind::Share | Kind::Copyright | Kind::Comments | Kind::Contact)
    };
    article.rule(index - 1, Place::Tail).is_some_and(certain)
        || evidence::weight(&evidence::signs(article, index - 1, lead)) > evidence::CONVICTS_MIN
}

/// An end that has a line to itself: «/انتهى/».
fn end_alone(article: &mut Article<'_>, index: usize) -> bool {
    if article.units[index].bytes() > UNIT_BYTES_MAX {
        return false;
    }
    let rules = article.rules;
    let Some(rule) = rules.end_alone(article.folded(index), article.source) else { return false };
    article.label(index, rule.kind, &rule.id);
    true
}

/// Cuts end marks, credits and the like from the end of the last unit of copy.
fn ends(article: &mut Article<'_>, index: usize, lead: usize) {
    let (first, mut end) = (article.units[index].start, article.units[index].end);
    for _ in 0..ENDS_MAX {
        // the window moves with the end, so that a long paragraph costs no more than a short one
        let start = article.text.floor_char_boundary(end.saturating_sub(ENDS_BYTES_MAX).max(first));
        let stretch = slice::between(article.text, start, end);
        let folding = Folding::of(article.search, stretch);
        let rules = article.rules;
        let found = rules.end(&folding, article.source).or_else(|| rules.like_end(&folding, article.source));
        let found = found
            .map(|(rule, at)| (at, rule.kind, rule.id.clone()))
            .or_else(|| evidence::glued_end(article, &folding, index, lead));
        let Some((at, kind, rule)) = found else { return };
        let from = start + at.home();
        let from = from + (end - from - slice::between(article.text, from, end).trim_start().len());
        if from <= first || from >= end {
            return;
        }
        let words = slice::between(article.text, from, end).to_owned();
        match kind {
            Kind::Tags => {
                let label = usize::from(words.starts_with("سمات"));
                let tags = words.split_whitespace().skip(label).collect::<Vec<_>>().join(" ");
                article.decision.tags.push(tags);
            }
            Kind::Source if article.decision.source.is_none() => {
                let bare = words.trim_matches(|c: char| !c.is_alphanumeric());
                article.decision.source = Some(bare.to_owned());
            }
            _ => {}
        }
        article.decision.cuts.push(Cut { start: from, end, kind, rule });
        end = first + slice::between(article.text, first, from).trim_end_matches(page::is_blank).len();
    }
}
