//! The boundary model: where one piece of a flat text ends and the next begins.
//!
//! Its examples make themselves. An article whose lines are whole is read by the line engine, which says what every line
//! is; put into one line, its seams are known. What the articles of a corpus lack is added from what ships with naba:
//! headlines that came beside the text, and the examples of the rules.

mod examples;
mod lead;

use std::path::PathBuf;
use std::sync::Arc;

use naba_clean::Cleaner;
use naba_clean::boundary::model::{self, BUCKETS, LABELS, LEAD, Label, Model};
use naba_record::Ingested;
use naba_text::buckets::{STRIDE, bucket};

use self::examples::{Example, GoldLine, Raw, Read, examples, ingested, lines, outlet, read};
use crate::draw::Draw;
use crate::weights::{Weights, quantised, scaled};

/// Learn the boundary model
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Articles: NDJSON {"source", "source_id", "title", "url", "text"}
    articles: Vec<PathBuf>,
    /// What is known of some of them: NDJSON {"id", "gold": {"removed": [{"start", "end", "kind"}]}}
    #[arg(long)]
    gold: Option<PathBuf>,
    /// Where the model goes
    #[arg(long, default_value = "shared/clean/models/flat.bin")]
    out: PathBuf,
    /// Leave outlets out in turn, write the records of their articles put into one line, and no model
    #[arg(long)]
    leave_out: Option<PathBuf>,
    /// In so many folds of outlets
    #[arg(long, default_value_t = 6)]
    folds: usize,
    /// How often all articles are read
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// What a wrong label costs while learning, in weights
    #[arg(long, default_value_t = 40)]
    margin: i32,
    /// How often each article is put into one line, each time otherwise
    #[arg(long, default_value_t = 2)]
    variants: usize,
    /// How often all heads are read
    #[arg(long, default_value_t = 8)]
    lead_rounds: usize,
    /// Of so many articles one is learned without the letters of its words
    #[arg(long, default_value_t = 3)]
    hidden_one_in: u64,
    /// How many chances in a thousand the word must have with which the copy begins
    #[arg(long, default_values_t = [930], value_delimiter = ',')]
    sure: Vec<i32>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let mut articles: Vec<Raw> = vec![];
    for path in &args.articles {
        articles.extend(lines(path)?);
    }
    let gold: Vec<GoldLine> = args.gold.as_ref().map_or_else(|| Ok(vec![]), lines)?;
    // what is learned must not depend on what was learned before
    let cleaner = Cleaner::built_in()?.with_boundaries(Arc::new(Model::none()));
    let read: Vec<Read> = articles
        .iter()
        .map(|article| read(&cleaner, article, gold.iter().find(|gold| gold.id == article.source_id)))
        .collect();
    let examples = examples(&read, args.variants)?;
    let words: usize = examples.iter().map(|example| example.labels.len()).sum();
    println!("{} articles, {} examples, {words} words", read.len(), examples.len());
    if let Some(out) = &args.leave_out {
        return leave_out(&articles, &gold, &examples, args, out);
    }
    let bytes = learn(&examples.iter().collect::<Vec<_>>(), args);
    crate::write(&args.out, &bytes)?;
    println!("{}: {} bytes", args.out.display(), bytes.len());
    Ok(())
}

/// How far a weight may grow while it is learned.
const WEIGHT_MAX: i32 = 254;

/// The bytes of a model.
fn learn(examples: &[&Example], args: &Args) -> Vec<u8> {
    let mut weights = Weights::new(STRIDE * BUCKETS);
    let mut steps = Weights::new(LABELS * LABELS);
    let mut draw = Draw::default();
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut time = 1_i64;
    for _ in 0..args.rounds {
        draw.shuffle(&mut order);
        for place in &order {
            let example = examples[*place];
            let scores: Vec<[i32; STRIDE]> = (example.features.iter().zip(&example.labels))
                .map(|(features, right)| {
                    let mut sums = [args.margin; STRIDE];
                    sums[usize::from(*right)] = 0;
                    for feature in features {
                        let from = bucket::<BUCKETS>(*feature) * STRIDE;
                        for (sum, weight) in sums.iter_mut().zip(&weights.now[from..from + LABELS]) {
                            *sum += weight;
                        }
                    }
                    sums
                })
                .collect();
            let now = std::array::from_fn(|place| steps.now[place]);
            let guess = model::best(&example.seen, &now, &scores);
            if guess != example.labels {
                update(&mut weights, &mut steps, example, &guess, time);
            }
            time += 1;
        }
    }
    let (mut weights, largest) = quantised(&weights.averages(time));
    let lead = lead::learn_lead(examples, args);
    let most = lead.iter().copied().map(f64::abs).fold(1e-9, f64::max);
    for (bucket, weight) in lead.iter().enumerate() {
        weights[bucket * STRIDE + LEAD] = (weight / most * 127.0).round() as i8;
    }
    // how many thousandths a unit of such a weight is
    let unit = (most / 127.0 * 1e6).round() as i32;
    let steps: Vec<i32> = steps
        .averages(time)
        .iter()
        .map(|step| i32::try_from(scaled(*step, largest)).unwrap_or_default())
        .collect();
    Model::write(args.sure.first().copied().unwrap_or_default(), unit, &steps, &weights)
}

