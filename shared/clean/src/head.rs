//! Above the lead: menus, stamps, kicker, headline, byline.

use std::sync::LazyLock;

use naba_lexicon::Sense;
use naba_record::Kind;
use naba_text::slice;
use regex::Regex;

use crate::dateline;
use crate::decide::Article;
use crate::folding::Folding;
use crate::page::Unit;
use crate::rules::Place;
use crate::stamp;

/// At most this many units stand above a lead: the longest head of the development set has 9.
const HEAD_UNITS_MAX: usize = 24;
/// The lines that may be headline, kicker and byline together.
const CANDIDATES_MAX: usize = 4;
/// The fewest words of a paragraph that makes the line above it a headline, whatever it ends with.
const COPY_WORDS_MIN: usize = 14;
/// The most words of an outlet's name, and of a dateline that has a line to itself.
const OUTLET_WORDS_MAX: usize = 8;
const DATELINE_WORDS_MAX: usize = 24;
/// The most words of a line with a place and somebody whom the lexicon does not hold.
const UNKNOWN_WRITER_WORDS_MAX: usize = 5;
/// A name has two to five words (محمد بن سلمان بن عبدالعزيز).
const NAME_WORDS: std::ops::RangeInclusive<usize> = 2..=5;

/// Reads downwards to the lead and gives its place; none when there is nothing but labels.
pub(crate) fn read(article: &mut Article<'_>) -> Option<usize> {
    let mut candidates = vec![];
    let mut lead = 0;
    while lead < article.units.len().min(HEAD_UNITS_MAX) {
        if article.labels[lead].is_some() {
            // the page's own elements have said what this is
            lead += 1;
            continue;
        }
        if let Some(rule) = article.rule(lead, Place::Head) {
            article.label(lead, rule.kind, &rule.id);
        } else if article.title.as_deref().is_some_and(|title| title == article.folded(lead)) {
            article.label(lead, Kind::Title, "title.sent_beside_the_text");
            article.decision.title = Some(article.words(lead).to_owned());
        } else if names_an_outlet(article, lead) || is_masthead(article, lead) {
            article.label(lead, Kind::Source, "source.name_alone");
        } else if is_writer_from_a_place(article, lead) {
            article.label(lead, Kind::Byline, "byline.from_a_place");
        } else if is_dateline(article, lead, !candidates.is_empty()) {
            stamps_under(article, lead);
            break;
        } else if let Some((kind, rule)) = by_shape(article, lead, !candidates.is_empty()) {
            article.label(lead, kind, rule);
        } else if is_role_of_a_writer(article, lead) {
            article.label(lead, Kind::Byline, "byline.role");
        } else if article.units[lead].is_headline_like()
            && candidates.len() < CANDIDATES_MAX
            && copy_follows(article, lead)
        {
            candidates.push(lead);
        } else {
            break;
        }
        lead += 1;
    }
    if lead == article.units.len() {
        // nothing but labels: there is no lead to stand above, so nothing is furniture
        article.labels.iter_mut().for_each(|label| *label = None);
        article.decision.title = None;
        return None;
    }
    let lead = headlines(article, &candidates, lead);
    dateline_of(article, lead, 0);
    if !article.rules.likes.is_empty() && article.decision.dateline.is_none() {
        let copy = start_of(article, lead);
        if copy > 0 {
            // what stood in front of the dateline hid it
            dateline_of(article, lead, copy);
        }
    }
    Some(lead)
}

/// Whether a line says what the writer in the line above is: «كاتب صحفي».
fn is_role_of_a_writer(article: &Article<'_>, index: usize) -> bool {
    let above = index.checked_sub(1).and_then(|above| article.labels[above].as_ref());
    above.is_some_and(|label| label.kind == Kind::Byline)
        && article.units[index].words <= ROLE_WORDS_MAX
        && article.rule(index, Place::Tail).is_some_and(|rule| rule.id == "byline.role")
}

