//! What is counted. Every input ends in exactly one outcome; the names below are the whole specification.
//!
//! | metric | labels | what |
//! |---|---|---|
//! | `naba_inputs_total` | `stage`, `outcome` | deliveries by how they ended |
//! | `naba_rejected_total` | `stage`, `reason` | dead letters by reason |
//! | `naba_engine_seconds` | `stage` | time in the engine: without the wait for a thread, and without suspects that run alone |
//! | `naba_in_flight` | `stage` | deliveries being worked on |
//! | `naba_engine_failures_total` | `stage`, `reason` | engines that panicked or took too long |
//! | `naba_engine_threads_hung` | `stage` | threads whose article's time was up and that have not come back |
//! | `naba_isolated_total` | `stage` | suspected inputs that ran in a process of their own |
//! | `naba_isolated_failures_total` | `stage` | processes for suspects that did not come up to take their input |
//! | `naba_companion_up` | `stage`, `task` | 1 while a task beside the stage runs |
//! | `naba_companion_restarts_total` | `stage`, `task` | tasks beside the stage that panicked |
//! | `naba_world_faults_total` | `stage` | publications that the broker did not take at that try |
//! | `naba_batches_total`, `naba_batch_messages_total` | – | atomic batches, and the messages in them |
//! | `naba_lag` | `stage` | records that wait for a stage |
//! | `naba_dead_letters_fill` | – | how full the stream of dead letters is, 0 to 1 |
//! | `naba_deferred_total` | `stage` | dead letters that found no room and wait |
//! | `naba_paused` | `stage` | 1 while a stage waits for the next one |

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// How a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Published something new.
    Published,
    /// What it would have published was there already.
    AlreadyThere,
    /// Went to the dead letters.
    Rejected,
    /// Handed back to the broker, to come again later.
    Retried,
    /// Handed back because the service is stopping.
    Interrupted,
}

impl Outcome {
    /// The label's value.
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::AlreadyThere => "already_there",
            Self::Rejected => "rejected",
            Self::Retried => "retried",
            Self::Interrupted => "interrupted",
        }
    }
}

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts counting. A second call changes nothing.
pub fn start() {
    HANDLE.get_or_init(|| {
        let buckets = [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.1, 1.0];
        PrometheusBuilder::new().set_buckets(&buckets).ok()?.install_recorder().ok()
    });
}

/// Everything counted so far, in Prometheus' text format.
pub fn render() -> String {
    HANDLE.get().and_then(Option::as_ref).map(PrometheusHandle::render).unwrap_or_default()
}

/// Folds what was noted since the last time into its buckets. A recorder that nobody reads keeps every
/// single sample until then.
pub fn tidy() {
    if let Some(Some(handle)) = HANDLE.get() {
        handle.run_upkeep();
    }
}

/// Counts a delivery's end.
pub fn count(stage: &'static str, outcome: Outcome) {
    metrics::counter!("naba_inputs_total", "stage" => stage, "outcome" => outcome.name()).increment(1);
}

/// Counts a dead letter.
pub fn rejected(stage: &'static str, reason: &str) {
    metrics::counter!("naba_rejected_total", "stage" => stage, "reason" => reason.to_owned()).increment(1);
}

/// Notes time in the engine.
pub fn engine(stage: &'static str, took: Duration) {
    metrics::histogram!("naba_engine_seconds", "stage" => stage).record(took.as_secs_f64());
}

/// A delivery being worked on, as long as the value lives.
#[derive(Debug)]
pub struct InFlight(&'static str);

impl InFlight {
    /// One more.
    pub fn begin(stage: &'static str) -> Self {
        metrics::gauge!("naba_in_flight", "stage" => stage).increment(1.0);
        Self(stage)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        metrics::gauge!("naba_in_flight", "stage" => self.0).decrement(1.0);
    }
}

/// Counts an engine that panicked or took too long.
pub fn engine_failure(stage: &'static str, reason: &str) {
    metrics::counter!("naba_engine_failures_total", "stage" => stage, "reason" => reason.to_owned())
        .increment(1);
}

/// Counts a suspected input that ran in a process of its own.
pub fn isolated(stage: &'static str) {
    metrics::counter!("naba_isolated_total", "stage" => stage).increment(1);
}

/// Counts a process for a suspect that did not come up.
pub fn isolated_failure(stage: &'static str) {
    metrics::counter!("naba_isolated_failures_total", "stage" => stage).increment(1);
}

/// Notes how many threads were left to their article.
pub fn hung_threads(stage: &'static str, threads: usize) {
    metrics::gauge!("naba_engine_threads_hung", "stage" => stage).set(threads as f64);
}

/// Notes whether a task beside a stage runs.
pub fn companion(stage: &'static str, task: &'static str, up: bool) {
    metrics::gauge!("naba_companion_up", "stage" => stage, "task" => task).set(if up { 1.0 } else { 0.0 });
}

/// Counts a task beside a stage that panicked.
pub fn companion_restart(stage: &'static str, task: &'static str) {
    metrics::counter!("naba_companion_restarts_total", "stage" => stage, "task" => task).increment(1);
}

/// Counts a publication that the broker did not take.
pub fn world_fault(stage: &'static str) {
    metrics::counter!("naba_world_faults_total", "stage" => stage).increment(1);
}

/// Notes the size of a batch.
pub fn batch(messages: usize) {
    metrics::counter!("naba_batches_total").increment(1);
    metrics::counter!("naba_batch_messages_total").increment(messages as u64);
}

/// Notes how many records wait for a stage.
pub fn lag(stage: &'static str, records: u64) {
    metrics::gauge!("naba_lag", "stage" => stage).set(records as f64);
}

/// Notes whether a stage waits for the next one.
pub fn paused(stage: &'static str, paused: bool) {
    metrics::gauge!("naba_paused", "stage" => stage).set(if paused { 1.0 } else { 0.0 });
}

/// Notes how full the stream of dead letters is.
pub fn dead_letters_fill(part: f64) {
    metrics::gauge!("naba_dead_letters_fill").set(part);
}

/// Counts a dead letter that found no room.
pub fn deferred(stage: &'static str) {
    metrics::counter!("naba_deferred_total", "stage" => stage).increment(1);
}
