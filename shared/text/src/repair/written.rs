//! How a text's characters are written: as themselves, as HTML references, or as escapes of a programming language.

use crate::entity;
use crate::slice;

/// How the characters beyond ASCII of a text are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// As they are.
    Plain,
    /// `&Oslash;` where there is a name, else as they are.
    Named,
    /// `&#216;`
    Decimal,
    /// `&#xD8;`
    Hexadecimal,
    /// `&#xd8;`
    HexadecimalLower,
    /// `<U+0628>`
    Angle,
    /// `\u064A`
    Backslash,
    /// `\u064a`
    BackslashLower,
}

impl Written {
    /// What it is called in the name of a damage.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Named => "_in_named_references",
            Self::Decimal => "_in_decimal_references",
            Self::Hexadecimal => "_in_hexadecimal_references",
            Self::HexadecimalLower => "_in_hexadecimal_references_in_lower_case",
            Self::Angle => "escaped_in_angle_brackets",
            Self::Backslash => "escaped_with_backslash",
            Self::BackslashLower => "escaped_with_backslash_in_lower_case",
        }
    }

    /// Writes a text.
    pub(super) fn write(self, text: &str) -> String {
        if self == Self::Plain {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len() * 4);
        for c in text.chars() {
            let code = c as u32;
            match self {
                _ if c.is_ascii() => out.push(c),
                Self::Named => match entity::name_of(c) {
                    Some(name) => out.push_str(&format!("&{name};")),
                    None => out.push(c),
                },
                Self::Decimal => out.push_str(&format!("&#{code};")),
                Self::Hexadecimal => out.push_str(&format!("&#x{code:X};")),
                Self::HexadecimalLower => out.push_str(&format!("&#x{code:x};")),
                Self::Angle => out.push_str(&format!("<U+{code:04X}>")),
                Self::Backslash => out.push_str(&format!("\\u{code:04X}")),
                Self::BackslashLower => out.push_str(&format!("\\u{code:04x}")),
                Self::Plain => {}
            }
        }
        out
    }

    /// Reads what was written so. It may be written in another way as well: whoever asks compares.
    pub(super) fn read(text: &str) -> String {
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        while let Some(c) = slice::from(text, at).chars().next() {
            let (character, length) = unit(slice::from(text, at)).unwrap_or((c, c.len_utf8()));
            out.push(character);
            at += length;
        }
        out
    }
}

/// A character beyond ASCII that stands at the beginning of a text as a reference or an escape, and the bytes that it
/// takes.
pub(super) fn unit(text: &str) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    let (character, length) = match bytes.first()? {
        b'&' => entity::any(bytes)?,
        b'<' => {
            let (code, digits) = hexadecimal(bytes.strip_prefix(b"<U+")?, 4..=6)?;
            if bytes.get(3 + digits) != Some(&b'>') {
                return None;
            }
            (char::from_u32(code)?, 4 + digits)
        }
        b'\\' => {
            let (code, digits) = hexadecimal(bytes.strip_prefix(b"\\u")?, 4..=4)?;
            (char::from_u32(code)?, 2 + digits)
        }
        _ => return None,
    };
    (!character.is_ascii()).then_some((character, length))
}

/// A hexadecimal number of so many digits, and how many it has.
fn hexadecimal(bytes: &[u8], digits: std::ops::RangeInclusive<usize>) -> Option<(u32, usize)> {
    let count = bytes.iter().take(*digits.end()).take_while(|byte| byte.is_ascii_hexdigit()).count();
    if !digits.contains(&count) {
        return None;
    }
    let text = std::str::from_utf8(bytes.get(..count)?).ok()?;
    Some((u32::from_str_radix(text, 16).ok()?, count))
}