/// Stamps and share bars under a dateline that has a line to itself.
fn stamps_under(article: &mut Article<'_>, dateline: usize) {
    for index in dateline + 1..article.units.len().min(HEAD_UNITS_MAX) {
        if let Some(rule) = article.rule(index, Place::Head) {
            article.label(index, rule.kind, &rule.id);
        } else if is_dateline(article, index, true) {
            article.label(index, Kind::Byline, "byline.under_the_dateline");
        } else if let Some((kind, rule)) = by_shape(article, index, true) {
            article.label(index, kind, rule);
        } else {
            return;
        }
    }
}

/// Gives the candidates their parts. Where no headline came beside the text, the last line before the lead
/// (a name aside) is the headline and the one above it the kicker.
fn headlines(article: &mut Article<'_>, candidates: &[usize], lead: usize) -> usize {
    if article.title.is_some() || article.decision.title.is_some() {
        // a headline is known: what else stands here may be a subheading, and stays
        let first = candidates.iter().copied().find(|index| article.labels[*index].is_none());
        return first.unwrap_or(lead);
    }
    let mut candidates = candidates.to_vec();
    // below the first line a name is the writer's, and «كتب …» says so
    for index in candidates.split_off(1.min(candidates.len())) {
        let wrote =
            article.folded(index).starts_with("كتب") && article.units[index].words <= WRITER_WORDS_MAX;
        if wrote || is_name_line(article, index) {
            let rule = if wrote { "byline.wrote" } else { "byline.name_under_the_headline" };
            article.label(index, Kind::Byline, rule);
        } else {
            candidates.push(index);
        }
    }
    let parts = candidates.iter().position(|below| {
        let above = candidates.iter().take_while(|index| *index < below).last();
        above.is_some_and(|above| {
            let (words, words_above) = (article.units[*below].words, article.units[*above].words);
            is_one_of_several_subheadings(article, *below)
                || (words <= LABEL_WORDS_MAX && words_above > LABEL_WORDS_MAX + 1)
        })
    });
    if let Some(parts) = parts.filter(|parts| *parts <= 2) {
        // two words under a headline are a subheading, or something that nobody knows: they stay
        let below = candidates[parts];
        candidates.truncate(parts);
        titles(article, &candidates);
        return below;
    }
    if let [only] = candidates.as_slice()
        && is_one_of_several_subheadings(article, *only)
    {
        return *only;
    }
    titles(article, &candidates).unwrap_or(lead)
}

/// Whether a short line above the first paragraph is a subheading like those further down.
fn is_one_of_several_subheadings(article: &Article<'_>, index: usize) -> bool {
    let short = |unit: &Unit| unit.words <= LABEL_WORDS_MAX && unit.is_headline_like();
    let units = &article.units;
    let siblings = (index + 2..units.len().saturating_sub(1))
        .filter(|later| short(&units[*later]) && units[later + 1].is_prose() && units[later - 1].is_prose());
    short(&units[index]) && siblings.count() >= 2
}

/// Calls the candidates kicker and headline; where the copy begins, when some are left over.
fn titles(article: &mut Article<'_>, candidates: &[usize]) -> Option<usize> {
    match candidates {
        [] => {}
        [only] => title(article, *only),
        [first, second] => {
            kicker(article, *first);
            title(article, *second);
        }
        [first, second, rest @ ..] => {
            kicker(article, *first);
            title(article, *second);
            return rest.first().copied();
        }
    }
    None
}

fn title(article: &mut Article<'_>, index: usize) {
    article.decision.title = Some(article.words(index).to_owned());
    article.label(index, Kind::Title, "title.line_above_the_lead");
}

fn kicker(article: &mut Article<'_>, index: usize) {
    article.decision.kicker = Some(article.words(index).to_owned());
    article.label(index, Kind::Kicker, "kicker.line_above_the_headline");
}

