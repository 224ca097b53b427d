//! What goes and what stays, as articles with their cuts marked: `⟦kind:words⟧`. The texts are our own, in
//! the shape of what outlets print.

use std::sync::LazyLock;

use naba_clean::Cleaner;
use naba_record::{Cleaned, Ingested};
use naba_text::slice;

static CLEANER: LazyLock<Cleaner> = LazyLock::new(|| Cleaner::built_in().expect("the built-in rules"));

fn clean(text: &str) -> Cleaned {
    let article = Ingested { text: text.to_owned(), ..Ingested::default() };
    CLEANER.clean(&article).expect("an article")
}

/// Takes the marks away.
fn unmarked(marked: &str) -> String {
    let mut text = String::new();
    for part in marked.split('⟦') {
        match part.split_once('⟧') {
            Some((cut, rest)) => {
                text.push_str(cut.split_once(':').expect("kind:words").1);
                text.push_str(rest);
            }
            None => text.push_str(part),
        }
    }
    text
}

/// Puts marks where the engine cut.
fn marked(text: &str, cleaned: &Cleaned) -> String {
    let mut marked = String::new();
    let mut at = 0;
    for cut in &cleaned.removed {
        marked.push_str(slice::characters(text, at, cut.start));
        marked.push_str(&format!("⟦{}:{}⟧", cut.kind.name(), cut.text));
        at = cut.end;
    }
    marked.push_str(slice::characters(text, at, slice::count(text)));
    marked
}

#[track_caller]
fn check(expected: &str) {
    let text = unmarked(expected);
    let cleaned = clean(&text);
    assert_eq!(marked(&text, &cleaned), expected);
    assert_eq!(naba_clean::undo::undo(&cleaned.body, &cleaned.removed, &cleaned.tidied), text, "undone");
}

const LEAD: &str = "افتتح رئيس البلدية صباح اليوم الجسر الجديد الذي يربط ضفتي النهر وسط المدينة، بعد ثلاث سنوات من العمل المتواصل فيه.";
const MORE: &str =
    "وقال المهندس المشرف على الجسر إن أربعة مسارات في كل اتجاه تكفي لحركة السير في السنوات العشر المقبلة.";

#[test]
fn wire_copy() {
    check(&format!(
        "⟦title:البلدية تفتتح الجسر الجديد على النهر⟧\n\n⟦dateline:دمشق-سانا⟧\n\n{LEAD}\n\n{MORE}⟦end_mark:/انتهى/⟧"
    ));
    check(&format!(
        "⟦dateline:الرياض: واس: ⟧{LEAD}\n{MORE}\n⟦end_mark:// انتهى //⟧\n⟦timestamp:16:09 ت م⟧\n"
    ));
    check(&format!("⟦dateline:مانيلا، 3 ديسمبر (رويترز) - ⟧{LEAD}\n{MORE} ⟦source:(رويترز)⟧"));
    check(&format!("{LEAD}\n{MORE}\n⟦end_mark:انتهى**1049⟧"));
    check(&format!("{LEAD}\n{MORE}\n⟦end_mark:=================⟧\n⟦end_mark:ي.أ/ ع.غ (د ب أ)⟧"));
}

#[test]
fn a_page_header_becomes_fields() {
    let text = format!(
        "⟦source:وكالة أهل البيت (ع) للأنباء⟧\n\n⟦source:المصدر : وكالة مهر⟧\n⟦timestamp:الأربعاء⟧\n\n⟦timestamp:١٩ يناير ٢٠٢٢⟧\n\n⟦timestamp:٧:١٣:٤١ م⟧\n⟦timestamp:1220514⟧\n\n⟦kicker:رئيس البلدية في حفل الافتتاح:⟧\n\n⟦title:الجسر الجديد يفتح للسير من الغد⟧\n\n{LEAD}\n{MORE}"
    );
    check(&text);
    let cleaned = clean(&unmarked(&text));
    assert_eq!(cleaned.kicker.as_deref(), Some("رئيس البلدية في حفل الافتتاح:"));
    assert_eq!(cleaned.published_surface.as_deref(), Some("الأربعاء ١٩ يناير ٢٠٢٢ ٧:١٣:٤١ م"));
    assert_eq!(cleaned.source_surface.as_deref(), Some("وكالة مهر"));
}

