//! Where what was said begins and ends.

use naba_lexicon::CueForm;
use naba_lexicon::speech::kind;
use naba_record::QuoteKind;

use super::copy::{Copy, Cue};
use super::marks::Region;
use super::way::{By, QUOTED_WORDS_MIN, Way, way};

/// The most words of what was said without quotation marks.
const CONTENT_WORDS_MAX: usize = 250;

/// How far behind «لكن فلانا» the verb may stand.
const CONTRAST_WORDS_MAX: usize = 9;

/// What was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) kind: QuoteKind,
    /// First byte of the folded text.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// One past the last word.
    pub(super) last: usize,
    /// Whether it is a phrase and not a sentence.
    pub(super) is_noun: bool,
    /// Whether a quotation in it was closed.
    pub(super) is_closed: bool,
}

impl Said {
    /// The word that it begins with.
    pub(super) fn start_word(&self, copy: &Copy<'_, '_>) -> usize {
        copy.text.words.partition_point(|word| word.start < self.start)
    }
}

/// Reads what was said.
pub(super) fn read(copy: &Copy<'_, '_>, cue: &Cue, way: &Way, last: usize) -> Option<Said> {
    match way.by {
        By::Before(region) => {
            let subject_end = (cue.last..last.min(cue.last + CONTENT_WORDS_MAX))
                .find(|at| copy.gap(*at).contains([',', '.', ':']) || copy.opens(*at).is_some())
                .unwrap_or(last);
            Some(Said { last: subject_end, ..direct(copy, &region) })
        }
        By::Quotation => copy.opens(way.at).map(|region| direct(copy, &region)),
        By::That => said_from(copy, way.at + 1, last, QuoteKind::Indirect, false),
        By::Colon => {
            let from = if copy.is(way.at, kind::THAT) { way.at + 1 } else { way.at };
            said_from(copy, from, last, QuoteKind::Colon, false)
        }
        By::Preposition | By::With | By::Noun => {
            let from = if way.by == By::Preposition { way.at + 1 } else { way.at };
            let said = said_from(copy, from, last, QuoteKind::Indirect, true)?;
            let start = if way.by == By::With { said.start + 'ب'.len_utf8() } else { said.start };
            Some(Said { start, is_noun: true, ..said })
        }
    }
}

pub(super) fn direct(copy: &Copy<'_, '_>, region: &Region) -> Said {
    let words = &copy.text.words;
    let mut first = region.first;
    // «إن …» inside the marks says that something was said, and is not it
    if matches!(copy.word(first), "ان" | "بان" | "انه") && region.last - first > 2 {
        first += 1;
    }
    Said {
        kind: QuoteKind::Direct,
        start: words[first].start,
        end: words[region.last - 1].end,
        last: region.last,
        is_noun: false,
        is_closed: region.is_closed,
    }
}

/// What was said from a word on: a quotation where one opens there and is all of it, else the rest of the sentence.
fn said_from(
    copy: &Copy<'_, '_>,
    from: usize,
    last: usize,
    said_kind: QuoteKind,
    is_phrase: bool,
) -> Option<Said> {
    if let Some(region) = copy.opens(from) {
        let ends = said_kind == QuoteKind::Colon
            || region.last >= last
            || copy.is_stop(region.last)
            || copy.gap(region.last).contains([',', ';', '-', '('])
            || ends_at(copy, region.last, last);
        if ends && region.last - region.first >= 2 {
            return Some(direct(copy, &region));
        }
    }
    let mut said = if is_phrase { phrase(copy, from, last) } else { stretch(copy, from, last) }?;
    // «النهج الأفضل هو: "…"»: the quotation is all of it
    if let Some(region) = copy.opens(said.last)
        && copy.gap(said.last).contains(':')
        && copy.is(said.last - 1, kind::COPULA)
    {
        return Some(direct(copy, &region));
    }
    said.kind = said_kind;
    Some(said)
}

/// A stretch of what was said, up to where another statement or an attribution begins.
pub(super) fn stretch(copy: &Copy<'_, '_>, from: usize, last: usize) -> Option<Said> {
    let last = last.min(from + CONTENT_WORDS_MAX);
    let end = (from + 1..last).find(|at| ends_at(copy, *at, last) || leaves(copy, *at)).unwrap_or(last);
    whole(copy, from, end)
}

/// The same for a phrase: another verb of saying ends it, although nothing but و joins the two («استنكر … وأدان …»).
fn phrase(copy: &Copy<'_, '_>, from: usize, last: usize) -> Option<Said> {
    let said = stretch(copy, from, last)?;
    let is_another = |at: &usize| {
        copy.cue(*at)
            .is_some_and(|cue| cue.is_joined && !cue.entry.is_doubtful && cue.entry.form == CueForm::Verb)
            && !copy.is_quoted(*at)
    };
    match (from + 2..said.last).find(is_another) {
        Some(end) => whole(copy, from, end),
        None => Some(said),
    }
}

