//! What is counted. Every input ends in exactly one outcome; the names below are the whole specification.
//!
//! | metric | labels | what |
//! |---|---|---|
//! | `naba_inputs_total` | `stage`, `outcome` | deliveries by how they ended |
//! | `naba_rejected_total` | `stage`, `reason` | dead letters by reason |
//! | `naba_engine_seconds` | `stage` | time in the engine |
//! | `naba_in_flight` | `stage` | deliveries being worked on |

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

/// Counts a delivery's end.
pub fn count(stage: &'static str, outcome: Outcome) {
    metrics::counter!("naba_inputs_total", "stage" => stage, "outcome" => outcome.name()).increment(1);
}

/// Counts a dead letter.
pub fn rejected(stage: &'static str, reason: &'static str) {
    metrics::counter!("naba_rejected_total", "stage" => stage, "reason" => reason).increment(1);
}

/// Notes time in the engine.
pub fn engine(stage: &'static str, took: Duration) {
    metrics::histogram!("naba_engine_seconds", "stage" => stage).record(took.as_secs_f64());
}

/// Notes how many deliveries are being worked on.
pub fn in_flight(stage: &'static str, count: usize) {
    metrics::gauge!("naba_in_flight", "stage" => stage).set(count as f64);
}
