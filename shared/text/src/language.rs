//! Which language a body is in: script, letters that only some languages use, and function words.
//!
//! Arabic script alone says little: Persian, Urdu, Sorani, Pashto and Uyghur news is written in it too, and
//! an Arabic article may carry a Persian headline. So the whole text votes.

use std::sync::LazyLock;

use crate::letters::is_letter;
use crate::slice;
use crate::words::head;

/// A language and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    /// BCP-47, or `und`.
    pub tag: &'static str,
    /// 0 to 1.
    pub confidence: f32,
}

/// Of a text so many stretches are read, of so many bytes each: 2 kB, some two hundred words, from its beginning to its
/// end. More do not change the answer.
const STRETCHES: usize = 8;
const STRETCH_BYTES: usize = 256;

/// The fewest letters that say anything.
const LETTERS_MIN: u32 = 12;

/// Languages in Arabic script: the letters that mark them, and their commonest words.
const ARABIC_SCRIPT: [(&str, &str, &[&str]); 7] = [
    (
        "ar",
        "ةىأإؤئضظث",
        &[
            "في", "من", "على", "إلى", "ان", "أن", "التي", "الذي", "عن", "مع", "هذا", "هذه", "بين", "الى",
            "كما",
        ],
    ),
    ("fa", "پچژگکی", &["و", "در", "به", "از", "که", "این", "را", "با", "است", "برای", "های", "شد", "کرد"]),
    ("ur", "ٹڈڑںےہھ", &["کے", "میں", "کی", "ہے", "اور", "سے", "کا", "کو", "نے", "پر", "ہیں"]),
    ("ckb", "ڵڕۆێەڤ", &["لە", "بە", "و", "کە", "بۆ", "ئەم", "لەگەڵ", "دەکات", "ئەو"]),
    ("ps", "ټډړږښڼېۍځڅ", &["د", "په", "او", "چې", "ته", "له", "کې", "دی", "سره"]),
    ("ug", "ۇۈۆېەڭۋ", &["ۋە", "بىلەن", "بۇ", "ئۈچۈن", "بىر", "قىلىش"]),
    ("ku", "îêûçş", &["ji", "li", "bi", "ku", "de", "û", "di"]),
];

/// The longest common word of the table, in bytes.
const COMMON_BYTES_MAX: usize = 12;

const LATIN: [(&str, &[&str]); 3] = [
    ("en", &["the", "of", "and", "to", "in", "a", "that", "for", "is", "on", "was", "with", "said"]),
    ("fr", &["le", "la", "les", "de", "des", "et", "en", "du", "un", "une", "que", "pour", "dans", "est"]),
    ("ku", &["ji", "li", "bi", "ku", "de", "û", "di", "jî", "ên", "wê"]),
];

/// For each character of U+0600 to U+06FF the languages that it marks, one bit each.
static MARKS: LazyLock<[u8; 256]> = LazyLock::new(|| {
    let mut marks = [0; 256];
    for (language, (_, letters, _)) in ARABIC_SCRIPT.iter().enumerate() {
        for c in letters.chars() {
            if let Some(mark) = (c as usize).checked_sub(0x0600).and_then(|offset| marks.get_mut(offset)) {
                *mark |= 1 << language;
            }
        }
    }
    marks
});

/// For each common word the languages that it is common in, one bit each: a table with room to spare, in which a word
/// stands at its hash or behind it.
static WORDS: LazyLock<[(u128, u8); PLACES]> = LazyLock::new(|| {
    let mut words = [(0, 0); PLACES];
    for (language, (_, _, common)) in ARABIC_SCRIPT.iter().enumerate() {
        for word in common.iter().filter_map(|word| packed(word.as_bytes())) {
            let mut at = place(word);
            while words[at].0 != word && words[at].0 != 0 {
                at = (at + 1) % PLACES;
            }
            words[at] = (word, words[at].1 | 1 << language);
        }
    }
    words
});

/// Places in the table of words: a power of two, several times as many as there are words.
const PLACES: usize = 512;

/// The bytes of a short word as one number; none for a long one.
fn packed(word: &[u8]) -> Option<u128> {
    let length = word.len();
    let part = |from: usize| u128::from(head(word, from.min(length), length));
    (length <= COMMON_BYTES_MAX).then(|| part(0) | part(8) << 64)
}

fn place(packed: u128) -> usize {
    let mixed = ((packed >> 64) as u64 ^ packed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (64 - PLACES.trailing_zeros())) as usize
}

