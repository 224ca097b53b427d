//! Which units are furniture.
//!
//! Rules give evidence, shapes and position decide: the head is read downwards to the lead, the tail
//! upwards to the last paragraph, sections («شاهد أيضاً») from where they open. Everything found is a cut
//! with its kind and the rule or shape that speaks for it, and a field where it has something to say.

use std::cell::OnceCell;

use naba_lexicon::Lexicon;
use naba_record::{Dateline, Ingested, Kind};
use naba_text::normalise::Profile;
use naba_text::slice::{self, CharacterCounter};

use crate::boundary::{self, Piece};
use crate::evidence::{self, Sign};
use crate::fields::fields;
use crate::folding::Folding;
use crate::learn::{Observation, Where};
use crate::page::{Unit, units};
use crate::reflow::reflow;
use crate::rules::{Matching, Place, Rule, Rules, UNIT_BYTES_MAX};
use crate::{elements, flat, head, tail};

/// A stretch of the decoded text that goes, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
    /// The rule, or the shape, that says so.
    pub rule: String,
}

/// What was decided about an article.
#[derive(Debug, Default)]
pub struct Decision {
    /// The cuts, in the order of the text, without overlaps.
    pub cuts: Vec<Cut>,
    /// The headline.
    pub title: Option<String>,
    /// The line above it.
    pub kicker: Option<String>,
    /// Place, agency and date.
    pub dateline: Option<Dateline>,
    /// The writer.
    pub byline: Option<String>,
    /// The publication stamp.
    pub published: Option<String>,
    /// The source line, without its label.
    pub source: Option<String>,
    /// Tags printed in the text.
    pub tags: Vec<String>,
    /// Stretches of wrapped text that are blanks and no line feeds, in the order of the text.
    pub soft: Vec<std::ops::Range<usize>>,
    /// Quality flags.
    pub quality: Vec<&'static str>,
    /// The share of the text that goes on circumstantial evidence, and where its lines begin.
    pub swept_share: f32,
    pub(crate) swept: Vec<usize>,
}

/// What decides about articles.
#[derive(Clone, Copy)]
pub(crate) struct Engine<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) search: &'a Profile,
    pub(crate) boundaries: &'a boundary::model::Model,
}

/// What the deciders work on.
pub(crate) struct Article<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) search: &'a Profile,
    pub(crate) text: &'a str,
    /// Whose article it is.
    pub(crate) source: Option<&'a str>,
    /// The headline that came beside the text, folded.
    pub(crate) title: Option<String>,
    pub(crate) units: Vec<Unit>,
    /// For each unit: the rules that match it, found when they are first asked for.
    matching: Vec<OnceCell<Matching>>,
    /// For each unit: what it is, when it is not copy.
    pub(crate) labels: Vec<Option<Label>>,
    pub(crate) swept_bytes: usize,
    pub(crate) decision: Decision,
}

/// What a unit is.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) kind: Kind,
    pub(crate) rule: String,
}

impl<'a> Article<'a> {
    /// The first rule for whole units that matches a unit at a place.
    pub(crate) fn rule(&self, index: usize, place: Place) -> Option<&'a Rule> {
        if self.units[index].bytes() > UNIT_BYTES_MAX {
            return None;
        }
        let folded = self.folded(index);
        let matching = self.matching[index].get_or_init(|| self.rules.matching(folded));
        let first = self.rules.first(matching, folded, self.units[index].words, place, self.source);
        first.or_else(|| self.rules.like_line(folded, place, self.source))
    }

    /// Calls a unit furniture.
    pub(crate) fn label(&mut self, index: usize, kind: Kind, rule: &str) {
        self.labels[index] = Some(Label { kind, rule: rule.to_owned() });
    }

    /// The search folding of a unit.
    pub(crate) fn folded(&self, index: usize) -> &str {
        self.units[index].folded(self.search, self.text)
    }

    /// A unit with its folding, for whoever cuts inside it.
    pub(crate) fn folding(&self, index: usize) -> Folding<'_> {
        Folding::known(self.search, self.words(index), self.folded(index))
    }

    /// The words of a unit as printed.
    pub(crate) fn words(&self, index: usize) -> &str {
        slice::between(self.text, self.units[index].start, self.units[index].end)
    }

    /// Adds words to a field that may be printed on several lines.
    pub(crate) fn stamp(&mut self, words: &str) {
        match &mut self.decision.published {
            Some(published) => {
                published.push(' ');
                published.push_str(words);
            }
            empty => *empty = Some(words.to_owned()),
        }
    }
}

