//! A small disk of a test's own: a tmpfs, where the system lets one be mounted.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A mounted disk. Dropping it unmounts it.
#[derive(Debug)]
pub struct Disk {
    path: PathBuf,
}

impl Disk {
    /// Mounts a disk of so many MiB at a folder; none where that is not allowed.
    ///
    /// # Panics
    /// When the folder cannot be made.
    pub fn mount(path: &Path, mib: u64) -> Option<Self> {
        std::fs::create_dir_all(path).expect("a folder");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "tmpfs"]).arg(path);
        let mounted = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        mounted.is_ok_and(|status| status.success()).then(|| Self { path: path.to_owned() })
    }

    /// Fills it to the last byte.
    ///
    /// # Panics
    /// When nothing can be written at all.
    pub fn fill(&self) {
        let mut filler = File::create(self.filler()).expect("a file");
        let mut bytes = vec![0; 1 << 20];
        while !bytes.is_empty() {
            // what does not fit whole may fit in part
            if filler.write_all(&bytes).is_err() {
                bytes.truncate(bytes.len() / 2);
            }
        }
    }

    /// Makes room again.
    ///
    /// # Panics
    /// When it was not full.
    pub fn clear(&self) {
        std::fs::remove_file(self.filler()).expect("it was filled");
    }

    fn filler(&self) -> PathBuf {
        self.path.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // lazily: a server that was just killed may still hold a file
        let _ = Command::new("umount").arg("-l").arg(&self.path).stderr(Stdio::null()).status();
    }
}
