//! Keywords: the words that stand most often in the article.

use naba_text::words::{Counts, Word, hash};

use crate::article::Article;

/// The most keywords of an article.
const KEYWORDS_MAX: usize = 10;
/// The fewest times that a keyword must stand in the article.
const KEYWORD_COUNT_MIN: u32 = 3;
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
    // a word of fewer bytes has fewer letters
    let long = text.words.iter().filter(|word| word.end - word.start >= KEYWORD_LETTERS_MIN);
    let words = long.map(|word| {
        if !text.between(word.start, word.end).starts_with("وال") {
            return *word;
        }
        // «والعلاقات» and «العلاقات» are one word
        let start = word.start + 'و'.len_utf8();
        Word { start, hash: hash(text.folded.as_bytes(), start, word.end), ..*word }
    });
    let counts = Counts::new(text.folded, text.words.len(), words);
    let is_keyword = |(word, count): &&(Word, u32)| {
        let folded = text.between(word.start, word.end);
        *count >= KEYWORD_COUNT_MIN
            && folded.chars().count() >= KEYWORD_LETTERS_MIN
            && !STOP_WORDS.contains(&folded)
            && !folded.bytes().any(|byte| byte.is_ascii_digit())
    };
    let mut ranked: Vec<(Word, u32)> = counts.counted().iter().filter(is_keyword).copied().collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    ranked.truncate(KEYWORDS_MAX);
    ranked.into_iter().map(|(word, _)| text.home(word.start, word.end).1.to_owned()).collect()
}
