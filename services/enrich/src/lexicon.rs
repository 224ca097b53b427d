//! The lexicon that articles are enriched with while the service runs: the built-in one, and files of one's own that
//! are read again when they change. A file with a mistake changes nothing.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use naba_lexicon::{Lexicon, Tables};
use naba_runtime::Stop;
use naba_tag::Tagger;
use naba_tag::dates::zones::Zones;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Reads files of entries.
///
/// # Errors
/// When one cannot be read or has a mistake; the message points at the line.
pub fn load(files: &[PathBuf]) -> anyhow::Result<Arc<Lexicon>> {
    if files.is_empty() {
        return Ok(Lexicon::built_in());
    }
    let read = |file: &PathBuf| {
        let text = std::fs::read_to_string(file);
        Ok((
            file.display().to_string(),
            text.with_context(|| format!("cannot read the lexicon {}", file.display()))?,
        ))
    };
    let files = files.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Arc::new(Lexicon::new(Tables::with_files(&files)?)))
}

/// The engine in use.
#[derive(Debug)]
pub(crate) struct Current {
    files: Vec<PathBuf>,
    zones: Zones,
    /// When the files had been changed that the first engine was made of.
    read: Vec<Option<SystemTime>>,
    tagger: RwLock<Arc<Tagger>>,
}

impl Current {
    pub(crate) fn new(files: Vec<PathBuf>, zones: Zones) -> anyhow::Result<Self> {
        // before they are read: what changes meanwhile is read again
        let read = changed(&files);
        let tagger = Tagger::new(load(&files)?).with_zones(zones.clone());
        Ok(Self { files, zones, read, tagger: RwLock::new(Arc::new(tagger)) })
    }

    /// The engine, for one article: it stays the same to its end.
    pub(crate) fn tagger(&self) -> Arc<Tagger> {
        Arc::clone(&self.tagger.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at the files until told to stop, and exchanges the engine when they have changed.
    pub(crate) async fn follow(self: Arc<Self>, stop: Stop) {
        let mut seen = self.read.clone();
        while !self.files.is_empty() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            let now = changed(&self.files);
            if now == seen {
                continue;
            }
            seen = now;
            let current = Arc::clone(&self);
            let loaded = tokio::task::spawn_blocking(move || load(&current.files)).await;
            match loaded.map_err(anyhow::Error::from).and_then(|loaded| loaded) {
                Ok(lexicon) => {
                    let tagger = Tagger::new(lexicon).with_zones(self.zones.clone());
                    tracing::info!(version = tagger.version(), "the lexicon was exchanged");
                    *self.tagger.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tagger);
                }
                Err(error) => {
                    tracing::warn!(
                        error = naba_runtime::shutdown::said(&error),
                        "the lexicon has a mistake; the old one stays"
                    );
                }
            }
        }
    }
}

fn changed(files: &[PathBuf]) -> Vec<Option<SystemTime>> {
    files.iter().map(|file| std::fs::metadata(file).and_then(|about| about.modified()).ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use naba_runtime::Stop;
    use naba_tag::dates::zones::Zones;

    use super::Current;

    const FIRST: &str = "place\tالمنارة الزرقاء\tBlue Lighthouse\tSY\n";

    /// Waits until the engine in use is another one.
    async fn until_exchanged(current: &Current, version: &str) -> String {
        let wait = async {
            loop {
                let now = current.tagger().version();
                if now != version {
                    return now;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("the files are read again")
    }

    #[tokio::test]
    async fn files_are_read_again_and_mistakes_change_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("own.tsv");
        assert!(Current::new(vec![file.clone()], Zones::default()).is_err(), "there is no such file yet");
        std::fs::write(&file, FIRST).expect("written");
        let current = Arc::new(Current::new(vec![file.clone()], Zones::default()).expect("entries"));
        let first = current.tagger().version();
        let stop = Stop::new();
        let follows = tokio::spawn(Arc::clone(&current).follow(stop.clone()));
        std::fs::write(&file, "a mistake\n").expect("written");
        // the mistake is passed over, and what comes after it is read
        std::fs::write(&file, format!("{FIRST}family\tالبيدري\t-\t-\n")).expect("written");
        let second = until_exchanged(&current, &first).await;
        assert_ne!(first, second);
        stop.cancel();
        follows.await.expect("it stops");
    }
}
