//! `naba process`: the whole pipeline in one process, without a broker.
//!
//! Batches go round the workers in turn and their results are collected in the same turn, so that the order
//! is kept without a buffer that could grow: memory is a few batches a worker, whatever the input's size.

use std::collections::VecDeque;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use naba_record::{Enriched, Story};
use naba_tag::stories::{Candidate, Sketch, Stories};

use crate::input::{self, Item};
use crate::pipeline::{LexiconArgs, Pipeline, RulesArgs};
use crate::positions::PositionsArgs;

/// Run articles through the whole pipeline
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Articles: .txt, .html, .json, .ndjson, or - for NDJSON on standard input
    pub files: Vec<PathBuf>,
    /// Workers; all cores when absent
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<usize>,
    /// Group articles that print the same copy (`story`), remembering so many
    #[arg(long, value_name = "ARTICLES", num_args = 0..=1, default_missing_value = "200000")]
    stories: Option<usize>,
    #[command(flatten)]
    positions: PositionsArgs,
    #[command(flatten)]
    rules: RulesArgs,
    /// Names of your own.
    #[command(flatten)]
    lexicon: LexiconArgs,
}

/// Articles a batch.
const BATCH_ARTICLES: usize = 16;
/// Batches that wait before and behind a worker.
const BATCHES_WAITING: usize = 2;

/// An article's record and, where stories are asked for, its sketch; or why there is none.
type Answer = Result<(Box<Enriched>, Option<Sketch>), String>;

