//! Inputs that kill their worker, and inputs that the broker gave up on.

use std::path::Path;
use std::time::Duration;

use async_nats::HeaderMap;
use futures_util::StreamExt as _;
use naba_testkit::articles;
use naba_testkit::broker::{TestBroker, WAIT, publish};
use naba_testkit::process::Service;

const LIMITS: [&str; 2] = ["limits.article_ms_max=1500", "limits.isolated_memory_mib_max=1024"];

/// A supervisor: starts the stage again whenever it has ended, until the stream holds enough.
async fn supervise(broker: &TestBroker, topology: &Path, stream: &str, messages: u64) -> (Service, u32) {
    let jetstream = broker.jetstream().await;
    let start = || Service::spawn("poison", &broker.url, topology, &LIMITS);
    let (mut service, mut starts) = (start(), 1);
    let deadline = tokio::time::Instant::now() + WAIT;
    while jetstream.get_stream(stream).await.expect("the stream").cached_info().state.messages < messages {
        if service.has_ended() {
            (service, starts) = (start(), starts + 1);
        }
        assert!(tokio::time::Instant::now() < deadline, "{stream} does not get {messages} messages");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    (service, starts)
}

/// The poison ends among the dead letters with its bytes and its reason; its neighbours, which died with it,
/// come through; a panic and a time limit do not end the service.
#[tokio::test(flavor = "multi_thread")]
async fn poison_is_isolated() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let poison = ["panic", "abort", "spin", "eat", "bad"];
    // the streams are there once a service has been up
    let first = Service::start_with("poison", &broker.url, &topology, &LIMITS);
    for number in 0..60 {
        let payload =
            if number % 12 == 5 { poison[number / 12].to_owned() } else { format!("sound {number}") };
        jetstream.publish("naba.raw.test", payload.into()).await.expect("sent").await.expect("stored");
    }
    drop(first);
    let (service, starts) = supervise(&broker, &topology, "NABA_DEAD", 5).await;
    assert!(starts > 1, "an abort ends the process");
    broker.wait_for(&jetstream, "NABA_INGESTED", 55).await;
    let letters = broker.messages(&jetstream, "NABA_DEAD").await;
    let mut found: Vec<(String, String)> = letters
        .iter()
        .map(|letter| {
            let reason = letter.headers.get("Naba-Reason").map(ToString::to_string).unwrap_or_default();
            (String::from_utf8_lossy(&letter.payload).into_owned(), reason)
        })
        .collect();
    found.sort();
    let expected = [
        ("abort", "engine_crashed"),
        ("bad", "bad"),
        ("eat", "engine_crashed"),
        ("panic", "engine_panicked"),
        ("spin", "took_too_long"),
    ];
    assert_eq!(found, expected.map(|(payload, reason)| (payload.to_owned(), reason.to_owned())));
    assert!(service.get("/healthz").is_some_and(|answer| answer.contains("200 OK")), "the service lives");
    assert_eq!(broker.messages(&jetstream, "NABA_INGESTED").await.len(), 55, "nothing twice");
}

/// An input that was delivered as often as the broker allows is picked up from its advisory.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_gave_up_is_picked_up() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let text = std::fs::read_to_string(&topology).expect("the topology");
    let text = text.replace("stream = \"NABA_RAW\"\n", "stream = \"NABA_RAW\"\nmax_deliver = 1\n");
    std::fs::write(&topology, text).expect("the topology");
    let service = Service::start_with("poison", &broker.url, &topology, &LIMITS);
    // the first kills the only delivery of all three
    for payload in ["abort", "sound 1", "sound 2"] {
        jetstream.publish("naba.raw.test", payload.into()).await.expect("sent").await.expect("stored");
    }
    drop(service);
    let (_service, _) = supervise(&broker, &topology, "NABA_DEAD", 1).await;
    broker.wait_for(&jetstream, "NABA_INGESTED", 2).await;
    let letters = broker.messages(&jetstream, "NABA_DEAD").await;
    assert_eq!((letters.len(), &letters[0].payload[..]), (1, &b"abort"[..]));
}