/// Whether the writer goes on for himself: «… "غير جديرة بالثقة"، في موقف عكس …», or another's words follow a colon.
fn leaves(copy: &Copy<'_, '_>, at: usize) -> bool {
    let gap = copy.gap(at);
    let behind_quotation = gap.contains(',') && at > 0 && copy.is_quoted(at - 1) && !copy.is_quoted(at);
    behind_quotation && copy.is(at, kind::LEAVING)
        || gap.contains(',')
            && (copy.is(at, kind::ENDING) || copy.word(at) == "الامر" && copy.is(at + 1, kind::RELATIVE))
        || gap.contains(':')
            && copy.opens(at).is_some_and(|region| region.last - region.first >= QUOTED_WORDS_MIN)
}

/// A stretch of what was said, all of it.
pub(super) fn whole(copy: &Copy<'_, '_>, from: usize, end: usize) -> Option<Said> {
    let mut end = end;
    // conjunctions that lead to what comes next
    while end > from && copy.is(end - 1, kind::CONJUNCTION) {
        end -= 1;
    }
    if end < from + 2 {
        return None;
    }
    let words = &copy.text.words;
    // quotations lie in order and apart: those that touch the stretch are neighbours
    let touched = copy.regions.partition_point(|region| region.last <= from);
    let mut regions = copy.regions[touched..].iter().take_while(|region| region.first < end);
    Some(Said {
        kind: QuoteKind::Indirect,
        start: words.get(from)?.start,
        end: words.get(end - 1)?.end,
        last: end,
        is_noun: false,
        is_closed: regions.all(|region| region.is_closed),
    })
}

/// Whether something else begins at a word: a participle that says more, a verb of saying, an attribution.
fn ends_at(copy: &Copy<'_, '_>, at: usize, last: usize) -> bool {
    if copy.is_quoted(at) {
        return false;
    }
    if copy.is(at, kind::CONTRAST) && copy.gap(at).contains([',', ';']) {
        return contrasts(copy, at, last);
    }
    let is_measured = || copy.word(at + 1) == "حد" && copy.cue(at + 1).is_some();
    if copy.word(at) == "علي" && is_measured() {
        return super::attribution::source(copy, at + 1, last).is_some();
    }
    let Some(cue) = copy.cue(at) else { return false };
    match cue.entry.form {
        CueForm::Participle => {
            way(copy, &cue, last.min(cue.last + 12), true).is_some_and(|way| leads(&cue, &way))
        }
        CueForm::Verb => verb_ends(copy, &cue, at, last),
        CueForm::Attribution => {
            copy.gap(at).contains([',', '-']) && super::attribution::source(copy, at, last).is_some()
        }
    }
}

/// Whether the way from a participle is short enough: «داعيا رجال العلم … إلى» may be longer than «مؤكدا … أن».
pub(super) fn leads(cue: &Cue, way: &Way) -> bool {
    let words = way.at.saturating_sub(cue.last);
    match way.by {
        _ if cue.entry.is_doubtful => words == 0,
        By::Preposition => words <= 10,
        By::That | By::Colon | By::Quotation => words <= 6,
        _ => words <= 4,
    }
}

fn verb_ends(copy: &Copy<'_, '_>, cue: &Cue, at: usize, last: usize) -> bool {
    if super::attribution::is_afterthought(copy, at, last) {
        return true;
    }
    if !copy.opens_clause(at) {
        return false;
    }
    // «، كما أشاد بالجهود»: behind a comma, or with «كما», a verb that takes a phrase begins a statement too
    let is_apart = copy.gap(at).contains([',', ';'])
        || !cue.is_joined && at > 0 && copy.gap(at - 1).contains([',', ';']);
    way(copy, cue, last.min(cue.last + 14), false).is_some_and(|way| match way.by {
        By::Noun | By::With | By::Preposition => is_apart && !cue.entry.is_doubtful,
        _ => true,
    })
}

/// «، لكن فلانا قال إن», «، في حين ذكرت وسائل إعلام أن»: another one begins to speak.
fn contrasts(copy: &Copy<'_, '_>, at: usize, last: usize) -> bool {
    let end = last.min(at + CONTRAST_WORDS_MAX);
    let Some(verb) = (at + 1..end).find(|verb| copy.is_verb(*verb) && !copy.is_quoted(*verb)) else {
        return false;
    };
    let has_subject = verb <= at + 2 || copy.names(at + 1, verb).any(|(place, _)| place.last == verb);
    has_subject
        && copy.cue(verb).is_some_and(|cue| {
            way(copy, &cue, last.min(cue.last + 14), true)
                .is_some_and(|way| matches!(way.by, By::That | By::Quotation | By::Colon))
        })
}
