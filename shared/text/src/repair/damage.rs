//! The accidents: how each harms a text, and how it is undone.

use std::sync::LazyLock;

use encoding_rs::{ISO_8859_6, WINDOWS_1252, WINDOWS_1256};

/// An accident: what the bytes were, and what they were read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// UTF-8 read as ISO-8859-1: `Ø§Ù\u{84}`.
    Utf8AsLatin1,
    /// UTF-8 read as windows-1252: `Ø§Ù„`.
    Utf8AsWindows1252,
    /// The same, twice.
    Utf8AsLatin1Twice,
    /// The same, twice.
    Utf8AsWindows1252Twice,
    /// UTF-8 read as windows-1256: `ط§ظ„`.
    Utf8AsWindows1256,
    /// windows-1256 read as ISO-8859-1: `ÇáÌÒíÑÉ`.
    Windows1256AsLatin1,
    /// windows-1256 read as windows-1252.
    Windows1256AsWindows1252,
    /// ISO-8859-6 read as windows-1256: `لêن` and the like.
    Iso8859_6AsWindows1256,
}

impl Damage {
    /// The accidents, the most telling first.
    pub(super) const ALL: [Self; 8] = [
        Self::Utf8AsLatin1Twice,
        Self::Utf8AsWindows1252Twice,
        Self::Utf8AsLatin1,
        Self::Utf8AsWindows1252,
        Self::Utf8AsWindows1256,
        Self::Windows1256AsLatin1,
        Self::Windows1256AsWindows1252,
        Self::Iso8859_6AsWindows1256,
    ];