/// Whether prose that is clearly longer follows within the lines that a head may have.
fn copy_follows(article: &Article<'_>, index: usize) -> bool {
    let unit = &article.units[index];
    let next = article.units.iter().skip(index + 1).take(CANDIDATES_MAX + 4);
    let copy = |later: &Unit| later.is_prose() || later.words >= COPY_WORDS_MIN;
    next.into_iter().any(|later| copy(later) && later.words * 2 > unit.words * 3)
}

/// Whether a line is an outlet's name that is a word too («الأخبار»), with a headline and no copy under it.
fn is_masthead(article: &Article<'_>, index: usize) -> bool {
    let Some(next) = article.units.get(index + 1) else { return false };
    article.units[index].words <= 2
        && !next.is_prose()
        && article
            .lexicon
            .senses_of(article.folded(index).trim())
            .iter()
            .any(|sense| matches!(sense, Sense::Agency(..)))
}

/// Whether a line is nothing but a dateline. Under a headline a short one may name an outlet or a writer that
/// the lexicon does not hold; without one above it, that could be the headline.
fn is_dateline(article: &Article<'_>, index: usize, under_headline: bool) -> bool {
    let words = article.units[index].words;
    words <= DATELINE_WORDS_MAX
        && dateline::whole(
            article.lexicon,
            &article.folding(index),
            under_headline && words <= UNKNOWN_WRITER_WORDS_MAX,
        )
}

/// Whether a line is nothing but an outlet's name.
fn names_an_outlet(article: &Article<'_>, index: usize) -> bool {
    if article.units[index].words > OUTLET_WORDS_MAX {
        return false;
    }
    let bare = article.folded(index).trim_matches(|c: char| !c.is_alphanumeric() && c != ')' && c != '(');
    article.lexicon.senses_of(bare).iter().any(|sense| matches!(sense, Sense::Agency(_, false)))
}

/// Whether a line is nothing but a person's name.
pub(crate) fn is_name_line(article: &Article<'_>, index: usize) -> bool {
    article.units[index].words <= *NAME_WORDS.end() + 1 && is_name(article, article.folded(index))
}

/// A full date at the end of a short line: «… يوم 17 - 12 - 2012».
static ENDS_WITH_A_DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let date = r"(?:\d{1,2} ?[-/.] ?\d{1,2} ?[-/.] ?\d{4}|\d{4} ?[-/.] ?\d{1,2} ?[-/.] ?\d{1,2})";
    Regex::new(&format!(
        r"(?:^|\D){date}(?: ?[|,-]? ?\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?(?: ?(?:am|pm|ص|م|gmt))?$"
    ))
    .ok()
});
/// A full date and a clock in one line: «في 05/03/2018 على الساعة 21:00», «Mon Mar 13, 2017 5:30pm».
static DATE_AND_CLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let months = dateline::months();
    let date = format!(
        r"(?:\d{{1,2}} ?[-/.] ?\d{{1,2}} ?[-/.] ?\d{{4}}|\d{{4}} ?[-/.:] ?\d{{1,2}} ?[-/.:] ?\d{{1,2}}|\d{{1,2}} ?/?(?:{months})(?:[ /(-]+(?:{months})\)?)? ?[,/-]? ?\d{{4}}|(?:{months}) \d{{1,2}}, ?\d{{4}})"
    );
    let clock = r"(?:\d{1,2}:\d{2}|الساعه \d{1,2})";
    Regex::new(&format!(r"(?i)(?:{date}.*{clock}|{clock}.*{date})")).ok()
});
/// The most words of a line that ends with a date and is a stamp.
const STAMP_WORDS_MAX: usize = 14;
/// The most words of what a writer is.
const ROLE_WORDS_MAX: usize = 5;
/// The most words of a label.
const LABEL_WORDS_MAX: usize = 3;
/// The most digits of a page's number above a headline.
const PAGE_DIGITS_MAX: usize = 3;
/// The most words of «كتب» and a name.
const WRITER_WORDS_MAX: usize = 6;

