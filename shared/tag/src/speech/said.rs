//! Where what was said begins and ends.

use naba_lexicon::{CueForm, Sense};
use naba_record::QuoteKind;

use super::copy::{Copy, Cue};
use super::marks::Region;
use super::words::{is_circumstance, is_content_noun, is_that};

/// The fewest words of a quotation that is speech and not a name or a doubt («داعش»).
const QUOTED_WORDS_MIN: usize = 4;

/// The way from a verb to what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    /// The word that leads there; of a quotation, its first word.
    pub(super) at: usize,
    pub(super) by: By,
}

/// What leads to what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// أن: what was said begins behind it.
    That,
    /// A colon.
    Colon,
    /// A quotation.
    Quotation,
    /// A preposition of its own word.
    Preposition,
    /// ب, which is the first letter of what was said.
    With,
    /// Nothing.
    Noun,
    /// A quotation that stands before the verb.
    Before(Region),
}

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

/// Finds the way from a cue to what was said, before a word.
pub(super) fn way(copy: &Copy<'_, '_>, cue: &Cue<'_>, reach: usize) -> Option<Way> {
    let takes = cue.entry.takes;
    let that = takes.that || takes.whom;
    let mut name_ended = false;
    let mut has_whom = !takes.whom;
    // where a phrase without أن may begin, should no أن come
    let mut noun = None;
    let mut phrase = Phrase::Closed;
    let mut at = cue.last;
    while at < reach {
        let gap = copy.gap(at);
        if gap.contains(':') && (that || takes.on || takes.to) && has_whom {
            return Some(Way { at, by: By::Colon });
        }
        if gap.contains(',') {
            phrase = Phrase::Closed;
        }
        if let Some(region) = copy.opens(at) {
            if (that || takes.noun) && has_whom && is_speech(copy, cue, &region, reach) {
                return Some(Way { at, by: By::Quotation });
            }
            name_ended = true;
            at = region.last;
            continue;
        }
        // «على» and «علي» are folded to one word: within a person's name it is the name
        if let Some((place, _)) = copy.people(at, at + 1).next() {
            name_ended = true;
            phrase = if phrase == Phrase::Open { Phrase::Named } else { phrase };
            at = place.last.max(at + 1);
            continue;
        }
        let word = copy.word(at);
        if is_that(word) && has_whom && !is_another_that(copy, at) {
            return Some(Way { at, by: By::That });
        }
        has_whom |= word == "عن";
        let next_is_that = is_that(copy.word(at + 1)) && copy.gap(at + 1) == " ";
        let preposition = match word {
            "الي" => takes.to && copy.word(at + 1) != "جانب",
            "علي" => takes.on && !matches!(copy.word(at + 1), "هامش" | "لسان" | "صعيد" | "راس"),
            "عن" => takes.about,
            "من" => takes.from,
            _ => false,
        };
        if preposition && noun.is_none() {
            return Some(if next_is_that {
                Way { at: at + 1, by: By::That }
            } else {
                Way { at, by: By::Preposition }
            });
        }
        let is_verb = |cue: Cue<'_>| cue.entry.form == CueForm::Verb && !cue.entry.is_doubtful;
        if copy.opens_clause(at)
            || copy.cue(at).is_some_and(is_verb)
            || copy.cue(at).is_some_and(|cue| cue.entry.form == CueForm::Participle)
            || matches!(word, "انظار" | "الانظار" | "انتباه" | "الانتباه" | "النظر")
        {
            return noun;
        }
        if takes.with && noun.is_none() && word.starts_with('ب') && is_with(copy, at, cue) {
            return Some(Way { at, by: By::With });
        }
        let may_begin = phrase == Phrase::Closed || phrase == Phrase::Named && !takes.that;
        if takes.noun && noun.is_none() && may_begin && is_noun(copy, at, cue, name_ended) {
            noun = Some(Way { at, by: By::Noun });
            if is_content_noun(word) {
                return noun;
            }
        }
        if matches!(word, "في" | "وفي") {
            phrase = Phrase::Place;
        } else if opens_phrase(word) {
            phrase = Phrase::Open;
        }
        // a name is one piece
        if let Some((place, _)) = copy.names(at, at + 1).next() {
            name_ended = true;
            phrase = match phrase {
                Phrase::Place => Phrase::Closed,
                Phrase::Open => Phrase::Named,
                phrase => phrase,
            };
            at = place.last.max(at + 1);
            continue;
        }
        at += 1;
    }
    noun
}

