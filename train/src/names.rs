//! The sequence tagger: an averaged perceptron that is trained with a margin.
//!
//! All arithmetic is on integers and every choice comes from a seed, so that the same sentences give the same bytes
//! on every machine.

use std::path::PathBuf;

use anyhow::Context as _;
use naba_lexicon::Lexicon;
use naba_record::{EntityType, Span};
use naba_tag::article::{Article, plain};
use naba_tag::buckets::{STRIDE, bucket};
use naba_tag::names::model::{self, BUCKETS, LABELS, Label, Model};
use naba_tag::names::see::{self, FEATURES, Gap, Seen};
use naba_text::map::Map;
use naba_text::slice::{byte_of, count, until};

use crate::conll::{self, Sentence};
use crate::draw::Draw;
use crate::weights::{Weights, quantised, scaled};

/// Learn the sequence tagger
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Sentences: token and tag a line, an empty line between two
    sentences: PathBuf,
    /// Where the model goes
    #[arg(long, default_value = "shared/tag/models/names.bin")]
    out: PathBuf,
    /// Cross-validate in so many folds, and write no model
    #[arg(long)]
    folds: Option<usize>,
    /// Folds are blocks of the file, so that no article stands on both sides; sentences in turn without it
    #[arg(long)]
    blocks: bool,
    /// How often all sentences are read
    #[arg(long, default_value_t = 14)]
    rounds: usize,
    /// So many models are learned, each with another seed, and added up
    #[arg(long, default_value_t = 3)]
    seeds: u64,
    /// What a wrong label costs while learning, in weights
    #[arg(long, default_value_t = 60)]
    margin: i32,
    /// What a missed name costs more than another wrong label
    #[arg(long, default_value_t = 40)]
    missed: i32,
    /// Of so many words one is learned without its own letters, as a word that is met for the first time
    #[arg(long, default_value_t = 5)]
    hidden_one_in: u64,
    /// Of a hundred features so many are hidden wherever a word is met while learning, so that no few of them decide
    #[arg(long, default_value_t = 20)]
    hidden_percent: u64,
}

/// A sentence as the tagger sees it.
struct Example {
    sentence: Sentence,
    seen: Vec<Seen>,
    features: Vec<[u32; FEATURES]>,
    labels: Vec<Label>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let file = std::fs::read_to_string(&args.sentences)
        .with_context(|| format!("cannot read {}", args.sentences.display()))?;
    let lexicon = Lexicon::built_in();
    let examples: Vec<Example> =
        conll::sentences(&file).into_iter().map(|sentence| example(&lexicon, sentence)).collect();
    if let Some(folds) = args.folds {
        cross_validate(&lexicon, &examples, folds, args)?;
        return Ok(());
    }
    let bytes = learn(&examples.iter().collect::<Vec<_>>(), args);
    crate::write(&args.out, &bytes)?;
    println!("{}: {} bytes from {} sentences", args.out.display(), bytes.len(), examples.len());
    Ok(())
}

fn cross_validate(lexicon: &Lexicon, examples: &[Example], folds: usize, args: &Args) -> anyhow::Result<()> {
    let mut tally = Tally::default();
    for fold in 0..folds {
        let (mut train, mut test) = (vec![], vec![]);
        for (place, example) in examples.iter().enumerate() {
            let its_fold = if args.blocks { place * folds / examples.len() } else { place % folds };
            if its_fold == fold { test.push(example) } else { train.push(example) }
        }
        let model = Model::read(learn(&train, args).into())?;
        for example in test {
            tally.add(lexicon, &model, example);
        }
    }
    println!("{folds} folds over {} sentences", examples.len());
    tally.print();
    Ok(())
}

fn example(lexicon: &Lexicon, sentence: Sentence) -> Example {
    let cleaned = plain(None, &sentence.text);
    let article = Article::new(lexicon, &cleaned);
    let text = article.body();
    let seen = text.seen.clone();
    let map = Map { runs: cleaned.search_map.body.clone() };
    let mut labels = vec![0; text.words.len()];
    for (kind, start, end) in &sentence.names {
        let span =
            Span { start: count(until(&sentence.text, *start)), end: count(until(&sentence.text, *end)) };
        let folded = map.forth(span);
        let (start, end) = (byte_of(text.folded, folded.start), byte_of(text.folded, folded.end));
        let begin = match *kind {
            "PER" => 1,
            "LOC" => 3,
            _ => 5,
        };
        let inside =
            text.words.iter().zip(&mut labels).filter(|(word, _)| word.start < end && word.end > start);
        for (place, (_, label)) in inside.enumerate() {
            *label = if place == 0 { begin } else { begin + 1 };
        }
    }
    let features = (0..seen.len()).map(|at| see::features(&seen, at)).collect();
    Example { sentence, seen, features, labels }
}

/// The bytes of a model: the sum of those that the seeds give.
fn learn(examples: &[&Example], args: &Args) -> Vec<u8> {
    let mut weights = vec![0; STRIDE * BUCKETS];
    let mut steps = vec![0; 2 * LABELS * LABELS];
    for seed in 0..args.seeds {
        let (own_weights, own_steps) = averages(examples, args, Draw::new(seed));
        for (sum, own) in weights.iter_mut().zip(own_weights).chain(steps.iter_mut().zip(own_steps)) {
            *sum += own;
        }
    }
    let (weights, largest) = quantised(&weights);
    let steps: Vec<i32> =
        steps.iter().map(|step| i32::try_from(scaled(*step, largest)).unwrap_or_default()).collect();
    Model::write(&steps, &weights)
}

