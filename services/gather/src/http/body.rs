//! A request's bytes, within limits of size, time and memory.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt as _;
use tokio::sync::OwnedSemaphorePermit;

use super::Door;
use super::answer::Problem;
use super::unpack::{self, UnpackError};

/// How many bytes a permit of the memory stands for.
pub(super) const PERMIT_BYTES: usize = 1_024;
/// How long memory is waited for.
const MEMORY_WAIT: Duration = Duration::from_secs(5);
/// What memory is asked for by a body that does not say how long it is, at each step.
const STEP_BYTES: usize = 65_536;

/// A body, and the memory that it takes.
pub(super) struct Taken {
    pub(super) bytes: Vec<u8>,
    /// Given back when the request has been answered.
    pub(super) memory: Vec<OwnedSemaphorePermit>,
}

/// Reads and unpacks a body.
pub(super) async fn read(door: &Door, headers: &HeaderMap, body: Body) -> Result<Taken, Problem> {
    let limit = Duration::from_millis(door.config.body_ms_max);
    let slow = || {
        let message = format!("the body did not come within {} ms", door.config.body_ms_max);
        Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", message)
    };
    let packed = tokio::time::timeout(limit, collect(door, headers, body)).await.map_err(|_| slow())??;
    let encoding =
        headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?").to_owned());
    if encoding.is_none() {
        return Ok(packed);
    }
    // what is unpacked takes memory too: as much as it may at most become
    let memory = reserve(door, door.config.body_bytes_max).await?;
    let bytes_max = door.config.body_bytes_max;
    let unpacked =
        tokio::task::spawn_blocking(move || unpack::unpack(packed.bytes, encoding.as_deref(), bytes_max))
            .await;
    let broken = |error: &dyn std::fmt::Display| {
        Problem::new(StatusCode::BAD_REQUEST, "invalid_encoding", error.to_string())
    };
    match unpacked.map_err(|error| broken(&error))? {
        Ok(bytes) => Ok(Taken { bytes, memory: vec![memory] }),
        Err(error @ UnpackError::TooLarge(_)) => Err(too_large(error.to_string())),
        Err(error @ UnpackError::Unknown(_)) => {
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown_encoding", error.to_string()))
        }
        Err(error) => Err(broken(&error)),
    }
}

async fn collect(door: &Door, headers: &HeaderMap, body: Body) -> Result<Taken, Problem> {
    let bytes_max = door.config.body_bytes_max;
    let says = format!("the body has more than {bytes_max} bytes; send fewer articles in a request");
    let declared =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|bytes| bytes > bytes_max) {
        return Err(too_large(says));
    }
    let mut reserved = declared.unwrap_or(STEP_BYTES);
    let mut memory = vec![reserve(door, reserved).await?];
    let mut bytes = Vec::with_capacity(declared.unwrap_or_default());
    let mut frames = body.into_data_stream();
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, "incomplete", format!("the body broke off: {error}"))
        })?;
        if bytes.len() + frame.len() > bytes_max {
            return Err(too_large(says));
        }
        if bytes.len() + frame.len() > reserved {
            let more = frame.len().max(STEP_BYTES);
            memory.push(reserve(door, more).await?);
            reserved += more;
        }
        bytes.extend_from_slice(&frame);
    }
    Ok(Taken { bytes, memory })
}

async fn reserve(door: &Door, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
    let permits = u32::try_from(bytes.div_ceil(PERMIT_BYTES)).unwrap_or(u32::MAX);
    let memory = std::sync::Arc::clone(&door.memory).acquire_many_owned(permits);
    match tokio::time::timeout(MEMORY_WAIT, memory).await {
        Ok(Ok(memory)) => Ok(memory),
        _ => Err(Problem::busy("too many large requests are open; try again later")),
    }
}

fn too_large(message: String) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
}
