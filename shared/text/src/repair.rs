//! Mojibake: text that was decoded with the wrong character set, put right again.
//!
//! A page can mix sound and damaged text, so that every run of non-ASCII characters is judged by itself:
//! ASCII survives all of these accidents, and separates the runs. A run is repaired only when the damage
//! explains it exactly (damaging the repair again gives the run, to the character) and what comes out is
//! Arabic. Runs too short to prove anything follow their line.

mod damage;

pub use damage::Damage;

use crate::map::{Map, Recorder as _, Runs};
use crate::slice;

/// A stretch that was repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What had happened to it.
    pub damage: Damage,
    /// First byte in the repaired text.
    pub start: usize,
    /// One past the last byte in the repaired text.
    pub end: usize,
}

/// A text, and what was repaired in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repaired {
    /// The text.
    pub text: String,
    /// The repairs, in the order of the text.
    pub repairs: Vec<Repair>,
}

/// Repairs what is damaged. Sound text comes back as it is, without a copy being looked at twice: none when
/// nothing is to be repaired.
pub fn repair(text: &str) -> Option<Repaired> {
    if !is_suspicious(text) {
        return None;
    }
    let damage = dominant(text);
    let mut repaired = Repaired::default();
    for line in text.split_inclusive('\n') {
        repair_line(line, damage, &mut repaired);
    }
    (!repaired.repairs.is_empty()).then_some(repaired)
}

/// The way from the repaired text to the text as it came, character by character.
pub fn map(repaired: &Repaired) -> Map {
    let mut runs = Runs::default();
    let (mut at, mut from) = (0, 0);
    let sound = |runs: &mut Runs, from: &mut u32, text: &str| {
        for _ in text.chars() {
            runs.one(*from);
            *from += 1;
        }
    };
    for repair in &repaired.repairs {
        sound(&mut runs, &mut from, slice::between(&repaired.text, at, repair.start));
        for c in slice::between(&repaired.text, repair.start, repair.end).chars() {
            let length =
                repair.damage.harm(c.encode_utf8(&mut [0; 4])).map_or(1, |harmed| slice::count(&harmed));
            runs.block(1, from, length);
            from += length;
        }
        at = repair.end;
    }
    sound(&mut runs, &mut from, slice::from(&repaired.text, at));
    runs.finish()
}

/// Puts the damage back: the text as it came.
pub fn undo(repaired: &Repaired) -> String {
    let (mut text, mut at) = (String::with_capacity(repaired.text.len() * 2), 0);
    for repair in &repaired.repairs {
        text.push_str(slice::between(&repaired.text, at, repair.start));
        let mended = slice::between(&repaired.text, repair.start, repair.end);
        // every repair was accepted because this gives back what stood there
        text.push_str(&repair.damage.harm(mended).unwrap_or_default());
        at = repair.end;
    }
    text.push_str(slice::from(&repaired.text, at));
    text
}

/// Signs that sound Arabic, or any language of its news, hardly shows: a quick look at the bytes.
/// U+0080…00FF (in UTF-8: C2 and C3) but for « » NBSP · ° é and their like in small numbers; and ط or ظ
/// before anything that is no Arabic letter, as UTF-8 read as windows-1256 has it.
fn is_suspicious(text: &str) -> bool {
    // none of the characters below: what most texts are, seen at many places at once
    let is_latin = |[first, second]: [u8; 2]| {
        matches!(first, 0xC3..=0xC5 | 0xCB) || first == 0xC2 && !matches!(second, 0xA0 | 0xAB | 0xBB)
    };
    let is_mark = |bytes: [u8; 3]| {
        matches!(bytes, [0xE2, 0x80, 0x9A | 0x9E | 0xA0 | 0xA1 | 0xB0 | 0xB9 | 0xBA] | [0xE2, 0x82 | 0x84, _])
    };
    if slice::places(text, is_latin) == 0 && slice::places(text, is_mark) == 0 {
        return false;
    }
    let mut latin = 0_usize;
    let mut last = '\0';
    for c in text.chars() {
        match c {
            '«' | '»' | '\u{A0}' => {}
            '\u{80}'..='\u{17F}'
            | '\u{2C6}'
            | '\u{2DC}'
            | '‚'
            | '„'
            | '†'
            | '‡'
            | '‰'
            | '‹'
            | '›'
            | '€'
            | '™' => {
                latin += 1;
                if latin > 1 || matches!(last, 'ط' | 'ظ' | 'Ø' | 'Ù') {
                    return true;
                }
            }
            _ => {}
        }
        last = c;
    }
    false
}

