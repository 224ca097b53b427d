//! An input that is suspected of killing its worker runs alone, in a process of its own: the service starts
//! its own program again with its own arguments and [`VARIABLE`] set, gives it the one input on standard
//! input, and reads what comes of it. A process that says that it has taken its input, and then dies, takes too long or wants
//! too much memory, has convicted this input and nobody else. One that does not come up (a file of its configuration is
//! gone, say) has convicted nobody: the input comes again.

use std::io::{BufRead as _, Read as _, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use rustix::process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStderr, Command};

use crate::publish::Publication;
use crate::pump::Limits;
use crate::reject::Reject;
use crate::server::PAYLOAD_BYTES_MAX;
use crate::worker::{Delivery, Engine, guarded, too_long};

/// Set in the environment of an isolated process to the name of its stage.
pub const VARIABLE: &str = "NABA_ISOLATED";
/// The most bytes that an isolated process is listened to.
const ANSWER_BYTES_MAX: u64 = 4 * PAYLOAD_BYTES_MAX as u64;
/// What it may take until a process has its input.
const START_MS_MAX: u64 = 30_000;

/// How long the engine may take in a process of its own: longer than beside the others, so that a loaded machine convicts
/// nobody.
fn alone_ms(limits: &Limits) -> u64 {
    2 * limits.article_ms_max + 5_000
}
/// Reasons that an isolated process is given for having died.
const CRASHED: &str = "engine_crashed";
/// What a process says when its engine is ready and it has its input.
const TAKEN: &[u8] = b"taken\n";
/// The most bytes that are kept of what a process says on standard error.
const SAID_BYTES_MAX: u64 = 4 << 10;

