//! `naba check`: a configuration, checked without running anything.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use gather::config::GatherConfig;
use naba_runtime::service::ServiceArgs;
use naba_runtime::telemetry;
use naba_runtime::topology::Topology;

use crate::up;

/// Check a configuration without running anything
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration file (TOML)
    pub config: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When the configuration, the environment's part of it, or a file that it names has a mistake: everything is read that a
/// service would read.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let service = ServiceArgs { config: Some(args.config.clone()), ..ServiceArgs::default() };
    let config = service.load()?;
    Topology::load(config.broker.topology_file.as_deref())?;
    let broker = &config.broker;
    for (key, file) in [
        ("broker.nkey_file", &broker.nkey_file),
        ("broker.credentials_file", &broker.credentials_file),
        ("broker.tls_ca_file", &broker.tls_ca_file),
    ] {
        if let Some(file) = file {
            std::fs::File::open(file).with_context(|| format!("{key}: cannot read {}", file.display()))?;
        }
    }
    telemetry::check(&config.log)?;
    let doors = GatherConfig::of(&config)?;
    gather::http::check(&doors.http)?;
    // rules, profiles, zones and lexicon files are read and compiled
    up::stages(&config)?;
    writeln!(std::io::stdout(), "{} is good", args.config.display())?;
    Ok(ExitCode::SUCCESS)
}
