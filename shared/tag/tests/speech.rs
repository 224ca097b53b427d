//! Who said what: the shapes of speech, and what only looks like one.

use naba_lexicon::Lexicon;
use naba_record::{MentionIn, Quote, QuoteKind};
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

/// The statements of a headline over a body.
#[track_caller]
fn check_title(title: &str, body: &str, expected: &[(QuoteKind, &str, &str)]) {
    let quotes = Tagger::new(Lexicon::built_in()).enrich(plain(Some(title), body)).quotes;
    let found: Vec<(QuoteKind, &str, &str)> = quotes
        .iter()
        .filter(|quote| quote.within == MentionIn::Title)
        .map(|quote| {
            assert_eq!(characters(title, quote.start, quote.end), quote.content, "{title}");
            (quote.kind, quote.speaker.name.as_deref().unwrap_or_default(), quote.content.as_str())
        })
        .collect();
    assert_eq!(found, expected, "{title}");
}

#[test]
fn verbs_of_every_class_and_person() {
    let said = "المشروع سيبدأ الشهر المقبل";
    let verbs =
        ["استطرد", "أردف", "أبرز", "استبعد", "جزم", "رجح", "زعم", "أجاب", "استدرك", "تمنى", "نفى", "صرح"];
    for verb in verbs {
        check(&format!("{verb} وزير النقل سالم المنصوري أن {said}."), &[(Indirect, "سالم المنصوري", said)]);
    }
    for verb in ["يقول", "يوضح", "يشير", "يضيف", "يرجح"] {
        let to = if verb == "يشير" { "إلى " } else { "" };
        check(
            &format!("{verb} وزير النقل سالم المنصوري {to}أن {said}."),
            &[(Indirect, "سالم المنصوري", said)],
        );
    }
    check(
        "استهجن وزير النقل سالم المنصوري الهجوم على عمال الطريق.",
        &[(Indirect, "سالم المنصوري", "الهجوم على عمال الطريق")],
    );
    check(
        "أعلن وزير النقل سالم المنصوري تقديم موعد افتتاح الجسر.",
        &[(Indirect, "سالم المنصوري", "تقديم موعد افتتاح الجسر")],
    );
    check(
        "وناشد وزير النقل سالم المنصوري السكان بالابتعاد عن الجسر.",
        &[(Indirect, "سالم المنصوري", "الابتعاد عن الجسر")],
    );
}

#[test]
fn quotations_before_their_verb() {
    let said = "السوق ملك لأهل المدينة ولن يخرج منه أحد";
    check(&format!("«{said}»، قال سالم المنصوري."), &[(Direct, "سالم المنصوري", said)]);
    check(&format!("\"{said}\"، أكد سالم المنصوري."), &[(Direct, "سالم المنصوري", said)]);
    check(
        &format!("«{said}»، قال سالم المنصوري، «والعمل فيه لا يتوقف»."),
        &[(Direct, "سالم المنصوري", said), (Direct, "سالم المنصوري", "والعمل فيه لا يتوقف")],
    );
    check(
        "السوق سيبقى مفتوحا طوال الأسبوع، كما قال سالم المنصوري.",
        &[(Indirect, "سالم المنصوري", "السوق سيبقى مفتوحا طوال الأسبوع")],
    );
    check(
        "السوق سيبقى مفتوحا طوال الأسبوع على ما أوضح سالم المنصوري.",
        &[(Indirect, "سالم المنصوري", "السوق سيبقى مفتوحا طوال الأسبوع")],
    );
    check(
        "السوق سيبقى مفتوحا طوال الأسبوع، على حد قول سالم المنصوري.",
        &[(Indirect, "سالم المنصوري", "السوق سيبقى مفتوحا طوال الأسبوع")],
    );
}

