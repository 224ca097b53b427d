//! What was counted of each outlet's own furniture, as the replicas share it through a bucket.

use std::collections::BTreeMap;

use anyhow::Context as _;
use bytes::Bytes;
use naba_clean::Furniture;
use naba_clean::learn::Profile;
use naba_runtime::Bucket;
use serde::{Deserialize, Serialize};

use crate::rules::WRITE_TRIES_MAX;

/// The bucket of what was counted: one of its own, so that no count is in the way of a rule.
pub const COUNTS_BUCKET: &str = "NABA_LEARNED";
/// The most bytes of a source's profile. With those of 2,000 sources the bucket is half full.
pub const PROFILE_BYTES_MAX: usize = 64 << 10;
/// A source's profile as it stands in the bucket.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Shared {
    /// The source's name.
    pub source: String,
    /// What was counted.
    pub profile: Profile,
    /// What a newer build has added: kept when an older one writes.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

impl Shared {
    /// As it is stored: the rarest lines go until it fits.
    fn stored(&mut self) -> serde_json::Result<Bytes> {
        loop {
            let value = serde_json::to_vec(self)?;
            if value.len() <= PROFILE_BYTES_MAX || !self.profile.forget_rarest() {
                return Ok(Bytes::from(value));
            }
        }
    }
}

/// The key of a source's profile.
pub fn profile_key(source: &str) -> String {
    let hash: String = blake3::hash(source.as_bytes()).to_hex().chars().take(16).collect();
    format!("furniture.{hash}")
}

/// All profiles that stand in the bucket.
///
/// # Errors
/// When the broker does not answer.
pub async fn profiles(bucket: &Bucket) -> anyhow::Result<Furniture> {
    let mut furniture = Furniture::default();
    for key in bucket.keys().await?.into_iter().filter(|key| key.starts_with("furniture.")) {
        if let Some((value, _)) = bucket.get(&key).await? {
            let shared: Shared = serde_json::from_slice(&value).with_context(|| format!("key {key}"))?;
            furniture.profiles.insert(shared.source, shared.profile);
        }
    }
    Ok(furniture)
}

/// Changes a source's profile, as often as it takes when others change it too.
///
/// # Errors
/// When the broker does not take it.
pub async fn change_profile(
    bucket: &Bucket,
    source: &str,
    mut change: impl FnMut(&mut Profile),
) -> anyhow::Result<()> {
    let key = profile_key(source);
    for _ in 0..WRITE_TRIES_MAX {
        let read = bucket.get(&key).await?;
        let mut shared = match &read {
            Some((value, _)) => serde_json::from_slice(value).with_context(|| format!("key {key}"))?,
            None => Shared { source: source.to_owned(), ..Shared::default() },
        };
        change(&mut shared.profile);
        let value = shared.stored()?;
        if bucket.put(&key, value, read.map(|(_, revision)| revision)).await? {
            return Ok(());
        }
    }
    anyhow::bail!("the profile of {source} changed {WRITE_TRIES_MAX} times while it was being written")
}

#[cfg(test)]
mod tests {
    use super::{PROFILE_BYTES_MAX, Shared};
    use naba_clean::Observation;
    use naba_clean::learn::{LINE_BYTES_MAX, LINES_MAX, Where};

    #[test]
    fn profiles_are_bounded_whatever_is_sent() {
        let mut shared = Shared { source: "a.b".to_owned(), ..Shared::default() };
        let letters: Vec<char> = ('\u{628}'..='\u{63A}').collect();
        let huge = "م".repeat(100_000);
        for number in 0..2 * LINES_MAX {
            // a quotation mark takes two bytes in JSON
            let word = [number % 16, number / 16].map(|place| letters[place].to_string().repeat(2)).concat();
            let line = format!("\"{word} ").repeat(LINE_BYTES_MAX / 10);
            let lines = [line, huge.clone()].map(|line| (Where::Tail, line, false)).to_vec();
            let seen =
                Observation { lines, start: huge.clone(), end: format!("{huge} ختام"), rules: vec![] };
            shared.profile.observe(&seen);
        }
        assert!(shared.profile.lines.iter().all(|line| line.text.len() <= LINE_BYTES_MAX));
        let stored = shared.stored().expect("JSON");
        assert!(
            stored.len() <= PROFILE_BYTES_MAX && stored.len() > PROFILE_BYTES_MAX / 2,
            "{}",
            stored.len()
        );
    }

    #[test]
    fn what_a_newer_build_has_added_is_kept() {
        let newer =
            r#"{"source": "a.b", "colour": 1, "profile": {"articles": 3, "lines": [], "shape": "x"}}"#;
        let mut shared: Shared = serde_json::from_str(newer).expect("an older build reads it");
        assert_eq!((shared.profile.articles, shared.more.len()), (3, 1));
        assert!(String::from_utf8_lossy(&shared.stored().expect("JSON")).contains("\"colour\":1"));
        let overlay: crate::rules::Overlay =
            serde_json::from_str(r#"{"files": {}, "since": 7}"#).expect("an older build reads it");
        assert!(serde_json::to_string(&overlay).expect("JSON").contains("\"since\":7"));
    }
}