/// «رغم أنها», «بعد أن», «سبق أن»: أن belongs to another word.
fn is_another_that(copy: &Copy<'_, '_>, at: usize) -> bool {
    copy.gap(at) == " "
        && at > 0
        && matches!(
            copy.word(at - 1),
            "رغم"
                | "بعد"
                | "قبل"
                | "مع"
                | "الا"
                | "غير"
                | "بيد"
                | "دون"
                | "سبق"
                | "منذ"
                | "حتي"
                | "بما"
                | "لولا"
                | "عقب"
        )
}

/// The phrase of circumstances that a word stands in: «في لبنان» ends with its name, «خلال لقائه …» with a comma.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phrase {
    Closed,
    Place,
    Open,
    /// One in which a name has ended.
    Named,
}

fn opens_phrase(word: &str) -> bool {
    matches!(
        word,
        "خلال"
            | "بعد"
            | "قبل"
            | "قبيل"
            | "عقب"
            | "اثر"
            | "لدي"
            | "مع"
            | "عند"
            | "ردا"
            | "عبر"
            | "علي"
            | "الي"
            | "من"
            | "عن"
            | "حول"
            | "اثناء"
            | "امام"
    )
}

/// Whether a quotation behind a verb is what was said, and not the name of the speaker.
fn is_speech(copy: &Copy<'_, '_>, cue: &Cue<'_>, region: &Region, reach: usize) -> bool {
    let words = region.last - region.first;
    let that_follows =
        || (region.last..reach.min(region.last + 12)).any(|at| is_that(copy.word(at)) && !copy.is_quoted(at));
    let ends = region.last >= reach || copy.is_stop(region.last) || copy.gap(region.last).contains(',');
    let is_short_answer = words == 1 && cue.entry.class == "say";
    words > QUOTED_WORDS_MIN + 2
        || words >= QUOTED_WORDS_MIN && !that_follows()
        || (words >= 2 || is_short_answer) && ends && !that_follows()
}

/// «رحب بالقرار»: ب with a noun, not ب of another phrase («بشدة», «بدوره») and not a name that begins with it.
fn is_with(copy: &Copy<'_, '_>, at: usize, cue: &Cue<'_>) -> bool {
    let word = copy.word(at);
    let is_other = matches!(
        word,
        "بشده"
            | "بشكل"
            | "بدوره"
            | "بدورها"
            | "بعد"
            | "بين"
            | "باسم"
            | "بن"
            | "برلمان"
            | "بيان"
            | "بعض"
            | "بعيدا"
            | "بلاده"
            | "بحضور"
            | "بمناسبه"
            | "بصفته"
            | "بوضوح"
            | "بلغه"
            | "برييس"
            | "بوزير"
    );
    let begins_name = copy.names(at, at + 1).any(|(place, _)| place.first == at)
        || copy.has_sense(at, |sense| {
            matches!(sense, Sense::FamilyName(_) | Sense::GivenName | Sense::DoubtfulName | Sense::Title(_))
        });
    let definite = word.starts_with("بال");
    !is_other
        && word.chars().count() >= 4
        && (definite || !begins_name)
        && (at > cue.last || definite || word.ends_with(['ه', 'ء']) || word.len() > 8)
}

/// Whether what was said begins at a word, with nothing between it and the speaker.
fn is_noun(copy: &Copy<'_, '_>, at: usize, cue: &Cue<'_>, name_ended: bool) -> bool {
    let word = copy.word(at);
    if is_circumstance(word)
        || matches!(word, "في" | "وفي" | "قد")
        || word.starts_with('و')
        || word.chars().all(|c| c.is_ascii_digit())
    {
        return false;
    }
    if copy.is_title(at) && !name_ended {
        return false;
    }
    if is_content_noun(word) {
        return true;
    }
    let is_apposition =
        copy.is_title(at) || copy.has_sense(at, |sense| matches!(sense, Sense::Nationality(_)));
    name_ended
        && at > cue.last
        && !is_apposition
        && copy.names(at, at + 1).all(|(_, entity)| entity.kind != naba_record::EntityType::Person)
}

/// A quotation of the same sentence that ends right before a verb: «…», قال فلان.
pub(super) fn quotation_before(copy: &Copy<'_, '_>, at: usize, sentence: (usize, usize)) -> Option<Way> {
    let region = copy.regions.iter().rev().find(|region| region.last <= at)?;
    let near = at - region.last <= 1 && region.first <= sentence.0 + 1 && region.first >= sentence.0;
    (near && region.last - region.first >= QUOTED_WORDS_MIN).then_some(Way { at, by: By::Before(*region) })
}

