//! Who made a statement: the words behind the verb, and how he is called.

use naba_lexicon::Sense;
use naba_lexicon::speech::kind;
use naba_record::{Entity, EntityType};

use super::copy::Copy;
use crate::names::Place;
use crate::names::bare;

pub(super) use super::known::resolve;

/// The most words of a speaker without a name.
const NAMELESS_WORDS_MAX: usize = 14;
/// The most words of a name that only its place shows to be one.
const NAME_WORDS_MAX: usize = 5;

/// Whoever speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Speaker {
    /// The words that name him, first and one past the last; none where only the verb says so.
    pub(super) words: Option<(usize, usize)>,
    /// The name: of an entity, of two, or the words as printed.
    pub(super) name: Option<String>,
    pub(super) entity: Option<usize>,
    pub(super) is_unnamed: bool,
    /// His words, folded and bare, those of his role with them.
    pub(super) known_as: Vec<String>,
}

/// Reads the speaker in a stretch of words. None where the stretch names nobody.
pub(super) fn read(copy: &Copy<'_, '_>, first: usize, last: usize) -> Option<Speaker> {
    let (first, last) = trimmed(copy, first, last);
    if first >= last {
        return None;
    }
    let mut people =
        copy.people(first, last).filter(|(place, _)| !names_a_body(copy, first, *place)).peekable();
    // «أمين السوق الدكتور فلان الفلاني»: a word that is a name and an office is the office
    let is_office = |place: &Place| place.first == first && place.last == first + 1;
    let other = |place: &Place| place.first > first + 1 && copy.is_title(place.first - 1);
    if people.peek().is_some_and(|(place, _)| is_office(place))
        && copy.people(first + 1, last).any(|(place, _)| other(&place))
    {
        people.next();
    }
    let Some((place, entity)) = people.next() else {
        return speaks(copy, first, last).then(|| nameless(copy, first, last));
    };
    let mut speaker = person(copy, place, entity);
    // what he is called here, he is known as
    speaker.known_as.extend((first..place.first).map(|at| bare(copy.word(at)).to_owned()));
    speaker.words = Some((first, place.last.max(first + 1)));
    // «فلان وفلان»: both, where nothing but a role stands between
    if let Some((second, other)) = people.next()
        && other.key != entity.key
        && is_joint(copy, place.last, second.first)
        && let Some(name) = &mut speaker.name
    {
        name.push_str(" و");
        name.push_str(&other.name);
        speaker.words = Some((first, second.last));
    }
    Some(speaker)
}

/// Whether words without a person's name may speak: not «كل فئة», not «بخطر».
fn speaks(copy: &Copy<'_, '_>, first: usize, last: usize) -> bool {
    let word = copy.word(first);
    let is_known = copy.is_title(first)
        || copy.is(first, kind::SOURCE | kind::UNNAMED)
        || copy.names(first, last).next().is_some()
        || copy.has_sense(first, |sense| {
            matches!(
                sense,
                Sense::OrganisationHead | Sense::PlaceHead | Sense::Organisation(..) | Sense::Agency(..)
            )
        });
    !matches!(word, "كل" | "اي" | "غير" | "ما" | "ذلك" | "تعالي" | "سبحانه")
        && (is_known || !word.starts_with('ب') || word.chars().count() <= 3)
}

/// «مدير جامعة الملك فلان»: the name is that of a body, and its bearer does not speak.
fn names_a_body(copy: &Copy<'_, '_>, first: usize, place: Place) -> bool {
    let head = |at: usize| {
        at > first
            && copy.has_sense(at, |sense| matches!(sense, Sense::OrganisationHead | Sense::PlaceHead))
            && copy.gap(at + 1) == " "
            && !copy.word(at).starts_with("ال")
    };
    // «الخبير المالي البريطاني»: an adjective between an office and where its holder is from
    let is_adjective = place.last == place.first + 1
        && place.first > first
        && copy.word(place.first).starts_with("ال")
        && copy.has_sense(place.last, |sense| matches!(sense, Sense::Nationality(_)))
        && copy.gap(place.last) == " ";
    let behind_title =
        place.first.checked_sub(2).is_some_and(|at| head(at) && copy.is_title(place.first - 1));
    is_adjective || place.first.checked_sub(1).is_some_and(head) || behind_title
}

