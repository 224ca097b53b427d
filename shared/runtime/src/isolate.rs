//! An input that is suspected of killing its worker runs alone, in a process of its own: the service starts
//! its own program again with its own arguments and [`VARIABLE`] set, gives it the one input on standard
//! input, and reads what comes of it. A process that dies, takes too long or wants too much memory has
//! convicted its input and nobody else.

use std::io::{Read as _, Write as _};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use bytes::Bytes;
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use crate::publish::Publication;
use crate::pump::Limits;
use crate::reject::Reject;
use crate::server::PAYLOAD_BYTES_MAX;
use crate::worker::{Delivery, Engine, guarded, too_long};

/// Set in the environment of an isolated process to the name of its stage.
pub const VARIABLE: &str = "NABA_ISOLATED";
/// The most bytes that an isolated process is listened to.
const ANSWER_BYTES_MAX: u64 = 4 * PAYLOAD_BYTES_MAX as u64;
/// What starting a process may take, beside the engine's own time.
const START_MS_MAX: u64 = 10_000;
/// Reasons that an isolated process is given for having died.
const CRASHED: &str = "engine_crashed";

/// What an isolated process is told: this as one line of JSON, the engine's state, the payload.
#[derive(Debug, Serialize, Deserialize)]
struct Head<D> {
    delivery: D,
    state_bytes: usize,
}

/// What an isolated process says: one line of JSON, then the payload.
#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Publication(Publication),
    Reject(Reject),
}

/// The stage that this process is to run one input of, where it was started for that.
pub fn stage() -> Option<String> {
    std::env::var(VARIABLE).ok()
}

/// Whether a rejection says how the process ended, and not what the engine thought of the input.
pub(crate) fn is_verdict_on_engine(reject: &Reject) -> bool {
    matches!(reject.reason.as_ref(), CRASHED | "engine_panicked" | "took_too_long")
}

/// Runs one input in a process of its own. An error is the world's: no process was to be had.
pub(crate) async fn run(
    stage: &str,
    delivery: &Delivery,
    state: &[u8],
    limits: &Limits,
) -> Result<Result<Publication, Reject>, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut child = Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(VARIABLE, stage)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("cannot start an isolated process: {error}"))?;
    let head = Head { delivery, state_bytes: state.len() };
    let mut input = serde_json::to_vec(&head).map_err(|error| error.to_string())?;
    input.push(b'\n');
    input.extend_from_slice(state);
    input.extend_from_slice(&delivery.payload);
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let talk = async {
        let (Some(mut stdin), Some(stdout)) = (stdin, stdout) else { return vec![] };
        let write = async move {
            // a process that dies does not read to the end; how it ended is asked below
            let _ = stdin.write_all(&input).await;
        };
        let read = async move {
            let mut answer = vec![];
            let _ = stdout.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await;
            answer
        };
        tokio::join!(write, read).1
    };
    let limit = Duration::from_millis(limits.article_ms_max + START_MS_MAX);
    let Ok(answer) = tokio::time::timeout(limit, talk).await else {
        let _ = child.kill().await;
        return Ok(Err(too_long(limits.article_ms_max)));
    };
    let status = child.wait().await.map_err(|error| error.to_string())?;
    match answer_of(&answer) {
        Some(Answer::Publication(publication)) if status.success() => Ok(Ok(publication)),
        Some(Answer::Reject(reject)) if status.success() => Ok(Err(reject)),
        _ => {
            let message = format!(
                "the engine's own process ended without an answer ({status}); it had {} MiB (limits.isolated_memory_mib_max)",
                limits.isolated_memory_mib_max
            );
            Ok(Err(Reject::new(CRASHED, message)))
        }
    }
}

fn answer_of(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, payload) = bytes.split_at(end);
    let mut answer: Answer = serde_json::from_slice(line).ok()?;
    if let Answer::Publication(publication) = &mut answer {
        publication.payload = Bytes::copy_from_slice(payload.get(1..)?);
    }
    Some(answer)
}

/// What an isolated process does: reads one input, runs the engine, writes what came of it.
pub fn main(engine: &dyn Engine, limits: &Limits) -> ExitCode {
    let bytes = limits.isolated_memory_mib_max << 20;
    // without the limit the machine's own guard remains
    let _ = setrlimit(Resource::As, Rlimit { current: Some(bytes), maximum: Some(bytes) });
    let mut input = vec![];
    if std::io::stdin().take(ANSWER_BYTES_MAX).read_to_end(&mut input).is_err() {
        return ExitCode::FAILURE;
    }
    let Some(end) = input.iter().position(|byte| *byte == b'\n') else { return ExitCode::FAILURE };
    let (line, payload) = input.split_at(end);
    let Ok(head) = serde_json::from_slice::<Head<Delivery>>(line) else { return ExitCode::FAILURE };
    let Some((state, payload)) = payload.get(1..).and_then(|rest| rest.split_at_checked(head.state_bytes))
    else {
        return ExitCode::FAILURE;
    };
    engine.restore(state);
    let mut delivery = head.delivery;
    delivery.payload = Bytes::copy_from_slice(payload);
    let (answer, payload) = match guarded(engine, &delivery).unwrap_or_else(Err) {
        Ok(publication) => (Answer::Publication(publication.clone()), publication.payload),
        Err(reject) => (Answer::Reject(reject), Bytes::new()),
    };
    let mut out = serde_json::to_vec(&answer).unwrap_or_default();
    out.push(b'\n');
    out.extend_from_slice(&payload);
    match std::io::stdout().lock().write_all(&out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
