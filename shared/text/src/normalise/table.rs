//! A profile compiled into what the pass looks up for each character.

use super::step::Step;

/// What happens to one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Keep,
    To(char),
    Drop,
    Space,
    Line,
    /// Decompose for compatibility, then look up each part.
    Decompose,
    /// Perhaps an HTML reference.
    Reference,
    /// A Farsi yeh, to be read by the word that it stands in.
    FarsiYeh,
}

/// The block that Arabic news is written in: U+0600 to U+06FF.
const ARABIC: u32 = 0x0600;

/// ASCII, the Arabic block, and room for what is neither: a power of two.
const PLAIN: usize = 512;
/// Set on a plain character that becomes another one; the other bits are its code, all below U+0800.
pub(super) const CHANGED: u16 = 1 << 15;
/// Where what is neither stands.
const NOT_PLAIN: u16 = 384;

/// The place of a first byte's characters: of ASCII the byte itself, of the Arabic block a row of 64.
#[derive(Debug, Clone, Copy)]
struct Row {
    base: u16,
    mask: u8,
}

/// A list of steps, ready to run.
#[derive(Debug, Clone)]
pub struct Profile {
    steps: u32,
    ascii: [Action; 128],
    arabic: [Action; 256],
    /// Where the plain characters that open with a byte stand in `plain`.
    rows: [Row; 256],
    /// What plain characters become: ASCII, the Arabic block, and nothing.
    plain: [u16; PLAIN],
}

impl Profile {
    /// Compiles the steps. Their order does not matter: each names its own characters, and what one step
    /// leaves the others find.
    pub fn new(steps: &[Step]) -> Self {
        let steps = steps.iter().fold(0, |set, step| set | 1 << *step as u32);
        let mut profile = Self {
            steps,
            ascii: [Action::Keep; 128],
            arabic: [Action::Keep; 256],
            rows: [Row { base: NOT_PLAIN, mask: 0 }; 256],
            plain: [0; PLAIN],
        };
        for code in 0..128_u8 {
            let action = profile.ascii_action(code);
            profile.ascii[usize::from(code)] = action;
            profile.rows[usize::from(code)] = Row { base: u16::from(code), mask: 0 };
            if action == Action::Keep || (code == b' ' && profile.has(Step::Spaces)) {
                profile.plain[usize::from(code)] = u16::from(code);
            }
        }
        for lead in 0..4_u8 {
            profile.rows[usize::from(0xD8 + lead)] = Row { base: 128 + u16::from(lead) * 64, mask: 0x3F };
        }
        for offset in 0..256_u32 {
            let c = char::from_u32(ARABIC + offset).unwrap_or('\0');
            let action = profile.arabic_action(c);
            profile.arabic[offset as usize] = action;
            let becomes = match action {
                Action::Keep => c,
                Action::To(to) => to,
                _ => continue,
            };
            // marks may change places, and punctuation may send a space away: those take the long way
            let mark = matches!(c, '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06ED}');
            let unspaced = matches!(c, '،' | '؛' | '؟') && profile.has(Step::PunctuationSpacing);
            if !mark && !unspaced {
                let changed = if becomes == c { 0 } else { CHANGED };
                profile.plain[128 + offset as usize] = becomes as u16 | changed;
            }
        }
        profile
    }

    pub(super) fn has(&self, step: Step) -> bool {
        self.steps & 1 << step as u32 != 0
    }

    #[inline]
    pub(super) fn ascii(&self, byte: u8) -> Action {
        self.ascii[usize::from(byte & 0x7F)]
    }

    #[inline]
    pub(super) fn arabic(&self, offset: u32) -> Action {
        self.arabic[(offset & 0xFF) as usize]
    }

    /// What the character at a byte becomes when that needs no thought: its code, with [`CHANGED`] when it
    /// becomes another; 0 when it takes the long way. Without a branch, because words end where they like.
    #[inline]
    pub(super) fn plain(&self, first: u8, second: u8) -> u16 {
        let Row { base, mask } = self.rows[usize::from(first)];
        self.plain[(usize::from(base) + usize::from(second & mask)) & (PLAIN - 1)]
    }

    /// The action for any character.
    pub(super) fn action(&self, c: char) -> Action {
        match c as u32 {
            code @ 0..0x80 => self.ascii(code as u8),
            code @ 0x0600..0x0700 => self.arabic(code - ARABIC),
            _ => self.other_action(c),
        }
    }

