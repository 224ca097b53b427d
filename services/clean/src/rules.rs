//! The rules that clean articles while the service runs: built-in ones, files of the configuration, and what
//! was pushed into the bucket; and what is counted of each outlet's own furniture, shared through the bucket.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use naba_clean::learn::{Profile, Proposal, SOURCES_MAX, rule_file};
use naba_clean::{Cleaner, Furniture, Observation, Rules};
use naba_lexicon::Lexicon;
use naba_runtime::{Broker, Bucket, Stop};
use naba_text::normalise;
use serde::{Deserialize, Serialize};

use crate::counts::{COUNTS_BUCKET, change_profile, profile_key, profiles};

/// The bucket of the rules that were pushed.
pub const BUCKET: &str = "NABA_RULES";
/// The key of the rule files that were pushed.
pub const RULES_KEY: &str = "rules";
/// The file among them that holds what was learned and accepted.
pub const LEARNED_FILE: &str = "learned.toml";
/// How often the bucket is looked at for new rules.
const LOOK: Duration = Duration::from_secs(1);
/// How often it is said that it cannot be looked at.
const SAY_AGAIN: Duration = Duration::from_secs(60);
/// How often a write is tried again when somebody else was faster.
pub(crate) const WRITE_TRIES_MAX: usize = 8;

/// Rule files that were pushed, by name: what stands under [`RULES_KEY`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlay {
    /// Name and TOML.
    pub files: BTreeMap<String, String>,
    /// What a newer build has added: kept when an older one writes.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

impl Overlay {
    /// Reads what was pushed, and the revision that it has.
    ///
    /// # Errors
    /// When the broker does not answer, or what stands there is not an overlay.
    pub async fn read(bucket: &Bucket) -> anyhow::Result<(Self, Option<u64>)> {
        match bucket.get(RULES_KEY).await? {
            Some((value, revision)) => {
                let overlay = serde_json::from_slice(&value).context("what was pushed is no set of rules")?;
                Ok((overlay, Some(revision)))
            }
            None => Ok((Self::default(), None)),
        }
    }

    /// Changes what was pushed, as often as it takes when others change it too. Only rules that compile and
    /// hold their examples are written.
    ///
    /// # Errors
    /// When a rule has a mistake, or the broker does not take them.
    pub async fn change(bucket: &Bucket, change: impl Fn(&mut Self)) -> anyhow::Result<Rules> {
        for _ in 0..WRITE_TRIES_MAX {
            let (mut overlay, revision) = Self::read(bucket).await?;
            change(&mut overlay);
            let rules = overlay.over(&[])?;
            let value = Bytes::from(serde_json::to_vec(&overlay)?);
            if bucket.put(RULES_KEY, value, revision).await? {
                return Ok(rules);
            }
        }
        anyhow::bail!("the rules changed {WRITE_TRIES_MAX} times while they were being written; try again")
    }

    /// Adds accepted proposals to the file of what was learned.
    pub fn accept(&mut self, proposals: &[Proposal]) {
        let learned = self.files.entry(LEARNED_FILE.to_owned()).or_default();
        let new: Vec<Proposal> =
            proposals.iter().filter(|proposal| !learned.contains(&proposal.id)).cloned().collect();
        if !new.is_empty() {
            learned.push_str(&rule_file(&new));
        }
    }

    /// The rules with these files over other files and the built-in ones.
    ///
    /// # Errors
    /// When a rule has a mistake; the message names file, rule and the way out.
    pub fn over(&self, files: &[(String, String)]) -> anyhow::Result<Rules> {
        let pushed = self.files.iter().map(|(name, text)| (name.clone(), text.clone()));
        let all: Vec<(String, String)> = pushed.chain(files.iter().cloned()).collect();
        Ok(Rules::overlaid(&all)?)
    }
}

/// The cleaner of a running service, which can be exchanged.
pub(crate) struct Current {
    /// Name and text of the configuration's rule files.
    files: Vec<(String, String)>,
    search: normalise::Profile,
    learn: bool,
    cleaner: RwLock<Arc<Cleaner>>,
    overlay: Mutex<Overlay>,
    furniture: Mutex<Furniture>,
}

