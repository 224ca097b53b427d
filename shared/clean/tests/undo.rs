//! Body, removed and tidied rebuild the decoded text, to the character, whatever the text is.

use std::sync::LazyLock;

use naba_clean::Cleaner;
use naba_record::Ingested;
use proptest::prelude::{ProptestConfig, Strategy, prop_assert, prop_assert_eq, proptest};

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
