//! People: a given name of the lexicon and the words that carry on from it, and surnames by themselves.

use naba_lexicon::{CueForm, Found, Sense};
use naba_record::{Entity, EntityType};

use crate::article::{Article, Text, Word};

/// The most words of a person's name: given name, particle, father's name, surname.
const NAME_WORDS_MAX: usize = 5;
/// The shortest surname, in letters, that may stand for a full name.
const SURNAME_LETTERS_MIN: usize = 4;
/// Spellings of one given name may differ by this many letters (فلاديمير, فلايدمير).
const SPELLING_DISTANCE_MAX: usize = 2;

/// Given names that are also ordinary words: they open a name only behind a title or before another name.
const DOUBTFUL: [&str; 60] = [
    "دينا",
    "جهاد",
    "امل",
    "رجاء",
    "بدر",
    "نصر",
    "سليم",
    "عزيز",
    "مسلم",
    "مالك",
    "فارس",
    "انور",
    "فريد",
    "ماهر",
    "سيف",
    "غالب",
    "علي",
    "جمال",
    "كمال",
    "رضا",
    "صادق",
    "هادي",
    "سعيد",
    "ناصر",
    "سعد",
    "عادل",
    "شريف",
    "حافظ",
    "كريم",
    "امام",
    "نور",
    "اكبر",
    "ابو",
    "عبد",
    "بن",
    "زين",
    "الدين",
    "وفاء",
    "هدي",
    "مني",
    "رجب",
    "رمضان",
    "سلطان",
    "حامد",
    "محسن",
    "مير",
    "لي",
    "جو",
    "بان",
    "شي",
    "مون",
    "كيم",
    "مبارك",
    "الياس",
    "غير",
    "بل",
    "جاك",
    "هاشم",
    "ياسر",
    "مارك",
];

/// Particles that tie names together.
const PARTICLES: [&str; 9] = ["بن", "ابن", "بنت", "ال", "ابو", "ابي", "عبد", "دي", "فان"];

/// Words that follow a given name without being part of it.
const NOT_NAMES: [&str; 44] = [
    "الذي",
    "التي",
    "الذين",
    "الي",
    "علي",
    "عن",
    "في",
    "من",
    "مع",
    "ان",
    "انه",
    "بان",
    "قد",
    "لقد",
    "هو",
    "هي",
    "هذا",
    "هذه",
    "خلال",
    "بعد",
    "قبل",
    "امس",
    "اليوم",
    "غدا",
    "كان",
    "كانت",
    "يكون",
    "لم",
    "لن",
    "لا",
    "ما",
    "او",
    "ثم",
    "بين",
    "حول",
    "ضمن",
    "حيث",
    "كما",
    "اذا",
    "عند",
    "منذ",
    "حتي",
    "بدوره",
    "ايضا",
];

/// Where a name stands: the text, first and one past the last byte of its folding.
type Place = (usize, usize, usize);
/// A person: the words of the fullest name, and every place.
type Person = (Vec<String>, Vec<Place>);

/// A person's name where it stands: the words of one text, first and one past the last.
struct Candidate {
    text: usize,
    first: usize,
    last: usize,
    start: usize,
}

pub(super) fn find(article: &Article<'_>) -> Vec<Entity> {
    let mut candidates = vec![];
    for (index, text) in article.texts.iter().enumerate() {
        full_names(index, text, &mut candidates);
    }
    let mut people: Vec<Person> = vec![];
    for candidate in &candidates {
        let text = &article.texts[candidate.text];
        let words: Vec<String> = (candidate.first..candidate.last)
            .map(|word| {
                let start = if word == candidate.first { candidate.start } else { text.words[word].start };
                text.between(start, text.words[word].end).to_owned()
            })
            .collect();
        let stretch = (candidate.text, candidate.start, text.words[candidate.last - 1].end);
        match people.iter_mut().find(|(name, _)| same_person(name, &words)) {
            Some((name, places)) => {
                places.push(stretch);
                if words.len() > name.len() {
                    *name = words;
                }
            }
            None => people.push((words, vec![stretch])),
        }
    }
    surnames(article, &candidates, &mut people);
    people.into_iter().map(|(words, mut places)| person(article, &words, &mut places)).collect()
}