impl Current {
    pub(crate) fn new(files: &[PathBuf], search: normalise::Profile, learn: bool) -> anyhow::Result<Self> {
        let read = |file: &PathBuf| {
            let text = std::fs::read_to_string(file);
            let text = text.with_context(|| format!("rules.files: cannot read {}", file.display()))?;
            anyhow::Ok((file.display().to_string(), text))
        };
        let files = files.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
        let overlay = Overlay::default();
        let cleaner = cleaner(&overlay, &files, &search)?;
        Ok(Self {
            files,
            search,
            learn,
            cleaner: RwLock::new(Arc::new(cleaner)),
            overlay: Mutex::new(overlay),
            furniture: Mutex::default(),
        })
    }

    pub(crate) fn cleaner(&self) -> Arc<Cleaner> {
        Arc::clone(&self.cleaner.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts an article; what is unusual about it.
    pub(crate) fn observe(&self, source: Option<&str>, seen: &Observation) -> Vec<&'static str> {
        let Some(source) = source.filter(|_| self.learn) else { return vec![] };
        let noticed = self.furniture().observe(source, seen);
        for alarm in &noticed.alarms {
            tracing::warn!(source, alarm = alarm.kind, line = alarm.text, "the outlet has changed its pages");
        }
        noticed.flags
    }

    pub(crate) fn state(&self) -> Bytes {
        let overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Bytes::from(serde_json::to_vec(&overlay).unwrap_or_default())
    }

    /// Takes over rules that were pushed. Rules with a mistake change nothing, loudly.
    pub(crate) fn restore(&self, state: &[u8]) {
        let switched = serde_json::from_slice(state).map_err(anyhow::Error::from);
        if let Err(error) = switched.and_then(|overlay| self.switch(overlay)) {
            tracing::error!(
                error = naba_runtime::shutdown::said(&error),
                "the rules that were pushed are not used"
            );
        }
    }

    fn switch(&self, overlay: Overlay) -> anyhow::Result<()> {
        if *self.overlay.lock().unwrap_or_else(PoisonError::into_inner) == overlay {
            return Ok(());
        }
        let cleaner = Arc::new(cleaner(&overlay, &self.files, &self.search)?);
        tracing::info!(version = cleaner.version(), files = overlay.files.len(), "other rules from now on");
        *self.cleaner.write().unwrap_or_else(PoisonError::into_inner) = cleaner;
        *self.overlay.lock().unwrap_or_else(PoisonError::into_inner) = overlay;
        Ok(())
    }

    fn furniture(&self) -> std::sync::MutexGuard<'_, Furniture> {
        self.furniture.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the bucket until told to stop: new rules are switched to at once, what was counted is shared
    /// now and then, and a last time at the end.
    pub(crate) async fn follow(&self, broker: Broker, stop: Stop, share: Duration) {
        let Some(bucket) = self.bucket(&broker, &stop).await else { return };
        let mut counts = None;
        if self.learn
            && let Err(error) = self.counts(&broker, &mut counts).await
        {
            said("what was learned before is not known", &error);
        }
        let mut revision = None;
        let mut shared = tokio::time::Instant::now();
        let mut told: Option<tokio::time::Instant> = None;
        loop {
            match self.look(&bucket, &mut revision).await {
                Ok(()) => told = None,
                // a broker that is away is said once, and then rarely
                Err(error) if told.is_none_or(|told| told.elapsed() >= SAY_AGAIN) => {
                    said("the rules cannot be looked up", &error);
                    told = Some(tokio::time::Instant::now());
                }
                Err(_) => {}
            }
            let ends = stop.is_cancelled();
            if self.learn && (ends || shared.elapsed() >= share) {
                shared = tokio::time::Instant::now();
                if let Err(error) = self.share(&broker, &bucket, &mut counts).await {
                    said("what was learned is not shared", &error);
                }
            }
            if ends {
                return;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn bucket(&self, broker: &Broker, stop: &Stop) -> Option<Bucket> {
        let mut told = false;
        loop {
            match Bucket::open(&broker.jetstream, BUCKET).await {
                Ok(Some(bucket)) => return Some(bucket),
                Ok(None) if !told => {
                    tracing::warn!(
                        bucket = BUCKET,
                        "there is no such bucket, so no rules can be pushed and nothing is learned; `naba topology apply` makes it"
                    );
                    told = true;
                }
                Ok(None) => {}
                Err(error) => said("the rules cannot be looked up", &error),
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(10 * LOOK) => {}
            }
        }
    }

    async fn look(&self, bucket: &Bucket, known: &mut Option<u64>) -> anyhow::Result<()> {
        let (overlay, revision) = Overlay::read(bucket).await?;
        if revision != *known {
            // a mistake is reported once, not every second
            *known = revision;
            self.switch(overlay)?;
        }
        Ok(())
    }

    /// Opens the bucket of counts and takes over what all have counted before, where this has not been done.
    async fn counts<'a>(
        &self,
        broker: &Broker,
        opened: &'a mut Option<Bucket>,
    ) -> anyhow::Result<&'a Bucket> {
        if opened.is_none() {
            let bucket = Bucket::open(&broker.jetstream, COUNTS_BUCKET).await?;
            let bucket = bucket.with_context(|| {
                format!("there is no bucket {COUNTS_BUCKET}; `naba topology apply` makes it")
            })?;
            let known = profiles(&bucket).await?;
            let mut furniture = self.furniture();
            for (source, profile) in known.profiles {
                furniture.profiles.entry(source).or_insert(profile);
            }
            *opened = Some(bucket);
        }
        opened.as_ref().context("no bucket")
    }

    /// Brings what was counted into the bucket, and accepts what needs nobody's word.
    async fn share(
        &self,
        broker: &Broker,
        bucket: &Bucket,
        counts: &mut Option<Bucket>,
    ) -> anyhow::Result<()> {
        let counts = self.counts(broker, counts).await?;
        let fresh: Vec<String> = {
            let furniture = self.furniture();
            let fresh = furniture.profiles.iter().filter(|(_, profile)| profile.fresh > 0);
            fresh.map(|(source, _)| source.clone()).collect()
        };
        let mut keys: BTreeSet<String> = counts.keys().await?.into_iter().collect();
        for source in fresh {
            if keys.len() >= SOURCES_MAX && !keys.contains(&profile_key(&source)) {
                tracing::debug!(source, SOURCES_MAX, "its counts are not kept: so many sources are known");
                continue;
            }
            keys.insert(profile_key(&source));
            let Some(own) = self.furniture().profiles.get(&source).cloned() else { continue };
            let mut all = Profile::default();
            change_profile(counts, &source, |shared| {
                own.add_to(shared);
                all = shared.clone();
            })
            .await?;
            if let Some(profile) = self.furniture().profiles.get_mut(&source) {
                profile.take_over(&all, &own);
            }
        }
        let accepted = self.furniture().automatic();
        let new = {
            let overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner);
            let learned = overlay.files.get(LEARNED_FILE).cloned().unwrap_or_default();
            accepted.into_iter().filter(|proposal| !learned.contains(&proposal.id)).collect::<Vec<_>>()
        };
        if !new.is_empty() {
            tracing::info!(
                rules = new.len(),
                "what was learned is accepted, as its sources are set to automatic"
            );
            Overlay::change(bucket, |overlay| overlay.accept(&new)).await?;
        }
        Ok(())
    }
}

fn said(what: &str, error: &anyhow::Error) {
    tracing::warn!(error = naba_runtime::shutdown::said(error), "{what}; trying again");
}

fn cleaner(
    overlay: &Overlay,
    files: &[(String, String)],
    search: &normalise::Profile,
) -> anyhow::Result<Cleaner> {
    let rules = overlay.over(files).context("the rules")?;
    Ok(Cleaner::new(rules, Lexicon::built_in()).with_search(search.clone()))
}
