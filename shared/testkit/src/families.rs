//! A stream with planted families: the same copy word for word, trimmed, with another lead, with an afterthought;
//! and telegrams and reports that share a template and nothing else. The words are made of syllables.

use std::collections::HashMap;

/// A small generator of our own, so that the stream is the same everywhere.
struct Draw(u64);

impl Draw {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % below
    }
}

const SYLLABLES: [&str; 24] = [
    "با", "مر", "سل", "نو", "كا", "دي", "رم", "شو", "لا", "تم", "حي", "فر", "جا", "زو", "قم", "طي", "عا",
    "غن", "هو", "ثم", "خا", "صو", "ضي", "ذا",
];
const PLACES: [&str; 16] = [
    "دمشق",
    "بغداد",
    "القاهرة",
    "تونس",
    "الرباط",
    "بيروت",
    "الدوحة",
    "صنعاء",
    "الخرطوم",
    "مسقط",
    "الكويت",
    "طرابلس",
    "لندن",
    "باريس",
    "موسكو",
    "بكين",
];
const STATES: [&str; 16] = [
    "سوريا",
    "العراق",
    "مصر",
    "تونس",
    "المغرب",
    "لبنان",
    "قطر",
    "اليمن",
    "السودان",
    "الأردن",
    "الكويت",
    "ليبيا",
    "بريطانيا",
    "فرنسا",
    "روسيا",
    "الصين",
];
const NAMES: [&str; 12] =
    ["أحمد", "محمد", "خالد", "سالم", "ناصر", "يوسف", "إبراهيم", "طارق", "سعيد", "حسن", "عمر", "فيصل"];

/// A word of two to four syllables out of some thirty thousand.
fn word(draw: &mut Draw) -> String {
    (0..2 + draw.next(2)).map(|_| SYLLABLES[draw.next(SYLLABLES.len())]).collect()
}

fn sentence(draw: &mut Draw) -> String {
    let words: Vec<String> = (0..12 + draw.next(10)).map(|_| word(draw)).collect();
    let place = PLACES[draw.next(PLACES.len())];
    format!(
        "قال {} {} في {place} إن {} {}.",
        NAMES[draw.next(NAMES.len())],
        word(draw),
        words.join(" "),
        draw.next(900) + 10
    )
}

fn copy(draw: &mut Draw) -> Vec<String> {
    (0..8 + draw.next(10)).map(|_| sentence(draw)).collect()
}

/// So many sentences of a story: the same for the same number, and hardly a word in common with another's.
pub fn story(number: u64, sentences: usize) -> Vec<String> {
    let mut draw = Draw(number);
    (0..sentences).map(|_| sentence(&mut draw)).collect()
}

/// The same telegram about another country.
fn telegram(draw: &mut Draw) -> String {
    let (state, president) = (STATES[draw.next(STATES.len())], word(draw));
    let name = NAMES[draw.next(NAMES.len())];
    format!(
        "بعثت القيادة برقية تهنئة إلى فخامة الرئيس {name} {president} رئيس جمهورية {state} بمناسبة ذكرى اليوم الوطني لبلاده. وأعربت القيادة باسم الشعب والحكومة عن أصدق التهاني وأطيب التمنيات بالصحة والسعادة لفخامته ولحكومة وشعب {state} الصديق اطراد التقدم والازدهار. وأشادت بهذه المناسبة بتميز العلاقات التي تربط بين البلدين والشعبين والتي يحرص الجميع على تنميتها في المجالات كافة رقم {}.",
        draw.next(900) + 10
    )
}

/// How many reports of a kind pass before one is printed again.
const REPORTS_BETWEEN: usize = 8;
/// How many kinds of templates with facts there are.
const TEMPLATES: usize = 5;

/// A report that shares its words with every other one of its kind, and not its facts: teams and scores, companies and
/// sums, places and degrees. The names are no entries of any lexicon.
fn report(draw: &mut Draw, kind: usize) -> String {
    let (one, other, third) = (word(draw), word(draw), word(draw));
    let (goals, lost, sum, part) = (2 + draw.next(5), draw.next(2), 2 + draw.next(90), draw.next(9));
    let goals_in_words = ["بهدفين", "بثلاثة أهداف", "بأربعة أهداف", "بخمسة أهداف", "بستة أهداف"][goals - 2];
    match kind {
        0 => format!(
            "فاز فريق {one} على ضيفه {other} {goals_in_words} مقابل هدف في المباراة التي جمعت بينهما مساء اليوم على أرض الملعب البلدي ضمن منافسات الجولة الأخيرة من الدوري المحلي لكرة القدم. وسجل أهداف الفائز اللاعب {third} في الشوط الثاني بعد أن انتهى الشوط الأول بالتعادل السلبي بين الفريقين وسط حضور جماهيري كبير."
        ),
        1 => format!(
            "انتهت مباراة {one} و{other} بنتيجة {goals}-{lost} لمصلحة الأول في اللقاء الذي أقيم أمس ضمن الأسبوع الأخير من البطولة، وتغلب {one} على {other} بفضل أداء قوي في الشوط الثاني. وبهذه النتيجة رفع الفائز رصيده في صدارة الترتيب بانتظار ما تبقى من مباريات هذا الأسبوع التي تقام غدا على ملاعب مختلفة."
        ),
        2 => format!(
            "أعلنت شركة {one} اليوم نتائجها المالية الأولية للربع المنتهي وقالت في بيان إلى السوق إن أرباحها الصافية بلغت {sum}.{part} مليون ريال مقارنة بالفترة نفسها من العام السابق. وعزت الشركة ارتفاع الأرباح إلى نمو المبيعات وانخفاض المصاريف التشغيلية، وأوصى مجلس إدارتها بتوزيع أرباح نقدية على المساهمين."
        ),
        3 => format!(
            "نفذت وزارة الداخلية اليوم حكم القضاء في أحد الجناة وقالت في بيان إن المدعو {one} {other} أقدم على قتل المواطن {third} إثر خلاف وقع بينهما، وبفضل من الله تمكنت سلطات الأمن من القبض عليه وأسفر التحقيق معه عن توجيه الاتهام إليه، وبإحالته إلى المحكمة العامة صدر بحقه الحكم وصدق من محكمة الاستئناف ومن المحكمة العليا."
        ),
        _ => format!(
            "أغلق سهم شركة {one} في ختام تعاملات اليوم مرتفعا بنسبة {part}.{lost} في المئة عند مستوى {sum} نقطة وسط تداولات نشطة شملت معظم القطاعات القيادية في السوق. وقال محللون إن الإقبال على الشراء جاء بعد إعلان نتائج الأعمال، وتوقعوا أن تستمر موجة الصعود خلال الجلسات المقبلة إذا حافظت السيولة على مستوياتها."
        ),
    }
}

