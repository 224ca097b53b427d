//! Three separate service processes and a real broker.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use futures_util::StreamExt as _;
use naba_testkit::broker::{TestBroker, WAIT, publish};
use naba_testkit::disk::Disk;
use naba_testkit::process::Service;
use naba_testkit::{articles, root, seeds};

/// The enriched records, by the publisher's id.
async fn enriched(
    broker: &TestBroker,
    jetstream: &async_nats::jetstream::Context,
) -> BTreeMap<String, Vec<serde_json::Value>> {
    let mut records: BTreeMap<String, Vec<serde_json::Value>> = BTreeMap::new();
    for message in broker.messages(jetstream, "NABA_ENRICHED").await {
        let record: serde_json::Value = serde_json::from_slice(&message.payload).expect("a record");
        records.entry(record["source_id"].as_str().unwrap_or_default().to_owned()).or_default().push(record);
    }
    records
}

/// One service after another is killed in the middle of the work: every article comes out once.
#[tokio::test(flavor = "multi_thread")]
async fn killed_services_lose_nothing_and_double_nothing() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let start = |stage| Service::start(stage, &broker.url, &topology);
    let (ingest, clean, enrich) = (start("ingest"), start("clean"), start("enrich"));
    let sent = Command::new(env!("CARGO_BIN_EXE_naba"))
        .arg("send")
        .args(seeds())
        .args(["--nats", &broker.url])
        .output()
        .expect("it runs");
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    assert_eq!(String::from_utf8_lossy(&sent.stdout), "5 new, 0 already known, 0 not taken\n");
    let again = Command::new(env!("CARGO_BIN_EXE_naba"))
        .arg("send")
        .args(seeds())
        .args(["--nats", &broker.url])
        .output()
        .expect("it runs");
    assert_eq!(String::from_utf8_lossy(&again.stdout), "0 new, 5 already known, 0 not taken\n");
    publish(&jetstream, (0..150).map(|number| articles::raw(number, 4))).await;
    broker.wait_for(&jetstream, "NABA_CLEANED", 30).await;
    clean.kill();
    publish(&jetstream, (150..300).map(|number| articles::raw(number, 4))).await;
    broker.wait_for(&jetstream, "NABA_ENRICHED", 20).await;
    enrich.kill();
    let clean = start("clean");
    ingest.kill();
    let (ingest, enrich) = (start("ingest"), start("enrich"));
    // an article that comes again, and one that comes again with other content
    publish(&jetstream, [articles::raw(7, 4), articles::raw(8, 5)]).await;
    broker.wait_for(&jetstream, "NABA_ENRICHED", 306).await;
    let records = enriched(&broker, &jetstream).await;
    assert_eq!(records.len(), 305, "300 articles and five seeds");
    for (id, versions) in &records {
        let expected = if id == "article-8" { 2 } else { 1 };
        assert_eq!(versions.len(), expected, "{id}");
        let revisions: BTreeSet<u64> =
            versions.iter().filter_map(|version| version["revision"].as_u64()).collect();
        assert_eq!(revisions, (1..=expected as u64).collect(), "{id}");
    }
    assert_eq!(broker.messages(&jetstream, "NABA_DEAD").await.len(), 0);
    for service in [ingest, clean, enrich] {
        let metrics = service.get("/metrics").expect("metrics");
        assert!(metrics.contains("naba_inputs_total{"), "{metrics}");
        let (status, took) = service.terminate();
        assert!(status.success() && took < Duration::from_secs(10), "{status} after {took:?}");
    }
}