    /// The name that records carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8AsLatin1 => "utf-8_read_as_iso-8859-1",
            Self::Utf8AsWindows1252 => "utf-8_read_as_windows-1252",
            Self::Utf8AsLatin1Twice => "utf-8_read_as_iso-8859-1_twice",
            Self::Utf8AsWindows1252Twice => "utf-8_read_as_windows-1252_twice",
            Self::Utf8AsWindows1256 => "utf-8_read_as_windows-1256",
            Self::Windows1256AsLatin1 => "windows-1256_read_as_iso-8859-1",
            Self::Windows1256AsWindows1252 => "windows-1256_read_as_windows-1252",
            Self::Iso8859_6AsWindows1256 => "iso-8859-6_read_as_windows-1256",
        }
    }

    /// The accident with a name, as records carry it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|damage| damage.name() == name)
    }

    /// Does it to a text: what the accident would have made of it. None where it would have lost something.
    pub fn harm(self, text: &str) -> Option<String> {
        match self {
            Self::Utf8AsLatin1 => Some(text.bytes().map(char::from).collect()),
            Self::Utf8AsWindows1252 => {
                Some(WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned())
            }
            Self::Utf8AsLatin1Twice => Self::Utf8AsLatin1.harm(&Self::Utf8AsLatin1.harm(text)?),
            Self::Utf8AsWindows1252Twice => {
                Self::Utf8AsWindows1252.harm(&Self::Utf8AsWindows1252.harm(text)?)
            }
            Self::Utf8AsWindows1256 => {
                Some(WINDOWS_1256.decode_without_bom_handling(text.as_bytes()).0.into_owned())
            }
            Self::Windows1256AsLatin1 => {
                Some(bytes_of(text, &WINDOWS_1256_BYTES)?.into_iter().map(char::from).collect())
            }
            Self::Windows1256AsWindows1252 => Some(
                WINDOWS_1252
                    .decode_without_bom_handling(&bytes_of(text, &WINDOWS_1256_BYTES)?)
                    .0
                    .into_owned(),
            ),
            Self::Iso8859_6AsWindows1256 => Some(
                WINDOWS_1256.decode_without_bom_handling(&bytes_of(text, &ISO_8859_6_BYTES)?).0.into_owned(),
            ),
        }
    }

    /// Undoes it: the text before the accident, if that explains the run to the character.
    pub(super) fn mend(self, run: &str) -> Option<String> {
        let utf_8 = |table: &Table, run: &str| String::from_utf8(bytes_of(run, table)?).ok();
        let mended = match self {
            Self::Utf8AsLatin1 => utf_8(&LATIN_1_BYTES, run),
            Self::Utf8AsWindows1252 => utf_8(&WINDOWS_1252_BYTES, run),
            Self::Utf8AsLatin1Twice => utf_8(&LATIN_1_BYTES, &utf_8(&LATIN_1_BYTES, run)?),
            Self::Utf8AsWindows1252Twice => utf_8(&WINDOWS_1252_BYTES, &utf_8(&WINDOWS_1252_BYTES, run)?),
            Self::Utf8AsWindows1256 => utf_8(&WINDOWS_1256_BYTES, run),
            Self::Windows1256AsLatin1 => {
                Some(WINDOWS_1256.decode_without_bom_handling(&bytes_of(run, &LATIN_1_BYTES)?).0.into_owned())
            }
            Self::Windows1256AsWindows1252 => Some(
                WINDOWS_1256.decode_without_bom_handling(&bytes_of(run, &WINDOWS_1252_BYTES)?).0.into_owned(),
            ),
            Self::Iso8859_6AsWindows1256 => {
                let bytes = bytes_of(run, &WINDOWS_1256_BYTES)?;
                ISO_8859_6
                    .decode_without_bom_handling_and_without_replacement(&bytes)
                    .map(std::borrow::Cow::into_owned)
            }
        }?;
        (self.harm(&mended)? == run).then_some(mended)
    }

    /// ISO-8859-1 and windows-1252 differ in 32 bytes only: what one does not explain the other may.
    pub(super) fn twin(self) -> Self {
        match self {
            Self::Utf8AsLatin1 => Self::Utf8AsWindows1252,
            Self::Utf8AsLatin1Twice => Self::Utf8AsWindows1252Twice,
            Self::Windows1256AsLatin1 => Self::Windows1256AsWindows1252,
            other => other,
        }
    }

    /// Whether the bytes were UTF-8.
    pub(super) fn was_utf_8(self) -> bool {
        matches!(
            self,
            Self::Utf8AsLatin1
                | Self::Utf8AsLatin1Twice
                | Self::Utf8AsWindows1252
                | Self::Utf8AsWindows1252Twice
                | Self::Utf8AsWindows1256
        )
    }

    /// Whether the accident leaves Arabic letters behind, so that only the words can tell it from sound text.
    pub(super) fn leaves_arabic(self) -> bool {
        matches!(self, Self::Iso8859_6AsWindows1256)
    }
}

/// The byte of each character of a single-byte character set, sorted by character.
type Table = Vec<(char, u8)>;

static LATIN_1_BYTES: LazyLock<Table> =
    LazyLock::new(|| (0x80..=0xFF_u8).map(|byte| (char::from(byte), byte)).collect());
static WINDOWS_1252_BYTES: LazyLock<Table> = LazyLock::new(|| table(WINDOWS_1252));
static WINDOWS_1256_BYTES: LazyLock<Table> = LazyLock::new(|| table(WINDOWS_1256));
static ISO_8859_6_BYTES: LazyLock<Table> = LazyLock::new(|| table(ISO_8859_6));

fn table(encoding: &'static encoding_rs::Encoding) -> Table {
    let mut table: Table = (0x80..=0xFF_u8)
        .filter_map(|byte| {
            Some((
                encoding.decode_without_bom_handling_and_without_replacement(&[byte])?.chars().next()?,
                byte,
            ))
        })
        .collect();
    table.sort_unstable();
    table
}

/// The bytes that a single-byte character set writes a text with; none when it cannot.
fn bytes_of(text: &str, table: &Table) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| {
            if c.is_ascii() {
                return Some(c as u8);
            }
            table.binary_search_by_key(&c, |(known, _)| *known).ok().map(|place| table[place].1)
        })
        .collect()
}
