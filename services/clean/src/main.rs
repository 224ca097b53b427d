//! Cleans articles: `naba.ingested.*` in, `naba.cleaned.*` out, `naba.dead.clean.*` for what can never work.

use std::process::ExitCode;

use clap::Parser;
use naba_runtime::service::{self, ServiceArgs};

/// Clean: decoded articles in, titles and bodies without furniture out
///
/// Reads its stream, writes the next one, and can be run in any number and killed at any moment.
/// Stops on SIGTERM or Ctrl-C, finishing what is in flight.
#[derive(Debug, Parser)]
#[command(name = "naba-clean", version)]
struct Args {
    #[command(flatten)]
    service: ServiceArgs,
}

fn main() -> ExitCode {
    let args = Args::parse();
    service::main("naba-clean", &args.service, clean::stage)
}
