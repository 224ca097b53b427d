//! The front doors: articles in over HTTP and from feeds, `naba.raw.*` out.

use std::process::ExitCode;

use clap::Parser;
use naba_runtime::service::ServiceArgs;

/// Gather: articles in over HTTP and from feeds, raw articles on the broker out
///
/// Can be run in any number and killed at any moment. Stops on SIGTERM or Ctrl-C, finishing what is in flight.
#[derive(Debug, Parser)]
#[command(name = "naba-gather", version)]
struct Args {
    #[command(flatten)]
    service: ServiceArgs,
}

fn main() -> ExitCode {
    gather::service::main(&Args::parse().service)
}
