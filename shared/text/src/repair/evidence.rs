//! What speaks for a damage: letters and words that a text would gain.

use memchr::memmem;

use super::damage::Damage;
use super::runs::runs;
use super::written::unit;
use crate::letters::is_letter;
use crate::slice;

/// The fewest Arabic letters of a repaired run that prove the damage by themselves.
const STRONG_LETTERS_MIN: usize = 3;
/// How much of a text is looked at for what happened to it, in bytes of its suspicious lines.
const SAMPLE_BYTES_MAX: usize = 1 << 15;
/// The most damages that one text is repaired of.
const CANDIDATES_MAX: usize = 6;
/// The fewest references to Latin characters that make a text suspicious.
const REFERENCES_MIN: usize = 4;
/// What a common word weighs beside a letter.
const WORD_WEIGHT: usize = 10;

/// Signs that sound Arabic, or any language of its news, hardly shows: a quick look at the bytes.
/// U+0080…00FF (in UTF-8: C2 and C3) but for « » NBSP · ° é and their like in small numbers; ط or ظ before anything
/// that is no Arabic letter, as UTF-8 read as windows-1256 has it; frames of DOS, Cyrillic; references and escapes.
pub(super) fn is_suspicious(text: &str) -> bool {
    // none of the characters below: what most texts are, seen at many places at once
    let is_latin = |[first, second]: [u8; 2]| {
        matches!(first, 0xC3..=0xC5 | 0xCB | 0xD0 | 0xD1)
            || first == 0xC2 && !matches!(second, 0xA0 | 0xAB | 0xBB)
    };
    let is_mark = |bytes: [u8; 3]| {
        matches!(
            bytes,
            [0xE2, 0x80, 0x9A | 0x9E | 0xA0 | 0xA1 | 0xB0 | 0xB9 | 0xBA]
                | [0xE2, 0x82 | 0x84 | 0x94..=0x96, _]
        )
    };
    let is_plain = slice::places(text, is_latin) == 0 && slice::places(text, is_mark) == 0;
    if is_plain {
        return is_escaped(text);
    }
    let (mut latin, mut last) = (0_usize, '\0');
    for c in text.chars() {
        if is_foreign(c) {
            latin += 1;
            if latin > 1 || matches!(last, 'ط' | 'ظ' | 'Ø' | 'Ù') {
                return true;
            }
        }
        last = c;
    }
    is_escaped(text)
}

/// Whether a text has escapes, or references that stand for letters of another encoding.
fn is_escaped(text: &str) -> bool {
    let bytes = text.as_bytes();
    if memmem::find(bytes, b"<U+06").is_some() || memmem::find(bytes, b"\\u06").is_some() {
        return true;
    }
    let references = memchr::memchr_iter(b'&', bytes).filter_map(|at| unit(slice::from(text, at)));
    references.filter(|(c, _)| is_foreign(*c)).take(REFERENCES_MIN).count() == REFERENCES_MIN
}

/// Characters that wrong decoders leave.
fn is_foreign(c: char) -> bool {
    matches!(
        c,
        '\u{80}'..='\u{9F}'
            | '\u{A1}'..='\u{AA}'
            | '\u{AC}'..='\u{BA}'
            | '\u{BC}'..='\u{17F}'
            | '\u{192}'
            | '\u{2C6}'..='\u{2DD}'
            | '\u{401}'..='\u{491}'
            | '\u{2500}'..='\u{2593}'
            | '‚'
            | '„'
            | '†'
            | '‡'
            | '‰'
            | '‹'
            | '›'
            | '€'
            | '™'
            | '≠'
            | '∞'
            | '≤'
            | '≥'
            | '∂'
            | '∑'
            | '∏'
            | '∫'
            | 'Ω'
            | '√'
            | '≈'
            | '∆'
            | '◊'
    )
}

