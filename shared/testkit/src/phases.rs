//! What a soak does at fixed parts of its time, beside what it draws: silences, headers that are none, a stream of dead
//! letters without room, a full disk.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::articles;
use crate::broker::TestBroker;
use crate::soak::{REST, Soak, rest, until_stored};
use crate::wire::RawPublisher;

/// What the first article after a silence may take on a busy machine: less than any clock that brings it again.
pub(crate) const AWAKE_MAX: Duration = Duration::from_millis(1_900);
/// How long nothing happens: longer than the broker takes to say twice that it lives; shorter in a short run.
const SILENCE: Duration = Duration::from_secs(10);
const SHORT_SILENCE: Duration = Duration::from_secs(5);
/// How long a disk is full.
const FULL: Duration = Duration::from_secs(6);
/// Runs shorter than this have one silence, and a short one.
const SHORT_SECONDS: u64 = 60;

/// Headers that no client would send.
const BAD_HEADERS: [&[u8]; 6] = [
    b"NATS/1.0\r\nA: a\rb\r\n\r\n",
    b"NATS/1.0\r\nno colon\r\n\r\n",
    b"NATS/1.0\r\nA: \xff\xfe\r\n\r\n",
    b"NATS/1.0\r\nA b\0: x\r\n\r\n",
    b"NATS/9 x\r\nA: x\r\n\r\n",
    b"NATS/1.0 408 Request Timeout\r\n\r\n",
];

#[derive(Debug, Clone, Copy)]
enum Phase {
    Silence,
    BadHeaders,
    NoRoomForLetters,
    RoomForLetters,
    FullDisk,
}

/// The phases of a run, and when they are due in parts of its time.
const PHASES: [(f64, Phase); 6] = [
    (0.15, Phase::BadHeaders),
    (0.3, Phase::Silence),
    (0.4, Phase::NoRoomForLetters),
    (0.6, Phase::RoomForLetters),
    (0.7, Phase::FullDisk),
    (0.85, Phase::Silence),
];

/// What came of them.
#[derive(Debug, Default)]
pub struct Phases {
    next: usize,
    /// How long the first article after each silence took.
    pub after_silences: Vec<Duration>,
    /// How many letters waited for room when there was some again.
    pub waited: u64,
    /// What was done, in words.
    pub said: Vec<String>,
    /// The limit of the stream of dead letters before it was made small.
    letters_bytes: i64,
}

impl Phases {
    /// Whether all have been.
    pub(crate) fn are_over(&self) -> bool {
        self.next >= PHASES.len()
    }

    /// Runs the next phase when it is due. Whoever holds the turn publishes.
    pub(crate) async fn run(&mut self, soak: &Soak, part: f64, broker: &mut TestBroker, turn: &Mutex<()>) {
        let Some((_, phase)) = PHASES.get(self.next).filter(|(due, _)| *due <= part) else { return };
        self.next += 1;
        match phase {
            Phase::Silence if soak.seconds < SHORT_SECONDS && !self.after_silences.is_empty() => {}
            Phase::Silence => {
                let turn = turn.lock().await;
                let long = if soak.seconds < SHORT_SECONDS { SHORT_SILENCE } else { SILENCE };
                self.silence(broker, long).await;
                drop(turn);
            }
            Phase::BadHeaders => {
                let url = broker.url.clone();
                let sent = tokio::task::spawn_blocking(move || bad_headers(&url));
                sent.await.unwrap();
                self.said.push(format!("{} messages with headers that are none", BAD_HEADERS.len()));
            }
            Phase::NoRoomForLetters => self.letters_bytes = limit(broker, "NABA_DEAD", None).await,
            Phase::RoomForLetters => {
                let jetstream = broker.jetstream().await;
                let waiting = jetstream.get_stream("NABA_DEFERRED").await.unwrap();
                self.waited = waiting.cached_info().state.messages;
                limit(broker, "NABA_DEAD", Some(self.letters_bytes)).await;
                self.said.push(format!("no room for dead letters: {} waited", self.waited));
            }
            Phase::FullDisk => {
                let how = full_disk(broker).await;
                self.said.push(format!("a full disk ({how})"));
            }
        }
    }

    /// Nothing happens for a while, and then one article: how long it takes to come out.
    async fn silence(&mut self, broker: &TestBroker, long: Duration) {
        rest(broker, REST).await;
        tokio::time::sleep(long).await;
        let jetstream = broker.jetstream().await;
        let held = jetstream.get_stream("NABA_ENRICHED").await.unwrap().cached_info().state.messages;
        let started = Instant::now();
        let number = 2_000_000_000 + self.after_silences.len() as u64;
        until_stored(&jetstream, articles::raw(number, 4)).await;
        broker.wait_for(&jetstream, "NABA_ENRICHED", held + 1).await;
        self.after_silences.push(started.elapsed());
    }
}

fn bad_headers(url: &str) {
    let mut publisher = RawPublisher::connect(url);
    for (number, headers) in (3_000_000_000..).zip(BAD_HEADERS) {
        publisher.publish(b"naba.raw.example_org", headers, &articles::raw(number, 4));
    }
    publisher.flush();
}

/// Limits a stream to what it holds, or to a number of bytes; gives what its limit was.
async fn limit(broker: &TestBroker, name: &str, max_bytes: Option<i64>) -> i64 {
    let jetstream = broker.jetstream().await;
    let stream = jetstream.get_stream(name).await.unwrap();
    let info = stream.cached_info();
    let mut config = info.config.clone();
    let before = config.max_bytes;
    config.max_bytes =
        max_bytes.unwrap_or_else(|| i64::try_from(info.state.bytes).unwrap_or(i64::MAX).max(1_000));
    jetstream.update_stream(config).await.unwrap();
    before
}

/// Fills the broker's disk and makes room again; a server whose disk was full is started again then, as its operator (or
/// `naba up`) does. Without a disk of its own a stream's limit stands in.
async fn full_disk(broker: &mut TestBroker) -> &'static str {
    if let Some(disk) = &broker.disk {
        disk.fill();
        tokio::time::sleep(FULL).await;
        disk.clear();
        broker.server.take().unwrap().kill().await.unwrap();
        broker.restart().await;
        return "a tmpfs";
    }
    let before = limit(broker, "NABA_CLEANED", None).await;
    tokio::time::sleep(FULL).await;
    limit(broker, "NABA_CLEANED", Some(before)).await;
    "a stream's limit stands in: no disk may be mounted here"
}
