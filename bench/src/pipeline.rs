//! A broker of the run's own, with its streams, and the three services on it. Every measurement has a fresh
//! one, so that no store has grown before another and peaks of memory are its own.

use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream;
use async_nats::jetstream::context::ContextBuilder;
use futures_util::future::try_join_all;
use naba_runtime::broker::BrokerConfig;
use naba_runtime::durable::{self, Durability};
use naba_runtime::server::{Server, ServerConfig};
use naba_runtime::topology::Topology;
use tempfile::TempDir;

use crate::process::{Binaries, Process, Usage};

/// The stages, in order.
const STAGES: [&str; 3] = ["ingest", "clean", "enrich"];
/// How many articles the publisher has on their way at once.
const IN_FLIGHT_MAX: usize = 1_000;
/// How long the publisher waits for the broker's word.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// The stream of finished records.
const LAST_STREAM: &str = "NABA_ENRICHED";
/// The stream of what could not be processed.
const DEAD_STREAM: &str = "NABA_DEAD";

/// Which services are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Services {
    /// naba's own.
    Real,
    /// The same pump without engines.
    Identity,
}

impl Services {
    /// As it stands in the rows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Identity => "identity",
        }
    }
}

/// When the broker brings to the disk what it has acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncInterval {
    /// Every two minutes.
    Default,
    /// Before it acknowledges.
    Always,
}

impl SyncInterval {
    /// As it stands in the rows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Always => "always",
        }
    }

    /// Lines for the broker's settings. A private server syncs always; a later block takes the place of its own.
    fn settings(self, store: &std::path::Path) -> String {
        match self {
            Self::Always => String::new(),
            Self::Default => {
                format!(
                    "jetstream {{\n  store_dir: {:?}\n  max_file_store: 40GB\n}}",
                    store.display().to_string()
                )
            }
        }
    }
}

/// What is set up for a measurement.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// Whose services.
    pub services: Services,
    /// The broker's setting.
    pub sync_interval: SyncInterval,
    /// Processes of each service.
    pub replicas: usize,
}

/// A broker and services that run. Dropping it kills them.
#[derive(Debug)]
pub struct Pipeline {
    processes: Vec<Process>,
    server: Server,
    /// The publisher's connection.
    pub client: async_nats::Client,
    /// JetStream on it.
    pub jetstream: jetstream::Context,
    _folder: TempDir,
}

impl Pipeline {
    /// Starts everything and waits until every service takes articles.
    ///
    /// # Errors
    /// When something does not start, or the broker keeps things otherwise than it was told.
    pub async fn start(binaries: &Binaries, setup: Setup) -> anyhow::Result<Self> {
        let folder = TempDir::new().context("no temporary folder")?;
        let store = folder.path().join("store");
        let extra = setup.sync_interval.settings(&store);
        let config = ServerConfig { binary: binaries.nats_server.clone(), store, port: 0, extra };
        let server = Server::start(&config).await?;
        ensure_interval(&server, setup.sync_interval).await?;
        let client = async_nats::connect(&server.url).await.context("the broker lets nobody in")?;
        let jetstream =
            ContextBuilder::new().timeout(ACK_WAIT).max_ack_inflight(IN_FLIGHT_MAX).build(client.clone());
        // made beforehand, so that the services do not race for it
        Topology::load(None)?.apply(&jetstream).await?;
        let all = STAGES.into_iter().flat_map(|stage| std::iter::repeat_n(stage, setup.replicas));
        let starts = all.map(|stage| Process::start(binaries, setup.services, stage, &server));
        let processes = try_join_all(starts).await?;
        Ok(Self { processes, server, client, jetstream, _folder: folder })
    }

    /// What each stage and the broker have cost so far.
    ///
    /// # Errors
    /// When one of them has ended.
    pub fn usage(&self) -> anyhow::Result<Vec<Usage>> {
        let of = |stage: &'static str| {
            let own = self.processes.iter().filter(|process| process.stage == stage);
            Usage::of(stage, &own.map(|process| process.pid).collect::<Vec<_>>())
        };
        let broker = Usage::of("nats-server", &[self.server.pid]);
        STAGES.into_iter().map(of).chain([broker]).collect()
    }

    /// How many finished records are stored.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn finished(&self) -> anyhow::Result<u64> {
        self.held(LAST_STREAM).await
    }

    /// How many inputs became dead letters.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn dead(&self) -> anyhow::Result<u64> {
        self.held(DEAD_STREAM).await
    }

    async fn held(&self, stream: &str) -> anyhow::Result<u64> {
        let stream =
            self.jetstream.get_stream(stream).await.with_context(|| format!("no stream {stream}"))?;
        Ok(stream.cached_info().state.messages)
    }

    /// Ends everything, the services first.
    ///
    /// # Errors
    /// When something cannot be killed.
    pub async fn stop(self) -> anyhow::Result<()> {
        for process in self.processes {
            process.kill().await?;
        }
        self.server.kill().await
    }
}

/// Asks the broker for its setting: figures under the wrong name would be worse than none.
async fn ensure_interval(server: &Server, wanted: SyncInterval) -> anyhow::Result<()> {
    let config = BrokerConfig { monitor_url: server.monitor_url.clone(), ..BrokerConfig::default() };
    let found = durable::ask(&config).await;
    let holds = match wanted {
        SyncInterval::Always => found == Durability::Kept,
        SyncInterval::Default => matches!(found, Durability::Lost { .. }),
    };
    anyhow::ensure!(holds, "sync_interval should be {}, and the broker says {found:?}", wanted.name());
    Ok(())
}