/// A unit of an article as the engine saw it: what `naba explain` shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// First character in the decoded text.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
    /// Its words, counted up to [`crate::page::WORDS_COUNTED_MAX`].
    pub words: usize,
    /// What it is and the rule or shape that says so, where it goes as a whole.
    pub label: Option<(Kind, String)>,
    /// What made the boundary model begin a piece of a flat text here, where it did.
    pub because: Option<[&'static str; 3]>,
    /// What speaks for and against a line behind the lead that no rule names.
    pub signs: Vec<Sign>,
}

/// Reads an article and says what each unit is.
pub(crate) fn blocks(engine: &Engine<'_>, article: &Ingested) -> Vec<Block> {
    let (article, lead) = examine(engine, article);
    let mut counter = CharacterCounter::new(article.text);
    let block = |index: usize| {
        let unit = &article.units[index];
        let label = article.labels[index].as_ref().map(|label| (label.kind, label.rule.clone()));
        let by_signs = label.as_ref().is_none_or(|(_, rule)| rule.starts_with("shape."));
        let signs = match lead {
            Some(lead) if index > lead && by_signs => evidence::signs(&article, index, lead),
            _ => vec![],
        };
        let (start, end) = (counter.at(unit.start), counter.at(unit.end));
        let because = unit.piece.as_ref().map(|piece| piece.because);
        Block { start, end, words: unit.words, label, because, signs }
    };
    (0..article.units.len()).map(block).collect()
}

/// Decides about an article.
pub(crate) fn decide(engine: &Engine<'_>, article: &Ingested) -> Decision {
    decision_of(examine(engine, article).0)
}

/// Decides about an article, and says what it shows of its outlet's furniture.
pub(crate) fn observe(engine: &Engine<'_>, article: &Ingested) -> (Decision, Observation) {
    let (article, lead) = examine(engine, article);
    let seen = lead.map(|lead| observation(&article, lead)).unwrap_or_default();
    (decision_of(article), seen)
}

/// Units above and below the copy that are counted.
const HEAD_OBSERVED_MAX: usize = 6;
const TAIL_OBSERVED_MAX: usize = 8;
/// The most words of a line that is counted at the head, and at the tail.
const HEAD_OBSERVED_WORDS_MAX: usize = 25;
const TAIL_OBSERVED_WORDS_MAX: usize = 40;

fn observation(article: &Article<'_>, lead: usize) -> Observation {
    let mut seen = Observation::default();
    let is_learned = |label: &Label| label.rule.starts_with("learned.");
    // a headline is another one every day; when it is not, it was none
    let by_shape = |label: &Label| {
        is_learned(label)
            || label.rule.starts_with("shape.")
            || matches!(
                label.rule.as_str(),
                "title.line_above_the_lead"
                    | "kicker.line_above_the_headline"
                    | "byline.name_under_the_headline"
                    | "byline.name_as_the_last_line"
                    | "tail.between_furniture"
            )
    };
    let count = article.units.len();
    let mut line = |index: usize, place: Where, words_max: usize| {
        let label = article.labels[index].as_ref();
        let unit = &article.units[index];
        if unit.words <= words_max && unit.bytes() <= UNIT_BYTES_MAX && label.is_none_or(by_shape) {
            let taken = label.is_some_and(is_learned);
            seen.lines.push((place, article.folded(index).to_owned(), taken));
        }
    };
    for index in 0..(lead + 1).min(HEAD_OBSERVED_MAX).min(count) {
        line(index, Where::Head, HEAD_OBSERVED_WORDS_MAX);
    }
    let tail = count.saturating_sub(TAIL_OBSERVED_MAX).max(lead + 1);
    for index in tail..count {
        line(index, Where::Tail, TAIL_OBSERVED_WORDS_MAX);
    }
    seen.rules = (tail..count)
        .filter_map(|index| article.labels[index].as_ref())
        .filter(|label| !by_shape(label))
        .map(|label| label.rule.clone())
        .collect();
    seen.rules.extend(article.decision.cuts.iter().map(|cut| cut.rule.clone()));
    seen.rules.sort();
    seen.rules.dedup();
    let copy: Vec<usize> = (lead..count).filter(|index| article.labels[*index].is_none()).collect();
    if let (Some(first), Some(last)) = (copy.first(), copy.last()) {
        let edge = |index: usize, from_start: bool| {
            let unit = &article.units[index];
            let stretch = if from_start {
                let end = article.text.floor_char_boundary((unit.start + EDGE_BYTES_MAX).min(unit.end));
                slice::between(article.text, unit.start, end)
            } else {
                let start = unit.end.saturating_sub(EDGE_BYTES_MAX).max(unit.start);
                slice::between(article.text, article.text.floor_char_boundary(start), unit.end)
            };
            naba_text::normalise::fold(article.search, stretch)
        };
        crate::learn::edges(&edge(*first, true)).0.clone_into(&mut seen.start);
        crate::learn::edges(&edge(*last, false)).1.clone_into(&mut seen.end);
    }
    seen
}