/// What a line above the lead is by its shape alone: a stamp, a label with a name behind it, a label with
/// nothing behind it.
fn by_shape(article: &Article<'_>, index: usize, under_headline: bool) -> Option<(Kind, &'static str)> {
    let unit = &article.units[index];
    if stamp::is_above(article, index, under_headline) {
        return Some((Kind::Timestamp, "timestamp.line_above"));
    }
    if unit.words > STAMP_WORDS_MAX || unit.bytes() > crate::rules::UNIT_BYTES_MAX {
        return None;
    }
    let folded = article.folded(index);
    let is_number = folded.len() <= PAGE_DIGITS_MAX && folded.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && article.units.get(index + 1).is_some_and(|next| next.words > 0 && !next.is_prose()) {
        return Some((Kind::Other, "shape.page_number"));
    }
    if folded.ends_with(|c: char| c.is_ascii_digit() || "صم".contains(c) || c.is_ascii_alphabetic())
        && ENDS_WITH_A_DATE.as_ref().is_some_and(|date| date.is_match(folded))
    {
        return Some((Kind::Timestamp, "shape.ends_with_a_date"));
    }
    if DATE_AND_CLOCK.as_ref().is_some_and(|both| both.is_match(folded)) {
        return Some((Kind::Timestamp, "shape.date_and_clock"));
    }
    if folded.starts_with("http") && !folded.contains(' ') {
        return Some((Kind::Share, "shape.address"));
    }
    let headline_follows = || article.units.get(index + 1).is_some_and(|next| !next.is_prose());
    if (under_headline || headline_follows()) && stamp::is_writer_line(article, index) {
        return Some((Kind::Byline, "byline.word_and_name"));
    }
    let (label, name) = folded.split_once(':')?;
    if label.split_whitespace().count() > LABEL_WORDS_MAX - 1 && !name.trim().is_empty() {
        return None;
    }
    if name.trim().is_empty() {
        let is_writer = label.starts_with("كتب") || label.starts_with("بقلم");
        return (is_writer && under_headline).then_some((Kind::Byline, "shape.label_and_name"));
    }
    let is_agency = |sense: &Sense| matches!(sense, Sense::Agency(..));
    if label.split_whitespace().count() == 1 && article.lexicon.senses_of(name.trim()).iter().any(is_agency) {
        return Some((Kind::Source, "shape.label_and_agency"));
    }
    // «صالح: …» is who speaks; a label is no name and no place
    let known = !article.lexicon.senses_of(label.trim()).is_empty();
    (!known && !name.contains("..") && is_name(article, name.trim()) && label.split_whitespace().count() == 1)
        .then_some((Kind::Byline, "shape.label_and_name"))
}

/// Whether a line says where its writer, or the outlet, was: «سامي العمر من جدة», «"الاقتصادية" من الرياض».
fn is_writer_from_a_place(article: &Article<'_>, index: usize) -> bool {
    if article.units[index].words > OUTLET_WORDS_MAX {
        return false;
    }
    let Some((writer, place)) = article.folded(index).rsplit_once(" من ") else { return false };
    let senses = article.lexicon.senses_of(place.trim_end_matches([':', ' ', '-']));
    let quoted = writer.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    senses.iter().any(|sense| matches!(sense, Sense::Place(..)))
        && (quoted.is_some_and(|outlet| !outlet.contains('"')) || is_name(article, writer))
}

