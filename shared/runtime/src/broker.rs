//! The connection to NATS.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use async_nats::{Event, jetstream};
use serde::Deserialize;
use tokio::sync::watch;

use crate::topology::Topology;

/// Where the broker is and how to get in.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BrokerConfig {
    /// `nats://host:port`; several separated by commas. A login in it (`nats://user:password@host`) is taken as `user` and
    /// `password`, and printed nowhere.
    pub url: String,
    /// User name.
    pub user: Option<String>,
    /// Password.
    pub password: Option<String>,
    /// Token.
    pub token: Option<String>,
    /// A file with an NKey seed.
    pub nkey_file: Option<PathBuf>,
    /// A credentials file.
    pub credentials_file: Option<PathBuf>,
    /// Where the broker's answers come to: `_INBOX_<user>` when absent, or `_INBOX` without a user. A service has its
    /// own, `_INBOX_<stage>`. So nobody needs permission to listen to anybody else's answers.
    pub inbox_prefix: Option<String>,
    /// A file with root certificates.
    pub tls_ca_file: Option<PathBuf>,
    /// Streams and consumers; the built-in ones when absent.
    pub topology_file: Option<PathBuf>,
    /// The broker's monitoring address, e.g. `http://127.0.0.1:8222`, which says whether it is durable.
    pub monitor_url: Option<String>,
    /// Refuse to start on a broker that would lose acknowledged articles in a power cut, or does not say.
    pub require_durable: bool,
    /// How long to wait for the broker at start.
    pub connect_wait_ms: u64,
    /// How long to wait for an acknowledgement.
    pub ack_wait_ms: u64,
}

impl Default for BrokerConfig {
    fn default() -> Self {
        Self {
            url: "nats://127.0.0.1:4222".to_owned(),
            user: None,
            password: None,
            token: None,
            nkey_file: None,
            credentials_file: None,
            inbox_prefix: None,
            tls_ca_file: None,
            topology_file: None,
            monitor_url: None,
            require_durable: false,
            connect_wait_ms: 10_000,
            ack_wait_ms: 5_000,
        }
    }
}

impl std::fmt::Debug for BrokerConfig {
    /// Says nothing secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let secrets = self.password.is_some() || self.token.is_some();
        f.debug_struct("BrokerConfig")
            .field("url", &without_password(&self.url))
            .field("has_secrets", &secrets)
            .finish_non_exhaustive()
    }
}

impl BrokerConfig {
    /// Takes user and password, or a token, out of the address. Those that are set beside it win.
    pub fn take_login_from_url(&mut self) {
        let mut login = None;
        let mut without = |one: &str| {
            let (scheme, rest) = one.split_once("://").unwrap_or(("nats", one));
            let Some((found, host)) = rest.rsplit_once('@') else { return one.to_owned() };
            login.get_or_insert_with(|| found.to_owned());
            format!("{scheme}://{host}")
        };
        let url = self.url.split(',').map(|one| without(one.trim())).collect::<Vec<_>>().join(",");
        self.url = url;
        let Some(login) = login.filter(|_| self.user.is_none() && self.token.is_none()) else { return };
        match login.split_once(':') {
            Some((user, password)) => {
                (self.user, self.password) = (Some(percent_decoded(user)), Some(percent_decoded(password)));
            }
            None => self.token = Some(percent_decoded(&login)),
        }
    }
}

