//! Whom a bare role, a pronoun of honour or half a name means.

use naba_lexicon::Sense;
use naba_lexicon::speech::kind;
use naba_record::EntityType;

use super::copy::Copy;
use super::speaker::{Speaker, person};
use crate::names::{Place, bare};

/// How many names before and behind a role are looked at for whom it means: no article has more, and a page of a
/// thousand articles does not take a thousand times a thousand looks.
const NEAR_NAMES_MAX: usize = 400;

/// Whom a bare role means: «الرئيس الروسي», «الوزير», «الصحيفة», «سموه». Somebody whose name the article has put beside
/// it, else a speaker who was called so before. `None`: the words stand for themselves. `before`: who has spoken, the
/// last one first.
pub(super) fn resolve(copy: &Copy<'_, '_>, speaker: &Speaker, before: &[&Speaker]) -> Option<Speaker> {
    let (first, last) = speaker.words?;
    let is_person =
        speaker.entity.is_some_and(|entity| copy.names.entities[entity].kind == EntityType::Person);
    if is_person {
        return half_a_name(copy, speaker, before);
    }
    if speaker.is_unnamed && !copy.word(first).starts_with("ال") {
        // «مصدر أمني» is nobody the article knows
        return None;
    }
    if copy.is(first, kind::HONOUR) || matches!(copy.word(first), "سمو" | "معالي" | "فخامه" | "جلاله")
    {
        return honoured(copy, speaker, before);
    }
    let is_left_out =
        |word: &str| matches!(word, "نفسه" | "ذاته" | "نفسها") || last - first > 1 && is_address(word);
    let wanted: Vec<&String> = speaker.known_as.iter().filter(|word| !is_left_out(word)).collect();
    let known =
        |known_as: &[String]| wanted.iter().all(|word| known_as.iter().any(|other| same_word(word, other)));
    let is_role =
        copy.is_title(first) || copy.has_sense(first, |sense| matches!(sense, Sense::Nationality(_)));
    let is_definite = copy.word(first).starts_with("ال");
    let is_short = is_definite && last - first <= 3;
    // «تقرير الصحيفة»: the paper's
    let of_voice = copy.is(first, kind::VOICE) && last - first == 2 && copy.is(first + 1, kind::SOURCE);
    if !is_role && !is_short && !of_voice {
        // «رئيس اللجنة المنظمة» again, word for word
        return named(before)
            .find(|other| last - first >= 2 && known(&other.known_as) && is_named(copy, other))
            .map(|other| Speaker { words: speaker.words, ..(*other).clone() });
    }
    // «الشرطة» is no man of hers, although he is called by her name
    let is_body =
        copy.is(first, kind::SOURCE) && !copy.is_title(first) && !copy.is(first, kind::VOICE | kind::UNNAMED);
    if let Some(other) =
        named(before).find(|other| known(&other.known_as) && !(is_body && is_named(copy, other)))
    {
        return Some(Speaker { words: speaker.words, ..(*other).clone() });
    }
    let head = if of_voice { bare(copy.word(first + 1)) } else { bare(copy.word(first)) };
    if is_definite || of_voice { body(copy, speaker, head, before) } else { None }
        .or_else(|| by_role(copy, speaker, first, &known))
        .or_else(|| only_one(copy, speaker, first, head))
}

/// «الرئيس الفلبيني» where the article has one president, whoever says of what.
fn only_one(copy: &Copy<'_, '_>, speaker: &Speaker, first: usize, head: &str) -> Option<Speaker> {
    if !copy.is_title(first) || !copy.word(first).starts_with("ال") {
        return None;
    }
    let bears = |place: &&Place| copy.names.roles[place.entity].iter().any(|word| word == head);
    let mut holders = copy.places.iter().take(NEAR_NAMES_MAX).filter(bears);
    let place = *holders.next()?;
    holders
        .all(|other| other.entity == place.entity)
        .then(|| Speaker { words: speaker.words, ..person(copy, place, &copy.names.entities[place.entity]) })
}

fn named<'s>(before: &'s [&Speaker]) -> impl Iterator<Item = &'s &'s Speaker> {
    before.iter().filter(|other| other.name.is_some())
}

fn is_named(copy: &Copy<'_, '_>, other: &Speaker) -> bool {
    other.entity.is_some_and(|entity| copy.names.entities[entity].kind == EntityType::Person)
}

