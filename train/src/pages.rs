//! The model of a page's region: which element of a page is its article.
//!
//! First every line learns whether it is the article's (a margin for each, longer lines weigh more), then whole pages
//! learn that the right element beats every other by a margin that grows with what is wrong about it
//! (passive-aggressive steps, averaged). All steps are additions, multiplications and divisions in one order, so that
//! the same pages give the same bytes on every machine.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::path::PathBuf;

use anyhow::Context as _;
use base64::Engine as _;
use naba_text::html::region::FEATURES;
use serde::Deserialize;

use crate::draw::Draw;

/// Learn the model of a page's region
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Pages: NDJSON {"source_id", "html" or "bytes_base64"}
    pages: PathBuf,
    /// What is the article of each: NDJSON {"id", "outlet", "body"}
    gold: PathBuf,
    /// Where the model goes
    #[arg(long, default_value = "shared/text/models/region.tsv")]
    out: PathBuf,
    /// Learn without each outlet in turn, try that outlet's pages, and write no model
    #[arg(long)]
    by_outlet: bool,
    /// Write the generated pages and their gold into this folder, and learn nothing
    #[arg(long)]
    write_generated: Option<PathBuf>,
    /// How often all pages are read
    #[arg(long, default_value_t = 40)]
    rounds: usize,
}

#[derive(Deserialize)]
struct RawPage {
    source_id: String,
    html: Option<String>,
    bytes_base64: Option<String>,
}

#[derive(Deserialize)]
struct Gold {
    id: String,
    outlet: String,
    body: String,
}

/// A page that is learned from.
struct Example {
    id: String,
    outlet: String,
    is_generated: bool,
    /// Of each line: its features, its characters, whether it is the article's.
    lines: Vec<(Vec<u16>, f64, bool)>,
    elements: Vec<(Range<usize>, Vec<u16>)>,
    /// Of each element: how well it agrees with the gold lines, 0 to 1.
    agreements: Vec<f64>,
}

/// So many pages of every kind are generated and learned from beside those that are given.
const GENERATED: u64 = 4;

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    if let Some(folder) = &args.write_generated {
        return write_generated(folder);
    }
    let given = examples(args)?;
    let generated: Vec<Example> = (0..GENERATED).flat_map(generated).collect();
    let examples: Vec<Example> = given.into_iter().chain(generated).collect();
    if args.by_outlet {
        let outlets: BTreeSet<&str> = examples.iter().map(|example| example.outlet.as_str()).collect();
        let mut sums = [(0.0, 0.0); 2];
        for outlet in outlets {
            let train: Vec<&Example> = examples.iter().filter(|example| example.outlet != outlet).collect();
            let weights = scaled(&learn(&train, args.rounds));
            for example in examples.iter().filter(|example| example.outlet == outlet) {
                let (agreement, best) = agreement(example, &weights);
                println!("{agreement:.3} of {best:.3}  {}", example.id);
                let (sum, count) = if example.is_generated { &mut sums[1] } else { &mut sums[0] };
                *sum += agreement;
                *count += 1.0;
            }
        }
        for (what, (sum, count)) in ["given", "generated"].iter().zip(sums) {
            println!("{what} pages, each outlet or kind unseen: {:.4}", sum / f64::max(count, 1.0));
        }
        return Ok(());
    }
    let weights = scaled(&learn(&examples.iter().collect::<Vec<_>>(), args.rounds));
    let mut sum = 0.0;
    for example in &examples {
        let (agreement, best) = agreement(example, &weights);
        if agreement + 0.02 < best {
            println!("{agreement:.3} of {best:.3}  {}", example.id);
        }
        sum += agreement;
    }
    println!("mean, all pages seen: {:.4}", sum / examples.len() as f64);
    let file = naba_text::html::region::weights_file(&weights);
    crate::write(&args.out, file.as_bytes())?;
    println!("{}: {} bytes from {} pages", args.out.display(), file.len(), examples.len());
    Ok(())
}

