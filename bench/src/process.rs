//! One service as a process: its start, and what it costs by the system's own books.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use naba_runtime::server::{Server, find_binary};
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

use crate::pipeline::Services;

/// How long a service may take until it takes articles.
const START_MAX: Duration = Duration::from_secs(30);
/// What a service logs when it takes articles.
const UP: &str = "the stage is up";
/// The programs that are measured, without their prefix `naba-`.
const PROGRAMS: [&str; 4] = ["ingest", "clean", "enrich", "identity"];
/// The beginning of the variables that services read.
const PREFIX: &[u8] = b"NABA_";
/// The system counts processor time in hundredths of a second for every program (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// Where the programs are.
#[derive(Debug)]
pub struct Binaries {
    folder: PathBuf,
    /// Configuration of every service, `key=value`.
    set: Vec<String>,
    /// The broker.
    pub nats_server: PathBuf,
}

impl Binaries {
    /// Looks beside this program, so that all come from one build.
    ///
    /// # Errors
    /// When one is not built, or there is no broker's program.
    pub fn find(set: Vec<String>) -> anyhow::Result<Self> {
        let own = std::env::current_exe().context("this program has no path")?;
        let folder = own.parent().context("this program stands in no folder")?.to_owned();
        let missing = PROGRAMS.iter().find(|name| !folder.join(format!("naba-{name}")).is_file());
        if let Some(name) = missing {
            anyhow::bail!(
                "naba-{name} is not built; `cargo build --release --package ingest --package clean --package enrich --package naba-bench` builds all"
            );
        }
        Ok(Self { folder, set, nats_server: find_binary(None)? })
    }

    /// A service's command line. Its configuration is what stands there, whatever the environment says.
    fn command(&self, services: Services, stage: &str) -> Command {
        let mut command = match services {
            Services::Real => Command::new(self.folder.join(format!("naba-{stage}"))),
            Services::Identity => {
                let mut command = Command::new(self.folder.join("naba-identity"));
                command.args(["--stage", stage]);
                command
            }
        };
        command.args(self.set.iter().flat_map(|set| ["--set", set]));
        let own = std::env::vars_os().map(|(name, _)| name);
        for name in own.filter(|name| name.as_encoded_bytes().starts_with(PREFIX)) {
            command.env_remove(name);
        }
        command
    }
}

/// A running service. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    /// Its stage.
    pub stage: &'static str,
    /// Its process.
    pub pid: u32,
    child: Child,
}

impl Process {
    /// Starts a service and waits until it takes articles.
    ///
    /// # Errors
    /// When it does not start in time; its last words are in the message.
    pub async fn start(
        binaries: &Binaries,
        services: Services,
        stage: &'static str,
        server: &Server,
    ) -> anyhow::Result<Self> {
        // a service that knows how the broker keeps things publishes as suits it
        let monitor = server.monitor_url.iter().map(|url| format!("--set=broker.monitor_url={url}"));
        let mut child = binaries
            .command(services, stage)
            .args(["--nats", &server.url, "--set", "log.format=json"])
            .args(monitor)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("the {stage} service does not start"))?;
        let pid = child.id().with_context(|| format!("the {stage} service ended at once"))?;
        let mut log = BufReader::new(child.stderr.take().context("a service without a log")?).lines();
        let up = tokio::time::timeout(START_MAX, until_up(&mut log));
        up.await.map_err(anyhow::Error::from).flatten().with_context(|| {
            format!("the {stage} service takes no articles after {} s", START_MAX.as_secs())
        })?;
        // the log is read to its end, so that the service never waits for a reader
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        Ok(Self { stage, pid, child })
    }

    /// Kills it: its store is thrown away with it.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().await.with_context(|| format!("the {} service cannot be killed", self.stage))
    }
}

/// Reads a log until its service takes articles.
async fn until_up(log: &mut Lines<BufReader<ChildStderr>>) -> anyhow::Result<()> {
    let mut said = String::new();
    while let Some(line) = log.next_line().await? {
        if line.contains(UP) {
            return Ok(());
        }
        said = line;
    }
    anyhow::bail!("it ended; its last words: {said}")
}

/// What processes of one name have cost.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Usage {
    /// The stage, or `nats-server`.
    pub name: &'static str,
    /// How many processes it was; the figures are their sums.
    pub processes: usize,
    /// Processor time, in user and system mode.
    #[serde(serialize_with = "crate::figures::thousandths")]
    pub cpu_s: f64,
    /// Memory that is resident now (`VmRSS`).
    #[serde(serialize_with = "crate::figures::thousandths")]
    pub resident_mib: f64,
    /// The most that was ever resident (`VmHWM`).
    #[serde(serialize_with = "crate::figures::thousandths")]
    pub peak_mib: f64,
}

impl Usage {
    /// What running processes have cost so far.
    ///
    /// # Errors
    /// When one of them has ended.
    pub fn of(name: &'static str, pids: &[u32]) -> anyhow::Result<Self> {
        let mut usage = Self { name, processes: pids.len(), ..Self::default() };
        for pid in pids {
            let folder = Path::new("/proc").join(pid.to_string());
            let read = |file: &str| {
                let text = std::fs::read_to_string(folder.join(file));
                text.with_context(|| format!("{name} has ended"))
            };
            let status = read("status")?;
            usage.cpu_s += cpu_s(&read("stat")?).with_context(|| format!("{name} has no processor time"))?;
            usage.resident_mib +=
                memory_mib(&status, "VmRSS:").with_context(|| format!("{name} has ended"))?;
            usage.peak_mib += memory_mib(&status, "VmHWM:").with_context(|| format!("{name} has ended"))?;
        }
        Ok(usage)
    }

    /// What was added since an earlier look; memory is as it is now.
    #[must_use]
    pub fn since(self, before: &[Self]) -> Self {
        let earlier = before.iter().find(|usage| usage.name == self.name).map_or(0.0, |usage| usage.cpu_s);
        Self { cpu_s: self.cpu_s - earlier, ..self }
    }
}

/// Processor time from `/proc/<pid>/stat`: the 14th and 15th field, counted after the name in parentheses.
fn cpu_s(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11).map(str::parse::<f64>);
    let (user, system) = (fields.next()?.ok()?, fields.next()?.ok()?);
    Some((user + system) / TICKS_PER_SECOND)
}

/// A size from `/proc/<pid>/status`, which is in KiB there.
fn memory_mib(status: &str, field: &str) -> Option<f64> {
    let line = status.lines().find(|line| line.starts_with(field))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::{cpu_s, memory_mib};

    #[test]
    fn the_books_are_read() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194560 1 2 3 4 250 50 0 0 20 0 9 0 1 1";
        assert_eq!(cpu_s(stat), Some(3.0));
        assert_eq!(memory_mib("Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t 1024 kB\n", "VmRSS:"), Some(1.0));
    }
}