/// «الوكالة الأميركية», «المصدر», «التنظيم»: the last one of its kind, or simply the last one who spoke.
fn body(copy: &Copy<'_, '_>, speaker: &Speaker, head: &str, before: &[&Speaker]) -> Option<Speaker> {
    let (first, last) = speaker.words?;
    let is_voice = copy.is(first, kind::VOICE) && last - first == 1;
    if !copy.is(first, kind::SOURCE) && !copy.is(first + 1, kind::SOURCE) {
        return None;
    }
    let of_kind = named(before)
        .find(|other| other.known_as.iter().any(|word| word == head) && (is_voice || !is_named(copy, other)));
    let last_one = || named(before).next().filter(|_| is_voice);
    if let Some(other) = of_kind.or_else(last_one) {
        return Some(Speaker { words: speaker.words, ..(*other).clone() });
    }
    // «الصحيفة» after «صحيفة كذا», although nobody let her speak: the last body of its kind
    let behind = copy.places.partition_point(|place| place.first < first);
    let is_it = |place: &&Place| {
        let kind = copy.names.entities[place.entity].kind;
        let opens = |at: usize| bare(copy.word(at)) == head;
        kind != EntityType::Person && (opens(place.first) || place.first > 0 && opens(place.first - 1))
    };
    let place = copy.places[..behind].iter().rev().take(NEAR_NAMES_MAX).find(is_it)?;
    let found = person(copy, *place, &copy.names.entities[place.entity]);
    Some(Speaker { words: speaker.words, ..found })
}

/// The nearest person before the words whose role says so, else the first one after them.
fn by_role(
    copy: &Copy<'_, '_>,
    speaker: &Speaker,
    first: usize,
    known: &impl Fn(&[String]) -> bool,
) -> Option<Speaker> {
    let is_it = |place: &&Place| known(&copy.names.roles[place.entity]);
    let (before, behind) = copy.places.split_at(copy.places.partition_point(|place| place.first < first));
    let near = before.iter().rev().take(NEAR_NAMES_MAX).find(is_it);
    let found = *near.or_else(|| behind.iter().take(NEAR_NAMES_MAX).find(is_it))?;
    Some(Speaker { words: speaker.words, ..person(copy, found, &copy.names.entities[found.entity]) })
}

/// «الشرفي» after «زهير الشرفي», where the names were not joined.
fn half_a_name(copy: &Copy<'_, '_>, speaker: &Speaker, before: &[&Speaker]) -> Option<Speaker> {
    let entity = &copy.names.entities[speaker.entity?];
    let words: Vec<String> = entity.name.split_whitespace().map(naba_lexicon::folded).collect();
    let own: Vec<&str> = words.iter().map(|word| bare(word)).filter(|word| !is_address(word)).collect();
    if own.is_empty() || own.len() > 1 {
        return None;
    }
    let is_it = |other: &&&Speaker| {
        other.entity != speaker.entity
            && other.name.as_ref().is_some_and(|name| name.split_whitespace().count() > own.len())
            && other.known_as.iter().any(|word| word == own[0])
    };
    named(before).find(is_it).map(|other| Speaker { words: speaker.words, ..(*other).clone() })
}

/// How people are addressed: no part of a name.
fn is_address(word: &str) -> bool {
    matches!(
        word,
        "سيد"
            | "سيده"
            | "دكتور"
            | "دكتوره"
            | "شيخ"
            | "مهندس"
            | "استاذ"
            | "لواء"
            | "عميد"
            | "وزير"
    )
}

/// «سموه», «فخامته», «الأخير»: the last one who bears it, else who spoke last.
fn honoured(copy: &Copy<'_, '_>, speaker: &Speaker, before: &[&Speaker]) -> Option<Speaker> {
    let (first, _) = speaker.words?;
    let honours: &[&str] = match copy.word(first) {
        "سموه" | "سموها" | "سمو" => &["سمو", "امير", "اميره", "شيخ"],
        "جلالته" | "جلالتها" | "جلاله" => &["جلاله", "ملك", "ملكه", "عاهل"],
        "فخامته" | "فخامه" => &["فخامه", "رييس"],
        "معاليه" | "معاليها" | "معالي" => &["معالي", "وزير"],
        "سعادته" | "سعادتها" => &["سعاده", "سفير"],
        _ => &[],
    };
    let bears = |known_as: &[String]| known_as.iter().any(|word| honours.contains(&word.as_str()));
    if let Some(other) = named(before).find(|other| bears(&other.known_as)) {
        return Some(Speaker { words: speaker.words, ..(*other).clone() });
    }
    let near = by_role(copy, speaker, first, &bears);
    let is_pronoun = copy.is(first, kind::HONOUR);
    near.or_else(|| {
        named(before)
            .next()
            .filter(|_| is_pronoun)
            .map(|other| Speaker { words: speaker.words, ..(*other).clone() })
    })
}

/// «الروسي» and «روسيا», «الإيراني» and «إيران»: an office is one whatever form its country takes.
fn same_word(one: &str, other: &str) -> bool {
    let short = |word: &str| word.trim_end_matches(['ه', 'ي', 'ا']).to_owned();
    one == other || one.chars().count() >= 4 && short(one) == short(other)
}