#[test]
fn quotations_over_lines() {
    let said = "السوق ملك لأهل المدينة ولن يخرج منه أحد";
    check(&format!("وقال سالم المنصوري:\n«{said}»."), &[(Direct, "سالم المنصوري", said)]);
    check(&format!("وقال سالم المنصوري:\n{said}."), &[(Colon, "سالم المنصوري", said)]);
    check(
        &format!("وقال سالم المنصوري: «{said}».\n«والعمل فيه لا يتوقف ليلا ولا نهارا»."),
        &[(Direct, "سالم المنصوري", said), (Direct, "سالم المنصوري", "والعمل فيه لا يتوقف ليلا ولا نهارا")],
    );
    let both = format!("{said}.\n«والعمل فيه لا يتوقف");
    check(&format!("وقال سالم المنصوري: «{both}»."), &[(Direct, "سالم المنصوري", &both)]);
}

#[test]
fn marks_in_marks_and_marks_that_are_missing() {
    let said = "قرأت «مدن الملح» مرتين ثم عدت إلى المكتب";
    check(&format!("وقال سالم المنصوري: \"{said}\"."), &[(Direct, "سالم المنصوري", said)]);
    check(&format!("وقال سالم المنصوري: «{said}»."), &[(Direct, "سالم المنصوري", said)]);
    check(&format!("وقال سالم المنصوري: “{said}”."), &[(Direct, "سالم المنصوري", said)]);
    let plain = "قرأت الكتاب مرتين ثم عدت إلى المكتب";
    check(&format!("وقال سالم المنصوري: «{plain}\"."), &[(Direct, "سالم المنصوري", plain)]);
    check(&format!("وقال سالم المنصوري: \"{plain}»."), &[(Direct, "سالم المنصوري", plain)]);
    let two = format!("{plain}. ولم أجد أحدا هناك");
    check(
        &format!("وقال سالم المنصوري: «{two}.\nوأغلق المكتب أبوابه بعد ذلك."),
        &[(Direct, "سالم المنصوري", &two)],
    );
    check(
        &format!("وقال سالم المنصوري: «{plain}. وأضاف أن الطريق مغلق."),
        &[(Direct, "سالم المنصوري", plain), (Indirect, "سالم المنصوري", "الطريق مغلق")],
    );
}

#[test]
fn another_begins_to_speak() {
    check(
        "قال وزير النقل سالم المنصوري إن العمل بدأ أمس، لكن خالد الأحمد قال إن الجسر قديم جدا.",
        &[(Indirect, "سالم المنصوري", "العمل بدأ أمس"), (Indirect, "خالد الأحمد", "الجسر قديم جدا")],
    );
    check(
        "قال وزير النقل سالم المنصوري إن العمل بدأ أمس، في حين ذكرت وزارة الزراعة أن الجسر قديم جدا.",
        &[(Indirect, "سالم المنصوري", "العمل بدأ أمس"), (Indirect, "وزارة الزراعة", "الجسر قديم جدا")],
    );
    check(
        "أكد وزير النقل سالم المنصوري أن العمل بدأ أمس، كما أشاد بجهود العمال في الموقع.",
        &[(Indirect, "سالم المنصوري", "العمل بدأ أمس"), (Indirect, "سالم المنصوري", "جهود العمال في الموقع")],
    );
    check(
        "قال وزير النقل سالم المنصوري إن العمل بدأ أمس، سائلا المولى أن يوفق الجميع.",
        &[(Indirect, "سالم المنصوري", "العمل بدأ أمس")],
    );
}

#[test]
fn speakers_by_what_they_are() {
    check(
        "قال المتحدث باسم البلدية سالم المنصوري إن العمل بدأ أمس.\nوأكد المتحدث نفسه أن الجسر قديم.",
        &[(Indirect, "سالم المنصوري", "العمل بدأ أمس"), (Indirect, "سالم المنصوري", "الجسر قديم")],
    );
    check(
        "قال سمو الأمير سالم المنصوري إن العمل بدأ أمس.\nوشدد سموه على أن الجسر قديم.",
        &[(Indirect, "سالم المنصوري", "العمل بدأ أمس"), (Indirect, "سالم المنصوري", "الجسر قديم")],
    );
    check(
        "قال وزير النقل الفلبيني، تارو كيموزاكي، إن العمل بدأ أمس.",
        &[(Indirect, "تارو كيموزاكي", "العمل بدأ أمس")],
    );
    check(
        "وقال سالم المنصوري لوكالة رويترز إن العمل بدأ أمس.",
        &[(Indirect, "سالم المنصوري", "العمل بدأ أمس")],
    );
    check(
        "أما وزير النقل سالم المنصوري فقد أوضح أن العمل بدأ أمس.",
        &[(Indirect, "سالم المنصوري", "العمل بدأ أمس")],
    );
}

