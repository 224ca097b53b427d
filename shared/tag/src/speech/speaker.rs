//! Who made a statement: the words behind the verb, and whom of the article they mean.

use naba_lexicon::Sense;
use naba_record::{Entity, EntityType};

use super::copy::Copy;
use super::words::{is_circumstance, is_occasion, is_unnamed};
use crate::names::Place;
use crate::names::bare;

/// How many names before and behind a role are looked at for whom it means: no article has more, and a page of a
/// thousand articles does not take a thousand times a thousand looks.
const NEAR_NAMES_MAX: usize = 400;

/// The most words of a speaker without a name.
const NAMELESS_WORDS_MAX: usize = 9;

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
    let mut people = copy.people(first, last);
    let Some((place, entity)) = people.next() else { return Some(nameless(copy, first, last)) };
    let mut speaker = person(copy, place, entity);
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

fn person(copy: &Copy<'_, '_>, place: Place, entity: &Entity) -> Speaker {
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
    // circumstances come first now and then: «وقال في تصريح صحفي مدير المركز …»
    if is_break(copy, first, last) {
        match (first + 1..last).find(|at| {
            copy.is_title(*at) && !copy.word(*at).starts_with('ل') && !is_break(copy, at - 1, last)
        }) {
            Some(at) if copy.people(at, last).next().is_some() => first = at,
            _ => return (last, last),
        }
    }
    let end = (first + 1..last).find(|at| is_break(copy, *at, last)).unwrap_or(last);
    let mut end = end;
    // «قال فلان، رئيس كذا، إن»: what stands between commas belongs to him only where it says what he is
    if let Some(comma) = (first + 1..end).find(|at| copy.gap(*at).contains(',')) {
        let more = copy.people(comma, end).next().is_some() && copy.people(first, comma).next().is_none();
        if !more {
            end = comma;
        }
    }
    (first, end)
}

/// Whether the circumstances begin at a word.
fn is_break(copy: &Copy<'_, '_>, at: usize, last: usize) -> bool {
    let word = copy.word(at);
    let word = word.strip_prefix('و').filter(|rest| is_circumstance(rest) && *rest != "قد").unwrap_or(word);
    let relative = matches!(word, "الذي" | "التي" | "الذين");
    // «المبعوث الخاص إلى سورية فلان»: what leads to a name belongs to it
    let leads_on =
        || matches!(word, "لدي" | "الي" | "علي" | "عن" | "من") && copy.people(at, last).next().is_some();
    is_circumstance(word) && !leads_on()
        || relative
        || word.starts_with("بهذ")
        || word.starts_with("بذلك")
        || copy.cue(at).is_some()
        || matches!(word, "في" | "وفي") && (is_occasion(copy.word(at + 1)) || at + 1 >= last)
        || copy.gap(at).contains([';', '('])
        || copy.gap(at).contains(" - ")
}

/// Whether what stands between two people joins them: «و», and their roles.
fn is_joint(copy: &Copy<'_, '_>, end: usize, start: usize) -> bool {
    let joined = |at: usize| copy.word(at).starts_with('و') && copy.gap(at) == " ";
    start - end <= 10 && (joined(end) || (end == start && joined(start)))
}

/// A speaker without a person's name: a body, an office, a source.
fn nameless(copy: &Copy<'_, '_>, first: usize, last: usize) -> Speaker {
    let last = last.min(first + NAMELESS_WORDS_MAX);
    let words = || (first..last).map(|at| copy.word(at));
    // «بلاغ للمديرية», «بيان للوزارة»: the body speaks
    let first = if matches!(bare(copy.word(first)), "بلاغ" | "بيان" | "تقرير")
        && copy.word(first + 1).starts_with('ل')
        && first + 1 < last
    {
        first + 1
    } else {
        first
    };
    let entity = copy.names(first, last).find(|(_, entity)| entity.kind != EntityType::Person);
    let is_unnamed = is_unnamed(copy.word(first)) && entity.is_none();
    let (_, surface) = copy.text.home(copy.text.words[first].start, copy.text.words[last - 1].end);
    Speaker {
        words: Some((first, last)),
        name: (!is_unnamed).then(|| without_preposition(surface)),
        entity: entity.map(|(place, _)| place.entity),
        is_unnamed,
        known_as: words().map(|word| bare(word).to_owned()).collect(),
    }
}

/// «لوزارة البيئة» → «وزارة البيئة», «للمديرية» → «المديرية».
fn without_preposition(name: &str) -> String {
    match name.strip_prefix('ل').filter(|rest| !rest.starts_with('ل')) {
        Some(rest)
            if super::words::is_source(naba_lexicon::folded(rest).split(' ').next().unwrap_or_default()) =>
        {
            rest.to_owned()
        }
        _ => crate::names::without_preposition(name),
    }
}

/// Whom a bare role means: «الرئيس الروسي», «الوزير», «الصحيفة». Somebody whose name the article has put beside it,
/// else a speaker who was called so before. `None`: the words stand for themselves.
pub(super) fn resolve(copy: &Copy<'_, '_>, speaker: &Speaker, before: &[Speaker]) -> Option<Speaker> {
    let (first, last) = speaker.words?;
    if speaker.is_unnamed && !copy.word(first).starts_with("ال") {
        // «مصدر أمني» is nobody the article knows
        return None;
    }
    let known = |known_as: &[String]| {
        speaker.known_as.iter().all(|word| known_as.iter().any(|other| same_word(word, other)))
    };
    let is_role =
        copy.is_title(first) || copy.has_sense(first, |sense| matches!(sense, Sense::Nationality(_)));
    let is_definite = copy.word(first).starts_with("ال");
    let is_short = is_definite && last - first <= 3;
    if !is_role && !is_short {
        return None;
    }
    let named = || before.iter().rev().filter(|other| other.name.is_some());
    if let Some(other) = named().find(|other| known(&other.known_as)) {
        return Some(Speaker { words: speaker.words, ..other.clone() });
    }
    // «الوكالة الأميركية», «المصدر»: the last one of its kind, or simply the last one
    let head = bare(copy.word(first));
    if is_definite && super::words::is_source(head) {
        let of_kind = named().find(|other| other.known_as.iter().any(|word| word == head));
        let last = || named().next().filter(|_| matches!(head, "مصدر" | "بيان" | "بلاغ" | "تقرير"));
        if let Some(other) = of_kind.or_else(last) {
            return Some(Speaker { words: speaker.words, ..other.clone() });
        }
    }
    // the nearest person before the words whose role says so, else the first one after them
    let places = &copy.names.body;
    let is_it = |place: &&Place| known(&copy.names.roles[place.entity]);
    let (before, behind) = places.split_at(places.partition_point(|place| place.first < first));
    let near = before.iter().rev().take(NEAR_NAMES_MAX).find(is_it);
    let found = *near.or_else(|| behind.iter().take(NEAR_NAMES_MAX).find(is_it))?;
    Some(Speaker { words: speaker.words, ..person(copy, found, &copy.names.entities[found.entity]) })
}

/// «الروسي» and «روسيا», «الإيراني» and «إيران»: an office is one whatever form its country takes.
fn same_word(one: &str, other: &str) -> bool {
    let short = |word: &str| word.trim_end_matches(['ه', 'ي', 'ا']).to_owned();
    one == other || one.chars().count() >= 4 && short(one) == short(other)
}

/// The people whose statements a dual stands for: «الرئيسان», «الجانبان».
pub(super) fn is_dual(word: &str) -> bool {
    matches!(word, "الرييسان" | "الوزيران" | "الجانبان" | "الطرفان" | "البلدان" | "الزعيمان")
}
