//! Bytes from a number.

use naba_testkit::articles;

/// What parsers stumble over.
const SALT: [&[u8]; 26] = [
    b"\0",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xd8",
    b"\xed\xa0\x80",
    b"\r\n",
    b"\n\n\n",
    b"<div>",
    b"</p>",
    b"<!--",
    b"<![CDATA[",
    b"&#x",
    b"&#1114112;",
    b"&amp;lt;",
    b"{\"text\":",
    b"\\ud800",
    b"[[[[",
    "«".as_bytes(),
    "ـ".as_bytes(),
    "\u{64b}\u{64c}\u{64d}".as_bytes(),
    "\u{202e}\u{2066}".as_bytes(),
    "ﷺ".as_bytes(),
    "٣١/٢/١٤٤٥".as_bytes(),
    "اقرأ أيضا:".as_bytes(),
    "دمشق-سانا ".as_bytes(),
];

/// A small generator of numbers (splitmix64).
#[derive(Debug, Clone)]
pub struct Numbers(pub u64);

impl Numbers {
    /// The next number below an end.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

/// Texts in the shapes that the parsers are made for.
fn sound(numbers: &mut Numbers) -> Vec<u8> {
    let number = numbers.below(1000) as u64;
    let sentence = articles::sentence(number);
    match numbers.below(6) {
        0 => articles::raw(number, 3),
        1 => format!("<html><head><title>{sentence}</title><body><article><p>{sentence}</p><ul><li><a href='/x'>المزيد</a></ul></article>").into_bytes(),
        2 => format!("عنوان الخبر\n\nدمشق-سانا\n\n{sentence}\n{sentence}/انتهى/\n\nاقرأ أيضا\nعنوان آخر\nتابعونا على تلغرام https://t.me/x").into_bytes(),
        3 => "الثلاثاء 24 نوفمبر 2026 - 20:26 ت م ٧:١٣:٤١ م 1445/5/10 هـ".as_bytes().to_vec(),
        4 => "[[rule]]\nname = \"x.y\"\npattern = \"^(ا|ب)+$\"\nkind = \"related\"\nscope = \"line\"\n".as_bytes().to_vec(),
        _ => sentence.into_bytes(),
    }
}

/// An input: sound text, torn, joined, doubled and salted. The same for the same number.
pub fn input(number: u64) -> Vec<u8> {
    let mut numbers = Numbers(number);
    let mut bytes = sound(&mut numbers);
    for _ in 0..numbers.below(8) {
        let at = numbers.below(bytes.len() + 1);
        match numbers.below(6) {
            0 => bytes.truncate(at),
            1 => {
                let salt = SALT[numbers.below(SALT.len())];
                for _ in 0..=numbers.below(20) {
                    bytes.splice(at..at, salt.iter().copied());
                }
            }
            2 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
            3 => bytes.extend(sound(&mut numbers)),
            4 => {
                let end = at + numbers.below(bytes.len() + 1 - at);
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let end = at + numbers.below(bytes.len() + 1 - at);
                bytes.drain(at..end);
            }
        }
    }
    bytes
}
