//! Feeds and news sitemaps, polled by as many replicas as there are.
//!
//! * [`registry`]  which feeds there are and how each is doing, in the bucket `NABA_FEEDS`
//! * [`schedule`]  when a feed is looked at again
//! * [`read`]      a feed's bytes → its items
//! * [`sitemap`]   a sitemap's bytes → its items
//! * [`opml`]      lists of feeds
//! * [`item`]      an item → an article
//! * [`poll`]      who fetches what, one lease a feed
//! * [`visit`]     one feed, fetched and sent

pub mod item;
pub mod opml;
pub mod poll;
pub mod read;
pub mod registry;
pub mod schedule;
pub mod sitemap;
mod visit;

use serde::Deserialize;

/// How feeds are polled.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedsConfig {
    /// Poll the feeds of the bucket `NABA_FEEDS`.
    pub poll: bool,
    /// The shortest interval between two looks at a feed.
    pub interval_seconds_min: u64,
    /// The longest one.
    pub interval_seconds_max: u64,
    /// How long a replica keeps a feed to itself without renewing it; then another goes on.
    pub lease_seconds: u64,
    /// How many feeds are fetched at once.
    pub in_flight_max: usize,
    /// How many items of a feed are remembered.
    pub seen_max: usize,
}

impl Default for FeedsConfig {
    fn default() -> Self {
        Self {
            poll: true,
            interval_seconds_min: 120,
            interval_seconds_max: 3_600,
            lease_seconds: 120,
            in_flight_max: 16,
            seen_max: 2_000,
        }
    }
}
