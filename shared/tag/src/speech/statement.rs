//! A statement as it is found, and as it is published.

use naba_record::{MentionIn, Quote, QuoteKind, Speaker as Named};

use super::copy::Copy;
use super::said::Said;
use super::speaker::Speaker;

/// A statement as it is found.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) at: usize,
    pub(super) cue_last: usize,
    pub(super) class: &'static str,
    pub(super) is_feminine: bool,
    pub(super) speaker: Speaker,
    /// Whether the article names the speaker in the statement itself.
    pub(super) is_explicit: bool,
    pub(super) relay: Option<(usize, usize)>,
    /// Whom the words of the relay mean.
    pub(super) relay_speaker: Option<Speaker>,
    pub(super) said: Said,
}

impl Statement {
    /// What it is worth, by how it is given and how sure its speaker is.
    fn confidence(&self) -> f32 {
        let base: f32 = match (self.said.kind, self.said.is_noun) {
            (QuoteKind::Direct, _) => 0.95,
            (QuoteKind::Indirect, false) => 0.9,
            (QuoteKind::Colon, _) => 0.85,
            (QuoteKind::Indirect, true) => 0.7,
        };
        let doubts =
            f32::from(u8::from(!self.is_explicit)) * 0.1 + f32::from(u8::from(!self.said.is_closed)) * 0.15;
        ((base - doubts) * 100.0).round() / 100.0
    }

    /// As it is published.
    pub(super) fn quote(&self, copy: &Copy<'_, '_>, within: MentionIn) -> Quote {
        let text = copy.text;
        let surface = |first: usize, last: usize| {
            text.home(text.words[first].start, text.words[last - 1].end).1.to_owned()
        };
        let (place, content) = text.home(self.said.start, self.said.end);
        let speaker = &self.speaker;
        Quote {
            kind: self.said.kind,
            speaker: Named {
                surface: speaker.words.map(|(first, last)| surface(first, last)).unwrap_or_default(),
                name: speaker.name.clone(),
                entity: speaker.entity.map(|entity| copy.names.entities[entity].key.clone()),
                unnamed: speaker.is_unnamed,
            },
            cue: surface(self.at, self.cue_last),
            class: self.class.to_owned(),
            relay: self.relay.map(|(first, last)| {
                // «وفقا لارنا»: the preposition is not hers
                let clitic = copy.clitic_bytes(first);
                text.home(text.words[first].start + clitic, text.words[last - 1].end).1.to_owned()
            }),
            content: content.to_owned(),
            within,
            start: place.start,
            end: place.end,
            confidence: self.confidence(),
        }
    }
}
