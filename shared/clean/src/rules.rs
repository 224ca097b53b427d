//! Furniture as data.
//!
//! A rule is a pattern over the search folding of one unit (a line, usually), the family it belongs to,
//! where in the article and in whose articles it may stand, and the evidence: the line that provoked it,
//! examples that it must match and examples that it must not. Loading runs every example, so a rule cannot rot.
//!
//! What several patterns share is a piece: `[piece] month = 'يناير|…'`, written `<month>` in a pattern, where it
//! stands in brackets of its own (`month`, `hijri_month` and `weekday` are the lexicon's). Pieces of one file serve the files behind it.
//!
//! Files of one's own lie over the built-in ones: their rules are tried first, a rule with the id of a built-in
//! one takes its place, and `disable = ["id"]` puts one out.

mod file;
mod likes;
mod patterns;

use std::cell::OnceCell;
use std::collections::HashMap;

use naba_record::Kind;
use naba_text::slice;
use regex::Regex;
use serde::Deserialize;

use self::file::{BUILT_IN, Entry, Parsed, read, words_of_time};
use self::patterns::Patterns;
use crate::folding::{self, Folding};
use crate::like::Like;

/// The most bytes of a unit that rules for whole units look at (about sixty words): furniture is short, and
/// paragraphs need not pay for it.
pub(crate) const UNIT_BYTES_MAX: usize = 640;

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
    /// Whose articles it is for, by the name that they are published under; everybody's when empty.
    #[serde(default)]
    pub sources: Vec<String>,
    /// The most words of a unit that it takes: cheaper, and easier to read, than counting in the pattern.
    #[serde(default = "unlimited")]
    pub words_max: usize,
    /// A regular expression over the folded unit.
    #[serde(default)]
    pub pattern: String,
    /// In place of a pattern: a text that the unit reads nearly like ([`crate::like`]).
    #[serde(default)]
    pub like: String,
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

fn unlimited() -> usize {
    usize::MAX
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
    /// The match goes; it stands at the beginning of the lead. Only for rules with `like`.
    Start,
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
    /// The rules for whole units: those whose pattern is bound to the unit's beginning, then the others.
    pub lines: Vec<Rule>,
    /// How many rules are bound to the beginning. Such a set gives a line up at the first letter that fits none,
    /// so that looking at copy costs next to nothing.
    bound: usize,
    bound_set: Patterns,
    floating_set: Patterns,
    /// The rules for ends of units, with their patterns.
    pub ends: Vec<(Rule, Regex)>,
    end_set: Patterns,
    /// The seams of flattened lines, with their patterns.
    pub seams: Vec<(Rule, Regex)>,
    /// The rules that have a text in place of a pattern.
    pub likes: Vec<(Rule, Like)>,
    /// Which of them are for a source; those for everybody under no name.
    likes_of: HashMap<String, Vec<usize>>,
    /// Eight hex characters of a hash of all rules.
    pub version: String,
}

