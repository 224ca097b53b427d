//! The `[gather]` section of the configuration.

use std::path::PathBuf;

use anyhow::Context as _;
use naba_record::ARTICLE_BYTES_MAX;
use naba_runtime::service::ServiceConfig;
use serde::Deserialize;

use crate::feeds::FeedsConfig;
use crate::fetch::FetchConfig;
use crate::folders::FoldersConfig;

/// What the doors are and what they take.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GatherConfig {
    /// The HTTP door.
    pub http: HttpConfig,
    /// Feeds and sitemaps.
    pub feeds: FeedsConfig,
    /// Folders that another system writes into.
    pub folders: FoldersConfig,
    /// Fetching from the web.
    pub fetch: FetchConfig,
}

/// The HTTP door: `POST /v1/articles`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    /// Address and port; port 0 takes a free one and logs it. Empty: the door is closed.
    pub listen: String,
    /// Who may publish as which source (TOML; `naba gather token` makes an entry). Without it the door opens on
    /// loopback only, to anybody there.
    pub tokens_file: Option<PathBuf>,
    /// A PEM file with the certificate chain; with `tls_key_file`, the door speaks TLS only.
    pub tls_cert_file: Option<PathBuf>,
    /// A PEM file with the private key.
    pub tls_key_file: Option<PathBuf>,
    /// The most bytes of a request's body, as it comes and again when it is unpacked.
    pub body_bytes_max: usize,
    /// The most bytes that the bodies of all open requests may take together, as they come.
    pub bodies_bytes_max: usize,
    /// The most bytes of a request's headers.
    pub header_bytes_max: usize,
    /// How many clients may be connected.
    pub connections_max: usize,
    /// How long a client may take to send its headers.
    pub headers_ms_max: u64,
    /// How long a client may take to send its body.
    pub body_ms_max: u64,
    /// How many articles may wait for the broker's acknowledgement, over all clients.
    pub in_flight_max: usize,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: String::new(),
            tokens_file: None,
            tls_cert_file: None,
            tls_key_file: None,
            body_bytes_max: 4 * ARTICLE_BYTES_MAX,
            bodies_bytes_max: 64 * ARTICLE_BYTES_MAX,
            header_bytes_max: 32_768,
            connections_max: 1_024,
            headers_ms_max: 10_000,
            body_ms_max: 60_000,
            in_flight_max: 256,
        }
    }
}

impl GatherConfig {
    /// Reads the section out of the configuration that all services share.
    ///
    /// # Errors
    /// When a key is unknown or has a wrong value; the message names the key.
    pub fn of(config: &ServiceConfig) -> anyhow::Result<Self> {
        let section = toml::Value::Table(config.gather.clone());
        let gather: Self = section.try_into().context("configuration, section [gather]")?;
        let http = &gather.http;
        anyhow::ensure!(
            http.tls_cert_file.is_some() == http.tls_key_file.is_some(),
            "gather.http: tls_cert_file and tls_key_file belong together; set both or neither"
        );
        for (key, value) in [
            ("body_bytes_max", http.body_bytes_max),
            ("connections_max", http.connections_max),
            ("in_flight_max", http.in_flight_max),
        ] {
            anyhow::ensure!(value > 0, "gather.http.{key}: 0 would take nothing; set at least 1");
        }
        anyhow::ensure!(
            http.header_bytes_max >= 8_192,
            "gather.http.header_bytes_max: at least 8192 are needed for the headers of one request"
        );
        anyhow::ensure!(
            http.bodies_bytes_max >= http.body_bytes_max,
            "gather.http.bodies_bytes_max: must be at least body_bytes_max ({})",
            http.body_bytes_max
        );
        let feeds = &gather.feeds;
        anyhow::ensure!(
            feeds.interval_seconds_min > 0 && feeds.interval_seconds_max >= feeds.interval_seconds_min,
            "gather.feeds: interval_seconds_min must be at least 1 and at most interval_seconds_max"
        );
        anyhow::ensure!(
            feeds.lease_seconds * 1_000 > gather.fetch.answer_ms_max * 2,
            "gather.feeds.lease_seconds: must be longer than two answers may take (gather.fetch.answer_ms_max)"
        );
        Ok(gather)
    }
}
