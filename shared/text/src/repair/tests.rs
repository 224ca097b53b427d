//! Every accident, undone; sound text, left alone; what is lost, flagged.

use super::damage::Damage;
use super::{is_damaged, repair, undo};

const TEXT: &str = "أعلنت الوزارة، أمس، بدء العمل في «المشروع الجديد» (و) شمالي المدينة؛ وقال المدير: إن العمل يستمر عامين؟\n\nو 3 ي\nA line in English.\n";

/// The text as far as the accident can do it without a loss.
fn harmed(damage: Damage) -> Option<(String, String)> {
    // ISO-8859-6 has no guillemets, and some readers no character for bytes of the marks
    let plain = TEXT.replace(['«', '»'], "\"");
    let plainer = plain.replace(['،', '؛', '؟'], ",");
    [TEXT.to_owned(), plain, plainer]
        .into_iter()
        .find_map(|text| damage.harm(&text).map(|harmed| (text, harmed)))
}

#[test]
fn every_accident_is_undone_to_the_character() {
    let mut wrong = vec![];
    let mut undone = 0;
    for damage in Damage::all() {
        // bytes that a character set does not have are lost
        let Some((text, damaged)) = harmed(*damage) else { continue };
        let found = repair(&damaged);
        match &found {
            Some(repaired) if repaired.text == text && undo(&repaired.text, &repaired.repairs) == damaged => {
                undone += 1;
            }
            _ => {
                let found = found.map_or_else(String::new, |found| found.text);
                let same = found.chars().zip(text.chars()).take_while(|(one, other)| one == other).count();
                let rest: String = found.chars().skip(same).take(40).collect();
                wrong.push(format!("{}: «{rest}» after {same} characters", damage.name()));
            }
        }
        assert_eq!(Damage::named(&damage.name()), Some(*damage));
    }
    assert!(wrong.is_empty(), "{undone} undone; not {wrong:#?}");
    assert!(undone * 4 > Damage::all().len() * 3, "{undone} of {}", Damage::all().len());
}

#[test]
fn a_page_can_mix() {
    let damage = Damage::UTF_8_AS_WINDOWS_1252;
    let damaged = format!("نص سليم في أوله\n{}\nونص سليم في آخره", damage.harm(TEXT).unwrap());
    assert_eq!(
        repair(&damaged).expect("a repair").text,
        format!("نص سليم في أوله\n{TEXT}\nونص سليم في آخره")
    );
}

#[track_caller]
fn sound(text: &str) {
    assert_eq!(repair(text), None, "{text}");
    assert!(!is_damaged(text), "damaged: {text}");
}

#[test]
fn sound_text_is_left_alone() {
    sound(TEXT);
    sound("ط، ظ، ع، غ: حروف الهجاء «ط» و«ظ»");
    sound("Le café déjà vu à l'été, où l'hôtel s'élève; naïveté, garçon, Noël");
    sound("Müßiggang über Öl, Äpfel & Übung");
    sound("Þórður sagði að æðsti maður héraðsins væri á ferð");
    sound("Где же он, и где они? Они уже нигде. Щёки, Шумел камыш, деревья гнулись.");
    sound("İstanbul'da görüşülen öğrenci işleri: çağdaş, güçlü, ışık, şöyle");
    sound("Zażółć gęślą jaźń; příliš žluťoučký kůň úpěl ďábelské ódy");
    sound("Πληροφορίες για τους πολίτες της χώρας");
    sound("قال المتحدث باسم «لوفتهانزا» في Zürich إن رحلة São Paulo – München ألغيت");
    sound("الشركة&nbsp;&laquo;ألفا&raquo; و&eacute; و&copy; 2020");
    sound("● أولا ■ ثانيا ▪ ثالثا");
    sound(r"C:\users\u06.txt و <U+> و <b>نص</b>");
    sound("");
}

#[test]
fn what_is_lost_is_flagged_and_not_half_done() {
    let long = TEXT.repeat(3);
    for damage in [Damage::UTF_8_AS_WINDOWS_1252, Damage::UTF_8_AS_WINDOWS_1256] {
        // a character that the next program could not keep
        let lossy = damage.harm(&long).expect("a damage").replace(['§', '„', '±'], "?");
        assert_eq!(repair(&lossy).map(|found| found.text), None, "{lossy:.80}");
        assert!(is_damaged(&lossy), "{lossy:.80}");
    }
}
