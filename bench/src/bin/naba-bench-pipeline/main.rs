//! `make bench-pipeline`: the three services as processes against a real broker, beside the same pump without
//! engines, interleaved in one run.
//!
//! * [`report`]    rows, the tables, the results file

mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use naba_bench::load::Load;
use naba_bench::measure::measure;
use naba_bench::pipeline::{Services, Setup, SyncInterval};
use naba_bench::process::Binaries;
use naba_runtime::shutdown;

use crate::report::{Report, Row};

/// Measure the three services on a real broker, beside the same pump without engines
#[derive(Debug, Parser)]
#[command(name = "naba-bench-pipeline", version)]
struct Args {
    /// How many articles are published flat out [default: 8000, with --quick 300]
    #[arg(long)]
    articles: Option<usize>,
    /// How long articles are published at each rate [default: 10, with --quick 1]
    #[arg(long)]
    seconds: Option<usize>,
    /// How often real services and identity take turns at each load [default: 2, with --quick 1]
    #[arg(long)]
    rounds: Option<usize>,
    /// Small numbers and fewer loads, to see that everything runs; writes no file unless --results names one
    #[arg(long)]
    quick: bool,
    /// Configuration of all services that are measured, real ones and identity, e.g. limits.in_flight_max=64
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Where the figures are written [default: bench/results/pipeline.json]
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,
}

/// Articles a second.
const RATES: [usize; 3] = [50, 500, 2_000];
const QUICK_RATES: [usize; 2] = [50, 2_000];
/// So many articles with so long a silence before each: everyday life, in which nobody may fall asleep.
const SPARSE: (usize, Duration) = (4, Duration::from_secs(10));
const QUICK_SPARSE: (usize, Duration) = (2, Duration::from_secs(6));
/// Processes of each service, flat out.
const REPLICAS: [usize; 3] = [1, 2, 4];
const QUICK_REPLICAS: [usize; 2] = [1, 2];
/// Where the figures are written unless told otherwise.
const RESULTS: &str = "bench/results/pipeline.json";

/// What is measured, after the defaults.
struct Plan {
    articles: usize,
    seconds: usize,
    rounds: usize,
    rates: &'static [usize],
    sparse: (usize, Duration),
    replicas: &'static [usize],
    set: Vec<String>,
    results: Option<PathBuf>,
    /// The command that measures the same again, without the paths of this machine.
    command: String,
}

impl Plan {
    fn of(args: Args) -> Self {
        let or =
            |given: Option<usize>, full, quick| given.unwrap_or(if args.quick { quick } else { full }).max(1);
        let (articles, seconds) = (or(args.articles, 8_000, 300), or(args.seconds, 10, 1));
        let rounds = or(args.rounds, 2, 1);
        let quick = if args.quick { " --quick" } else { "" };
        let set = args.set.iter().fold(String::new(), |all, set| all + " --set " + set);
        Self {
            articles,
            seconds,
            rounds,
            rates: if args.quick { &QUICK_RATES } else { &RATES },
            sparse: if args.quick { QUICK_SPARSE } else { SPARSE },
            replicas: if args.quick { &QUICK_REPLICAS } else { &REPLICAS },
            set: args.set,
            results: args.results.or((!args.quick).then(|| RESULTS.into())),
            command: format!(
                "naba-bench-pipeline{quick} --articles {articles} --seconds {seconds} --rounds {rounds}{set}"
            ),
        }
    }

    /// Every load, with the number of processes of each service.
    fn loads(&self) -> Vec<(Load, usize)> {
        let flat_out = self.replicas.iter().map(|replicas| (Load::flat_out(self.articles), *replicas));
        let paced = self.rates.iter().map(|rate| (Load::paced(*rate, self.seconds), 1));
        let sparse = (Load::sparse(self.sparse.0, self.sparse.1), 1);
        flat_out.chain(paced).chain([sparse]).collect()
    }
}

fn main() -> ExitCode {
    let plan = Plan::of(Args::parse());
    shutdown::block_on(shutdown::run("naba-bench-pipeline", |stop| async move {
        tokio::select! {
            ended = run(&plan) => ended,
            // what was started goes down with the future that holds it
            () = stop.cancelled() => anyhow::bail!("interrupted; nothing is written"),
        }
    }))
}

/// Measures everything; rows are printed as they come.
async fn run(plan: &Plan) -> anyhow::Result<()> {
    let binaries = Binaries::find(plan.set.clone())?;
    let machine = naba_bench::machine::facts(Some(&binaries.nats_server))?;
    let mut report = Report::start(machine, plan.command.clone())?;
    for sync_interval in [SyncInterval::Default, SyncInterval::Always] {
        for (load, replicas) in plan.loads() {
            for round in 1..=plan.rounds {
                let mut pair = vec![];
                for services in [Services::Real, Services::Identity] {
                    let setup = Setup { services, sync_interval, replicas };
                    let figures = measure(&binaries, setup, load)
                        .await
                        .with_context(|| format!("{} services, {load}", services.name()))?;
                    pair.push(Row::new(setup, load, round, figures));
                }
                report.add(pair)?;
            }
        }
    }
    report.costs()?;
    plan.results.as_deref().map_or(Ok(()), |file| write(file, &report))
}

/// Writes the figures as JSON.
fn write(file: &Path, report: &Report) -> anyhow::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let text = serde_json::to_string_pretty(report)? + "\n";
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}