fn update(weights: &mut Weights, steps: &mut Weights, example: &Example, guess: &[Label], time: i64) {
    let mut before: Option<(usize, usize)> = None;
    for (at, (right, guess)) in example.labels.iter().zip(guess).enumerate() {
        let (right, guess) = (usize::from(*right), usize::from(*guess));
        if right != guess {
            for feature in &example.features[at] {
                let from = bucket::<BUCKETS>(*feature) * STRIDE;
                // a weight that a byte cannot hold would be cut off behind learning's back: others learn what is left
                if weights.now[from + right] < WEIGHT_MAX {
                    weights.add(from + right, 1, time);
                }
                if weights.now[from + guess] > -WEIGHT_MAX {
                    weights.add(from + guess, -1, time);
                }
            }
        }
        if let Some((before_right, before_guess)) = before {
            steps.add(before_right * LABELS + right, 1, time);
            steps.add(before_guess * LABELS + guess, -1, time);
        }
        before = Some((right, guess));
    }
}

/// Cleans the articles of each outlet with gold, put into one line, by a model that has seen none of its articles.
fn leave_out(
    articles: &[Raw],
    gold: &[GoldLine],
    examples: &[Example],
    args: &Args,
    out: &PathBuf,
) -> anyhow::Result<()> {
    let has_gold = |article: &Raw| gold.iter().any(|gold| gold.id == article.source_id);
    let mut outlets: Vec<&str> =
        articles.iter().filter(|article| !article.source_id.is_empty()).map(outlet).collect();
    outlets.sort_unstable();
    outlets.dedup();
    let mut records = String::new();
    for fold in 0..args.folds {
        let its_own: Vec<&str> = outlets.iter().copied().skip(fold).step_by(args.folds).collect();
        let others: Vec<&Example> =
            examples.iter().filter(|example| !its_own.contains(&example.source.as_str())).collect();
        let model = Model::read(learn(&others, args).into())?;
        for sure in &args.sure {
            let model = Arc::new(model.clone().with_sure_min(*sure));
            let cleaner = Cleaner::built_in()?.with_boundaries(model);
            for article in articles.iter().filter(|article| its_own.contains(&outlet(article))) {
                for (shape, ingested) in shapes(article, has_gold(article)) {
                    let Ok(cleaned) = cleaner.clean(&ingested) else { continue };
                    let record = serde_json::json!({
                        "sure": sure, "shape": shape, "source": outlet(article), "source_id": article.source_id,
                        "title": cleaned.title, "body": cleaned.body, "removed": cleaned.removed,
                        "given": article.title, "text": ingested.text,
                    });
                    records.push_str(&record.to_string());
                    records.push('\n');
                }
            }
        }
        println!("{}", its_own.join(", "));
    }
    crate::write(out, records.as_bytes())
}

/// An article put into one line: with the blanks of its line feeds, with one blank for each, and with a headline that came
/// beside the text in front of it.
fn shapes(article: &Raw, is_gold: bool) -> Vec<(&'static str, Ingested)> {
    let flat = article.text.replace(['\r', '\n'], " ");
    let narrow = flat.split_whitespace().collect::<Vec<_>>().join(" ");
    let with = |text: String, title: Option<String>| Ingested { text, title, ..ingested(article) };
    if is_gold {
        return vec![
            ("flat", with(flat.clone(), article.title.clone())),
            ("flat untitled", with(flat, None)),
            ("narrow", with(narrow.clone(), article.title.clone())),
            ("narrow untitled", with(narrow, None)),
        ];
    }
    let mut shapes = vec![("bare", with(narrow.clone(), None))];
    if let Some(title) = &article.title {
        shapes.push(("headed", with(format!("{title} {narrow}"), None)));
    }
    shapes
}
