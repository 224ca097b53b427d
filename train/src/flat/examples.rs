//! Articles whose lines are whole, put into one line: examples for the boundary model.

use std::path::PathBuf;

use anyhow::Context as _;
use naba_clean::Cleaner;
use naba_clean::boundary::lead;
use naba_clean::boundary::model::{Label, Part, begins};
use naba_clean::boundary::see::{self, FEATURES, Seen};
use naba_clean::folding::Folding;
use naba_clean::rules::{Place, Rules, Scope};
use naba_lexicon::Lexicon;
use naba_record::{Ingested, Kind};
use naba_text::normalise::{Profile, SEARCH};
use naba_text::slice;
use serde::Deserialize;

use crate::draw::Draw;

#[derive(Debug, Deserialize)]
pub(super) struct Raw {
    #[serde(alias = "from")]
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) source_id: String,
    pub(super) title: Option<String>,
    pub(super) url: Option<String>,
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct GoldLine {
    pub(super) id: String,
    pub(super) gold: Gold,
}

#[derive(Debug, Deserialize)]
pub(super) struct Gold {
    removed: Vec<Removed>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Removed {
    start: u32,
    end: u32,
    kind: String,
}

/// A line of an article, what it is, and how many blanks its line feed makes.
#[derive(Debug, Clone)]
pub(super) struct Line {
    part: Part,
    text: String,
    blanks: usize,
}

pub(super) struct Read {
    source: String,
    title: Option<String>,
    lines: Vec<Line>,
}

pub(super) struct Example {
    pub(super) source: String,
    pub(super) seen: Vec<Seen>,
    pub(super) features: Vec<[u32; FEATURES]>,
    pub(super) labels: Vec<Label>,
    /// The word with which the copy begins, and the words that may, with their features.
    pub(super) lead: usize,
    pub(super) places: Vec<(usize, [u32; lead::FEATURES])>,
}

pub(super) fn lines<T: for<'a> Deserialize<'a>>(path: &PathBuf) -> anyhow::Result<Vec<T>> {
    let file = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let line = |(number, line): (usize, &str)| {
        serde_json::from_str(line).with_context(|| format!("{} line {}", path.display(), number + 1))
    };
    file.lines().enumerate().map(line).collect()
}

pub(super) fn outlet(article: &Raw) -> &str {
    article.source.as_deref().unwrap_or_default()
}

pub(super) fn ingested(article: &Raw) -> Ingested {
    Ingested {
        source: article.source.clone(),
        title: article.title.clone().filter(|title| !title.is_empty()),
        url: article.url.clone(),
        text: article.text.clone(),
        ..Ingested::default()
    }
}

/// What each line of an article is: as the gold has it, else as the line engine says.
pub(super) fn read(cleaner: &Cleaner, article: &Raw, gold: Option<&GoldLine>) -> Read {
    let blocks = cleaner.explain(&ingested(article));
    let is_copy: Vec<bool> = blocks
        .iter()
        .map(|block| match gold {
            Some(line) => {
                let gone = line
                    .gold
                    .removed
                    .iter()
                    .filter(|cut| !matches!(cut.kind.as_str(), "duplicate" | "dateline"));
                let gone = gone.map(|cut| cut.end.min(block.end).saturating_sub(cut.start.max(block.start)));
                gone.sum::<u32>() * 5 < (block.end - block.start) * 4
            }
            None => !matches!(&block.label, Some((kind, _)) if *kind != Kind::Duplicate),
        })
        .collect();
    let lead = is_copy.iter().position(|is_copy| *is_copy).unwrap_or(0);
    let mut end = None;
    let mut lines = vec![];
    for (index, block) in blocks.iter().enumerate() {
        let part = match (index < lead, is_copy[index]) {
            (true, _) => Part::Head,
            (_, true) => Part::Copy,
            _ => Part::Boilerplate,
        };
        let text = slice::characters(&article.text, block.start, block.end);
        let text = text.split(char::is_whitespace).collect::<Vec<_>>().join(" ");
        let blanks = end.map_or(1, |end| block.start.saturating_sub(end) as usize);
        end = Some(block.end);
        lines.push(Line { part, text, blanks });
    }
    Read { source: article.source.clone().unwrap_or_default(), title: ingested(article).title, lines }
}

/// Lines that ship with naba: for the head of an article, and for its end.
pub(super) fn of_the_rules() -> anyhow::Result<[Vec<String>; 2]> {
    let rules = Rules::built_in()?;
    let lines = |place: Place| -> Vec<String> {
        let rules = rules.lines.iter().filter(|rule| {
            rule.scope == Scope::Line
                && (rule.place == place || (rule.place == Place::Any && rule.kind != Kind::Related))
        });
        rules.flat_map(|rule| rule.positive.iter().cloned()).collect()
    };
    Ok([lines(Place::Head), lines(Place::Tail)])
}

/// Labels that stand above the headlines of other stories.
const RELATED: [&str; 8] = [
    "اقرأ أيضا",
    "اقرأ أيضاً:",
    "شاهد أيضا",
    "إقرأ المزيد",
    "اقرأ المزيد:",
    "مواضيع ذات صلة",
    "أخبار متعلقة",
    "طالع أيضا:",
];

pub(super) fn examples(read: &[Read], variants: usize) -> anyhow::Result<Vec<Example>> {
    let lexicon = Lexicon::built_in();
    let search = Profile::new(SEARCH);
    let extra = of_the_rules()?;
    let titles: Vec<&str> = read.iter().filter_map(|read| read.title.as_deref()).collect();
    let mut draw = Draw::default();
    let mut examples = vec![];
    for article in read.iter().filter(|article| !article.lines.is_empty()) {
        for _ in 0..variants {
            let lines = varied(article, &extra, &titles, &mut draw);
            examples.push(example(&lexicon, &search, article, &lines, &mut draw));
        }
    }
    Ok(examples)
}

pub(super) fn one_of<'a, T: AsRef<str>>(list: &'a [T], draw: &mut Draw) -> &'a str {
    let place = usize::try_from(draw.next()).unwrap_or_default() % list.len().max(1);
    list.get(place).map_or("", AsRef::as_ref)
}

