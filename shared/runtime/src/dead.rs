//! Dead letters: what could not be processed, untouched, with everything needed to mend it.
//!
//! Subject: `naba.dead.<stage>.<source>.<reason>.<key>`. The key is a hash of where the input stands
//! (stream, sequence, time), so that one input makes one dead letter however often it is delivered.
//!
//! Whatever an input looks like, its letter is one that the broker takes: every token of the subject and all headers
//! are bounded, and what does not fit is counted in the letter. Where a letter finds no room it waits (`deferred`).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::deferred;
use crate::metrics;
use crate::publish::{Declined, Publication, PublishError, Published, Publisher};
use crate::refusal::Refusal;
use crate::reject::Reject;
use crate::room::{Room, Space};
use crate::vet::{HEADER_BYTES_MAX, header_bytes};
use crate::worker::Delivery;

/// The stage that gave up.
pub const STAGE: &str = "Naba-Stage";
/// The short name of the reason.
pub const REASON: &str = "Naba-Reason";
/// The reason in a sentence.
pub const MESSAGE: &str = "Naba-Message";
/// The field, rule or header at fault.
pub const FIELD: &str = "Naba-Field";
/// How often it was tried.
pub const ATTEMPTS: &str = "Naba-Attempts";
/// The subject that the input came on.
pub const SUBJECT: &str = "Naba-Subject";
/// The stream and sequence that the input stands at.
pub const ORIGIN: &str = "Naba-Origin";
/// Before the name of every header that the input had.
pub const ORIGINAL_HEADER: &str = "Naba-Header-";
/// Before the number of a piece of the input's headers as they came, in base64, where not all of them can be read.
pub const HEADER_BLOCK: &str = "Naba-Block-";
/// The bytes of such a piece, and of all of them.
const PIECE_BYTES: usize = 3 * HEADER_BYTES_MAX / 4;
const BLOCK_BYTES_MAX: usize = 5 * PIECE_BYTES;
/// How many of the input's bytes are not in the letter, and stand at its origin as long as its stream keeps them.
pub const BYTES_LEFT_OUT: &str = "Naba-Bytes-Left-Out";
/// How many of the input's headers are not in the letter or were cut, for the same reason.
pub const HEADERS_LEFT_OUT: &str = "Naba-Headers-Left-Out";

/// The reason of an input whose revision's token belongs to another content already.
pub const COLLISION: &str = "revision_collision";

/// Before the subject of a marker: `naba.settled.<how>.<stage>.<source>.<key>` says that a dead letter has
/// been dealt with. Letters themselves are never deleted; age takes them.
pub const SETTLED: &str = "naba.settled";

/// The most bytes of all the input's own headers that go along, as they were read and as they came.
const ORIGINAL_HEADERS_BYTES_MAX: usize = 16 << 10;
/// The most bytes of a token of a letter's subject; a longer one keeps its beginning and gets a hash.
const TOKEN_BYTES_MAX: usize = 64;
const TOKEN_BEGINNING: usize = 40;
/// How often a letter that waits looks for room.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Buried {
    /// It is stored.
    Stored,
    /// It is noted among those that wait for room.
    Deferred,
}

/// What a letter without room does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// It is noted elsewhere, and its input is done with.
    Defers,
    /// It waits here.
    Waits,
}

/// Puts an input among the dead letters and waits until it is stored there, or noted among those that wait for room.
///
/// # Errors
/// [`PublishError`]: the input must then stay where it is.
pub(crate) async fn bury(
    publisher: &Publisher,
    room: &Room,
    delivery: &Delivery,
    reject: &Reject,
    patience: Patience,
) -> Result<Buried, PublishError> {
    loop {
        let found = room.for_input(delivery.payload.len()).await;
        let why = if found == Space::None {
            "the stream of dead letters is full".to_owned()
        } else {
            match write(publisher, room, delivery, reject, found == Space::Copy).await {
                Ok(()) => return Ok(Buried::Stored),
                Err(Declined::Stopped(why)) => return Err(PublishError::Stopped(why)),
                Err(Declined::Refusal(Refusal::Full(why))) => {
                    room.is_full();
                    why
                }
                // no such stream: that ends the service, when it stays so
                Err(_) => {
                    let letter = letter(publisher.stage(), delivery, reject, false);
                    publisher.publish(&letter).await?;
                    return Ok(Buried::Stored);
                }
            }
        };
        if patience == Patience::Defers && deferred::note(publisher, delivery, reject).await? {
            return Ok(Buried::Deferred);
        }
        publisher.wait(LOOK_AGAIN, &why).await?;
    }
}

