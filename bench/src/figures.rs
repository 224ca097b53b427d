//! The figures of one measurement.

use serde::{Serialize, Serializer};

use crate::load::Load;
use crate::process::Usage;

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Articles that were to be published.
    pub articles: usize,
    /// Their mean size.
    pub article_bytes: usize,
    /// Articles that were given to the broker in time.
    pub sent: usize,
    /// Those that it acknowledged in time.
    pub stored: usize,
    /// Records that came out in time.
    pub delivered: usize,
    /// Records that had come out when the last article had gone in; none flat out.
    pub delivered_while_sending: Option<usize>,
    /// What could not be processed.
    pub dead: u64,
    /// From the first publish until the broker had acknowledged the last article.
    #[serde(serialize_with = "crate::figures::thousandths")]
    pub sending_s: f64,
    /// From the first publish until the last record, or until nobody waited any longer.
    #[serde(serialize_with = "crate::figures::thousandths")]
    pub elapsed_s: f64,
    /// Records over that time.
    #[serde(serialize_with = "crate::figures::thousandths")]
    pub articles_per_second: f64,
    /// From publish to the record's arrival, of the records that came; none flat out.
    pub latency: Option<Latency>,
    /// What each service and the broker cost over the measurement.
    pub usage: Vec<Usage>,
    /// What publishing and receiving cost in this program, which shares the machine with them.
    #[serde(serialize_with = "crate::figures::thousandths")]
    pub publisher_cpu_s: f64,
    /// In words, when it did not keep up.
    pub problem: Option<String>,
}

/// How long records took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Latency {
    /// Half of them took no longer.
    #[serde(serialize_with = "crate::figures::thousandths")]
    pub p50_ms: f64,
    /// 95 of a hundred.
    #[serde(serialize_with = "crate::figures::thousandths")]
    pub p95_ms: f64,
    /// 99 of a hundred.
    #[serde(serialize_with = "crate::figures::thousandths")]
    pub p99_ms: f64,
    /// None took longer.
    #[serde(serialize_with = "crate::figures::thousandths")]
    pub max_ms: f64,
}

impl Latency {
    /// By nearest rank; none of nothing.
    pub fn of(mut latencies_ms: Vec<f64>) -> Option<Self> {
        latencies_ms.sort_by(f64::total_cmp);
        let rank = |hundredths: usize| {
            let place = (latencies_ms.len() * hundredths).div_ceil(100);
            latencies_ms.get(place.saturating_sub(1)).copied()
        };
        Some(Self { p50_ms: rank(50)?, p95_ms: rank(95)?, p99_ms: rank(99)?, max_ms: rank(100)? })
    }
}

impl Figures {
    /// Says what did not keep up with the load.
    #[must_use]
    pub fn judged(self, load: Load) -> Self {
        Self { problem: problem(&self, load), ..self }
    }
}

/// Says in words what did not keep up: records that never came, or a second's worth that came late.
fn problem(figures: &Figures, load: Load) -> Option<String> {
    let Figures { articles, sent, stored, delivered, dead, .. } = *figures;
    let mut problems = vec![];
    if stored < articles {
        problems.push(format!(
            "the broker held the publisher up: {sent} of {articles} sent, {stored} acknowledged"
        ));
    }
    if dead > 0 {
        problems.push(format!("{dead} became dead letters"));
    }
    if delivered < articles {
        problems.push(format!("delivered {delivered} of {articles}"));
    } else if let (Some(rate), Some(in_time)) = (load.rate(), figures.delivered_while_sending)
        && in_time as f64 + rate.max(1.0) < articles as f64
    {
        problems.push(format!("behind: {in_time} of {articles} delivered when the last was sent"));
    }
    (!problems.is_empty()).then(|| problems.join("; "))
}

/// Writes a number with three digits after the point: more would be noise.
///
/// # Errors
/// The serializer's.
pub fn thousandths<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((number * 1e3).round() / 1e3)
}

#[cfg(test)]
mod tests {
    use super::Latency;

    #[test]
    fn percentiles_are_values_that_happened() {
        let expected = Latency { p50_ms: 50.0, p95_ms: 95.0, p99_ms: 99.0, max_ms: 100.0 };
        assert_eq!(Latency::of((1..=100).rev().map(f64::from).collect()), Some(expected));
        assert_eq!(Latency::of(vec![]), None);
        assert_eq!(Latency::of(vec![7.0]).map(|latency| latency.p99_ms), Some(7.0));
    }
}
