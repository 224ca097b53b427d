//! From counts to rules: what is proposed, by how much more frequent it is than elsewhere, and the rule file
//! that accepted proposals make.

use std::collections::HashMap;

use super::{Noticed, Observation, Profile, Where};

/// Sources that are counted; beyond them the one that was heard of longest ago goes.
pub const SOURCES_MAX: usize = 2_000;
/// How much more frequent it must be than at other outlets.
pub const LIFT_MIN: f64 = 3.0;
/// Where acceptance is automatic: how often it must have been met, and in which share of the articles.
pub const AUTOMATIC_COUNT_MIN: u32 = 20;
const AUTOMATIC_SHARE_MIN: f64 = 0.4;

/// A line that may become a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The source.
    pub source: String,
    /// `learned.<eight hex characters>`.
    pub id: String,
    /// Where it stands.
    pub place: Where,
    /// Its folding.
    pub text: String,
    /// How often it was met, what was inherited left out.
    pub count: u32,
    /// The share of the articles since it was first met.
    pub share: f64,
    /// How much more frequent it is than at other outlets.
    pub lift: f64,
}

/// The profiles of all sources.
#[derive(Debug, Default)]
pub struct Furniture {
    /// By source.
    pub profiles: HashMap<String, Profile>,
    /// When each was last heard of, in articles of all sources.
    heard: HashMap<String, u64>,
    clock: u64,
}

impl Furniture {
    /// Counts an article of a source, and says what is unusual about it.
    pub fn observe(&mut self, source: &str, seen: &Observation) -> Noticed {
        self.clock += 1;
        if !self.profiles.contains_key(source) && self.profiles.len() >= SOURCES_MAX {
            // one that was only read from the bucket was never heard of here, and goes first
            let heard = |source: &&String| self.heard.get(*source).copied().unwrap_or(0);
            if let Some(oldest) = self.profiles.keys().min_by_key(heard).cloned() {
                self.profiles.remove(&oldest);
                self.heard.remove(&oldest);
            }
        }
        self.heard.insert(source.to_owned(), self.clock);
        self.profiles.entry(source.to_owned()).or_default().observe(seen)
    }

    /// What may become a rule, the most telling first.
    pub fn proposals(&self) -> Vec<Proposal> {
        let mut elsewhere: HashMap<(Where, &str), f64> = HashMap::new();
        for profile in self.profiles.values() {
            for line in &profile.lines {
                *elsewhere.entry((line.place, &line.text)).or_default() +=
                    line.share(profile.articles).min(1.0);
            }
        }
        let others = self.profiles.len().saturating_sub(1) as f64;
        let mut proposals = vec![];
        for (source, profile) in &self.profiles {
            for line in profile.lines.iter().filter(|line| profile.proposes(line)) {
                let share = line.share(profile.articles).min(1.0);
                let sum = elsewhere.get(&(line.place, line.text.as_str())).copied().unwrap_or(share);
                // as if one more outlet without it had been seen, so that the first outlet has a lift too
                let mean = ((sum - share).max(0.0) + 0.05) / (others + 1.0);
                proposals.push(Proposal {
                    source: source.clone(),
                    id: line.id(source),
                    place: line.place,
                    text: line.text.clone(),
                    count: line.certain(),
                    share,
                    lift: share / mean,
                });
            }
        }
        proposals.retain(|proposal| proposal.lift >= LIFT_MIN);
        proposals.sort_by(|a, b| {
            let order = (b.lift * f64::from(b.count)).total_cmp(&(a.lift * f64::from(a.count)));
            order.then_with(|| (&a.source, &a.id).cmp(&(&b.source, &b.id)))
        });
        proposals
    }

    /// The proposals that need nobody's word: of sources with automatic acceptance, met often enough.
    pub fn automatic(&self) -> Vec<Proposal> {
        let firm = |proposal: &Proposal| {
            proposal.count >= AUTOMATIC_COUNT_MIN
                && proposal.share >= AUTOMATIC_SHARE_MIN
                && self.profiles.get(&proposal.source).is_some_and(|profile| profile.automatic)
        };
        self.proposals().into_iter().filter(firm).collect()
    }
}

/// A rule file with accepted proposals: TOML, one rule each, which anybody may edit.
pub fn rule_file(proposals: &[Proposal]) -> String {
    let mut file = String::from("# Learned furniture: lines that an outlet repeats.\n");
    for proposal in proposals {
        let (scope, place) = match proposal.place {
            Where::Head => ("line", "head"),
            Where::Start => ("start", "head"),
            Where::End => ("end", "tail"),
            Where::Tail | Where::Rule => ("line", "tail"),
        };
        let string = |text: &str| toml::Value::from(text).to_string();
        let (text, source) = (string(&proposal.text), string(&proposal.source));
        let provoked = string(&format!(
            "in {:.0} of 100 articles of {}, {} times, lift {:.0}",
            proposal.share * 100.0,
            proposal.source,
            proposal.count,
            proposal.lift
        ));
        file.push_str(&format!(
            "\n[[rule]]\nid = \"{}\"\nkind = \"other\"\nscope = \"{scope}\"\nwhere = \"{place}\"\nsources = [{source}]\nlike = {text}\nprovoked_by = {provoked}\npositive = [{text}]\nnegative = [\"-\"]\n",
            proposal.id
        ));
    }
    file
}
