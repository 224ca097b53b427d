//! Verbal nouns by their patterns: «تقديم», «استقالة», «إطلاق», with ب of a verb left out before.

/// Whether a folded word has the pattern of a verbal noun of the derived forms. Plurals of the same pattern («أطفال»)
/// pass too: whoever asks knows that a noun must come.
pub(super) fn is_verbal_noun(word: &str) -> bool {
    let bare = word.strip_prefix("ال").unwrap_or(word);
    // «سيطرته», «رغبتها»: with a pronoun
    let stem = ["هما", "ها", "هم"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
    let letters: Vec<char> = stem.chars().take(9).collect();
    let has = |places: &[(usize, char)]| places.iter().all(|(at, c)| letters.get(*at) == Some(c));
    match letters.len() {
        // تحرير, إطلاق, تعاون, تسوية
        5 => {
            has(&[(0, 'ت'), (3, 'ي')])
                || has(&[(0, 'ا'), (3, 'ا')]) && letters[1] != 'ل'
                || has(&[(0, 'ت'), (2, 'ا')])
                || has(&[(0, 'ت'), (4, 'ه')])
                || has(&[(0, 'ا'), (4, 'ه'), (2, 'ا')])
        }
        // انسحاب, اعتماد, مشاركة, تحريره
        6 => {
            has(&[(0, 'ا'), (4, 'ا')])
                || has(&[(0, 'م'), (2, 'ا'), (5, 'ه')])
                || has(&[(0, 'ت'), (3, 'ي'), (5, 'ه')])
                || has(&[(0, 'ا'), (3, 'ا'), (5, 'ه')])
        }
        // استخدام, استقالة
        7 | 8 => has(&[(0, 'ا'), (1, 'س'), (2, 'ت')]) || has(&[(0, 'ا'), (4, 'ا'), (6, 'ه')]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_verbal_noun;

    #[track_caller]
    fn check(word: &str, expected: bool) {
        assert_eq!(is_verbal_noun(&naba_lexicon::folded(word)), expected, "{word}");
    }

    #[test]
    fn patterns() {
        let nouns = [
            "تقديم",
            "إطلاق",
            "استقالة",
            "انسحاب",
            "مشاركة",
            "تعاون",
            "إقامة",
            "استخدام",
            "تسليمه",
            "تعليقها",
        ];
        for word in nouns {
            check(word, true);
        }
        for word in ["كتاب", "مدرسة", "الرئيس", "البيت", "وزير", "قال"] {
            check(word, false);
        }
    }
}