pub(super) fn person(copy: &Copy<'_, '_>, place: Place, entity: &Entity) -> Speaker {
    let mut known_as = copy.names.roles[place.entity].clone();
    known_as.extend(entity.name.split_whitespace().map(|word| bare(&naba_lexicon::folded(word)).to_owned()));
    Speaker {
        words: Some((place.first, place.last)),
        name: Some(entity.name.clone()),
        entity: Some(place.entity),
        is_unnamed: false,
        known_as,
    }
}

/// The stretch without the circumstances of the statement.
fn trimmed(copy: &Copy<'_, '_>, first: usize, last: usize) -> (usize, usize) {
    let mut first = first;
    loop {
        let is_turn = copy.word(first) == "من"
            && matches!(copy.word(first + 1), "جهته" | "جهتها" | "جهتهم" | "جانبه" | "جانبها" | "جانبهم");
        match (copy.is_adverb(first), is_turn) {
            (true, _) if first < last => first += 1,
            (_, true) if first + 1 < last => first += 2,
            _ => break,
        }
    }
    // circumstances come first now and then: «وقال في تصريح صحفي مدير المركز …»
    if is_break(copy, first, last) {
        match (first + 1..last).find(|at| {
            copy.is_title(*at) && !copy.word(*at).starts_with('ل') && !is_break(copy, at - 1, last)
                || copy.gap(*at).contains(',') && copy.is(*at, kind::SOURCE | kind::UNNAMED)
        }) {
            Some(at) if copy.people(at, last).next().is_some() || copy.gap(at).contains(',') => first = at,
            _ => return (last, last),
        }
    }
    let mut end = (first + 1..last).find(|at| is_break(copy, *at, last)).unwrap_or(last);
    // «كبيرة الباحثين في الدراسة، فلانة الفلانية»: the name comes behind what looked like circumstances
    let is_cut =
        end < last && matches!(copy.word(end), "في" | "من") && copy.people(first, end).next().is_none();
    if is_cut
        && let Some(comma) = (end + 1..last.min(end + 8)).find(|at| copy.gap(*at).contains(','))
        && let Some((_, name_end)) = apposition(copy, comma, last)
    {
        return (first, name_end);
    }
    // «قال فلان، رئيس كذا، إن»: what stands between commas belongs to him only where it says what he is
    if let Some(comma) = (first + 1..end).find(|at| copy.gap(*at).contains(',')) {
        let named = copy.people(first, comma).next().is_some();
        let is_office = copy.is_title(first) || copy.is(first, kind::SOURCE | kind::UNNAMED);
        let more =
            copy.people(comma, end).next().is_some() || is_office && apposition(copy, comma, end).is_some();
        if named || !more {
            end = comma;
        }
    }
    (first, end)
}

/// «وزير الخارجية الفلبيني، فلان الفلاني»: a name that nobody knows, shown by where it stands.
pub(super) fn apposition(copy: &Copy<'_, '_>, comma: usize, end: usize) -> Option<(usize, usize)> {
    let ends =
        |at: &usize| copy.gap(*at).contains([',', '(']) || matches!(copy.word(*at), "في" | "من" | "خلال");
    let last = (comma + 1..end).find(ends).unwrap_or(end);
    let plain = |at: usize| {
        !copy.is(at, kind::SOURCE | kind::CIRCUMSTANCE | kind::CONTENT | kind::OPENER | kind::PHRASE)
            && copy.cue(at).is_none()
            && !copy.word(at).chars().any(|c| c.is_ascii_digit())
    };
    let titles = (comma..last).take_while(|at| copy.is_title(*at)).count();
    let first = comma + titles;
    let words = last.checked_sub(first)?;
    ((1..=NAME_WORDS_MAX).contains(&words) && words + titles >= 2 && (first..last).all(plain))
        .then_some((first, last))
}