/// When files have gone or the program was exchanged while it runs, no suspect is convicted: those that cannot be tried come
/// again, and come through when the world is in order.
#[tokio::test(flavor = "multi_thread")]
async fn a_world_that_changed_convicts_nobody() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let (program, rules) = (broker.folder.path().join("naba-poison"), broker.folder.path().join("own.toml"));
    std::fs::copy(naba_testkit::process::binary("naba-poison"), &program).expect("a copy of the program");
    std::fs::write(&rules, "").expect("a file");
    let files = format!("rules.files=[\"{}\"]", rules.display());
    let mut service = Service::spawn_program(&program, &broker.url, &topology, &[&files]);
    service.wait_until_ready();
    let publish = async |payload: &'static str| {
        jetstream.publish("naba.raw.test", payload.into()).await.expect("sent").await.expect("stored");
    };
    std::fs::remove_file(&program).expect("the program is replaced");
    std::fs::write(&program, "an upgrade").expect("the program is replaced");
    publish("once").await;
    broker.wait_for(&jetstream, "NABA_INGESTED", 1).await;
    std::fs::remove_file(&rules).expect("the rules are moved away");
    for _ in 0..5 {
        publish("once").await;
    }
    let failed = || service.get("/metrics").is_some_and(|said| said.contains("naba_isolated_failures_total"));
    wait_until("suspects cannot be tried", failed).await;
    std::fs::write(&rules, "").expect("a file");
    broker.wait_for(&jetstream, "NABA_INGESTED", 6).await;
    assert_eq!(broker.messages(&jetstream, "NABA_DEAD").await.len(), 0);
}

/// A process for a suspect does not outlive the service that waits for its answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_suspect_dies_with_its_service() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let service = Service::start("poison", &broker.url, &broker.topology());
    jetstream.publish("naba.raw.test", "linger".into()).await.expect("sent").await.expect("stored");
    wait_until("the suspect runs", || !service.children().is_empty()).await;
    let children = service.children();
    service.kill();
    let lives = |pid: &u32| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.contains("naba-poison") && !status.contains("Z (zombie)")
    };
    wait_until("it is gone", || !children.iter().any(lives)).await;
}

/// Engines that never come to an end are left, and the service begins anew to be rid of them: the same process, without the
/// threads that burn the processors.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_gets_rid_of_engines_that_hang() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port");
    let listen = format!("health.listen={port}");
    let set = ["limits.article_ms_max=300", "limits.hung_ms_max=1000", &listen];
    let mut service = Service::start_with("poison", &broker.url, &broker.topology(), &set);
    let publish = async |payload: &'static str| {
        jetstream.publish("naba.raw.test", payload.into()).await.expect("sent").await.expect("stored");
    };
    for _ in 0..3 {
        publish("spin").await;
    }
    publish("sound").await;
    broker.wait_for(&jetstream, "NABA_INGESTED", 1).await;
    broker.wait_for(&jetstream, "NABA_DEAD", 3).await;
    let engines = || {
        let threads = std::fs::read_dir(format!("/proc/{}/task", service.pid())).into_iter().flatten();
        let names =
            threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("comm")).ok());
        names.filter(|name| name.trim_end() == "engine").count()
    };
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    wait_until("only threads that work are left", || engines() == processors).await;
    service.wait_until_ready();
    publish("sound again").await;
    broker.wait_for(&jetstream, "NABA_INGESTED", 2).await;
}

/// A task beside the stage that panics is started again, counted, and seen in readiness until it has held.
#[tokio::test(flavor = "multi_thread")]
async fn a_companion_that_panics_is_seen_and_started_again() {
    let broker = TestBroker::start().await;
    let file = broker.folder.path().join("own.toml");
    std::fs::write(&file, "").expect("a file");
    let files = format!("rules.files=[\"{}\"]", file.display());
    let mut service = Service::start_with("poison", &broker.url, &broker.topology(), &[&files]);
    let says = |path: &str, what: &str| service.get(path).is_some_and(|said| said.contains(what));
    let up = "naba_companion_up{stage=\"ingest\",task=\"fragile\"}";
    assert!(says("/metrics", &format!("{up} 1")));
    std::fs::write(&file, "panic").expect("a file");
    wait_until("it is missed", || says("/readyz", "503") && says("/readyz", "a task beside the stage")).await;
    let restarts = "naba_companion_restarts_total{stage=\"ingest\",task=\"fragile\"} 2";
    wait_until("it is counted", || says("/metrics", restarts)).await;
    std::fs::write(&file, "").expect("a file");
    service.wait_until_ready();
    assert!(service.get("/metrics").is_some_and(|said| said.contains(&format!("{up} 1"))));
}