/// Runs the command. Exit code 1 when any article could not be processed.
///
/// # Errors
/// When a file cannot be opened or the output cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let files = input::names(&args.files);
    let jobs =
        args.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, std::num::NonZero::get)).max(1);
    let pipeline = Pipeline::with_lexicon(args.rules.load()?, args.lexicon.load()?);
    let bar = progress(&files);
    let failed = thread::scope(|scope| {
        let (to_workers, from_workers): (Vec<_>, Vec<_>) = (0..jobs)
            .map(|_| {
                let (to_worker, inbox) = sync_channel::<Vec<Item>>(BATCHES_WAITING);
                let (outbox, from_worker) = sync_channel::<Vec<Answer>>(BATCHES_WAITING);
                let pipeline = &pipeline;
                let sketches = args.stories.is_some();
                scope.spawn(move || work(pipeline, sketches, &inbox, &outbox));
                (to_worker, from_worker)
            })
            .unzip();
        let bar = &bar;
        let reader = scope.spawn(move || read(&files, &to_workers, bar));
        let failed = write(&from_workers, args.stories.map(Groups::new), &args.positions);
        // the writer may have ended early (a closed pipe); dropping its ends lets the others end too
        drop(from_workers);
        let read = reader.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the reader ended unexpectedly")));
        failed.and_then(|failed| read.map(|()| failed))
    })?;
    bar.finish_and_clear();
    if failed > 0 {
        say(&format!("{failed} articles could not be processed"));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// A bar where somebody looks and the end is known.
fn progress(files: &[PathBuf]) -> ProgressBar {
    let sizes: Option<u64> =
        files.iter().map(|file| std::fs::metadata(file).ok().map(|data| data.len())).sum();
    match sizes {
        Some(bytes) if std::io::stderr().is_terminal() && !std::io::stdout().is_terminal() => {
            let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left");
            ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        }
        _ => ProgressBar::hidden(),
    }
}

fn read(files: &[PathBuf], workers: &[SyncSender<Vec<Item>>], bar: &ProgressBar) -> anyhow::Result<()> {
    let mut turn = workers.iter().cycle();
    let mut batch = vec![];
    for file in files {
        for item in input::items(file)? {
            bar.inc(item.payload.len() as u64);
            batch.push(item);
            if batch.len() == BATCH_ARTICLES
                && turn.next().is_none_or(|worker| worker.send(std::mem::take(&mut batch)).is_err())
            {
                // the writer is gone, and its workers with it
                return Ok(());
            }
        }
    }
    if let Some(worker) = turn.next().filter(|_| !batch.is_empty()) {
        let _ = worker.send(batch);
    }
    Ok(())
}

fn work(pipeline: &Pipeline, sketches: bool, inbox: &Receiver<Vec<Item>>, outbox: &SyncSender<Vec<Answer>>) {
    for batch in inbox {
        let answers = batch.into_iter().map(|item| answer(pipeline, sketches, &item)).collect();
        if outbox.send(answers).is_err() {
            return;
        }
    }
}

fn answer(pipeline: &Pipeline, sketches: bool, item: &Item) -> Answer {
    let place = match item.line {
        Some(line) => serde_json::json!({"file": item.file, "line": line}),
        None => serde_json::json!({"file": item.file}),
    };
    let error = |reason: &str, message: &str, field: Option<&str>| {
        let mut record = serde_json::json!({"error": reason, "message": message, "at": place});
        if let Some(field) = field {
            record["field"] = field.into();
        }
        record.to_string()
    };
    if let Some(problem) = &item.problem {
        return Err(error("unreadable", problem, None));
    }
    let record = pipeline.enrich(&item.payload, &item.envelope);
    let record = record.map_err(|reject| error(&reject.reason, &reject.message, reject.field.as_deref()))?;
    let sketch = sketches.then(|| pipeline.sketch(&record));
    Ok((Box::new(record), sketch))
}

/// The groups of the articles so far, in the order in which they came.
struct Groups {
    stories: Stories,
    /// The ids of the articles that are remembered, by their number.
    ids: VecDeque<String>,
    articles_max: usize,
    number: u32,
}

impl Groups {
    fn new(articles_max: usize) -> Self {
        Self { stories: Stories::new(articles_max), ids: VecDeque::new(), articles_max, number: 0 }
    }

    fn story(&mut self, record: &Enriched, sketch: &Sketch) -> Story {
        let (outlet, origin) =
            enrich::stories::outlet_and_origin(record.source.as_deref(), record.agency.as_ref());
        let article = self.number;
        let found = self.stories.add(Candidate { article, outlet, origin, sketch });
        self.number += 1;
        self.ids.push_back(record.id.clone());
        if self.ids.len() > self.articles_max + 1 {
            self.ids.pop_front();
        }
        let oldest = self.number.saturating_sub(u32::try_from(self.ids.len()).unwrap_or(u32::MAX));
        let id = |number: u32| {
            let place = number.checked_sub(oldest).and_then(|place| usize::try_from(place).ok());
            place.and_then(|place| self.ids.get(place)).cloned()
        };
        Story {
            // a group outlives its first article: then its number names it
            group: id(found.group).unwrap_or_else(|| format!("{:032x}", found.group)),
            near_duplicate_of: found.near_duplicate_of.and_then(id),
            containment: found.containment,
            outlets: found.outlets,
            independent_sources: found.independent_sources,
        }
    }
}

/// Writes the answers in the order of their articles; gives the number of those without a record.
fn write(
    workers: &[Receiver<Vec<Answer>>],
    mut groups: Option<Groups>,
    positions: &PositionsArgs,
) -> anyhow::Result<u64> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut failed = 0;
    for worker in workers.iter().cycle() {
        let Ok(answers) = worker.recv() else { break };
        for answer in answers {
            match answer {
                Ok((mut record, sketch)) => {
                    if let (Some(groups), Some(sketch)) = (&mut groups, &sketch) {
                        record.story = Some(groups.story(&record, sketch));
                    }
                    writeln!(out, "{}", positions.line(*record)?).context("cannot write")?;
                }
                Err(error) => {
                    failed += 1;
                    say(&error);
                }
            }
        }
    }
    out.flush().context("cannot write")?;
    Ok(failed)
}

#[expect(clippy::print_stderr, reason = "error records belong on stderr")]
fn say(line: &str) {
    eprintln!("{line}");
}
