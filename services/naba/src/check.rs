//! `naba check`: a configuration, checked without running anything.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use naba_runtime::service::ServiceArgs;
use naba_runtime::topology::Topology;

/// Check a configuration without running anything
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration file (TOML)
    pub config: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When the configuration, the environment's part of it, or the topology it names has a mistake.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let service = ServiceArgs { config: Some(args.config.clone()), ..ServiceArgs::default() };
    let config = service.load()?;
    Topology::load(config.broker.topology_file.as_deref())?;
    writeln!(std::io::stdout(), "{} is good: broker {:?}", args.config.display(), config.broker)?;
    Ok(ExitCode::SUCCESS)
}