/// Connections that are opened and say nothing use up neither the service's descriptors nor its patience.
#[tokio::test(flavor = "multi_thread")]
async fn half_open_requests_do_not_stop_the_health_endpoints() {
    let broker = TestBroker::start().await;
    let service = Service::start("poison", &broker.url, &broker.topology());
    let connect = |number| {
        let mut stream = std::net::TcpStream::connect(&service.health).expect("a connection");
        if number % 2 == 0 {
            std::io::Write::write_all(&mut stream, b"GET /healthz HTTP/1.1\r\nHost").expect("half a request");
        }
        stream
    };
    let open: Vec<_> = (0..100).map(connect).collect();
    let descriptors = std::fs::read_dir(format!("/proc/{}/fd", service.pid())).expect("a process").count();
    assert!(descriptors < 100, "{descriptors} descriptors for {} connections", open.len());
    wait_until("it answers", || service.get("/healthz").is_some_and(|said| said.contains("200 OK"))).await;
}

/// Waits until something holds.
async fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let deadline = tokio::time::Instant::now() + WAIT;
    while !holds() {
        assert!(tokio::time::Instant::now() < deadline, "{what}: not in {WAIT:?}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Work that takes longer than the broker's patience is not done twice: the broker is told that it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn slow_work_is_not_done_twice() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let service = Service::start_with("poison", &broker.url, &topology, &["limits.article_ms_max=60000"]);
    for number in 0..30 {
        let payload = if number < 4 { "slow".to_owned() } else { format!("sound {number}") };
        jetstream.publish("naba.raw.test", payload.into()).await.expect("sent").await.expect("stored");
    }
    broker.wait_for(&jetstream, "NABA_INGESTED", 30).await;
    let (status, _) = service.terminate();
    assert!(status.success());
    let stream = jetstream.get_stream_no_info("NABA_RAW").await.expect("the stream");
    let info = stream.consumer_info("ingest").await.expect("the consumer");
    assert_eq!(info.delivered.consumer_sequence, 30, "thirty articles, thirty deliveries");
    assert_eq!((info.num_pending, info.num_ack_pending), (0, 0));
}

/// Inputs whose letters would be more than the broker takes: each is buried once, and the good ones behind them go on.
#[tokio::test(flavor = "multi_thread")]
async fn every_letter_is_one_that_the_broker_takes() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let _ingest = Service::start_with("ingest", &broker.url, &topology, &["limits.in_flight_max=16"]);
    let mut many = HeaderMap::new();
    (0..4_000).for_each(|number| many.insert(format!("h{number}"), "v"));
    let mut long = HeaderMap::new();
    long.insert("A", "v".repeat(60_000));
    for number in 0..20 {
        for headers in [&many, &long] {
            let payload = format!("{{{number}").into();
            let sent = jetstream.publish_with_headers("naba.raw.test", headers.clone(), payload).await;
            sent.expect("sent").await.expect("stored");
        }
        let subject = format!("naba.raw.{}{number:02}", "x".repeat(3_990));
        jetstream.publish(subject, "{".into()).await.expect("sent").await.expect("stored");
    }
    publish(&jetstream, (0..20).map(|number| articles::raw(number, 2))).await;
    broker.wait_for(&jetstream, "NABA_INGESTED", 20).await;
    broker.wait_for(&jetstream, "NABA_DEAD", 60).await;
    for letter in broker.messages(&jetstream, "NABA_DEAD").await {
        let header = |name: &str| letter.headers.get(name).map(ToString::to_string);
        assert_eq!(header("Naba-Reason").as_deref(), Some("invalid_json"));
        let subject = header("Naba-Subject").expect("its subject");
        let is_cut = subject == "naba.raw.test";
        assert!(is_cut || subject.len() > 3_990, "a subject stays whole");
        assert_eq!(header("Naba-Headers-Left-Out").is_some(), is_cut, "what does not fit is said");
    }
}

