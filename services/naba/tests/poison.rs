//! Inputs that kill their worker, and inputs that the broker gave up on.

use std::path::Path;

use naba_testkit::broker::{TestBroker, WAIT};
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
