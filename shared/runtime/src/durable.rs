//! Whether the broker keeps what it acknowledged across a power cut. By default it writes to the disk every
//! two minutes, and a power cut then loses acknowledged articles, or the whole of a young stream; with
//! `sync_interval: always` it loses none. Its monitoring endpoint says which.

use std::time::Duration;

use anyhow::Context as _;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::broker::BrokerConfig;

/// How long the broker may take to say.
const ANSWER_MS_MAX: u64 = 5_000;
/// The most bytes of its answer.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// What a health endpoint says of a stream that cannot be written (nats-server 2.14 and later).
const WRITE_ERROR: &str = "write error";

/// What is known of a broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Durability {
    /// What it acknowledged is on the disk.
    Kept,
    /// A power cut loses what it acknowledged in the last so many seconds, or more.
    Lost {
        /// `sync_interval`, in seconds.
        sync_interval_s: u64,
    },
    /// It was not said.
    Unknown(String),
}

/// Asks the broker; warns, or refuses where `require_durable` is set, when acknowledged articles could be
/// lost. Gives what it said.
///
/// # Errors
/// With `require_durable`, when the broker would lose acknowledged articles, or does not say.
pub async fn check(config: &BrokerConfig) -> anyhow::Result<Durability> {
    let durability = ask(config).await;
    let problem = match &durability {
        Durability::Kept => return Ok(durability),
        Durability::Lost { sync_interval_s } => format!(
            "the broker writes to the disk every {sync_interval_s} s: a power cut loses articles that it has \
             acknowledged; set `sync_interval: always` in its jetstream block"
        ),
        Durability::Unknown(why) => {
            format!(
                "it is not known whether the broker keeps acknowledged articles across a power cut: {why}"
            )
        }
    };
    anyhow::ensure!(!config.require_durable, "{problem} (broker.require_durable)");
    tracing::warn!("{problem}");
    Ok(durability)
}

/// Asks the broker's monitoring endpoint.
pub async fn ask(config: &BrokerConfig) -> Durability {
    let Some(url) = &config.monitor_url else {
        return Durability::Unknown("broker.monitor_url is not set, e.g. http://127.0.0.1:8222".to_owned());
    };
    match get(url, "jsz?config=true").await {
        Ok(said) => of_answer(&said),
        Err(error) => Durability::Unknown(format!("{url}/jsz: {error:#}")),
    }
}

fn of_answer(said: &serde_json::Value) -> Durability {
    let config = &said["config"];
    if config["sync_always"] == true {
        return Durability::Kept;
    }
    match config["sync_interval"].as_u64() {
        Some(nanoseconds) => Durability::Lost { sync_interval_s: nanoseconds / 1_000_000_000 },
        None => Durability::Unknown("the broker's /jsz has no config.sync_interval".to_owned()),
    }
}

/// What keeps a broker from writing, where its health endpoint says that something does. It stays so until the broker is
/// restarted, also when there is room again on a disk that was full.
pub async fn write_problem(url: &str) -> Option<String> {
    let said = get(url, "healthz").await.ok()?;
    let problem = said["error"].as_str()?;
    problem.contains(WRITE_ERROR).then(|| problem.to_owned())
}

/// Asks the monitoring endpoint, whose answers are JSON whatever their status.
async fn get(url: &str, path: &str) -> anyhow::Result<serde_json::Value> {
    let answer = tokio::time::timeout(Duration::from_millis(ANSWER_MS_MAX), fetch(url, path)).await;
    Ok(serde_json::from_slice(&answer.context("no answer in time")??)?)
}

async fn fetch(url: &str, path: &str) -> anyhow::Result<Bytes> {
    let uri: hyper::Uri = format!("{}/{path}", url.trim_end_matches('/')).parse()?;
    anyhow::ensure!(uri.scheme_str() == Some("http"), "the monitoring address must begin with http://");
    let host = uri.host().context("the monitoring address has no host")?;
    let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(8222))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", hyper::http::uri::PathAndQuery::as_str);
    let request = hyper::Request::get(path).header("Host", host).body(Empty::<Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
    Ok(body.map_err(|error| anyhow::anyhow!(error))?.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::{Durability, of_answer};

    #[track_caller]
    fn check(said: &str, expected: &Durability) {
        assert_eq!(&of_answer(&serde_json::from_str(said).expect("JSON")), expected);
    }

    #[test]
    fn the_brokers_word_is_read() {
        check(r#"{"config": {"sync_always": true, "sync_interval": 120000000000}}"#, &Durability::Kept);
        check(r#"{"config": {"sync_interval": 120000000000}}"#, &Durability::Lost { sync_interval_s: 120 });
        check("{}", &Durability::Unknown("the broker's /jsz has no config.sync_interval".to_owned()));
    }
}
