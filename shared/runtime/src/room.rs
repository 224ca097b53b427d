//! How full the stream of dead letters is, and what a letter may take of it.
//!
//! Up to three quarters, letters hold a copy of their input. From there on they name where it stands, so that many more
//! fit. The last part is kept for the markers of what has been dealt with: a letter that would need it waits elsewhere
//! (`deferred`), and the good articles go on.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream;

use crate::metrics;

/// The stream of dead letters.
pub(crate) const STREAM: &str = "NABA_DEAD";
/// What a letter takes beside its input's bytes: headers, and what the broker keeps of it.
const LETTER_BYTES: u64 = 2 << 10;
/// An input of so few bytes is copied as long as there is any room: naming it takes as much.
const SMALL_BYTES: u64 = 512;
/// The least room that is kept for markers, unless the whole stream is hardly more.
const KEPT_BYTES_MIN: u64 = 64 << 10;
/// How long what is known of the stream is believed; less when it fills.
const BELIEVED: Duration = Duration::from_secs(2);
const BELIEVED_LATE: Duration = Duration::from_millis(100);
/// How often the alarm is repeated.
const SAY_AGAIN: Duration = Duration::from_secs(60);
/// From which part on it is raised, in percent.
const ALARM_PERCENT: u64 = 70;

/// What a letter may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// A copy of its input.
    Copy,
    /// The name of the place where its input stands.
    Refer,
    /// Nothing: it must wait.
    None,
}

/// What is known of the stream.
#[derive(Debug, Default)]
struct Known {
    looked: Option<Instant>,
    used: u64,
    /// 0: no limit, or nothing is known.
    most: u64,
    said: Option<Instant>,
}

/// The room in the stream of dead letters.
#[derive(Debug)]
pub(crate) struct Room {
    jetstream: jetstream::Context,
    stage: &'static str,
    known: Mutex<Known>,
}

impl Room {
    pub(crate) fn new(jetstream: jetstream::Context, stage: &'static str) -> Self {
        Self { jetstream, stage, known: Mutex::default() }
    }

    /// What a letter for an input of so many bytes may hold.
    pub(crate) async fn for_input(&self, bytes: usize) -> Space {
        self.look().await;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        space(known.used, known.most, bytes as u64)
    }

    /// Notes what a letter took.
    pub(crate) fn took(&self, bytes: usize) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).used += LETTER_BYTES + bytes as u64;
    }

    /// Notes that the broker says that there is none, whatever is known.
    pub(crate) fn is_full(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.used = known.used.max(known.most);
    }

    /// Looks at the stream when that was a while ago, and raises the alarm long before it is full. When the broker does
    /// not say, what was known stays.
    pub(crate) async fn look(&self) {
        {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let believed =
                if space(known.used, known.most, 0) == Space::Copy { BELIEVED } else { BELIEVED_LATE };
            if known.looked.is_some_and(|looked| looked.elapsed() < believed) {
                return;
            }
            // one looks for all that come meanwhile
            known.looked = Some(Instant::now());
        }
        let found = self.jetstream.get_stream(STREAM).await;
        let Ok(stream) = found else { return };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let info = stream.cached_info();
        (known.used, known.most) = (info.state.bytes, u64::try_from(info.config.max_bytes).unwrap_or(0));
        if known.most == 0 {
            return;
        }
        metrics::dead_letters_fill(known.used as f64 / known.most as f64);
        let percent = known.used.saturating_mul(100) / known.most;
        if percent >= ALARM_PERCENT && known.said.is_none_or(|said| said.elapsed() > SAY_AGAIN) {
            known.said = Some(Instant::now());
            tracing::warn!(
                stage = self.stage,
                percent,
                max_bytes = known.most,
                "the stream of dead letters fills up: `naba dead ls` says with what; to make room raise max_bytes of \
                 {STREAM} in the topology file and run `naba topology apply`"
            );
        }
    }
}

/// What a letter may hold in a stream that holds so much.
fn space(used: u64, most: u64, input: u64) -> Space {
    if most == 0 {
        return Space::Copy;
    }
    let kept = (most / 16).max(KEPT_BYTES_MIN).min(most / 2);
    let letters = most - kept;
    let with = |bytes: u64| used.saturating_add(LETTER_BYTES).saturating_add(bytes);
    if with(input) <= (most / 4 * 3).min(letters) || (input <= SMALL_BYTES && with(input) <= letters) {
        Space::Copy
    } else if with(0) <= letters {
        Space::Refer
    } else {
        Space::None
    }
}

#[cfg(test)]
mod tests {
    use super::{Space, space};

    #[track_caller]
    fn check(used: u64, most: u64, input: u64, expected: Space) {
        assert_eq!(space(used, most, input), expected, "{used} of {most} with {input}");
    }

    #[test]
    fn letters_leave_room_for_markers() {
        let most = 1 << 30;
        check(0, most, 8 << 20, Space::Copy);
        check(most / 4 * 3, most, 8 << 20, Space::Refer);
        check(most / 4 * 3, most, 500, Space::Copy);
        check(most / 16 * 15, most, 500, Space::None);
        check(most, most, 0, Space::None);
        // the whole stream is small: half of it is kept
        check(0, 20_000, 500, Space::Copy);
        check(9_000, 20_000, 500, Space::None);
        check(u64::MAX, 20_000, u64::MAX, Space::None);
        // no limit
        check(1 << 50, 0, 8 << 20, Space::Copy);
    }
}
