//! Connections: so many at once, TLS where configured, and no client that may take for ever.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use naba_runtime::Stop;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_util::task::TaskTracker;

use crate::config::HttpConfig;

/// How long open requests may take to end when the door closes.
const CLOSING: Duration = Duration::from_secs(8);
/// The pause after the system refused a connection (no descriptors left, say).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// TLS with the configured certificate; none where none is configured.
///
/// # Errors
/// When a file cannot be read, or key and certificate do not fit.
pub fn tls(config: &HttpConfig) -> anyhow::Result<Option<TlsAcceptor>> {
    let (Some(certificate), Some(key)) = (&config.tls_cert_file, &config.tls_key_file) else {
        return Ok(None);
    };
    let says = |key: &str, path: &Path| format!("gather.http.{key}: {}", path.display());
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate)
        .with_context(|| says("tls_cert_file", certificate))?
        .collect();
    let chain = chain.with_context(|| says("tls_cert_file", certificate))?;
    let private = PrivateKeyDer::from_pem_file(key).with_context(|| says("tls_key_file", key))?;
    let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .context("TLS")?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .with_context(|| says("tls_cert_file", certificate))?;
    Ok(Some(TlsAcceptor::from(Arc::new(server))))
}

/// Serves until told to stop, then lets open requests end.
pub(super) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    config: HttpConfig,
    stop: Stop,
) {
    let places = Arc::new(Semaphore::new(config.connections_max));
    let tasks = TaskTracker::new();
    loop {
        let accepted = async {
            // no place, no accept: the system's own queue holds who waits, and it is bounded
            let place = Arc::clone(&places).acquire_owned().await.map_err(io::Error::other)?;
            listener.accept().await.map(|(stream, _)| (stream, place))
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accepted => accepted,
        };
        let (stream, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (router, tls, config, stop) = (router.clone(), tls.clone(), config.clone(), stop.clone());
        tasks.spawn(async move {
            let _place = place;
            let _ = stream.set_nodelay(true);
            match tls {
                None => connection(stream, router, &config, stop).await,
                Some(tls) => {
                    let limit = Duration::from_millis(config.headers_ms_max);
                    if let Ok(Ok(stream)) = tokio::time::timeout(limit, tls.accept(stream)).await {
                        connection(stream, router, &config, stop).await;
                    }
                }
            }
        });
    }
    drop(listener);
    tasks.close();
    let _ = tokio::time::timeout(CLOSING, tasks.wait()).await;
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    config: &HttpConfig,
    stop: Stop,
) {
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(config.headers_ms_max))
        .max_buf_size(config.header_bytes_max)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = stop.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