/// The rules for whole units that match a unit, those that float looked for only where they may cut.
#[derive(Debug, Clone)]
pub struct Matching {
    bound: Vec<usize>,
    floating: OnceCell<Vec<usize>>,
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
    /// A rule without evidence, or with a name that another has, or that does not exist.
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
        Self::compile(read(files, words_of_time())?, files)
    }

    /// The built-in rules under files of one's own: pairs of a name and a text.
    ///
    /// # Errors
    /// As [`Self::parse`], and when a file disables a rule that does not exist.
    pub fn overlaid<S: AsRef<str>>(overlay: &[(S, S)]) -> Result<Self, RulesError> {
        let overlay: Vec<(&str, &str)> =
            overlay.iter().map(|(name, text)| (name.as_ref(), text.as_ref())).collect();
        let mut built_in = read(&BUILT_IN, words_of_time())?;
        let mut own = read(&overlay, built_in.pieces.clone())?;
        for (file, id) in &own.disabled {
            let known = |entry: &Entry| entry.rule.id == *id;
            if !built_in.entries.iter().any(known) && !own.entries.iter().any(known) {
                let problem = "it is to be disabled, and there is no such rule; `naba rules ls` lists them";
                return Err(RulesError::Incomplete { file: file.clone(), id: id.clone(), problem });
            }
        }
        built_in.entries.retain(|entry| !own.entries.iter().any(|other| other.rule.id == entry.rule.id));
        own.entries.append(&mut built_in.entries);
        let files: Vec<(&str, &str)> = overlay.iter().chain(&BUILT_IN).copied().collect();
        Self::compile(own, &files)
    }

    fn compile(parsed: Parsed, files: &[(&str, &str)]) -> Result<Self, RulesError> {
        let mut hasher = blake3::Hasher::new();
        for (_, text) in files {
            hasher.update(text.as_bytes());
        }
        let version = hasher.finalize().to_hex().chars().take(8).collect();
        let (mut lines, mut ends, mut seams, mut likes) = (vec![], vec![], vec![], vec![]);
        let mut likes_of: HashMap<String, Vec<usize>> = HashMap::new();
        for Entry { rule, regex } in parsed.entries {
            if parsed.disabled.iter().any(|(_, id)| *id == rule.id) {
                continue;
            }
            match (rule.scope, regex) {
                (_, None) => {
                    let everybody = rule.sources.is_empty().then(String::new);
                    for source in rule.sources.iter().cloned().chain(everybody) {
                        likes_of.entry(source).or_default().push(likes.len());
                    }
                    let like = Like::of(&naba_lexicon::folded(&rule.like));
                    likes.push((rule, like));
                }
                (Scope::Line, Some(_)) => lines.push(rule),
                (Scope::End, Some(regex)) => ends.push((rule, regex)),
                (Scope::Seam | Scope::Start, Some(regex)) => seams.push((rule, regex)),
            }
        }
        // a stable order: rules are tried in the order of their files
        lines.sort_by_key(|rule: &Rule| !rule.pattern.starts_with('^'));
        let bound = lines.partition_point(|rule| rule.pattern.starts_with('^'));
        let (at_the_beginning, anywhere) = lines.split_at(bound);
        let bound_set = Patterns::new(at_the_beginning.iter().map(|rule| rule.pattern.as_str()))?;
        let floating_set = Patterns::new(anywhere.iter().map(|rule| rule.pattern.as_str()))?;
        let end_set = Patterns::new(ends.iter().map(|(rule, _): &(Rule, Regex)| rule.pattern.as_str()))?;
        Ok(Self { lines, bound, bound_set, floating_set, ends, end_set, seams, likes, likes_of, version })
    }

    /// Whether a rule for whole units has a name.
    pub fn has(&self, id: &str) -> bool {
        self.lines.iter().any(|rule| rule.id == id)
    }

    /// All rules: for whole units, for ends, for seams.
    pub fn all(&self) -> impl Iterator<Item = &Rule> {
        let patterns = self.ends.iter().chain(&self.seams);
        let likes = self.likes.iter().map(|(rule, _)| rule);
        self.lines.iter().chain(patterns.map(|(rule, _)| rule)).chain(likes)
    }

    /// The rules for whole units that match a folded unit, wherever it stands, by their place in `lines`.
    pub fn matching(&self, folded: &str) -> Matching {
        Matching { bound: self.bound_set.matching(folded), floating: OnceCell::new() }
    }

    /// The first of the rules that match a folded unit of so many words, and may cut at a place of a source's
    /// article.
    pub fn first(
        &self,
        matching: &Matching,
        folded: &str,
        words: usize,
        place: Place,
        source: Option<&str>,
    ) -> Option<&Rule> {
        let stands = |rule: &Rule| rule.place == place || rule.place == Place::Any;
        let may = |rule: &&Rule| stands(rule) && rule.words_max >= words && rule.is_for(source);
        let bound = matching.bound.iter().map(|index| &self.lines[*index]).find(may);
        bound.or_else(|| {
            let floating = self.lines.get(self.bound..).unwrap_or_default();
            if !floating.iter().any(stands) {
                return None;
            }
            let matches = matching.floating.get_or_init(|| self.floating_set.matching(folded));
            matches.iter().map(|index| &floating[*index]).find(may)
        })
    }

    /// The rule for ends that takes the whole of a folded unit.
    pub fn end_alone(&self, folded: &str, source: Option<&str>) -> Option<&Rule> {
        let mut matches = self.end_set.matching(folded).into_iter().map(|index| &self.ends[index]);
        let whole = |regex: &Regex| regex.find(folded).is_some_and(|found| found.start() == 0);
        matches.find(|(rule, regex)| rule.is_for(source) && whole(regex)).map(|(rule, _)| rule)
    }

    /// The first rule for ends that matches the end of a unit, and where what goes begins.
    pub fn end<'f>(
        &self,
        unit: &'f Folding<'f>,
        source: Option<&str>,
    ) -> Option<(&Rule, folding::Place<'f>)> {
        let mut matches = self.end_set.matching(unit.text()).into_iter().map(|index| &self.ends[index]);
        let (rule, regex) = matches.find(|(rule, _)| rule.is_for(source))?;
        let found = regex.find(unit.text())?;
        let keep = slice::byte_of(found.as_str(), rule.keep);
        Some((rule, unit.at(found.start() + keep)))
    }
}

impl Rule {
    /// Whether it is for a source's articles.
    pub fn is_for(&self, source: Option<&str>) -> bool {
        self.sources.is_empty() || source.is_some_and(|source| self.sources.iter().any(|own| own == source))
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Rules};

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
        check(&format!("pattern = '^<nobody>'\n{good}"), "add it under [piece]");
        check(&format!("pattern = 'لا'\n{good}"), "must match «نعم»");
        check(&format!("pattern = '.'\n{good}"), "must not match «لا»");
        check(&format!("pattern = 'نعم'\n{good}\ncolour = 1"), "unknown field `colour`");
        check("pattern = 'نعم'\npositive = []\nnegative = []", "one `positive` and one `negative`");
    }

    const OWN: &str = r#"
        disable = ["social.handle"]

        [[rule]]
        id = "own.footer"
        kind = "social"
        scope = "line"
        where = "tail"
        sources = ["mine"]
        pattern = '^كانت معكم'
        provoked_by = "a footer"
        positive = ["كانت معكم نشرة المساء"]
        negative = ["كانت المدينة هادئة"]
    "#;

    #[test]
    fn own_rules_lie_over_the_built_in_ones() {
        let built_in = Rules::built_in().expect("rules");
        let rules = Rules::overlaid(&[("own.toml", OWN)]).expect("rules");
        assert_eq!(rules.lines[0].id, "own.footer");
        assert_eq!(rules.all().count(), built_in.all().count());
        assert!(!rules.all().any(|rule| rule.id == "social.handle"));
        assert_ne!(rules.version, built_in.version);
        let line = naba_lexicon::folded("كانت معكم نشرة المساء");
        let first = |source| {
            rules.first(&rules.matching(&line), &line, 4, Place::Tail, source).map(|rule| rule.id.as_str())
        };
        assert_eq!(
            (first(Some("mine")), first(Some("other")), first(None)),
            (Some("own.footer"), None, None)
        );
        let error = Rules::overlaid(&[("own.toml", "disable = ['x.y']")]).expect_err("a mistake").to_string();
        assert!(error.contains("own.toml: rule `x.y`: it is to be disabled"), "{error}");
    }
}