/// The accident that explains a text's runs. Text that is valid UTF-8 once it is mended is hardly ever so by
/// chance, so that the order of [`Damage::ALL`] decides among those that explain a fair share.
fn dominant(text: &str) -> Option<Damage> {
    let proof = |damage: Damage| {
        if damage.leaves_arabic() { words_gained(text, damage) } else { strong_runs(text, damage) }
    };
    let proofs: Vec<(usize, Damage)> =
        Damage::ALL.into_iter().map(|damage| (proof(damage), damage)).collect();
    let most = proofs.iter().map(|(proof, _)| *proof).max().unwrap_or(0);
    proofs.into_iter().find(|(proof, _)| *proof > 0 && proof * FAIR_SHARE >= most).map(|(_, damage)| damage)
}

/// A quarter of the strongest proof is a fair share.
const FAIR_SHARE: usize = 4;

/// The fewest Arabic letters of a repaired run that prove the damage by themselves.
const STRONG_LETTERS_MIN: usize = 3;

/// How many letters the runs that prove a damage by themselves would gain.
fn strong_runs(text: &str, damage: Damage) -> usize {
    runs(text).filter_map(|run| strong(run, damage)).sum()
}

/// The Arabic letters that a run would gain, if that proves the damage.
fn strong(run: &str, damage: Damage) -> Option<usize> {
    let before = arabic_letters(run);
    let mended = damage.mend(run)?;
    let after = arabic_letters(&mended);
    let foreign =
        |c: &char| c.is_alphabetic() && !matches!(c, '\u{0600}'..='\u{06FF}' | '\u{FB50}'..='\u{FEFC}');
    let others = mended.chars().filter(foreign).count();
    let controls = mended.chars().any(char::is_control);
    // two letters that are valid UTF-8 are four bytes that fit; single bytes always fit
    let fewest = if damage.was_utf_8() { 2 } else { STRONG_LETTERS_MIN };
    let explained =
        || Damage::ALL.into_iter().filter(|other| other.was_utf_8()).any(|other| other.mend(run).is_some());
    let proves = after >= fewest && others == 0 && !controls && (damage.was_utf_8() || !explained());
    // UTF-8 read as windows-1256 shows two Arabic letters for one; all others show none
    (proves && (before == 0 || damage == Damage::Utf8AsWindows1256)).then_some(after)
}

/// Common words: in damaged text they are missing, in repaired text they are there.
const COMMON: [&str; 10] = ["في", "من", "على", "إلى", "أن", "عن", "مع", "ان", "الى", "هذا"];

/// How many common words and articles a text would gain.
fn words_gained(text: &str, damage: Damage) -> usize {
    let score = |text: &str| {
        text.split(|c: char| !crate::letters::is_letter(c))
            .filter(|word| COMMON.contains(word) || (word.starts_with("ال") && word.chars().count() > 4))
            .count()
    };
    let mended: String = text
        .split_inclusive(|c: char| c.is_ascii())
        .map(|run| damage.mend(run).unwrap_or_else(|| run.to_owned()))
        .collect();
    let (before, after) = (score(text), score(&mended));
    // sound text has these words already and would lose them
    if after > before * 2 + 2 { after } else { 0 }
}

