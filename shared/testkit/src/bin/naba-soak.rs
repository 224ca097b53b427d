//! `make soak`: real processes, killed at random from a printed seed, and an audit at the end.

use std::process::ExitCode;

use clap::Parser;
use naba_testkit::soak::{Soak, run};

/// Publish, kill and restart everything at random, then audit
#[derive(Debug, Parser)]
struct Args {
    /// What the run is drawn from; another one each time when absent
    #[arg(long)]
    seed: Option<u64>,
    /// How many articles
    #[arg(long, default_value_t = 20_000)]
    articles: u64,
    /// How long things are killed
    #[arg(long, default_value_t = 180)]
    seconds: u64,
    /// Kill nothing: a long calm run, for memory and throughput
    #[arg(long)]
    calm: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seed = args.seed.unwrap_or_else(|| now.map_or(1, |now| u64::from(now.subsec_nanos())));
    let soak = Soak { seed, articles: args.articles, seconds: args.seconds, calm: args.calm };
    let report = run(&soak).await;
    println!("{report}");
    if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
