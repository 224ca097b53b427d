//! Enriches articles: `naba.cleaned.*` in, `naba.enriched.*` out, `naba.dead.enrich.*` for what can never work.

use std::process::ExitCode;

use clap::Parser;
use naba_runtime::service::{self, ServiceArgs};

/// Records are many small pieces: an allocator that keeps them by size takes an eighth off an article.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Enrich: clean articles in, finished records out
///
/// Reads its stream, writes the next one, and can be run in any number and killed at any moment.
/// Stops on SIGTERM or Ctrl-C, finishing what is in flight.
#[derive(Debug, Parser)]
#[command(name = "naba-enrich", version)]
struct Args {
    #[command(flatten)]
    service: ServiceArgs,
}

fn main() -> ExitCode {
    let args = Args::parse();
    service::main("naba-enrich", &args.service, enrich::stage)
}
