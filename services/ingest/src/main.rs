//! Decodes articles: `naba.raw.*` in, `naba.ingested.*` out, `naba.dead.ingest.*` for what can never work.

use std::process::ExitCode;

use clap::Parser;
use naba_runtime::service::{self, ServiceArgs};

/// Records are many small pieces: an allocator that keeps them by size takes an eighth off an article.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Ingest: raw articles in, decoded articles with an identity out
///
/// Reads its stream, writes the next one, and can be run in any number and killed at any moment.
/// Stops on SIGTERM or Ctrl-C, finishing what is in flight.
#[derive(Debug, Parser)]
#[command(name = "naba-ingest", version)]
struct Args {
    #[command(flatten)]
    service: ServiceArgs,
}

fn main() -> ExitCode {
    let args = Args::parse();
    service::main("naba-ingest", &args.service, |config| Ok(ingest::service::stage(config)))
}