/// What can never work ends as a dead letter with its bytes and a reason; the rest flows on.
#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_kept_with_a_reason() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let _services = ["ingest", "clean", "enrich"].map(|stage| Service::start(stage, &broker.url, &topology));
    let bad: Vec<(&str, Vec<u8>)> = vec![
        ("empty", b"{\"text\": \" \"}".to_vec()),
        ("too_large", format!("{{\"text\": \"{}\"}}", "خبر ".repeat(740_000)).into_bytes()),
        ("invalid_json", b"{\"text\": ".to_vec()),
        ("unknown_key", "{\"text\": \"نص\", \"colour\": 1}".into()),
        ("unknown_encoding", (0..3000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()),
        ("nul_in_text", b"{\"text\": \"a\\u0000b\"}".to_vec()),
    ];
    for (number, (_, payload)) in bad.iter().enumerate() {
        publish(&jetstream, [payload.clone(), articles::raw(number as u64, 3)]).await;
    }
    broker.wait_for(&jetstream, "NABA_ENRICHED", bad.len() as u64).await;
    broker.wait_for(&jetstream, "NABA_DEAD", bad.len() as u64).await;
    let dead = broker.messages(&jetstream, "NABA_DEAD").await;
    assert_eq!(dead.len(), bad.len());
    for (reason, payload) in &bad {
        let letter = dead
            .iter()
            .find(|letter| letter.subject.starts_with(&format!("naba.dead.ingest.example_org.{reason}.")))
            .unwrap_or_else(|| panic!("{reason}"));
        assert_eq!(&letter.payload[..], &payload[..], "{reason}: the bytes are untouched");
        let header =
            |name: &str| letter.headers.get(name).map(|value| value.as_str().to_owned()).unwrap_or_default();
        assert_eq!(
            (header("Naba-Reason"), header("Naba-Stage"), header("Naba-Attempts")),
            ((*reason).to_owned(), "ingest".to_owned(), "1".to_owned())
        );
        assert!(header("Naba-Message").len() > 20 && header("Naba-Subject") == "naba.raw.example_org");
    }
}

/// `naba up` runs everything by itself, shows the seeds, and ends.
#[tokio::test(flavor = "multi_thread")]
async fn everything_in_one_process() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let store = folder.path().join("store");
    let up = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_naba"));
        command.args(["up", "--port", "0", "--once", "--store"]).arg(&store).arg("--send").args(seeds());
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let shown = up();
    assert!(shown.contains("5 articles sent: 5 new"), "{shown}");
    assert!(shown.contains("\u{2068}رئيسي وبوتين يلتقيان في عشق آباد\u{2069}"), "{shown}");
    assert_eq!(shown.lines().filter(|line| line.ends_with(" cut")).count(), 5, "{shown}");
    let again = up();
    assert!(again.contains("5 already known"), "the store outlives the process: {again}");
}

/// Two servers on the same files destroy them: a second start is refused with the address of the first, also when
/// whoever started that one was killed and its server runs on.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_belongs_to_one_server() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let up = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_naba"));
        command.args(["up", "--port", "0", "--store"]).arg(folder.path().join("store"));
        command
    };
    let (mut first, url, pid) = up_on(&folder.path().join("store"));
    let refused = |when: &str| {
        let second = up().output().expect("it runs");
        let said = String::from_utf8_lossy(&second.stderr).into_owned();
        assert!(!second.status.success() && said.contains(&url), "{when}: {said}");
    };
    refused("beside one that runs");
    first.kill().expect("it is killed");
    first.wait().expect("it is gone");
    refused("beside a server that was left behind");
    naba_runtime::server::signal(pid, rustix::process::Signal::TERM).expect("the server is asked to leave");
    let deadline = std::time::Instant::now() + WAIT;
    loop {
        let last = up().args(["--once", "--send"]).args(seeds()).output().expect("it runs");
        if last.status.success() {
            return;
        }
        let said = String::from_utf8_lossy(&last.stderr).into_owned();
        assert!(std::time::Instant::now() < deadline && said.contains("is in use"), "{said}");
    }
}