fn examples(args: &Args) -> anyhow::Result<Vec<Example>> {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let gold: Vec<Gold> = read(&args.gold)?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .context("the gold file")?;
    let mut examples = vec![];
    for line in read(&args.pages)?.lines() {
        let page: RawPage = serde_json::from_str(line).context("the pages file")?;
        let Some(gold) = gold.iter().find(|gold| gold.id == page.source_id) else { continue };
        let html = match (page.html, page.bytes_base64) {
            (Some(html), _) => html,
            (None, Some(bytes)) => {
                let bytes = base64::engine::general_purpose::STANDARD.decode(bytes)?;
                let declared = naba_text::html::declared_charset(&bytes);
                naba_text::decode::decode(&bytes, declared.as_deref())?.text
            }
            (None, None) => continue,
        };
        let example = example(&html, gold);
        if example.agreements.iter().any(|agreement| *agreement > 0.5) {
            examples.push(example);
        } else {
            println!("no element of {} has its article", gold.id);
        }
    }
    Ok(examples)
}

fn example(html: &str, gold: &Gold) -> Example {
    let lesson = naba_text::html::lesson(html);
    let known: HashSet<String> = gold.body.lines().flat_map(runs).collect();
    let lines: Vec<(Vec<u16>, f64, bool)> = lesson
        .lines
        .into_iter()
        .map(|(words, features)| {
            let runs = runs(&words);
            let hits = runs.iter().filter(|run| known.contains(*run)).count();
            (features, words.chars().count() as f64, hits * 2 > runs.len())
        })
        .collect();
    let all: f64 = lines.iter().filter(|(_, _, is)| *is).map(|(_, characters, _)| characters).sum();
    let agreement = |range: &Range<usize>| {
        let inside = &lines[range.clone()];
        let size: f64 = inside.iter().map(|(_, characters, _)| characters).sum();
        let hit: f64 = inside.iter().filter(|(_, _, is)| *is).map(|(_, characters, _)| characters).sum();
        2.0 * hit / (size + all).max(1.0)
    };
    let agreements = lesson.elements.iter().map(|(range, _)| agreement(range)).collect();
    Example {
        id: gold.id.clone(),
        outlet: gold.outlet.clone(),
        is_generated: false,
        lines,
        elements: lesson.elements,
        agreements,
    }
}

/// Pages of our own; a kind is an outlet.
fn generated(number: u64) -> Vec<Example> {
    let pages = naba_testkit::pages::all(number);
    let examples = pages.iter().map(|page| {
        let id = format!("{} {number}", page.kind);
        let gold = Gold { id, outlet: page.kind.to_owned(), body: page.body.join("\n") };
        Example { is_generated: true, ..example(&page.html, &gold) }
    });
    examples.filter(|example| example.agreements.iter().any(|agreement| *agreement > 0.5)).collect()
}

fn write_generated(folder: &std::path::Path) -> anyhow::Result<()> {
    let (mut pages, mut gold) = (String::new(), String::new());
    for number in 0..GENERATED * 2 {
        for page in naba_testkit::pages::all(number) {
            let id = format!("{} {number}", page.kind);
            pages.push_str(&format!("{}\n", serde_json::json!({"source_id": id, "html": page.html})));
            let row = serde_json::json!({
                "id": id, "outlet": page.kind, "title": page.title, "body": page.body.join("\n"),
                "furniture": page.outside, "author": page.writer, "published": page.day, "agency": null,
            });
            gold.push_str(&format!("{row}\n"));
        }
    }
    crate::write(&folder.join("pages.jsonl"), pages.as_bytes())?;
    crate::write(&folder.join("gold.jsonl"), gold.as_bytes())
}

/// Runs of three words, or the line as a whole where it is shorter.
fn runs(line: &str) -> Vec<String> {
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.len() < 4 {
        return vec![format!("<{}>", words.join(" "))];
    }
    words.windows(3).map(|run| run.join(" ")).collect()
}

/// The most characters by which a line weighs.
const LINE_CHARACTERS_MAX: f64 = 300.0;
/// How far one step goes while lines and pages are learned.
const LINE_STEP: f64 = 0.02;
const PAGE_STEP_MAX: f64 = 0.01;
/// What an element that is altogether wrong must lose by.
const MARGIN: f64 = 10.0;

