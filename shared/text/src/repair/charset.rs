//! Single-byte character sets, as tables from characters to bytes.

use std::sync::LazyLock;

use encoding_rs::{
    ISO_8859_6, ISO_8859_15, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254, WINDOWS_1256,
};

/// A single-byte character set that bytes were read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Latin1,
    Windows1252,
    Windows1254,
    Iso8859_15,
    MacRoman,
    Windows1250,
    Windows1251,
    Cp437,
    Cp850,
    Windows1256,
    Iso8859_6,
}

/// The upper halves of the two character sets of DOS, which encoding_rs does not have.
const CP_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";
const CP_850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";

/// A character set, both ways.
struct Table {
    /// Characters by their byte, from 0x80; `\0` where there is none.
    characters: [char; 128],
    /// The byte of each character, sorted by character.
    bytes: Vec<(char, u8)>,
}

static TABLES: LazyLock<[Table; 11]> = LazyLock::new(|| Charset::ALL.map(Charset::table));

impl Charset {
    const ALL: [Self; 11] = [
        Self::Latin1,
        Self::Windows1252,
        Self::Windows1254,
        Self::Iso8859_15,
        Self::MacRoman,
        Self::Windows1250,
        Self::Windows1251,
        Self::Cp437,
        Self::Cp850,
        Self::Windows1256,
        Self::Iso8859_6,
    ];

    /// The name that records carry.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Latin1 => "iso-8859-1",
            Self::Windows1252 => "windows-1252",
            Self::Windows1254 => "windows-1254",
            Self::Iso8859_15 => "iso-8859-15",
            Self::MacRoman => "macintosh",
            Self::Windows1250 => "windows-1250",
            Self::Windows1251 => "windows-1251",
            Self::Cp437 => "cp437",
            Self::Cp850 => "cp850",
            Self::Windows1256 => "windows-1256",
            Self::Iso8859_6 => "iso-8859-6",
        }
    }

    /// The bytes that it writes a text with; none when it cannot.
    pub(super) fn bytes_of(self, text: &str) -> Option<Vec<u8>> {
        let table = &TABLES[self as usize].bytes;
        let byte = |c: char| {
            if c.is_ascii() {
                return Some(c as u8);
            }
            table.binary_search_by_key(&c, |(known, _)| *known).ok().map(|place| table[place].1)
        };
        text.chars().map(byte).collect()
    }

    /// The text that it reads in bytes; none where it has no character for one.
    pub(super) fn text_of(self, bytes: &[u8]) -> Option<String> {
        let characters = &TABLES[self as usize].characters;
        let character = |byte: &u8| {
            if byte.is_ascii() {
                return Some(char::from(*byte));
            }
            Some(characters[usize::from(*byte - 0x80)]).filter(|c| *c != '\0')
        };
        bytes.iter().map(character).collect()
    }

    fn table(self) -> Table {
        let encoding = match self {
            Self::Latin1 | Self::Cp437 | Self::Cp850 => None,
            Self::Windows1252 => Some(WINDOWS_1252),
            Self::Windows1254 => Some(WINDOWS_1254),
            Self::Iso8859_15 => Some(ISO_8859_15),
            Self::MacRoman => Some(MACINTOSH),
            Self::Windows1250 => Some(WINDOWS_1250),
            Self::Windows1251 => Some(WINDOWS_1251),
            Self::Windows1256 => Some(WINDOWS_1256),
            Self::Iso8859_6 => Some(ISO_8859_6),
        };
        let mut characters = ['\0'; 128];
        for (place, byte) in (0x80..=0xFF_u8).enumerate() {
            let read = |encoding: &'static encoding_rs::Encoding| {
                encoding.decode_without_bom_handling_and_without_replacement(&[byte])?.chars().next()
            };
            let found = match self {
                Self::Cp437 => CP_437.chars().nth(place),
                Self::Cp850 => CP_850.chars().nth(place),
                _ => encoding.map_or(Some(char::from(byte)), read),
            };
            characters[place] = found.unwrap_or('\0');
        }
        let places = characters.iter().zip(0x80..=0xFF_u8).filter(|(c, _)| **c != '\0');
        let mut bytes: Vec<(char, u8)> = places.map(|(c, byte)| (*c, byte)).collect();
        bytes.sort_unstable();
        Table { characters, bytes }
    }
}
