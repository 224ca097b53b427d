//! One of the three stages without an engine, for `naba-bench-pipeline`. Never shipped.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use naba_bench::identity::Hop;
use naba_runtime::service::{self, ServiceArgs};

/// Identity: a stage that passes its input on, to measure what the pump and the broker cost by themselves
#[derive(Debug, Parser)]
#[command(name = "naba-identity", version)]
struct Args {
    /// The stage that it stands for: ingest, clean or enrich
    #[arg(long)]
    stage: String,
    #[command(flatten)]
    service: ServiceArgs,
}

fn main() -> ExitCode {
    let args = Args::parse();
    service::main("naba-identity", &args.service, |_| {
        let hop = Hop::of(&args.stage).with_context(|| {
            format!("--stage {}: there is no such stage; ingest, clean and enrich are", args.stage)
        })?;
        Ok(hop.stage())
    })
}