fn learn(examples: &[&Example], rounds: usize) -> Vec<f64> {
    let mut weights = vec![0.0; FEATURES];
    let mut sums = vec![0.0; FEATURES];
    let mut draw = Draw::default();
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut steps = 0.0;
    for round in 0..rounds {
        draw.shuffle(&mut order);
        for place in &order {
            let example = examples[*place];
            if round * 2 < rounds {
                learn_lines(example, &mut weights);
            } else {
                learn_page(example, &mut weights);
                steps += 1.0;
                for (sum, weight) in sums.iter_mut().zip(&weights) {
                    *sum += weight;
                }
            }
        }
    }
    sums.iter().map(|sum| sum / f64::max(steps, 1.0)).collect()
}

fn learn_lines(example: &Example, weights: &mut [f64]) {
    let whole: f64 = example.lines.iter().map(|(_, characters, _)| characters.min(LINE_CHARACTERS_MAX)).sum();
    for (features, characters, is) in &example.lines {
        let score: f64 = features.iter().map(|feature| weights[usize::from(*feature)]).sum();
        let wanted = if *is { 1.0 } else { -1.0 };
        if score * wanted < 1.0 {
            // a page is a page, however long
            let step = LINE_STEP * characters.min(LINE_CHARACTERS_MAX) * 40.0 / whole.max(1.0);
            for feature in features {
                weights[usize::from(*feature)] += wanted * step;
            }
        }
    }
    for weight in weights.iter_mut() {
        *weight *= 0.9995;
    }
}

fn learn_page(example: &Example, weights: &mut [f64]) {
    let Some(right) = right(example) else { return };
    let scores = scores(example, weights);
    let wrong = |index: usize| example.agreements[right] - example.agreements[index];
    let worst = (0..scores.len()).max_by(|one, other| {
        let of = |index: usize| scores[index] + MARGIN * wrong(index);
        of(*one).total_cmp(&of(*other))
    });
    let Some(worst) = worst else { return };
    let loss = scores[worst] + MARGIN * wrong(worst) - scores[right];
    if worst == right || loss <= 0.0 {
        return;
    }
    let mut difference = vec![0.0; FEATURES];
    for (element, by) in [(right, 1.0), (worst, -1.0)] {
        let (lines, own) = &example.elements[element];
        let of_lines = example.lines[lines.clone()].iter().flat_map(|(features, ..)| features);
        for feature in of_lines.chain(own) {
            difference[usize::from(*feature)] += by;
        }
    }
    let size: f64 = difference.iter().map(|part| part * part).sum();
    let step = (loss / size.max(1.0)).min(PAGE_STEP_MAX);
    for (weight, part) in weights.iter_mut().zip(&difference) {
        *weight += step * part;
    }
}

/// The element that agrees best; of equals the last, which is the innermost.
fn right(example: &Example) -> Option<usize> {
    (0..example.agreements.len())
        .max_by(|one, other| example.agreements[*one].total_cmp(&example.agreements[*other]))
}

fn scores(example: &Example, weights: &[f64]) -> Vec<f64> {
    let score = |features: &[u16]| features.iter().map(|feature| weights[usize::from(*feature)]).sum::<f64>();
    let mut sum = 0.0;
    let mut sums = vec![0.0];
    for (features, ..) in &example.lines {
        sum += score(features);
        sums.push(sum);
    }
    example.elements.iter().map(|(lines, own)| sums[lines.end] - sums[lines.start] + score(own)).collect()
}

/// How well the chosen element agrees, and how well one can.
fn agreement(example: &Example, weights: &[i32]) -> (f64, f64) {
    let weights: Vec<f64> = weights.iter().map(|weight| f64::from(*weight)).collect();
    let scores = scores(example, &weights);
    let chosen = (0..scores.len()).max_by(|one, other| scores[*one].total_cmp(&scores[*other]));
    let of = |index: Option<usize>| index.map_or(0.0, |index| example.agreements[index]);
    (of(chosen), of(right(example)))
}

/// Weights as whole numbers.
fn scaled(weights: &[f64]) -> Vec<i32> {
    weights.iter().map(|weight| (weight * 100.0).round() as i32).collect()
}