/// So many reports of each kind of template, each a family of its own, with word-for-word and trimmed copies of some;
/// and flashes of a few words with their copies.
pub fn templates(reports: usize) -> Vec<(String, usize)> {
    let mut draw = Draw(11);
    let (mut stream, mut family) = (vec![], 0);
    let mut earlier: Vec<(String, usize)> = vec![];
    for round in 0..reports {
        if round % REPORTS_BETWEEN == 0 {
            // the first report of each kind again, after seven others of it
            stream.append(&mut earlier);
        }
        for kind in 0..TEMPLATES {
            family += 1;
            let text = report(&mut draw, kind);
            stream.push((text.clone(), family));
            if round % REPORTS_BETWEEN == 0 {
                earlier.push((text.clone(), family));
            }
            match draw.next(4) {
                0 => stream.push((text, family)),
                1 => {
                    // the first sentence alone, as a ticker prints it
                    let first =
                        text.split_inclusive('.').take(1 + usize::from(kind == 4 || kind == 2)).collect();
                    stream.push((first, family));
                }
                _ => {}
            }
        }
        family += 1;
        let flash = format!("عاجل: استقالة {} {} من منصبه", word(&mut draw), word(&mut draw));
        stream.extend([(flash.clone(), family), (flash, family)]);
    }
    stream
}

/// An article of the stream, and its family; every telegram is a family of its own.
pub fn stream(articles: usize) -> Vec<(String, usize)> {
    let mut draw = Draw(7);
    let mut stream: Vec<(String, usize)> = vec![];
    let mut family = 0;
    let mut recent: Vec<(Vec<String>, usize)> = vec![];
    while stream.len() < articles {
        let kind = draw.next(10);
        if kind == 0 {
            family += 1;
            stream.push((telegram(&mut draw), family));
        } else if kind < 6 || recent.is_empty() {
            family += 1;
            let text = copy(&mut draw);
            stream.push((text.join("\n"), family));
            recent.push((text, family));
            if recent.len() > 400 {
                recent.remove(0);
            }
        } else {
            let (text, family) = recent[draw.next(recent.len())].clone();
            let kept = match draw.next(4) {
                // word for word
                0 => text,
                // trimmed from the end
                1 => text[..(text.len() * 6).div_ceil(10)].to_vec(),
                // another lead
                2 => {
                    let mut text = text;
                    text[0] = sentence(&mut draw);
                    text
                }
                // with an afterthought of its own
                _ => {
                    let mut text = text;
                    text.push(sentence(&mut draw));
                    text
                }
            };
            stream.push((kept.join("\n"), family));
        }
    }
    stream
}

/// How many pairs of articles were grouped rightly, wrongly, and not at all.
#[derive(Debug, Default, Clone, Copy)]
pub struct Pairs {
    /// Of one family and in one group.
    pub right: u64,
    /// In one group and of two families.
    pub wrong: u64,
    /// Of one family and in two groups.
    pub missed: u64,
}

impl Pairs {
    /// The share of the grouped pairs that belong together.
    pub fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    /// The share of the pairs that belong together that were grouped.
    pub fn recall(&self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }
}

/// Counts pairs: of those that stand in one group how many belong together, and how many that belong together
/// do not.
pub fn pairs(groups: &[u32], families: &[usize]) -> Pairs {
    let of = |count: u64| count * count.saturating_sub(1) / 2;
    let (mut both, mut by_group, mut by_family) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (group, family) in groups.iter().zip(families) {
        *both.entry((group, family)).or_insert(0_u64) += 1;
        *by_group.entry(group).or_insert(0_u64) += 1;
        *by_family.entry(family).or_insert(0_u64) += 1;
    }
    let right = both.values().copied().map(of).sum();
    let grouped: u64 = by_group.values().copied().map(of).sum();
    let planted: u64 = by_family.values().copied().map(of).sum();
    Pairs { right, wrong: grouped - right, missed: planted - right }
}

/// Whether an article is one of the telegrams.
pub fn is_telegram(text: &str) -> bool {
    text.starts_with("بعثت")
}
