//! The way from a verb of saying to what was said.

use naba_lexicon::speech::kind;
use naba_lexicon::{CueForm, Sense};
use naba_record::EntityType;

use super::copy::{Copy, Cue};
use super::marks::Region;
use super::noun::is_verbal_noun;

/// The fewest words of a quotation that is speech and not a name or a doubt («داعش»).
pub(super) const QUOTED_WORDS_MIN: usize = 4;

/// The most words in brackets between a verb and what was said.
const BRACKET_WORDS_MAX: usize = 8;

/// The most words between what seems to be said and the name that it leads to.
const TITLE_WORDS_MAX: usize = 3;

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

/// The phrase of circumstances that a word stands in: «في لبنان» ends with its name, «خلال لقائه …» with a comma.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phrase {
    Closed,
    Place,
    Open,
    /// One in which a name has ended.
    Named,
}

/// A walk from a cue to what was said.
struct Walk<'w, 'a, 'b> {
    copy: &'w Copy<'a, 'b>,
    cue: &'w Cue,
    reach: usize,
    phrase: Phrase,
    /// Whether a name has ended behind the verb.
    name_ended: bool,
    /// Whether the speaker stands before the verb.
    has_subject: bool,
    /// Whether it is known whose speech it is.
    has_whom: bool,
    /// Where a phrase without أن may begin, should no أن come.
    noun: Option<Way>,
}

/// What a step of the walk says.
enum Step {
    /// The walk goes on at a word.
    To(usize),
    /// It ends.
    End(Option<Way>),
}

/// Finds the way from a cue to what was said, before a word; whether the speaker stands before the cue.
pub(super) fn way(copy: &Copy<'_, '_>, cue: &Cue, reach: usize, has_subject: bool) -> Option<Way> {
    let has_whom = !cue.entry.takes.whom;
    let mut walk = Walk {
        copy,
        cue,
        reach,
        phrase: Phrase::Closed,
        name_ended: has_subject,
        has_subject,
        has_whom,
        noun: None,
    };
    let mut at = cue.last;
    while at < reach {
        match walk.step(at) {
            Step::To(next) => at = next.max(at + 1),
            Step::End(way) => return way,
        }
    }
    walk.noun
}

