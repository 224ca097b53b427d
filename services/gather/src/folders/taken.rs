//! Which files were taken, kept across restarts in a file of the folder itself.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// The memory's own name. Names that begin with a dot are never taken.
const MEMORY: &str = ".naba-taken";
/// The memory while it is written anew.
const MEMORY_NEW: &str = ".naba-taken.new";
/// How many files that are gone are kept in mind before the memory is written anew.
const GONE_MAX: usize = 1_000;
/// The most files of a folder that are looked at in one go.
const FILES_MAX: usize = 100_000;

/// A file as it stood when it was taken: the same name with other bytes is another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last changed (milliseconds since 1970).
    pub changed_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct Line {
    name: String,
    #[serde(flatten)]
    version: Version,
}

/// What was taken of a folder.
#[derive(Debug)]
pub struct Taken {
    folder: PathBuf,
    files: HashMap<String, Version>,
}

impl Taken {
    /// Reads the memory of a folder.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(MEMORY);
        let mut files = HashMap::new();
        match File::open(&path) {
            Ok(file) => {
                for line in BufReader::new(file).lines() {
                    let line = line.with_context(|| format!("cannot read {}", path.display()))?;
                    // a line that a crash cut off is as if it had not been written
                    if let Ok(line) = serde_json::from_str::<Line>(&line) {
                        files.insert(line.name, line.version);
                    }
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
        let mut taken = Self { folder: folder.to_owned(), files };
        taken.compact()?;
        Ok(taken)
    }

    /// Forgets files that are no longer there, once there are many of them.
    fn compact(&mut self) -> anyhow::Result<()> {
        let known = self.files.len();
        let folder = self.folder.clone();
        self.files.retain(|name, _| folder.join(name).exists());
        if known - self.files.len() < GONE_MAX {
            return Ok(());
        }
        let (path, new) = (self.folder.join(MEMORY), self.folder.join(MEMORY_NEW));
        let mut text = vec![];
        for (name, version) in &self.files {
            serde_json::to_writer(&mut text, &Line { name: name.clone(), version: *version })?;
            text.push(b'\n');
        }
        let written = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &path));
        written.with_context(|| format!("cannot write {}", path.display()))
    }

    /// Files that are new or changed, and have not changed for a while, by their names.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn fresh(&self, settled: Duration) -> anyhow::Result<Vec<(String, Version)>> {
        let context = || format!("cannot read {}", self.folder.display());
        let mut fresh = vec![];
        for entry in std::fs::read_dir(&self.folder).with_context(context)?.take(FILES_MAX) {
            let entry = entry.with_context(context)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Ok(metadata) = entry.metadata() else { continue };
            if name.starts_with('.') || !metadata.is_file() {
                continue;
            }
            let changed = metadata.modified().unwrap_or(UNIX_EPOCH);
            let is_settled = SystemTime::now().duration_since(changed).is_ok_and(|age| age >= settled);
            let since = changed.duration_since(UNIX_EPOCH).unwrap_or_default();
            let changed_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
            let version = Version { bytes: metadata.len(), changed_ms };
            if is_settled && self.files.get(&name) != Some(&version) {
                fresh.push((name, version));
            }
        }
        fresh.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(fresh)
    }

    /// Remembers that a file was taken.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn note(&mut self, name: &str, version: Version) -> anyhow::Result<()> {
        let path = self.folder.join(MEMORY);
        let mut line = serde_json::to_vec(&Line { name: name.to_owned(), version })?;
        // begins a line of its own, also after one that a crash cut off
        line.insert(0, b'\n');
        line.push(b'\n');
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let written = file.and_then(|mut file| file.write_all(&line).and_then(|()| file.sync_data()));
        written.with_context(|| format!("cannot write {}; files would be taken again", path.display()))?;
        self.files.insert(name.to_owned(), version);
        Ok(())
    }
}
