//! Keeps a private server running.
//!
//! A server that ends is started again, on the same port and the same store. One whose disk was full takes no more
//! writes, also when there is room again: nats-server (2.14 and later) gives up a stream after the first write that fails
//! until it is restarted, and publications then get no answer. Its health endpoint says so; as soon as there is room it is
//! restarted.

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::durable;
use crate::server::{Server, ServerConfig};
use crate::shutdown::Stop;

/// How often the server is asked how it is.
const LOOK: Duration = Duration::from_secs(3);
/// So much must be free before a server whose disk was full is started again.
const FREE_BYTES_MIN: u64 = 64 << 20;
/// How often a server that cannot write is started again at most.
const AGAIN: Duration = Duration::from_secs(20);
/// So many ends in so long, and it is given up.
const ENDS_MAX: usize = 5;
const ENDS_WITHIN: Duration = Duration::from_secs(120);
/// How often a full disk is put into the log.
const SAY_AGAIN: Duration = Duration::from_secs(30);

/// What is to be done about a server.
enum Need {
    /// It was told to leave.
    Leave,
    /// It ended, and how.
    Ended(String),
    /// It takes no writes, and there is room.
    Renew(String),
}

/// Keeps a server running until told to stop, and stops it then.
///
/// # Errors
/// When it ends again and again, or does not start.
pub async fn keep(mut server: Server, config: &ServerConfig, stop: Stop) -> anyhow::Result<()> {
    let port = |url: &str| url.rsplit(':').next().and_then(|port| port.trim_end_matches('/').parse().ok());
    let again = ServerConfig { port: port(&server.url).unwrap_or(config.port), ..config.clone() };
    let monitor_port = server.monitor_url.as_deref().and_then(port);
    let (mut ends, mut renewed) = (VecDeque::new(), None);
    loop {
        let pid = server.pid;
        match need(&mut server, &config.store, renewed, &stop).await {
            Need::Leave => return server.stop().await,
            Need::Ended(how) => {
                ends.push_back(Instant::now());
                while ends.front().is_some_and(|end: &Instant| end.elapsed() > ENDS_WITHIN) {
                    ends.pop_front();
                }
                let log = config.store.join("nats-server.log");
                anyhow::ensure!(
                    ends.len() < ENDS_MAX,
                    "nats-server ended {ENDS_MAX} times in {ENDS_WITHIN:?}, last with {how}; see {}",
                    log.display()
                );
                tracing::error!(pid, how, "nats-server has ended; starting it again");
            }
            Need::Renew(problem) => {
                tracing::warn!(
                    pid,
                    problem,
                    "there is room again; starting nats-server again, which does not see it otherwise"
                );
                renewed = Some(Instant::now());
                // one that does not leave in time is killed
                if let Err(error) = server.stop().await {
                    tracing::warn!(
                        error = crate::shutdown::said(&error),
                        "nats-server did not leave by itself"
                    );
                }
            }
        }
        server = Server::start_on(&again, monitor_port).await.context("nats-server does not start again")?;
        tracing::info!(pid = server.pid, url = server.url, "nats-server is up again");
    }
}

/// Watches a server until something has to be done.
async fn need(server: &mut Server, store: &Path, renewed: Option<Instant>, stop: &Stop) -> Need {
    let mut said: Option<Instant> = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return Need::Leave,
            how = server.ended() => return Need::Ended(how),
            () = tokio::time::sleep(LOOK) => {}
        }
        let Some(url) = &server.monitor_url else { continue };
        let Some(problem) = durable::write_problem(url).await else { continue };
        let free = free_bytes(store);
        let due = renewed.is_none_or(|renewed: Instant| renewed.elapsed() > AGAIN);
        if due && free.is_none_or(|free| free >= FREE_BYTES_MIN) {
            return Need::Renew(problem);
        }
        if said.is_none_or(|said| said.elapsed() > SAY_AGAIN) {
            said = Some(Instant::now());
            tracing::error!(
                problem,
                free,
                wanted = FREE_BYTES_MIN,
                "the broker cannot write: make room on its disk"
            );
        }
    }
}

/// How much is free where a store is; none when the system does not say.
fn free_bytes(store: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(store).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}
