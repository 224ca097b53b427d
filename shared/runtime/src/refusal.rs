//! What the broker's refusal of a message means: one table of JetStream's error codes.
//!
//! What is permanent is never tried again: the same message would be refused for ever, and whatever waits behind it
//! with it. What is the world's fault is tried until the world is mended.

use async_nats::jetstream;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};

use crate::publish::chain;

/// Why the broker did not store a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Its condition does not hold: somebody was faster, or it is there already.
    Condition,
    /// It is too large.
    TooLarge(String),
    /// This message will never be taken.
    Permanent(String),
    /// The stream, its account or the disk is full.
    Full(String),
    /// The stream is not there, or its leader is not: a person must look when it stays so.
    Gone(String),
    /// Anything else: no connection, no answer, no leader.
    World(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Condition,
    TooLarge,
    Permanent,
    Full,
    Gone,
    World,
}

/// JetStream's codes that a publication can be answered with and that their class of status (4xx, 5xx) does not
/// explain. nats-server 2.15.
const CODES: [(u64, Kind); 20] = [
    (10_071, Kind::Condition), // wrong last sequence
    (10_164, Kind::Condition), // the same, while another one is on its way in a cluster
    (10_054, Kind::TooLarge),  // message size exceeds maximum allowed
    (10_097, Kind::Permanent), // header size exceeds maximum allowed of 64k
    (10_070, Kind::Permanent), // wrong last message id
    (10_111, Kind::Permanent), // rollup failed: a header that nobody of ours sets
    (10_002, Kind::Full),      // resource limits exceeded for account
    (10_023, Kind::Full),      // insufficient resources
    (10_028, Kind::Full),      // insufficient memory
    (10_047, Kind::Full),      // insufficient storage
    (10_077, Kind::Full),      // maximum messages or bytes, or no space left on the device
    (10_122, Kind::Full),      // more than the account may hold
    (10_059, Kind::Gone),      // stream not found
    (10_109, Kind::Gone),      // stream sealed
    (10_060, Kind::Gone),      // another stream takes this subject
    (10_040, Kind::World),     // peer not a member: the cluster is changing
    (10_158, Kind::World),     // the same message id is being stored right now
    (10_163, Kind::World),     // the condition cannot be looked at yet
    (10_167, Kind::World),     // too many requests
    (10_202, Kind::World),     // the cluster's members are changing
];

/// Statuses of the class 4xx that say «later» and not «never».
const LATER: [usize; 3] = [408, 409, 429];

impl Refusal {
    /// What an error of a publication means.
    pub fn of(error: &PublishError) -> Self {
        match error.kind() {
            PublishErrorKind::WrongLastSequence => return Self::Condition,
            PublishErrorKind::MaxPayloadExceeded => return Self::TooLarge(chain(error)),
            PublishErrorKind::StreamNotFound => return Self::Gone(chain(error)),
            _ => {}
        }
        let source = std::error::Error::source(error);
        match source.and_then(|source| source.downcast_ref::<jetstream::Error>()) {
            Some(said) => Self::of_code(said.error_code().0, said.code(), chain(error)),
            None => Self::World(chain(error)),
        }
    }

    fn of_code(code: u64, status: usize, says: String) -> Self {
        let known = CODES.iter().find(|(known, _)| *known == code).map(|(_, kind)| *kind);
        let by_class = if (400..500).contains(&status) && !LATER.contains(&status) {
            Kind::Permanent
        } else {
            Kind::World
        };
        match known.unwrap_or(by_class) {
            Kind::Condition => Self::Condition,
            Kind::TooLarge => Self::TooLarge(says),
            Kind::Permanent => Self::Permanent(says),
            Kind::Full => Self::Full(says),
            Kind::Gone => Self::Gone(says),
            Kind::World => Self::World(says),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CODES, Refusal};

    #[track_caller]
    fn check(code: u64, status: usize, expected: fn(String) -> Refusal) {
        assert_eq!(Refusal::of_code(code, status, "said".to_owned()), expected("said".to_owned()), "{code}");
    }

    /// Codes and statuses as nats-server 2.15 sends them.
    #[test]
    fn every_answer_has_its_meaning() {
        check(10_071, 400, |_| Refusal::Condition);
        check(10_164, 400, |_| Refusal::Condition);
        check(10_054, 400, Refusal::TooLarge);
        for code in [10_097, 10_070, 10_003, 10_025, 10_165, 10_166, 10_168, 10_188, 10_193] {
            check(code, 400, Refusal::Permanent);
        }
        for (code, status) in [(10_077, 503), (10_047, 500), (10_023, 503), (10_028, 500), (10_002, 400)] {
            check(code, status, Refusal::Full);
        }
        check(10_059, 404, Refusal::Gone);
        check(10_109, 400, Refusal::Gone);
        for (code, status) in [
            (10_008, 503),
            (10_009, 500),
            (10_041, 500),
            (10_118, 500),
            (10_039, 503),
            (10_076, 503),
            (10_158, 409),
            (10_163, 503),
            (10_167, 429),
            (10_210, 429),
        ] {
            check(code, status, Refusal::World);
        }
    }

    #[test]
    fn what_a_later_server_says_is_known_by_its_class() {
        check(19_999, 400, Refusal::Permanent);
        check(19_999, 429, Refusal::World);
        check(19_999, 503, Refusal::World);
    }

    #[test]
    fn no_code_has_two_meanings() {
        for (place, (code, _)) in CODES.iter().enumerate() {
            assert!(CODES.iter().skip(place + 1).all(|(other, _)| other != code), "{code}");
        }
    }
}