/// Whether a run that was not repaired looks damaged: foreign characters beside each other, and hardly a letter of a
/// language that is written with accents.
pub(super) fn looks_damaged(run: &str) -> bool {
    let telling = run.chars().zip(run.chars().skip(1)).any(|(lead, behind)| {
        matches!(
            lead,
            'Ø' | 'Ù'
                | 'Ã'
                | 'Â'
                | 'Ú'
                | 'Û'
                | 'ط'
                | 'ظ'
                | '╪'
                | '┘'
                | 'ÿ'
                | 'Ÿ'
                | 'Ř'
                | 'Ů'
                | 'Ш'
                | 'Щ'
        ) && is_foreign(behind)
            && !(behind.is_lowercase() && behind != 'ƒ')
    });
    // capitals inside a word, every letter with an accent: «ÇáÌÒíÑÉ»
    let is_accented = |c: &char| matches!(c, '\u{C0}'..='\u{17F}');
    let capitals = run.chars().skip(1).any(|c| is_accented(&c) && c.is_uppercase());
    telling || capitals && run.chars().filter(is_accented).count() >= STRONG_LETTERS_MIN
}

/// Whether a run is pairs of a first and a second byte of UTF-8, read as Latin, but for its edges. Where characters
/// were lost no UTF-8 is left, and single bytes would make Arabic letters of every half.
fn is_in_pairs(run: &str) -> bool {
    let is_lead = |c: char| matches!(c, 'Ø' | 'Ù' | 'Ú' | 'Û');
    let is_second = |c: char| !c.is_ascii() && !matches!(c, '\u{C0}'..='\u{FF}');
    let pairs =
        run.chars().zip(run.chars().skip(1)).filter(|(lead, second)| is_lead(*lead) && is_second(*second));
    let pairs = pairs.count();
    pairs > 0 && pairs * 2 + 1 >= run.chars().count()
}

/// Whether a text is damaged in a way that nothing explains: one in so many of its runs looks so.
pub fn is_damaged(text: &str) -> bool {
    const RUNS_MIN: usize = 5;
    const DAMAGED_ONE_IN: usize = 3;
    if !is_suspicious(text) {
        return false;
    }
    let (mut all, mut damaged) = (0, 0);
    for (_, run) in runs(text) {
        all += 1;
        damaged += usize::from(looks_damaged(run));
    }
    damaged >= RUNS_MIN && damaged * DAMAGED_ONE_IN >= all
}

/// Whether anything in a text that was repaired still looks damaged.
pub fn is_left(text: &str) -> bool {
    runs(text).any(|(_, run)| looks_damaged(run))
}

/// The accidents that explain a text's runs, the best first. One explanation is enough for bytes that prove nothing by
/// themselves: beside the best of them only its twins are left.
pub(super) fn candidates(text: &str) -> Vec<Damage> {
    let (foreign, lines) = (foreign_runs(text), sample(text));
    let proof = |damage: Damage| {
        // most texts with a foreign letter are sound: only the runs that have one are looked at so often
        let sample = if damage.leaves_arabic() { &lines } else { &foreign };
        if damage.needs_words() {
            words_gained(sample, damage) * WORD_WEIGHT
        } else {
            strong_runs(sample, damage)
        }
    };
    let proofs = Damage::all().iter().map(|damage| (proof(*damage), *damage));
    let mut proofs: Vec<(usize, Damage)> = proofs.filter(|(proof, _)| *proof > 0).collect();
    // of equals the more telling one, which stands before the other
    proofs.sort_by_key(|(proof, _)| std::cmp::Reverse(*proof));
    let best = proofs.iter().map(|(_, damage)| *damage).find(|damage| !damage.proves_itself());
    let of_one_mind = |damage: &Damage| {
        damage.proves_itself() || best.is_some_and(|best| best == *damage || damage.is_twin_of(best))
    };
    proofs.into_iter().map(|(_, damage)| damage).filter(of_one_mind).take(CANDIDATES_MAX).collect()
}

