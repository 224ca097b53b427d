//! Chaos: real processes killed at random from a seed while articles are published, then an audit.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use naba_runtime::server::signal;
use rustix::process::Signal;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::articles;
use crate::broker::TestBroker;
use crate::phases::{AWAKE_MAX, Phases};
use crate::process::{Service, binary};

/// A run.
#[derive(Debug, Clone, Copy)]
pub struct Soak {
    /// What is drawn from.
    pub seed: u64,
    /// How many articles are published; some of them twice, revised or broken.
    pub articles: u64,
    /// How long things are killed.
    pub seconds: u64,
    /// Kill nothing.
    pub calm: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// How often each thing was done.
    pub actions: BTreeMap<&'static str, u64>,
    /// Messages that the broker acknowledged to the publisher.
    pub acknowledged: u64,
    /// What the audit counted over all sources.
    pub audit: BTreeMap<String, u64>,
    /// Revisions whose number another revision of the article has too.
    pub misnumbered: u64,
    /// Records published by counters that began at zero, beside what the stream grew by.
    pub counted: (u64, u64),
    /// What was done at fixed parts of its time.
    pub phases: Phases,
    /// Resident memory of each service in MiB: at the start, in the middle, at the end, at most.
    pub memory_mib: BTreeMap<&'static str, [u64; 4]>,
    /// Articles a second, from the first that was published to the last that came out.
    pub articles_per_second: u64,
    /// How long it took.
    pub took: Duration,
}

impl Report {
    fn number(&self, name: &str) -> u64 {
        self.audit.get(name).copied().unwrap_or(0)
    }

    /// Whether the promise held.
    pub fn is_good(&self) -> bool {
        let wrong = ["missing", "doubled", "different", "under_way"]
            .iter()
            .map(|name| self.number(name))
            .sum::<u64>();
        wrong + self.misnumbered == 0
            && self.number("raw") >= self.acknowledged
            && self.number("inputs") == self.number("enriched") + self.number("dead")
            && self.counted.0 == self.counted.1
            && self.phases.after_silences.iter().all(|took| *took < AWAKE_MAX)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {}  took {:.0?}  {}",
            self.seed,
            self.took,
            if self.is_good() { "the promise held" } else { "BROKEN" }
        )?;
        let actions: Vec<String> =
            self.actions.iter().map(|(name, times)| format!("{name} ×{times}")).collect();
        writeln!(f, "  done           {}", actions.join(", "))?;
        writeln!(f, "  acknowledged   {}", self.acknowledged)?;
        for name in
            ["raw", "again", "inputs", "enriched", "dead", "under_way", "missing", "doubled", "different"]
        {
            writeln!(f, "  {name:<14} {}", self.number(name))?;
        }
        writeln!(f, "  misnumbered    {}", self.misnumbered)?;
        writeln!(f, "  counted        {} by the services, {} in the stream", self.counted.0, self.counted.1)?;
        writeln!(f, "  after silences {:.2?}", self.phases.after_silences)?;
        writeln!(f, "  and            {}", self.phases.said.join(", "))?;
        writeln!(f, "  flow           {} articles a second", self.articles_per_second)?;
        for (stage, [start, middle, end, most]) in &self.memory_mib {
            writeln!(
                f,
                "  memory {stage:<8}{start} MiB at the start, {middle} in the middle, {end} at the end, {most} at most"
            )?;
        }
        Ok(())
    }
}

/// xorshift64*: a run is repeated from its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % end.max(1)
    }

    fn pause_ms(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to - from))
    }
}

const STAGES: [&str; 3] = ["ingest", "clean", "enrich"];
/// How many articles are published together.
const TOGETHER: u64 = 64;
/// The exit status of a service that was told to leave and was cut off.
const CUT_OFF: i32 = 75;
/// The broker's disk: so much, and so much more for every article.
const DISK_MIB: u64 = 512;
const DISK_KIB_PER_ARTICLE: u64 = 40;
/// How long everything may take to come to rest.
pub(crate) const REST: Duration = Duration::from_secs(180);
/// The same for a long calm run.
const LONG_REST: Duration = Duration::from_secs(3_600);

