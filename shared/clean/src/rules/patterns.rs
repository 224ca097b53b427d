//! Many patterns looked for at once.

use regex::{RegexSet, RegexSetBuilder};

use super::RulesError;

/// The cache of an automaton (32 MiB a thread): with the default of 2 MiB it is thrown away again and again, and cleaning
/// takes many times as long.
const DFA_BYTES_MAX: usize = 16 << 20;
/// The compiled patterns of an automaton, in bytes.
const AUTOMATON_BYTES_MAX: usize = 64 << 20;
/// How many patterns share an automaton. Two thousand still do at no cost, eight thousand need more states than a cache
/// holds and made cleaning six hundred times slower (`make bench-growth`); one more automaton costs one more look.
const AUTOMATON_PATTERNS_MAX: usize = 1_000;

/// Patterns, a thousand to an automaton.
#[derive(Debug)]
pub(super) struct Patterns {
    automata: Vec<RegexSet>,
}

impl Patterns {
    /// Compiles patterns that have compiled by themselves.
    pub(super) fn new<'a>(patterns: impl Iterator<Item = &'a str>) -> Result<Self, RulesError> {
        let all: Vec<&str> = patterns.collect();
        let automata = all.chunks(AUTOMATON_PATTERNS_MAX).map(|patterns| {
            let mut builder = RegexSetBuilder::new(patterns);
            builder
                .case_insensitive(true)
                .dfa_size_limit(DFA_BYTES_MAX)
                .size_limit(AUTOMATON_BYTES_MAX)
                .build()
        });
        let automata = automata.collect::<Result<_, _>>().map_err(|source| RulesError::Pattern {
            file: "all files together".to_owned(),
            id: "every rule".to_owned(),
            source: Box::new(source),
        })?;
        Ok(Self { automata })
    }

    /// The places of the patterns that match a folded text, in rising order.
    pub(super) fn matching(&self, folded: &str) -> Vec<usize> {
        let automata = self.automata.iter().enumerate();
        automata
            .flat_map(|(number, automaton)| {
                automaton
                    .matches(folded)
                    .into_iter()
                    .map(move |place| number * AUTOMATON_PATTERNS_MAX + place)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{AUTOMATON_PATTERNS_MAX, Patterns};

    #[test]
    fn places_go_on_from_one_automaton_to_the_next() {
        let patterns: Vec<String> =
            (0..2 * AUTOMATON_PATTERNS_MAX + 5).map(|number| format!("^خبر {number}$")).collect();
        let all = Patterns::new(patterns.iter().map(String::as_str)).expect("they compile");
        for number in [0, AUTOMATON_PATTERNS_MAX - 1, AUTOMATON_PATTERNS_MAX, 2 * AUTOMATON_PATTERNS_MAX + 4]
        {
            assert_eq!(all.matching(&format!("خبر {number}")), [number]);
        }
        assert_eq!(all.matching("خبر"), [0_usize; 0]);
    }
}