/// Whether folded words are a person's name: a given name of the lexicon first, or after «د.».
pub(crate) fn is_name(article: &Article<'_>, folded: &str) -> bool {
    let folded = folded.trim_matches(|c: char| !c.is_alphanumeric());
    let bare = ["د.", "أ.د.", "م.", "د ", "ا.د."]
        .iter()
        .find_map(|title| folded.strip_prefix(title))
        .unwrap_or(folded)
        .trim();
    let words: Vec<&str> = bare.split_whitespace().collect();
    if !NAME_WORDS.contains(&words.len())
        || words.iter().any(|word| !word.chars().all(|c| c.is_alphabetic() || c == '.'))
    {
        return false;
    }
    let given = |word: &str| article.lexicon.senses_of(word).contains(&Sense::GivenName);
    // «صالح يرفض المبادرة» opens like a name and is a headline
    let verb = |word: &&str| word.starts_with(['ي', 'ت']) && word.chars().count() >= 4 && !given(word);
    if words.iter().skip(1).any(verb) {
        return false;
    }
    let titled = bare.len() != folded.len();
    let honoured = words[0] == "السيد" && words.len() > 1;
    titled || honoured || given(words[0]) || (words[0] == "عبد" && words.len() > 1)
}

/// How far into a paragraph an agency's name is looked for.
const OPENING_BYTES_MAX: usize = 120;
/// The bytes of the lead that are looked at for learned furniture.
const START_BYTES_MAX: usize = 400;

/// Cuts what a rule with a text takes from the beginning of the lead, and says how many bytes that are.
fn start_of(article: &mut Article<'_>, lead: usize) -> usize {
    let (start, end) = (article.units[lead].start, article.units[lead].end);
    let to = article.text.floor_char_boundary((start + START_BYTES_MAX).min(end));
    let stretch = slice::between(article.text, start, to);
    let folding = Folding::of(article.search, stretch);
    let rules = article.rules;
    let Some((rule, at)) = rules.like_start(&folding, article.source) else { return 0 };
    let copy = start + at.home();
    if copy > start && copy < end {
        let cut = crate::decide::Cut { start, end: copy, kind: rule.kind, rule: rule.id.clone() };
        article.decision.cuts.push(cut);
        return copy - start;
    }
    0
}

/// Cuts the dateline from the lead behind so many of its bytes, or the line that it has to itself.
fn dateline_of(article: &mut Article<'_>, lead: usize, from: usize) {
    let words = slice::from(article.words(lead), from);
    let Some(found) = dateline::read(article.lexicon, article.search, words) else {
        return;
    };
    if found.bytes >= words.len() && is_all_there_is(article, lead) {
        // «عاجل: استقالة الوزير» reads like an outlet and a remark, and is the news
        return;
    }
    let start = article.units[lead].start + from;
    let kind = if found.byline.is_some() { Kind::Byline } else { Kind::Dateline };
    article.decision.cuts.push(crate::decide::Cut {
        start,
        end: start + found.bytes,
        kind,
        rule: found.rule.to_owned(),
    });
    if found.byline.is_some() {
        article.decision.byline = found.byline;
    }
    article.decision.dateline = Some(found.dateline);
}

/// Whether nothing that could be copy stands below a line.
fn is_all_there_is(article: &Article<'_>, lead: usize) -> bool {
    (lead + 1..article.units.len())
        .all(|later| article.labels[later].is_some() || article.rule(later, Place::Tail).is_some())
}

/// Flags an article in which a paragraph further down opens with the same agency's dateline: another story that
/// was glued on, or a digest. It stays: only a person can say where the first one ends.
pub(crate) fn second_dateline(article: &mut Article<'_>, lead: usize) {
    let dateline = article.decision.dateline.as_ref();
    let Some(agency) = dateline.and_then(|dateline| dateline.agency.clone()) else { return };
    let opens = |index: usize| {
        let unit = &article.units[index];
        if article.labels[index].is_some() {
            return false;
        }
        let to = article.text.floor_char_boundary((unit.start + OPENING_BYTES_MAX).min(unit.end));
        let opening = slice::between(article.text, unit.start, to);
        opening.contains(&agency)
            && dateline::read(article.lexicon, article.search, article.words(index))
                .is_some_and(|second| second.dateline.agency.as_ref() == Some(&agency))
    };
    if (lead + 1..article.units.len()).any(opens) {
        article.decision.quality.push("second_dateline");
    }
}
