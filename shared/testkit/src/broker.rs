//! A real nats-server in a temporary folder on a free port.

use std::time::Duration;

use async_nats::jetstream::{self};
use naba_runtime::server::{Server, ServerConfig, find_binary};
use tempfile::TempDir;

use crate::disk::Disk;

/// How long a test waits for something that must happen.
pub const WAIT: Duration = Duration::from_secs(60);

/// A broker of the test's own, gone with the value.
#[derive(Debug)]
pub struct TestBroker {
    /// The server.
    pub server: Option<Server>,
    /// The disk that its store is on, where it has one of its own.
    pub disk: Option<Disk>,
    /// Its folder.
    pub folder: TempDir,
    /// Its address.
    pub url: String,
}

impl TestBroker {
    /// Starts one.
    ///
    /// # Panics
    /// When there is no nats-server; `make tools` gets one.
    pub async fn start() -> Self {
        Self::start_with(String::new()).await
    }

    /// Starts one with further lines of configuration.
    ///
    /// # Panics
    /// When there is no nats-server, or it does not take the lines.
    pub async fn start_with(extra: String) -> Self {
        Self::start_in(TempDir::new().expect("a temporary folder"), None, extra).await
    }

    /// Starts one whose store has a disk of so many MiB of its own, where one may be mounted.
    ///
    /// # Panics
    /// When there is no nats-server.
    pub async fn start_on_disk(mib: u64) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let disk = Disk::mount(&folder.path().join("store"), mib);
        Self::start_in(folder, disk, String::new()).await
    }

    async fn start_in(folder: TempDir, disk: Option<Disk>, extra: String) -> Self {
        let binary = find_binary(None).unwrap_or_else(|error| panic!("{error}"));
        let config = ServerConfig { binary, store: folder.path().join("store"), port: 0, extra };
        let server = Server::start(&config).await.unwrap_or_else(|error| panic!("{error:#}"));
        let url = server.url.clone();
        Self { server: Some(server), disk, folder, url }
    }

    /// Starts the server again on the same port, with the same store.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn restart(&mut self) {
        let port = self.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let binary = find_binary(None).unwrap_or_else(|error| panic!("{error}"));
        let config =
            ServerConfig { binary, store: self.folder.path().join("store"), port, extra: String::new() };
        self.server = Some(Server::start(&config).await.unwrap_or_else(|error| panic!("{error:#}")));
    }

    /// A topology with small streams and a short clock, so that a killed service's work comes back at once.
    pub fn topology(&self) -> std::path::PathBuf {
        let text =
            std::fs::read_to_string(crate::root().join("deploy/nats/topology.toml")).expect("the topology");
        let text = text.replace("stream = \"NABA_RAW\"", "stream = \"NABA_RAW\"\nack_wait_ms = 2000");
        let text =
            text.replace("stream = \"NABA_INGESTED\"", "stream = \"NABA_INGESTED\"\nack_wait_ms = 2000");
        let text = text.replace("stream = \"NABA_CLEANED\"", "stream = \"NABA_CLEANED\"\nack_wait_ms = 2000");
        let path = self.folder.path().join("topology.toml");
        std::fs::write(&path, text).expect("a topology file");
        path
    }

    /// JetStream on this broker.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn jetstream(&self) -> jetstream::Context {
        jetstream::new(async_nats::connect(&self.url).await.expect("a connection"))
    }

    /// Waits until a stream holds at least this many messages.
    ///
    /// # Panics
    /// When it does not in [`WAIT`].
    pub async fn wait_for(&self, jetstream: &jetstream::Context, stream: &str, messages: u64) {
        let deadline = tokio::time::Instant::now() + WAIT;
        loop {
            let held = match jetstream.get_stream(stream).await {
                Ok(stream) => stream.cached_info().state.messages,
                Err(_) => 0,
            };
            if held >= messages {
                return;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{stream} holds {held} messages after {WAIT:?}, {messages} were expected"
            );
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Every message of a stream, in order.
    ///
    /// # Panics
    /// When the stream cannot be read.
    pub async fn messages(
        &self,
        jetstream: &jetstream::Context,
        stream: &str,
    ) -> Vec<async_nats::jetstream::message::StreamMessage> {
        let stream = jetstream.get_stream(stream).await.expect("the stream");
        let state = stream.cached_info().state.clone();
        let mut messages = vec![];
        for sequence in state.first_sequence..=state.last_sequence {
            if state.messages > 0 {
                messages.push(stream.get_raw_message(sequence).await.expect("a message"));
            }
        }
        messages
    }
}

/// Publishes payloads as raw articles, each on the subject of the source that it names (`example.org` where it names none),
/// and waits until the broker has each of them.
///
/// # Panics
/// When one is not stored.
pub async fn publish(jetstream: &jetstream::Context, payloads: impl IntoIterator<Item = Vec<u8>>) {
    for payload in payloads {
        let named = serde_json::from_slice::<serde_json::Value>(&payload).ok();
        let source = named.as_ref().and_then(|article| article["source"].as_str()).unwrap_or("example.org");
        let subject = format!("naba.raw.{}", source.replace('.', "_"));
        let sent = jetstream.publish(subject, payload.into()).await.expect("it is sent");
        sent.await.expect("it is stored");
    }
}

/// Three servers that hold every stream three times.
#[derive(Debug)]
pub struct TestCluster {
    /// The servers; none where one has been killed.
    pub servers: Vec<Option<Server>>,
    /// All addresses, separated by commas.
    pub url: String,
    folder: TempDir,
    configs: Vec<ServerConfig>,
}

impl TestCluster {
    /// Starts one.
    ///
    /// # Panics
    /// When a server does not start.
    pub async fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let ports = free_ports(6);
        let (clients, routes) = ports.split_at(3);
        let all: Vec<String> = routes.iter().map(|port| format!("\"nats://127.0.0.1:{port}\"")).collect();
        let config = |(number, (port, route)): (usize, (&u16, &u16))| ServerConfig {
            binary: find_binary(None).unwrap_or_else(|error| panic!("{error}")),
            store: folder.path().join(format!("store{number}")),
            port: *port,
            extra: format!(
                "server_name: n{number}\ncluster {{ name: naba, listen: \"127.0.0.1:{route}\", routes: [{}] }}",
                all.join(", ")
            ),
        };
        let configs: Vec<ServerConfig> = clients.iter().zip(routes).enumerate().map(config).collect();
        let mut cluster = Self { servers: vec![None, None, None], url: String::new(), folder, configs };
        for number in 0..3 {
            cluster.restart(number).await;
        }
        let urls = cluster.servers.iter().flatten().map(|server| server.url.clone());
        cluster.url = urls.collect::<Vec<_>>().join(",");
        cluster
    }

    /// Starts a server that was killed, with its old store.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restart(&mut self, number: usize) {
        let server = Server::start(&self.configs[number]).await;
        self.servers[number] = Some(server.unwrap_or_else(|error| panic!("{error:#}")));
    }

    /// The topology with three replicas of everything.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn topology(&self) -> std::path::PathBuf {
        let text =
            std::fs::read_to_string(crate::root().join("deploy/nats/topology.toml")).expect("the topology");
        let path = self.folder.path().join("topology.toml");
        std::fs::write(&path, text.replace("replicas = 1", "replicas = 3")).expect("a topology file");
        path
    }

    /// JetStream on this cluster.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn jetstream(&self) -> jetstream::Context {
        let addresses: Vec<&str> = self.url.split(',').collect();
        // a hung server is noticed soon
        let options = async_nats::ConnectOptions::new().ping_interval(Duration::from_secs(2));
        jetstream::new(options.connect(addresses).await.expect("a connection"))
    }

    /// The server that leads a stream.
    pub async fn leader(&self, jetstream: &jetstream::Context, stream: &str) -> Option<usize> {
        let stream = jetstream.get_stream(stream).await.ok()?;
        let leader = stream.cached_info().cluster.as_ref()?.leader.clone()?;
        leader.strip_prefix('n')?.parse().ok()
    }
}

/// Ports that nobody listens on.
fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<std::net::TcpListener> =
        (0..count).map(|_| std::net::TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
    listeners.iter().map(|listener| listener.local_addr().expect("its address").port()).collect()
}
