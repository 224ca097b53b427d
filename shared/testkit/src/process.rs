//! Service processes that can really be killed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use naba_runtime::server::signal;
use rustix::process::Signal;

use crate::broker::WAIT;

/// The pause between two looks at a process.
const LOOK: Duration = Duration::from_millis(5);

/// A running service. Dropping it kills it.
#[derive(Debug)]
pub struct Service {
    child: Child,
    /// Where its health is served.
    pub health: String,
}

/// The folder that the project's programs are built into.
///
/// # Panics
/// When they are not built.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    // tests stand in a folder of their own, programs beside the services
    let beside = test.parent().expect("the build folder");
    let folder = if beside.ends_with("deps") { beside.parent().expect("the build folder") } else { beside };
    let file = folder.join(name);
    assert!(file.is_file(), "{} is not built; `cargo build --workspace` builds it", file.display());
    file
}

impl Service {
    /// Starts `naba-<stage>` against a broker and waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready.
    pub fn start(stage: &str, url: &str, topology: &Path) -> Self {
        Self::start_with(stage, url, topology, &[])
    }

    /// The same, with further configuration (`key=value`).
    ///
    /// # Panics
    /// When it does not become ready.
    pub fn start_with(stage: &str, url: &str, topology: &Path, set: &[&str]) -> Self {
        let mut service = Self::spawn(stage, url, topology, set);
        service.wait_until_ready();
        service
    }

    /// Waits until it says that it is ready.
    ///
    /// # Panics
    /// When it ends, or does not become ready.
    pub fn wait_until_ready(&mut self) {
        let deadline = Instant::now() + WAIT;
        while self.get("/readyz").is_none_or(|answer| !answer.contains("200 OK")) {
            assert!(!self.has_ended(), "the service ended before it was ready");
            assert!(Instant::now() < deadline, "the service is not ready after {WAIT:?}");
            std::thread::park_timeout(LOOK);
        }
    }

    /// Starts one without waiting until it is ready: it may have ended by then.
    ///
    /// # Panics
    /// When it does not start at all.
    pub fn spawn(stage: &str, url: &str, topology: &Path, set: &[&str]) -> Self {
        Self::spawn_program(&binary(&format!("naba-{stage}")), url, topology, set)
    }

    /// The same, of a program that stands elsewhere.
    ///
    /// # Panics
    /// When it does not start at all.
    pub fn spawn_program(program: &Path, url: &str, topology: &Path, set: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(["--nats", url, "--set", "log.format=json", "--set"])
            .arg(format!("broker.topology_file={}", topology.display()))
            .args(set.iter().flat_map(|set| ["--set", set]))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the service starts");
        let log = BufReader::new(child.stderr.take().expect("its log"));
        let (to_test, from_log) = std::sync::mpsc::sync_channel(1);
        // the log is read to its end, so that the service never waits for a reader
        std::thread::spawn(move || {
            let mut said = String::new();
            for line in log.lines().map_while(Result::ok) {
                said.push_str(&line);
                said.push('\n');
                if let Some(address) = field(&line, "address") {
                    let _ = to_test.try_send(address);
                }
            }
            said
        });
        let health = from_log.recv_timeout(WAIT).expect("the service says where its health is");
        Self { child, health }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    ///
    /// # Panics
    /// When the system does not say.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a status").is_some()
    }

    /// Its memory in MiB: `VmRSS` (resident now) or `VmHWM` (at most so far).
    pub fn memory_mib(&self, field: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).ok()?;
        let line = status.lines().find(|line| line.starts_with(field))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
    }

    /// The processes that it has started and that live.
    pub fn children(&self) -> Vec<u32> {
        let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| {
            let entry = entry.ok()?;
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let status = std::fs::read_to_string(entry.path().join("status")).ok()?;
            let field = |name: &str| status.lines().find(|line| line.starts_with(name)).map(str::to_owned);
            let is_child = field("PPid:")?.split_whitespace().nth(1)? == self.pid().to_string();
            (is_child && !field("State:")?.contains('Z')).then_some(pid)
        });
        processes.collect()
    }

    /// Asks one of its health endpoints; none when it does not answer.
    pub fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.health).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: naba\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// Kills it at once (SIGKILL).
    ///
    /// # Panics
    /// When there is nothing to kill.
    pub fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }

    /// Asks it to leave (SIGTERM) and says how it did, and how long that took.
    ///
    /// # Panics
    /// When it does not leave in [`WAIT`].
    pub fn terminate(mut self) -> (std::process::ExitStatus, Duration) {
        let started = Instant::now();
        signal(self.child.id(), Signal::TERM).expect("it is asked");
        loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return (status, started.elapsed());
            }
            assert!(started.elapsed() < WAIT, "it does not leave");
            std::thread::park_timeout(LOOK);
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A field of a JSON log line.
fn field(line: &str, name: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    value.get(name)?.as_str().map(str::to_owned)
}
