//! Where the names of a text stand.

use std::cell::OnceCell;

use naba_lexicon::{Found, Lexicon, PlaceKind, Sense};
use naba_record::EntityType;
use naba_text::words::Counts;

use super::model::{Label, Model};
use super::see::{Gap, class};
use super::unseen::unseen;
use crate::article::Text;

/// A name where it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// What it is.
    pub kind: EntityType,
    /// Its first word.
    pub first: usize,
    /// One past its last word.
    pub last: usize,
    /// Its place in the lexicon: of places, of organisations, or behind those of agencies.
    pub entry: Option<usize>,
    /// First byte of the folded text that belongs to it: clitics are left out.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// The most words of a name that the model finds; what goes on is another one.
const MODEL_WORDS_MAX: usize = 32;

/// The names of a text, in order, none over another: what the model finds, and what the lexicon is sure of.
pub fn find(lexicon: &Lexicon, text: &Text<'_>, model: &Model) -> Vec<Name> {
    of_labels(lexicon, text, model.label(&text.seen))
}

/// The names that a row of labels makes, and those that the lexicon is sure of.
pub fn of_labels(lexicon: &Lexicon, text: &Text<'_>, labels: Vec<Label>) -> Vec<Name> {
    let mut names: Vec<Name> = vec![];
    for (at, label) in labels.into_iter().enumerate() {
        let kind = match label {
            1 | 2 => EntityType::Person,
            3 | 4 => EntityType::Place,
            5 | 6 => EntityType::Organisation,
            _ => continue,
        };
        let (start, end) = (text.words[at].start, text.words[at].end);
        let continued = |name: &&mut Name| label % 2 == 0 && at - name.first < MODEL_WORDS_MAX;
        if let Some(name) = names.last_mut().filter(continued) {
            (name.last, name.end) = (at + 1, end);
        } else {
            names.push(Name { kind, first: at, last: at + 1, entry: None, start, end });
        }
    }
    names.retain_mut(|name| is_name(text, name));
    let (mut more, mut at) = (vec![], 0);
    for known in known(lexicon, text) {
        while names.get(at).is_some_and(|name| name.last <= known.first) {
            at += 1;
        }
        let over = names.get_mut(at).filter(|name| name.first < known.last);
        more.extend(settle(lexicon, over, known, text));
    }
    names.append(&mut more);
    names.sort_unstable_by_key(|name| name.first);
    unseen(text, &mut names);
    let counts = OnceCell::new();
    for name in &mut names {
        with_surname(text, name);
        with_head(text, name);
        around_place(text, name);
        if name.entry.is_none() {
            name.start += clitic_bytes(text, name, &counts);
        }
    }
    names
}

/// Takes from a name of the model what the lexicon knows to be none; whether a name is left.
fn is_name(text: &Text<'_>, name: &mut Name) -> bool {
    let seen = &text.seen[name.first..name.last];
    // «حسن الجوار»
    if seen.iter().all(|word| word.is_any(class::ORDINARY)) {
        return false;
    }
    let alone = |head: u32, known: u32| matches!(seen, [one] if one.is_any(head) && !one.is_any(known));
    match name.kind {
        EntityType::Person => without_titles(text, name),
        // «لجنة», «مدينة»: a word that opens names is none
        EntityType::Organisation => {
            !alone(class::ORGANISATION_HEAD, class::ORGANISATION | class::DOUBTFUL_ORGANISATION)
        }
        // «الإسلامية الإيرانية»: what people and things of a place are called
        EntityType::Place => {
            !alone(class::PLACE_HEAD, class::PLACE | class::DOUBTFUL_PLACE)
                && !seen.iter().all(|word| word.is_any(class::NATIONALITY) && !word.is_any(class::PLACE))
        }
    }
}

/// «رئيس الوزراء رشيد مردوف»: behind a title or a place a given name alone takes the next word, if that is nothing else.
fn with_surname(text: &Text<'_>, name: &mut Name) {
    let (first, next) = (text.seen[name.first], name.last);
    let is_alone =
        name.kind == EntityType::Person && name.last - name.first == 1 && first.is_any(class::GIVEN);
    let titled = name.first > 0
        && first.gap == Gap::Space
        && text.seen[name.first - 1].is_any(class::TITLE | class::NATIONALITY | class::PLACE);
    if !is_alone || !titled || next >= text.words.len() || text.seen[next].gap != Gap::Space {
        return;
    }
    let word = text.word(next);
    let is_free = text.seen[next].is_any(class::FAMILY) || !text.seen[next].is_any(u32::MAX);
    // a foreign name may begin like a preposition («لافرينتيف»); words of ours that do are shorter («لاحقا»)
    let is_foreign = word.starts_with("لا") && word.len() >= 12;
    let looks_like_a_name = word.len() >= 8
        && !word.starts_with("ال")
        && (is_foreign || !word.starts_with(['و', 'ب', 'ل', 'ي', 'ت', 'س']));
    if is_free && looks_like_a_name {
        (name.last, name.end) = (next + 1, text.words[next].end);
    }
}