#[test]
fn calls_and_sections_at_the_end() {
    check(&format!(
        "{LEAD}\n{MORE}\n⟦social:تابعوا أخبار المدينة عبر تطبيق تيليغرام على الرابط :⟧\n⟦social:https://t.me/example⟧\n⟦related:شاهد أيضاً⟧\n⟦related:معرض للكتب القديمة في الساحة⟧\n⟦related:تنظم جمعية القراء معرضا ...⟧"
    ));
    check(&format!(
        "{LEAD}\n{MORE}\n⟦tags:كلمات دلالية: جسور، طرق⟧\n⟦share:شارك على: فيسبوك تويتر واتساب⟧\n⟦comments:لا يوجد تعليقات⟧"
    ));
    check(&format!(
        "⟦breadcrumb:الرئيسية / أخبار محلية / الجسر⟧\n⟦title:البلدية تفتتح الجسر الجديد⟧\n{LEAD}\n{MORE}\n⟦byline:أحمد سالم⟧"
    ));
    check(&format!("{LEAD}\n{MORE}⟦tags:سمات الجسر البلدية⟧"));
    check(&format!("{LEAD}\n{MORE}\n⟦duplicate:{LEAD}⟧"));
    check(&format!("{LEAD}\n⟦related:اقرأ أيضا: معرض للكتب القديمة في الساحة⟧\n{MORE}"));
}

/// A page without line feeds: seams, and the headline by the words of its address.
#[test]
fn a_flattened_page() {
    let expected = format!(
        "⟦nav:قائمة 55 خبر رياضة اقتصاد أخبار المدينة⟧ ⟦timestamp:تاريخ النشر: 26.05.2026 | 16:36 GMT⟧ ⟦title:البلدية تفتتح الجسر الجديد على النهر⟧ {LEAD} ⟦related:إقرأ المزيد معرض للكتب القديمة في الساحة العامة⟧ وأضاف البيان أن العمل انتهى. ⟦other:تحميل الفيديو⟧ {MORE} ⟦source:المصدر: \"وكالات\"⟧ ⟦related:إقرأ المزيد دورة لتعليم الخط تنظم جمعية القراء دورة في المركز الجديد.⟧ ⟦share:Facebook X VK.com Telegram التعليقات هام معرض الكتب⟧"
    );
    let text = unmarked(&expected);
    let url = Some("https://example.org/city/1793247-%D8%A7%D9%84%D8%A8%D9%84%D8%AF%D9%8A%D8%A9-تفتتح-الجسر-الجديد-على-النهر".to_owned());
    let article = Ingested { text: text.clone(), url, ..Ingested::default() };
    let cleaned = CLEANER.clean(&article).expect("an article");
    assert_eq!(marked(&text, &cleaned), expected);
    assert_eq!(cleaned.title.as_deref(), Some("البلدية تفتتح الجسر الجديد على النهر"));
    assert_eq!(cleaned.source_surface.as_deref(), Some("وكالات"));
    assert_eq!(naba_clean::undo::undo(&cleaned.body, &cleaned.removed, &cleaned.tidied), text, "undone");
}

/// A page that lost its line feeds and shows only one seam: what interrupts it goes, and nothing else.
#[test]
fn interruptions_of_a_flattened_page() {
    let copy = format!("{LEAD} {HOPE}");
    check(&format!("{copy} ⟦social:اشترك لتصلك أهم الأخبار⟧ {MORE}"));
    check(&format!(
        "{copy} ⟦related:أخبار متعلقة معرض للكتب القديمة في الساحة العامة⟧ وأضاف المهندس أن العمل انتهى أمس."
    ));
    check(&format!(
        "{copy} وقال إنه شاهد أيضا معرض الكتب القديمة في الساحة العامة وأضاف أن العمل انتهى أمس."
    ));
}

