//! What speaks for a line at the end of an article being furniture when no rule names it, and what against.
//!
//! Every sign has a weight; a line goes when the weights reach [`CONVICTS_MIN`], and its strongest sign is
//! written into the record. The weights are set so that no single sign about words convicts: a platform's name
//! is news as often as it is a footer, an imperative may be a past tense («تابعوا سيرهم»), and a line without
//! a full stop may be a verse. They were chosen on the development set with each outlet's own rules put out.

mod glued;

use naba_lexicon::Sense;
use naba_record::Kind;
use naba_text::slice;

use crate::decide::Article;
use crate::page::Ending;

pub(crate) use self::glued::glued_end;

/// From this weight on a line goes.
pub const CONVICTS_MIN: i32 = 5;
/// From this weight on `naba explain` shows what was close.
pub const CLOSE_MIN: i32 = 3;
/// The most words of a line that is looked at: longer ones are copy.
const LINE_WORDS_MAX: usize = 40;
/// The most words of a short line.
const SHORT_WORDS_MAX: usize = 12;
/// The most words that a line has beside the headline that it repeats.
const BESIDE_THE_HEADLINE_WORDS_MAX: usize = 6;
/// The most words of a label that has nothing behind it.
const LABEL_WORDS_MAX: usize = 3;
/// The most letters of a line that is a stamp.
const STAMP_LETTERS_MAX: usize = 8;
/// How much of what came before is searched for shared names.
const BEFORE_UNITS_MAX: usize = 40;

/// A sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// What it is called in records: `shape.<name>`.
    pub rule: &'static str,
    /// Above zero for furniture, below for copy.
    pub weight: i32,
    /// What the line is, where this is its strongest sign.
    pub kind: Kind,
}

const fn sign(rule: &'static str, weight: i32, kind: Kind) -> Sign {
    Sign { rule, weight, kind }
}

const CALL: Sign = sign("shape.call_to_the_reader", 3, Kind::Social);
const CALL_OR_PAST: Sign = sign("shape.call_or_past_tense", 1, Kind::Social);
const ADDRESS: Sign = sign("shape.address", 3, Kind::Contact);
const PLATFORM: Sign = sign("shape.platform", 2, Kind::Social);
const OURS: Sign = sign("shape.speaks_of_us", 2, Kind::Social);
const READER: Sign = sign("shape.speaks_to_readers", 2, Kind::Social);
const RIGHTS: Sign = sign("shape.rights", 4, Kind::Copyright);
const END: Sign = sign("shape.end_with_marks", 5, Kind::EndMark);
const STAMP: Sign = sign("shape.stamp", 3, Kind::Timestamp);
const STAR: Sign = sign("shape.note_with_a_star", 2, Kind::Other);
const CREDIT: Sign = sign("shape.credit", 3, Kind::Source);
const LABEL: Sign = sign("shape.label_with_nothing_behind", 4, Kind::Other);
const HEADLINE: Sign = sign("shape.headline_again", 5, Kind::Related);
const AGENCIES: Sign = sign("shape.agencies_alone", 4, Kind::Source);
const OWN_NAME: Sign = sign("shape.outlet_itself", 1, Kind::Source);
const NO_STOP: Sign = sign("shape.no_full_stop", 1, Kind::Other);
const SHORT: Sign = sign("shape.short", 1, Kind::Other);
const BEFORE_FURNITURE: Sign = sign("shape.before_furniture", 1, Kind::Other);
const STOP: Sign = sign("copy.full_stop", -2, Kind::Other);
const SPEECH: Sign = sign("copy.speech_verb", -2, Kind::Other);
const SHARES_NAMES: Sign = sign("copy.shares_names", -2, Kind::Other);
const LONG: Sign = sign("copy.long", -2, Kind::Other);

/// Imperatives that are nothing else.
const CALLS: [&str; 32] = [
    "تابعونا",
    "تابعنا",
    "تابعوني",
    "اشتركوا",
    "انضموا",
    "حملوا",
    "اضغط",
    "اضغطوا",
    "انقر",
    "انقروا",
    "زوروا",
    "شاركونا",
    "شاركنا",
    "راسلونا",
    "ارسلوا",
    "ادعموا",
    "ادعمونا",
    "سجلوا",
    "للمتابعه",
    "للاشتراك",
    "للانضمام",
    "للتواصل",
    "للاعلان",
    "لمتابعه",
    "لمتابعتنا",
    "لمزيد",
    "للمزيد",
    "للاطلاع",
    "لتحميل",
    "يمكنكم",
    "بامكانكم",
    "ندعوكم",
];
/// Imperatives that are past tenses too.
const CALLS_OR_PAST: [&str; 11] =
    ["اشترك", "انضم", "تابعوا", "تابع", "شاهدوا", "شاهد", "اقراوا", "اقرا", "حمل", "شارك", "طالعوا"];
