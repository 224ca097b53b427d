//! The body as this engine reads it: words with their cues, sentences, quotations and names.

use naba_lexicon::{CueEntry, CueForm, Sense};
use naba_record::{Entity, EntityType};

use super::marks::{self, Region};
use crate::article::{Article, Text};
use crate::names::see::Gap;
use crate::names::{Names, Place};

/// A cue where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cue<'a> {
    pub(super) entry: &'a CueEntry,
    /// Whether و or ف joins it to what stands before.
    pub(super) is_joined: bool,
    /// One past its last word.
    pub(super) last: usize,
}

/// The body.
pub(super) struct Copy<'a, 'b> {
    pub(super) text: &'b Text<'a>,
    pub(super) regions: Vec<Region>,
    pub(super) names: &'b Names,
    cues: Vec<Option<Cue<'a>>>,
    /// The quotation that a word stands in.
    inside: Vec<Option<usize>>,
}

impl<'a, 'b> Copy<'a, 'b> {
    pub(super) fn new(article: &'b Article<'a>, names: &'b Names) -> Self {
        let text = article.body();
        let regions = marks::regions(text);
        let mut inside = vec![None; text.words.len()];
        for (number, region) in regions.iter().enumerate() {
            inside[region.first..region.last].fill(Some(number));
        }
        let mut cues = vec![None; text.words.len()];
        for found in &text.found {
            let Sense::Cue(index, _) = found.sense else { continue };
            let (at, last) = text.words_of(found);
            let clitic = text.between(found.start - found.clitic_bytes, found.start);
            // «لقال», «بقال» are other words; a cue of several words may open with one
            let entry = &article.lexicon.tables.cues[index];
            // «بيّن» and «بين» are folded to one word: the verb opens its sentence
            let opens = || {
                at == 0 || text.between(text.words[at - 1].end, text.words[at].start).contains(['.', '\n'])
            };
            let is_between = entry.word == "بين" && !opens();
            if matches!(clitic, "" | "و" | "ف") && cues.get(at).is_some_and(Option::is_none) && !is_between
            {
                cues[at] = Some(Cue { entry, is_joined: !clitic.is_empty(), last });
            }
        }
        Self { text, regions, names, cues, inside }
    }

    pub(super) fn word(&self, at: usize) -> &'a str {
        self.text.word(at)
    }

    /// What stands between a word and the one before.
    pub(super) fn gap(&self, at: usize) -> &'a str {
        match (at.checked_sub(1).and_then(|before| self.text.words.get(before)), self.text.words.get(at)) {
            (Some(before), Some(word)) => self.text.between(before.end, word.start),
            _ => "\n",
        }
    }

    pub(super) fn cue(&self, at: usize) -> Option<Cue<'a>> {
        self.cues.get(at).copied().flatten()
    }

    /// A verb of saying that opens a clause of its own: with و, or behind «كما» and its like.
    pub(super) fn opens_clause(&self, at: usize) -> bool {
        self.cue(at).is_some_and(|cue| {
            cue.entry.form == CueForm::Verb
                && (cue.is_joined
                    || at > 0 && matches!(self.word(at - 1), "كما" | "فيما" | "بينما" | "ثم" | "قد"))
        })
    }

    /// The quotation that opens right before a word.
    pub(super) fn opens(&self, at: usize) -> Option<Region> {
        let region = self.regions[self.inside.get(at).copied().flatten()?];
        (region.first == at).then_some(region)
    }

    pub(super) fn is_quoted(&self, at: usize) -> bool {
        self.inside.get(at).is_some_and(Option::is_some)
    }

    /// Whether a sentence ends before a word.
    pub(super) fn is_stop(&self, at: usize) -> bool {
        if self.text.seen.get(at).is_some_and(|word| word.gap == Gap::Space) {
            return false;
        }
        let gap = self.gap(at);
        if gap.contains('\n') {
            return true;
        }
        let within =
            at > 0 && self.is_quoted(at) && self.is_quoted(at - 1) && self.inside[at] == self.inside[at - 1];
        if within {
            return false;
        }
        let Some(mark) = gap.find(['.', '!', '?']) else { return false };
        let numbers = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let spaced = gap.len() > mark + 1;
        // 19.3, أ.ف.ب, د. سالم, example.org
        !(numbers(self.word(at - 1)) && numbers(self.word(at)) && !spaced
            || self.word(at - 1).chars().count() == 1 && !numbers(self.word(at - 1))
            || self.word(at).is_ascii() && !spaced && !numbers(self.word(at)))
    }

    /// The sentences: first word, one past the last.
    pub(super) fn sentences(&self) -> Vec<(usize, usize)> {
        let mut sentences = vec![];
        let mut first = 0;
        for at in 1..=self.text.words.len() {
            if at == self.text.words.len() || self.is_stop(at) {
                sentences.push((first, at));
                first = at;
            }
        }
        sentences
    }

    /// The names that begin in a stretch of words.
    pub(super) fn names(
        &self,
        first: usize,
        last: usize,
    ) -> impl Iterator<Item = (Place, &'b Entity)> + use<'a, 'b> {
        let names = self.names;
        let from = names.body.partition_point(|place| place.first < first);
        let places = names.body[from..].iter().take_while(move |place| place.first < last);
        places.map(move |place| (*place, &names.entities[place.entity]))
    }

    /// The people that begin in a stretch of words.
    pub(super) fn people(
        &self,
        first: usize,
        last: usize,
    ) -> impl Iterator<Item = (Place, &'b Entity)> + use<'a, 'b> {
        self.names(first, last).filter(|(_, entity)| entity.kind == EntityType::Person)
    }

    /// How many bytes of clitics stand before the name, the title or the body that begins at a word.
    pub(super) fn clitic_bytes(&self, at: usize) -> usize {
        let word = self.text.words[at];
        let mut here = self.text.found_in(word.start, word.end);
        here.find(|found| !matches!(found.sense, Sense::Cue(..) | Sense::Topic(_))).map_or(0, |found| {
            if found.clitic_bytes == found.start - word.start { found.clitic_bytes } else { 0 }
        })
    }

    /// Whether a title begins at a word.
    pub(super) fn is_title(&self, at: usize) -> bool {
        self.text.titles_at(at).next().is_some()
    }

    /// Whether something of a kind begins at a word.
    pub(super) fn has_sense(&self, at: usize, wanted: impl Fn(Sense) -> bool) -> bool {
        let Some(word) = self.text.words.get(at) else { return false };
        let mut here = self.text.found_in(word.start, word.end);
        here.any(|found| wanted(found.sense))
    }
}