/// A part of an address with `%40` and its like read. What is no such escape stays.
fn percent_decoded(text: &str) -> String {
    let mut bytes = vec![];
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let mut ahead = rest.clone();
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// What the broker has refused last.
static DENIED: Mutex<Option<String>> = Mutex::new(None);

/// What the broker has refused last, in its own words: a request without permission gets no answer, and only this says why.
pub fn denied() -> Option<String> {
    DENIED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// How often the server is asked whether it lives. The client's own minute does not notice a hung server
/// for twelve seconds and more.
const PING_INTERVAL: Duration = Duration::from_secs(4);

/// A connection with its topology.
#[derive(Debug, Clone)]
pub struct Broker {
    /// The client.
    pub client: async_nats::Client,
    /// JetStream.
    pub jetstream: jetstream::Context,
    /// Streams and consumers.
    pub topology: Topology,
    /// Changes whenever the connection is lost or made again: what was asked before is not answered any more.
    pub connection: watch::Receiver<u64>,
    /// How it was reached.
    pub(crate) config: BrokerConfig,
}

impl Broker {
    /// Connects, waiting for the broker to come up, and reads the topology. Creates nothing.
    ///
    /// # Errors
    /// When the broker does not answer in time or lets nobody in, or the topology cannot be read.
    pub async fn connect(config: &BrokerConfig, name: &str) -> anyhow::Result<Self> {
        let mut config = config.clone();
        config.take_login_from_url();
        let topology = Topology::load(config.topology_file.as_deref())?;
        let url = without_password(&config.url);
        let deadline = tokio::time::Instant::now() + Duration::from_millis(config.connect_wait_ms);
        let (changed, connection) = watch::channel(0);
        let client = loop {
            match options(&config, name, changed.clone())
                .await?
                .connect(config.url.split(',').collect::<Vec<_>>())
                .await
            {
                Ok(client) => break client,
                Err(error) if tokio::time::Instant::now() >= deadline || is_refusal(&error) => {
                    let why = refusal(&error, &url, &config);
                    return Err(error).context(why);
                }
                Err(error) => {
                    tracing::debug!(%error, "the broker does not answer yet");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        };
        let mut jetstream = jetstream::new(client.clone());
        jetstream.set_timeout(Duration::from_millis(config.ack_wait_ms));
        Ok(Self { client, jetstream, topology, connection, config: config.clone() })
    }

    /// Whether the connection stands right now.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }
}

async fn options(
    config: &BrokerConfig,
    name: &str,
    changed: watch::Sender<u64>,
) -> anyhow::Result<async_nats::ConnectOptions> {
    let mut options = async_nats::ConnectOptions::new()
        .name(name)
        .ping_interval(PING_INTERVAL)
        .event_callback(move |event| {
            match &event {
                Event::Connected | Event::Disconnected => changed.send_modify(|times| *times += 1),
                // a permission that is missing shows itself nowhere else: the request gets no answer
                Event::ServerError(error) => {
                    tracing::warn!(%error, "the broker complains");
                    *DENIED.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
                }
                _ => {}
            }
            std::future::ready(())
        })
        .connection_timeout(Duration::from_secs(5));
    if let (Some(user), Some(password)) = (&config.user, &config.password) {
        options = options.user_and_password(user.clone(), password.clone());
    }
    let own = config.user.as_ref().map(|user| format!("_INBOX_{user}"));
    if let Some(prefix) = config.inbox_prefix.clone().or(own) {
        options = options.custom_inbox_prefix(prefix);
    }
    if let Some(token) = &config.token {
        options = options.token(token.clone());
    }
    if let Some(path) = &config.nkey_file {
        let seed = tokio::fs::read_to_string(path)
            .await
            .with_context(|| format!("broker.nkey_file: cannot read {}", path.display()))?;
        options = options.nkey(seed.trim().to_owned());
    }
    if let Some(path) = &config.credentials_file {
        options = options
            .credentials_file(path)
            .await
            .with_context(|| format!("broker.credentials_file: cannot read {}", path.display()))?;
    }
    if let Some(path) = &config.tls_ca_file {
        options = options.add_root_certificates(path.clone()).require_tls(true);
    }
    Ok(options)
}

fn is_refusal(error: &async_nats::ConnectError) -> bool {
    matches!(
        error.kind(),
        async_nats::ConnectErrorKind::Authentication
            | async_nats::ConnectErrorKind::AuthorizationViolation
            | async_nats::ConnectErrorKind::ServerParse
    )
}

/// Why there is no connection, and what to do.
fn refusal(error: &async_nats::ConnectError, url: &str, config: &BrokerConfig) -> String {
    use async_nats::ConnectErrorKind as Kind;
    let has_login = config.user.is_some() || config.token.is_some();
    let has_login = has_login || config.nkey_file.is_some() || config.credentials_file.is_some();
    match error.kind() {
        Kind::Authentication | Kind::AuthorizationViolation if has_login => format!(
            "the broker at {url} refuses this login (broker.user with broker.password, broker.token, broker.nkey_file or broker.credentials_file)"
        ),
        Kind::Authentication | Kind::AuthorizationViolation => {
            format!("the broker at {url} wants a login, e.g. --set broker.user=… and NABA_BROKER__PASSWORD=…")
        }
        Kind::ServerParse => format!("broker.url: {url} is no address; write nats://host:port"),
        Kind::Dns => format!("the host of {url} has no address (broker.url)"),
        Kind::Tls => format!(
            "no TLS with the broker at {url}: is broker.tls_ca_file the authority of its certificate, and is the host its name?"
        ),
        _ => format!("cannot connect to the broker at {url} (broker.url); is nats-server running there?"),
    }
}

/// An address without what stands before its `@`.
fn without_password(url: &str) -> String {
    url.split(',')
        .map(|one| match (one.split_once("://"), one.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
            _ => one.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(",")
}

#[cfg(test)]
mod tests {
    use super::{BrokerConfig, without_password};

    #[test]
    fn secrets_stay_secret() {
        assert_eq!(without_password("nats://u:p@h:1,nats://h:2"), "nats://…@h:1,nats://h:2");
        let config = BrokerConfig { password: Some("hunter2".to_owned()), ..BrokerConfig::default() };
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[track_caller]
    fn check(url: &str, expected: (&str, Option<&str>, Option<&str>, Option<&str>)) {
        let mut config = BrokerConfig { url: url.to_owned(), ..BrokerConfig::default() };
        config.take_login_from_url();
        let found =
            (&*config.url, config.user.as_deref(), config.password.as_deref(), config.token.as_deref());
        assert_eq!(found, expected);
    }

    #[test]
    fn a_login_is_taken_out_of_the_address() {
        check("nats://h:1", ("nats://h:1", None, None, None));
        check("nats://u:p@h:1,nats://h:2", ("nats://h:1,nats://h:2", Some("u"), Some("p"), None));
        check("tls://u:p%40%3A%25x@h", ("tls://h", Some("u"), Some("p@:%x"), None));
        check("nats://t0ken@h:1", ("nats://h:1", None, None, Some("t0ken")));
        check("u:100%@h", ("nats://h", Some("u"), Some("100%"), None));
    }
}