#[test]
fn speakers_told_of_before() {
    check(
        "أوضح ذلك مدير المكتب سالم المنصوري، مشيرا إلى أن الجسر قديم.",
        &[(Indirect, "سالم المنصوري", "الجسر قديم")],
    );
    check(
        "قال سالم المنصوري إن العمل بدأ أمس.\nوطالب الشعوب العربية كلها أن تساعد العمال في الموقع.",
        &[
            (Indirect, "سالم المنصوري", "العمل بدأ أمس"),
            (Indirect, "سالم المنصوري", "تساعد العمال في الموقع"),
        ],
    );
    check(
        "قال سالم المنصوري إن العمل بدأ أمس.\nوجاء في البيان أن الجسر قديم جدا.",
        &[(Indirect, "سالم المنصوري", "العمل بدأ أمس"), (Indirect, "سالم المنصوري", "الجسر قديم جدا")],
    );
    check(
        "واستقبل سالم المنصوري الوفد صباحا. وقال إن الزيارة مهمة جدا.",
        &[(Indirect, "سالم المنصوري", "الزيارة مهمة جدا")],
    );
}

#[test]
fn statements_of_the_headline() {
    let body = "قال وزير النقل سالم المنصوري إن العمل بدأ أمس.";
    check_title("المنصوري: الجسر سيفتح قريبا", body, &[(Colon, "سالم المنصوري", "الجسر سيفتح قريبا")]);
    check_title(
        "المنصوري: «الجسر سيفتح قريبا جدا»",
        body,
        &[(Direct, "سالم المنصوري", "الجسر سيفتح قريبا جدا")],
    );
    check_title(
        "المنصوري يؤكد أن الجسر سيفتح قريبا",
        body,
        &[(Indirect, "سالم المنصوري", "الجسر سيفتح قريبا")],
    );
    check_title("خبراء: الجسر قديم جدا", body, &[(Colon, "", "الجسر قديم جدا")]);
    check_title("اليمن: احتجاجات في الشوارع على الأسعار", body, &[]);
    check_title("بالصور: افتتاح الجسر الجديد في المدينة", body, &[]);
}

#[test]
fn what_only_looks_like_a_statement() {
    check("يذكر أن الجسر القديم بني قبل مئة عام.", &[]);
    check("ويعتقد أن الجسر القديم سقط بسبب الأمطار.", &[]);
    check("كشفت الشرطة عن سيارة في المرآب القديم.", &[]);
    check("وتعتبر الشركة مجموعة تجارية كبيرة في المدينة.", &[]);
    check("رفع المحتجون شعارات مطالبة برحيل المدير.", &[]);
    check("سقط الجسر القديم بسبب رفض المدير الجديد رغم أن العمل بدأ.", &[]);
    check("يظهر في الصورة رجل يحمل كتابا ويرجع تاريخ الصورة إلى العام الماضي.", &[]);
    check("سلم أي طالب وطالبة بإمكانهما الحضور أوراقه.", &[]);
}

#[test]
fn a_mark_that_never_closes_ends_with_its_paragraph() {
    check(
        "قال سالم المنصوري «إن العمل بدأ أمس في الموقع. ووصلت المعدات بعد ذلك.\nوقال إن الطريق مغلق.",
        &[
            (Direct, "سالم المنصوري", "العمل بدأ أمس في الموقع. ووصلت المعدات بعد ذلك"),
            (Indirect, "سالم المنصوري", "الطريق مغلق"),
        ],
    );
}