/// Writes a letter: with its input's bytes where they may be copied and fit, without them elsewhere.
async fn write(
    publisher: &Publisher,
    room: &Room,
    delivery: &Delivery,
    reject: &Reject,
    copy: bool,
) -> Result<(), Declined> {
    let stage = publisher.stage();
    let mut offered = publisher.offer(&letter(stage, delivery, reject, copy)).await;
    let mut bytes = if copy { delivery.payload.len() } else { 0 };
    if copy && matches!(offered, Err(Declined::Refusal(Refusal::TooLarge(_) | Refusal::Permanent(_)))) {
        bytes = 0;
        offered = publisher.offer(&letter(stage, delivery, reject, false)).await;
    }
    if offered? == Published::New {
        room.took(bytes);
        metrics::rejected(stage, &reject.reason);
        tracing::warn!(stage, reason = %reject.reason, message = %reject.message, field = reject.field, subject = %delivery.subject, sequence = delivery.sequence, "dead letter");
    }
    Ok(())
}

/// The letter of an input.
fn letter(stage: &str, delivery: &Delivery, reject: &Reject, copy: bool) -> Publication {
    let key = key(delivery);
    let subject = format!("naba.dead.{stage}.{}.{}.{key}", source(&delivery.subject), token(&reject.reason));
    let mut headers = vec![
        (STAGE.to_owned(), stage.to_owned()),
        (REASON.to_owned(), reject.reason.to_string()),
        (MESSAGE.to_owned(), reject.message.clone()),
        (ATTEMPTS.to_owned(), delivery.attempt.to_string()),
        (SUBJECT.to_owned(), delivery.subject.clone()),
        (ORIGIN.to_owned(), format!("{} {}", delivery.stream, delivery.sequence)),
    ];
    if let Some(field) = &reject.field {
        headers.push((FIELD.to_owned(), field.clone()));
    }
    if !copy && !delivery.payload.is_empty() {
        headers.push((BYTES_LEFT_OUT.to_owned(), delivery.payload.len().to_string()));
    }
    let (original, mut left_out) = original_headers(&delivery.headers);
    left_out += usize::from(delivery.header_block.len() > BLOCK_BYTES_MAX);
    headers.extend(original);
    let pieces = delivery.header_block.chunks(PIECE_BYTES).take(BLOCK_BYTES_MAX / PIECE_BYTES);
    headers.extend(
        pieces.enumerate().map(|(number, piece)| (format!("{HEADER_BLOCK}{number}"), STANDARD.encode(piece))),
    );
    if left_out > 0 {
        headers.push((HEADERS_LEFT_OUT.to_owned(), left_out.to_string()));
    }
    let payload = if copy { delivery.payload.clone() } else { bytes::Bytes::new() };
    Publication { subject, unless: Some(any(stage, &key)), headers, payload, numbered: None }
}

/// A letter's block of headers as it came, where not all of it could be read; what did not fit is missing at its end.
pub fn header_block(letter: &Delivery) -> Vec<u8> {
    let piece = |number: usize| letter.header(&format!("{HEADER_BLOCK}{number}"));
    let pieces = (0..BLOCK_BYTES_MAX / PIECE_BYTES).map_while(piece);
    pieces.flat_map(|piece| STANDARD.decode(piece).unwrap_or_default()).collect()
}

/// The input's own headers as they go along, and how many do not, or not whole.
fn original_headers(headers: &[(String, String)]) -> (Vec<(String, String)>, usize) {
    let mut room = ORIGINAL_HEADERS_BYTES_MAX;
    let (mut kept, mut left_out) = (vec![], 0);
    for (name, value) in headers {
        // names are bounded and mended like tokens, but keep their case and length where they are names
        let is_name = name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') && !name.is_empty();
        let name = if is_name {
            format!("{ORIGINAL_HEADER}{name}")
        } else {
            format!("{ORIGINAL_HEADER}{}", token(name))
        };
        let Some(left) =
            room.checked_sub(header_bytes(&name, value).min(header_bytes(&name, "") + HEADER_BYTES_MAX))
        else {
            left_out += 1;
            continue;
        };
        room = left;
        left_out += usize::from(!is_name || value.len() > HEADER_BYTES_MAX);
        kept.push((name, value.clone()));
    }
    (kept, left_out)
}

/// The filter over a stage's letters of one input.
fn any(stage: &str, key: &str) -> String {
    format!("naba.dead.{stage}.*.*.{key}")
}

/// Whether an input has a letter already.
pub(crate) async fn is_buried(publisher: &Publisher, delivery: &Delivery) -> bool {
    publisher.is_stored(crate::room::STREAM, &any(publisher.stage(), &key(delivery))).await
}

