//! What the mains of all services share: arguments, configuration, logs, health, the way out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use serde::Deserialize;
use tokio::task::JoinSet;

use crate::broker::{Broker, BrokerConfig};
use crate::health::{self, HealthConfig, Ready};
use crate::publish::GONE_MS_MAX;
use crate::pump::{Limits, Stage, pump};
use crate::shutdown::{self, Stop};
use crate::telemetry::{self, LogConfig};
use crate::topology::Drift;
use crate::{config, durable, isolate, metrics};

/// The configuration of a service. One file serves all of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceConfig {
    /// The broker.
    pub broker: BrokerConfig,
    /// Logs.
    pub log: LogConfig,
    /// Health and metrics.
    pub health: HealthConfig,
    /// The pump's limits.
    pub limits: Limits,
    /// How text is folded.
    pub text: TextConfig,
    /// Rules of one's own, and learning.
    pub rules: RulesConfig,
    /// Lexicon entries of one's own.
    pub lexicon: LexiconConfig,
    /// Groups of articles that print the same copy.
    pub stories: StoriesConfig,
    /// Who speaks for which source.
    pub sources: SourcesConfig,
    /// The zone that a source prints its stamps in, where they state none: an IANA name.
    pub zones: BTreeMap<String, String>,
    /// The front doors. What may stand here is `naba-gather`'s to say; the other services pass over it.
    pub gather: toml::Table,
}

/// Who speaks for which source.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourcesConfig {
    /// Tokens of subjects, `naba.raw.<token>`, whose writers may publish articles of any source: gateways that gather
    /// several outlets. Elsewhere an article that names another source than its subject is refused.
    pub speak_for_others: Vec<String>,
}

/// Lexicon entries of one's own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LexiconConfig {
    /// Files over the built-in entries. They are read again when they change.
    pub files: Vec<PathBuf>,
}

/// Groups of articles that print the same copy.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoriesConfig {
    /// How many articles are remembered, at about 400 bytes each; 0: no groups are made.
    pub articles_max: usize,
    /// How long an article is remembered, in hours, by the times at which articles were ingested.
    pub hours_max: u32,
}

impl Default for StoriesConfig {
    fn default() -> Self {
        Self { articles_max: 100_000, hours_max: 168 }
    }
}

/// Rules of one's own, and learning.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RulesConfig {
    /// Rule files that lie over the built-in ones, under what is pushed.
    pub files: Vec<PathBuf>,
    /// Count what each outlet repeats, propose rules, raise alarms.
    pub learn: bool,
    /// How often what was counted is shared with the other replicas and kept for the next start, in seconds.
    pub share_seconds: u64,
}

impl Default for RulesConfig {
    fn default() -> Self {
        Self { files: vec![], learn: true, share_seconds: 30 }
    }
}

/// How text is folded.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextConfig {
    /// The profile of the search text: `search`, or one of `profiles`.
    pub search_profile: String,
    /// Profiles of one's own: a name and its steps.
    pub profiles: BTreeMap<String, Vec<String>>,
}

impl Default for TextConfig {
    fn default() -> Self {
        Self { search_profile: "search".to_owned(), profiles: BTreeMap::new() }
    }
}

/// How long what runs beside the pump may take to end.
const COMPANION_ENDS: Duration = Duration::from_secs(3);
/// The pause between two looks at a broker that has no streams yet, and how often that is said.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
const SAY_AGAIN: Duration = Duration::from_secs(10);