/// In doubt it stays: every line here looks like furniture and is copy.
#[test]
fn traps() {
    check(&format!("{LEAD}\nانتهى الاجتماع من دون اتفاق على موعد الجلسة التالية."));
    check(&format!("{LEAD}\nتابعوا سيرهم نحو الساحة عبر الطريق الجديد."));
    check(&format!(
        "{LEAD}\n{MORE}\nوكتب الوزير على تلغرام أن الشركة ستحذف قناة على الرابط نفسه قبل نهاية الشهر."
    ));
    check(&format!("{LEAD}\nالتشكيلة\nحراسة المرمى: سالم.\nالدفاع: عمر، زيد، خالد.\nالهجوم: هيثم."));
    check(&format!("{LEAD}\nيا دار عبلة بالجواء تكلمي\nوعمي صباحا دار عبلة واسلمي"));
    check(&format!("{LEAD}\nمرحلة ثانية\n{MORE}"));
    check(&format!("{LEAD}\n- رصف الطريق\n- إنارة الممرات\n- زراعة الأشجار"));
    check(LEAD);
    // a lead that says again what the headline says
    check(
        "⟦title:البلدية تفتتح الجسر الجديد على النهر⟧\nالبلدية تفتتح الجسر الجديد على النهر بعد ثلاث سنوات من العمل المتواصل في وسط المدينة.",
    );
    // a label in the middle takes the headline under it, and not the copy behind that
    check(&format!(
        "{LEAD}\n⟦related:اقرأ أيضا⟧\n⟦related:معرض للكتب القديمة في الساحة⟧\n{MORE}\nوافتتح رئيس البلدية أيضا مسارا للدراجات على ضفتي النهر قرب الجسر الجديد وسط المدينة."
    ));
    check(&format!("{LEAD}\nالفريق لعب فاز نقاط\nالأهلي 12 9 28\nالشباب 12 7 22\nالاتحاد 12 3 - 1 10"));
    check(&format!("{LEAD}\nسالم من الأهلي إلى الشباب\nعمر من الشباب إلى الاتحاد (إعارة)"));
    check(&format!("{LEAD}\nالموعد: الساعة 16:30\nالمكان: ملعب المدينة"));
    check(&format!("{LEAD}\nوأغلقت الشركة حسابه على تويتر"));
    check(&format!("{LEAD}\nمن قتل المدينة؟\n{MORE}\nهل كان الجسر حلما"));
}

/// Endings of columns, lists and sections that look like furniture.
#[test]
fn more_traps() {
    check(&format!("⟦title:الجسر الذي لا ينتظر⟧\n{LEAD}\n{MORE}\nوهذا هو الجسر الذي لا ينتظر"));
    check(&format!("{LEAD}\nأبرز الملاحظات:\n• عدم وجود إنارة كافية\n• ضيق المسارات\n⟦share:شارك الخبر⟧"));
    check(&format!("{LEAD}\nأبرز الملاحظات:\n* عدم وجود إنارة كافية\n* ضيق المسارات\n⟦share:شارك الخبر⟧"));
    check(&format!(
        "⟦title:أخبار الأندية في المدينة اليوم⟧\nالنصر\n{LEAD}\nالشباب\n{MORE}\nالاتحاد\nوقال {LEAD}\nالأهلي\n{MORE} وفاز."
    ));
    check(&format!("{LEAD}\n(2)\n{MORE}\n(3)\n{MORE} وفاز."));
    check(&format!("{LEAD}\nانضم إلى قناة المدينة مراسلا في بغداد عام 2003"));
    check(&format!("{LEAD}\nتصوير المشهد استغرق ثلاث ليال"));
    check(&format!("{LEAD}\nمحمد سالم: 9/10\nخالد عمر: 7/10"));
}

/// Who signs at the end, and in which paper.
#[test]
fn signatures() {
    check(&format!("{LEAD}\n{MORE}\n⟦byline:أحمد سالم⟧\n⟦byline:كاتب وصحفي من الموصل⟧"));
    check(&format!("{LEAD}\n{MORE}\n⟦byline:شذى الحموي⟧\n⟦byline:كاتبة سورية⟧"));
    check(&format!("{LEAD}\n{MORE}\n⟦source:جريدة الشرق⟧"));
    check(&format!("{LEAD}\n{MORE}\n⟦source:وكالات - القاهرة⟧"));
    check(&format!("{LEAD}\n{MORE} ⟦end_mark:--(بترا) ف ح/ر ق 3/1/2018 - 02:11 م⟧"));
    check(&format!("{LEAD} {MORE} ⟦source:المصدر: رويترز⟧"));
    check(&format!("⟦title:البلدية تفتتح الجسر الجديد⟧\n⟦byline:كتب سليم الناقد⟧\n{LEAD}\n{MORE}"));
}

