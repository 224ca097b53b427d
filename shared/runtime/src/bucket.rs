//! A key-value bucket: what services share and people change while they run. Every write names the revision
//! that it replaces, so that nobody overwrites what somebody else has just written.

use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream;
use async_nats::jetstream::kv::{CreateErrorKind, Operation, Store, UpdateErrorKind};
use bytes::Bytes;
use futures_util::TryStreamExt as _;

use crate::topology;

/// How long all keys may take.
const LIST_MAX: Duration = Duration::from_secs(30);

/// An open bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    store: Store,
}

impl Bucket {
    /// Opens a bucket; none when it is not there.
    ///
    /// # Errors
    /// When the broker does not answer, or does not allow it.
    pub async fn open(jetstream: &jetstream::Context, name: &str) -> anyhow::Result<Option<Self>> {
        let context = || format!("cannot open bucket {name}");
        match jetstream.get_stream(format!("KV_{name}")).await {
            Ok(_) => {}
            Err(error) if topology::is_missing_stream(&error) => return Ok(None),
            Err(error) => return Err(error).with_context(context),
        }
        let store = jetstream.get_key_value(name).await.with_context(context)?;
        Ok(Some(Self { store }))
    }

    /// A key's value and its revision; none when it has none.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn get(&self, key: &str) -> anyhow::Result<Option<(Bytes, u64)>> {
        let entry = self.store.entry(key).await.with_context(|| self.says("read", key))?;
        let put = entry.filter(|entry| entry.operation == Operation::Put);
        Ok(put.map(|entry| (entry.value, entry.revision)))
    }

    /// Writes a key on the condition that its revision is still the one that was read (none: that it has no
    /// value). False when somebody else was faster: read again, and decide anew.
    ///
    /// # Errors
    /// When the broker does not answer, or the bucket is full.
    pub async fn put(&self, key: &str, value: Bytes, read: Option<u64>) -> anyhow::Result<bool> {
        Ok(self.replace(key, value, read).await?.is_some())
    }

    /// As [`Self::put`], and says the revision that was written; none when somebody else was faster.
    ///
    /// # Errors
    /// When the broker does not answer, or the bucket is full.
    pub async fn replace(&self, key: &str, value: Bytes, read: Option<u64>) -> anyhow::Result<Option<u64>> {
        match read {
            Some(revision) => match self.store.update(key, value, revision).await {
                Ok(written) => Ok(Some(written)),
                Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => Ok(None),
                Err(error) => Err(error).with_context(|| self.says("write", key)),
            },
            None => match self.store.create(key, value).await {
                Ok(written) => Ok(Some(written)),
                Err(error) if error.kind() == CreateErrorKind::AlreadyExists => Ok(None),
                Err(error) => Err(error).with_context(|| self.says("write", key)),
            },
        }
    }

    /// Removes a key's value.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn remove(&self, key: &str) -> anyhow::Result<()> {
        self.store.delete(key).await.with_context(|| self.says("remove", key))
    }

    /// All keys that have a value.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn keys(&self) -> anyhow::Result<Vec<String>> {
        let context = || format!("cannot list the keys of bucket {}", self.store.name);
        let keys = async {
            self.store.keys().await.with_context(context)?.try_collect().await.with_context(context)
        };
        // keys come over a consumer of the client's own, which has no end when its broker goes away
        tokio::time::timeout(LIST_MAX, keys).await.with_context(context)?
    }

    fn says(&self, what: &str, key: &str) -> String {
        format!("cannot {what} key {key} of bucket {}", self.store.name)
    }
}
