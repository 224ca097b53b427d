//! The office or title that stands beside a person's name: «وزير الخارجية الروسي سيرغي لافروف», «بوشكوف رئيس لجنة …».

use naba_lexicon::{CueForm, Sense};
use naba_record::EntityType;

use super::join::{Group, Place};
use super::spans::Name;
use crate::article::{Article, Text};

/// The most words of a role.
const ROLE_WORDS_MAX: usize = 12;

/// The most words of a title of the lexicon that are looked back over.
const TITLE_WORDS_MAX: usize = 5;

/// Words over which no role reaches.
const ENDS: [&str; 30] = [
    "ان",
    "انه",
    "انها",
    "الي",
    "علي",
    "عن",
    "من",
    "مع",
    "بعد",
    "قبل",
    "خلال",
    "امس",
    "اليوم",
    "الذي",
    "التي",
    "نظيره",
    "نظيرته",
    "هو",
    "هي",
    "قد",
    "كان",
    "كانت",
    "ثم",
    "بينما",
    "حيث",
    "بان",
    "عقب",
    "لقاء",
    "لقايه",
    "استقبل",
];

/// What is printed beside the first mention that has a role, and the words of all of them: folded, without the article.
pub(super) fn of(
    article: &Article<'_>,
    spans: &[Vec<Name>],
    group: &Group<'_>,
) -> (Option<String>, Vec<String>) {
    let (mut role, mut words) = (None, vec![]);
    if group.kind != EntityType::Person {
        return (role, words);
    }
    for place in &group.places {
        let text = &article.texts[place.text];
        let behind = || {
            let (first, last) = behind(text, place)?;
            // «… حسن روحاني الرئيس الروسي فلاديمير بوتين»: the title is the next one's
            let names = &spans[place.text];
            let from = names.partition_point(|name| name.first <= first);
            let mut others = names[from..].iter().take_while(|name| name.first <= last);
            (!others.any(|name| name.kind == EntityType::Person)).then_some((first, last))
        };
        let Some((first, last)) = before(text, &spans[place.text], place).or_else(behind) else { continue };
        if role.is_none() {
            let (_, surface) = text.home(begin(text, first), text.words[last - 1].end);
            role = Some(without_preposition(surface));
        }
        words.extend((first..last).map(|at| bare(text.word(at)).to_owned()));
    }
    words.sort_unstable();
    words.dedup();
    (role, words)
}

/// «للرئيس» → «الرئيس».
pub(crate) fn without_preposition(words: &str) -> String {
    words.strip_prefix("لل").map_or_else(|| words.to_owned(), |rest| format!("ال{rest}"))
}

/// A word without its article, and without a conjunction before that.
pub(crate) fn bare(word: &str) -> &str {
    let word = word.strip_prefix("وال").or_else(|| word.strip_prefix("ال")).unwrap_or(word);
    word.strip_prefix("لل").unwrap_or(word)
}

/// Whether a title begins at a word; how many bytes of clitics it has.
fn title_at(text: &Text<'_>, at: usize) -> Option<usize> {
    let start = text.words[at].start;
    text.titles_at(at).find(|title| title.start == start + title.clitic_bytes).map(|title| title.clitic_bytes)
}

/// Where a title of several words begins that ends with a word.
fn title_that_ends(text: &Text<'_>, at: usize) -> Option<usize> {
    let end = text.words[at].end;
    let mut before = (at.saturating_sub(TITLE_WORDS_MAX - 1)..at).rev();
    before.find(|first| text.titles_at(*first).any(|title| title.end == end))
}

fn begin(text: &Text<'_>, at: usize) -> usize {
    text.words[at].start + title_at(text, at).unwrap_or_default()
}

fn ends(text: &Text<'_>, at: usize) -> bool {
    let word = text.words[at];
    let mut here = text.found_in(word.start, word.end);
    ENDS.contains(&text.word(at))
        || here.any(|found| {
            found.end == word.end && matches!(found.sense, Sense::Cue(_, CueForm::Verb | CueForm::Participle))
        })
}

fn gap<'a>(text: &Text<'a>, at: usize) -> &'a str {
    text.between(text.words[at - 1].end, text.words[at].start)
}

/// The title nearest before a name, and titles right before that one («نائب رئيس …»).
fn before(text: &Text<'_>, names: &[Name], place: &Place) -> Option<(usize, usize)> {
    let is_person = |at: usize| {
        let behind = names.partition_point(|name| name.first <= at);
        let here = behind.checked_sub(1).map(|index| names[index]);
        here.is_some_and(|name| name.kind == EntityType::Person && at < name.last)
    };
    let mut start = None;
    let mut at = place.first;
    while at > 0 && place.first - at < ROLE_WORDS_MAX {
        let gap = gap(text, at);
        if gap != " " && !(at == place.first && matches!(gap, ", " | " \"" | " , "))
            || ends(text, at - 1)
            || is_person(at - 1)
        {
            break;
        }
        at -= 1;
        match (title_at(text, at), start) {
            (Some(_), _) => start = Some(at),
            // «الرئيس الإيراني آية الله»: this word ends another title
            (None, Some(_)) => match title_that_ends(text, at) {
                Some(first) => (at, start) = (first, Some(first)),
                // it is none: the role begins behind it
                None => break,
            },
            (None, None) => {}
        }
    }
    start.map(|start| (start, place.first))
}

/// A title right behind a name, as far as its sentence part goes.
fn behind(text: &Text<'_>, place: &Place) -> Option<(usize, usize)> {
    let first = place.last;
    if first >= text.words.len() || !matches!(gap(text, first), " " | ", ") || title_at(text, first).is_none()
    {
        return None;
    }
    let mut last = first + 1;
    while last < text.words.len()
        && last - first < ROLE_WORDS_MAX
        && gap(text, last) == " "
        && !ends(text, last)
    {
        last += 1;
    }
    Some((first, last))
}