/// The runs that have a foreign character or an escape, as many as a sample holds, with spaces between them.
fn foreign_runs(text: &str) -> String {
    let mut sample = String::new();
    for (_, run) in runs(text) {
        if sample.len() >= SAMPLE_BYTES_MAX {
            break;
        }
        if run.is_ascii() || run.chars().any(is_foreign) {
            sample.push_str(slice::until(run, run.floor_char_boundary(SAMPLE_BYTES_MAX)));
            sample.push(' ');
        }
    }
    sample
}

/// The lines that look suspicious, or the first ones where none does by itself.
fn sample(text: &str) -> String {
    let mut sample = String::new();
    for line in text.split_inclusive('\n') {
        let has_sign = line.chars().any(is_foreign) || line.contains(['&', '\\', '<']);
        if has_sign && sample.len() < SAMPLE_BYTES_MAX {
            let end = line.floor_char_boundary(SAMPLE_BYTES_MAX);
            sample.push_str(slice::until(line, end));
        }
    }
    sample
}

/// How many letters the runs that prove a damage by themselves would gain.
pub(super) fn strong_runs(text: &str, damage: Damage) -> usize {
    runs(text).filter_map(|(_, run)| strong(run, damage)).sum()
}

/// The Arabic letters that a run would gain, if that proves the damage.
pub(super) fn strong(run: &str, damage: Damage) -> Option<usize> {
    let before = arabic_letters(run);
    let mended = damage.mend(run)?;
    let after = arabic_letters(&mended);
    if is_damaged_still(damage, &mended) {
        return None;
    }
    let foreign =
        |c: &char| c.is_alphabetic() && !matches!(c, '\u{0600}'..='\u{06FF}' | '\u{FB50}'..='\u{FEFC}');
    let others = mended.chars().filter(foreign).count();
    let controls = mended.chars().any(char::is_control);
    // two letters that are valid UTF-8 are four bytes that fit; single bytes always fit
    let fewest = if damage.proves_itself() { 2 } else { STRONG_LETTERS_MIN };
    let explained = || {
        let mut others = Damage::all().iter().filter(|other| other.proves_itself());
        others.any(|other| other.mend(run).is_some_and(|mended| arabic_letters(&mended) > 0))
    };
    let proves = after >= fewest
        && others == 0
        && !controls
        && (damage.proves_itself() || !is_in_pairs(run) && !explained());
    // UTF-8 read as windows-1256 shows two Arabic letters for one; all others show none
    (proves && (before == 0 || damage.leaves_arabic())).then_some(after)
}

/// Whether what came out is UTF-8 that was read as windows-1256: the half of another accident.
pub(super) fn is_damaged_still(damage: Damage, mended: &str) -> bool {
    let outer = Damage::UTF_8_AS_WINDOWS_1256;
    damage != outer && outer.mend(mended).is_some_and(|inner| arabic_letters(&inner) > 0)
}

/// Common words: in damaged text they are missing, in repaired text they are there.
const COMMON: [&str; 10] = ["في", "من", "على", "إلى", "أن", "عن", "مع", "ان", "الى", "هذا"];

/// How many common words and articles a text would gain.
fn words_gained(text: &str, damage: Damage) -> usize {
    let score = |text: &str| {
        text.split(|c: char| !is_letter(c))
            .filter(|word| COMMON.contains(word) || (word.starts_with("ال") && word.chars().count() > 4))
            .count()
    };
    let (mut mended, mut at, mut changed) = (String::with_capacity(text.len()), 0, false);
    for (start, run) in runs(text) {
        mended.push_str(slice::between(text, at, start));
        let part = damage.mend(run);
        changed |= part.is_some();
        mended.push_str(part.as_deref().unwrap_or(run));
        at = start + run.len();
    }
    mended.push_str(slice::from(text, at));
    if !changed {
        return 0;
    }
    let (before, after) = (score(text), score(&mended));
    // sound text has these words already and would lose them
    if after > before * 2 + 2 { after } else { 0 }
}

pub(super) fn arabic_letters(text: &str) -> usize {
    text.chars().filter(|c| matches!(c, '\u{0621}'..='\u{064A}' | '\u{0671}'..='\u{06D3}')).count()
}
