//! Logs: for people on a terminal, JSON otherwise. One line an event, said once, at the boundary.

use std::io::IsTerminal;

use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// How much is logged, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,naba_runtime=debug`.
    pub level: String,
    /// `auto` (by the terminal), `human` or `json`.
    pub format: LogFormat,
}

/// The shape of log lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Human on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// For people.
    Human,
    /// For machines.
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { level: "info,async_nats=warn".to_owned(), format: LogFormat::Auto }
    }
}

fn filter(config: &LogConfig) -> anyhow::Result<EnvFilter> {
    EnvFilter::try_new(&config.level)
        .map_err(|error| anyhow::anyhow!("log.level: `{}` is not a log filter: {error}", config.level))
}

/// Checks the level without starting anything.
///
/// # Errors
/// When it is not a filter.
pub fn check(config: &LogConfig) -> anyhow::Result<()> {
    filter(config).map(drop)
}

/// Starts logging to stderr. A second call changes nothing.
///
/// # Errors
/// When the level is not a filter.
pub fn start(config: &LogConfig) -> anyhow::Result<()> {
    let filter = filter(config)?;
    let human = match config.format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let started =
        if human { builder.compact().try_init() } else { builder.json().flatten_event(true).try_init() };
    // in tests and in the all-in-one several services start in one process
    drop(started);
    Ok(())
}
