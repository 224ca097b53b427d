//! Who said what: the shapes of speech, and what only looks like one.

use naba_lexicon::Lexicon;
use naba_record::{Quote, QuoteKind};
use naba_tag::Tagger;
use naba_tag::article::plain;
use naba_text::slice::characters;

use QuoteKind::{Colon, Direct, Indirect};

fn quotes(body: &str) -> Vec<Quote> {
    Tagger::new(Lexicon::built_in()).enrich(plain(None, body)).quotes
}

/// The statements of a body: kind, speaker's name, and what was said. Positions are read back from the body.
#[track_caller]
fn check(body: &str, expected: &[(QuoteKind, &str, &str)]) {
    let quotes = quotes(body);
    let found: Vec<(QuoteKind, &str, &str)> = quotes
        .iter()
        .map(|quote| {
            assert_eq!(characters(body, quote.start, quote.end), quote.content, "{body}");
            (quote.kind, quote.speaker.name.as_deref().unwrap_or_default(), quote.content.as_str())
        })
        .collect();
    assert_eq!(found, expected, "{body}");
}

#[test]
fn a_verb_its_speaker_and_what_was_said() {
    let said = "المشروع سيبدأ الشهر المقبل";
    check(&format!("أكد وزير النقل سالم المنصوري أن {said}."), &[(Indirect, "سالم المنصوري", said)]);
    check(&format!("وقال وزير النقل سالم المنصوري: {said}."), &[(Colon, "سالم المنصوري", said)]);
    check(&format!("وقال وزير النقل سالم المنصوري: «{said}»."), &[(Direct, "سالم المنصوري", said)]);
    check(&format!("وقال وزير النقل سالم المنصوري إن \"{said}\"."), &[(Direct, "سالم المنصوري", said)]);
    check(&format!("وأضاف وزير النقل سالم المنصوري “{said}”."), &[(Direct, "سالم المنصوري", said)]);
    check(&format!("سالم المنصوري أوضح أن {said}."), &[(Indirect, "سالم المنصوري", said)]);
    check(
        "وشدد وزير النقل سالم المنصوري خلال لقائه الصحفيين على ضرورة حماية الطرق القديمة.",
        &[(Indirect, "سالم المنصوري", "ضرورة حماية الطرق القديمة")],
    );
    check(
        "ورحب وزير النقل سالم المنصوري بالقرار الذي اتخذته البلدية.",
        &[(Indirect, "سالم المنصوري", "القرار الذي اتخذته البلدية")],
    );
}

#[test]
fn speakers_go_on() {
    check(
        "قال وزير النقل سالم المنصوري إن العمل بدأ أمس، مشيرا إلى أن الجسر قديم.\nوأضاف أن الطريق سيغلق يومين.",
        &[
            (Indirect, "سالم المنصوري", "العمل بدأ أمس"),
            (Indirect, "سالم المنصوري", "الجسر قديم"),
            (Indirect, "سالم المنصوري", "الطريق سيغلق يومين"),
        ],
    );
    check(
        "استقبل وزير النقل سالم المنصوري الوفد صباحا. وقال الوزير إن الزيارة مهمة جدا.",
        &[(Indirect, "سالم المنصوري", "الزيارة مهمة جدا")],
    );
    check(
        "قال وزير النقل سالم المنصوري إن العمل بدأ أمس. وأبلغ الوزير الوفد تحيات السيد خالد الأحمد، مؤكدا أن الجسر قديم.",
        &[(Indirect, "سالم المنصوري", "العمل بدأ أمس"), (Indirect, "سالم المنصوري", "الجسر قديم")],
    );
    check(
        "قال المنصوري إن العمل بدأ. وذكر سالم المنصوري أنه راض عن النتائج.",
        &[(Indirect, "سالم المنصوري", "العمل بدأ"), (Indirect, "سالم المنصوري", "راض عن النتائج")],
    );
}

#[test]
fn attributions_and_those_who_pass_on() {
    check(
        "ارتفعت أسعار القمح في الأسواق المحلية، وفقا لوزارة الزراعة.",
        &[(Indirect, "وزارة الزراعة", "ارتفعت أسعار القمح في الأسواق المحلية")],
    );
    let passed_on = quotes("نقلت وكالة رويترز عن الطبيب سالم المنصوري قوله إن المرض نادر في المنطقة.");
    assert_eq!(passed_on.len(), 1);
    assert_eq!(passed_on[0].relay.as_deref(), Some("وكالة رويترز"));
    assert_eq!(passed_on[0].speaker.name.as_deref(), Some("سالم المنصوري"));
    assert_eq!(passed_on[0].content, "المرض نادر في المنطقة");
    let inner = quotes("وأفادت وكالة رويترز أن وزير النقل سالم المنصوري أكد على أهمية الطريق الجديد.");
    assert_eq!(inner.len(), 1);
    assert_eq!(
        (inner[0].relay.as_deref(), inner[0].content.as_str()),
        (Some("وكالة رويترز"), "أهمية الطريق الجديد")
    );
    let unnamed = quotes("قال مصدر أمني إن الطريق أغلق أمام السيارات.");
    assert!(unnamed.len() == 1 && unnamed[0].speaker.unnamed && unnamed[0].speaker.name.is_none());
}

#[test]
fn what_is_no_statement() {
    check("لم يؤكد وزير النقل سالم المنصوري أن العمل بدأ.", &[]);
    check("وقع الخلاف بين المدينة والقرية على أن ينتهي قريبا.", &[]);
    check("قتل ثلاثة من تنظيم «داعش» في المدينة أمس.", &[]);
    check("تابعوا أخبارنا على الموقع.", &[]);
    check("نفذت البلدية المشروع وفق الخطة الموضوعة.", &[]);
}

#[test]
fn a_mark_that_never_closes_ends_with_its_sentence() {
    check(
        "قال سالم المنصوري «إن العمل بدأ أمس في الموقع. ووصلت المعدات بعد ذلك.\nوقال إن الطريق مغلق.",
        &[(Direct, "سالم المنصوري", "العمل بدأ أمس في الموقع"), (Indirect, "سالم المنصوري", "الطريق مغلق")],
    );
}
