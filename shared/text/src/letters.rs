//! What belongs to a word, without the long way through Unicode's tables for the letters that a text is made of.

/// Whether a character is a letter or a digit: as [`char::is_alphanumeric`], quickly for ASCII and Arabic.
#[inline]
pub fn is_word(c: char) -> bool {
    match c {
        '\u{0621}'..='\u{063A}' | '\u{0641}'..='\u{064A}' | '0'..='9' | 'a'..='z' | 'A'..='Z' => true,
        '\0'..='\u{7F}' | '«' | '»' | '،' | '؛' | '؟' | '“' | '”' | '–' | '—' | '\u{A0}' => {
            false
        }
        _ => c.is_alphanumeric(),
    }
}

/// Whether a character is a letter: as [`char::is_alphabetic`], quickly for ASCII and Arabic.
#[inline]
pub fn is_letter(c: char) -> bool {
    match c {
        '0'..='9' => false,
        '\0'..='\u{7F}'
        | '\u{0621}'..='\u{064A}'
        | '«'
        | '»'
        | '،'
        | '؛'
        | '؟'
        | '“'
        | '”'
        | '–'
        | '—'
        | '\u{A0}' => is_word(c),
        _ => c.is_alphabetic(),
    }
}

/// Whether a character is a mark that stands on the letter before it: vowels, tanwin, shadda, and the Quran's.
pub fn is_mark(c: char) -> bool {
    matches!(c, '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06DC}' | '\u{06DF}'..='\u{06E8}' | '\u{06EA}'..='\u{06ED}' | '\u{0898}'..='\u{089F}' | '\u{08CA}'..='\u{08E1}' | '\u{08E3}'..='\u{08FF}')
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_short_way_agrees_with_the_long_one() {
        for c in ('\0'..='\u{2FFF}').chain('\u{FB50}'..='\u{FEFF}') {
            assert_eq!(super::is_word(c), c.is_alphanumeric(), "U+{:04X}", c as u32);
            assert_eq!(super::is_letter(c), c.is_alphabetic(), "U+{:04X}", c as u32);
        }
    }
}
