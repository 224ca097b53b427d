//! A text as this engine reads it: words with their cues and kinds, sentences, quotations and names.

use std::borrow::Cow;

use naba_lexicon::speech::kind;
use naba_lexicon::{CueForm, Sense, Speech, SpeechCue, Takes};
use naba_record::{Entity, EntityType};
use naba_text::words::hash;

use super::marks::{self, Region};
use crate::article::Text;
use crate::names::see::Gap;
use crate::names::{Names, Place};

/// The most words of a sentence: what is longer is no sentence, and is read in pieces.
const SENTENCE_WORDS_MAX: usize = 500;

/// How far before a mark that nothing closes a verb of saying may stand.
const LEADING_WORDS_MAX: usize = 8;

/// «بحسب» and its like.
const ATTRIBUTION: SpeechCue = SpeechCue {
    class: "say",
    form: CueForm::Attribution,
    takes: Takes {
        that: false,
        to: false,
        to_that: false,
        on: false,
        about: false,
        with: false,
        from: false,
        noun: false,
        whom: false,
    },
    is_doubtful: false,
    is_impersonal: false,
    is_feminine: false,
    is_plural: false,
    is_present: false,
};
/// «بالقول», «بقوله».
const SAYING: SpeechCue =
    SpeechCue { form: CueForm::Participle, takes: Takes { that: true, ..ATTRIBUTION.takes }, ..ATTRIBUTION };

/// A cue where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cue {
    pub(super) entry: SpeechCue,
    /// Whether و or ف joins it to what stands before.
    pub(super) is_joined: bool,
    /// One past its last word.
    pub(super) last: usize,
}

/// The text.
pub(super) struct Copy<'a, 'b> {
    pub(super) text: &'b Text<'a>,
    pub(super) regions: Vec<Region>,
    pub(super) names: &'b Names,
    /// Where names stand in this text.
    pub(super) places: Cow<'b, [Place]>,
    cues: Vec<Option<Cue>>,
    /// Bits of [`kind`] for every word.
    kinds: Vec<u32>,
    /// The quotation that a word stands in.
    inside: Vec<Option<usize>>,
}

impl<'a, 'b> Copy<'a, 'b> {
    pub(super) fn new(text: &'b Text<'a>, names: &'b Names, places: Cow<'b, [Place]>) -> Self {
        let speech = Speech::built_in();
        let tells_ya = text.display.contains("على");
        let kinds: Vec<u32> = (0..text.words.len()).map(|at| kinds(speech, text, at, tells_ya)).collect();
        let cues: Vec<Option<Cue>> = (0..text.words.len()).map(|at| cue(speech, text, &kinds, at)).collect();
        let begins = |at: usize| {
            cues.get(at).is_some_and(|cue| cue.is_some_and(|cue| cue.entry.form == CueForm::Verb))
        };
        let is_that = |at: usize| kinds.get(at).is_some_and(|kinds: &u32| kinds & kind::THAT != 0);
        let leads = |at: usize| {
            let near = at.saturating_sub(LEADING_WORDS_MAX)..at;
            let has_cue = |at: usize| cues.get(at).is_some_and(Option::is_some);
            at > 0 && is_that(at - 1) || near.into_iter().any(has_cue)
        };
        let regions = marks::regions(text, begins, leads);
        let mut inside = vec![None; text.words.len()];
        for (number, region) in regions.iter().enumerate() {
            inside[region.first..region.last].fill(Some(number));
        }
        Self { text, regions, names, places, cues, kinds, inside }
    }