/// The languages that a word is common in, one bit each.
fn languages_of(words: &[(u128, u8); PLACES], word: &[u8]) -> u8 {
    let Some(word) = packed(word) else { return 0 };
    let mut at = place(word);
    loop {
        match words[at] {
            (found, languages) if found == word => return languages,
            (0, _) => return 0,
            _ => at = (at + 1) % PLACES,
        }
    }
}

/// Letters by script; of the Arabic block, by letter.
struct Counts {
    seen: [u32; 256],
    arabic: u32,
    latin: u32,
    hebrew: u32,
}

/// The stretches of a text that are read, cut between words; a short text is read whole.
fn stretches(text: &str) -> impl Iterator<Item = &str> + Clone {
    let (count, step) =
        if text.len() <= STRETCHES * STRETCH_BYTES { (1, 0) } else { (STRETCHES, text.len() / STRETCHES) };
    (0..count).map(move |number| {
        if step == 0 {
            return text;
        }
        let stretch = slice::between(text, number * step, number * step + STRETCH_BYTES);
        let (begin, end) = (stretch.find(' '), stretch.rfind(' '));
        begin.zip(end).map_or(stretch, |(begin, end)| slice::between(stretch, begin, end))
    })
}

/// Counts letters by the bytes that they open with: no character needs to be put together for it.
fn count<'a>(stretches: impl Iterator<Item = &'a str>) -> Counts {
    let mut counts = Counts { seen: [0; 256], arabic: 0, latin: 0, hebrew: 0 };
    let size = |places: usize| u32::try_from(places).unwrap_or(u32::MAX);
    for stretch in stretches {
        // ASCII letters, and U+00C0 to U+023F
        let is_latin = |[byte]: [u8; 1]| byte.is_ascii_alphabetic() || matches!(byte, 0xC3..=0xC8);
        counts.latin += size(slice::places(stretch, is_latin));
        // U+05C0 to U+05FF: Hebrew letters
        counts.hebrew += size(slice::places(stretch, |[byte]| byte == 0xD7));
        // U+F000 to U+FFFF, of which presentation forms are what Arabic text has
        counts.arabic += size(slice::places(stretch, |[byte]| byte == 0xEF));
        // U+0600 to U+06FF
        for pair in stretch.as_bytes().windows(2) {
            let is_arabic = u32::from(matches!(pair[0], 0xD8..=0xDB));
            counts.seen[usize::from(pair[0] & 0x03) << 6 | usize::from(pair[1] & 0x3F)] += is_arabic;
        }
    }
    // letters only: digits, marks and punctuation speak for no language
    let letters = (0x20..=0x4A).chain(0x6E..=0xD5);
    counts.arabic += letters.map(|offset: usize| counts.seen[offset]).sum::<u32>();
    counts
}

/// Guesses the language of a text.
pub fn detect(text: &str) -> Guess {
    let stretches = stretches(text);
    let Counts { seen, arabic, latin, hebrew } = count(stretches.clone());
    let mut letters = [0_u32; ARABIC_SCRIPT.len()];
    for (count, mark) in seen.iter().zip(MARKS.iter()) {
        for (language, letters) in letters.iter_mut().enumerate() {
            *letters += count * u32::from(mark >> language & 1);
        }
    }
    let all = arabic + latin + hebrew;
    if all < LETTERS_MIN {
        return Guess {
            tag: if arabic * 2 > all { "ar" } else { "und" },
            confidence: if arabic * 2 > all { 0.3 } else { 0.0 },
        };
    }
    if hebrew * 2 > all {
        return Guess { tag: "he", confidence: hebrew as f32 / all as f32 };
    }
    if latin > arabic {
        return by_words(stretches, &LATIN);
    }
    arabic_script(stretches, arabic, &letters)
}

