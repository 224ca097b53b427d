//! The HTTP door: `POST /v1/articles` takes articles and answers when the broker has them.
//!
//! * [`accept`]    connections, TLS and their limits
//! * [`articles`]  one request → its answer
//! * [`body`]      a request's bytes, within limits
//! * [`check`]     one article: its shape, and who may send it
//! * [`answer`]    what is answered
//! * [`openapi`]   the description of all that
//! * [`tokens`]    who may publish as which source
//! * [`unpack`]    compressed bodies

pub mod accept;
pub mod answer;
mod articles;
mod body;
mod check;
pub mod openapi;
pub mod tokens;
pub mod unpack;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::routing::{get, post};
use naba_runtime::Stop;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use crate::config::HttpConfig;
use crate::store::Store;
use tokens::Tokens;

/// The name of the door in metrics.
pub const DOOR: &str = "http";

/// What the handlers share.
#[derive(Debug, Clone)]
struct Door {
    store: Store,
    tokens: Arc<Tokens>,
    config: Arc<HttpConfig>,
    /// One permit for each KiB that bodies may take.
    memory: Arc<Semaphore>,
}

/// Reads the files that the configuration names, and throws away what they hold.
///
/// # Errors
/// When the tokens or the certificate cannot be read.
pub fn check(config: &HttpConfig) -> anyhow::Result<()> {
    files(config).map(drop)
}

/// The tokens and the certificate that are configured.
fn files(config: &HttpConfig) -> anyhow::Result<(Tokens, Option<TlsAcceptor>)> {
    let tokens = config.tokens_file.as_deref().map_or_else(|| Ok(Tokens::default()), Tokens::read)?;
    Ok((tokens, accept::tls(config)?))
}

/// Opens the door and serves until told to stop. Returns the address; none where the door is closed.
///
/// # Errors
/// When the address cannot be bound, the tokens or the certificate cannot be read, or the door would be open to
/// everybody on a network.
pub async fn open(config: &HttpConfig, store: Store, stop: Stop) -> anyhow::Result<Option<SocketAddr>> {
    if config.listen.is_empty() {
        return Ok(None);
    }
    let (tokens, tls) = files(config)?;
    let listener = TcpListener::bind(&config.listen)
        .await
        .with_context(|| format!("gather.http.listen: cannot listen on {}", config.listen))?;
    let address = listener.local_addr().context("gather.http.listen: the socket has no address")?;
    anyhow::ensure!(
        !tokens.is_open() || address.ip().is_loopback(),
        "gather.http.listen: {address} is not loopback, and without gather.http.tokens_file anybody could publish; \
         make tokens with `naba gather token`, or listen on 127.0.0.1"
    );
    let door = Door {
        store,
        tokens: Arc::new(tokens),
        memory: Arc::new(Semaphore::new(config.bodies_bytes_max / body::PERMIT_BYTES)),
        config: Arc::new(config.clone()),
    };
    let router = Router::new()
        .route("/v1/articles", post(articles::post))
        .route("/v1/openapi.json", get(openapi::get))
        .with_state(door);
    tokio::spawn(accept::serve(listener, tls, router, config.clone(), stop));
    tracing::info!(%address, "the HTTP door is open");
    Ok(Some(address))
}
