//! `naba up`: broker and services in one process.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use gather::config::GatherConfig;
use naba_record::Enriched;
use naba_runtime::health::{self, Ready};
use naba_runtime::keeper;
use naba_runtime::server::{Server, ServerConfig, find_binary};
use naba_runtime::service::{self, ServiceArgs, ServiceConfig};
use naba_runtime::{Broker, Delivery, Stage, Stop, isolate, metrics, shutdown, telemetry};
use tokio::task::JoinSet;

use crate::show::{self, Paint};
use crate::{send, stored};

/// Run broker and services in one process
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the private broker keeps its streams
    #[arg(long, value_name = "FOLDER", default_value = "naba-data")]
    pub store: PathBuf,
    /// The private broker's port on loopback; 0 takes a free one [default: 4222, or a free one when it is taken]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// The nats-server program
    #[arg(long, value_name = "FILE")]
    pub nats_server: Option<PathBuf>,
    /// Publish these articles when everything is up, and show what comes out
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub send: Vec<PathBuf>,
    /// End when the articles of --send have come out
    #[arg(long, requires = "send")]
    pub once: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

/// The port that NATS clients expect.
const NATS_PORT: u16 = 4222;

/// The three stages.
///
/// # Errors
/// When a file that the configuration names, a zone or a profile has a mistake.
pub(crate) fn stages(config: &ServiceConfig) -> anyhow::Result<[Stage; 3]> {
    Ok([ingest::service::stage(config), clean::stage(config)?, enrich::stage(config)?])
}

/// Runs one suspected input alone, where this process was started for that.
fn isolated(args: &Args, name: &str) -> ExitCode {
    let stage = || {
        let config = args.service.load()?;
        let stage = stages(&config)?.into_iter().find(|stage| stage.name == name);
        anyhow::Ok((stage.with_context(|| format!("there is no stage {name}"))?, config.limits))
    };
    match stage() {
        Ok((stage, limits)) => isolate::main(&*stage.engine, &limits),
        Err(error) => {
            shutdown::report("naba up", &error);
            ExitCode::FAILURE
        }
    }
}

/// Runs until a signal comes, or until everything that was sent has come out.
pub async fn run(args: Args) -> ExitCode {
    if let Some(stage) = isolate::stage() {
        return isolated(&args, &stage);
    }
    let config = match args.service.load().and_then(|config| telemetry::start(&config.log).map(|()| config)) {
        Ok(config) => config,
        Err(error) => {
            shutdown::report("naba up", &error);
            return ExitCode::FAILURE;
        }
    };
    metrics::start();
    shutdown::run("naba up", |stop| up(args, config, stop)).await
}

async fn up(args: Args, mut config: ServiceConfig, stop: Stop) -> anyhow::Result<()> {
    if args.service.nats.is_some() {
        return services(&args, &config, &stop, None).await;
    }
    let own = server_config(&args)?;
    let server = Server::start(&own).await?;
    config.broker.url.clone_from(&server.url);
    config.broker.monitor_url.clone_from(&server.monitor_url);
    config.broker.require_durable = server.monitor_url.is_some();
    // the server leaves after everybody who uses it
    let (pid, leave) = (server.pid, Stop::new());
    let mut kept = tokio::spawn({
        let leave = leave.clone();
        async move { keeper::keep(server, &own, leave).await }
    });
    let result = tokio::select! {
        result = services(&args, &config, &stop, Some(pid)) => result,
        ended = &mut kept => return ended.context("nobody keeps nats-server running")?,
    };
    stop.cancel();
    leave.cancel();
    let left = kept.await.context("nobody keeps nats-server running")?;
    result.and(left)
}

fn server_config(args: &Args) -> anyhow::Result<ServerConfig> {
    let binary = find_binary(args.nats_server.as_deref())?;
    let is_free = |port: u16| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    let port = args.port.unwrap_or(if is_free(NATS_PORT) { NATS_PORT } else { 0 });
    Ok(ServerConfig { binary, store: args.store.clone(), port, extra: String::new() })
}