const OUR_WORDS: [&str; 20] = [
    "قناتنا",
    "موقعنا",
    "صفحتنا",
    "صفحاتنا",
    "حسابنا",
    "حساباتنا",
    "تطبيقنا",
    "مجموعتنا",
    "نشرتنا",
    "خدماتنا",
    "بريدنا",
    "متابعتنا",
    "قنواتنا",
    "منصاتنا",
    "معنا",
    "الينا",
    "قرايينا",
    "زوارنا",
    "متابعينا",
    "علينا",
];
const READER_WORDS: [&str; 8] =
    ["القاري", "القراء", "قراءنا", "قرايينا", "المتابعين", "اعزاءنا", "عزيزي", "اعزايي"];
const RIGHTS_WORDS: [&str; 7] =
    ["محفوظه", "حقوق النشر", "حقوق الطبع", "راي كتابها", "راي اصحابها", "راي كاتبها", "لا تعبر"];
const CREDIT_WORDS: [&str; 12] = [
    "نقلا عن",
    "منقول عن",
    "عن صحيفه",
    "المصدر:",
    "المصدر :",
    "بقلم:",
    "بقلم :",
    "ترجمه:",
    "اعداد:",
    "تصوير:",
    "تصوير :",
    "تحرير:",
];
const PLATFORMS: [&str; 24] = [
    "تلغرام",
    "تيلغرام",
    "تليغرام",
    "تلجرام",
    "تليجرام",
    "تيليجرام",
    "تيليغرام",
    "واتساب",
    "واتس",
    "فيسبوك",
    "فيس بوك",
    "تويتر",
    "انستغرام",
    "انستجرام",
    "انستقرام",
    "يوتيوب",
    "تيك توك",
    "سناب",
    "ثريدز",
    "google",
    "facebook",
    "twitter",
    "telegram",
    "whatsapp",
];

/// The signs of a line that no rule names. Empty for lines that are too long to be furniture.
pub(crate) fn signs(article: &Article<'_>, index: usize, lead: usize) -> Vec<Sign> {
    let unit = &article.units[index];
    if unit.words > LINE_WORDS_MAX || unit.bytes() > crate::rules::UNIT_BYTES_MAX {
        return vec![];
    }
    let folded = article.folded(index);
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let words: Vec<String> = folded.split_whitespace().map(bare).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let opens = |list: &[&str]| words.iter().take(2).any(|word| list.contains(&word.as_str()));
    let contains = |list: &[&str]| list.iter().any(|part| folded.contains(part));
    let is_last = article.labels.iter().skip(index + 1).all(Option::is_some);
    let furniture_follows = article.labels.get(index + 1).is_some_and(Option::is_some);
    let found = [
        (opens(&CALLS), CALL),
        (opens(&CALLS_OR_PAST), CALL_OR_PAST),
        (has_address(folded), ADDRESS),
        (contains(&PLATFORMS), PLATFORM),
        (has(&OUR_WORDS), OURS),
        (has(&READER_WORDS), READER),
        (contains(&RIGHTS_WORDS), RIGHTS),
        (is_stamp(folded), STAMP),
        (is_end(folded), END),
        (folded.starts_with('*') && !is_in_a_list(article, index), STAR),
        (CREDIT_WORDS.iter().any(|credit| opening(folded).starts_with(credit)), CREDIT),
        (is_last && folded.ends_with(':') && unit.words <= LABEL_WORDS_MAX, LABEL),
        (repeats_headline(article, index), HEADLINE),
        (agencies_alone(article, folded), AGENCIES),
        (names_itself(article, folded), OWN_NAME),
        (unit.ending == Ending::Open, NO_STOP),
        (unit.words <= SHORT_WORDS_MAX, SHORT),
        (furniture_follows, BEFORE_FURNITURE),
        (unit.ending == Ending::Stop, STOP),
        (opens_with_speech(article, &words), SPEECH),
        (unit.words > LINE_WORDS_MAX * 3 / 4, LONG),
    ];
    let mut signs: Vec<Sign> = found.into_iter().filter(|(is, _)| *is).map(|(_, sign)| sign).collect();
    // looking for shared names is dear, and only matters where something else was found
    if weight(&signs) >= CLOSE_MIN && shares_names(article, index, lead) {
        signs.push(SHARES_NAMES);
    }
    signs
}

/// What signs weigh together.
pub fn weight(signs: &[Sign]) -> i32 {
    signs.iter().map(|sign| sign.weight).sum()
}

/// The strongest sign of a line that goes.
pub(crate) fn verdict(signs: &[Sign]) -> Option<Sign> {
    if weight(signs) < CONVICTS_MIN {
        return None;
    }
    // of equals the first: what a line says weighs more than how it looks
    signs.iter().rev().max_by_key(|sign| sign.weight).copied()
}

/// Whether a line beside this one opens with a star too: then they are a list, and no note.
fn is_in_a_list(article: &Article<'_>, index: usize) -> bool {
    let beside = [index.checked_sub(1), Some(index + 1)];
    beside.into_iter().flatten().any(|beside| {
        beside < article.units.len()
            && article.units[beside].bytes() <= crate::rules::UNIT_BYTES_MAX
            && article.folded(beside).starts_with('*')
    })
}

