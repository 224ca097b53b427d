//! IPTC Media Topics, top level, and keywords.

use std::collections::BTreeMap;

use naba_lexicon::Sense;
use naba_record::{MentionIn, Topic};

use naba_text::letters::is_word;

use crate::article::Article;

/// The most topics of an article.
const TOPICS_MAX: usize = 3;
/// The share of the evidence that a topic needs to be named.
const SHARE_MIN: f32 = 0.18;
/// The least evidence that names a topic at all: below it, none is better than a wrong one.
const EVIDENCE_MIN: f32 = 3.0;
/// What a word in the title is worth beside one in the body.
const TITLE_WEIGHT: f32 = 3.0;
/// The most keywords of an article.
const KEYWORDS_MAX: usize = 10;
/// The fewest times that a keyword must stand in the article.
const KEYWORD_COUNT_MIN: usize = 3;

/// The topics that the article's words speak for, best first.
pub fn find(article: &Article<'_>) -> Vec<Topic> {
    let topics = &article.lexicon.tables.topics;
    let mut evidence = vec![0.0_f32; topics.len()];
    for text in &article.texts {
        let weight = if text.within == MentionIn::Title { TITLE_WEIGHT } else { 1.0 };
        let mut counts: BTreeMap<(usize, &str), u32> = BTreeMap::new();
        for found in &text.found {
            if let Sense::Topic(index) = found.sense {
                *counts.entry((index, text.between(found.start, found.end))).or_default() += 1;
            }
        }
        for ((index, _), count) in counts {
            // a word's tenth occurrence says little that the first did not
            evidence[index] += weight * (1.0 + f32::from(u16::try_from(count).unwrap_or(u16::MAX)).ln());
        }
    }
    let sum: f32 = evidence.iter().sum();
    let mut ranked: Vec<(usize, f32)> = evidence.into_iter().enumerate().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked
        .into_iter()
        .take(TOPICS_MAX)
        .filter(|(_, value)| *value >= EVIDENCE_MIN && *value / sum >= SHARE_MIN)
        .map(|(index, value)| Topic {
            code: topics[index].code.to_owned(),
            label_ar: topics[index].label_ar.to_owned(),
            label_en: topics[index].label_en.to_owned(),
            score: (value / sum * 1000.0).round() / 1000.0,
        })
        .collect()
}

/// Words that carry no subject, folded.
const STOP_WORDS: [&str; 72] = [
    "الي",
    "علي",
    "التي",
    "الذي",
    "الذين",
    "هذا",
    "هذه",
    "ذلك",
    "تلك",
    "كان",
    "كانت",
    "يكون",
    "تكون",
    "خلال",
    "بين",
    "بعد",
    "قبل",
    "حول",
    "حيث",
    "كما",
    "عند",
    "منذ",
    "حتي",
    "وقال",
    "قال",
    "واضاف",
    "اضاف",
    "اكد",
    "واكد",
    "اشار",
    "واشار",
    "هناك",
    "عدد",
    "عام",
    "العام",
    "اليوم",
    "امس",
    "مشيرا",
    "موكدا",
    "لافتا",
    "موضحا",
    "وكان",
    "وكانت",
    "ايضا",
    "لكن",
    "ولكن",
    "غير",
    "كل",
    "بعض",
    "اي",
    "انه",
    "انها",
    "وان",
    "بان",
    "فيما",
    "وذلك",
    "يمكن",
    "ضمن",
    "عدم",
    "يجب",
    "الاول",
    "الثاني",
    "اثر",
    "نحو",
    "دون",
    "تحت",
    "فوق",
    "عليه",
    "منها",
    "منه",
    "فيها",
    "لها",
];

/// The words that stand most often in the article, as printed.
pub fn keywords(article: &Article<'_>) -> Vec<String> {
    let text = article.body();
    let mut counts: BTreeMap<&str, (usize, (usize, usize))> = BTreeMap::new();
    for word in &text.words {
        let mut folded = text.between(word.start, word.end);
        let mut start = word.start;
        // «والعلاقات» and «العلاقات» are one word
        if folded.starts_with("وال") {
            folded = folded.trim_start_matches('و');
            start += 'و'.len_utf8();
        }
        if folded.chars().count() >= 4
            && !STOP_WORDS.contains(&folded)
            && folded.chars().all(is_word)
            && !folded.bytes().any(|byte| byte.is_ascii_digit())
        {
            counts.entry(folded).or_insert((0, (start, word.end))).0 += 1;
        }
    }
    let mut ranked: Vec<(usize, (usize, usize))> =
        counts.into_values().filter(|(count, _)| *count >= KEYWORD_COUNT_MIN).collect();
    ranked.sort_by_key(|(count, place)| (std::cmp::Reverse(*count), *place));
    ranked.truncate(KEYWORDS_MAX);
    // mentions are asked in the order of the text, and given in the order of their rank
    let mut places: Vec<(usize, usize)> = ranked.iter().map(|(_, place)| *place).collect();
    places.sort_unstable();
    let surfaces: BTreeMap<(usize, usize), String> = places
        .iter()
        .copied()
        .zip(text.mentions(&places).into_iter().map(|mention| mention.surface))
        .collect();
    ranked.iter().filter_map(|(_, place)| surfaces.get(place).cloned()).collect()
}
