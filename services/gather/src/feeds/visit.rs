//! One feed: leased, fetched, its new items sent, its state written.
//!
//! The state is written after the broker has acknowledged every item. Whoever dies between the two leaves a lease that
//! runs out; the next replica fetches the feed again and sends the same items under the same message ids.

use naba_record::subject;
use naba_runtime::Stop;
use reqwest::StatusCode;
use reqwest::header;

use super::FeedsConfig;
use super::item::Item;
use super::poll::now_ms;
use super::read::{self, Contents};
use super::registry::{Feed, Kind, Registry, State};
use super::schedule::{self, Look, Wishes};
use super::sitemap;
use crate::fetch::robots::Robots;
use crate::fetch::{Conditions, FetchError, Fetched, Fetcher};
use crate::outcome::{self, Outcome};
use crate::store::{Article, Store};

/// The name of the door in metrics.
const DOOR: &str = "feed";
/// How soon a feed is looked at again that another replica took, or that could not be looked at.
const SOON_MS: u64 = 5_000;
/// The most sitemaps of an index that are read in one visit.
const CHILDREN_MAX: usize = 100;

/// What visits need.
pub(super) struct Visitor {
    pub(super) registry: Registry,
    pub(super) fetcher: Fetcher,
    pub(super) store: Store,
    pub(super) robots: Robots,
    pub(super) config: FeedsConfig,
    pub(super) owner: String,
}

/// A feed that this replica has to itself.
struct Lease<'a> {
    visitor: &'a Visitor,
    key: &'a str,
    state: State,
    revision: Option<u64>,
}

/// Visits a feed; says when to come again (milliseconds since 1970).
pub(super) async fn visit(visitor: &Visitor, key: &str, stop: &Stop) -> u64 {
    match attempt(visitor, key, stop).await {
        Ok(next) => next,
        Err(error) => {
            tracing::warn!(feed = key, error = format!("{error:#}"), "a feed could not be looked at");
            now_ms() + SOON_MS
        }
    }
}

async fn attempt(visitor: &Visitor, key: &str, stop: &Stop) -> anyhow::Result<u64> {
    let Some(feed) = visitor.registry.feed(key).await? else { return Ok(now_ms() + SOON_MS) };
    let (state, revision) = visitor.registry.state(key).await?;
    let now = now_ms();
    if state.gone {
        return Ok(now + visitor.config.interval_seconds_max * 1_000);
    }
    if state.next_ms > now {
        return Ok(state.next_ms);
    }
    if state.lease_until_ms > now && state.owner.as_deref() != Some(&visitor.owner) {
        return Ok(state.lease_until_ms);
    }
    let mut lease = Lease { visitor, key, state, revision };
    if !lease.renew().await? {
        return Ok(now_ms() + SOON_MS);
    }
    let (look, wishes) = lease.read(&feed, stop).await?;
    lease.finish(look, &wishes).await
}

