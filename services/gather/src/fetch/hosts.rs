//! One request a host at a time, and a pause between two of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

/// How many hosts are remembered. The idle ones are forgotten when there are more.
const HOSTS_MAX: usize = 10_000;

type Host = Arc<tokio::sync::Mutex<Option<Instant>>>;

/// When each host was last asked.
#[derive(Debug)]
pub struct Hosts {
    pause: Duration,
    hosts: Mutex<HashMap<String, Host>>,
}

/// A turn at a host. The next one begins when it is dropped, and the pause is over.
#[derive(Debug)]
pub struct Turn(OwnedMutexGuard<Option<Instant>>);

impl Hosts {
    /// With a pause between two requests to one host.
    pub fn new(pause: Duration) -> Self {
        Self { pause, hosts: Mutex::new(HashMap::new()) }
    }

    /// Waits for one's turn at a host.
    pub async fn turn(&self, host: &str) -> Turn {
        let guard = self.host(host).lock_owned().await;
        if let Some(last) = *guard {
            tokio::time::sleep_until(last + self.pause).await;
        }
        Turn(guard)
    }

    fn host(&self, name: &str) -> Host {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS_MAX {
            hosts.retain(|_, host| Arc::strong_count(host) > 1);
        }
        Arc::clone(hosts.entry(name.to_owned()).or_default())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Hosts;

    #[tokio::test(start_paused = true)]
    async fn turns_at_a_host_keep_their_distance() {
        let hosts = Hosts::new(Duration::from_secs(1));
        let started = tokio::time::Instant::now();
        for _ in 0..3 {
            drop(hosts.turn("a.example").await);
        }
        assert_eq!(started.elapsed(), Duration::from_secs(2));
        drop(hosts.turn("b.example").await);
        assert_eq!(started.elapsed(), Duration::from_secs(2), "another host does not wait");
    }
}
