//! All doors, until told to stop.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use naba_runtime::health::{self, Ready};
use naba_runtime::service::{ServiceArgs, ServiceConfig};
use naba_runtime::{Broker, Stop, metrics, shutdown, telemetry};

use crate::config::GatherConfig;
use crate::feeds::poll;
use crate::feeds::registry::Registry;
use crate::fetch::Fetcher;
use crate::store::Store;
use crate::{folders, http};

/// The service's name: its connection, its inbox.
pub const NAME: &str = "gather";
/// How often the broker is asked whether it takes articles.
const PULSE: Duration = Duration::from_secs(3);

/// The main of the service.
pub fn main(args: &ServiceArgs) -> ExitCode {
    let config = args.load().and_then(|config| telemetry::start(&config.log).map(|()| config));
    let config = match config.and_then(|config| Ok((GatherConfig::of(&config)?, config))) {
        Ok(config) => config,
        Err(error) => {
            shutdown::report("naba-gather", &error);
            return ExitCode::FAILURE;
        }
    };
    shutdown::block_on(shutdown::run("naba-gather", |stop| async move {
        let (gather, config) = config;
        let ready = Ready::default();
        metrics::start();
        health::serve(&config.health, ready.clone(), stop.clone()).await?;
        let door = open(&gather, &config, &ready, &stop).await?;
        let is_open = door.is_some() || gather.feeds.poll || !gather.folders.watch.is_empty();
        anyhow::ensure!(
            is_open,
            "no door is open; set gather.http.listen, gather.feeds.poll or gather.folders.watch"
        );
        stop.cancelled().await;
        Ok(())
    }))
}

/// Connects and opens the configured doors. They close when told to stop. Returns the address of the HTTP door; none
/// where it is closed.
///
/// # Errors
/// When the broker is not to be had, or a door cannot be opened.
pub async fn open(
    gather: &GatherConfig,
    config: &ServiceConfig,
    ready: &Ready,
    stop: &Stop,
) -> anyhow::Result<Option<SocketAddr>> {
    let mut own = config.broker.clone();
    own.inbox_prefix.get_or_insert_with(|| format!("_INBOX_{NAME}"));
    let broker = Broker::connect(&own, "naba-gather").await?;
    let store = Store::new(broker.jetstream.clone(), gather.http.in_flight_max);
    if gather.feeds.poll {
        let registry = Registry::open(&broker).await.context("gather.feeds")?;
        let fetcher = Fetcher::new(&gather.fetch).context("gather.fetch")?;
        tokio::spawn(poll::run(registry, fetcher, store.clone(), gather.feeds.clone(), stop.clone()));
    }
    for folder in &gather.folders.watch {
        let (folder, config) = (folder.clone(), gather.folders.clone());
        tokio::spawn(folders::run(folder, config, store.clone(), stop.clone()));
    }
    let address = http::open(&gather.http, store, stop.clone()).await.context("the HTTP door")?;
    ready.set(broker.is_connected());
    tokio::spawn(watch(broker, ready.clone(), stop.clone()));
    Ok(address)
}

/// Says unready while the broker is away.
async fn watch(broker: Broker, ready: Ready, stop: Stop) {
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(PULSE) => {}
        }
        metrics::tidy();
        ready.set(broker.is_connected());
    }
    ready.set(false);
}
