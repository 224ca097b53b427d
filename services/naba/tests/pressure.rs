//! What happens when the next stage does not keep up, or its stream is full.

use naba_testkit::articles;
use naba_testkit::broker::{TestBroker, WAIT, publish};
use naba_testkit::process::Service;

/// Waits until a service says something in its metrics.
async fn wait_for_metric(service: &Service, line: &str) {
    let deadline = tokio::time::Instant::now() + WAIT;
    while !service.get("/metrics").is_some_and(|metrics| metrics.contains(line)) {
        assert!(tokio::time::Instant::now() < deadline, "{line}: {:?}", service.get("/metrics"));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Without enrich, clean pauses for it and ingest for clean; when it comes, everything flows.
#[tokio::test(flavor = "multi_thread")]
async fn stages_pause_for_the_one_that_stalls() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let set = ["limits.lag_max=50", "limits.in_flight_max=16"];
    let start = |stage| Service::start_with(stage, &broker.url, &topology, &set);
    let (ingest, clean) = (start("ingest"), start("clean"));
    publish(&jetstream, (0..120).map(|number| articles::raw(number, 4))).await;
    wait_for_metric(&clean, "naba_paused{stage=\"clean\"} 1").await;
    publish(&jetstream, (120..500).map(|number| articles::raw(number, 4))).await;
    wait_for_metric(&ingest, "naba_paused{stage=\"ingest\"} 1").await;
    let held =
        async |name: &str| jetstream.get_stream(name).await.expect("a stream").cached_info().state.messages;
    // what it had begun may still end; a pull that was made before the pause is used up
    publish(&jetstream, (500..700).map(|number| articles::raw(number, 4))).await;
    let ingested = held("NABA_INGESTED").await;
    assert!(ingested < 700, "ingest has paused: {ingested} of 700 are ingested");
    let enrich = start("enrich");
    broker.wait_for(&jetstream, "NABA_ENRICHED", 700).await;
    assert_eq!((held("NABA_ENRICHED").await, held("NABA_DEAD").await), (700, 0));
    for service in [ingest, clean, enrich] {
        assert!(service.terminate().0.success());
    }
}

/// A stream that is full stops its writer and loses nothing; its publisher is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_stream_stops_its_writer() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let text = std::fs::read_to_string(&topology).expect("the topology");
    std::fs::write(&topology, text.replace("max_bytes = 6_442_450_944", "max_bytes = 200_000"))
        .expect("the topology");
    let start = |stage| Service::start(stage, &broker.url, &topology);
    let services = ["ingest", "clean", "enrich"].map(start);
    publish(&jetstream, (0..100).map(|number| articles::raw(number, 4))).await;
    wait_for_metric(&services[1], "naba_world_faults_total{stage=\"clean\"}").await;
    // the first message that is refused may be followed by a smaller one that still fits
    let deadline = tokio::time::Instant::now() + WAIT;
    while !services[1].get("/readyz").is_some_and(|answer| answer.contains("503")) {
        assert!(tokio::time::Instant::now() < deadline, "it does not say that it cannot work");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let mut larger =
        jetstream.get_stream("NABA_CLEANED").await.expect("a stream").cached_info().config.clone();
    larger.max_bytes = 100_000_000;
    jetstream.update_stream(larger).await.expect("it is made larger");
    broker.wait_for(&jetstream, "NABA_ENRICHED", 100).await;
    let dead = jetstream.get_stream("NABA_DEAD").await.expect("a stream").cached_info().state.messages;
    assert_eq!(dead, 0, "a full disk is nobody's fault");
    // the publisher's own stream
    let mut full = jetstream.get_stream("NABA_RAW").await.expect("a stream").cached_info().config.clone();
    full.max_bytes = 1_000;
    jetstream.update_stream(full).await.expect("it is made smaller");
    let article = topology.with_file_name("article.json");
    std::fs::write(&article, articles::raw(5_000, 4)).expect("a file");
    let sent = std::process::Command::new(env!("CARGO_BIN_EXE_naba"))
        .args(["send", "--nats", &broker.url])
        .arg(&article)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&sent.stderr).into_owned();
    assert!(!sent.status.success() && said.contains("the stream is full: try again later"), "{said}");
}

/// A stream that somebody deleted ends the stage that writes it, loudly; it is not made again in silence.
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_stream_is_loud() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let (_ingest, mut clean) =
        (Service::start("ingest", &broker.url, &topology), Service::start("clean", &broker.url, &topology));
    jetstream.delete_stream("NABA_CLEANED").await.expect("it is deleted");
    publish(&jetstream, (0..3).map(|number| articles::raw(number, 4))).await;
    let deadline = tokio::time::Instant::now() + 2 * WAIT;
    while !clean.has_ended() {
        assert!(tokio::time::Instant::now() < deadline, "nothing is said of the stream that is gone");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    assert!(jetstream.get_stream("NABA_CLEANED").await.is_err(), "it was made again in silence");
    let held =
        async |name: &str| jetstream.get_stream(name).await.expect("a stream").cached_info().state.messages;
    assert_eq!((held("NABA_INGESTED").await, held("NABA_DEAD").await), (3, 0), "and nothing is lost");
}

/// A broker that hangs makes its services unready, and ready again when it is back.
#[tokio::test(flavor = "multi_thread")]
async fn a_hung_broker_is_noticed() {
    let broker = TestBroker::start().await;
    let topology = broker.topology();
    let clean = Service::start("clean", &broker.url, &topology);
    let pid = broker.server.as_ref().expect("a server").pid;
    let started = tokio::time::Instant::now();
    naba_runtime::server::signal(pid, rustix::process::Signal::STOP).expect("it hangs");
    while clean.get("/readyz").is_some_and(|answer| answer.contains("200 OK")) {
        assert!(started.elapsed() < WAIT, "a hung broker is not noticed");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    naba_runtime::server::signal(pid, rustix::process::Signal::CONT).expect("it goes on");
    while !clean.get("/readyz").is_some_and(|answer| answer.contains("200 OK")) {
        assert!(started.elapsed() < 2 * WAIT, "a broker that is back is not noticed");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// A stage that is told to leave in the middle of its work hands back all that it has not begun: nobody waits for the
/// broker's clock.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_begun_is_handed_back() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let ingest = Service::start("ingest", &broker.url, &topology);
    let raw = jetstream.get_stream("NABA_RAW").await.expect("a stream");
    for round in 0..3 {
        let ingest = Service::start("ingest", &broker.url, &topology);
        publish(&jetstream, (round * 400..(round + 1) * 400).map(|number| articles::raw(number, 2))).await;
        let (status, _) = ingest.terminate();
        assert!(status.success(), "{status}");
    }
    let (status, _) = ingest.terminate();
    assert!(status.success(), "{status}");
    // sooner than the clock (two seconds in tests) would bring it
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_millis(1_000);
    loop {
        let info = raw.consumer_info("ingest").await.expect("the consumer");
        if info.num_ack_pending == 0 {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{info:?}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
