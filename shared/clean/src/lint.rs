//! What is wrong with rules that compile and hold their examples: rules that never get a word in, patterns
//! that take copy, patterns that cost too much.

use crate::page::count_words;
use crate::rules::{Place, Rule, Rules, Scope};

/// The most bytes that one compiled pattern should take (256 KiB): beyond it counted repetition is at work,
/// which `words_max` does for nothing.
const PATTERN_BYTES_MAX: usize = 256 << 10;

/// Ordinary copy that no rule for whole lines may take.
const COPY: [&str; 8] = [
    "أعلنت الوزارة بدء العمل في المشروع الجديد.",
    "وقال المتحدث باسم الشركة إن العمل يسير كما خطط له منذ بداية العام.",
    "انتهى الاجتماع من دون اتفاق بين الطرفين.",
    "تابعوا سيرهم نحو المدينة بعد أن أغلق الطريق.",
    "فاز الفريق الضيف بهدفين من دون مقابل في مباراة الأمس.",
    "ماذا بعد؟",
    "أولا: في معنى المدينة",
    "البيت الأبيض",
];

/// A finding about a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub id: String,
    /// What is wrong with it, and what to do.
    pub problem: String,
    /// Whether it must be mended; the rest is worth a look.
    pub is_error: bool,
}

/// Looks for rules that never get a word in, take copy, or cost too much.
pub fn lint(rules: &Rules) -> Vec<Finding> {
    let mut findings = vec![];
    for rule in rules.all() {
        let mut say = |is_error: bool, problem: String| {
            findings.push(Finding { id: rule.id.clone(), problem, is_error });
        };
        if rule.scope == Scope::Line && !rule.pattern.is_empty() {
            if let Some(copy) = COPY.iter().find(|copy| takes(rules, rule, copy)) {
                say(
                    true,
                    format!("it takes ordinary copy: «{copy}»; bind the pattern to its line with ^ and $"),
                );
            }
            let others: Vec<Option<&str>> =
                rule.positive.iter().map(|line| before(rules, rule, line)).collect();
            if let Some(Some(other)) = others.first().filter(|_| others.iter().all(Option::is_some)) {
                say(true, format!("it is never reached: `{other}` takes its examples first"));
            }
        }
        if !rule.pattern.is_empty() && is_heavy(&rule.pattern) {
            say(
                false,
                format!(
                    "compiled, its pattern takes more than {} KiB; words_max is cheaper than counting in the pattern",
                    PATTERN_BYTES_MAX >> 10
                ),
            );
        }
        if let Some((other, line)) = overlap(rules, rule) {
            say(false, format!("`{}` is of another kind and takes «{line}» too", other.id));
        }
    }
    findings
}

fn is_heavy(pattern: &str) -> bool {
    let builder =
        regex::RegexBuilder::new(pattern).case_insensitive(true).size_limit(PATTERN_BYTES_MAX).build();
    matches!(builder, Err(regex::Error::CompiledTooBig(_)))
}

fn places(rule: &Rule) -> &'static [Place] {
    match rule.place {
        Place::Head => &[Place::Head],
        Place::Tail => &[Place::Tail],
        Place::Any => &[Place::Head, Place::Tail],
    }
}

fn first<'a>(rules: &'a Rules, line: &str, place: Place, source: Option<&str>) -> Option<&'a Rule> {
    let folded = naba_lexicon::folded(line);
    rules.first(&rules.matching(&folded), &folded, count_words(line), place, source)
}

fn takes(rules: &Rules, rule: &Rule, line: &str) -> bool {
    let source = rule.sources.first().map(String::as_str);
    places(rule)
        .iter()
        .any(|place| first(rules, line, *place, source).is_some_and(|first| first.id == rule.id))
}

/// The rule that takes a line first wherever a rule may stand.
fn before<'a>(rules: &'a Rules, rule: &Rule, line: &str) -> Option<&'a str> {
    let source = rule.sources.first().map(String::as_str);
    let mut firsts = places(rule).iter().map(|place| first(rules, line, *place, source));
    let other = firsts.clone().flatten().find(|first| first.id != rule.id)?;
    firsts.all(|first| first.is_none_or(|first| first.id != rule.id)).then_some(other.id.as_str())
}

/// A rule of another kind that takes an example first at one of the places.
fn overlap<'a>(rules: &'a Rules, rule: &'a Rule) -> Option<(&'a Rule, &'a str)> {
    if rule.scope != Scope::Line {
        return None;
    }
    let source = rule.sources.first().map(String::as_str);
    let other = |line: &'a String| {
        let firsts = places(rule).iter().filter_map(|place| first(rules, line, *place, source));
        let mut others = firsts.filter(|first| first.id != rule.id && first.kind != rule.kind);
        others.next().map(|other| (other, line.as_str()))
    };
    rule.positive.iter().find_map(other)
}

#[cfg(test)]
mod tests {
    use super::lint;
    use crate::rules::Rules;

    #[test]
    fn the_built_in_rules_have_no_errors() {
        let findings = lint(&Rules::built_in().expect("rules"));
        let errors: Vec<String> = findings
            .iter()
            .filter(|finding| finding.is_error)
            .map(|finding| format!("{}: {}", finding.id, finding.problem))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    #[track_caller]
    fn check(pattern: &str, positive: &str, expected: &str) {
        let own = format!(
            "[[rule]]\nid = \"own.rule\"\nkind = \"other\"\nscope = \"line\"\nwhere = \"tail\"\npattern = '{pattern}'\nprovoked_by = \"a line\"\npositive = [\"{positive}\"]\nnegative = [\"سماء\"]\n\n[[rule]]\nid = \"own.second\"\nkind = \"nav\"\nscope = \"line\"\nwhere = \"tail\"\npattern = '^كانت معكم نشره المساء$'\nprovoked_by = \"a line\"\npositive = [\"كانت معكم نشرة المساء\"]\nnegative = [\"سماء\"]"
        );
        let findings = lint(&Rules::overlaid(&[("own.toml".to_owned(), own)]).expect("rules"));
        let said: Vec<String> = findings.iter().map(|one| format!("{}: {}", one.id, one.problem)).collect();
        assert!(said.iter().any(|one| one.contains(expected)), "{said:#?}");
    }

    #[test]
    fn what_is_wrong_is_found() {
        check("البيت", "البيت الكبير", "own.rule: it takes ordinary copy: «البيت الأبيض»");
        check("^كانت معكم", "كانت معكم نشرة المساء", "own.second: it is never reached: `own.rule`");
        check("^كانت معكم", "كانت معكم نشرة المساء", "own.second: `own.rule` is of another kind");
        check("^ا.{2,400}ب.{2,400}ت$", "ا12ب34ت", "own.rule: compiled, its pattern takes more than 256 KiB");
    }
}
