//! `naba`: everything in one process, and everything an operator asks for.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use naba::{
    audit, check, dead, decode, explain, gather, get, names, normalise, process, quotes, replay, rules,
    schema, send, tail, topics, topology, up,
};

/// Records are many small pieces: an allocator that keeps them by size takes an eighth off an article.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// naba (نبأ): Arabic news in, clean and enriched records out
#[derive(Debug, Parser)]
#[command(name = "naba", version, propagate_version = true)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run broker and services in one process
    Up(up::Args),
    /// Run articles through the whole pipeline, without a broker
    Process(process::Args),
    /// Publish articles and wait until the broker has them
    Send(send::Args),
    /// Watch records come out
    Tail(tail::Args),
    /// Show the latest revision of an article
    Get(get::Args),
    /// Look at dead letters, and deal with them
    Dead(dead::Args),
    /// Work on history again with today's rules
    Replay(replay::Args),
    /// Check that nothing was lost and nothing doubled
    Audit(audit::Args),
    /// Show what was cut from one article, why, and what was found in it
    Explain(explain::Args),
    /// Look at rules, try them, push them into running services, learn new ones
    Rules(rules::Args),
    /// Decode a file: any encoding, mojibake repaired
    Decode(decode::Args),
    /// Fold text by a profile, with the way home
    Normalise(normalise::Args),
    /// Find the people, organisations and places of a text
    Names(names::Args),
    /// Show who said what in an article
    Quotes(quotes::Args),
    /// Say what a text is about
    Topics(topics::Args),
    /// Print the JSON Schema of a record
    Schema(schema::Args),
    /// Create or verify streams and consumers
    Topology(topology::Args),
    /// The feeds that are polled, and the tokens of the HTTP door
    Gather(gather::Args),
    /// Check a configuration without running anything
    Check(check::Args),
}

fn main() -> ExitCode {
    naba_runtime::shutdown::block_on(run())
}

async fn run() -> ExitCode {
    let ended = match Args::parse().command {
        Command::Up(args) => return up::run(args).await,
        Command::Process(args) => process::run(&args),
        Command::Send(args) => send::run(&args).await,
        Command::Tail(args) => tail::run(&args).await,
        Command::Get(args) => get::run(&args).await,
        Command::Dead(args) => dead::run(&args).await,
        Command::Replay(args) => replay::run(&args).await,
        Command::Audit(args) => Box::pin(audit::run(&args)).await,
        Command::Explain(args) => explain::run(&args),
        Command::Rules(args) => Box::pin(rules::run(&args)).await,
        Command::Decode(args) => decode::run(&args),
        Command::Normalise(args) => normalise::run(&args),
        Command::Names(args) => names::run(&args),
        Command::Quotes(args) => quotes::run(&args),
        Command::Topics(args) => topics::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Topology(args) => topology::run(&args).await,
        Command::Gather(args) => gather::run(&args).await,
        Command::Check(args) => check::run(&args),
    };
    match ended {
        Ok(code) => code,
        // a reader that has seen enough (`naba tail | head`) is no error
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            naba_runtime::shutdown::report("naba", &error);
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
