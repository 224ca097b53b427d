//! Which feeds there are and how each is doing.
//!
//! Two keys a feed in the bucket `NABA_FEEDS`: `feed.<key>` is what a person said of it, `state.<key>` is what the
//! replicas know. A state is only ever written on the condition that it is still the one that was read.

use anyhow::Context as _;
use bytes::Bytes;
use naba_runtime::{Broker, Bucket};
use serde::{Deserialize, Serialize};

/// The bucket.
pub const BUCKET: &str = "NABA_FEEDS";
/// The most bytes of a feed's address.
const ADDRESS_BYTES_MAX: usize = 2_048;

/// What stands behind an address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// RSS, Atom, RDF or JSON Feed.
    #[default]
    Feed,
    /// A (news) sitemap, or an index of them.
    Sitemap,
}

/// Whether the page behind an item is fetched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Follow {
    /// Never: what the feed says is the article.
    Never,
    /// When the feed has a teaser only.
    #[default]
    Teaser,
    /// Always.
    Always,
}

/// A feed, as a person described it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Its address.
    pub url: String,
    /// What it is.
    #[serde(default)]
    pub kind: Kind,
    /// The outlet; the address's host when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether the pages behind its items are fetched.
    #[serde(default)]
    pub follow: Follow,
}

/// How a feed is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Where it has moved to for good.
    pub moved: Option<String>,
    /// `ETag` of the last answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the last answer.
    pub last_modified: Option<String>,
    /// When it is looked at next (milliseconds since 1970).
    pub next_ms: u64,
    /// The interval between two looks, in seconds.
    pub interval_seconds: u64,
    /// How often it failed in a row.
    pub failures: u32,
    /// What was wrong the last time.
    pub problem: Option<String>,
    /// It is gone (410) and is not asked for any more.
    pub gone: bool,
    /// When it was last read (milliseconds since 1970).
    pub read_ms: u64,
    /// How many items were sent in all.
    pub sent: u64,
    /// Who fetches it now.
    pub owner: Option<String>,
    /// Until when (milliseconds since 1970).
    pub lease_until_ms: u64,
    /// Items that were sent: a hash of what makes the item the same one, and one of its content.
    pub seen: Vec<(u64, u64)>,
}

/// The feeds.
#[derive(Debug, Clone)]
pub struct Registry {
    bucket: Bucket,
}

impl Feed {
    /// Its key in the bucket: the same address is the same feed.
    pub fn key(&self) -> String {
        blake3::hash(self.url.trim().as_bytes()).to_hex().chars().take(24).collect()
    }

    /// Whether it can be fetched at all.
    ///
    /// # Errors
    /// When the address is none.
    pub fn check(&self) -> anyhow::Result<()> {
        let url = reqwest::Url::parse(self.url.trim())
            .with_context(|| format!("`{}` is not an address; write https://…", self.url))?;
        anyhow::ensure!(matches!(url.scheme(), "http" | "https"), "{url}: only http and https are fetched");
        anyhow::ensure!(
            self.url.len() <= ADDRESS_BYTES_MAX,
            "the address has more than {ADDRESS_BYTES_MAX} bytes"
        );
        Ok(())
    }

    /// The outlet: as given, else the address's host without `www.`.
    pub fn outlet(&self) -> Option<String> {
        let host = || {
            reqwest::Url::parse(&self.url)
                .ok()?
                .host_str()
                .map(|host| host.trim_start_matches("www.").to_owned())
        };
        self.source.clone().or_else(host)
    }
}

impl Registry {
    /// Opens the bucket.
    ///
    /// # Errors
    /// When the broker does not answer, or the bucket is not there.
    pub async fn open(broker: &Broker) -> anyhow::Result<Self> {
        let bucket = Bucket::open(&broker.jetstream, BUCKET).await?;
        let bucket =
            bucket.with_context(|| format!("there is no bucket {BUCKET}; `naba topology apply` makes it"))?;
        Ok(Self { bucket })
    }

    /// The keys of all feeds.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn keys(&self) -> anyhow::Result<Vec<String>> {
        let keys = self.bucket.keys().await?;
        Ok(keys.iter().filter_map(|key| key.strip_prefix("feed.").map(str::to_owned)).collect())
    }

    /// A feed; none when it was removed.
    ///
    /// # Errors
    /// When the broker does not answer, or what stands there is no feed.
    pub async fn feed(&self, key: &str) -> anyhow::Result<Option<Feed>> {
        let Some((bytes, _)) = self.bucket.get(&format!("feed.{key}")).await? else { return Ok(None) };
        let feed = serde_json::from_slice(&bytes);
        feed.map(Some).with_context(|| format!("bucket {BUCKET}: feed.{key} is no feed"))
    }

    /// A feed's state and the revision that it was read at.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn state(&self, key: &str) -> anyhow::Result<(State, Option<u64>)> {
        let Some((bytes, revision)) = self.bucket.get(&format!("state.{key}")).await? else {
            return Ok((State::default(), None));
        };
        // a state that cannot be read any more is begun anew: items sent again are known by their message ids
        Ok((serde_json::from_slice(&bytes).unwrap_or_default(), Some(revision)))
    }

    /// Writes a state on the condition that nobody has written since. The new revision; none when somebody has.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn write(&self, key: &str, state: &State, read: Option<u64>) -> anyhow::Result<Option<u64>> {
        let bytes = Bytes::from(serde_json::to_vec(state)?);
        self.bucket.replace(&format!("state.{key}"), bytes, read).await
    }

    /// Adds or changes a feed. False when it stood there as it is.
    ///
    /// # Errors
    /// When the address is none, or the broker does not answer.
    pub async fn add(&self, feed: &Feed) -> anyhow::Result<bool> {
        feed.check()?;
        let key = format!("feed.{}", feed.key());
        let bytes = Bytes::from(serde_json::to_vec(feed)?);
        loop {
            let there = self.bucket.get(&key).await?;
            if there.as_ref().is_some_and(|(known, _)| *known == bytes) {
                return Ok(false);
            }
            if self.bucket.put(&key, bytes.clone(), there.map(|(_, revision)| revision)).await? {
                return Ok(true);
            }
        }
    }

    /// Adds a feed unless there is one of its address, whatever its settings are. False when there is.
    ///
    /// # Errors
    /// When the address is none, or the broker does not answer.
    pub async fn add_new(&self, feed: &Feed) -> anyhow::Result<bool> {
        feed.check()?;
        self.bucket.put(&format!("feed.{}", feed.key()), Bytes::from(serde_json::to_vec(feed)?), None).await
    }

    /// Removes a feed. What was seen of it is forgotten with it. False when it was not there.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn remove(&self, url: &str) -> anyhow::Result<bool> {
        let feed = Feed { url: url.to_owned(), kind: Kind::Feed, source: None, follow: Follow::Never };
        let key = feed.key();
        let was = self.bucket.get(&format!("feed.{key}")).await?.is_some();
        self.bucket.remove(&format!("feed.{key}")).await?;
        self.bucket.remove(&format!("state.{key}")).await?;
        Ok(was)
    }
}
