//! Where the dateline's place lies.

use naba_lexicon::{Lexicon, Sense};
use naba_record::Dateline;

/// A dateline with the country and the coordinates of its place, where the lexicon has them. Of two places
/// («لندن - طهران») the first counts; of two entries with one name the one with coordinates.
pub(crate) fn resolved(lexicon: &Lexicon, dateline: Dateline) -> Dateline {
    let place = dateline.place.as_deref().unwrap_or_default();
    let first = place.split(['،', ',', '-', '–']).next().unwrap_or_default().trim();
    let entries =
        lexicon.senses_of(&naba_lexicon::folded(first)).into_iter().filter_map(|sense| match sense {
            Sense::Place(index, _) => Some(&lexicon.tables.places[index]),
            _ => None,
        });
    let Some(entry) = entries.max_by_key(|entry| entry.coordinates.is_some()) else { return dateline };
    Dateline {
        country: entry.country.map(str::to_owned),
        coordinates: entry.coordinates.map(|(latitude, longitude)| [latitude, longitude]),
        ..dateline
    }
}

#[cfg(test)]
mod tests {
    use super::resolved;
    use naba_lexicon::Lexicon;
    use naba_record::Dateline;

    #[track_caller]
    fn check(place: &str, country: Option<&str>, coordinates: Option<[f64; 2]>) {
        let dateline = Dateline { place: Some(place.to_owned()), ..Dateline::default() };
        let found = resolved(&Lexicon::built_in(), dateline);
        assert_eq!((found.country.as_deref(), found.coordinates), (country, coordinates), "{place}");
    }

    #[test]
    fn places_lie_somewhere() {
        check("دمشق", Some("SY"), Some([33.5, 36.3]));
        check("لندن - طهران", Some("GB"), Some([51.5, -0.1]));
        check("القاهرة، مصر", Some("EG"), Some([30.0, 31.2]));
        check("خميس مشيط", Some("SA"), None);
        check("مدينة لا نعرفها", None, None);
    }
}
