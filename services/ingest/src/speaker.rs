//! Who speaks for a source. The broker's permissions say who may publish on which subject, and nothing else is proof: so
//! the subject's token decides, and an article that names another source is refused.

use std::collections::BTreeSet;

use naba_record::subject::source_token;
use naba_runtime::Reject;

/// Writers that publish articles of many sources on one subject (`sources.speak_for_others`).
#[derive(Debug, Clone, Default)]
pub struct Gateways(BTreeSet<String>);

impl Gateways {
    /// By the names, or the tokens, of their subjects.
    pub fn new(names: &[String]) -> Self {
        Self(names.iter().map(|name| source_token(Some(name))).collect())
    }

    /// Whether what comes on a subject with this token may name any source.
    pub fn contains(&self, token: &str) -> bool {
        self.0.contains(&source_token(Some(token)))
    }
}

/// The source of an article that names one, or none, and came on a subject with a token; without a broker there is no
/// token, and what is named counts.
pub(crate) fn source(
    named: Option<String>,
    token: Option<&str>,
    speaks_for_others: bool,
) -> Result<Option<String>, Reject> {
    let named = named.filter(|named| !named.trim().is_empty());
    let Some(token) = token else { return Ok(named) };
    match named {
        None => Ok((token != "_").then(|| source_token(Some(token)))),
        Some(named) if speaks_for_others || source_token(Some(&named)) == source_token(Some(token)) => {
            Ok(Some(named))
        }
        Some(named) => {
            let own = source_token(Some(&named));
            let named: String = named.chars().take(64).collect();
            let message = format!(
                "the article names the source {named} and came on naba.raw.{token}; publish it on naba.raw.{own}, or let {token} speak for others (sources.speak_for_others)"
            );
            Err(Reject::new("source_mismatch", message).at("source"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Gateways, source};

    #[track_caller]
    fn check(named: Option<&str>, token: Option<&str>, expected: Result<Option<&str>, ()>) {
        let gateways = Gateways::new(&["gather".to_owned(), "My.Feed".to_owned()]);
        let may = token.is_some_and(|token| gateways.contains(token));
        let found = source(named.map(str::to_owned), token, may).map_err(|_| ());
        assert_eq!(found, expected.map(|source| source.map(str::to_owned)), "{named:?} on {token:?}");
    }

    #[test]
    fn the_subject_decides() {
        check(Some("sana.sy"), Some("sana_sy"), Ok(Some("sana.sy")));
        check(Some("SANA.sy"), Some("sana_sy"), Ok(Some("SANA.sy")));
        check(None, Some("sana_sy"), Ok(Some("sana_sy")));
        check(Some(" "), Some("sana_sy"), Ok(Some("sana_sy")));
        check(None, Some("Sana\u{b}SY"), Ok(Some("sana_sy")));
        check(None, Some("_"), Ok(None));
        check(Some("sana.sy"), Some("evil"), Err(()));
        check(Some("sana.sy"), Some("_"), Err(()));
        check(Some("سانا"), Some("_"), Err(()));
        check(Some("anybody"), Some("gather"), Ok(Some("anybody")));
        check(Some("anybody"), Some("my_feed"), Ok(Some("anybody")));
        check(Some("anybody"), None, Ok(Some("anybody")));
        check(None, None, Ok(None));
    }
}
