//! The display text and the search text, each with a map home. Two texts, never one: what is read is never
//! folded, and what is folded can always be walked back.
//!
//! A [`Profile`] is an ordered list of named [`Step`]s, compiled into one table, so that all its steps run
//! in one pass over the text. `DISPLAY` tidies without changing a word; `SEARCH` folds what Arabic readers
//! type in several ways; users compose their own from the same steps.

mod pass;
mod step;
mod table;

pub use pass::{fold, normalise};
pub use step::{Step, UnknownStep};
pub use table::Profile;

use crate::map::Map;

/// A normalised text and its way home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Normalised {
    /// The text.
    pub text: String,
    /// From `text` to what was normalised.
    pub map: Map,
}

/// The steps of the display profile: letters and layout are put in order, no word changes.
pub const DISPLAY: &[Step] = &[
    Step::Compose,
    Step::PresentationForms,
    Step::BidiControls,
    Step::ControlCharacters,
    Step::Spaces,
    Step::BlankLines,
    Step::PunctuationSpacing,
];

/// The steps of the search profile.
pub const SEARCH: &[Step] = &[
    Step::References,
    Step::PresentationForms,
    Step::BidiControls,
    Step::Joiners,
    Step::ControlCharacters,
    Step::Tatweel,
    Step::Tashkeel,
    Step::QuranicMarks,
    Step::Alef,
    Step::HamzaCarriers,
    Step::TehMarbuta,
    Step::AlefMaksura,
    Step::FarsiLetters,
    Step::Heh,
    Step::Digits,
    Step::Punctuation,
    Step::Quotes,
    Step::Spaces,
    Step::Repeats,
];