impl Lease<'_> {
    /// Keeps the feed for another while. False when somebody else has it.
    async fn renew(&mut self) -> anyhow::Result<bool> {
        self.state.owner = Some(self.visitor.owner.clone());
        self.state.lease_until_ms = now_ms() + self.visitor.config.lease_seconds * 1_000;
        let written = self.visitor.registry.write(self.key, &self.state, self.revision).await?;
        if written.is_some() {
            self.revision = written;
        }
        Ok(written.is_some())
    }

    /// Fetches the feed and sends what is new in it.
    async fn read(&mut self, feed: &Feed, stop: &Stop) -> anyhow::Result<(Look, Wishes)> {
        let conditions =
            Conditions { etag: self.state.etag.clone(), last_modified: self.state.last_modified.clone() };
        let url = self.state.moved.clone().unwrap_or_else(|| feed.url.clone());
        let answer = match self.visitor.fetcher.get(&url, &conditions).await {
            Ok(answer) => answer,
            Err(error) => return Ok(self.failed(&error.to_string(), None)),
        };
        let retry_after = answer.header(header::RETRY_AFTER).and_then(|value| value.trim().parse().ok());
        match answer.status {
            StatusCode::NOT_MODIFIED => {
                self.state.problem = None;
                return Ok((Look::Nothing, Wishes { retry_after_seconds: retry_after, ..Wishes::default() }));
            }
            StatusCode::GONE => self.state.gone = true,
            _ => {}
        }
        if !answer.status.is_success() {
            return Ok(self.failed(&format!("{url} answers {}", answer.status), retry_after));
        }
        let contents = match self.contents(feed, &answer).await {
            Ok(contents) => contents,
            Err(error) => return Ok(self.failed(&format!("{error:#}"), retry_after)),
        };
        let Some(news) = self.send(feed, &contents.items, stop).await? else {
            return Ok(self.failed("the broker did not take all items", None));
        };
        // only now: what was not sent must be sent again, and an unchanged feed would not be
        self.state.etag = answer.header(header::ETAG);
        self.state.last_modified = answer.header(header::LAST_MODIFIED);
        self.state.problem = None;
        self.state.read_ms = now_ms();
        if let Some(moved) = &answer.moved {
            self.state.moved = Some(moved.to_string());
        }
        let look = if news > 0 { Look::News } else { Look::Nothing };
        Ok((look, Wishes { retry_after_seconds: retry_after, ..contents.wishes }))
    }

    async fn contents(&mut self, feed: &Feed, answer: &Fetched) -> anyhow::Result<Contents> {
        let charset = answer.charset();
        if feed.kind == Kind::Feed {
            return read::feed(&answer.bytes, charset.as_deref());
        }
        let mut contents = sitemap::sitemap(&answer.bytes, charset.as_deref())?;
        for child in std::mem::take(&mut contents.children).into_iter().take(CHILDREN_MAX) {
            let answer = self.visitor.fetcher.get(&child, &Conditions::default()).await?;
            anyhow::ensure!(answer.status.is_success(), "{child} answers {}", answer.status);
            contents.items.extend(sitemap::sitemap(&answer.bytes, answer.charset().as_deref())?.items);
        }
        Ok(contents)
    }

    fn failed(&mut self, problem: &str, retry_after_seconds: Option<u64>) -> (Look, Wishes) {
        tracing::info!(feed = self.key, problem, failures = self.state.failures + 1, "a feed cannot be read");
        self.state.problem = Some(problem.chars().take(300).collect());
        (Look::Failed, Wishes { retry_after_seconds, ..Wishes::default() })
    }

    /// Sends the items that are new or changed. How many there were; none when one was not taken.
    async fn send(&mut self, feed: &Feed, items: &[Item], stop: &Stop) -> anyhow::Result<Option<usize>> {
        let mut news = 0;
        // the newest stand first in a feed and are to come out last
        for item in items.iter().rev() {
            let (identity, content) = (item.identity(), item.content());
            if self.state.seen.contains(&(identity, content)) {
                continue;
            }
            if stop.is_cancelled() || (self.half_over() && !self.renew().await?) {
                return Ok(None);
            }
            if !self.send_item(feed, item).await? {
                return Ok(None);
            }
            self.state.seen.retain(|(seen, _)| *seen != identity);
            self.state.seen.push((identity, content));
            news += 1;
        }
        self.state.sent += news as u64;
        // what still stands in the feed is kept, however long the feed is
        let keep = self.visitor.config.seen_max.max(items.len() * 2);
        let surplus = self.state.seen.len().saturating_sub(keep);
        self.state.seen.drain(..surplus);
        Ok(Some(news))
    }

    fn half_over(&self) -> bool {
        self.state.lease_until_ms.saturating_sub(now_ms()) < self.visitor.config.lease_seconds * 500
    }

    async fn send_item(&self, feed: &Feed, item: &Item) -> anyhow::Result<bool> {
        let visitor = self.visitor;
        let now = jiff::Timestamp::now().to_string();
        let (raw, problem) = item.article(feed, &visitor.fetcher, &visitor.robots, &now).await;
        if let Some(problem) = problem {
            let robots = matches!(problem, FetchError::Robots { .. });
            tracing::info!(feed = self.key, %problem, robots, "the page behind an item is not fetched; the feed's text is sent");
        }
        let source = raw.source.clone();
        let article = Article {
            payload: serde_json::to_vec(&raw)?.into(),
            content_type: "application/json",
            source: source.clone(),
            key: Some(format!("{} {:016x} {:016x}", self.key, item.identity(), item.content())),
            ..Article::default()
        };
        let stored = visitor.store.put(article).await;
        let outcome = match &stored {
            Ok(stored) if stored.duplicate => Outcome::Duplicate,
            Ok(_) => Outcome::Stored,
            Err(crate::store::StoreError::TooLarge) => Outcome::Refused,
            Err(_) => Outcome::NotTaken,
        };
        outcome::count(DOOR, &subject::source_token(source.as_deref()), outcome);
        if let Err(error) = &stored {
            tracing::warn!(feed = self.key, %error, "an item was not taken");
        }
        // what can never be taken is passed over, once, and counted
        Ok(outcome != Outcome::NotTaken)
    }

    /// Writes when the feed is looked at again, and lets it go.
    async fn finish(mut self, look: Look, wishes: &Wishes) -> anyhow::Result<u64> {
        let salt = subject::fnv_1a(&format!("{}{}", self.key, self.state.sent));
        schedule::next(&mut self.state, look, wishes, &self.visitor.config, now_ms(), salt);
        self.state.owner = None;
        self.state.lease_until_ms = 0;
        let written = self.visitor.registry.write(self.key, &self.state, self.revision).await?;
        Ok(if written.is_some() { self.state.next_ms } else { now_ms() + SOON_MS })
    }
}
