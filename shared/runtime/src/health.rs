//! `/healthz` (the process lives), `/readyz` (it can work) and `/metrics`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::Stop;

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

/// Whether a service, or several in one process, can work. Cloned freely; everybody sees the same answer.
#[derive(Debug, Clone)]
pub struct Ready(Vec<Arc<AtomicBool>>);

impl Default for Ready {
    fn default() -> Self {
        Self(vec![Arc::new(AtomicBool::new(false))])
    }
}

impl Ready {
    /// Ready when all of these are.
    pub fn all<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        Self(parts.into_iter().flat_map(|part| part.0.iter().cloned()).collect())
    }

    /// Says so.
    pub fn set(&self, ready: bool) {
        self.0.iter().for_each(|flag| flag.store(ready, Ordering::Relaxed));
    }

    /// Asks.
    pub fn get(&self) -> bool {
        self.0.iter().all(|flag| flag.load(Ordering::Relaxed))
    }
}

/// Serves until told to stop. Returns the address that was bound, and the task that serves.
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
        if ready.get() {
            (StatusCode::OK, "ready\n")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: no broker\n")
        }
    };
    let router = Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(answer))
        .route("/metrics", get(|| async { crate::metrics::render() }))
        .with_state(ready);
    tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
        if let Err(error) = served {
            tracing::error!(%error, "health endpoints stopped");
        }
    });
    tracing::info!(%address, "health endpoints are up");
    Ok(Some(address))
}
