//! `/healthz` (the process lives), `/readyz` (it can work) and `/metrics`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::Stop;

/// How many connections are served at once; further ones wait in the system's own queue.
const CONNECTIONS_MAX: usize = 64;
/// How long a connection may last, whatever it sends or does not send.
const CONNECTION_MS_MAX: u64 = 10_000;
/// The pause after a connection could not be taken: no descriptors are left, say.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

/// Where health and metrics are served.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthConfig {
    /// Address and port; loopback unless told otherwise. Port 0 takes a free one and logs it. Empty: none.
    pub listen: String,
}

impl Default for HealthConfig {
    fn default() -> Self {
        Self { listen: "127.0.0.1:0".to_owned() }
    }
}

/// What can be wrong with one stage.
#[derive(Debug, Default)]
struct Part {
    broker: AtomicBool,
    engines_stand: AtomicBool,
    companions_down: AtomicUsize,
}

/// Whether a service, or several in one process, can work. Cloned freely; everybody sees the same answer.
#[derive(Debug, Clone)]
pub struct Ready(Vec<Arc<Part>>);

impl Default for Ready {
    fn default() -> Self {
        Self(vec![Arc::default()])
    }
}

/// A task beside a stage that is down, as long as the value lives.
#[derive(Debug)]
pub(crate) struct CompanionDown(Ready);

impl Drop for CompanionDown {
    fn drop(&mut self) {
        for part in &self.0.0 {
            part.companions_down.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Ready {
    /// Ready when all of these are.
    pub fn all<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        Self(parts.into_iter().flat_map(|part| part.0.iter().cloned()).collect())
    }

    /// Says whether the broker gives work and takes what comes of it.
    pub fn set(&self, ready: bool) {
        self.0.iter().for_each(|part| part.broker.store(ready, Ordering::Relaxed));
    }

    /// Says whether the engines have threads.
    pub(crate) fn engines_work(&self, work: bool) {
        self.0.iter().for_each(|part| part.engines_stand.store(!work, Ordering::Relaxed));
    }

    /// Says that a task beside the stage is down.
    pub(crate) fn companion_down(&self) -> CompanionDown {
        for part in &self.0 {
            part.companions_down.fetch_add(1, Ordering::Relaxed);
        }
        CompanionDown(self.clone())
    }

    /// Asks.
    pub fn get(&self) -> bool {
        self.troubles().is_empty()
    }

    /// What is wrong.
    pub fn troubles(&self) -> Vec<&'static str> {
        let any = |is: fn(&Part) -> bool, trouble| self.0.iter().any(|part| is(part)).then_some(trouble);
        [
            any(|part| !part.broker.load(Ordering::Relaxed), "no broker"),
            any(
                |part| part.engines_stand.load(Ordering::Relaxed),
                "engine threads that do not come to an end",
            ),
            any(
                |part| part.companions_down.load(Ordering::Relaxed) > 0,
                "a task beside the stage panicked and is being started again",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Serves until told to stop. Returns the address that was bound.
///
/// # Errors
/// When the address cannot be bound.
pub async fn serve(config: &HealthConfig, ready: Ready, stop: Stop) -> anyhow::Result<Option<SocketAddr>> {
    if config.listen.is_empty() {
        return Ok(None);
    }
    let listener = TcpListener::bind(&config.listen)
        .await
        .with_context(|| format!("health.listen: cannot listen on {}", config.listen))?;
    let address = listener.local_addr().context("health.listen: the socket has no address")?;
    let answer = |State(ready): State<Ready>| async move {
        let troubles = ready.troubles();
        if troubles.is_empty() {
            (StatusCode::OK, "ready\n".to_owned())
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {}\n", troubles.join(", ")))
        }
    };
    let router = Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(answer))
        .route("/metrics", get(|| async { crate::metrics::render() }))
        .with_state(ready);
    tokio::spawn(async move {
        tokio::select! {
            () = accept(listener, router) => {}
            () = stop.cancelled() => {}
        }
    });
    tracing::info!(%address, "health endpoints are up");
    Ok(Some(address))
}

/// Takes connections, so many at once and each for so long: whoever opens some and says nothing uses up neither
/// descriptors nor patience.
async fn accept(listener: TcpListener, router: Router) {
    let free = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let router = router.clone();
                tokio::spawn(async move {
                    let limit = Duration::from_millis(CONNECTION_MS_MAX);
                    // one that takes longer is closed; the next one is asked again
                    let _ = tokio::time::timeout(limit, connection(stream, router)).await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to the health endpoints could not be taken");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let served =
        http1::Builder::new().serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection to the health endpoints broke");
    }
}
