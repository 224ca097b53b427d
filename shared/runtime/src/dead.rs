//! Dead letters: what could not be processed, untouched, with everything needed to mend it.
//!
//! Subject: `naba.dead.<stage>.<source>.<reason>.<key>`. The key is a hash of where the input stands
//! (stream, sequence, time), so that one input makes one dead letter however often it is delivered.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::metrics;
use crate::publish::{HEADER_BYTES_MAX, Publication, PublishError, Published, Publisher};
use crate::reject::Reject;
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
/// The bytes of such a piece.
const PIECE_BYTES: usize = 3 * HEADER_BYTES_MAX / 4;

/// Before the subject of a marker: `naba.settled.<how>.<stage>.<source>.<key>` says that a dead letter has
/// been dealt with. Letters themselves are never deleted; age takes them.
pub const SETTLED: &str = "naba.settled";

/// The most bytes of all the input's own headers that go along, as they were read and as they came.
const ORIGINAL_HEADERS_BYTES_MAX: usize = 16 << 10;

/// Puts an input among the dead letters and waits until it is stored there.
///
/// # Errors
/// [`PublishError::Stopped`]: the input must then stay where it is.
pub(crate) async fn bury(
    publisher: &Publisher,
    stage: &'static str,
    delivery: &Delivery,
    reject: &Reject,
) -> Result<Published, PublishError> {
    let key = key(delivery);
    let source = delivery.subject.split('.').nth(2).unwrap_or("_");
    let subject = format!("naba.dead.{stage}.{source}.{}.{key}", reject.reason);
    let unless = Some(format!("naba.dead.{stage}.*.*.{key}"));
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
    let mut room = ORIGINAL_HEADERS_BYTES_MAX;
    for (name, value) in &delivery.headers {
        let Some(left) = room.checked_sub(name.len() + value.len()) else { break };
        room = left;
        headers.push((format!("{ORIGINAL_HEADER}{name}"), value.clone()));
    }
    for (number, piece) in (0..room / HEADER_BYTES_MAX).zip(delivery.header_block.chunks(PIECE_BYTES)) {
        headers.push((format!("{HEADER_BLOCK}{number}"), STANDARD.encode(piece)));
    }
    let payload = delivery.payload.clone();
    let mut letter = Publication { subject, unless, headers, payload, numbered: None };
    let buried = match publisher.publish(&letter).await {
        // the bytes fit once and do not fit together with the reason: they are named instead of copied
        Err(PublishError::TooLarge { .. }) => {
            letter.payload = bytes::Bytes::new();
            publisher.publish(&letter).await
        }
        other => other,
    }?;
    if buried == Published::New {
        metrics::rejected(stage, &reject.reason);
        tracing::warn!(stage, reason = %reject.reason, message = %reject.message, field = reject.field, subject = %delivery.subject, sequence = delivery.sequence, "dead letter");
    }
    Ok(buried)
}

/// A letter's block of headers as it came, where not all of it could be read; what did not fit is missing at its end.
pub fn header_block(letter: &Delivery) -> Vec<u8> {
    let piece = |number: usize| letter.header(&format!("{HEADER_BLOCK}{number}"));
    let pieces = (0..ORIGINAL_HEADERS_BYTES_MAX / HEADER_BYTES_MAX).map_while(piece);
    pieces.flat_map(|piece| STANDARD.decode(piece).unwrap_or_default()).collect()
}

fn key(delivery: &Delivery) -> String {
    key_of(&delivery.stream, delivery.sequence, delivery.stored_at)
}

/// Sixteen hex characters that name where an input stands: its stream, its place, and when it was stored, in
/// nanoseconds since 1970.
pub fn key_of(stream: &str, sequence: u64, stored_at: i128) -> String {
    let place = format!("{stream} {sequence} {stored_at}");
    blake3::hash(place.as_bytes()).to_hex().chars().take(16).collect()
}