fn person(article: &Article<'_>, words: &[String], places: &mut [Place]) -> Entity {
    places.sort_unstable();
    let mut mentions = vec![];
    for (index, text) in article.texts.iter().enumerate() {
        let stretches: Vec<_> =
            places.iter().filter(|place| place.0 == index).map(|place| (place.1, place.2)).collect();
        mentions.extend(text.mentions(&stretches));
    }
    let name = mentions
        .iter()
        .map(|mention| mention.surface.clone())
        .max_by_key(|surface| (surface.split_whitespace().count(), std::cmp::Reverse(surface.len())));
    Entity {
        kind: EntityType::Person,
        name: name.unwrap_or_default(),
        key: words.join(" "),
        mentions,
        role: None,
        country: None,
        wikidata: None,
    }
}

/// Names that open with a given name of the lexicon.
fn full_names(index: usize, text: &Text<'_>, candidates: &mut Vec<Candidate>) {
    let mut after = 0;
    for found in text.found.iter().filter(|found| found.sense == Sense::GivenName) {
        if found.start < after {
            continue;
        }
        let first = text.words.partition_point(|word| word.end <= found.start);
        let given = text.between(found.start, found.end);
        let titled = is_title_before(text, found.start);
        let next_is_given = text
            .words
            .get(first + 1)
            .is_some_and(|next| sense_at(text, *next, |sense| matches!(sense, Sense::GivenName)));
        let doubtful = DOUBTFUL.contains(&given) && !titled && !next_is_given;
        if doubtful || is_preposition(text, found) || is_part_of_another_entry(text, found) {
            continue;
        }
        let last = last_word(text, first);
        if last - first < 2 {
            continue;
        }
        after = text.words[last - 1].end;
        candidates.push(Candidate { text: index, first, last, start: found.start });
    }
}

/// «على» is folded to «علي»: only the letter that is printed tells the name from the preposition.
fn is_preposition(text: &Text<'_>, found: &Found) -> bool {
    if text.between(found.start, found.end) != "علي" {
        return false;
    }
    let surface = text.mentions(&[(found.start, found.end)]).pop().map(|mention| mention.surface);
    surface.is_some_and(|surface| surface.ends_with('ى'))
}

/// «أمين مجلس الأمن» is a title, not Amin: a longer entry that opens here is believed.
fn is_part_of_another_entry(text: &Text<'_>, found: &Found) -> bool {
    let from = text.found.partition_point(|other| other.start < found.start);
    let here = text.found[from..].iter().take_while(|other| other.start == found.start);
    here.into_iter().any(|other| other.end > found.end && other.sense != Sense::GivenName)
}

/// Where a name that opens at a word ends: one past its last word.
fn last_word(text: &Text<'_>, first: usize) -> usize {
    let mut last = first + 1;
    let mut surname = false;
    while last < text.words.len() && last - first < NAME_WORDS_MAX {
        let (previous, word) = (text.words[last - 1], text.words[last]);
        // only a space may stand inside a name
        if text.between(previous.end, word.start) != " " || surname {
            break;
        }
        let folded = text.between(word.start, word.end);
        let given = sense_at(text, word, |sense| matches!(sense, Sense::GivenName));
        let particle = PARTICLES.contains(&folded);
        let ordinary = NOT_NAMES.contains(&folded)
            || folded.chars().count() < 3 && !particle
            || folded.chars().any(char::is_numeric)
            || sense_at(text, word, |sense| {
                matches!(sense, Sense::Cue(..) | Sense::Title(_) | Sense::Nationality(_) | Sense::Topic(_))
            });
        if !given && !particle && (ordinary || looks_like_a_verb(text, folded)) {
            break;
        }
        surname = !given && !particle;
        last += 1;
    }
    while last > first + 1 && PARTICLES.contains(&text.word(last - 1)) {
        last -= 1;
    }
    last
}