/// A line without the marks that it opens with.
fn opening(folded: &str) -> &str {
    folded.trim_start_matches(|c: char| !c.is_alphanumeric())
}

fn has_address(folded: &str) -> bool {
    let is = |word: &str| {
        word.starts_with("http")
            || word.starts_with("www.")
            || (word.starts_with('@') && word.len() > 3)
            || word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    };
    folded.contains(['@', '/', 'w']) && folded.split_whitespace().any(is)
}

/// Digits with the marks of a date or a clock, and hardly a word.
fn is_stamp(folded: &str) -> bool {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = folded.as_bytes();
    let joins = |mark: u8| {
        let between = |at: &usize| bytes[*at] == mark && digit(bytes.get(at - 1)) && digit(bytes.get(at + 1));
        (1..bytes.len()).filter(between).count()
    };
    // «9/10» is a mark out of ten
    let joined = joins(b':') > 0 || joins(b'/') > 1;
    joined && folded.chars().filter(|c| c.is_alphabetic()).count() <= STAMP_LETTERS_MAX
}

/// «انتهى» or «يتبع» with strokes, stars or a number: without them it is a verb.
fn is_end(folded: &str) -> bool {
    let word = opening(folded).split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let marked = folded.contains(['/', '*', '=', '_']) || folded.ends_with(|c: char| c.is_ascii_digit());
    matches!(word, "انتهي" | "انتهت" | "يتبع" | "النهايه") && marked && folded.split_whitespace().count() <= 3
}

/// The folded headline: the one that came beside the text, else the one that is printed in it.
fn headline<'a>(article: &'a Article<'_>) -> Option<&'a str> {
    article.title.as_deref().or_else(|| {
        let is_title = |label: &crate::decide::Label| label.kind == Kind::Title;
        let index = article.labels.iter().position(|label| label.as_ref().is_some_and(is_title))?;
        Some(article.folded(index))
    })
}

/// The headline again, with a label before it: «رابط الخبر بصحيفة …: <headline>».
fn repeats_headline(article: &Article<'_>, index: usize) -> bool {
    let Some(title) = headline(article) else { return false };
    let words = title.split_whitespace().count();
    // «هذه هموم لا تنتظر الغد» echoes the headline and is the writer's; a label says so with a colon
    let label = article.folded(index).strip_suffix(title).map(str::trim_end);
    let is_the_same = label.is_some_and(str::is_empty);
    words >= 3
        && article.units[index].words <= words + BESIDE_THE_HEADLINE_WORDS_MAX
        && label.is_some_and(|label| is_the_same || label.ends_with(':'))
}

/// Nothing but agencies and outlets, with marks between them.
fn agencies_alone(article: &Article<'_>, folded: &str) -> bool {
    let parts = folded.split(['/', ',', '-', '(', ')', '+', '"', '*', '.', '|']).map(str::trim);
    let mut parts = parts.filter(|part| !part.is_empty()).peekable();
    let mut agencies = 0;
    parts.peek().is_some()
        && parts.all(|part| {
            let part = part.strip_prefix("و ").unwrap_or(part);
            let senses = article.lexicon.senses_of(part);
            agencies += usize::from(senses.iter().any(|sense| matches!(sense, Sense::Agency(..))));
            senses.iter().any(|sense| matches!(sense, Sense::Agency(..) | Sense::Place(..)))
        })
        && agencies > 0
}

/// The outlet that the article came from, by the lexicon's names for it.
fn names_itself(article: &Article<'_>, folded: &str) -> bool {
    let outlet = article.source.and_then(|source| article.lexicon.agency_of_source(source));
    outlet.is_some_and(|outlet| {
        let mut forms = outlet.forms.iter().filter(|form| !form.needs_cue);
        forms.any(|form| folded.contains(form.folded.as_str()))
    })
}

fn opens_with_speech(article: &Article<'_>, words: &[String]) -> bool {
    let is_cue = |word: &String| {
        let senses = article.lexicon.scan(word);
        senses.iter().any(|found| found.end == word.len() && matches!(found.sense, Sense::Cue(..)))
    };
    words.iter().take(3).any(is_cue)
}

/// Two names or more that the copy has as well.
fn shares_names(article: &Article<'_>, index: usize, lead: usize) -> bool {
    let before = lead..index.min(lead + BEFORE_UNITS_MAX);
    let folded = article.folded(index);
    let name = |found: &naba_lexicon::Found| {
        matches!(found.sense, Sense::Place(..) | Sense::Organisation(_, false) | Sense::GivenName)
    };
    let known = |found: &naba_lexicon::Found| {
        let word = slice::between(folded, found.start, found.end);
        before.clone().any(|earlier| article.folded(earlier).contains(word))
    };
    article.lexicon.scan(folded).iter().filter(|found| name(found) && known(found)).count() >= 2
}
