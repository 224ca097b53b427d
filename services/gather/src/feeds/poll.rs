//! Who fetches what. Every replica looks at every feed that is due; the one that writes its lease first fetches it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use naba_runtime::Stop;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::FeedsConfig;
use super::registry::Registry;
use super::visit::{self, Visitor};
use crate::fetch::Fetcher;
use crate::fetch::robots::Robots;
use crate::store::Store;

/// How often the list of feeds is read again.
const LIST_AGAIN: Duration = Duration::from_secs(5);
/// How often it is looked whether a feed is due.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// The most feeds.
const FEEDS_MAX: usize = 200_000;

/// Polls until told to stop.
pub async fn run(registry: Registry, fetcher: Fetcher, store: Store, config: FeedsConfig, stop: Stop) {
    let owner = owner();
    let visitor = Arc::new(Visitor { registry, fetcher, store, robots: Robots::default(), config, owner });
    let places = Arc::new(Semaphore::new(visitor.config.in_flight_max.max(1)));
    let tasks = TaskTracker::new();
    let mut due: HashMap<String, u64> = HashMap::new();
    let mut listed: Option<Instant> = None;
    let (to_poll, mut from_visits) = tokio::sync::mpsc::channel::<(String, u64)>(1_024);
    loop {
        if listed.is_none_or(|listed| listed.elapsed() >= LIST_AGAIN) {
            listed = Some(Instant::now());
            list(&visitor.registry, &mut due).await;
        }
        let now = now_ms();
        let ready: Vec<String> =
            due.iter().filter(|(_, at)| **at <= now).map(|(key, _)| key.clone()).collect();
        for key in ready {
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { break };
            // it is not due while it is visited; the visit says when it is again
            due.insert(key.clone(), u64::MAX);
            let (visitor, to_poll, stop) = (Arc::clone(&visitor), to_poll.clone(), stop.clone());
            tasks.spawn(async move {
                let next = visit::visit(&visitor, &key, &stop).await;
                drop(place);
                let _ = to_poll.send((key, next)).await;
            });
        }
        let wait = tokio::time::sleep(LOOK_AGAIN);
        tokio::pin!(wait);
        loop {
            tokio::select! {
                () = stop.cancelled() => {
                    tasks.close();
                    from_visits.close();
                    tasks.wait().await;
                    return;
                }
                Some((key, next)) = from_visits.recv() => {
                    if let Some(at) = due.get_mut(&key) {
                        *at = next;
                    }
                }
                () = &mut wait => break,
            }
        }
    }
}

/// Reads which feeds there are. New ones are due at once; those that are gone are forgotten.
async fn list(registry: &Registry, due: &mut HashMap<String, u64>) {
    match registry.keys().await {
        Ok(keys) => {
            let keys: std::collections::HashSet<String> = keys.into_iter().take(FEEDS_MAX).collect();
            due.retain(|key, _| keys.contains(key));
            for key in keys {
                due.entry(key).or_insert(0);
            }
        }
        Err(error) => tracing::warn!(error = format!("{error:#}"), "the list of feeds cannot be read"),
    }
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A name for this replica that no other has.
fn owner() -> String {
    let seed = format!("{}-{}-{:?}", std::process::id(), now_ms(), std::thread::current().id());
    let unique = std::ptr::from_ref(&seed).addr();
    blake3::hash(format!("{seed}-{unique}").as_bytes()).to_hex().chars().take(16).collect()
}
