//! Keywords: the words that stand most often in the article.

use rustc_hash::FxHashMap;

use crate::article::Article;

/// The most keywords of an article.
const KEYWORDS_MAX: usize = 10;
/// The fewest times that a keyword must stand in the article.
const KEYWORD_COUNT_MIN: usize = 3;
/// The fewest letters of a keyword.
const KEYWORD_LETTERS_MIN: usize = 4;

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
pub fn find(article: &Article<'_>) -> Vec<String> {
    let text = article.body();
    let mut counts: FxHashMap<&str, (usize, (usize, usize))> = FxHashMap::default();
    counts.reserve(text.words.len());
    for word in &text.words {
        // a word of fewer bytes has fewer letters
        if word.end - word.start < KEYWORD_LETTERS_MIN {
            continue;
        }
        let mut folded = text.between(word.start, word.end);
        let mut start = word.start;
        // «والعلاقات» and «العلاقات» are one word
        if folded.starts_with("وال") {
            folded = folded.trim_start_matches('و');
            start += 'و'.len_utf8();
        }
        counts.entry(folded).or_insert((0, (start, word.end))).0 += 1;
    }
    let is_keyword = |(word, (count, _)): &(&str, (usize, (usize, usize)))| {
        *count >= KEYWORD_COUNT_MIN
            && word.chars().count() >= KEYWORD_LETTERS_MIN
            && !STOP_WORDS.contains(word)
            && !word.bytes().any(|byte| byte.is_ascii_digit())
    };
    let mut ranked: Vec<(usize, (usize, usize))> =
        counts.into_iter().filter(is_keyword).map(|(_, counted)| counted).collect();
    ranked.sort_unstable_by_key(|(count, place)| (std::cmp::Reverse(*count), *place));
    ranked.truncate(KEYWORDS_MAX);
    ranked.into_iter().map(|(_, (start, end))| text.home(start, end).1.to_owned()).collect()
}
