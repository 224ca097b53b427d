//! The accidents: how each harms a text, and how it is undone.
//!
//! Bytes of one encoding were read with another; what came of it may have been saved as UTF-8 and read wrongly once
//! more, and may stand in HTML references. Programs that cannot print Arabic write escapes in its place.

use std::sync::LazyLock;

use super::charset::Charset;
use super::written::Written;

/// What the bytes were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Was {
    Utf8,
    Windows1256,
    Iso8859_6,
    /// Nothing was read wrongly: the text is escaped.
    Text,
}

/// An accident: what the bytes were, and what they were read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    was: Was,
    read_as: Charset,
    /// What it was read as once more, after it had been saved as UTF-8.
    again: Option<Charset>,
    written: Written,
}

/// The character sets that bytes are read with by mistake, those that everybody uses first.
const READ_AS: [Charset; 9] = [
    Charset::Latin1,
    Charset::Windows1252,
    Charset::Windows1254,
    Charset::Iso8859_15,
    Charset::MacRoman,
    Charset::Windows1250,
    Charset::Windows1251,
    Charset::Cp437,
    Charset::Cp850,
];
/// Those that stand in references.
const REFERRED: [Charset; 3] = [Charset::Latin1, Charset::Windows1252, Charset::Windows1254];

/// The accidents, the most telling first.
static ALL: LazyLock<Vec<Damage>> = LazyLock::new(|| {
    let plain = |was, read_as, again| Damage { was, read_as, again, written: Written::Plain };
    let mut all: Vec<Damage> = [Written::Angle, Written::Backslash, Written::BackslashLower]
        .map(|written| Damage { was: Was::Text, read_as: Charset::Latin1, again: None, written })
        .into();
    all.extend(READ_AS.map(|charset| plain(Was::Utf8, charset, Some(charset))));
    all.extend(REFERRED.map(|charset| plain(Was::Utf8, Charset::Windows1256, Some(charset))));
    for charset in REFERRED {
        all.extend(REFERRED.map(|again| plain(Was::Windows1256, charset, Some(again))));
        all.push(plain(Was::Iso8859_6, charset, Some(charset)));
    }
    all.extend(READ_AS.map(|charset| plain(Was::Utf8, charset, None)));
    all.push(plain(Was::Utf8, Charset::Windows1256, None));
    all.extend(READ_AS.map(|charset| plain(Was::Windows1256, charset, None)));
    all.extend(READ_AS.map(|charset| plain(Was::Iso8859_6, charset, None)));
    all.push(plain(Was::Iso8859_6, Charset::Windows1256, None));
    for written in [Written::Named, Written::Decimal, Written::Hexadecimal, Written::HexadecimalLower] {
        for was in [Was::Utf8, Was::Windows1256, Was::Iso8859_6] {
            all.extend(REFERRED.map(|read_as| Damage { was, read_as, again: None, written }));
        }
    }
    all
});

impl Damage {
    /// UTF-8 read as windows-1252: `Ø§Ù„`.
    pub const UTF_8_AS_WINDOWS_1252: Self =
        Self { was: Was::Utf8, read_as: Charset::Windows1252, again: None, written: Written::Plain };
    /// UTF-8 read as windows-1256: `ط§ظ„`.
    pub const UTF_8_AS_WINDOWS_1256: Self =
        Self { was: Was::Utf8, read_as: Charset::Windows1256, again: None, written: Written::Plain };
    /// ISO-8859-6 read as windows-1256: `لêن` and the like.
    pub const ISO_8859_6_AS_WINDOWS_1256: Self =
        Self { was: Was::Iso8859_6, read_as: Charset::Windows1256, again: None, written: Written::Plain };

    /// The accidents that are looked for, the most telling first.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// The name that records carry.
    pub fn name(self) -> String {
        let Self { was, read_as, again, written } = self;
        let was = match was {
            Was::Utf8 => "utf-8",
            Was::Windows1256 => "windows-1256",
            Was::Iso8859_6 => "iso-8859-6",
            Was::Text => return written.name().to_owned(),
        };
        let again = match again {
            Some(again) if again == read_as => "_twice".to_owned(),
            Some(again) => format!("_and_as_{}", again.name()),
            None => String::new(),
        };
        format!("{was}_read_as_{}{again}{}", read_as.name(), written.name())
    }

    /// The accident with a name, as records carry it.
    pub fn named(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|damage| damage.name() == name)
    }

    /// Does it to a text: what the accident would have made of it. None where it would have lost something.
    pub fn harm(self, text: &str) -> Option<String> {
        let read = match self.was {
            Was::Text => return Some(self.written.write(text)),
            Was::Utf8 => self.read_as.text_of(text.as_bytes()),
            Was::Windows1256 => self.read_as.text_of(&Charset::Windows1256.bytes_of(text)?),
            Was::Iso8859_6 => self.read_as.text_of(&Charset::Iso8859_6.bytes_of(text)?),
        }?;
        let read = match self.again {
            Some(again) => again.text_of(read.as_bytes())?,
            None => read,
        };
        Some(self.written.write(&read))
    }

    /// Undoes it: the text before the accident, if that explains the run to the character.
    pub(super) fn mend(self, run: &str) -> Option<String> {
        let is_written = self.written != Written::Plain;
        if is_written != run.is_ascii() && self.written != Written::Named {
            // references and escapes are ASCII, and nothing else is looked for in ASCII
            return None;
        }
        let expanded = if is_written { Written::read(run) } else { run.to_owned() };
        let once = match self.again {
            Some(again) => String::from_utf8(again.bytes_of(&expanded)?).ok()?,
            None => expanded,
        };
        let mended = match self.was {
            Was::Text => once,
            Was::Utf8 => String::from_utf8(self.read_as.bytes_of(&once)?).ok()?,
            Was::Windows1256 => Charset::Windows1256.text_of(&self.read_as.bytes_of(&once)?)?,
            Was::Iso8859_6 => Charset::Iso8859_6.text_of(&self.read_as.bytes_of(&once)?)?,
        };
        (self.harm(&mended)? == run).then_some(mended)
    }

    /// Whether the two differ in nothing but the character set of the reader: ISO-8859-1 and windows-1252 differ in 32
    /// bytes only, and what one does not explain the other may.
    pub(super) fn is_twin_of(self, other: Self) -> bool {
        let is_near =
            |damage: Self| REFERRED.contains(&damage.read_as) || damage.read_as == Charset::Iso8859_15;
        self.was == other.was
            && self.written == other.written
            && self.again.is_some() == other.again.is_some()
            && is_near(self)
            && is_near(other)
    }

    /// Whether the bytes were UTF-8, or the text is escaped: what fits proves it.
    pub(super) fn proves_itself(self) -> bool {
        matches!(self.was, Was::Utf8 | Was::Text)
    }

    /// Whether only the words can tell the accident from sound text: it leaves Arabic letters behind, or takes the
    /// letters of another language for Arabic ones.
    pub(super) fn needs_words(self) -> bool {
        !(self.proves_itself() || REFERRED.contains(&self.read_as) || self.read_as == Charset::Iso8859_15)
    }

    /// Whether the accident leaves Arabic letters behind.
    pub(super) fn leaves_arabic(self) -> bool {
        self.read_as == Charset::Windows1256 && self.again.is_none()
    }
}