/// Runs the three stages, says where everything is, sends what is to be sent.
async fn services(
    args: &Args,
    config: &ServiceConfig,
    stop: &Stop,
    server: Option<u32>,
) -> anyhow::Result<()> {
    let broker = Broker::connect(&config.broker, "naba-up").await?;
    broker.topology.apply(&broker.jetstream).await?;
    let stages = stages(config)?;
    let mut running = JoinSet::new();
    let mut readiness = vec![];
    for stage in stages {
        let (ready, config, stop) = (Ready::default(), config.clone(), stop.clone());
        readiness.push(ready.clone());
        running.spawn(async move { service::serve(&stage, &config, ready, stop).await });
    }
    let (mut doors, ready) = (GatherConfig::of(config)?, Ready::default());
    if doors.http.listen.is_empty() {
        "127.0.0.1:0".clone_into(&mut doors.http.listen);
    }
    let door = gather::service::open(&doors, config, &ready, stop).await?;
    readiness.push(ready);
    let health = health::serve(&config.health, Ready::all(&readiness), stop.clone()).await?;
    say(&banner(args, config, server, door, health))?;
    let work = async {
        if !args.send.is_empty() {
            show_what_comes_out(args, &broker).await?;
        }
        if !args.once {
            stop.cancelled().await;
        }
        anyhow::Ok(())
    };
    let worked = tokio::select! {
        worked = work => worked,
        Some(ended) = running.join_next() => ended.context("a stage ended unexpectedly")?,
        () = stop.cancelled() => Ok(()),
    };
    stop.cancel();
    while let Some(ended) = running.join_next().await {
        ended.context("a stage ended unexpectedly")??;
    }
    worked
}

fn banner(
    args: &Args,
    config: &ServiceConfig,
    server: Option<u32>,
    door: Option<std::net::SocketAddr>,
    health: Option<std::net::SocketAddr>,
) -> String {
    let url = &config.broker.url;
    let mut lines = vec!["naba is up".to_owned()];
    if let Some(pid) = server {
        lines.push(format!("  broker     {url} (nats-server, pid {pid}, store {})", args.store.display()));
    } else {
        lines.push(format!("  broker     {url}"));
    }
    lines.push(format!("  publish    naba send FILE… --nats {url}"));
    lines.push(format!("             nats pub naba.raw.example_org \"$(cat article.json)\" --server {url}"));
    if let Some(address) = door {
        lines.push(format!("             curl http://{address}/v1/articles --json @article.json"));
    }
    lines.push(format!("  subscribe  naba tail --nats {url}"));
    lines.push(format!("             nats sub 'naba.enriched.>' --server {url}"));
    if let Some(address) = health {
        lines.push(format!("  health     http://{address}/readyz  /healthz  /metrics"));
    }
    if !args.once {
        lines.push("  stop       Ctrl-C".to_owned());
    }
    lines.join("\n")
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}

/// Publishes the files and prints one line for every record or dead letter that comes of them.
async fn show_what_comes_out(args: &Args, broker: &Broker) -> anyhow::Result<()> {
    let results = results(broker).await?;
    let sent = send::send(broker, &args.send, None).await;
    say(&format!(
        "\n{} articles sent: {} new, {} already known, {} not taken",
        sent.new + sent.known + sent.failed,
        sent.new,
        sent.known,
        sent.failed
    ))?;
    if sent.known > 0 {
        say("  (known articles came out before: `naba tail --once` shows them)")?;
    }
    let paint = Paint::for_stdout();
    tokio::pin!(results);
    for _ in 0..sent.new {
        let Some(message) = results.next().await else {
            break;
        };
        let message = message?;
        let line = match serde_json::from_slice::<Enriched>(&message.payload) {
            Ok(record) => show::line(&record, paint),
            Err(_) => format!("dead letter: {}", show::safe(&message.subject)),
        };
        say(&line)?;
    }
    anyhow::ensure!(
        !args.once || sent.failed == 0,
        "not everything was taken: {} articles were not",
        sent.failed
    );
    Ok(())
}

/// Everything that comes out from now on: records and dead letters.
async fn results(
    broker: &Broker,
) -> anyhow::Result<impl futures_util::Stream<Item = anyhow::Result<Delivery>> + use<>> {
    let mut streams = vec![];
    for name in ["NABA_ENRICHED", "NABA_DEAD"] {
        let stream = crate::stored::open(broker, name).await?;
        let next = stream.cached_info().state.last_sequence + 1;
        streams.push(stored::follow(broker, name, next).await?.boxed());
    }
    Ok(futures_util::stream::select_all(streams))
}