/// The Python lines of the README, as they stand there.
#[tokio::test(flavor = "multi_thread")]
async fn the_python_lines_of_the_readme_run() {
    let python = root().join("tools/python");
    assert!(python.join("nats").is_dir(), "`make tools` gets nats-py");
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    let code = readme
        .split("```python\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("Python in the README");
    let broker = TestBroker::start().await;
    let topology = broker.topology();
    let _services = ["ingest", "clean", "enrich"].map(|stage| Service::start(stage, &broker.url, &topology));
    let code = code.replace("nats://127.0.0.1:4222", &broker.url);
    let output =
        Command::new("python3").args(["-c", &code]).env("PYTHONPATH", python).output().expect("Python runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("البلدية تفتتح الجسر الجديد"), "{said}");
}

/// A stream that is not what the topology says is refused, not changed, unless it only gets more room.
#[tokio::test(flavor = "multi_thread")]
async fn a_drifted_stream_is_refused() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let naba = |action: &str| {
        Command::new(env!("CARGO_BIN_EXE_naba"))
            .args(["topology", action, "--nats", &broker.url])
            .output()
            .expect("it runs")
    };
    assert_eq!(naba("check").status.code(), Some(1), "nothing is there yet");
    assert!(naba("apply").status.success());
    assert!(naba("check").status.success());
    let change = async |max_bytes: i64| {
        let mut drifted =
            jetstream.get_stream("NABA_RAW").await.expect("the stream").cached_info().config.clone();
        drifted.max_bytes = max_bytes;
        jetstream.update_stream(drifted).await.expect("it is changed");
    };
    change(1_000_000).await;
    assert!(naba("apply").status.success(), "more room loses nothing");
    assert!(naba("check").status.success());
    change(5_000_000_000).await;
    let refused = naba("apply");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("NABA_RAW: max_bytes is 5000000000"), "{said}");
    // a consumer that somebody deleted is missed, and all of it is put in order
    let stream = jetstream.get_stream("NABA_INGESTED").await.expect("the stream");
    stream.delete_consumer("clean").await.expect("it is deleted");
    let mut slow = jetstream
        .get_stream("NABA_CLEANED")
        .await
        .expect("the stream")
        .get_consumer::<async_nats::jetstream::consumer::pull::Config>("enrich")
        .await
        .expect("the consumer")
        .cached_info()
        .config
        .clone();
    slow.max_ack_pending = 7;
    let slow = async_nats::jetstream::consumer::pull::Config {
        durable_name: Some("enrich".to_owned()),
        ack_wait: slow.ack_wait,
        max_deliver: slow.max_deliver,
        max_ack_pending: slow.max_ack_pending,
        ..Default::default()
    };
    jetstream.update_consumer_on_stream(slow, "NABA_CLEANED").await.expect("it is changed");
    let found = naba("check");
    let said = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(
        !found.status.success() && said.contains("consumer clean: missing; `naba topology apply`"),
        "{said}"
    );
    assert!(said.contains("consumer enrich: max_ack_pending is 7") && said.contains("--change"), "{said}");
    let changed = Command::new(env!("CARGO_BIN_EXE_naba"))
        .args(["topology", "apply", "--change", "--nats", &broker.url])
        .output()
        .expect("it runs");
    assert!(changed.status.success(), "{}", String::from_utf8_lossy(&changed.stderr));
    assert!(naba("check").status.success());
}

/// A stream that is missing beside others is said once, and then now and then.
#[tokio::test(flavor = "multi_thread")]
async fn a_missing_stream_is_said_once() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let applied = Command::new(env!("CARGO_BIN_EXE_naba"))
        .args(["topology", "apply", "--nats", &broker.url])
        .output()
        .expect("it runs");
    assert!(applied.status.success());
    jetstream.delete_stream("NABA_INGESTED").await.expect("it is deleted");
    let mut service = Command::new(naba_testkit::process::binary("naba-ingest"))
        .args(["--nats", &broker.url, "--set", "log.format=json"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let log = BufReader::new(service.stderr.take().expect("its log"));
    let lines = std::thread::spawn(move || {
        log.lines().map_while(Result::ok).filter(|line| line.contains("not to be had yet")).count()
    });
    tokio::time::sleep(Duration::from_secs(4)).await;
    service.kill().expect("it is killed");
    service.wait().expect("it is gone");
    let said = lines.join().expect("the log");
    assert!((1..=2).contains(&said), "said {said} times in 4 s");
}

/// Publishes an article after each silence, and gives how long each took to come out.
async fn after_silences(first: u64, silences_s: &[u64]) -> Vec<Duration> {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let services = ["ingest", "clean", "enrich"].map(|stage| Service::start(stage, &broker.url, &topology));
    let mut records = jetstream.client().subscribe("naba.enriched.>").await.expect("a subscription");
    let mut took = vec![];
    for (number, silence_s) in (first..).zip(silences_s) {
        tokio::time::sleep(Duration::from_secs(*silence_s)).await;
        let started = tokio::time::Instant::now();
        publish(&jetstream, [articles::raw(number, 4)]).await;
        let record = tokio::time::timeout(Duration::from_secs(100), records.next()).await;
        assert!(record.is_ok_and(|record| record.is_some()), "after {silence_s} s nothing came out");
        took.push(started.elapsed());
    }
    // whoever sleeps through an article finds it at its next delivery
    let consumers = [("NABA_RAW", "ingest"), ("NABA_INGESTED", "clean"), ("NABA_CLEANED", "enrich")];
    for (service, (stream, stage)) in services.iter().zip(consumers) {
        assert!(service.get("/readyz").is_some_and(|answer| answer.contains("200 OK")), "{stage} is ready");
        let stream = jetstream.get_stream_no_info(stream).await.expect("the stream");
        let info = stream.consumer_info(stage).await.expect("its consumer");
        assert_eq!(info.delivered.consumer_sequence, silences_s.len() as u64, "{stage} was given one twice");
    }
    took
}

/// A pipeline that idles is as fast as one that works: an article after a second, and after longer than any heartbeat
/// and any request for messages lasts.
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_pipeline_is_awake() {
    let (short, long) =
        tokio::join!(after_silences(0, &[0, 0, 0, 1, 1, 5, 5, 10, 10]), after_silences(100, &[0, 35]));
    // a loaded machine is slow without a silence too
    let awake = short.iter().take(3).max().copied().unwrap_or_default();
    let most = Duration::from_millis(500).max(awake * 3);
    let asleep = short.iter().skip(3).chain(long.iter().skip(1)).filter(|took| **took > most).count();
    assert_eq!(asleep, 0, "{short:?} and {long:?}: more than {most:?} after a silence");
}

/// A broker that was away while nothing happened is asked again as soon as it is back.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_outlives_the_broker() {
    let mut broker = TestBroker::start().await;
    let topology = broker.topology();
    let services = ["ingest", "clean", "enrich"].map(|stage| Service::start(stage, &broker.url, &topology));
    tokio::time::sleep(Duration::from_secs(5)).await;
    broker.server.take().expect("a server").kill().await.expect("it is killed");
    broker.restart().await;
    let jetstream = broker.jetstream().await;
    publish(&jetstream, [articles::raw(1, 4)]).await;
    let started = tokio::time::Instant::now();
    broker.wait_for(&jetstream, "NABA_ENRICHED", 1).await;
    assert!(started.elapsed() < Duration::from_secs(15), "after {:?}", started.elapsed());
    drop(services);
}

