//! Dead letters: what could not be processed, untouched, with everything needed to mend it.
//!
//! Subject: `naba.dead.<stage>.<source>.<reason>.<key>`. The key is a hash of where the input stands
//! (stream, sequence, time), so that one input makes one dead letter however often it is delivered.

use async_nats::HeaderMap;
use async_nats::jetstream;

use crate::metrics;
use crate::publish::{Publication, PublishError, Published, header_value, publish};
use crate::pump::Delivery;
use crate::reject::Reject;

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

/// Puts an input among the dead letters and waits until it is stored there.
///
/// # Errors
/// [`PublishError::World`]: the input must then stay where it is.
pub async fn bury(
    jetstream: &jetstream::Context,
    stage: &'static str,
    delivery: &Delivery,
    reject: &Reject,
) -> Result<Published, PublishError> {
    let key = key(delivery);
    let source = delivery.subject.split('.').nth(2).unwrap_or("_");
    let subject = format!("naba.dead.{stage}.{source}.{}.{key}", reject.reason);
    let filter = Some(format!("naba.dead.{stage}.*.*.{key}"));
    let mut headers = HeaderMap::new();
    let mut put = |name: &str, value: &str| headers.insert(name, header_value(value).as_str());
    put(STAGE, stage);
    put(REASON, reject.reason);
    put(MESSAGE, &reject.message);
    put(ATTEMPTS, &delivery.attempt.to_string());
    put(SUBJECT, &delivery.subject);
    put(ORIGIN, &format!("{} {}", delivery.stream, delivery.sequence));
    if let Some(field) = &reject.field {
        put(FIELD, field);
    }
    for (name, value) in &delivery.headers {
        put(&format!("{ORIGINAL_HEADER}{name}"), value);
    }
    let payload = delivery.payload.clone();
    let whole = Publication::Once {
        subject: subject.clone(),
        filter: filter.clone(),
        headers: headers.clone(),
        payload,
    };
    let buried = match publish(jetstream, &whole).await {
        // the bytes fit once and do not fit together with the reason: they are named instead of copied
        Err(PublishError::TooLarge { .. }) => {
            let named = Publication::Once { subject, filter, headers, payload: bytes::Bytes::new() };
            publish(jetstream, &named).await
        }
        other => other,
    }?;
    if buried == Published::New {
        metrics::rejected(stage, reject.reason);
        tracing::warn!(stage, reason = reject.reason, message = %reject.message, field = reject.field, subject = %delivery.subject, sequence = delivery.sequence, "dead letter");
    }
    Ok(buried)
}

/// Sixteen hex characters that name where an input stands.
fn key(delivery: &Delivery) -> String {
    let place = format!("{} {} {}", delivery.stream, delivery.sequence, delivery.stored_at);
    blake3::hash(place.as_bytes()).to_hex().chars().take(16).collect()
}
