//! Rule files, read and checked.

use std::collections::BTreeMap;

use naba_lexicon::calendar::{self, Calendar, Meaning};
use regex::Regex;
use serde::Deserialize;

use super::{Rule, RulesError, Scope};
use crate::like::Like;
use crate::page::count_words;

/// The built-in files, in the order in which their rules are tried.
pub(super) const BUILT_IN: [(&str, &str); 8] = [
    ("rules/pieces.toml", include_str!("../../rules/pieces.toml")),
    ("rules/seams.toml", include_str!("../../rules/seams.toml")),
    ("rules/end_marks.toml", include_str!("../../rules/end_marks.toml")),
    ("rules/credits.toml", include_str!("../../rules/credits.toml")),
    ("rules/page.toml", include_str!("../../rules/page.toml")),
    ("rules/web.toml", include_str!("../../rules/web.toml")),
    ("rules/social.toml", include_str!("../../rules/social.toml")),
    ("rules/related.toml", include_str!("../../rules/related.toml")),
];

/// The most bytes that one compiled pattern may take (4 MiB): a pattern beyond it is a mistake.
const PATTERN_BYTES_MAX: usize = 4 << 20;

/// How deep pieces may stand in pieces.
const PIECES_DEPTH_MAX: usize = 3;

/// A rule file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Ids of rules that are not to be used.
    #[serde(default)]
    disable: Vec<String>,
    /// What patterns share, by name.
    #[serde(default)]
    piece: BTreeMap<String, String>,
    #[serde(default)]
    rule: Vec<Rule>,
}

/// A rule and its pattern, where it has one.
pub(super) struct Entry {
    pub(super) rule: Rule,
    pub(super) regex: Option<Regex>,
}

/// What rule files hold.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) entries: Vec<Entry>,
    /// File and id.
    pub(super) disabled: Vec<(String, String)>,
    pub(super) pieces: BTreeMap<String, String>,
}

/// The pieces that the lexicon has: `month`, `hijri_month`, `weekday`.
pub(super) fn words_of_time() -> BTreeMap<String, String> {
    let month = |wanted| {
        calendar::alternation(move |meaning| matches!(meaning, Meaning::Month(of, _) if of == wanted))
    };
    let weekday = calendar::alternation(|meaning| matches!(meaning, Meaning::Weekday(_)));
    [("month", month(Calendar::Gregorian)), ("hijri_month", month(Calendar::Hijri)), ("weekday", weekday)]
        .map(|(name, piece)| (name.to_owned(), piece))
        .into()
}

/// Reads and checks rule files: pairs of a name and a text.
pub(super) fn read(files: &[(&str, &str)], pieces: BTreeMap<String, String>) -> Result<Parsed, RulesError> {
    let mut all = Parsed { pieces, ..Parsed::default() };
    for (file, text) in files {
        let parsed: File = toml::from_str(text)
            .map_err(|source| RulesError::Syntax { file: (*file).to_owned(), source: Box::new(source) })?;
        all.disabled.extend(parsed.disable.into_iter().map(|id| ((*file).to_owned(), id)));
        all.pieces.extend(parsed.piece);
        for mut rule in parsed.rule {
            rule.pattern = filled(file, &rule, &all.pieces)?;
            let regex = check(file, &rule)?;
            if all.entries.iter().any(|other| other.rule.id == rule.id) {
                let problem = "another rule has this id";
                return Err(RulesError::Incomplete { file: (*file).to_owned(), id: rule.id, problem });
            }
            all.entries.push(Entry { rule, regex });
        }
    }
    Ok(all)
}

/// A pattern with its pieces in their places. A piece may have pieces of its own, to a depth of three.
fn filled(file: &str, rule: &Rule, pieces: &BTreeMap<String, String>) -> Result<String, RulesError> {
    let mut pattern = rule.pattern.clone();
    for _ in 0..PIECES_DEPTH_MAX {
        if !pattern.contains('<') {
            return Ok(pattern);
        }
        for (name, piece) in pieces {
            pattern = pattern.replace(&format!("<{name}>"), &format!("(?:{piece})"));
        }
    }
    if pattern.contains('<') {
        let problem = "no piece has the name that stands in angle brackets; add it under [piece]";
        return Err(RulesError::Incomplete { file: file.to_owned(), id: rule.id.clone(), problem });
    }
    Ok(pattern)
}

/// Compiles a rule and runs its examples.
fn check(file: &str, rule: &Rule) -> Result<Option<Regex>, RulesError> {
    let (file, id) = (file.to_owned(), rule.id.clone());
    if rule.pattern.is_empty() == rule.like.is_empty() {
        let problem = "it needs a `pattern`, or a text to be `like`, and not both";
        return Err(RulesError::Incomplete { file, id, problem });
    }
    if rule.scope == Scope::Start && rule.like.is_empty()
        || rule.scope == Scope::Seam && rule.pattern.is_empty()
    {
        let problem = "scope `start` goes with `like`, scope `seam` with `pattern`";
        return Err(RulesError::Incomplete { file, id, problem });
    }
    if let Some((letter, folded)) = unfolded(&rule.pattern) {
        return Err(RulesError::Unfolded { file, id, letter, folded });
    }
    if rule.positive.is_empty() || rule.negative.is_empty() || rule.provoked_by.is_empty() {
        let problem = "it needs `provoked_by`, one `positive` and one `negative` example at least";
        return Err(RulesError::Incomplete { file, id, problem });
    }
    if !rule.like.is_empty() {
        let like = Like::of(&naba_lexicon::folded(&rule.like));
        let reads_like = |example: &str| {
            let example = Like::of(&naba_lexicon::folded(example));
            match rule.scope {
                Scope::End => like.at_the_end_of(&example).is_some(),
                Scope::Start => like.at_the_start_of(&example).is_some(),
                _ => like.is_like(&example),
            }
        };
        return examples(rule, reads_like, file).map(|()| None);
    }
    let compiled =
        regex::RegexBuilder::new(&rule.pattern).case_insensitive(true).size_limit(PATTERN_BYTES_MAX).build();
    let regex = compiled.map_err(|source| RulesError::Pattern {
        file: file.clone(),
        id: id.clone(),
        source: Box::new(source),
    })?;
    let matches = |example: &str| {
        count_words(example) <= rule.words_max && regex.is_match(&naba_lexicon::folded(example))
    };
    examples(rule, matches, file).map(|()| Some(regex))
}

/// Runs a rule's examples.
fn examples(rule: &Rule, matches: impl Fn(&str) -> bool, file: String) -> Result<(), RulesError> {
    for (examples, expected, must) in [(&rule.positive, true, "match"), (&rule.negative, false, "not match")]
    {
        if let Some(example) = examples.iter().find(|example| matches(example) != expected) {
            return Err(RulesError::Example { file, id: rule.id.clone(), must, example: example.clone() });
        }
    }
    Ok(())
}

/// A letter of a pattern that folding would change. Only letters: marks have a meaning in patterns.
fn unfolded(pattern: &str) -> Option<(char, String)> {
    pattern.chars().filter(|c| c.is_alphabetic() || ('\u{0600}'..='\u{06FF}').contains(c)).find_map(|c| {
        let folded = naba_lexicon::folded(&c.to_string());
        (folded != c.to_string()).then_some((c, folded))
    })
}