    fn when(&self, step: Step, action: Action) -> Action {
        if self.has(step) { action } else { Action::Keep }
    }

    fn ascii_action(&self, byte: u8) -> Action {
        match byte {
            b'\n' | b'\r' => self.when(Step::Spaces, Action::Line),
            b' ' | b'\t' | 0x0B | 0x0C => self.when(Step::Spaces, Action::Space),
            0..0x20 | 0x7F => self.when(Step::ControlCharacters, Action::Drop),
            b'&' => self.when(Step::References, Action::Reference),
            _ => Action::Keep,
        }
    }

    fn arabic_action(&self, c: char) -> Action {
        match c {
            '\u{0610}'..='\u{061A}' | '\u{06D6}'..='\u{06E4}' | '\u{06E7}'..='\u{06ED}' => {
                self.when(Step::QuranicMarks, Action::Drop)
            }
            '\u{061C}' => self.when(Step::BidiControls, Action::Drop),
            '\u{0640}' => self.when(Step::Tatweel, Action::Drop),
            '\u{064B}'..='\u{065F}' | '\u{0670}' => self.when(Step::Tashkeel, Action::Drop),
            'أ' | 'إ' | 'آ' | 'ٱ' | 'ٲ' | 'ٳ' => self.when(Step::Alef, Action::To('ا')),
            'ؤ' => self.when(Step::HamzaCarriers, Action::To('و')),
            'ئ' => self.when(Step::HamzaCarriers, Action::To('ي')),
            'ة' => self.when(Step::TehMarbuta, Action::To('ه')),
            'ى' => self.when(Step::AlefMaksura, Action::To('ي')),
            'ی' if self.has(Step::FarsiRepair) => Action::FarsiYeh,
            'ک' if self.has(Step::FarsiRepair) => Action::To('ك'),
            'ی' => self.when(Step::FarsiLetters, Action::To('ي')),
            'ک' | 'ڪ' => self.when(Step::FarsiLetters, Action::To('ك')),
            'ہ' | 'ھ' | 'ە' | 'ۀ' | 'ۂ' | 'ۃ' => self.when(Step::Heh, Action::To('ه')),
            '٠'..='٩' | '۰'..='۹' => {
                let value = crate::digits::value(c).unwrap_or(0);
                self.when(Step::Digits, Action::To(char::from(b'0' + value)))
            }
            '٫' => self.when(Step::Digits, Action::To('.')),
            '٬' => self.when(Step::Digits, Action::To(',')),
            '٪' => self.when(Step::Digits, Action::To('%')),
            '،' => self.when(Step::Punctuation, Action::To(',')),
            '؛' => self.when(Step::Punctuation, Action::To(';')),
            '؟' => self.when(Step::Punctuation, Action::To('?')),
            '۔' => self.when(Step::Punctuation, Action::To('.')),
            _ => Action::Keep,
        }
    }

    fn other_action(&self, c: char) -> Action {
        match c {
            '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => {
                self.when(Step::Spaces, Action::Space)
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' => self.when(Step::Spaces, Action::Line),
            '\u{80}'..='\u{9F}' => self.when(Step::ControlCharacters, Action::Drop),
            '\u{AD}'
            | '\u{180E}'
            | '\u{200B}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}' => self.when(Step::BidiControls, Action::Drop),
            '\u{200C}' | '\u{200D}' => self.when(Step::Joiners, Action::Drop),
            // marks of the extended block, and marks that stand alone: signs, not letters
            '\u{0898}'..='\u{089F}' | '\u{08CA}'..='\u{08E2}' => self.when(Step::QuranicMarks, Action::Drop),
            '\u{08E3}'..='\u{08FF}'
            | '\u{FC5E}'..='\u{FC63}'
            | '\u{FCF2}'..='\u{FCF4}'
            | '\u{FE70}'..='\u{FE7F}' => self.when(Step::Tashkeel, Action::Drop),
            '\u{FB50}'..='\u{FDFF}' | '\u{FE80}'..='\u{FEFE}' => {
                self.when(Step::PresentationForms, Action::Decompose)
            }
            '«' | '»' | '“' | '”' | '„' | '‟' | '‹' | '›' => {
                self.when(Step::Quotes, Action::To('"'))
            }
            '‘' | '’' | '‚' | '‛' => self.when(Step::Quotes, Action::To('\'')),
            _ => Action::Keep,
        }
    }
}
