//! The topic model: an averaged perceptron over hashed words and pairs of words, trained with a margin.

use std::path::PathBuf;

use anyhow::Context as _;
use naba_lexicon::Lexicon;
use naba_tag::article::{Article, plain};
use naba_tag::buckets::bucket;
use naba_tag::topics::model::{BUCKETS, LABELS, Model, chances, features};
use serde::Deserialize;

use crate::draw::Draw;
use crate::weights::{Weights, quantised};

/// Learn the topic model
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Articles: NDJSON {"label", "title", "text"}
    articles: PathBuf,
    /// Where the model goes
    #[arg(long, default_value = "shared/tag/models/topics.bin")]
    out: PathBuf,
    /// Cross-validate in so many folds, and write no model
    #[arg(long)]
    folds: Option<usize>,
    /// How often all articles are read
    #[arg(long, default_value_t = 10)]
    rounds: usize,
}

#[derive(Debug, Deserialize)]
struct Labelled {
    label: String,
    title: Option<String>,
    text: String,
}

struct Example {
    buckets: Vec<usize>,
    label: usize,
}

/// What the margin is for each word: a long article must be further from the line.
const MARGIN_PER_MILLE: i64 = 2_000;

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let file = std::fs::read_to_string(&args.articles)
        .with_context(|| format!("cannot read {}", args.articles.display()))?;
    let lexicon = Lexicon::built_in();
    let examples = (1..)
        .zip(file.lines())
        .map(|(number, line)| example(&lexicon, line).with_context(|| format!("line {number}")))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let folds = args.folds.unwrap_or(5);
    let mut held_out = vec![];
    for fold in 0..folds {
        let (mut train, mut test) = (vec![], vec![]);
        for (place, example) in examples.iter().enumerate() {
            if place % folds == fold { test.push(example) } else { train.push(example) }
        }
        let weights = learn(&train, args.rounds);
        held_out.extend(test.into_iter().map(|example| (sums(&weights, example), example)));
    }
    let sharpness = sharpest(&held_out);
    println!("{folds} folds over {} articles, sharpness {sharpness} / 1000", examples.len());
    report(&held_out, sharpness);
    if args.folds.is_none() {
        let bytes = Model::write(sharpness, &learn(&examples.iter().collect::<Vec<_>>(), args.rounds));
        crate::write(&args.out, &bytes)?;
        println!("{}: {} bytes", args.out.display(), bytes.len());
    }
    Ok(())
}

fn example(lexicon: &Lexicon, line: &str) -> anyhow::Result<Example> {
    let labelled: Labelled = serde_json::from_str(line)?;
    let label = LABELS
        .iter()
        .position(|(name, _)| *name == labelled.label)
        .with_context(|| format!("no label of ours: {}", labelled.label))?;
    let cleaned = plain(labelled.title.as_deref(), &labelled.text);
    let article = Article::new(lexicon, &cleaned);
    let buckets = article.texts.iter().flat_map(|text| features(&text.seen)).map(bucket::<BUCKETS>).collect();
    Ok(Example { buckets, label })
}

fn sums<W: Copy + Into<i64>>(weights: &[W], example: &Example) -> [i64; LABELS.len()] {
    let mut sums = [0; LABELS.len()];
    for bucket in &example.buckets {
        let from = *bucket * LABELS.len();
        for (sum, weight) in sums.iter_mut().zip(&weights[from..from + LABELS.len()]) {
            *sum += (*weight).into();
        }
    }
    sums
}

fn learn(examples: &[&Example], rounds: usize) -> Vec<i8> {
    let mut weights = Weights::new(LABELS.len() * BUCKETS);
    let mut draw = Draw::default();
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut time = 1;
    for _ in 0..rounds {
        draw.shuffle(&mut order);
        for place in &order {
            let example = examples[*place];
            let mut sums = sums(&weights.now, example);
            let margin = i64::try_from(example.buckets.len()).unwrap_or(i64::MAX / MARGIN_PER_MILLE)
                * MARGIN_PER_MILLE
                / 1000;
            sums[example.label] -= margin;
            let guess = (0..LABELS.len()).max_by_key(|label| (sums[*label], *label)).unwrap_or_default();
            if guess != example.label {
                for bucket in &example.buckets {
                    let from = *bucket * LABELS.len();
                    weights.add(from + example.label, 1, time);
                    weights.add(from + guess, -1, time);
                }
            }
            time += 1;
        }
    }
    quantised(&weights.averages(time)).0
}

/// The sharpness, in thousandths, with which the held-out labels are least surprising.
fn sharpest(held_out: &[([i64; LABELS.len()], &Example)]) -> i32 {
    let surprise = |sharpness: i32| -> f64 {
        let one = |(sums, example): &([i64; LABELS.len()], &Example)| {
            let count = example.buckets.len();
            -f64::from(chances(sums, count, sharpness as f32 / 1000.0)[example.label].max(1e-6)).ln()
        };
        held_out.iter().map(one).sum()
    };
    (1..=400).min_by(|a, b| surprise(*a).total_cmp(&surprise(*b))).unwrap_or(1)
}

fn report(held_out: &[([i64; LABELS.len()], &Example)], sharpness: i32) {
    let mut right = 0;
    let mut by_label = [[0_u32; 2]; LABELS.len()];
    let (mut sure, mut sure_right) = (0_u32, 0_u32);
    for (sums, example) in held_out {
        let count = example.buckets.len();
        let chances = chances(sums, count, sharpness as f32 / 1000.0);
        let guess = (0..LABELS.len()).max_by(|a, b| chances[*a].total_cmp(&chances[*b])).unwrap_or_default();
        let hit = u32::from(guess == example.label);
        right += hit;
        by_label[example.label][0] += 1;
        by_label[example.label][1] += hit;
        if chances[guess] >= 0.8 {
            sure += 1;
            sure_right += hit;
        }
    }
    println!("accuracy {:.4}", f64::from(right) / held_out.len() as f64);
    println!("where it is 80 % sure: {:.4} of {sure}", f64::from(sure_right) / f64::from(sure.max(1)));
    for ((name, _), [all, right]) in LABELS.iter().zip(by_label) {
        println!("  {name:20} {:.4} of {all}", f64::from(right) / f64::from(all.max(1)));
    }
}