/// Runs it.
pub async fn run(soak: &Soak) -> Report {
    let started = Instant::now();
    let mut broker = if soak.calm {
        TestBroker::start().await
    } else {
        TestBroker::start_on_disk(DISK_MIB + soak.articles * DISK_KIB_PER_ARTICLE / 1024).await
    };
    let topology = broker.topology();
    let mut services: HashMap<&'static str, Service> =
        STAGES.into_iter().map(|stage| (stage, Service::start(stage, &broker.url, &topology))).collect();
    let mut report = Report { seed: soak.seed, ..Report::default() };
    // whoever holds it publishes
    let turn = Arc::new(Mutex::new(()));
    let publisher = tokio::spawn(publish(broker.url.clone(), *soak, Arc::clone(&turn)));
    let mut dice = Dice(soak.seed | 1);
    let until = started + Duration::from_secs(soak.seconds);
    let mut samples: HashMap<&'static str, Vec<u64>> = HashMap::new();
    while Instant::now() < until || !publisher.is_finished() || !(soak.calm || report.phases.are_over()) {
        for stage in STAGES {
            samples
                .entry(stage)
                .or_default()
                .extend(services.get(stage).and_then(|service| service.memory_mib("VmRSS")));
        }
        // ends early when there is nothing left to disturb
        if soak.calm && publisher.is_finished() {
            break;
        }
        let part = started.elapsed().as_secs_f64() / soak.seconds.max(1) as f64;
        if !soak.calm {
            report.phases.run(soak, part, &mut broker, &turn).await;
        }
        if !soak.calm && Instant::now() < until {
            let action = disturb(&mut dice, &mut broker, &mut services, &topology).await;
            *report.actions.entry(action).or_insert(0) += 1;
        }
        tokio::time::sleep(dice.pause_ms(200, 1_200)).await;
    }
    report.acknowledged = publisher.await.unwrap() + report.phases.after_silences.len() as u64;
    rest(&broker, if soak.calm { LONG_REST } else { REST }).await;
    let flowed = started.elapsed().as_millis().max(1);
    report.articles_per_second = u64::try_from(u128::from(soak.articles) * 1000 / flowed).unwrap_or(0);
    for stage in STAGES {
        let taken = samples.remove(stage).unwrap_or_default();
        let most = services.get(stage).and_then(|service| service.memory_mib("VmHWM")).unwrap_or(0);
        let at = |place: usize| taken.get(place).copied().unwrap_or(0);
        let most = taken.iter().copied().max().unwrap_or(0).max(most);
        report
            .memory_mib
            .insert(stage, [at(1), at(taken.len() / 2), at(taken.len().saturating_sub(1)), most]);
    }
    report.counted = calm_phase(&broker, &mut services, &topology).await;
    report.acknowledged += CALM_ARTICLES;
    rest(&broker, REST).await;
    let audited: Value = audit(&broker, soak.articles <= PAYLOADS_MAX).await;
    for counts in audited.as_object().into_iter().flat_map(|sources| sources.values()) {
        for (name, count) in counts.as_object().into_iter().flatten() {
            *report.audit.entry(name.clone()).or_insert(0) += count.as_u64().unwrap_or(0);
        }
    }
    report.misnumbered = misnumbered(&broker).await;
    report.took = started.elapsed();
    report
}

/// The payloads of longer runs are not compared one by one.
const PAYLOADS_MAX: u64 = 100_000;

/// Does one bad thing and makes it good again.
async fn disturb(
    dice: &mut Dice,
    broker: &mut TestBroker,
    services: &mut HashMap<&'static str, Service>,
    topology: &std::path::Path,
) -> &'static str {
    let stage = STAGES[usize::try_from(dice.below(3)).unwrap()];
    let away = dice.pause_ms(0, 700);
    match dice.below(14) {
        0..=6 => {
            services.remove(stage).unwrap().kill();
            tokio::time::sleep(away).await;
            services.insert(stage, Service::start(stage, &broker.url, topology));
            "service killed"
        }
        7..=8 => {
            let (status, took) = services.remove(stage).unwrap().terminate();
            let is_cut_off = status.code() == Some(CUT_OFF);
            assert!(
                (status.success() || is_cut_off) && took < Duration::from_secs(15),
                "{stage} left with {status} after {took:?}"
            );
            services.insert(stage, Service::start(stage, &broker.url, topology));
            // on a machine that is too busy for it to end its work: what was in flight comes again
            if is_cut_off { "service cut off after 10 s" } else { "service terminated" }
        }
        9 => {
            let pid = services[stage].pid();
            signal(pid, Signal::STOP).unwrap();
            tokio::time::sleep(away * 4).await;
            signal(pid, Signal::CONT).unwrap();
            "service hung"
        }
        10 => {
            let second = Service::start(stage, &broker.url, topology);
            tokio::time::sleep(away).await;
            second.kill();
            "replica killed"
        }
        11 => {
            broker.server.take().unwrap().kill().await.unwrap();
            tokio::time::sleep(away).await;
            broker.restart().await;
            "broker killed"
        }
        12 => {
            broker.server.take().unwrap().stop().await.unwrap();
            broker.restart().await;
            "broker terminated"
        }
        _ => {
            let pid = broker.server.as_ref().unwrap().pid;
            signal(pid, Signal::STOP).unwrap();
            tokio::time::sleep(away * 6).await;
            signal(pid, Signal::CONT).unwrap();
            "broker hung"
        }
    }
}

/// The `number`th message of a run: most are articles, some come again, changed or broken.
fn message(number: u64) -> Vec<u8> {
    match number % 100 {
        13 => articles::raw(number - 10, 4),
        27 => articles::raw(number - 20, 5),
        41 => format!("{{\"text\": \"مقطوع {number}").into_bytes(),
        59 => format!("{{\"text\": \"نص\", \"colour\": {number}}}").into_bytes(),
        _ => articles::raw(number, 4),
    }
}