/// The bytes of a paragraph's beginning and end that are compared with those of other articles.
const EDGE_BYTES_MAX: usize = 320;

fn decision_of(article: Article<'_>) -> Decision {
    let text = article.text;
    let mut cuts: Vec<Cut> = article
        .units
        .iter()
        .zip(&article.labels)
        .filter_map(|(unit, label)| {
            let label = label.as_ref()?;
            let by_model = unit.piece.as_ref().is_some_and(Piece::is_of_the_model);
            // a rule says what its line is wherever that was found; a shape is as good as the edges of its line
            let rule = if by_model && !article.rules.has(&label.rule) { "flat.model" } else { &label.rule };
            Some(Cut { start: unit.start, end: unit.end, kind: label.kind, rule: rule.to_owned() })
        })
        .collect();
    let mut decision = article.decision;
    cuts.append(&mut decision.cuts);
    cuts.sort_by_key(|cut| (cut.start, cut.end));
    // a cut inside a unit that goes as a whole is part of it
    cuts.dedup_by(|later, earlier| later.start < earlier.end);
    decision.cuts = cuts;
    decision.swept_share = article.swept_bytes as f32 / text.len().max(1) as f32;
    decision
}

/// The most lines that are decided about. What has more is no article, and stays as it is.
const UNITS_MAX: usize = 1 << 16;

/// Reads head, sections, tail and ends, and gives the place of the lead.
fn examine<'a>(engine: &Engine<'a>, article: &'a Ingested) -> (Article<'a>, Option<usize>) {
    let text = article.text.as_str();
    let Engine { rules, lexicon, search, boundaries } = *engine;
    let mut units = units(text);
    // a page's lines are its elements
    let soft = if article.blocks.is_empty() { reflow(text, &mut units) } else { vec![] };
    let labels = elements::labels(article, &units);
    let matching = vec![OnceCell::new(); units.len()];
    let (address, source) = (article.url.as_deref(), article.source.as_deref());
    let title = article.title.as_deref().map(naba_lexicon::folded).filter(|title| !title.is_empty());
    let decision = Decision { soft, ..Decision::default() };
    let mut article = Article {
        rules,
        lexicon,
        search,
        text,
        source,
        title,
        units,
        matching,
        labels,
        swept_bytes: 0,
        decision,
    };
    if article.units.len() > UNITS_MAX {
        return (article, None);
    }
    let flattened: Vec<usize> =
        (0..article.units.len()).filter(|index| flat::read(&mut article, *index, address)).collect();
    if !flattened.is_empty() {
        fields(&mut article);
        return (article, None);
    }
    if flat::split(&mut article, boundaries) {
        article.labels = vec![None; article.units.len()];
        article.matching = vec![OnceCell::new(); article.units.len()];
    }
    let lead = head::read(&mut article);
    if let Some(lead) = lead {
        tail::read(&mut article, lead);
        head::second_dateline(&mut article, lead);
        fields(&mut article);
    }
    (article, lead)
}