/// What no rule names goes when several signs say the same, and the strongest is written down.
#[test]
fn signs_instead_of_rules() {
    check(&format!("{LEAD}\n{MORE}\n⟦social:صفحتنا الجديدة على ثريدز بانتظار متابعينا⟧"));
    check(&format!("{LEAD}\n{MORE}\n⟦source:السومرية نيوز / شفق نيوز⟧"));
    check(&format!(
        "⟦title:البلدية تفتتح الجسر الجديد⟧\n{LEAD}\n{MORE}\n⟦related:الخبر على موقع النخلة: البلدية تفتتح الجسر الجديد⟧"
    ));
    let text = format!("{LEAD}\n{MORE}\nصفحتنا الجديدة على ثريدز بانتظار متابعينا");
    assert_eq!(clean(&text).removed[0].rule, "shape.platform");
    let blocks = CLEANER.explain(&Ingested { text, ..Ingested::default() });
    let weights: Vec<i32> = blocks.iter().map(|block| naba_clean::evidence::weight(&block.signs)).collect();
    assert!(weights[1] < 0 && weights[2] >= naba_clean::evidence::CONVICTS_MIN, "{weights:?}");
}

/// A line that is a stamp, however it is written, and what stands beside it.
#[test]
fn stamps_above_and_below() {
    const TITLE: &str = "البلدية تفتتح الجسر الجديد على النهر";
    for stamp in [
        "[09/مارس/2021]",
        "الثلاثاء مارس 9, 2021",
        "Tuesday, March 9, 2021",
        "Tue, 09 Mar 2021 18:05:00 +0300",
        "GMT 18:05 09.03.2021",
        "9 مارس 2021 18:05 UTC+3",
        "۱۳۹۹/۱۲/۱۹ - ۱۸:۰۵",
        "نشر قبل 3 ساعات",
        "3 hours ago",
        "محليات | 9 مارس 2021",
        "9 مارس 2021 • 1204 مشاهدة",
        "نشر: 9 مارس 2021 - آخر تحديث: 10 مارس 2021",
    ] {
        check(&format!("⟦title:{TITLE}⟧\n⟦timestamp:{stamp}⟧\n{LEAD}\n{MORE}"));
        check(&format!("⟦timestamp:{stamp}⟧\n⟦title:{TITLE}⟧\n{LEAD}\n{MORE}"));
        if !stamp.contains('|') && !stamp.contains('•') {
            check(&format!("⟦title:{TITLE}⟧\n{LEAD}\n{MORE}\n⟦timestamp:{stamp}⟧"));
        }
    }
}

/// The writer, however the line says so.
#[test]
fn writers() {
    const TITLE: &str = "البلدية تفتتح الجسر الجديد على النهر";
    for (line, writer) in [
        ("بواسطة سامي العمر - 9 مارس 2021", "سامي العمر"),
        ("نشرت بواسطة: سامي العمر 9 مارس، 2021 في محليات", "سامي العمر"),
        ("سامي العمر | 9 مارس 2021 18:05", "سامي العمر"),
        ("9 مارس 2021 - سامي العمر", "سامي العمر"),
        ("بقلم سامي العمر", "سامي العمر"),
        ("بقلم/ سامي العمر", "سامي العمر"),
        ("كتبت: ليلى حداد", "ليلى حداد"),
        ("كتب سامي العمر", "سامي العمر"),
        ("تحرير: سامي العمر", "سامي العمر"),
        ("إعداد: سامي العمر - بيروت", "سامي العمر"),
        ("تحقيق: سامي العمر تصوير: ليلى حداد", "سامي العمر"),
        ("تقرير - سامي العمر", "سامي العمر"),
        ("أجرى الحوار: سامي العمر", "سامي العمر"),
        ("By Sami Omar", "Sami Omar"),
    ] {
        let cleaned = clean(&format!("{TITLE}\n{line}\n{LEAD}\n{MORE}"));
        assert_eq!(
            (cleaned.title.as_deref(), cleaned.byline.as_deref(), cleaned.body.as_str()),
            (Some(TITLE), Some(writer), format!("{LEAD}\n{MORE}").as_str()),
            "{line}"
        );
    }
}