/// Whether the circumstances begin at a word.
fn is_break(copy: &Copy<'_, '_>, at: usize, last: usize) -> bool {
    let word = copy.word(at);
    // «المبعوث الخاص إلى سورية فلان»: what leads to a name belongs to it
    let leads_on =
        || matches!(word, "لدي" | "الي" | "علي" | "عن" | "من") && copy.people(at, last).next().is_some();
    let is_name = || copy.people(at, at + 1).next().is_some();
    copy.is(at, kind::CIRCUMSTANCE) && !leads_on() && !is_name()
        || copy.is(at, kind::RELATIVE | kind::ADDRESSEE) && !is_name()
        || is_addressed(copy, at)
        || copy.is_adverb(at) && !is_name()
        || copy.cue(at).is_some_and(|cue| !cue.entry.is_doubtful)
        || matches!(word, "في" | "وفي") && (copy.is(at + 1, kind::OCCASION) || at + 1 >= last)
        || copy.gap(at).contains(';')
        || copy.gap(at).contains('(') && !(at + 1..last.min(at + 6)).any(|at| copy.gap(at).contains(')'))
        || is_governed(copy, at)
        || copy.gap(at).contains(" - ")
}

/// «بكل اللغات», «بخطر»: ب with a noun names nobody.
fn is_governed(copy: &Copy<'_, '_>, at: usize) -> bool {
    let word = copy.word(at);
    word.starts_with("بال") && copy.gap(at) == " " && copy.is(at, kind::NOT_WITH) || word == "بكل"
}

/// «لرويترز», «للأناضول»: to whom it was said.
fn is_addressed(copy: &Copy<'_, '_>, at: usize) -> bool {
    copy.word(at).starts_with('ل')
        && copy.has_sense(at, |sense| matches!(sense, Sense::Agency(..)))
        && copy.clitic_bytes(at) > 0
        || copy.word(at).starts_with('ل')
            && copy.people(at, at + 1).next().is_some()
            && copy.clitic_bytes(at) > 0
        || copy.word(at).starts_with("لل") && copy.has_sense(at, |sense| matches!(sense, Sense::Agency(..)))
}

/// Whether what stands between two people joins them: «و», and their roles.
fn is_joint(copy: &Copy<'_, '_>, end: usize, start: usize) -> bool {
    let joined = |at: usize| copy.word(at).starts_with('و') && copy.gap(at) == " ";
    start - end <= 10 && (joined(end) || (end == start && joined(start)))
}

/// A speaker without a person's name: a body, an office, a source.
pub(super) fn nameless(copy: &Copy<'_, '_>, first: usize, last: usize) -> Speaker {
    let last = last.min(first + NAMELESS_WORDS_MAX);
    // «بلاغ للمديرية», «بيان للوزارة»: the body speaks
    let is_of_body = copy.is(first, kind::VOICE) && copy.word(first + 1).starts_with('ل') && first + 1 < last;
    let first = if is_of_body { first + 1 } else { first };
    let entity = copy.names(first, last).find(|(_, entity)| entity.kind != EntityType::Person);
    let is_unnamed = copy.is(first, kind::UNNAMED) && entity.is_none();
    let shown = |first: usize, last: usize| {
        copy.text.home(copy.text.words[first].start, copy.text.words[last - 1].end).1
    };
    let comma = (first + 1..last).find(|at| copy.gap(*at).contains(','));
    let is_office = copy.is_title(first) || copy.is(first, kind::SOURCE | kind::UNNAMED);
    let name = match comma.filter(|_| is_office).and_then(|comma| apposition(copy, comma, last)) {
        Some((first, last)) => shown(first, last).to_owned(),
        None => without_preposition(shown(first, last)),
    };
    let is_unnamed = is_unnamed && comma.is_none();
    Speaker {
        words: Some((first, last)),
        name: (!is_unnamed).then_some(name),
        entity: entity.map(|(place, _)| place.entity),
        is_unnamed,
        known_as: (first..last).map(|at| bare(copy.word(at)).to_owned()).collect(),
    }
}

/// «لوزارة البيئة» → «وزارة البيئة», «للمديرية» → «المديرية».
fn without_preposition(name: &str) -> String {
    match name.strip_prefix('ل').filter(|rest| !rest.starts_with('ل')) {
        Some(rest) if is_source(rest) => rest.to_owned(),
        _ => crate::names::without_preposition(name),
    }
}

/// Whether a phrase begins with the word of a body or a paper.
fn is_source(phrase: &str) -> bool {
    let folded = naba_lexicon::folded(phrase);
    let first = folded.split(' ').next().unwrap_or_default();
    let hash = naba_text::words::hash(first.as_bytes(), 0, first.len());
    naba_lexicon::Speech::built_in().kinds(hash) & kind::SOURCE != 0
}
