//! Folders that another system writes files into.
//!
//! A folder is looked at again and again rather than watched: that works on network file systems too, and a file is
//! only taken when it has not changed for a while, so that events would save nothing.
//!
//! * [`taken`]  which files were taken, kept across restarts

pub mod taken;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use naba_record::subject;
use naba_runtime::Stop;
use serde::Deserialize;

use self::taken::Taken;
use crate::files::{self, FileError};
use crate::outcome::{self, Outcome};
use crate::store::{Store, StoreError};

/// The name of the door in metrics.
const DOOR: &str = "folder";
/// How many articles of a file are on their way at once.
const IN_FLIGHT_MAX: usize = 64;
/// The pause before an article is tried again that the broker did not take.
const TRY_AGAIN: Duration = Duration::from_secs(2);
/// Where files go that cannot be read.
const FAILED: &str = "failed";
/// Where files go that were taken, where that is asked for.
const DONE: &str = "done";

/// The folders.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FoldersConfig {
    /// Each folder.
    pub watch: Vec<FolderConfig>,
    /// The pause between two looks.
    pub look_ms: u64,
    /// How long a file must not have changed before it is taken.
    pub settled_ms: u64,
}

impl Default for FoldersConfig {
    fn default() -> Self {
        Self { watch: vec![], look_ms: 1_000, settled_ms: 2_000 }
    }
}

/// A folder.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderConfig {
    /// Where it is.
    pub path: PathBuf,
    /// The outlet, for articles that do not name theirs.
    #[serde(default)]
    pub source: Option<String>,
    /// What becomes of a file that was taken.
    #[serde(default)]
    pub after: After,
}

/// What becomes of a file that was taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum After {
    /// It stays where it is.
    #[default]
    Keep,
    /// It is moved into `done/`.
    Move,
    /// It is deleted.
    Delete,
}

/// Takes what comes into a folder, until told to stop.
pub async fn run(folder: FolderConfig, config: FoldersConfig, store: Store, stop: Stop) {
    let path = folder.path.display().to_string();
    let (mut taken, mut complained) = (None, false);
    loop {
        match look(&mut taken, &folder, &config, &store, &stop).await {
            Ok(()) => complained = false,
            Err(error) if complained => tracing::debug!(folder = path, error = format!("{error:#}"), "still"),
            Err(error) => {
                complained = true;
                tracing::warn!(
                    folder = path,
                    error = format!("{error:#}"),
                    "a folder cannot be read; looking again"
                );
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_millis(config.look_ms.max(1))) => {}
        }
    }
}

/// Takes every file that is new and settled, in the order of their names.
async fn look(
    taken: &mut Option<Taken>,
    folder: &FolderConfig,
    config: &FoldersConfig,
    store: &Store,
    stop: &Stop,
) -> anyhow::Result<()> {
    if taken.is_none() {
        *taken = Some(Taken::open(&folder.path)?);
    }
    let Some(taken) = taken.as_mut() else { return Ok(()) };
    let settled = Duration::from_millis(config.settled_ms);
    for (name, version) in taken.fresh(settled)? {
        let Some((format, packing)) = files::format(&name) else { continue };
        if stop.is_cancelled() {
            break;
        }
        let path = folder.path.join(&name);
        match take(folder, &path, format, packing, store, stop).await {
            Ok(Some(articles)) => {
                taken.note(&name, version)?;
                settle(folder, &path, &name)?;
                tracing::info!(file = %path.display(), articles, "a file was taken");
            }
            Ok(None) => break,
            Err(error) => {
                fail(folder, &path, &name, &error)?;
                taken.note(&name, version)?;
            }
        }
    }
    Ok(())
}

/// Sends every article of a file. How many there were; none when told to stop before the end: the file is begun
/// again then, and what was sent is known by its key.
async fn take(
    folder: &FolderConfig,
    path: &Path,
    format: files::Format,
    packing: Option<files::unpack::Packing>,
    store: &Store,
    stop: &Stop,
) -> Result<Option<u64>, FileError> {
    let (to_door, mut from_file) = tokio::sync::mpsc::channel(IN_FLIGHT_MAX);
    let own = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        for item in files::articles(&own, format, packing)? {
            if to_door.blocking_send(item?).is_err() {
                break;
            }
        }
        Ok::<(), FileError>(())
    });
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut articles = 0;
    while let Some(mut item) = from_file.recv().await {
        item.article.source = item.article.source.or_else(|| folder.source.clone());
        if item.article.url.is_none() && format != files::Format::Lines && format != files::Format::Json {
            item.article.source_id = Some(name.clone());
        }
        if !put(store, item.article, stop).await {
            return Ok(None);
        }
        articles += 1;
    }
    reading.await.map_err(std::io::Error::other)??;
    Ok(Some(articles))
}

/// Sends an article, again and again while the broker does not take it. False when told to stop before.
async fn put(store: &Store, article: crate::store::Article, stop: &Stop) -> bool {
    let source = subject::source_token(article.source.as_deref());
    loop {
        let outcome = match store.put(article.clone()).await {
            Ok(stored) if stored.duplicate => Outcome::Duplicate,
            Ok(_) => Outcome::Stored,
            Err(StoreError::TooLarge) => Outcome::Refused,
            Err(error) => {
                tracing::warn!(%error, "an article was not taken; trying again");
                tokio::select! {
                    () = stop.cancelled() => return false,
                    () = tokio::time::sleep(TRY_AGAIN) => continue,
                }
            }
        };
        outcome::count(DOOR, &source, outcome);
        return true;
    }
}

fn settle(folder: &FolderConfig, path: &Path, name: &str) -> anyhow::Result<()> {
    match folder.after {
        After::Keep => Ok(()),
        After::Move => move_into(&folder.path.join(DONE), path, name).map(|_| ()),
        After::Delete => {
            std::fs::remove_file(path).with_context(|| format!("cannot delete {}", path.display()))
        }
    }
}

/// Moves a file that cannot be read into `failed/`, beside a file that says why.
fn fail(folder: &FolderConfig, path: &Path, name: &str, error: &FileError) -> anyhow::Result<()> {
    tracing::warn!(file = %path.display(), %error, "a file cannot be read; it is moved to failed/");
    let moved = move_into(&folder.path.join(FAILED), path, name)?;
    let mut reason = moved.into_os_string();
    reason.push(".reason");
    std::fs::write(&reason, format!("{error}\n")).context("cannot say why a file failed")
}

/// Moves a file; never over another one.
fn move_into(folder: &Path, path: &Path, name: &str) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let free =
        |number: u32| folder.join(if number == 0 { name.to_owned() } else { format!("{number}.{name}") });
    let target = (0..u32::MAX).map(free).find(|target| !target.exists()).context("no free name")?;
    std::fs::rename(path, &target).with_context(|| format!("cannot move {}", path.display()))?;
    Ok(target)
}