/// The arguments that every service takes.
#[derive(Debug, Clone, Default, Parser)]
pub struct ServiceArgs {
    /// Configuration file (TOML); see `naba check`
    #[arg(long, short, value_name = "FILE", env = "NABA_CONFIG")]
    pub config: Option<PathBuf>,
    /// The broker's address, e.g. nats://127.0.0.1:4222
    #[arg(long, value_name = "URL")]
    pub nats: Option<String>,
    /// Where /healthz, /readyz and /metrics are served, e.g. 127.0.0.1:9101
    #[arg(long, value_name = "ADDRESS")]
    pub health: Option<String>,
    /// Any key of the configuration, e.g. limits.in_flight_max=256
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub set: Vec<(String, String)>,
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE, e.g. log.level=debug")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

impl ServiceArgs {
    /// Puts file, environment and flags together.
    ///
    /// # Errors
    /// When any of them has a mistake; the message points at it.
    pub fn load(&self) -> anyhow::Result<ServiceConfig> {
        let mut flags = self.set.clone();
        flags.extend(self.nats.clone().map(|url| ("broker.url".to_owned(), url)));
        flags.extend(self.health.clone().map(|address| ("health.listen".to_owned(), address)));
        // a variable that is no text is nobody's configuration
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let mut config: ServiceConfig = config::load(self.config.as_deref(), environment, &flags)?;
        config.broker.take_login_from_url();
        config.check()?;
        Ok(config)
    }
}

/// The least memory of a process for one suspected article: with less, none comes up.
const ISOLATED_MIB_MIN: u64 = 128;

impl ServiceConfig {
    /// Checks values that have the right type and make no sense.
    ///
    /// # Errors
    /// When there is one; the message names the key.
    fn check(&self) -> anyhow::Result<()> {
        let limits = &self.limits;
        for (key, value, least) in [
            ("limits.in_flight_max", limits.in_flight_max as u64, 1),
            ("limits.article_ms_max", limits.article_ms_max, 1),
            ("limits.publish_batch_max", limits.publish_batch_max as u64, 1),
            ("limits.lag_max", limits.lag_max, 1),
            ("limits.isolated_memory_mib_max", limits.isolated_memory_mib_max, ISOLATED_MIB_MIN),
            ("limits.hung_ms_max", limits.hung_ms_max, 1),
            ("rules.share_seconds", self.rules.share_seconds, 1),
            ("broker.ack_wait_ms", self.broker.ack_wait_ms, 1),
        ] {
            anyhow::ensure!(value >= least, "{key} is {value}; the least is {least}");
        }
        anyhow::ensure!(!self.broker.url.trim().is_empty(), "broker.url is empty; write nats://host:port");
        let listen = &self.health.listen;
        let port = listen.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
        anyhow::ensure!(
            listen.is_empty() || matches!(port, Some(Ok(_))),
            "health.listen: `{listen}` is no address; write 127.0.0.1:9101, or nothing"
        );
        Ok(())
    }
}

/// The main of a service: configuration, logs, health, engine, broker, pump, and out. Started again for one
/// suspected input ([`isolate`]), it runs that and ends.
pub fn main(
    name: &str,
    args: &ServiceArgs,
    stage: impl FnOnce(&ServiceConfig) -> anyhow::Result<Stage>,
) -> ExitCode {
    let isolated = isolate::stage().is_some();
    let start = |config: &ServiceConfig| if isolated { Ok(()) } else { telemetry::start(&config.log) };
    let config = match args.load().and_then(|config| start(&config).map(|()| config)) {
        Ok(config) => config,
        Err(error) => {
            shutdown::report(name, &error);
            return ExitCode::FAILURE;
        }
    };
    if isolated {
        return match stage(&config) {
            Ok(stage) => isolate::main(&*stage.engine, &config.limits),
            Err(error) => {
                shutdown::report(name, &error);
                ExitCode::FAILURE
            }
        };
    }
    shutdown::block_on(shutdown::run(name, |stop| async move {
        let ready = Ready::default();
        metrics::start();
        health::serve(&config.health, ready.clone(), stop.clone()).await?;
        let stage = stage(&config)?;
        serve(&stage, &config, ready, stop).await
    }))
}

/// Connects, makes sure of the streams, and pumps until told to stop.
///
/// # Errors
/// When the broker is not to be had or would lose what it acknowledged, or its streams differ from the
/// topology.
pub async fn serve(stage: &Stage, config: &ServiceConfig, ready: Ready, stop: Stop) -> anyhow::Result<()> {
    let name = format!("naba-{}", stage.name);
    let mut own = config.broker.clone();
    own.inbox_prefix.get_or_insert_with(|| format!("_INBOX_{}", stage.name));
    let broker = tokio::select! {
        broker = Broker::connect(&own, &name) => broker?,
        () = stop.cancelled() => return Ok(()),
    };
    let mut limits = config.limits.clone();
    // a batch saves writes to the disk, and costs the broker files of its own: where nothing is written at once, single
    // publications are a fifth faster (`make bench-pipeline --set limits.publish_batch_max=…`)
    if matches!(durable::check(&config.broker).await?, durable::Durability::Lost { .. }) {
        limits.publish_batch_max = 1;
    }
    let (since, mut last_said): (_, Option<Instant>) = (Instant::now(), None);
    while let Err(error) = broker.topology.ensure(&broker.jetstream, stage).await {
        // a cluster that is electing its leaders says no for a while; a difference stays one
        if error.is::<Drift>() || since.elapsed() > Duration::from_millis(GONE_MS_MAX) {
            return Err(error);
        }
        if last_said.is_none_or(|last| last.elapsed() >= SAY_AGAIN) {
            last_said = Some(Instant::now());
            tracing::warn!(
                stage = stage.name,
                error = shutdown::said(&error),
                "the streams are not to be had yet; looking again"
            );
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
    // they end with the pump, whatever ends it
    let stop_beside = stop.child_token();
    let mut beside: JoinSet<()> = stage
        .companions
        .iter()
        .cloned()
        .map(|companion| companion.run(stage.name, broker.clone(), ready.clone(), stop_beside.clone()))
        .collect();
    let pumped = pump(&broker, stage, &limits, &ready, stop).await;
    stop_beside.cancel();
    let ended = async { while beside.join_next().await.is_some() {} };
    // what takes longer is dropped
    let _ = tokio::time::timeout(COMPANION_ENDS, ended).await;
    pumped
}
