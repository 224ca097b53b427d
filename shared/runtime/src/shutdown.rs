//! Stopping: a signal becomes a token that everybody watches.

use std::os::unix::process::CommandExt as _;
use std::process::ExitCode;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::engines::Hung;
use crate::{broker, isolate};

/// The token that says "finish what you are doing and leave".
pub type Stop = CancellationToken;

/// How long a service may take to leave after SIGTERM before it is cut off.
pub const DRAIN_MS_MAX: u64 = 10_000;

/// The exit code for a service that did not leave in time.
const EXIT_DRAIN_TIMED_OUT: u8 = 75;

/// How long threads that hang in an engine are waited for at the very end.
const THREADS_MS_MAX: u64 = 500;

/// Runs a future on a runtime of its own, and does not wait for threads that never come to an end.
pub fn block_on(program: impl Future<Output = ExitCode>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            report("naba", &anyhow::Error::new(error).context("no runtime"));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(program);
    runtime.shutdown_timeout(Duration::from_millis(THREADS_MS_MAX));
    code
}

/// Runs a program until it ends or a signal asks it to: the first SIGTERM or SIGINT cancels the token, and
/// [`DRAIN_MS_MAX`] later the program is cut off. Exit codes: 0 fine, 1 an error, 75 cut off. A program whose engines do
/// not come to an end is started again in its place.
pub async fn run<F, Fut>(name: &str, program: F) -> ExitCode
where
    F: FnOnce(Stop) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    let stop = Stop::new();
    let program = program(stop.clone());
    tokio::pin!(program);
    let ended = tokio::select! {
        ended = &mut program => Some(ended),
        () = signalled() => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        tracing::info!("stopping; finishing what is in flight");
        stop.cancel();
        let Ok(ended) = tokio::time::timeout(Duration::from_millis(DRAIN_MS_MAX), program).await else {
            tracing::error!(
                drain_ms_max = DRAIN_MS_MAX,
                "did not finish in time; what was in flight will be delivered again"
            );
            return ExitCode::from(EXIT_DRAIN_TIMED_OUT);
        };
        ended
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(name, &error);
            if error.is::<Hung>() {
                report(name, &begin_anew());
            }
            ExitCode::FAILURE
        }
    }
}

/// Starts the program again in this process's place: what cannot be ended otherwise, a thread in an engine without an end,
/// ends with it. Returns only when that fails.
fn begin_anew() -> anyhow::Error {
    tracing::warn!("beginning anew");
    let started = isolate::own_program().map(|mut program| program.args(std::env::args_os().skip(1)).exec());
    let error = started.unwrap_or_else(|error| error);
    anyhow::Error::new(error).context("cannot begin anew")
}

/// Says an error where an operator looks: the terminal.
#[expect(clippy::print_stderr, reason = "the one place where a program says why it ends")]
pub fn report(name: &str, error: &anyhow::Error) {
    match broker::denied() {
        Some(denied) => eprintln!("{name}: {}; the broker says: {denied}", said(error)),
        None => eprintln!("{name}: {}", said(error)),
    }
}

/// An error with its causes in one line, each said once (many say their cause themselves), and without the lines of a file
/// that a parser draws.
pub fn said(error: &anyhow::Error) -> String {
    // `  |`, `3 | key = …`, `  | ^^^`
    let is_drawn =
        |line: &str| line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|');
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        let lines = cause.split('\n').map(str::trim).filter(|line| !line.is_empty() && !is_drawn(line));
        let cause = lines.collect::<Vec<_>>().join(": ");
        if said.is_empty() {
            said = cause;
        } else if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}

/// Resolves when the process is asked to stop.
pub async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
