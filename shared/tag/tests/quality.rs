//! What each quality flag is triggered by, and what it is not.

use naba_lexicon::Lexicon;
use naba_record::Cleaned;
use naba_tag::Tagger;
use naba_tag::article::plain;

#[track_caller]
fn check(title: &str, published: &str, body: &str, expected: &[&str]) {
    let cleaned = Cleaned {
        published_surface: (!published.is_empty()).then(|| published.to_owned()),
        ingested_at: "2015-07-15T10:00:00Z".to_owned(),
        ..plain((!title.is_empty()).then_some(title), body)
    };
    assert_eq!(Tagger::new(Lexicon::built_in()).enrich(cleaned).quality, expected, "{body}");
}

const COPY: &str = "أعلنت البلدية بدء العمل في المشروع الجديد وسط المدينة.";

#[test]
fn flags_say_what_they_say() {
    check("البلدية تبدأ العمل", "", COPY, &[]);
    check("", "", "قال «إن العمل بدأ.", &["unbalanced_quotes"]);
    check("", "", "قال \"نعم\" ثم «لا».", &[]);
    check("", "", "في 12 يوما و١٣ ليلة.", &["mixed_digits"]);
    check("", "", "قال روحانی إن العمل بدأ.", &["farsi_letters"]);
    check("", "", "أعلنت البلدية بدء العمل في...", &["truncated", "teaser_only"]);
    check("البلدية تبدأ العمل", "", &format!("البلدية تبدأ العمل.\n{COPY}"), &["title_repeated"]);
    check("", "02/03/2015", COPY, &["date_ambiguous"]);
    check("", "20 يوليو 2015", COPY, &["date_future"]);
    check("", "16 يوليو 2015", COPY, &[]);
    check("", "", "ارتفع السعر 8ر1 في المائة.", &["number_ambiguous"]);
    check("", "", "وصل 12 رجلا و3 نساء.", &[]);
    check("", "", &"انه اكد ان اليوم ".repeat(10), &["hamza_style=bare"]);
    check("", "", &"إفر ق ا كل ل ة ".repeat(6), &["missing_letters"]);
    let digest = format!("الكويت - {COPY}\nغزة - {COPY}\nواشنطن – {COPY}");
    check("", "", &digest, &["digest"]);
    check("", "", &format!("{COPY}\nتابعونا على تيليغرام"), &["under_cut"]);
    check("", "", &format!("{COPY}\nhttps://example.org/123"), &["under_cut"]);
    let news = "وأعلنت شركة فيسبوك أمس أنها ستفتح مكتبا جديدا لها في المدينة خلال العام المقبل.";
    check("", "", &format!("{COPY}\n{news}"), &[]);
    let second = "الوزارة تعلن موعد انطلاق المهرجان الصيفي في الساحل الشمالي";
    let lead =
        "وأعلنت الوزارة موعد انطلاق المهرجان الصيفي في الساحل الشمالي الأسبوع المقبل بمشاركة فرق من عدة دول.";
    check("", "", &format!("{COPY}\n{second}\n{lead}"), &["embedded_headline"]);
    check(
        "",
        "",
        &format!("{COPY}\nخطة جديدة للمهرجان الصيفي في الساحل الشمالي بعد سنوات الانقطاع\n{COPY}"),
        &[],
    );
    check("", "", &format!("10:15 {COPY}\n10:40 {COPY}\n١١:٠٥ {COPY}"), &["mixed_digits", "live_blog"]);
}
