//! Names that the model has not seen: people by a given name and what may follow one, bodies by their heads.

use naba_record::EntityType;

use super::see::{Gap, class};
use super::spans::{Name, is_adjective};
use crate::article::Text;

/// Particles that tie given names and family names together.
const PARTICLES: [&str; 8] = ["بن", "ابن", "بنت", "ال", "ابو", "ابي", "دي", "فان"];
/// The most words of a person's name.
const NAME_WORDS_MAX: usize = 5;

/// What the model has not seen: people, by a given name and what may follow one, and bodies, by a head with an adjective.
pub(super) fn unseen(text: &Text<'_>, names: &mut Vec<Name>) {
    let mut found = vec![];
    let mut taken = names.iter().peekable();
    let mut at = 0;
    while at < text.words.len() {
        while taken.next_if(|name| name.last <= at).is_some() {}
        if let Some(name) = taken.peek().filter(|name| name.first <= at) {
            at = name.last;
            continue;
        }
        let end = taken.peek().map_or(text.words.len(), |name| name.first);
        let person = given_name(text, at, end).or_else(|| coordinated(text, names, at, end));
        let person = person.map(|last| (EntityType::Person, last));
        match person.or_else(|| body(text, at, end).map(|last| (EntityType::Organisation, last))) {
            Some((kind, last)) => {
                let (start, end) = (text.words[at].start, text.words[last - 1].end);
                found.push(Name { kind, first: at, last, entry: None, start, end });
                at = last;
            }
            None => at += 1,
        }
    }
    names.append(&mut found);
    names.sort_unstable_by_key(|name| name.first);
}

/// «وائل المرادي وباسم العنداري»: behind a person of two words, «و» with a given name and a word that may be a surname
/// are another one. One past its last word.
fn coordinated(text: &Text<'_>, names: &[Name], at: usize, end: usize) -> Option<usize> {
    let before = names.partition_point(|name| name.first < at).checked_sub(1)?;
    let follows_person = names[before].kind == EntityType::Person
        && names[before].last == at
        && names[before].last - names[before].first > 1
        && text.seen[at].gap == Gap::Space;
    let next = text.seen.get(at + 1).filter(|next| at + 1 < end && next.gap == Gap::Space)?;
    let may_be_surname = next.is_any(class::FAMILY | class::DOUBTFUL_FAMILY)
        || !next.is_any(u32::MAX) && text.word(at + 1).len() >= 10 && text.word(at + 1).starts_with("ال");
    let is_person = follows_person
        && text.word(at).starts_with('و')
        && text.seen[at].is_any(class::GIVEN | class::DOUBTFUL)
        && may_be_surname;
    is_person.then_some(at + 2)
}

/// «المكتب الاعلامي للرئاسة الجمهورية»: one past the last word of the body that begins at a word, whose name is a head
/// with the article, an adjective, and whose body it is.
fn body(text: &Text<'_>, at: usize, end: usize) -> Option<usize> {
    let follows = |at: usize| at < end && text.seen[at].gap == Gap::Space;
    let is_body = text.seen[at].is_any(class::ORGANISATION_HEAD)
        && text.word(at).starts_with("ال")
        && follows(at + 1)
        && is_adjective(text.word(at + 1))
        && follows(at + 2)
        && text.word(at + 2).starts_with("لل");
    let last = at + 3;
    is_body.then(|| if follows(last) && text.word(last).starts_with("ال") { last + 1 } else { last })
}

/// One past the last word of the person's name that begins at a word: a given name and what may follow one, both of the
/// lexicon; a given name that is an ordinary word too only behind a title.
fn given_name(text: &Text<'_>, at: usize, end: usize) -> Option<usize> {
    let titled = at > 0
        && text.seen[at].gap == Gap::Space
        && text.seen[at - 1].is_any(class::TITLE | class::NATIONALITY);
    // «السيد الخامنئي»
    let next_is_name = || {
        text.seen
            .get(at + 1)
            .is_some_and(|next| next.gap == Gap::Space && next.is_any(class::GIVEN | class::FAMILY))
    };
    if titled
        && text.seen[at - 1].is_any(class::TITLE)
        && text.seen[at].is_any(class::FAMILY)
        && !text.seen[at].is_any(class::GIVEN | class::PLACE | class::NATIONALITY | class::TITLE)
        && !next_is_name()
    {
        return Some(at + 1);
    }
    let opens = text.seen[at].is_any(class::GIVEN) || titled && text.seen[at].is_any(class::DOUBTFUL);
    if !opens {
        return None;
    }
    let mut last = at + 1;
    let mut has_more = false;
    while last < end && last - at < NAME_WORDS_MAX && text.seen[last].gap == Gap::Space {
        let known = text.seen[last].is_any(class::GIVEN | class::FAMILY | class::DOUBTFUL_FAMILY);
        if !known && !PARTICLES.contains(&text.word(last)) {
            break;
        }
        has_more |= known;
        last += 1;
    }
    while last > at + 1 && PARTICLES.contains(&text.word(last - 1)) {
        last -= 1;
    }
    // two words may be anything («محمد العلي»: the model has seen them and thinks otherwise), a title or three may not
    (has_more && last > at + if titled { 1 } else { 2 }).then_some(last)
}
