//! A stream with planted families: the same copy word for word, trimmed, with another lead, with an afterthought;
//! and telegrams that share a template and nothing else. The words are made of syllables.

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