impl Walk<'_, '_, '_> {
    fn step(&mut self, at: usize) -> Step {
        let (copy, takes) = (self.copy, self.cue.entry.takes);
        let that = takes.that || takes.whom || takes.to_that;
        let gap = copy.gap(at);
        if gap.contains(':') && (that || takes.on || takes.to || takes.with) && self.has_whom {
            return Step::End(Some(Way { at, by: By::Colon }));
        }
        if gap.contains(',') {
            self.phrase = Phrase::Closed;
            if self.cue.entry.is_doubtful && copy.is(at, kind::CONTRAST) {
                return Step::End(self.noun);
            }
        }
        if gap.contains('(')
            && let Some(behind) = (at + 1..self.reach.min(at + BRACKET_WORDS_MAX))
                .find(|behind| copy.gap(*behind).contains(')'))
        {
            return Step::To(behind);
        }
        if let Some(region) = copy.opens(at) {
            if (that || takes.noun) && self.has_whom && is_speech(copy, self.cue, &region, self.reach) {
                return Step::End(Some(Way { at, by: By::Quotation }));
            }
            self.name_ended = true;
            return Step::To(region.last);
        }
        // «على» and «علي» are folded to one word: within a person's name it is the name
        if let Some((place, _)) = copy.people(at, at + 1).next() {
            self.name_ended = true;
            // «أكد الرئيس حجة الإسلام فلان أن»: what seemed to be said leads to his name
            let is_near = |noun: &Way| at - noun.at <= TITLE_WORDS_MAX;
            self.noun = self.noun.filter(|noun| !is_near(noun));
            self.phrase = if self.phrase == Phrase::Open { Phrase::Named } else { self.phrase };
            return Step::To(place.last);
        }
        if copy.is(at, kind::THAT)
            && !copy.word(at).starts_with('ف')
            && self.has_whom
            && !is_another_that(copy, at)
        {
            return Step::End((takes.that || takes.whom).then_some(Way { at, by: By::That }).or(self.noun));
        }
        if copy.is(at, kind::QUESTION) && self.cue.entry.class == "ask" {
            return Step::End(Some(Way { at: at - 1, by: By::That }));
        }
        self.has_whom |= copy.word(at) == "عن";
        self.prepositions(at)
            .or_else(|| self.ends(at))
            .or_else(|| self.nouns(at))
            .unwrap_or_else(|| self.phrases(at))
    }

    /// «إلى», «على», «عن», «من», ب: of the verb's own.
    fn prepositions(&self, at: usize) -> Option<Step> {
        let (copy, takes) = (self.copy, self.cue.entry.takes);
        // «ناشد السكان بالابتعاد»: whom he asks comes before what he asks for
        if self.noun.is_some() && !(takes.with && self.cue.entry.class == "demand") {
            return None;
        }
        let next_is_that = copy.is(at + 1, kind::THAT) && copy.gap(at + 1) == " ";
        let is_own = match copy.word(at) {
            "الي" => takes.to_that && next_is_that || takes.to && !copy.is(at + 1, kind::NOT_TO),
            "علي" => takes.on && !copy.is(at + 1, kind::NOT_ON),
            "عن" => takes.about && (!self.cue.entry.is_doubtful || self.is_said_about(at + 1)),
            "من" => takes.from,
            _ => false,
        };
        if is_own && next_is_that {
            return Some(Step::End(Some(Way { at: at + 1, by: By::That })));
        }
        if is_own {
            return Some(Step::End(Some(Way { at, by: By::Preposition })));
        }
        (takes.with && is_with(copy, at, self.cue)).then_some(Step::End(Some(Way { at, by: By::With })))
    }

    /// «كشف عن نيته» says something, «كشف عن سيارة» shows it.
    fn is_said_about(&self, at: usize) -> bool {
        let copy = self.copy;
        copy.is(at, kind::CONTENT) || copy.opens(at).is_some() || is_verbal_noun(copy.word(at))
    }

    /// Where another statement begins, nothing leads to this one.
    fn ends(&self, at: usize) -> Option<Step> {
        let copy = self.copy;
        let ends = copy.opens_clause(at)
            || copy.cue(at).is_some_and(|cue| match cue.entry.form {
                CueForm::Verb | CueForm::Participle => !cue.entry.is_doubtful,
                CueForm::Attribution => false,
            })
            || copy.is(at, kind::LOOK);
        ends.then_some(Step::End(self.noun))
    }

    fn nouns(&mut self, at: usize) -> Option<Step> {
        let (copy, takes) = (self.copy, self.cue.entry.takes);
        if !takes.noun || self.noun.is_some() {
            return None;
        }
        let is_content = copy.is(at, kind::CONTENT);
        let may_begin = match self.phrase {
            Phrase::Closed => true,
            Phrase::Named => !takes.that || is_content,
            Phrase::Open => {
                is_content && self.name_ended && !copy.is(at - 1, kind::PHRASE)
                    || self.cue.entry.class == "demand" && is_verbal_noun(copy.word(at))
            }
            Phrase::Place => false,
        };
        if may_begin && is_noun(copy, at, self.cue, self.name_ended, self.has_subject) {
            self.noun = Some(Way { at, by: By::Noun });
            // a verbal noun may stand in the way to أن where the verb takes على too: «أكد قبل مغادرته … أن»
            let is_sure = is_verbal_noun(copy.word(at)) && !copy.word(at).starts_with("ال") && !takes.on;
            if is_content || is_sure || !takes.that || self.cue.entry.class == "demand" && !takes.with {
                return Some(Step::End(self.noun));
            }
        }
        None
    }

    fn phrases(&mut self, at: usize) -> Step {
        let copy = self.copy;
        if matches!(copy.word(at), "في" | "وفي") {
            self.phrase = Phrase::Place;
        } else if copy.is(at, kind::PHRASE) {
            self.phrase = Phrase::Open;
        }
        // «أبرز الوزير الإجراءات»: a bare title is a whole speaker
        self.name_ended |= copy.word(at).starts_with("ال") && copy.is_title(at);
        // a name is one piece
        if let Some((place, _)) = copy.names(at, at + 1).next() {
            self.name_ended = true;
            self.phrase = match self.phrase {
                Phrase::Place => Phrase::Closed,
                Phrase::Open => Phrase::Named,
                phrase => phrase,
            };
            return Step::To(place.last);
        }
        Step::To(at + 1)
    }
}

/// «رغم أنها», «بعد أن», «سبق أن»: أن belongs to another word.
pub(super) fn is_another_that(copy: &Copy<'_, '_>, at: usize) -> bool {
    copy.gap(at) == " " && at > 0 && copy.is(at - 1, kind::ANOTHER_THAT)
}

