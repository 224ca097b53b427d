//! `naba gather`: the feeds that `naba-gather` polls, and the tokens of its HTTP door.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use gather::feeds::opml;
use gather::feeds::registry::{Feed, Follow, Kind, Registry, State};
use naba_runtime::Broker;
use naba_runtime::service::ServiceArgs;

/// The feeds that are polled, and the tokens of the HTTP door
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Poll a feed or a sitemap
    Add(Add),
    /// The feeds, and how each is doing
    Ls(Ls),
    /// Poll a feed no more; what was seen of it is forgotten
    Rm(Rm),
    /// Add every new feed of an OPML file, or of a TOML file with [[feed]] tables
    Import(Import),
    /// Make a token for the HTTP door: the token for the publisher, its hash for the tokens file
    Token(Token),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// The feed's address
    url: String,
    /// The outlet [default: the address's host]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Whether the page behind an item is fetched
    #[arg(long, value_enum, default_value = "teaser")]
    follow: FollowArg,
    /// It is a sitemap and not a feed
    #[arg(long)]
    sitemap: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum FollowArg {
    /// Never
    Never,
    /// When the feed has a teaser only
    Teaser,
    /// Always
    Always,
}

#[derive(Debug, clap::Args)]
struct Ls {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, clap::Args)]
struct Rm {
    /// The feed's address, as it was added
    url: String,
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, clap::Args)]
struct Import {
    /// The list
    file: PathBuf,
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, clap::Args)]
struct Token {
    /// Who gets it; for the log
    name: String,
    /// The sources that it may publish as; `*` for any
    #[arg(long = "source", value_name = "NAME", required = true)]
    sources: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// When the broker is not to be had, or an address or a list is not what it should be.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Add(add) => {
            let follow = match add.follow {
                FollowArg::Never => Follow::Never,
                FollowArg::Teaser => Follow::Teaser,
                FollowArg::Always => Follow::Always,
            };
            let kind = if add.sitemap { Kind::Sitemap } else { Kind::Feed };
            let feed = Feed { url: add.url.trim().to_owned(), kind, source: add.source.clone(), follow };
            feed.check()?;
            let added = registry(&add.service).await?.add(&feed).await?;
            say(if added { "added; it is polled within seconds" } else { "it is polled already, as it is" })
        }
        Command::Ls(ls) => list(ls).await,
        Command::Rm(rm) => {
            let was = registry(&rm.service).await?.remove(&rm.url).await?;
            anyhow::ensure!(was, "no feed has the address {}; `naba gather ls` shows them", rm.url);
            say("removed")
        }
        Command::Import(import) => {
            let feeds =
                opml::feeds(&read(&import.file)?).with_context(|| import.file.display().to_string())?;
            let registry = registry(&import.service).await?;
            let mut added = 0;
            for feed in &feeds {
                added += usize::from(registry.add_new(feed).await.with_context(|| feed.url.clone())?);
            }
            say(&format!("{added} added, {} already there", feeds.len() - added))
        }
        Command::Token(token) => make_token(token),
    }
}

async fn registry(service: &ServiceArgs) -> anyhow::Result<Registry> {
    let broker = Broker::connect(&service.load()?.broker, "naba-gather-tool").await?;
    Registry::open(&broker).await
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn say(text: &str) -> anyhow::Result<ExitCode> {
    writeln!(std::io::stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

async fn list(ls: &Ls) -> anyhow::Result<ExitCode> {
    let registry = registry(&ls.service).await?;
    let mut feeds = vec![];
    for key in registry.keys().await? {
        if let Some(feed) = registry.feed(&key).await? {
            feeds.push((feed, registry.state(&key).await?.0));
        }
    }
    feeds.sort_by(|one, other| one.0.url.cmp(&other.0.url));
    let mut out = std::io::stdout().lock();
    for (feed, state) in feeds {
        if ls.json {
            let seen = state.seen.len();
            let state = State { seen: vec![], ..state };
            writeln!(out, "{}", serde_json::json!({"feed": feed, "state": state, "seen": seen}))?;
        } else {
            writeln!(out, "{}  {}", feed.url, condition(&state))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// How a feed is doing, in a few words.
fn condition(state: &State) -> String {
    let sent = format!("{} articles sent, looked at every {} s", state.sent, state.interval_seconds);
    match (&state.problem, state.gone) {
        (_, true) => "gone (410); remove it".to_owned(),
        (Some(problem), _) => format!("failed {} times: {problem}", state.failures),
        (None, _) if state.read_ms == 0 => "not read yet".to_owned(),
        (None, _) => sent,
    }
}

/// 256 random bits from the system, and what stands in the tokens file for them.
fn make_token(token: &Token) -> anyhow::Result<ExitCode> {
    let mut random = [0; 32];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut random))
        .context("the system gives no random bytes")?;
    let secret = blake3::hash(&random).to_hex();
    let sources: Vec<String> = token.sources.iter().map(|source| format!("{source:?}")).collect();
    let hash = blake3::hash(secret.as_bytes()).to_hex();
    say(&format!(
        "# for the publisher, shown once:\n#   Authorization: Bearer {secret}\n# for the file of gather.http.tokens_file:\n[[token]]\nname = {:?}\nblake3 = \"{hash}\"\nsources = [{}]",
        token.name,
        sources.join(", ")
    ))
}
