//! People, organisations and places.
//!
//! Places and organisations come from the lexicon, longest entry first. A person is a given name of the
//! lexicon and the words that carry on from it; later mentions by surname alone are joined to the full name
//! of the same article.

mod people;

use std::collections::BTreeMap;

use naba_lexicon::{Found, Sense};
use naba_record::{Entity, EntityType, Mention};

use crate::article::Article;

/// Finds everybody and everything with a name, in the order of their first mention.
pub fn find(article: &Article<'_>) -> Vec<Entity> {
    let mut entities = known(article);
    entities.extend(people::find(article));
    entities.sort_by_key(|entity| {
        let first = entity.mentions.first();
        (
            first.is_some_and(|mention| mention.within == naba_record::MentionIn::Body),
            first.map(|mention| mention.start),
        )
    });
    entities
}

/// What a lexicon entry is, when it is a place or an organisation by itself.
fn known_kind(article: &Article<'_>, found: &Found) -> Option<(EntityType, usize)> {
    match found.sense {
        Sense::Place(index, false) => Some((EntityType::Place, index)),
        Sense::Organisation(index) => Some((EntityType::Organisation, index)),
        // beyond the tables of organisations: agencies, so that one number names one entity
        Sense::Agency(index, false) if !article.lexicon.tables.agencies[index].is_pooled => {
            Some((EntityType::Organisation, article.lexicon.tables.organisations.len() + index))
        }
        _ => None,
    }
}

/// Places and organisations, longest entry first, overlaps left out.
fn known(article: &Article<'_>) -> Vec<Entity> {
    let mut places: BTreeMap<(EntityType, usize), Vec<Mention>> = BTreeMap::new();
    for text in &article.texts {
        let (mut at, mut keys, mut stretches) = (0, vec![], vec![]);
        for found in &text.found {
            let Some(key) = known_kind(article, found).filter(|_| found.start >= at) else { continue };
            at = found.end;
            keys.push(key);
            stretches.push((found.start, found.end));
        }
        for (key, mention) in keys.into_iter().zip(text.mentions(&stretches)) {
            places.entry(key).or_default().push(mention);
        }
    }
    let tables = &article.lexicon.tables;
    let organisations = tables.organisations.len();
    let entity = |((kind, index), mentions): ((EntityType, usize), Vec<Mention>)| {
        let (name, country) = match kind {
            EntityType::Place => (tables.places[index].forms[0].surface, tables.places[index].country),
            _ if index < organisations => {
                (tables.organisations[index].forms[0].surface, tables.organisations[index].country)
            }
            _ => (
                tables.agencies[index - organisations].name_ar,
                Some(tables.agencies[index - organisations].country),
            ),
        };
        let (name, key) = (name.to_owned(), naba_lexicon::folded(name));
        Entity { kind, name, key, mentions, role: None, country: country.map(str::to_owned), wikidata: None }
    };
    places.into_iter().map(entity).collect()
}
