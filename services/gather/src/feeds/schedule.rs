//! When a feed is looked at again: more often while it has news, less often while it has none.

use super::FeedsConfig;
use super::registry::State;

/// What a feed and its server ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Minutes that the feed may be kept (`ttl`).
    pub ttl_minutes: Option<u32>,
    /// Hours of the day (UTC) in which it is not to be fetched (`skipHours`).
    pub skip_hours: Vec<u8>,
    /// Seconds until the server wants to be asked again (`Retry-After`).
    pub retry_after_seconds: Option<u64>,
}

/// How a look ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// There were new items.
    News,
    /// There were none.
    Nothing,
    /// It failed.
    Failed,
}

/// The longest wait that a server's wish can make, and that failures can: a day.
const WAIT_SECONDS_MAX: u64 = 86_400;
/// Failures after which the wait does not double any more.
const DOUBLINGS_MAX: u32 = 8;

/// Sets the interval and the time of the next look. `salt` spreads feeds that would all come at once.
pub fn next(state: &mut State, look: Look, wishes: &Wishes, config: &FeedsConfig, now_ms: u64, salt: u64) {
    let (least, most) = (config.interval_seconds_min, config.interval_seconds_max);
    let interval = if state.interval_seconds == 0 { least } else { state.interval_seconds };
    state.interval_seconds = match look {
        Look::News => interval / 2,
        Look::Nothing => interval.saturating_add(interval / 2),
        Look::Failed => interval,
    }
    .clamp(least, most.max(least));
    state.failures = if look == Look::Failed { state.failures.saturating_add(1) } else { 0 };
    let mut wait = state.interval_seconds;
    if look == Look::Failed {
        wait = wait.saturating_mul(1 << state.failures.min(DOUBLINGS_MAX));
    }
    let ttl = wishes.ttl_minutes.map_or(0, |minutes| u64::from(minutes) * 60);
    wait = wait.max(ttl).max(wishes.retry_after_seconds.unwrap_or(0)).min(WAIT_SECONDS_MAX);
    // up to a tenth more, and never less: nobody is asked sooner than it may be
    let wait_ms = wait * 1_000 + salt % (wait * 100 + 1);
    state.next_ms = after_skipped(now_ms + wait_ms, &wishes.skip_hours);
}

/// The first time from `at_ms` on that is not in an hour to be skipped.
fn after_skipped(at_ms: u64, skip_hours: &[u8]) -> u64 {
    const HOUR_MS: u64 = 3_600_000;
    (0..24)
        .map(|hours| if hours == 0 { at_ms } else { (at_ms / HOUR_MS + hours) * HOUR_MS })
        .find(|at| !skip_hours.contains(&u8::try_from(at / HOUR_MS % 24).unwrap_or(0)))
        .unwrap_or(at_ms)
}

#[cfg(test)]
mod tests {
    use super::{Look, Wishes, next};
    use crate::feeds::FeedsConfig;
    use crate::feeds::registry::State;

    const HOUR: u64 = 3_600;

    #[track_caller]
    fn check(looks: &[Look], wishes: &Wishes, wait_seconds: u64) {
        let mut state = State::default();
        let config =
            FeedsConfig { interval_seconds_min: 60, interval_seconds_max: HOUR, ..FeedsConfig::default() };
        for look in looks {
            next(&mut state, *look, wishes, &config, 0, 0);
        }
        assert_eq!(state.next_ms / 1_000, wait_seconds, "{looks:?} {wishes:?}");
    }

    #[test]
    fn feeds_are_looked_at_as_often_as_they_have_news() {
        let none = Wishes::default();
        check(&[Look::News], &none, 60);
        check(&[Look::Nothing; 2], &none, 135);
        check(&[Look::Nothing; 30], &none, HOUR);
        check(&[Look::Nothing, Look::Nothing, Look::News], &none, 67);
        check(&[Look::Failed; 3], &none, 480);
        check(&[Look::Failed; 40], &none, 60 * 256);
        check(&[Look::News], &Wishes { ttl_minutes: Some(30), ..Wishes::default() }, 1_800);
        check(&[Look::Failed], &Wishes { retry_after_seconds: Some(7_200), ..Wishes::default() }, 7_200);
        check(&[Look::News], &Wishes { ttl_minutes: Some(u32::MAX), ..Wishes::default() }, 86_400);
        check(&[Look::News], &Wishes { skip_hours: vec![0, 1], ..Wishes::default() }, 2 * HOUR);
        check(&[Look::News], &Wishes { skip_hours: (0..24).collect(), ..Wishes::default() }, 60);
    }
}
