//! What an article is about, and when that is better left unsaid.

use naba_lexicon::Lexicon;
use naba_tag::Tagger;

#[track_caller]
fn check(title: &str, text: &str, expected: Option<&str>) {
    let topics = Tagger::new(Lexicon::built_in()).topics(Some(title), text);
    assert_eq!(topics.first().map(|topic| topic.label_en.as_str()), expected, "{text}: {topics:?}");
}

#[test]
fn topics_are_named_or_not() {
    check(
        "الفريق يفوز في المباراة النهائية",
        "سجل المهاجم هدفين في الشوط الثاني من المباراة، ورفع الفريق رصيده إلى ثلاثين نقطة في الدوري بعد فوزه على ضيفه على الملعب الكبير، وقال المدرب إن اللاعبين قدموا مباراة كبيرة.",
        Some("sport"),
    );
    check(
        "أسعار النفط ترتفع",
        "ارتفعت أسعار النفط في الأسواق أمس إلى ثمانين دولارا للبرميل، وصعدت أسهم شركات الطاقة في البورصة، وقال خبراء إن الاستثمارات في القطاع ستزيد وإن البنك المركزي سيرفع الفائدة لمواجهة التضخم.",
        Some("economy, business and finance"),
    );
    check(
        "قصف على المدينة",
        "شنت طائرات حربية غارات على مواقع المسلحين، وسقط صواريخ على المدينة، وقال الجيش إن قواته تصدت للهجوم وإن الاشتباكات مستمرة على الجبهة منذ الفجر، وسقط قتلى وجرحى من الجنود.",
        Some("conflict, war and peace"),
    );
    check("", "نعم", None);
}
