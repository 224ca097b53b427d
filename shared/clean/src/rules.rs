//! Furniture as data.
//!
//! A rule is a pattern over the search folding of one unit (a line, usually), the family it belongs to,
//! where in the article it may stand, and the evidence: the line that provoked it, examples that it must
//! match and examples that it must not. Loading runs every example, so a rule cannot rot.

use naba_record::Kind;
use regex::{Regex, RegexSet, RegexSetBuilder};
use serde::Deserialize;

/// The built-in files, in the order in which their rules are tried.
const BUILT_IN: [(&str, &str); 6] = [
    ("rules/seams.toml", include_str!("../rules/seams.toml")),
    ("rules/end_marks.toml", include_str!("../rules/end_marks.toml")),
    ("rules/credits.toml", include_str!("../rules/credits.toml")),
    ("rules/page.toml", include_str!("../rules/page.toml")),
    ("rules/social.toml", include_str!("../rules/social.toml")),
    ("rules/related.toml", include_str!("../rules/related.toml")),
];

/// The most bytes that one compiled pattern may take (256 KiB): a pattern beyond it is a mistake.
const PATTERN_BYTES_MAX: usize = 256 << 10;

/// The cache of the automaton that runs all rules at once (32 MiB a thread): with the default of 2 MiB it is
/// thrown away again and again, and cleaning takes many times as long.
const DFA_BYTES_MAX: usize = 16 << 20;

/// The most bytes of a folded unit that rules for whole units look at (about fifty words): furniture is
/// short, and paragraphs need not pay for it.
const UNIT_BYTES_MAX: usize = 512;

/// A rule file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Rule>,
}

/// One rule, as its file has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `family.what`: the name that records carry.
    pub id: String,
    /// The family.
    pub kind: Kind,
    /// How much of a unit the pattern speaks for.
    pub scope: Scope,
    /// Where in the article it may stand.
    #[serde(default, rename = "where")]
    pub place: Place,
    /// How far the cut reaches.
    #[serde(default)]
    pub until: Until,
    /// A regular expression over the folded unit.
    pub pattern: String,
    /// For `scope = "end"`: how many characters at the beginning of the match stay (the sentence's full stop).
    #[serde(default)]
    pub keep: u32,
    /// The line that made somebody write the rule.
    pub provoked_by: String,
    /// Texts that it must match.
    pub positive: Vec<String>,
    /// Texts that it must not match.
    pub negative: Vec<String>,
}

/// How much of a unit a pattern speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The whole unit goes.
    Line,
    /// The match goes; it stands at the end of the last unit of copy.
    End,
    /// The match is a seam inside a line that lost its line feeds.
    Seam,
}

/// Where in the article a rule may cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Above the lead.
    Head,
    /// Below the last paragraph.
    Tail,
    /// Anywhere.
    #[default]
    Any,
}

/// How far a cut reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// This unit.
    #[default]
    Line,
    /// The end of the article, unless copy follows.
    End,
}

/// Rules, compiled.
#[derive(Debug)]
pub struct Rules {
    /// The rules for whole units.
    pub lines: Vec<Rule>,
    line_set: RegexSet,
    /// The rules for ends of units, with their patterns.
    pub ends: Vec<(Rule, Regex)>,
    /// The seams of flattened lines, with their patterns.
    pub seams: Vec<(Rule, Regex)>,
    /// Eight hex characters of a hash of all rules.
    pub version: String,
}

/// What is wrong with a rule file.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// Not TOML, or an unknown key.
    #[error("{file}: {source}")]
    Syntax {
        /// The file.
        file: String,
        /// What the parser says, with line and column.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The pattern does not compile.
    #[error("{file}: rule `{id}`: the pattern does not compile: {source}")]
    Pattern {
        /// The file.
        file: String,
        /// The rule.
        id: String,
        /// What the compiler says.
        #[source]
        source: Box<regex::Error>,
    },
    /// The pattern has a letter that folding changes, so it can never match.
    #[error("{file}: rule `{id}`: `{letter}` never occurs in folded text; write `{folded}`")]
    Unfolded {
        /// The file.
        file: String,
        /// The rule.
        id: String,
        /// The letter.
        letter: char,
        /// What it becomes.
        folded: String,
    },
    /// An example does not do what it is there for.
    #[error("{file}: rule `{id}` must {must} «{example}»")]
    Example {
        /// The file.
        file: String,
        /// The rule.
        id: String,
        /// `match` or `not match`.
        must: &'static str,
        /// The example.
        example: String,
    },
    /// A rule without evidence, or with a name that another has.
    #[error("{file}: rule `{id}`: {problem}")]
    Incomplete {
        /// The file.
        file: String,
        /// The rule.
        id: String,
        /// What is missing.
        problem: &'static str,
    },
}

impl Rules {
    /// The rules that ship with naba.
    ///
    /// # Errors
    /// [`RulesError`], which a test rules out.
    pub fn built_in() -> Result<Self, RulesError> {
        Self::parse(&BUILT_IN)
    }

