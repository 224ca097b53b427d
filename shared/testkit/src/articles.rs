//! Generated articles, as many and as different as wanted. The sentences are our own.

use serde_json::json;

const PLACES: [&str; 12] = [
    "دمشق",
    "بغداد",
    "القاهرة",
    "تونس",
    "الرباط",
    "عمان",
    "بيروت",
    "الدوحة",
    "صنعاء",
    "الخرطوم",
    "مسقط",
    "الجزائر",
];
const BODIES: [&str; 8] = [
    "بلدية المدينة",
    "وزارة النقل",
    "هيئة المياه",
    "إدارة التعليم",
    "غرفة التجارة",
    "جمعية الكتاب",
    "نادي الفروسية",
    "مركز الأبحاث",
];
const DEEDS: [&str; 8] = [
    "افتتاح الجسر الجديد على النهر",
    "توسعة المكتبة العامة",
    "بدء صيانة شبكة الري",
    "إطلاق دورة لتعليم الخط",
    "تنظيم معرض للكتب القديمة",
    "إعادة رصف الطريق الساحلي",
    "زراعة ألف شجرة في الحديقة",
    "إنشاء محطة للرصد الجوي",
];

/// A sentence that is the same for the same number, and another for another.
pub fn sentence(number: u64) -> String {
    let pick = |list: &[&'static str], salt: u64| {
        let mixed = (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03))
            .rotate_left(23);
        list[usize::try_from(mixed % list.len() as u64).unwrap()]
    };
    format!(
        "أعلنت {} في {} أمس {} بعد عمل استمر {} يوما، وقالت إن المشروع رقم {number} يخدم سكان الأحياء القريبة كلها.",
        pick(&BODIES, 1),
        pick(&PLACES, 2),
        pick(&DEEDS, 3),
        10 + number % 90
    )
}

/// An article as `Raw` JSON: `sentences` sentences, the same for the same number.
pub fn raw(number: u64, sentences: u64) -> Vec<u8> {
    let paragraphs: Vec<String> = (0..sentences).map(|part| sentence(number * 1000 + part)).collect();
    let text = format!("{}\n/انتهى/", paragraphs.join("\n"));
    let article = json!({
        "source": "example.org",
        "source_id": format!("article-{number}"),
        "title": format!("مشروع جديد يحمل الرقم {number}"),
        "text": text,
    });
    serde_json::to_vec(&article).unwrap()
}
