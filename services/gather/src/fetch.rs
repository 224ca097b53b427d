//! Fetching from the web, safely: public addresses only, bounded in bytes, time and redirects, one request a host at a
//! time.
//!
//! * [`address`]  which addresses are public
//! * [`hosts`]    one request a host at a time, with a pause between
//! * [`robots`]   what a site asks robots not to fetch

pub mod address;
pub mod hosts;
pub mod robots;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::header::{self, HeaderMap};
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;

use self::address::PublicOnly;
use self::hosts::Hosts;
use crate::media;

/// How fetching behaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FetchConfig {
    /// Also fetch from private, loopback and link-local addresses.
    pub allow_private: bool,
    /// The most bytes of an answer, unpacked.
    pub bytes_max: usize,
    /// How long an answer may take in all.
    pub answer_ms_max: u64,
    /// How many redirects are followed.
    pub redirects_max: usize,
    /// The pause between two requests to one host.
    pub host_pause_ms: u64,
    /// How naba introduces itself.
    pub user_agent: String,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            allow_private: false,
            bytes_max: 8 * 1_048_576,
            answer_ms_max: 30_000,
            redirects_max: 5,
            host_pause_ms: 1_000,
            user_agent: concat!("naba-gather/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address cannot be fetched, whoever tries.
    #[error("{url} is not an http or https address")]
    BadAddress {
        /// The address.
        url: String,
    },
    /// The address leads into a network that is not public.
    #[error("{host} is a private address; set gather.fetch.allow_private = true to fetch from there")]
    Private {
        /// The host.
        host: String,
    },
    /// The site asks robots to stay away.
    #[error("robots.txt of the site does not allow {url}")]
    Robots {
        /// The address.
        url: String,
    },
    /// More redirects than are followed.
    #[error("more than {max} redirects")]
    Redirects {
        /// The limit.
        max: usize,
    },
    /// The answer is too large.
    #[error("the answer has more than {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// The connection failed or took too long.
    #[error("{0}")]
    Failed(String),
}

/// What is known from the last answer, so that an unchanged one need not be sent again.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// `ETag` of the last answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the last answer.
    pub last_modified: Option<String>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Its status; redirects have been followed.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its bytes, unpacked.
    pub bytes: Vec<u8>,
    /// The address that a permanent redirect (301, 308) named, if each redirect before it was permanent too.
    pub moved: Option<Url>,
}

impl Fetched {
    /// A header's text.
    pub fn header(&self, name: header::HeaderName) -> Option<String> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }

    /// The character set that `Content-Type` declares.
    pub fn charset(&self) -> Option<String> {
        media::parse(&self.header(header::CONTENT_TYPE)?).1
    }
}

/// Fetches. Cloned freely: all clones share their connections and their manners.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    config: Arc<FetchConfig>,
    hosts: Arc<Hosts>,
}

impl Fetcher {
    /// With a configuration.
    ///
    /// # Errors
    /// When TLS is not to be had.
    pub fn new(config: &FetchConfig) -> anyhow::Result<Self> {
        // reqwest asks for a provider of the process; a second installation changes nothing
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(config.user_agent.as_str())
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Arc::new(PublicOnly { allow_private: config.allow_private }))
            // a proxy would look names up itself, and reach what must not be reached
            .no_proxy()
            .pool_max_idle_per_host(1)
            .timeout(Duration::from_millis(config.answer_ms_max))
            .build()?;
        let hosts = Arc::new(Hosts::new(Duration::from_millis(config.host_pause_ms)));
        Ok(Self { client, config: Arc::new(config.clone()), hosts })
    }

    /// Fetches an address, following redirects; each hop is looked at as the first one.
    ///
    /// # Errors
    /// [`FetchError`]. A status that is no success is no error.
    pub async fn get(&self, address: &str, conditions: &Conditions) -> Result<Fetched, FetchError> {
        let mut url = self.checked(address)?;
        let mut moved = None;
        let mut all_permanent = true;
        for _ in 0..=self.config.redirects_max {
            let host = url.host_str().unwrap_or_default().to_owned();
            let turn = self.hosts.turn(&host).await;
            let answer = self.request(&url, conditions).await?;
            if answer.status().is_redirection() && answer.status() != StatusCode::NOT_MODIFIED {
                let permanent =
                    matches!(answer.status(), StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
                let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                let next = location.and_then(|location| url.join(location).ok());
                let next =
                    next.ok_or_else(|| FetchError::Failed("a redirect without a Location".to_owned()))?;
                url = self.checked(next.as_str())?;
                all_permanent &= permanent;
                if all_permanent {
                    moved = Some(url.clone());
                }
                continue;
            }
            let (status, headers) = (answer.status(), answer.headers().clone());
            let bytes = self.read(answer).await?;
            drop(turn);
            return Ok(Fetched { status, headers, bytes, moved });
        }
        Err(FetchError::Redirects { max: self.config.redirects_max })
    }

    async fn request(&self, url: &Url, conditions: &Conditions) -> Result<reqwest::Response, FetchError> {
        let mut request = self.client.get(url.clone());
        if let Some(etag) = &conditions.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(date) = &conditions.last_modified {
            request = request.header(header::IF_MODIFIED_SINCE, date);
        }
        request.send().await.map_err(|error| failed(&error))
    }

    async fn read(&self, answer: reqwest::Response) -> Result<Vec<u8>, FetchError> {
        let mut bytes = vec![];
        let mut chunks = answer.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| failed(&error))?;
            if bytes.len() + chunk.len() > self.config.bytes_max {
                return Err(FetchError::TooLarge { max: self.config.bytes_max });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// An address that may be fetched. Names are looked at when they are resolved, addresses in digits here.
    fn checked(&self, address: &str) -> Result<Url, FetchError> {
        let bad = || FetchError::BadAddress { url: address.to_owned() };
        let url = Url::parse(address).map_err(|_| bad())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad());
        }
        let host = url.host_str().ok_or_else(bad)?;
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        if literal.is_some_and(|literal| !self.config.allow_private && !address::is_public(literal)) {
            return Err(FetchError::Private { host: host.to_owned() });
        }
        Ok(url)
    }
}

fn failed(error: &reqwest::Error) -> FetchError {
    let mut said = vec![];
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if let Some(address::PrivateOnly(host)) = error.downcast_ref() {
            return FetchError::Private { host: host.clone() };
        }
        said.push(error.to_string());
        cause = error.source();
    }
    FetchError::Failed(said.join(": "))
}