/// The source's token of a subject, bounded.
pub fn source(subject: &str) -> String {
    token(subject.split('.').nth(2).unwrap_or("_"))
}

/// A text as one token of a subject: itself where it is one and short, else its beginning and a hash.
pub fn token(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    if !text.is_empty() && text.len() <= TOKEN_BYTES_MAX && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let beginning: String =
        text.chars().take(TOKEN_BEGINNING).map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let hash: String = blake3::hash(text.as_bytes()).to_hex().chars().take(16).collect();
    format!("{beginning}-{hash}")
}

pub(crate) fn key(delivery: &Delivery) -> String {
    key_of(&delivery.stream, delivery.sequence, delivery.stored_at)
}

/// Sixteen hex characters that name where an input stands: its stream, its place, and when it was stored, in
/// nanoseconds since 1970.
pub fn key_of(stream: &str, sequence: u64, stored_at: i128) -> String {
    let place = format!("{stream} {sequence} {stored_at}");
    blake3::hash(place.as_bytes()).to_hex().chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{BYTES_LEFT_OUT, HEADERS_LEFT_OUT, ORIGINAL_HEADER, letter, token};
    use crate::publish::Publication;
    use crate::reject::Reject;
    use crate::vet::vet;
    use crate::worker::Delivery;

    fn delivery(subject: &str, headers: Vec<(String, String)>) -> Delivery {
        let (payload, stream) = (Bytes::from_static(b"bytes"), "NABA_RAW".to_owned());
        Delivery {
            subject: subject.to_owned(),
            headers,
            header_block: Bytes::from(vec![b'x'; super::BLOCK_BYTES_MAX]),
            payload,
            attempt: 1,
            stream,
            sequence: 7,
            stored_at: 1,
            fault: None,
        }
    }

    fn header<'a>(letter: &'a Publication, name: &str) -> Option<&'a str> {
        letter.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whatever it was, its letter is one that a broker takes; what does not fit is counted.
    #[track_caller]
    fn check(subject: &str, headers: Vec<(String, String)>, left_out: Option<usize>) {
        let count = headers.len();
        let reject = Reject::new("bad", "رسالة\r\n".repeat(4_000)).at("field\0");
        let letter = letter("ingest", &delivery(subject, headers), &reject, true);
        vet(&letter).unwrap_or_else(|why| panic!("{why}"));
        let kept = letter.headers.iter().filter(|(name, _)| name.starts_with(ORIGINAL_HEADER)).count();
        let said = header(&letter, HEADERS_LEFT_OUT).map(|said| said.parse::<usize>().expect("a number"));
        assert!(kept + said.unwrap_or(0) >= count, "{kept} of {count} and {said:?}");
        assert_eq!(said.is_some(), left_out.is_some(), "{said:?}");
        if let Some(left_out) = left_out.filter(|left_out| *left_out > 0) {
            assert_eq!(said, Some(left_out));
        }
    }

    #[test]
    fn every_input_has_a_letter_that_fits() {
        let many = |count: usize| (0..count).map(|number| (format!("h{number}"), "v".to_owned())).collect();
        check("naba.raw.a_b", many(3), None);
        check("naba.raw.a_b", many(4_000), Some(0));
        check(&format!("naba.raw.{}", "x".repeat(4_050)), many(0), None);
        check("naba.raw.*", many(0), None);
        check("", many(0), None);
        check("naba.raw.a b\t", many(0), None);
        check("naba.raw.a_b", vec![("a name".to_owned(), "v".to_owned())], Some(1));
        check("naba.raw.a_b", vec![("A".to_owned(), "v".repeat(50_000))], Some(1));
        check("naba.raw.a_b", vec![("A".repeat(50_000), "v".to_owned())], Some(1));
        check(
            "naba.raw.a_b",
            vec![("نبأ".to_owned(), "a\r\nb".to_owned()), (String::new(), String::new())],
            Some(2),
        );
    }

    #[test]
    fn a_letter_without_bytes_says_how_many_there_are() {
        let letter =
            letter("clean", &delivery("naba.ingested.a.b.c", vec![]), &Reject::new("bad", "why"), false);
        assert_eq!((header(&letter, BYTES_LEFT_OUT), letter.payload.len()), (Some("5"), 0));
    }

    #[test]
    fn tokens_are_bounded_and_stay_apart() {
        assert_eq!(token("sana_sy"), "sana_sy");
        let (one, other) = (token(&"x".repeat(4_050)), token(&"x".repeat(4_051)));
        assert!(one.len() <= 64 && one != other && one.starts_with("xxxx"));
        assert!(!token(">").contains('>') && !token("").is_empty());
    }
}
