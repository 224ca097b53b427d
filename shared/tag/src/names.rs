//! People, organisations and places.
//!
//! * [`see`]   what the sequence tagger sees of a word
//! * [`evidence`] what is known of a word from text and registers
//! * [`model`] the sequence tagger
//! * [`spans`] its names and those that the lexicon is sure of, none over another
//! * `unseen`  people and bodies that the model has not seen
//! * `variant` when two spellings are one name
//! * `join`    mentions of one text and the next become one entity
//! * `link`    which place or body a name means
//! * `role`    the office or title beside a person's name

pub mod evidence;
mod join;
mod link;
pub mod model;
mod role;
pub mod see;
pub mod spans;
mod unseen;
mod variant;

use naba_record::{Entity, MentionIn};

pub(crate) use role::{bare, without_preposition};

use crate::article::Article;
use model::Model;

/// The names of an article.
#[derive(Debug, Default)]
pub struct Names {
    /// Everybody and everything with a name, in the order of their first mention.
    pub entities: Vec<Entity>,
    /// Where they stand in the body, in order.
    pub body: Vec<Place>,
    /// The words that say what a person is, for each entity: folded, of every place where they stand beside the name.
    pub roles: Vec<Vec<String>>,
}

/// A name in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its first word.
    pub first: usize,
    /// One past its last word.
    pub last: usize,
    /// Which entity it names.
    pub entity: usize,
}

/// Finds everybody and everything with a name.
pub fn find(article: &Article<'_>, model: &Model) -> Names {
    let spans: Vec<Vec<spans::Name>> =
        article.texts.iter().map(|text| spans::find(article.lexicon, text, model)).collect();
    let mut groups = join::groups(article, &spans);
    groups.sort_by_key(|group| group.places.first().map(|place| (place.text, place.start)));
    let countries = link::Countries::of(article);
    let mut names = Names::default();
    for (number, group) in groups.iter().enumerate() {
        let (role, roles) = role::of(article, &spans, group);
        let mut entity = join::entity(article, group);
        entity.role = role;
        link::link(article, group, &countries, &mut entity);
        names.entities.push(entity);
        names.roles.push(roles);
        let body = group.places.iter().filter(|place| article.texts[place.text].within == MentionIn::Body);
        names.body.extend(body.map(|place| Place { first: place.first, last: place.last, entity: number }));
    }
    names.body.sort_unstable_by_key(|place| place.first);
    names
}