/// Reads what was said.
pub(super) fn read(copy: &Copy<'_, '_>, cue: &Cue<'_>, way: &Way, last: usize) -> Option<Said> {
    match way.by {
        By::Before(region) => {
            let subject_end = (cue.last..last).find(|at| copy.gap(*at).contains([',', '.'])).unwrap_or(last);
            Some(Said { last: subject_end, ..direct(copy, &region) })
        }
        By::Quotation => copy.opens(way.at).map(|region| direct(copy, &region)),
        By::That => said_from(copy, way.at + 1, last, QuoteKind::Indirect),
        By::Colon => {
            let from = if is_that(copy.word(way.at)) { way.at + 1 } else { way.at };
            said_from(copy, from, last, QuoteKind::Colon)
        }
        By::Preposition | By::With | By::Noun => {
            let from = if way.by == By::Preposition { way.at + 1 } else { way.at };
            let said = said_from(copy, from, last, QuoteKind::Indirect)?;
            let start = if way.by == By::With { said.start + 'ب'.len_utf8() } else { said.start };
            Some(Said { start, is_noun: true, ..said })
        }
    }
}

fn direct(copy: &Copy<'_, '_>, region: &Region) -> Said {
    let words = &copy.text.words;
    let mut first = region.first;
    // «إن …» inside the marks says that something was said, and is not it
    if is_that(copy.word(first)) && matches!(copy.word(first), "ان" | "بان") && region.last - first > 2 {
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
fn said_from(copy: &Copy<'_, '_>, from: usize, last: usize, kind: QuoteKind) -> Option<Said> {
    if let Some(region) = copy.opens(from) {
        let ends = kind == QuoteKind::Colon
            || region.last >= last
            || copy.is_stop(region.last)
            || copy.gap(region.last).contains([',', ';', '-', '('])
            || ends_at(copy, region.last, last);
        if ends && region.last - region.first >= 2 {
            return Some(direct(copy, &region));
        }
    }
    let mut said = stretch(copy, from, last)?;
    said.kind = kind;
    Some(said)
}

/// A stretch of what was said, up to where another statement or an attribution begins.
pub(super) fn stretch(copy: &Copy<'_, '_>, from: usize, last: usize) -> Option<Said> {
    let end = (from + 1..last).find(|at| ends_at(copy, *at, last) || leaves(copy, *at)).unwrap_or(last);
    whole(copy, from, end)
}

/// Whether the writer goes on for himself: «… "غير جديرة بالثقة"، في موقف عكس …», or another's words follow a colon.
fn leaves(copy: &Copy<'_, '_>, at: usize) -> bool {
    let gap = copy.gap(at);
    let behind_quotation = at > 0 && copy.is_quoted(at - 1) && !copy.is_quoted(at) && gap.contains(',');
    behind_quotation && matches!(copy.word(at), "في" | "خلال" | "بعد" | "مع" | "وهو" | "وهي" | "وذلك" | "ردا")
        || gap.contains(':')
            && copy.opens(at).is_some_and(|region| region.last - region.first >= QUOTED_WORDS_MIN)
}

/// A stretch of what was said, all of it.
pub(super) fn whole(copy: &Copy<'_, '_>, from: usize, end: usize) -> Option<Said> {
    let mut end = end;
    // conjunctions that lead to what comes next
    while end > from
        && matches!(copy.word(end - 1), "كما" | "و" | "فيما" | "بينما" | "وقد" | "ثم" | "وكما" | "حيث")
    {
        end -= 1;
    }
    if end < from + 2 {
        return None;
    }
    let words = &copy.text.words;
    let is_closed =
        copy.regions.iter().all(|region| region.is_closed || region.last <= from || region.first >= end);
    Some(Said {
        kind: QuoteKind::Indirect,
        start: words.get(from)?.start,
        end: words.get(end - 1)?.end,
        last: end,
        is_noun: false,
        is_closed,
    })
}

/// Whether something else begins at a word: a participle that says more, a verb of saying, an attribution.
fn ends_at(copy: &Copy<'_, '_>, at: usize, last: usize) -> bool {
    let Some(cue) = copy.cue(at).filter(|_| !copy.is_quoted(at)) else { return false };
    match cue.entry.form {
        CueForm::Participle => {
            way(copy, &cue, last.min(cue.last + 4)).is_some_and(|way| way.at <= cue.last + 2)
        }
        CueForm::Verb => {
            copy.opens_clause(at)
                && way(copy, &cue, last.min(cue.last + 14))
                    .is_some_and(|way| !matches!(way.by, By::Noun | By::With))
        }
        CueForm::Attribution => {
            copy.gap(at).contains(',') && super::attribution::source(copy, at, last).is_some()
        }
    }
}