/// «المكتب الاعلامي للرئاسة»: a body whose name begins with لل has a head before that.
fn with_head(text: &Text<'_>, name: &mut Name) {
    if name.kind != EntityType::Organisation
        || name.entry.is_some()
        || !text.word(name.first).starts_with("لل")
    {
        return;
    }
    for first in (name.first.saturating_sub(2)..name.first).rev() {
        if text.seen[first + 1].gap != Gap::Space {
            return;
        }
        if text.seen[first].is_any(class::ORGANISATION_HEAD) {
            (name.first, name.start) = (first, text.words[first].start);
            return;
        }
    }
}

/// «مركز بغداد المعلوماتي»: a head before a city and an adjective of its own behind it make a body of all three. A
/// programme is as often a plan («برنامج طهران النووي»).
fn around_place(text: &Text<'_>, name: &mut Name) {
    let (first, last) = (name.first.saturating_sub(1), name.last);
    let touches = |at: usize| text.seen.get(at).is_some_and(|word| word.gap == Gap::Space);
    let is_body = name.kind == EntityType::Place
        && name.first > 0
        && touches(name.first)
        && touches(last)
        && text.seen[first].is_any(class::ORGANISATION_HEAD)
        && !text.seen[last].is_any(class::NATIONALITY)
        && text.word(first) != "برنامج"
        && is_adjective(text.word(last));
    if is_body {
        let (start, end) = (text.words[first].start, text.words[last].end);
        *name = Name { kind: EntityType::Organisation, first, last: last + 1, entry: None, start, end };
    }
}

/// «آية الله رئيسي»: what the lexicon knows as a title is not the name. Whether anything else is left of it.
fn without_titles(text: &Text<'_>, name: &mut Name) -> bool {
    loop {
        let Some(end) = text.titles_at(name.first).map(|title| title.end).max() else { return true };
        let first = text.words.partition_point(|word| word.end <= end);
        if first >= name.last {
            // a title of one word may be somebody's name, where no other name follows; one of several words is none
            let next = text.seen.get(name.last);
            let is_titled = next.is_some_and(|next| next.gap == Gap::Space && next.is_any(class::GIVEN));
            return end <= text.words[name.first].end && !is_titled;
        }
        (name.first, name.start) = (first, text.words[first].start);
    }
}

/// Puts a name that the lexicon is sure of where the model sees none; where it sees the same one, it is the lexicon's.
/// (Five folds over the training sentences: F1 0.802; with the lexicon's word against the model's 0.784.)
fn settle(lexicon: &Lexicon, over: Option<&mut Name>, known: Name, text: &Text<'_>) -> Option<Name> {
    match over {
        None => return Some(known),
        Some(name) if (name.first, name.last, name.kind) == (known.first, known.last, known.kind) => {
            (name.entry, name.start) = (known.entry, known.start);
        }
        // «الاتحاد الروسي»: several words are what the lexicon says
        Some(name)
            if (name.first, name.last) == (known.first, known.last) && known.last - known.first > 1 =>
        {
            *name = known;
        }
        // the model breaks off: «وكالة أهل البيت (ع) للأنباء»
        Some(name)
            if (name.kind, known.kind) == (EntityType::Organisation, EntityType::Organisation)
                && known.first <= name.first
                && name.last <= known.last
                && known.last - known.first >= 3 =>
        {
            *name = known;
        }
        // «الجمهورية الإسلامية الإيرانية آية الله», «وكالة … للأنباء - …»: nor does a title or what a mark sets apart go on
        // with a name of several words
        Some(name)
            if name.first == known.first
                && known.last < name.last
                && known.last - known.first > 1
                && (text.seen[known.last].gap != Gap::Space
                    || text.seen[known.last].is_any(class::TITLE | class::ORGANISATION)) =>
        {
            *name = known;
        }
        // «بحر قزوين»: the model sees no more than the city in it
        Some(name)
            if name.kind == EntityType::Place
                && known.first <= name.first
                && name.last <= known.last
                && is_sea(lexicon, &known) =>
        {
            *name = known;
        }
        // «بغداد المعلوماتي»: what follows a city is no part of its name, unless it says which part of it
        Some(name)
            if name.kind == EntityType::Place
                && known.kind == EntityType::Place
                && (name.first, name.last) == (known.first, known.last + 1)
                && name.end > known.end
                && is_adjective(text.between(known.end, name.end)) =>
        {
            *name = known;
        }
        // «سورية الكسندر لافرينتيف»: nor is somebody's given name
        Some(name)
            if (name.kind, known.kind) == (EntityType::Place, EntityType::Place)
                && (name.first, name.last) == (known.first, known.last + 1)
                && text.seen[known.last].is_any(class::GIVEN)
                && !text.seen[known.last]
                    .is_any(class::PLACE | class::PLACE_INSIDE | class::DOUBTFUL_PLACE) =>
        {
            let (first, last) = (known.last, name.last);
            *name = known;
            let (start, end) = (text.words[first].start, text.words[first].end);
            return Some(Name { kind: EntityType::Person, first, last, entry: None, start, end });
        }
        Some(_) => {}
    }
    None
}