/// Dead letters fill their stream: the good articles go on, the letters wait, nobody hangs, and with more room each of
/// them is written.
#[tokio::test(flavor = "multi_thread")]
async fn full_dead_letters_stop_nobody() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let text = std::fs::read_to_string(&topology).expect("the topology");
    let dead = "name = \"NABA_DEAD\"\nsubjects = [\"naba.dead.>\", \"naba.settled.>\"]\nmax_bytes = ";
    let small = text.replace(&format!("{dead}4_294_967_296"), &format!("{dead}150_000"));
    assert_ne!(small, text, "the stream is made small");
    std::fs::write(&topology, &small).expect("the topology");
    let services = ["ingest", "clean", "enrich"].map(|stage| Service::start(stage, &broker.url, &topology));
    let bad =
        |number: u64| format!("{{\"number\": {number}, \"filler\": \"{}\"", "x".repeat(3_000)).into_bytes();
    publish(&jetstream, (0..400).map(bad)).await;
    publish(&jetstream, (0..50).map(|number| articles::raw(number, 2))).await;
    broker.wait_for(&jetstream, "NABA_ENRICHED", 50).await;
    let held = async |name: &str| {
        let stream = jetstream.get_stream(name).await.expect("a stream");
        stream.cached_info().state.messages
    };
    let deadline = tokio::time::Instant::now() + WAIT;
    while held("NABA_DEAD").await + held("NABA_DEFERRED").await < 400 {
        assert!(tokio::time::Instant::now() < deadline, "some letter is nowhere");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(
        held("NABA_DEAD").await > 10 && held("NABA_DEFERRED").await > 100,
        "some are written, and some wait"
    );
    assert!(services[0].get("/readyz").is_some_and(|answer| answer.contains("200 OK")), "it works");
    let naba = async |args: &[&str]| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_naba"));
        command.args(args).args(["--nats", &broker.url, "--set"]);
        command.arg(format!("broker.topology_file={}", topology.display())).kill_on_drop(true);
        let output = tokio::time::timeout(WAIT, command.output()).await.expect("it does not hang");
        let output = output.expect("it runs");
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    };
    let (_, listed) = naba(&["dead", "ls"]).await;
    assert!(listed.contains("more wait for room"), "{listed}");
    // room is kept for the markers
    let key = listed.split_whitespace().next().expect("a key");
    let (good, said) = naba(&["dead", "drop", key]).await;
    assert!(good && said.contains("dropped"), "{said}");
    std::fs::write(&topology, small.replace(&format!("{dead}150_000"), &format!("{dead}100_000_000")))
        .expect("the topology");
    let (good, said) = naba(&["topology", "apply"]).await;
    assert!(good, "{said}");
    broker.wait_for(&jetstream, "NABA_DEAD", 401).await;
    assert_eq!((held("NABA_DEAD").await, held("NABA_DEFERRED").await), (401, 0), "400 letters and a marker");
    drop(services);
}

/// An input that comes again has one outcome, whatever changed meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn no_input_has_two_outcomes() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let start = |learn| Service::start_with("poison", &broker.url, &topology, &[learn]);
    let held = async |name: &str| {
        let stream = jetstream.get_stream(name).await.expect("a stream");
        stream.cached_info().state.messages
    };
    let lenient = start("rules.learn=true");
    jetstream.publish("naba.raw.test", "turncoat".into()).await.expect("sent").await.expect("stored");
    broker.wait_for(&jetstream, "NABA_INGESTED", 1).await;
    drop(lenient);
    // its acknowledgement was lost: a consumer that knows nothing of it
    let raw = jetstream.get_stream("NABA_RAW").await.expect("the stream");
    raw.delete_consumer("ingest").await.expect("it is deleted");
    let strict = start("rules.learn=false");
    jetstream.publish("naba.raw.test", "sound".into()).await.expect("sent").await.expect("stored");
    broker.wait_for(&jetstream, "NABA_INGESTED", 2).await;
    drop(strict);
    assert_eq!(held("NABA_DEAD").await, 0, "it was published, and is not rejected");
    // the other way round: the letter is written, and its input comes again
    let stored =
        jetstream.publish("naba.raw.test", "turncoat".into()).await.expect("sent").await.expect("stored");
    let consumer: async_nats::jetstream::consumer::PullConsumer =
        raw.get_consumer("ingest").await.expect("the consumer");
    let mut first = consumer.fetch().max_messages(1).messages().await.expect("an answer");
    assert!(first.next().await.is_some(), "it is delivered once");
    let message = raw.get_raw_message(stored.sequence).await.expect("it stands there");
    let key = naba_runtime::dead::key_of("NABA_RAW", stored.sequence, message.time.unix_timestamp_nanos());
    let letter = format!("naba.dead.ingest.test.bad.{key}");
    jetstream.publish(letter, "turncoat".into()).await.expect("sent").await.expect("stored");
    let _lenient = start("rules.learn=true");
    let deadline = tokio::time::Instant::now() + WAIT;
    while raw.consumer_info("ingest").await.expect("the consumer").num_ack_pending > 0 {
        assert!(tokio::time::Instant::now() < deadline, "it is not settled");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(
        (held("NABA_INGESTED").await, held("NABA_DEAD").await),
        (2, 1),
        "it was rejected, and is not published"
    );
}