/// Publishes everything, each message until it is acknowledged; says how many were.
async fn publish(url: String, soak: Soak, turn: Arc<Mutex<()>>) -> u64 {
    let client = async_nats::ConnectOptions::new().retry_on_initial_connect().connect(&url).await.unwrap();
    let jetstream = jetstream::new(client);
    let started = Instant::now();
    let mut number = 0;
    while number < soak.articles {
        let end = (number + TOGETHER).min(soak.articles);
        let of = |number| if soak.calm { articles::raw(number, 1) } else { message(number) };
        let mine = turn.lock().await;
        join_all((number..end).map(|number| until_stored(&jetstream, of(number)))).await;
        drop(mine);
        number = end;
        if !soak.calm {
            // spread over the time in which things are killed
            let due =
                Duration::from_secs_f64(soak.seconds as f64 * 0.9 * number as f64 / soak.articles as f64);
            tokio::time::sleep_until((started + due).into()).await;
        }
    }
    soak.articles
}

pub(crate) async fn until_stored(jetstream: &jetstream::Context, payload: Vec<u8>) {
    loop {
        if let Ok(stored) = jetstream.publish("naba.raw.example_org", payload.clone().into()).await
            && stored.await.is_ok()
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits until no stage has anything before it.
pub(crate) async fn rest(broker: &TestBroker, longest: Duration) {
    let deadline = Instant::now() + longest;
    let jetstream = broker.jetstream().await;
    loop {
        let mut waiting = 0;
        for (stage, stream) in STAGES.into_iter().zip(["NABA_RAW", "NABA_INGESTED", "NABA_CLEANED"]) {
            let stream = jetstream.get_stream_no_info(stream).await.unwrap();
            waiting += match stream.consumer_info(stage).await {
                Ok(info) => info.num_pending + info.num_ack_pending as u64,
                Err(_) => 1,
            };
            let deferred = jetstream.get_stream("NABA_DEFERRED").await.unwrap();
            waiting += deferred.cached_info().state.messages;
            let advisories = jetstream.get_stream_no_info("NABA_ADVISORY").await.unwrap();
            waiting += match advisories.consumer_info(format!("{stage}-exhausted")).await {
                Ok(info) => info.num_pending + info.num_ack_pending as u64,
                Err(_) => 1,
            };
        }
        if waiting == 0 || Instant::now() > deadline {
            return;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

const CALM_ARTICLES: u64 = 100;

/// Fresh services, articles, and nobody is killed: what the services counted, and what the stream grew by.
async fn calm_phase(
    broker: &TestBroker,
    services: &mut HashMap<&'static str, Service>,
    topology: &std::path::Path,
) -> (u64, u64) {
    for stage in STAGES {
        drop(services.remove(stage));
        services.insert(stage, Service::start(stage, &broker.url, topology));
    }
    rest(broker, REST).await;
    let jetstream = broker.jetstream().await;
    let held = async || jetstream.get_stream("NABA_ENRICHED").await.unwrap().cached_info().state.messages;
    let before = held().await;
    let counter = |services: &HashMap<&'static str, Service>| {
        let metrics = services["enrich"].get("/metrics").unwrap_or_default();
        let line = metrics.lines().find(|line| line.contains("stage=\"enrich\",outcome=\"published\""));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).unwrap_or(0)
    };
    let counted_before = counter(services);
    join_all(
        (0..CALM_ARTICLES).map(|number| until_stored(&jetstream, articles::raw(1_000_000_000 + number, 4))),
    )
    .await;
    broker.wait_for(&jetstream, "NABA_ENRICHED", before + CALM_ARTICLES).await;
    rest(broker, REST).await;
    (counter(services) - counted_before, held().await - before)
}

async fn audit(broker: &TestBroker, payloads: bool) -> Value {
    let mut command = Command::new(binary("naba"));
    command.args(["audit", "--json", "--nats", &broker.url]);
    if payloads {
        command.arg("--payloads");
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("naba audit: {error}: {said}"))
}

/// Counts revisions whose number another revision of the article has too.
async fn misnumbered(broker: &TestBroker) -> u64 {
    let jetstream = broker.jetstream().await;
    let stream = jetstream.get_stream("NABA_INGESTED").await.unwrap();
    let config = pull::Config { ack_policy: AckPolicy::None, headers_only: true, ..pull::Config::default() };
    let consumer = stream.create_consumer(config).await.unwrap();
    let mut left = consumer.cached_info().num_pending;
    let mut messages = consumer.messages().await.unwrap();
    let (mut seen, mut count) = (HashSet::new(), 0);
    while left > 0 {
        left -= 1;
        let message = messages.next().await.unwrap().unwrap();
        let number = message.headers.as_ref().and_then(|headers| headers.get("Naba-Revision"));
        let id = message.subject.split('.').nth(3).unwrap_or_default().to_owned();
        if !seen.insert((id, number.map(ToString::to_string))) {
            count += 1;
        }
    }
    count
}