/// Headlines and copy that look like stamps or writers.
#[test]
fn stamps_that_are_none() {
    for title in [
        "كتب قديمة تباع في معرض المدينة",
        "نشر قوات إضافية على الحدود قبل ساعات من الهدنة",
        "تحرير الموصل: القصة الكاملة",
        "تقرير أممي عن المدينة",
        "اليوم السابع من المعركة",
    ] {
        check(&format!("⟦title:{title}⟧\n{LEAD}\n{MORE}"));
    }
    check(&format!("{LEAD}\n{MORE}\nوانتهت المهلة في 9 مارس 2021."));
}

/// A flash is an article, however few its words are.
#[test]
fn a_flash_is_an_article() {
    for text in ["عاجل: استقالة وزير المالية", "عاجل - هزة أرضية", "بيروت: استقالة الوزير", "استقالة وزير"]
    {
        assert_eq!(clean(text).body, text);
    }
    assert!(clean("عاجل\nاستقالة وزير المالية").body.ends_with("استقالة وزير المالية"));
}

/// A second dateline of the same agency opens another story: flagged, kept.
#[test]
fn a_second_dateline() {
    let text = format!(
        "⟦dateline:دمشق-سانا⟧\n{LEAD}\n{MORE}\nحلب-سانا افتتح المحافظ معرض الكتب القديمة في الساحة العامة بحضور كبير."
    );
    check(&text);
    assert_eq!(clean(&unmarked(&text)).quality, ["second_dateline"]);
    assert_eq!(clean(&format!("دمشق-سانا\n{LEAD}\n{MORE}")).quality, Vec::<String>::new());
}

#[test]
fn nothing_but_furniture_is_left_alone() {
    assert_eq!(clean("الرئيسية / أخبار\n1220514").removed, vec![]);
}

const HOPE: &str = "ويأمل سكان الأحياء القريبة أن تقل أوقات انتظارهم عند مداخل المدينة، وأن تعود المتاجر الصغيرة على الضفة الأخرى إلى العمل كما كانت قبل سنوات طويلة من الإغلاق.";

#[test]
fn flat_text_with_the_blanks_of_its_line_feeds() {
    check(&format!(
        "⟦title:البلدية تفتتح الجسر الجديد على النهر⟧    ⟦dateline:دمشق-سانا⟧    {LEAD}    {MORE}    {HOPE}  ⟦end_mark:/انتهى/⟧"
    ));
    // two blanks that somebody typed inside a sentence are no line feed
    check(&format!("{} {MORE} {HOPE}", LEAD.replacen(" الجديد", "  الجديد", 1)));
}

#[test]
fn wrapped_text_is_read_by_its_paragraphs() {
    let wrapped = |text: &str| {
        let (mut lines, mut length) = (String::new(), 0);
        for word in text.split(' ') {
            let more = word.chars().count();
            if length > 0 {
                let breaks = length + 1 + more > 45;
                lines.push(if breaks { '\n' } else { ' ' });
                length = if breaks { 0 } else { length + 1 };
            }
            lines.push_str(word);
            length += more;
        }
        lines
    };
    let (lead, more) = (wrapped(LEAD), wrapped(MORE));
    let text = format!("البلدية تفتتح الجسر الجديد\n\n{lead}\n\n{more}\n\n{lead}\n\n/انتهى/");
    let cleaned = clean(&text);
    assert_eq!(cleaned.title.as_deref(), Some("البلدية تفتتح الجسر الجديد"));
    assert_eq!(cleaned.body, format!("{LEAD}\n{MORE}"), "{:?}", cleaned.removed);
    assert_eq!(naba_clean::undo::undo(&cleaned.body, &cleaned.removed, &cleaned.tidied), text, "undone");
}
