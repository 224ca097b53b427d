//! `naba topology`: streams and consumers, created or verified.

use std::io::Write as _;
use std::process::ExitCode;

use naba_runtime::Broker;
use naba_runtime::service::ServiceArgs;
use naba_runtime::topology::Finding;

/// Create or verify streams and consumers
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `apply` creates what is missing, and makes larger what is to be larger; `check` only looks
    #[arg(value_parser = ["apply", "check"])]
    pub action: String,
    /// With `apply`: also set what is there and differs
    #[arg(long)]
    pub change: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

/// Runs the command. Exit code 1 when anything is missing or different.
///
/// # Errors
/// When the broker is not to be had, or `apply` without `--change` meets a stream that differs.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = args.service.load()?;
    let broker = Broker::connect(&config.broker, "naba-topology").await?;
    let mut out = std::io::stdout().lock();
    anyhow::ensure!(!args.change || args.action == "apply", "--change goes with `naba topology apply`");
    if args.action == "apply" {
        if args.change {
            broker.topology.change(&broker.jetstream).await?;
        }
        broker.topology.apply(&broker.jetstream).await?;
    }
    let findings = broker.topology.check(&broker.jetstream).await?;
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    let good = findings.iter().all(|finding| matches!(finding, Finding::Same(_)));
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