/// What an isolated process is told: this as one line of JSON, the engine's state, the payload.
#[derive(Debug, Serialize, Deserialize)]
struct Head<D> {
    delivery: D,
    state_bytes: usize,
    payload_bytes: usize,
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

/// This program, to be started again: the one that runs, also when its file has been replaced by an upgrade since.
pub(crate) fn own_program() -> std::io::Result<std::process::Command> {
    let running = Path::new("/proc/self/exe");
    let program = if running.exists() { running.to_owned() } else { std::env::current_exe()? };
    let mut command = std::process::Command::new(program);
    if let Some(name) = std::env::args_os().next() {
        command.arg0(name);
    }
    Ok(command)
}

/// Runs one input in a process of its own. An error is the world's: there was no process that took the input.
pub(crate) async fn run(
    stage: &str,
    delivery: &Delivery,
    state: &[u8],
    limits: &Limits,
) -> Result<Result<Publication, Reject>, String> {
    let cannot = |error: std::io::Error| format!("cannot start an isolated process: {error}");
    let mut child = Command::from(own_program().map_err(cannot)?)
        .args(std::env::args_os().skip(1))
        .env(VARIABLE, stage)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(cannot)?;
    let head = Head { delivery, state_bytes: state.len(), payload_bytes: delivery.payload.len() };
    let mut input = serde_json::to_vec(&head).map_err(|error| error.to_string())?;
    input.push(b'\n');
    input.extend_from_slice(state);
    input.extend_from_slice(&delivery.payload);
    let (Some(mut stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err("an isolated process without pipes".to_owned());
    };
    let says = tokio::spawn(last_words(stderr));
    let mut stdout = BufReader::new(stdout.take(ANSWER_BYTES_MAX));
    let mut taken = vec![];
    let hand_over = async {
        // one that dies does not read to the end; that it has taken nothing says so
        let mut first = (&mut stdout).take(TAKEN.len() as u64);
        let _ = tokio::join!(stdin.write_all(&input), first.read_to_end(&mut taken));
    };
    let in_time = tokio::time::timeout(Duration::from_millis(START_MS_MAX), hand_over).await.is_ok();
    if taken != TAKEN {
        let _ = child.start_kill();
        let status = child.wait().await.map_err(|error| error.to_string())?;
        let how = if in_time { status.to_string() } else { format!("none of it in {START_MS_MAX} ms") };
        let said = says.await.unwrap_or_default();
        return Err(format!("an isolated process did not take its input ({how}): {said}"));
    }
    let mut answer = vec![];
    let run = async {
        let _ = stdout.read_to_end(&mut answer).await;
        child.wait().await
    };
    let limit = Duration::from_millis(alone_ms(limits));
    let Ok(ended) = tokio::time::timeout(limit, run).await else {
        let _ = child.kill().await;
        return Ok(Err(too_long(limits.article_ms_max)));
    };
    // as long as this end is open, the process knows that somebody waits for it
    drop(stdin);
    Ok(verdict(&answer, ended.map_err(|error| error.to_string())?, limits))
}

fn verdict(answer: &[u8], status: ExitStatus, limits: &Limits) -> Result<Publication, Reject> {
    match answer_of(answer) {
        Some(Answer::Publication(publication)) if status.success() => Ok(publication),
        Some(Answer::Reject(reject)) if status.success() => Err(reject),
        _ if status.signal() == Some(Signal::XCPU.as_raw()) => Err(too_long(limits.article_ms_max)),
        _ => {
            let message = format!(
                "the engine's own process ended without an answer ({status}); it had {} MiB (limits.isolated_memory_mib_max)",
                limits.isolated_memory_mib_max
            );
            Err(Reject::new(CRASHED, message))
        }
    }
}

/// The last line that a process says of itself.
async fn last_words(stderr: ChildStderr) -> String {
    let mut said = vec![];
    let mut stderr = BufReader::new(stderr);
    let _ = (&mut stderr).take(SAID_BYTES_MAX).read_to_end(&mut said).await;
    // the rest is read, so that it never waits for a reader
    let _ = tokio::io::copy_buf(&mut stderr, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&said).lines().last().unwrap_or("it said nothing").to_owned()
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

/// What an isolated process does: takes one input, runs the engine, writes what came of it.
pub fn main(engine: &dyn Engine, limits: &Limits) -> ExitCode {
    bound(limits);
    let Some((delivery, state)) = take() else { return ExitCode::FAILURE };
    engine.restore(&state);
    drop(state);
    end_with_parent();
    let say = |bytes: &[u8]| {
        let mut out = std::io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).is_ok()
    };
    if !say(TAKEN) {
        return ExitCode::FAILURE;
    }
    let (answer, payload) = match guarded(engine, &delivery).unwrap_or_else(Err) {
        Ok(publication) => (Answer::Publication(publication.clone()), publication.payload),
        Err(reject) => (Answer::Reject(reject), Bytes::new()),
    };
    let mut out = serde_json::to_vec(&answer).unwrap_or_default();
    out.push(b'\n');
    out.extend_from_slice(&payload);
    if say(&out) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Bounds the process's memory and its time of the processor; without these limits those of its parent remain.
fn bound(limits: &Limits) {
    let set = |resource, limit: u64, beyond: u64| {
        let _ = setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit + beyond) });
    };
    set(Resource::As, limits.isolated_memory_mib_max << 20, 0);
    set(Resource::Cpu, (alone_ms(limits) + START_MS_MAX).div_ceil(1000), 1);
    // what dies here on purpose leaves no core behind
    set(Resource::Core, 0, 0);
}

/// Reads the input and the engine's state from standard input, which stays open.
fn take() -> Option<(Delivery, Vec<u8>)> {
    let mut stdin = std::io::stdin().lock();
    let mut line = vec![];
    (&mut stdin).take(ANSWER_BYTES_MAX).read_until(b'\n', &mut line).ok()?;
    let head: Head<Delivery> = serde_json::from_slice(&line).ok()?;
    let mut part = |bytes: usize| {
        let mut part = vec![];
        let read = (&mut stdin).take(bytes as u64).read_to_end(&mut part).ok()?;
        (read == bytes).then_some(part)
    };
    let (state, payload) = (part(head.state_bytes)?, part(head.payload_bytes)?);
    let mut delivery = head.delivery;
    delivery.payload = Bytes::from(payload);
    Some((delivery, state))
}

/// Ends this process as soon as nobody waits for its answer: standard input ends with the parent, however that ended.
fn end_with_parent() {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = kill_process(getpid(), Signal::KILL);
    });
}