/// Whether a quotation behind a verb is what was said, and not the name of the speaker.
fn is_speech(copy: &Copy<'_, '_>, cue: &Cue, region: &Region, reach: usize) -> bool {
    let words = region.last - region.first;
    let that_follows = || {
        (region.last..reach.min(region.last + 12)).any(|at| copy.is(at, kind::THAT) && !copy.is_quoted(at))
    };
    let ends = region.last >= reach || copy.is_stop(region.last) || copy.gap(region.last).contains(',');
    let is_short_answer = words == 1 && cue.entry.class == "say";
    // «وصف الوضع بأنه "…"»: a judgement of a few words is no speech of its own
    let is_judged = cue.entry.takes.noun && !cue.entry.takes.that && words < QUOTED_WORDS_MIN;
    words > QUOTED_WORDS_MIN + 2
        || words >= QUOTED_WORDS_MIN && !that_follows()
        || (words >= 3 || words == 2 && cue.entry.class == "say" || is_short_answer)
            && ends
            && !that_follows()
            && !is_judged
}

/// «رحب بالقرار»: ب with a noun, not ب of another phrase («بشدة», «بدوره») and not a name that begins with it.
fn is_with(copy: &Copy<'_, '_>, at: usize, cue: &Cue) -> bool {
    let word = copy.word(at);
    if !word.starts_with('ب') || copy.is(at, kind::NOT_WITH | kind::CIRCUMSTANCE) {
        return false;
    }
    let begins_name = copy.names(at, at + 1).any(|(place, _)| place.first == at)
        || copy.has_sense(at, |sense| {
            matches!(sense, Sense::FamilyName(_) | Sense::GivenName | Sense::DoubtfulName | Sense::Title(_))
        });
    let definite = word.starts_with("بال");
    let is_content = is_verbal_noun(word.strip_prefix('ب').unwrap_or(word))
        || copy.is_behind_clitic(at, kind::CONTENT | kind::THAT);
    // «إلى برنامج»: behind a preposition the letter is the noun's own
    let is_governed = at > cue.last && copy.gap(at) == " " && copy.is(at - 1, kind::PHRASE);
    let is_apart = copy.gap(at).contains(',');
    // «برنامج», «بيروت» begin with the letter: an article, an ending or a verbal noun shows that it is ب
    let is_shown = definite || is_content || word.ends_with(['ه', 'ء']) || word.len() > 8;
    let letters = word.chars().count();
    (letters >= 4 || letters == 3 && is_apart)
        && (!cue.entry.is_doubtful || is_content)
        && (definite || is_content || !begins_name)
        && !is_governed
        && (is_shown || at > cue.last)
}

/// Whether what was said begins at a word, with nothing between it and the speaker.
fn is_noun(copy: &Copy<'_, '_>, at: usize, cue: &Cue, name_ended: bool, has_subject: bool) -> bool {
    let word = copy.word(at);
    if copy.is(at, kind::CIRCUMSTANCE | kind::ADVERB | kind::THAT)
        || matches!(word, "في" | "وفي" | "قد")
        || word.starts_with('و') && !copy.is(at, kind::CONTENT)
        || word.chars().all(|c| c.is_ascii_digit())
    {
        return false;
    }
    if copy.is_title(at) && !name_ended {
        return false;
    }
    if copy.is(at, kind::CONTENT) && !copy.is(at, kind::SOURCE) {
        return true;
    }
    let before_is_head = at > 0 && (copy.is_title(at - 1) || copy.is(at - 1, kind::SOURCE));
    let has_speaker = name_ended || at > cue.last + 1 || copy.gap(at).contains(',');
    if is_verbal_noun(word) && !word.starts_with("ال") && has_speaker && !before_is_head && !copy.is_title(at)
    {
        return true;
    }
    let is_apposition =
        copy.is_title(at) || copy.has_sense(at, |sense| matches!(sense, Sense::Nationality(_)));
    name_ended
        && (at > cue.last || has_subject)
        && !is_apposition
        && copy.names(at, at + 1).all(|(_, entity)| entity.kind != EntityType::Person)
}

/// A quotation of the same sentence that ends right before a verb: «…», قال فلان.
pub(super) fn quotation_before(copy: &Copy<'_, '_>, at: usize, sentence: (usize, usize)) -> Option<Way> {
    let behind = copy.regions.partition_point(|region| region.last <= at);
    let region = copy.regions.get(behind.checked_sub(1)?)?;
    let near = at - region.last <= 1 && region.first <= sentence.0 + 1 && region.first >= sentence.0;
    (near && region.last - region.first >= QUOTED_WORDS_MIN).then_some(Way { at, by: By::Before(*region) })
}
