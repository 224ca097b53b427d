//! The registry of folds: one name, one behaviour, one line of documentation.

/// One behaviour of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Step {
    /// A letter and its combining marks become one character where Unicode has one (ا + ٔ → أ).
    Compose,
    /// HTML references are read, references of references too (`&amp;quot;` → `"`).
    References,
    /// Letters in presentation forms become plain letters (ﻣ → م, ﻻ → لا, ﷲ → الله).
    PresentationForms,
    /// Direction marks, zero-width spaces, soft hyphens and byte-order marks go.
    BidiControls,
    /// Zero-width joiners and non-joiners go.
    Joiners,
    /// NUL and the other control characters go.
    ControlCharacters,
    /// Tatweel goes (الحمـــد → الحمد).
    Tatweel,
    /// Vowel signs and combining hamza go, the dagger alef with them.
    Tashkeel,
    /// Quranic annotation goes.
    QuranicMarks,
    /// أ إ آ ٱ → ا.
    Alef,
    /// ؤ → و, ئ → ي.
    HamzaCarriers,
    /// ة → ه.
    TehMarbuta,
    /// ى → ي.
    AlefMaksura,
    /// ی → ي, ک → ك.
    FarsiLetters,
    /// For reading: ک → ك, and ی → ي, or ى where the word it ends is written so (علی → على).
    FarsiRepair,
    /// ہ ھ ە ۀ → ه.
    Heh,
    /// ٠-٩ and ۰-۹ → 0-9, ٫ → `.`, ٬ → `,`, ٪ → `%`.
    Digits,
    /// ، ؛ ؟ ۔ → `,` `;` `?` `.`.
    Punctuation,
    /// « » “ ” „ → `"`, ‘ ’ → `'`.
    Quotes,
    /// Every kind of space is a plain one, runs of them are one, none stands beside a line feed.
    Spaces,
    /// No empty lines; no line feed at the edges.
    BlankLines,
    /// No space before ، ؛ ؟.
    PunctuationSpacing,
    /// Three or more of one Arabic letter are one (جمييييل → جميل).
    Repeats,
}

/// Every step, in the order in which profiles list them.
const ALL: [(&str, Step); 23] = [
    ("compose", Step::Compose),
    ("references", Step::References),
    ("presentation_forms", Step::PresentationForms),
    ("bidi_controls", Step::BidiControls),
    ("joiners", Step::Joiners),
    ("control_characters", Step::ControlCharacters),
    ("tatweel", Step::Tatweel),
    ("tashkeel", Step::Tashkeel),
    ("quranic_marks", Step::QuranicMarks),
    ("alef", Step::Alef),
    ("hamza_carriers", Step::HamzaCarriers),
    ("teh_marbuta", Step::TehMarbuta),
    ("alef_maksura", Step::AlefMaksura),
    ("farsi_letters", Step::FarsiLetters),
    ("farsi_repair", Step::FarsiRepair),
    ("heh", Step::Heh),
    ("digits", Step::Digits),
    ("punctuation", Step::Punctuation),
    ("quotes", Step::Quotes),
    ("spaces", Step::Spaces),
    ("blank_lines", Step::BlankLines),
    ("punctuation_spacing", Step::PunctuationSpacing),
    ("repeats", Step::Repeats),
];

/// A step that is not in the registry.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown step `{0}`; the steps are {known}", known = names().collect::<Vec<_>>().join(", "))]
pub struct UnknownStep(pub String);

/// The names of all steps.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(name, _)| *name)
}

impl std::str::FromStr for Step {
    type Err = UnknownStep;

    fn from_str(name: &str) -> Result<Self, UnknownStep> {
        let found = ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, step)| *step).ok_or_else(|| UnknownStep(name.to_owned()))
    }
}
