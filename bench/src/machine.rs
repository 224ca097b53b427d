//! Where it was measured: what a reader needs to compare, and nothing that names the machine.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::Context as _;
use serde::Serialize;
use tempfile::TempDir;

/// How often the disk is tried, and with how much: an article.
const SYNCS: usize = 21;
const SYNC_BYTES: usize = 4 << 10;

/// A machine.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// The processor's name.
    pub cpu: Option<String>,
    /// How many of them this program may use.
    pub cores: usize,
    /// All memory.
    pub memory_mib: Option<u64>,
    /// The kernel's release.
    pub kernel: Option<String>,
    /// The compiler at hand.
    pub rustc: Option<String>,
    /// The broker, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nats_server: Option<String>,
    /// The median time to append 4 KiB and have it on the disk that holds the stores: what `always` pays.
    pub disk_sync_ms: f64,
}

/// Looks around; `nats_server` is the broker's program.
///
/// # Errors
/// When the disk cannot be written to.
pub fn facts(nats_server: Option<&Path>) -> anyhow::Result<Machine> {
    Ok(Machine {
        cpu: field("/proc/cpuinfo", "model name"),
        cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        memory_mib: field("/proc/meminfo", "MemTotal")
            .and_then(|said| said.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)),
        kernel: std::fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|text| text.trim().to_owned()),
        rustc: said(Path::new("rustc")),
        nats_server: nats_server.and_then(said),
        disk_sync_ms: disk_sync_ms().context("the disk cannot be tried")?,
    })
}

/// The value of the first line of a file with a name and a colon.
fn field(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

/// The version that a program says it is.
fn said(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Appends to a file where the stores will stand, and waits for the disk each time.
fn disk_sync_ms() -> std::io::Result<f64> {
    let folder = TempDir::new()?;
    let mut file = File::create(folder.path().join("sync"))?;
    let mut times_ms = vec![];
    for _ in 0..SYNCS {
        let started = Instant::now();
        file.write_all(&[b'n'; SYNC_BYTES])?;
        file.sync_all()?;
        times_ms.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times_ms.sort_by(f64::total_cmp);
    let median = times_ms.get(SYNCS / 2).copied().unwrap_or_default();
    Ok((median * 1e3).round() / 1e3)
}