    pub(super) fn word(&self, at: usize) -> &'a str {
        self.text.word(at)
    }

    /// Whether a word is of any of these kinds.
    pub(super) fn is(&self, at: usize, kinds: u32) -> bool {
        self.kinds.get(at).is_some_and(|own| own & kinds != 0)
    }

    /// Whether a word without its first letter, a clitic, is of any of these kinds.
    pub(super) fn is_behind_clitic(&self, at: usize, kinds: u32) -> bool {
        let Some(word) = self.text.words.get(at) else { return false };
        // every letter of the language is two bytes long
        let start = word.start + 'ب'.len_utf8();
        start < word.end
            && Speech::built_in().kinds(hash(self.text.folded.as_bytes(), start, word.end)) & kinds != 0
    }

    /// What stands between a word and the one before.
    pub(super) fn gap(&self, at: usize) -> &'a str {
        match (at.checked_sub(1).and_then(|before| self.text.words.get(before)), self.text.words.get(at)) {
            (Some(before), Some(word)) => self.text.between(before.end, word.start),
            _ => "\n",
        }
    }

    pub(super) fn cue(&self, at: usize) -> Option<Cue> {
        self.cues.get(at).copied().flatten()
    }

    pub(super) fn is_verb(&self, at: usize) -> bool {
        self.cue(at).is_some_and(|cue| cue.entry.form == CueForm::Verb)
    }

    /// A verb of saying that opens a clause of its own: with و, or behind «كما» and its like.
    pub(super) fn opens_clause(&self, at: usize) -> bool {
        let behind = |at: usize| at > 0 && self.is(at - 1, kind::OPENER) && !self.is(at - 1, kind::RELATIVE);
        self.cue(at).is_some_and(|cue| cue.entry.form == CueForm::Verb && (cue.is_joined || behind(at)))
    }

    /// The quotation that opens right before a word.
    pub(super) fn opens(&self, at: usize) -> Option<Region> {
        let region = self.regions[self.inside.get(at).copied().flatten()?];
        (region.first == at).then_some(region)
    }

    /// The quotation that ends right before a word.
    pub(super) fn closed_before(&self, at: usize) -> Option<Region> {
        let region = self.regions[self.inside.get(at.checked_sub(1)?).copied().flatten()?];
        (region.last == at).then_some(region)
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
        let within =
            at > 0 && self.is_quoted(at) && self.is_quoted(at - 1) && self.inside[at] == self.inside[at - 1];
        if within {
            return false;
        }
        if gap.contains('\n') {
            // «وقال فلان:» and what he said on the next line
            return !gap.trim_start().starts_with(':');
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
            if at == self.text.words.len() || at - first >= SENTENCE_WORDS_MAX || self.is_stop(at) {
                sentences.push((first, at));
                first = at;
            }
        }
        sentences
    }

    /// The names that begin in a stretch of words.
    pub(super) fn names(&self, first: usize, last: usize) -> impl Iterator<Item = (Place, &'b Entity)> {
        let names = self.names;
        let from = self.places.partition_point(|place| place.first < first);
        let places = self.places[from..].iter().take_while(move |place| place.first < last);
        places.map(move |place| (*place, &names.entities[place.entity]))
    }

    /// The people that begin in a stretch of words.
    pub(super) fn people(&self, first: usize, last: usize) -> impl Iterator<Item = (Place, &'b Entity)> {
        self.names(first, last).filter(|(_, entity)| entity.kind == EntityType::Person)
    }

    /// How many bytes of clitics stand before the name, the title or the body that begins at a word.
    pub(super) fn clitic_bytes(&self, at: usize) -> usize {
        let word = self.text.words[at];
        let mut here = self.text.found_in(word.start, word.end);
        here.find(|found| !matches!(found.sense, Sense::Cue(..) | Sense::Topic(_) | Sense::Ordinary)).map_or(
            0,
            |found| {
                if found.clitic_bytes == found.start - word.start { found.clitic_bytes } else { 0 }
            },
        )
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

    /// Whether a word is an adverb: one of the list, or written with the nunation of one («رسميًا»).
    pub(super) fn is_adverb(&self, at: usize) -> bool {
        if self.is(at, kind::ADVERB) {
            return true;
        }
        let Some(word) = self.text.words.get(at).filter(|_| self.word(at).ends_with('ا')) else {
            return false;
        };
        let (_, shown) = self.text.home(word.start, word.end);
        shown.contains('\u{64b}')
    }
}

/// The kinds of a word. «آن» and «آلان» are names, and folded as «أن» and «الآن» are; so is «علي» in a text that prints
/// «على» otherwise.
fn kinds(speech: &Speech, text: &Text<'_>, at: usize, tells_ya: bool) -> u32 {
    let word = text.words[at];
    let kinds = speech.kinds(word.hash);
    let is_name = || match text.word(at) {
        "ان" | "الان" => text.home(word.start, word.end).1.starts_with('آ'),
        "علي" => tells_ya && text.home(word.start, word.end).1.ends_with('ي'),
        _ => false,
    };
    if kinds != 0 && is_name() { 0 } else { kinds }
}

/// The cue that a word is.
fn cue(speech: &Speech, text: &Text<'_>, kinds: &[u32], at: usize) -> Option<Cue> {
    let word = text.words[at];
    let before = at.checked_sub(1).map_or(0, |before| kinds[before]);
    let cue = |entry: SpeechCue, is_joined: bool| Some(Cue { entry, is_joined, last: at + 1 });
    if kinds[at] & kind::ATTRIBUTION != 0 {
        return cue(ATTRIBUTION, false);
    }
    // «على حد قول فلان»
    let is_measure = || {
        text.word(at) == "حد"
            && at > 0
            && text.word(at - 1) == "علي"
            && matches!(text.word(at + 1), "قول" | "تعبير" | "وصف" | "زعم" | "راي")
    };
    if is_measure() {
        return Some(Cue { entry: ATTRIBUTION, is_joined: false, last: at + 2 });
    }
    if kinds[at] & kind::SAYING != 0 {
        let is_noun = text.word(at) == "القول" && at.checked_sub(1).is_none_or(|at| text.word(at) != "الي");
        return if is_noun { None } else { cue(SAYING, false) };
    }
    let bytes = text.folded.as_bytes();
    let joined = || {
        // و and ف
        let rest = matches!(bytes.get(word.start..word.start + 2), Some([0xD9, 0x88 | 0x81]));
        let rest = (rest && word.end > word.start + 4).then(|| hash(bytes, word.start + 2, word.end))?;
        speech.cue(rest)
    };
    let (entry, is_joined) = match speech.cue(word.hash) {
        Some(entry) => (*entry, false),
        None => (*joined()?, true),
    };
    let is_next = || at > 0 && text.between(text.words[at - 1].end, word.start) == " ";
    if before & kind::NOUN_HEAD != 0 && !is_joined && is_next() {
        return None;
    }
    // «و أكد»: houses write it apart
    let is_joined = is_joined || at > 0 && text.word(at - 1) == "و";
    // «بيّن» and «بين» are folded to one word: the verb opens its sentence
    let opens = || at == 0 || text.between(text.words[at - 1].end, word.start).contains(['.', '\n']);
    let is_between = matches!(text.word(at), "بين" | "وبين") && !opens();
    // «طالب وطالبة»
    let is_pair = text.word(at) == "طالب" && text.word(at + 1).starts_with("وطالب");
    if is_between || is_pair { None } else { cue(entry, is_joined) }
}