/// The averages of the weights and of the steps over all updates.
fn averages(examples: &[&Example], args: &Args, mut draw: Draw) -> (Vec<i64>, Vec<i64>) {
    let mut weights = Weights::new(STRIDE * BUCKETS);
    let mut steps = Weights::new(2 * LABELS * LABELS);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut time = 1_i64;
    for _ in 0..args.rounds {
        draw.shuffle(&mut order);
        for place in &order {
            let example = examples[*place];
            let shown: Vec<Vec<u32>> =
                example.features.iter().map(|features| shown(features, args, &mut draw)).collect();
            let scores = shown.iter().zip(&example.labels).map(|(features, right)| {
                let mut sums = [args.margin; STRIDE];
                sums[0] += args.missed;
                sums[usize::from(*right)] = 0;
                for feature in features {
                    let from = bucket::<BUCKETS>(*feature) * STRIDE;
                    for (sum, weight) in sums.iter_mut().zip(&weights.now[from..from + LABELS]) {
                        *sum += weight;
                    }
                }
                sums
            });
            let scores: Vec<_> = scores.collect();
            let guess = model::best(&example.seen, &model::Steps::new(&steps.now), &scores);
            if guess != example.labels {
                update(example, &shown, &guess, (&mut weights, &mut steps), time);
            }
            time += 1;
        }
    }
    (weights.averages(time), steps.averages(time))
}

/// The features of a word that are shown this time: without its own letters now and then, as a word that is met for the
/// first time, and without some of the others.
fn shown(features: &[u32], args: &Args, draw: &mut Draw) -> Vec<u32> {
    let from = if draw.one_in(args.hidden_one_in) { see::OF_LETTERS } else { 0 };
    let left = features[from..].iter().copied();
    left.filter(|_| args.hidden_percent == 0 || draw.next() % 100 >= args.hidden_percent).collect()
}

/// Moves the weights towards the right labels and away from the guessed ones.
fn update(
    example: &Example,
    shown: &[Vec<u32>],
    guess: &[Label],
    (weights, steps): (&mut Weights, &mut Weights),
    time: i64,
) {
    let (mut before_right, mut before_guess) = (0, 0);
    for (at, (right, guess)) in example.labels.iter().zip(guess).enumerate() {
        let (right, guess) = (usize::from(*right), usize::from(*guess));
        if right != guess {
            for feature in &shown[at] {
                let from = bucket::<BUCKETS>(*feature) * STRIDE;
                weights.add(from + right, 1, time);
                weights.add(from + guess, -1, time);
            }
        }
        let gap: Gap = example.seen[at].gap;
        steps.add(model::step(gap, before_right, right), 1, time);
        steps.add(model::step(gap, before_guess, guess), -1, time);
        (before_right, before_guess) = (right, guess);
    }
}

/// Exact spans and kinds, counted as the field counts them.
#[derive(Default)]
struct Tally {
    /// Gold, said, hit: of people, places, organisations.
    counts: [[u32; 3]; 3],
}

const KINDS: [&str; 3] = ["PER", "LOC", "ORG"];

impl Tally {
    fn add(&mut self, lexicon: &Lexicon, model: &Model, example: &Example) {
        let cleaned = plain(None, &example.sentence.text);
        let article = Article::new(lexicon, &cleaned);
        let text = article.body();
        let said: Vec<(usize, usize, usize)> = naba_tag::names::spans::find(lexicon, text, model)
            .iter()
            .map(|name| {
                let kind = match name.kind {
                    EntityType::Person => 0,
                    EntityType::Place => 1,
                    EntityType::Organisation => 2,
                };
                (kind, name.first, name.last)
            })
            .collect();
        let mut gold = vec![];
        let mut open: Option<(usize, usize)> = None;
        for (at, label) in example.labels.iter().copied().chain([0]).enumerate() {
            if label == 0 || label % 2 == 1 {
                if let Some((kind, first)) = open.take() {
                    gold.push((kind, first, at));
                }
                if label > 0 {
                    open = Some((usize::from(label) / 2, at));
                }
            }
        }
        for (kind, ..) in &gold {
            self.counts[*kind][0] += 1;
        }
        for name in &said {
            self.counts[name.0][1] += 1;
            self.counts[name.0][2] += u32::from(gold.contains(name));
        }
    }

    fn print(&self) {
        let sum = |part: usize| self.counts.iter().map(|counts| counts[part]).sum::<u32>();
        let all = [sum(0), sum(1), sum(2)];
        for (name, [gold, said, hit]) in KINDS.iter().copied().zip(self.counts).chain([("all", all)]) {
            let (precision, recall) =
                (f64::from(hit) / f64::from(said.max(1)), f64::from(hit) / f64::from(gold.max(1)));
            let f1 = 2.0 * f64::from(hit) / f64::from((gold + said).max(1));
            println!("{name:4} precision {precision:.4}  recall {recall:.4}  f1 {f1:.4}  of {gold}");
        }
    }
}