fn by_words<'a>(stretches: impl Iterator<Item = &'a str>, languages: &[(&'static str, &[&str])]) -> Guess {
    let mut hits = vec![0_u32; languages.len()];
    let mut words = 0_u32;
    let split = stretches.flat_map(|stretch| stretch.split(|c: char| !is_letter(c)));
    for word in split.filter(|word| !word.is_empty()) {
        words += 1;
        let word = word.to_lowercase();
        for (count, (_, common)) in hits.iter_mut().zip(languages) {
            *count += u32::from(common.contains(&word.as_str()));
        }
    }
    let best = (0..languages.len()).max_by_key(|index| hits[*index]).unwrap_or(0);
    let share = hits[best] as f32 / words.max(1) as f32;
    if share < 0.05 {
        return Guess { tag: "und", confidence: 0.2 };
    }
    Guess { tag: languages[best].0, confidence: (0.5 + share).min(1.0) }
}

/// A word without the marks before and behind it.
fn bare(mut word: &[u8]) -> &[u8] {
    loop {
        word = match word {
            // the longer ones are ، ؛ ؟ and »
            [rest @ .., b'.' | b',' | b':' | b'!' | b'"']
            | [rest @ .., 0xD8, 0x8C | 0x9B | 0x9F]
            | [rest @ .., 0xC2, 0xBB] => rest,
            _ => break,
        }
    }
    // «
    while let [b'"' | b'(', rest @ ..] | [0xC2, 0xAB, rest @ ..] = word {
        word = rest;
    }
    word
}

fn arabic_script<'a>(
    stretches: impl Iterator<Item = &'a str>,
    arabic: u32,
    letters: &[u32; ARABIC_SCRIPT.len()],
) -> Guess {
    let mut hits = [0_u32; ARABIC_SCRIPT.len()];
    let mut words = 0_u32;
    let common = &*WORDS;
    for stretch in stretches {
        let split = stretch.as_bytes().split(|byte| *byte <= b' ');
        for word in split.filter(|word| !word.is_empty()) {
            words += 1;
            let word = bare(word);
            // the article is as good as a function word, and only Arabic glues it on
            hits[0] += u32::from(word.starts_with("ال".as_bytes()) || word.starts_with("وال".as_bytes()));
            let languages = languages_of(common, word);
            if languages != 0 {
                for (language, count) in hits.iter_mut().enumerate() {
                    *count += u32::from(languages >> language & 1);
                }
            }
        }
    }
    let score = |index: usize| {
        hits[index] as f32 / words.max(1) as f32 * 2.0 + letters[index] as f32 / arabic.max(1) as f32 * 2.0
    };
    let scores: Vec<f32> = (0..ARABIC_SCRIPT.len()).map(score).collect();
    let best = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
    let sum: f32 = scores.iter().sum();
    if sum == 0.0 {
        return Guess { tag: "ar", confidence: 0.3 };
    }
    Guess { tag: ARABIC_SCRIPT[best].0, confidence: scores[best] / sum }
}

#[cfg(test)]
mod tests {
    use super::detect;

    #[track_caller]
    fn check(text: &str, tag: &str) {
        assert_eq!(detect(text).tag, tag, "{text}");
    }

    #[test]
    fn languages_of_the_region() {
        check("أعلنت الوزارة أمس بدء العمل في المشروع الجديد الذي يستمر عامين", "ar");
        check("وقال الرئيس ان بلاده لن تقبل بهذا الاتفاق وان العلاقات مع الجارة مستمرة", "ar");
        check("وزیر امور خارجه در این دیدار گفت که همکاری‌های دو کشور با قدرت ادامه دارد", "fa");
        check("وزیر اعظم نے کہا کہ حکومت عوام کے مسائل حل کرنے کے لیے کام کر رہی ہے", "ur");
        check("سەرۆکی حکومەت ڕایگەیاند کە پەیوەندییەکان لەگەڵ وڵاتانی دراوسێ باشترن", "ckb");
        check("د افغانستان د بهرنیو چارو وزیر وویل چې د دوو هېوادونو اړیکې به پراخې شي", "ps");
        check("بۇ يىل شىنجاڭدا يېزا ئىگىلىكى ۋە چارۋىچىلىق تەرەققىياتى ئۈچۈن يېڭى لايىھە باشلاندى", "ug");
        check("The minister said on Monday that the project was ready for the public", "en");
        check("Le ministre a déclaré lundi que le projet est prêt pour les habitants de la ville", "fr");
        check("ראש הממשלה אמר היום כי ההסכם ייחתם בשבוע הבא", "he");
        check("12:30 - 45", "und");
    }

    #[test]
    fn long_texts_are_read_from_beginning_to_end() {
        let english = "The minister said on Monday that the project was ready for the public. ";
        let arabic = "وقال الوزير إن المشروع الذي أعلن عنه في العاصمة سيبدأ هذا الشهر. ";
        check(&format!("{}{}", english.repeat(40), arabic.repeat(400)), "ar");
        check(&format!("{}{}", arabic.repeat(20), english.repeat(900)), "en");
        check(&"ا".repeat(100_000), "ar");
    }

    #[test]
    fn a_persian_headline_does_not_turn_an_arabic_article_persian() {
        check(
            "روحانی: همکاری تهران و مسکو ادامه دارد\nوأفادت الوكالة أن الجانبين بحثا في هذا الاتصال آخر المستجدات على الساحة الدولية، وتطرقا إلى العلاقات بين البلدين وآليات تطويرها في المرحلة المقبلة",
            "ar",
        );
    }
}
