//! A store belongs to one server at a time: two on the same files destroy them.
//!
//! The lock is the server's own standard input, so that it is held exactly as long as the server lives, also when the
//! program that started it was killed and the server runs on.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

/// The file in the store that is locked. It names the server that holds it.
const FILE: &str = "naba.lock";
/// How long a server that is just ending is waited for.
const WAIT_MS_MAX: u64 = 1_000;
/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// Locks a store.
///
/// # Errors
/// When a server has it; the message says where that one listens.
pub(crate) async fn lock(store: &Path) -> anyhow::Result<File> {
    let path = store.join(FILE);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("cannot open {}", path.display()))?;
    let deadline = tokio::time::Instant::now() + Duration::from_millis(WAIT_MS_MAX);
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(LOOK).await;
            }
            Err(TryLockError::WouldBlock) => {
                let holder = std::fs::read_to_string(&path).unwrap_or_default();
                let holder =
                    if holder.trim().is_empty() { "a server that is starting" } else { holder.trim() };
                anyhow::bail!(
                    "the store {} is in use by {holder}: use that one (--nats URL), end it, or name another store (--store)",
                    store.display()
                );
            }
            // some network file systems know no locks
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, store = %store.display(), "the store cannot be locked: never start two servers on it");
                break;
            }
        }
    }
    file.set_len(0).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(file)
}

/// Writes into a locked store who has it.
pub(crate) fn sign(mut file: &File, url: &str, pid: u32) {
    // only read by people whose second server was refused
    let _ = writeln!(file, "nats-server at {url} (process {pid})");
}