/// Whether a place of the lexicon is a water («مضيق هرمز»), whose name may have a city's in it.
fn is_sea(lexicon: &Lexicon, known: &Name) -> bool {
    let place = known.entry.and_then(|entry| lexicon.tables.places.get(entry));
    known.kind == EntityType::Place && place.is_some_and(|place| place.kind == PlaceKind::Sea)
}

/// A word with the article that ends like an adjective, and names no part of a place.
pub(super) fn is_adjective(word: &str) -> bool {
    let word = word.trim();
    let parts = ["شمال", "جنوب", "شرق", "غرب", "وسط", "كبر", "صغر", "قديم", "جديد", "علي", "سفل"];
    word.strip_prefix("ال").is_some_and(|bare| {
        // four letters at least: «الي» and «الذي» are none
        bare.len() >= 8
            && (bare.ends_with('ي') || bare.ends_with("يه"))
            && !parts.iter().any(|part| bare.starts_with(part))
    })
}

/// Places and organisations of the lexicon that need no cue, longest entry first, overlaps left out.
fn known(lexicon: &Lexicon, text: &Text<'_>) -> Vec<Name> {
    let mut names: Vec<Name> = vec![];
    for found in &text.found {
        let after = names.last().map_or(0, |name| name.end);
        let Some((kind, entry)) = known_kind(lexicon, found).filter(|_| found.start >= after) else {
            continue;
        };
        let (first, last) = text.words_of(found);
        if text.seen[first..last].iter().all(|word| word.is_any(class::ORDINARY)) {
            continue;
        }
        names.push(Name { kind, first, last, entry: Some(entry), start: found.start, end: found.end });
    }
    names
}

/// What a lexicon entry is, when it is a place or an organisation by itself.
fn known_kind(lexicon: &Lexicon, found: &Found) -> Option<(EntityType, usize)> {
    match found.sense {
        Sense::Place(index, false) => Some((EntityType::Place, index)),
        Sense::Organisation(index, false) => Some((EntityType::Organisation, index)),
        // beyond the tables of organisations: agencies, so that one number names one entity
        Sense::Agency(index, false) if !lexicon.tables.agencies[index].is_pooled => {
            Some((EntityType::Organisation, lexicon.tables.organisations.len() + index))
        }
        _ => None,
    }
}

/// How many bytes of clitics a name opens with. A letter goes where the lexicon or the text itself knows the name
/// without it and not with it: «وبوشكوف», but not «ولايتي».
fn clitic_bytes<'a>(text: &Text<'a>, name: &Name, counts: &OnceCell<Counts<'a>>) -> usize {
    let word = text.between(name.start, text.words[name.first].end);
    if let Some(rest) = word.strip_prefix("وال").or_else(|| word.strip_prefix("بال")) {
        return if rest.len() >= 6 { 2 } else { 0 };
    }
    let here = || text.found_in(name.start, name.start + word.len());
    let is_name = |found: &Found| {
        matches!(
            found.sense,
            Sense::GivenName
                | Sense::DoubtfulName
                | Sense::FamilyName(_)
                | Sense::Place(..)
                | Sense::Organisation(..)
                | Sense::Agency(..)
                | Sense::OrganisationHead
                | Sense::PlaceHead
        )
    };
    if here().any(|found| found.start == name.start && is_name(found)) {
        return 0;
    }
    let known = here().find(|found| {
        found.start > name.start && found.clitic_bytes == found.start - name.start && is_name(found)
    });
    if let Some(found) = known {
        return found.clitic_bytes;
    }
    let counts =
        || counts.get_or_init(|| Counts::new(text.folded, text.words.len(), text.words.iter().copied()));
    let repeated = |wanted: &str| counts().of(wanted);
    ["و", "ف", "ب", "ل", "ك"]
        .into_iter()
        .filter_map(|clitic| word.strip_prefix(clitic).map(|rest| (clitic, rest)))
        .find(|(_, rest)| rest.len() >= 6 && repeated(rest) > 0 && repeated(word) == 1)
        .map_or(0, |(clitic, _)| clitic.len())
}