/// An article's lines with a headline where it came beside the text, and with boilerplate of others.
pub(super) fn varied(
    article: &Read,
    extra: &[Vec<String>; 2],
    titles: &[&str],
    draw: &mut Draw,
) -> Vec<Line> {
    let mut lines = article.lines.clone();
    let line = |part: Part, text: &str, draw: &mut Draw| Line {
        part,
        text: text.to_owned(),
        blanks: [1, 1, 2, 4][usize::try_from(draw.next()).unwrap_or_default() % 4],
    };
    let with_title = article.title.as_deref().filter(|_| !draw.one_in(3));
    if let Some(title) = with_title {
        lines.insert(0, line(Part::Head, title, draw));
    }
    let is_titled = lines.first().is_some_and(|line| line.part == Part::Head);
    if draw.one_in(6) {
        let lead = lines.iter().position(|line| line.part == Part::Copy).unwrap_or(0);
        let at = if is_titled && draw.one_in(2) { lead } else { 0 };
        let text = one_of(&extra[0], draw);
        lines.insert(at, line(Part::Head, text, draw));
    }
    let copies: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].part == Part::Copy).collect();
    if copies.len() > 3 && draw.one_in(3) {
        let at = copies[1 + usize::try_from(draw.next()).unwrap_or_default() % (copies.len() - 2)];
        let label = one_of(&RELATED, draw);
        let text = format!("{label} {}", one_of(titles, draw));
        lines.insert(at, line(Part::Boilerplate, &text, draw));
    }
    if draw.one_in(2) {
        for _ in 0..=draw.next() % 3 {
            let text = one_of(&extra[1], draw);
            lines.push(line(Part::Boilerplate, text, draw));
        }
    }
    if draw.one_in(4) {
        let label = one_of(&RELATED, draw);
        lines.push(line(Part::Boilerplate, label, draw));
        for _ in 0..=draw.next() % 3 {
            let text = one_of(titles, draw);
            lines.push(line(Part::Boilerplate, text, draw));
        }
    }
    lines
}

pub(super) fn example(
    lexicon: &Lexicon,
    search: &Profile,
    article: &Read,
    lines: &[Line],
    draw: &mut Draw,
) -> Example {
    let is_narrow = draw.one_in(2);
    let (mut text, mut starts) = (String::new(), vec![]);
    for line in lines {
        if !text.is_empty() {
            text.extend(std::iter::repeat_n(' ', if is_narrow { 1 } else { line.blanks.max(1) }));
        }
        starts.push((text.len(), line.part));
        text.push_str(&line.text);
    }
    let seen = see::look(lexicon, &Folding::of(search, &text), &text);
    let first = starts.iter().find(|(_, part)| *part != Part::Head).map_or(0, |(start, _)| *start);
    let lead = seen.partition_point(|word| word.start < first);
    let mut labels: Vec<Label> = Vec::with_capacity(seen.len());
    let (mut piece, mut open) = (0, usize::MAX);
    for word in seen.iter().skip(lead) {
        while starts.get(piece + 1).is_some_and(|(start, _)| *start <= word.start) {
            piece += 1;
        }
        let label = begins(starts[piece].1);
        labels.push(if open == piece { label + 1 } else { label });
        open = piece;
    }
    let features = (lead..seen.len()).map(|at| see::features(&seen, at)).collect();
    let places: Vec<_> = lead::places(&seen).map(|at| (at, lead::features(&seen, at))).collect();
    Example { source: article.source.clone(), seen: seen[lead..].to_vec(), features, labels, lead, places }
}