/// «وقال», «ستكون», «بالعمل»: words that open like verbs or carry a clitic, and are no part of a name. A word
/// with و that stands in the article more than once is a name with a و of its own («ولايتي»).
fn looks_like_a_verb(text: &Text<'_>, folded: &str) -> bool {
    let long = folded.chars().count() >= 5;
    let future =
        long && (folded.starts_with("سي") || folded.starts_with("ست")) && folded.chars().count() >= 6;
    let article = ["بال", "وال", "فال", "كال", "لل"].iter().any(|clitic| folded.starts_with(clitic));
    let repeated =
        || text.words.iter().filter(|word| text.between(word.start, word.end) == folded).count() > 1;
    future || article || (long && folded.starts_with('و') && !repeated())
}

fn sense_at(text: &Text<'_>, word: Word, wanted: impl Fn(&Sense) -> bool) -> bool {
    let from = text.found.partition_point(|found| found.start < word.start);
    let here = text.found[from..].iter().take_while(|found| found.start < word.end);
    here.into_iter().any(|found| found.end == word.end && wanted(&found.sense))
}

/// Whether a title ends just before a byte: «الرئيس الروسي فلاديمير», «آية الله رئيسي».
fn is_title_before(text: &Text<'_>, at: usize) -> bool {
    let before = text.words.partition_point(|word| word.end <= at);
    let ends = |found: &Found| {
        before > 0
            && found.end == text.words[before - 1].end
            && matches!(found.sense, Sense::Title(_) | Sense::Nationality(_))
    };
    text.found.iter().any(ends)
}

/// Two names of one person: the last words are one, and the first ones are spellings of each other.
fn same_person(a: &[String], b: &[String]) -> bool {
    let (Some(last_a), Some(last_b), Some(first_a), Some(first_b)) =
        (a.last(), b.last(), a.first(), b.first())
    else {
        return false;
    };
    last_a.trim_start_matches("ال") == last_b.trim_start_matches("ال")
        && distance(first_a, first_b) <= SPELLING_DISTANCE_MAX
}

/// Mentions by surname alone.
fn surnames(article: &Article<'_>, candidates: &[Candidate], people: &mut [Person]) {
    for (index, text) in article.texts.iter().enumerate() {
        for (place, word) in text.words.iter().enumerate() {
            let taken = candidates.iter().any(|candidate| {
                candidate.text == index && (candidate.first..candidate.last).contains(&place)
            });
            if taken {
                continue;
            }
            let folded = text.between(word.start, word.end);
            for (name, places) in &mut *people {
                let Some(surname) =
                    name.last().filter(|surname| surname.chars().count() >= SURNAME_LETTERS_MIN)
                else {
                    continue;
                };
                let Some(clitic) = folded.strip_suffix(surname.as_str()) else {
                    continue;
                };
                let adverb = place > 0 && matches!(text.word(place - 1), "بشكل" | "دور" | "سبب" | "محور");
                if matches!(clitic, "" | "و" | "ف" | "ب" | "ل" | "ول" | "وب")
                    && !adverb
                    && !is_role_word(text, *word)
                {
                    places.push((index, word.start + clitic.len(), word.end));
                    break;
                }
            }
        }
    }
}

/// A surname that is also a verb of saying, or a title, stands for nobody.
fn is_role_word(text: &Text<'_>, word: Word) -> bool {
    sense_at(text, word, |sense| {
        matches!(sense, Sense::Cue(_, CueForm::Verb) | Sense::Title(_) | Sense::Nationality(_))
    })
}

/// Edit distance in letters, adjacent letters changing places counted as one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            rows[i][j] = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                rows[i][j] = rows[i][j].min(rows[i - 2][j - 2] + 1);
            }
        }
    }
    rows[a.len()][b.len()]
}