    /// Reads, checks and compiles rule files: pairs of a name and a text.
    ///
    /// # Errors
    /// [`RulesError`] names the file, the rule and what to do.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, RulesError> {
        let mut hasher = blake3::Hasher::new();
        let (mut lines, mut ends, mut seams) = (vec![], vec![], vec![]);
        let mut seen: Vec<String> = vec![];
        for (file, text) in files {
            hasher.update(text.as_bytes());
            let parsed: File = toml::from_str(text).map_err(|source| RulesError::Syntax {
                file: (*file).to_owned(),
                source: Box::new(source),
            })?;
            for rule in parsed.rule {
                let regex = check(file, &rule)?;
                if seen.contains(&rule.id) {
                    let id = rule.id;
                    return Err(RulesError::Incomplete {
                        file: (*file).to_owned(),
                        id,
                        problem: "another rule has this id",
                    });
                }
                seen.push(rule.id.clone());
                match rule.scope {
                    Scope::Line => lines.push(rule),
                    Scope::End => ends.push((rule, regex)),
                    Scope::Seam => seams.push((rule, regex)),
                }
            }
        }
        let patterns = lines.iter().map(|rule| rule.pattern.as_str());
        let line_set = RegexSetBuilder::new(patterns)
            .case_insensitive(true)
            .dfa_size_limit(DFA_BYTES_MAX)
            .build()
            .map_err(|source| RulesError::Pattern {
                file: "all files together".to_owned(),
                id: "every rule".to_owned(),
                source: Box::new(source),
            })?;
        let version = hasher.finalize().to_hex().chars().take(8).collect();
        Ok(Self { lines, line_set, ends, seams, version })
    }

    /// The rules for whole units that match a folded unit, wherever it stands, by their place in `lines`.
    pub fn matching(&self, folded: &str) -> Vec<usize> {
        if folded.len() > UNIT_BYTES_MAX {
            return vec![];
        }
        self.line_set.matches(folded).into_iter().collect()
    }

    /// The first of the matching rules that may cut at a place.
    pub fn first(&self, matching: &[usize], place: Place) -> Option<&Rule> {
        let mut rules = matching.iter().map(|index| &self.lines[*index]);
        rules.find(|rule| rule.place == place || rule.place == Place::Any)
    }
}

/// Compiles a rule and runs its examples.
fn check(file: &str, rule: &Rule) -> Result<Regex, RulesError> {
    let (file, id) = (file.to_owned(), rule.id.clone());
    if let Some((letter, folded)) = unfolded(&rule.pattern) {
        return Err(RulesError::Unfolded { file, id, letter, folded });
    }
    if rule.positive.is_empty() || rule.negative.is_empty() || rule.provoked_by.is_empty() {
        let problem = "it needs `provoked_by`, one `positive` and one `negative` example at least";
        return Err(RulesError::Incomplete { file, id, problem });
    }
    let compiled = regex::RegexBuilder::new(&rule.pattern)
        .case_insensitive(true)
        .size_limit(PATTERN_BYTES_MAX * 16)
        .build();
    let regex = compiled.map_err(|source| RulesError::Pattern {
        file: file.clone(),
        id: id.clone(),
        source: Box::new(source),
    })?;
    for (examples, expected, must) in [(&rule.positive, true, "match"), (&rule.negative, false, "not match")]
    {
        if let Some(example) =
            examples.iter().find(|example| regex.is_match(&naba_lexicon::folded(example)) != expected)
        {
            return Err(RulesError::Example { file, id, must, example: example.clone() });
        }
    }
    Ok(regex)
}

/// A letter of a pattern that folding would change. Only letters: marks have a meaning in patterns.
fn unfolded(pattern: &str) -> Option<(char, String)> {
    pattern.chars().filter(|c| c.is_alphabetic() || ('\u{0600}'..='\u{06FF}').contains(c)).find_map(|c| {
        let folded = naba_lexicon::folded(&c.to_string());
        (folded != c.to_string()).then_some((c, folded))
    })
}

#[cfg(test)]
mod tests {
    use super::Rules;

    #[test]
    fn the_built_in_rules_hold_their_examples() {
        if let Err(error) = Rules::built_in() {
            panic!("{error}");
        }
    }

    #[track_caller]
    fn check(rule: &str, expected: &str) {
        let text = format!(
            "[[rule]]\nid = \"x.y\"\nkind = \"other\"\nscope = \"line\"\nprovoked_by = \"z\"\n{rule}"
        );
        let message = Rules::parse(&[("mine.toml", &text)]).expect_err("a mistake").to_string();
        assert!(message.contains(expected), "{message}");
    }

    #[test]
    fn mistakes_name_the_file_the_rule_and_the_way_out() {
        let good = "positive = [\"نعم\"]\nnegative = [\"لا\"]";
        check(&format!("pattern = 'إقرأ'\n{good}"), "write `ا`");
        check(&format!("pattern = '('\n{good}"), "mine.toml: rule `x.y`: the pattern does not compile");
        check(&format!("pattern = 'لا'\n{good}"), "must match «نعم»");
        check(&format!("pattern = '.'\n{good}"), "must not match «لا»");
        check(&format!("pattern = 'نعم'\n{good}\ncolour = 1"), "unknown field `colour`");
        check("pattern = 'نعم'\npositive = []\nnegative = []", "one `positive` and one `negative`");
    }
}