fn repair_line(line: &str, damage: Option<Damage>, repaired: &mut Repaired) {
    // in a line without one sound Arabic word, short runs follow the rest of the text
    let doubtful = damage.filter(|damage| {
        damage.leaves_arabic() || runs(line).all(|run| damage.mend(run).is_some() || arabic_letters(run) == 0)
    });
    let here =
        Damage::ALL.into_iter().find(|damage| !damage.leaves_arabic() && strong_runs(line, *damage) > 0);
    let mut at = 0;
    for (start, run) in run_places(line) {
        repaired.text.push_str(slice::between(line, at, start));
        at = start + run.len();
        let proven =
            Damage::ALL.into_iter().find(|damage| !damage.leaves_arabic() && strong(run, *damage).is_some());
        let follows = |damage: &Damage| {
            let plain =
                |mended: String| arabic_letters(&mended) > 0 || !mended.chars().any(char::is_alphabetic);
            // valid UTF-8 may be anything, a foreign name or an emoji; single bytes must make sense
            damage.mend(run).is_some_and(|mended| damage.was_utf_8() || plain(mended))
        };
        let weak = [doubtful, doubtful.map(Damage::twin), here].into_iter().flatten().find(follows);
        let mended = proven.or(weak).and_then(|damage| Some((damage, damage.mend(run)?)));
        match mended.filter(|(_, mended)| mended != run) {
            Some((damage, mended)) => {
                let start = repaired.text.len();
                repaired.text.push_str(&mended);
                repaired.repairs.push(Repair { damage, start, end: repaired.text.len() });
            }
            None => repaired.text.push_str(run),
        }
    }
    repaired.text.push_str(slice::from(line, at));
}

fn arabic_letters(text: &str) -> usize {
    text.chars().filter(|c| matches!(c, '\u{0621}'..='\u{064A}' | '\u{0671}'..='\u{06D3}')).count()
}

/// Runs of non-ASCII characters.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii()).filter(|run| !run.is_empty())
}

/// Runs of non-ASCII characters and the byte that each starts at.
fn run_places(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(|c: char| c.is_ascii()).filter_map(move |run| {
        let start = at;
        at += run.len() + 1;
        (!run.is_empty()).then_some((start, run))
    })
}

#[cfg(test)]
mod tests {
    use super::{Damage, repair, undo};

    const TEXT: &str = "أعلنت الوزارة، أمس، بدء العمل في «المشروع الجديد» (و) شمالي المدينة؛ وقال المدير: إن العمل يستمر عامين؟\n\nو 3 ي\nA line in English.\n";

    #[test]
    fn every_accident_is_undone_to_the_character() {
        for damage in Damage::ALL {
            // ISO-8859-6 has no guillemets
            let text = if damage == Damage::Iso8859_6AsWindows1256 {
                TEXT.replace(['«', '»'], "\"")
            } else {
                TEXT.to_owned()
            };
            let damaged = damage.harm(&text).unwrap_or_else(|| panic!("{damage:?} loses nothing"));
            let repaired = repair(&damaged).unwrap_or_else(|| panic!("{damage:?}: {damaged}"));
            assert_eq!(repaired.text, text, "{damage:?}");
            assert_eq!(undo(&repaired), damaged, "{damage:?} can be put back");
        }
    }

    #[test]
    fn a_page_can_mix() {
        let damaged =
            format!("نص سليم في أوله\n{}\nونص سليم في آخره", Damage::Utf8AsWindows1252.harm(TEXT).unwrap());
        assert_eq!(
            repair(&damaged).expect("a repair").text,
            format!("نص سليم في أوله\n{TEXT}\nونص سليم في آخره")
        );
    }

    #[track_caller]
    fn sound(text: &str) {
        assert_eq!(repair(text), None, "{text}");
    }

    #[test]
    fn sound_text_is_left_alone() {
        sound(TEXT);
        sound("ط، ظ، ع، غ: حروف الهجاء «ط» و«ظ»");
        sound("Le café déjà vu à l'été, où l'hôtel s'élève; naïveté, garçon, Noël");
        sound("Müßiggang über Öl, Äpfel & Übung");
        sound("Þórður sagði að æðsti maður héraðsins væri á ferð");
        sound("قال المتحدث باسم «لوفتهانزا» في Zürich إن رحلة São Paulo – München ألغيت");
        sound("");
    }
}