/// `naba up` on a store: the process, where its broker is, and the broker's process.
fn up_on(store: &std::path::Path) -> (std::process::Child, String, u32) {
    let mut up = Command::new(env!("CARGO_BIN_EXE_naba"));
    up.args(["up", "--port", "0", "--store"]).arg(store);
    let mut up = up.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
    let mut said = BufReader::new(up.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let broker = said.find(|line| line.starts_with("  broker ")).expect("it says where its broker is");
    let word = |after: &str| {
        let (_, rest) = broker.split_once(after).expect("the broker's line");
        rest.trim_start().split([' ', ',']).next().expect("a word").to_owned()
    };
    (up, word("broker"), word("pid").parse().expect("a process"))
}

/// Whether the broker takes an article.
async fn is_taken(jetstream: &async_nats::jetstream::Context, number: u64) -> bool {
    match jetstream.publish("naba.raw.example_org", articles::raw(number, 4).into()).await {
        Ok(sent) => sent.await.is_ok(),
        Err(_) => false,
    }
}

/// Publishes an article until it is stored, and waits until so many records have come out.
async fn comes_out(jetstream: &async_nats::jetstream::Context, number: u64, records: u64) {
    let deadline = tokio::time::Instant::now() + WAIT;
    while !is_taken(jetstream, number).await {
        assert!(tokio::time::Instant::now() < deadline, "the broker is not back");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    loop {
        let stream = jetstream.get_stream("NABA_ENRICHED").await;
        if stream.is_ok_and(|stream| stream.cached_info().state.messages >= records) {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "{records} records do not come");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// `naba up` whose broker is killed, or whose disk was full, starts it again where it was, and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_private_broker_is_kept_running() {
    let folder = tempfile::TempDir::new().expect("a folder");
    // where no disk may be mounted, only the killed broker is shown
    let disk = Disk::mount(&folder.path().join("disk"), 192);
    let (mut up, url, pid) = up_on(&folder.path().join("disk/store"));
    let options = async_nats::ConnectOptions::new().retry_on_initial_connect();
    let mut jetstream = async_nats::jetstream::new(options.connect(&url).await.expect("a connection"));
    jetstream.set_timeout(Duration::from_secs(1));
    comes_out(&jetstream, 1, 1).await;
    naba_runtime::server::signal(pid, rustix::process::Signal::KILL).expect("the server is killed");
    comes_out(&jetstream, 2, 2).await;
    if let Some(disk) = &disk {
        disk.fill();
        let deadline = tokio::time::Instant::now() + WAIT;
        let mut number = 3;
        // what it has room for in blocks that it began is still taken
        while is_taken(&jetstream, number).await {
            assert!(tokio::time::Instant::now() < deadline, "the disk is not full");
            number += 1;
        }
        disk.clear();
        comes_out(&jetstream, number, number).await;
    }
    naba_runtime::server::signal(up.id(), rustix::process::Signal::TERM).expect("it is asked to leave");
    assert!(up.wait().expect("it leaves").success());
}
