//! What normalising promises, as tables and as properties.

use naba_record::Span;
use std::collections::BTreeMap;

use naba_text::normalise::{DISPLAY, Profile, REPAIR, SEARCH, fold, named, normalise};
use naba_text::slice::{characters, count};
use proptest::prelude::{ProptestConfig, Strategy, prop_assert, prop_assert_eq, proptest};

#[track_caller]
fn check(profile: &Profile, text: &str, expected: &str) {
    let normalised = normalise(profile, text);
    assert_eq!(normalised.text, expected, "{text}");
    assert_eq!(fold(profile, text), expected, "{text} without its map");
}

#[test]
fn search_folds_what_readers_type_in_several_ways() {
    let search = Profile::new(SEARCH);
    for (text, expected) in [
        ("أخبار إيران الآن", "اخبار ايران الان"),
        ("روحانی وموسکو", "روحاني وموسكو"), // as Tehran's agencies print it
        ("مسؤولون في هيئة", "مسوولون في هييه"),
        ("الحمـــد", "الحمد"),
        ("مُحَمَّدٌ هٰذا", "محمد هذا"),
        ("ﻣﺮﺣﺒﺎ ﻻ ﷲ", "مرحبا لا الله"),
        ("١٬٢٣٤٫٥ و۱۲۳ ٪", "1,234.5 و123 %"),
        ("«نص» “نص”", "\"نص\" \"نص\""),
        ("جمييييييل", "جميل"),
        ("  ا \u{A0} ب  \n\n ج ", "ا ب\n\nج"),
        ("قال &amp;quot;نعم&quot; &amp; ذهب", "قال \"نعم\" & ذهب"),
        ("زر http://a.com/x?y=1&z=2 SANA", "زر http://a.com/x?y=1&z=2 SANA"),
        ("", ""),
        (" \n ", "\n"),
    ] {
        check(&search, text, expected);
    }
}

#[test]
fn display_puts_in_order_and_changes_no_word() {
    let display = Profile::new(DISPLAY);
    for (text, expected) in [
        ("أخبار إيران", "أخبار إيران"),
        ("\u{627}\u{654}حمد", "أحمد"),
        ("ﻣﺮﺣﺒﺎ", "مرحبا"),
        ("\u{200F}قال\u{202B} ، نعم", "قال، نعم"),
        ("\n\n اول \r\n\r\n\u{A0}ثاني \n", "اول\nثاني"),
        ("مُحَمَّد", "مُحَمَّد"),
        ("می\u{200C}شود", "می\u{200C}شود"),
        ("cafe\u{301}", "café"),
    ] {
        check(&display, text, expected);
    }
}

#[test]
fn farsi_letters_are_read_by_their_word() {
    let repair = Profile::new(REPAIR);
    check(
        &repair,
        "روحانی: التعاون بین طهران وموسکو فی مستوی عال علی الدوام والی",
        "روحاني: التعاون بين طهران وموسكو في مستوى عال على الدوام والى",
    );
}

#[test]
fn users_compose_their_own() {
    let own = BTreeMap::from([("mine".to_owned(), vec!["tatweel".to_owned(), "alef".to_owned()])]);
    check(&named("mine", &own).expect("a profile"), "أحمـــد  ة", "احمد  ة");
    let error = named("yours", &own).expect_err("no profile").to_string();
    assert_eq!(error, "there is no profile `yours`; there are display, repair, search, mine");
    let wrong = BTreeMap::from([("mine".to_owned(), vec!["tatwel".to_owned()])]);
    let error = named("mine", &wrong).expect_err("no step").to_string();
    assert!(error.starts_with("unknown step `tatwel`; the steps are compose, "), "{error}");
}

/// Texts made of what makes normalising hard.
fn nasty() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        proptest::sample::select(vec![
            "ا",
            "أ",
            "إ",
            "ب",
            "ي",
            "ی",
            "ى",
            "ة",
            "ه",
            "م",
            "ل",
            "ـ",
            "\u{64E}",
            "\u{651}",
            "\u{654}",
            "\u{670}",
            "\u{6D6}",
            "ﻻ",
            "ﷲ",
            "ﷺ",
            "\u{FE70}",
            "\u{FE77}",
            "\u{FC60}",
            "\u{8D4}",
            "\u{8F0}",
            " ",
            "  ",
            "\u{A0}",
            "\n",
            "\r\n",
            "\r",
            "\t",
            "\u{200C}",
            "\u{200F}",
            "\u{FEFF}",
            "\0",
            "١",
            "۵",
            "7",
            "،",
            "؟",
            "«",
            "”",
            "&amp;",
            "&quot;",
            "&",
            ";",
            "amp;",
            "e",
            "\u{301}",
            "😀",
            "http://x.y/?a=1",
            "مممم",
            "\u{85}",
            "\u{FFFD}",
        ]),
        0..40,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folding_twice_changes_nothing(text in nasty()) {
        for steps in [SEARCH, DISPLAY, REPAIR] {
            let profile = Profile::new(steps);
            let once = fold(&profile, &text);
            prop_assert_eq!(&fold(&profile, &once), &once);
        }
    }

    #[test]
    fn the_map_covers_the_text_in_order(text in nasty()) {
        for steps in [SEARCH, DISPLAY] {
            let normalised = normalise(&Profile::new(steps), &text);
            let runs = &normalised.map.runs;
            let (mut to, mut from) = (0, 0);
            for run in runs {
                prop_assert_eq!(run.start, to);
                prop_assert!(run.from_start >= from && run.end > run.start && run.from_end > run.from_start);
                (to, from) = (run.end, run.from_end);
            }
            prop_assert_eq!(to, count(&normalised.text));
            prop_assert!(from <= count(&text));
            // never more runs than characters, on either side
            prop_assert!(runs.len() <= count(&text).min(count(&normalised.text)) as usize);
            prop_assert_eq!(&normalised.text, &fold(&Profile::new(steps), &text));
        }
    }

    #[test]
    fn every_character_has_a_home_that_folds_to_it(text in nasty(), at in 0_u32..200, length in 1_u32..9) {
        let profile = Profile::new(SEARCH);
        let normalised = normalise(&profile, &text);
        let all = count(&normalised.text);
        if at < all {
            let span = Span { start: at, end: (at + length).min(all) };
            let home = normalised.map.home(span);
            prop_assert!(home.start < home.end && home.end <= count(&text));
            // and back: the home covers at least what it came from
            let forth = normalised.map.forth(home);
            prop_assert!(forth.start <= span.start && forth.end >= span.end, "{:?} → {:?} → {:?}", span, home, forth);
            prop_assert!(!characters(&text, home.start, home.end).is_empty());
        }
    }
}
