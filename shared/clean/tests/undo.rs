//! Body, removed and tidied rebuild the decoded text, to the character, whatever the text is.

use std::sync::LazyLock;

use naba_clean::Cleaner;
use naba_record::Ingested;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};

static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| Cleaner::built_in().expect("the built-in rules"));

/// Articles made of copy, furniture and what breaks texts.
fn articles() -> impl Strategy<Value = String> {
    let parts = proptest::sample::select(vec![
        "افتتح رئيس البلدية صباح اليوم الجسر الجديد الذي يربط ضفتي النهر وسط المدينة.",
        "وقال المهندس المشرف على الجسر إن أربعة مسارات تكفي لحركة السير في السنوات العشر المقبلة",
        "البلدية تفتتح الجسر",
        "دمشق-سانا",
        "الرياض: واس: ",
        "واس ـ الرياض: ",
        "/انتهى/",
        "انتهى/185",
        "شاهد أيضاً",
        "تابعوا أخبارنا عبر تطبيق تلغرام",
        "https://t.me/x",
        "كلمات دلالية: أ، ب",
        "المصدر: وكالات",
        "١٩ يناير ٢٠٢٢",
        "سمات الجسر البلدية",
        "a@b.org",
        "(رويترز)",
        "أحمد سالم",
        "الرئيسية / أخبار",
        "\n",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "  ",
        "\u{A0}",
        "\u{200F}",
        "\u{FEFF}",
        "\0",
        "\u{2028}",
        "مُحَمَّد",
        "ﻻﷲﷺ",
        "\u{627}\u{654}",
        "😀",
        "،",
        " ،",
        "ــ",
        "«",
        "”",
        ".",
        "...",
    ]);
    proptest::collection::vec(parts, 1..30).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_can_be_put_back(text in articles()) {
        let article = Ingested { text: text.clone(), ..Ingested::default() };
        if let Ok(cleaned) = CLEANER.clean(&article) {
            let again = naba_clean::undo::undo(&cleaned.body, &cleaned.removed, &cleaned.tidied);
            prop_assert_eq!(again, text);
            let mut at = 0;
            for cut in &cleaned.removed {
                prop_assert!(cut.start >= at && cut.end > cut.start, "{:?}", cut);
                at = cut.end;
            }
        }
    }
}

/// Whether a place in characters stands inside a word of a text: between two of its letters, or between a letter and its
/// mark.
fn splits_a_word(text: &[char], at: usize) -> bool {
    let mark = |c: &char| naba_text::letters::is_mark(*c);
    let stretches = |c: &&char| mark(c) || **c == 'ـ';
    let letter = |c: Option<&char>| c.is_some_and(|c| naba_text::letters::is_word(*c) && *c != 'ـ');
    let (before, behind) = text.split_at(at);
    letter(before.iter().rev().find(|c| !stretches(c)))
        && (behind.first().is_some_and(mark) || letter(behind.iter().find(|c| !stretches(c))))
}

const COPY: &str =
    "أَعلنت الوزارة بدء العمل في المشروع الجديد غدا، وقال المتحدث باسمها إن العمل يسير كما خطط له.";

/// A word as somebody may have typed it: each letter plain, stretched, with a vowel, or as a presentation form.
fn typed(word: &str, hand: &[u8]) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut typed = String::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        let (how, next) = (hand.get(at % hand.len().max(1)).copied().unwrap_or(0), letters.get(at + 1));
        match (how, letter, next) {
            (1, 'ل', Some('ا')) => (at, typed) = (at + 1, typed + "ﻻ"),
            (1, 'س', _) => typed.push('ﺳ'),
            (1, 'ن', _) => typed.push('ﻧ'),
            (2, 'س' | 'ن' | 'ف' | 'ق' | 'ش' | 'ب', Some(next)) if next.is_alphabetic() => {
                typed.extend([*letter, 'ـ', 'ـ']);
            }
            (3, letter, _) if letter.is_alphabetic() => typed.extend([*letter, '\u{64E}']),
            _ => typed.push(*letter),
        }
        at += 1;
    }
    typed
}

const SEPARATORS: [&str; 22] = [
    " ", " - ", "-", " – ", "–", " — ", " ـ ", " ــ ", "ـ ", "/", " / ", "//", ": ", " : ", " -- ", "... ",
    "، ", " | ", " (", ") ", " «", "» ",
];
const PARTS: [&str; 16] = [
    "جنين",
    "دمشق",
    "أبوظبي",
    "مكة المكرمة",
    "وفا",
    "سانا",
    "واس",
    "رويترز",
    "وكالات",
    "أحمد سالم",
    "4-2-2018",
    "٤-٢-٢٠١٨",
    "۴-۲-۲۰۱۸",
    "26 شوال 1436 هـ",
    "٣ ديسمبر",
    "النهضة نيوز",
];
const ENDINGS: [&str; 9] = [
    "/انتهى/",
    " // انتهى // 12:30 ت م",
    "(سانا)",
    " سمات الوزارة المشروع العمل",
    "writer@paper.org",
    " المصدر: سانا",
    "انتهى/185",
    " إعداد: أحمد سالم",
    "",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_cut_splits_a_word(
        parts in proptest::collection::vec((0..PARTS.len(), 0..SEPARATORS.len()), 1..4),
        hand in proptest::collection::vec(0_u8..6, 1..40),
        ending in 0..ENDINGS.len(),
        is_flat in any::<bool>(),
    ) {
        let dateline: String =
            parts.iter().map(|(part, separator)| typed(PARTS[*part], &hand) + SEPARATORS[*separator]).collect();
        let between = if is_flat { " " } else { "\n" };
        let text = format!("{dateline}{COPY}{between}{COPY}{}", typed(ENDINGS[ending], &hand));
        let article = Ingested { text: text.clone(), ..Ingested::default() };
        let cleaned = CLEANER.clean(&article).expect("an article with copy");
        let characters: Vec<char> = text.chars().collect();
        for cut in &cleaned.removed {
            for at in [cut.start, cut.end] {
                prop_assert!(!splits_a_word(&characters, at as usize), "{}: {:?} of {}", cut.rule, cut.text, text);
            }
        }
        let copy = naba_lexicon::folded(COPY);
        prop_assert!(naba_lexicon::folded(&cleaned.body).contains(&copy), "{} | {:?}", cleaned.body, cleaned.removed);
    }
}
