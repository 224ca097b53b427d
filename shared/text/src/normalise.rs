//! The display text and the search text, each with a map home. Two texts, never one: what is read is never
//! folded, and what is folded can always be walked back.
//!
//! A [`Profile`] is an ordered list of named [`Step`]s, compiled into one table, so that all its steps run
//! in one pass over the text. `DISPLAY` tidies without changing a word; `SEARCH` folds what Arabic readers
//! type in several ways; users compose their own from the same steps.

mod ahead;
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

/// A profile by its name: a built-in one, or one of the user's own.
///
/// # Errors
/// [`ProfileError`] names what is unknown and what there is.
pub fn named(
    name: &str,
    own: &std::collections::BTreeMap<String, Vec<String>>,
) -> Result<Profile, ProfileError> {
    if let Some(steps) = own.get(name) {
        let steps: Result<Vec<Step>, UnknownStep> = steps.iter().map(|step| step.parse()).collect();
        return Ok(Profile::new(&steps?));
    }
    match name {
        "display" => Ok(Profile::new(DISPLAY)),
        "repair" => Ok(Profile::new(REPAIR)),
        "search" => Ok(Profile::new(SEARCH)),
        _ => {
            let known = ["display", "repair", "search"]
                .into_iter()
                .chain(own.keys().map(String::as_str))
                .collect::<Vec<_>>()
                .join(", ");
            Err(ProfileError::Unknown { name: name.to_owned(), known })
        }
    }
}

/// A profile that cannot be made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// No such profile.
    #[error("there is no profile `{name}`; there are {known}")]
    Unknown {
        /// The name.
        name: String,
        /// What there is.
        known: String,
    },
    /// No such step.
    #[error(transparent)]
    Step(#[from] UnknownStep),
}

/// The display profile for Arabic copy that was typed with Farsi letters.
pub const REPAIR: &[Step] = &[
    Step::Compose,
    Step::PresentationForms,
    Step::BidiControls,
    Step::Joiners,
    Step::ControlCharacters,
    Step::FarsiRepair,
    Step::Heh,
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
