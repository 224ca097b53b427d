//! What an operator does: dead letters, replays, the latest state, the audit.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use naba_testkit::articles;
use naba_testkit::broker::{TestBroker, publish};
use naba_testkit::process::Service;
use naba_testkit::wire::RawPublisher;
use serde_json::Value;

fn naba(broker: &TestBroker, args: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_naba")).args(args).args(["--nats", &broker.url]).output();
    let output = output.expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).expect("UTF-8"))
}

/// A letter is listed, shown, redriven once after it was mended, and taken off the list.
#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_dealt_with() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let ingest = Service::start("ingest", &broker.url, &topology);
    // with what a terminal would obey
    let broken = b"{\"text\": \"\x1b[2J\xc2\x9b31m".to_vec();
    publish(&jetstream, [broken.clone(), b"{\"text\": \"x\", \"colour\": 1}".to_vec()]).await;
    broker.wait_for(&jetstream, "NABA_DEAD", 2).await;
    let (_, all) = naba(&broker, &["dead", "ls", "--json"]);
    let letters: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(letters.len(), 2, "{all}");
    for filter in
        [["--reason", "invalid_json"], ["--since", "1h"], ["--stage", "ingest"], ["--source", "example.org"]]
    {
        assert!(
            naba(&broker, &["dead", "ls", filter[0], filter[1]]).1.contains("invalid_json"),
            "{filter:?}"
        );
    }
    assert_eq!(naba(&broker, &["dead", "ls", "--stage", "clean"]).1, "no dead letters\n");
    let shown = naba(&broker, &["dead", "show", "--reason", "unknown_key"]).1;
    assert!(
        shown.contains("Naba-Field: \u{2068}colour\u{2069}") && shown.ends_with("\"colour\": 1}\n"),
        "{shown}"
    );
    for said in ["show", "ls"].map(|action| naba(&broker, &["dead", action, "--reason", "invalid_json"]).1) {
        assert!(!said.contains(['\u{1b}', '\u{9b}']), "{said:?}");
    }
    assert!(naba(&broker, &["dead", "show", "--reason", "invalid_json"]).1.contains("␛[2J"));
    assert!(!naba(&broker, &["dead", "show", "--json"]).1.contains(['\u{1b}', '\u{9b}']));
    // nothing is mended yet: a redriven letter comes back as another one, and only once
    let dry = naba(&broker, &["dead", "redrive", "--reason", "invalid_json", "--dry-run"]).1;
    assert!(dry.starts_with("would redrive"), "{dry}");
    assert!(naba(&broker, &["dead", "redrive", "--reason", "invalid_json"]).1.starts_with("redriven"));
    // two letters, the marker, and the letter of the second try
    broker.wait_for(&jetstream, "NABA_DEAD", 4).await;
    assert!(naba(&broker, &["dead", "drop", "--reason", "unknown_key"]).1.starts_with("dropped"));
    let left = naba(&broker, &["dead", "ls"]).1;
    assert!(left.lines().count() == 1 && left.contains("invalid_json"), "{left}");
    // what a person has dropped is not lost
    let (good, said) = naba(&broker, &["audit", "--json"]);
    let audit: Value = serde_json::from_str(&said).expect("JSON");
    let counts = &audit["example_org"];
    assert!(good && counts["dropped"] == 1 && counts["dead"] == 1 && counts["missing"] == 0, "{said}");
    drop(ingest);
}

/// An input that only today's program refuses: redriven to the next one it gives exactly one record.
#[tokio::test(flavor = "multi_thread")]
async fn a_redriven_letter_gives_one_record() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    // an old clean that cannot read what it is given
    let ingest = Service::start("ingest", &broker.url, &topology);
    publish(&jetstream, [articles::raw(1, 4)]).await;
    broker.wait_for(&jetstream, "NABA_INGESTED", 1).await;
    // what stands before a stage is on its way, also when nobody has made the stage's consumer again
    let stream = jetstream.get_stream("NABA_INGESTED").await.expect("the stream");
    stream.delete_consumer("clean").await.expect("it is deleted");
    let (good, said) = naba(&broker, &["audit", "--json"]);
    let audit: Value = serde_json::from_str(&said).expect("JSON");
    let counts = &audit["example_org"];
    assert!(good && counts["under_way"] == 1 && counts["missing"] == 0, "{said}");
    let message = broker.messages(&jetstream, "NABA_INGESTED").await.remove(0);
    let letter =
        naba_runtime::dead::key_of("NABA_INGESTED", message.sequence, message.time.unix_timestamp_nanos());
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("Naba-Subject", message.subject.as_str());
    headers.insert("Naba-Origin", format!("NABA_INGESTED {}", message.sequence).as_str());
    let subject = format!("naba.dead.clean.example_org.invalid_record.{letter}");
    let sent = jetstream.publish_with_headers(subject, headers, message.payload).await.expect("sent");
    sent.await.expect("stored");
    for action in ["redrive", "drop"] {
        let (good, said) = naba(&broker, &["dead", action]);
        assert!(!good && said.contains("--everything"), "{action} without a choice: {said}");
    }
    assert!(naba(&broker, &["dead", "redrive", "--everything"]).1.starts_with("redriven"));
    assert_eq!(naba(&broker, &["dead", "redrive", "--everything"]).1, "no dead letters\n");
    assert!(naba(&broker, &["dead", "redrive", "--everything", "--all"]).1.starts_with("already redriven"));
    let _services = ["clean", "enrich"].map(|stage| Service::start(stage, &broker.url, &topology));
    broker.wait_for(&jetstream, "NABA_ENRICHED", 1).await;
    publish(&jetstream, [articles::raw(2, 4)]).await;
    broker.wait_for(&jetstream, "NABA_ENRICHED", 2).await;
    assert_eq!(broker.messages(&jetstream, "NABA_ENRICHED").await.len(), 2);
    drop(ingest);
}

/// History comes out again as a generation of its own; the latest state is found; the audit agrees.
#[tokio::test(flavor = "multi_thread")]
async fn history_is_replayed_beside_live_traffic() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let _services = ["ingest", "clean", "enrich"].map(|stage| Service::start(stage, &broker.url, &topology));
    publish(&jetstream, (0..10).map(|number| articles::raw(number, 4))).await;
    broker.wait_for(&jetstream, "NABA_ENRICHED", 10).await;
    publish(&jetstream, [articles::raw(3, 5), articles::raw(3, 4)]).await;
    broker.wait_for(&jetstream, "NABA_ENRICHED", 11).await;
    check_tail(&broker);
    for (stage, articles) in [("clean", 11), ("ingest", 12), ("enrich", 11)] {
        let (good, said) = naba(&broker, &["replay", "--since", "1h", "--stage", stage]);
        assert!(good && said.contains(&format!("{articles} articles put in")), "{said}");
    }
    let again = naba(&broker, &["replay", "--since", "1h", "--generation", "1"]).1;
    assert!(again.contains("0 articles put in at clean, 11 were there already"), "{again}");
    broker.wait_for(&jetstream, "NABA_ENRICHED", 44).await;
    let records = broker.messages(&jetstream, "NABA_ENRICHED").await;
    for generation in 1..=3_u64 {
        let of = records.iter().filter(|record| record.subject.ends_with(&format!(".g{generation}")));
        let of: Vec<Value> =
            of.map(|record| serde_json::from_slice(&record.payload).expect("a record")).collect();
        assert!(of.len() == 11 && of.iter().all(|record| record["generation"] == generation), "{generation}");
    }
    let third = records.iter().filter_map(|record| serde_json::from_slice::<Value>(&record.payload).ok());
    let id = third
        .filter(|record| record["source_id"] == "article-3")
        .find_map(|record| Some(record["id"].as_str()?.to_owned()));
    let id = id.expect("the third article");
    let latest: Value = serde_json::from_str(&naba(&broker, &["get", &id, "--json"]).1).expect("a record");
    assert_eq!((&latest["revision"], &latest["generation"]), (&Value::from(2), &Value::from(3)));
    let live: Value =
        serde_json::from_str(&naba(&broker, &["get", &id, "--generation", "0", "--json"]).1).expect("JSON");
    assert_eq!((&live["revision"], &live["body"]), (&Value::from(2), &latest["body"]));
    assert_eq!(naba(&broker, &["get", &id, "--all", "--json"]).1.lines().count(), 8);
    let (good, said) = naba(&broker, &["audit", "--payloads"]);
    assert!(good, "{said}");
    assert!(!naba(&broker, &["get", &"0".repeat(32)]).0);
}

/// Records are followed by number, time and source, and named as `naba get` takes them.
fn check_tail(broker: &TestBroker) {
    let lines = |args: &[&str]| {
        let (good, said) = naba(broker, &[&["tail", "--once"], args].concat());
        assert!(good, "{said}");
        said.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(&[]).len(), 11);
    assert_eq!(lines(&["--since", "1h"]).len(), 11);
    assert_eq!(lines(&["--last", "3", "--source", "example.org"]), lines(&[])[8..]);
    assert_eq!(lines(&["--last", "3", "--limit", "1"]), lines(&[])[8..9]);
    assert_eq!(lines(&["--source", "another.org"]), Vec::<String>::new());
    assert_eq!(lines(&["dead"]), Vec::<String>::new());
    let line = &lines(&["--last", "1"])[0];
    let columns: Vec<&str> = line.split("  ").collect();
    assert!(columns[0].starts_with("20") && columns[1] == "\u{2068}example.org\u{2069}", "{line}");
    let (good, said) = naba(broker, &["get", columns[2]]);
    assert!(good && said.contains(columns[2]), "{said}");
    let (good, said) = naba(broker, &["get", "abc"]);
    assert!(!good && said.contains("32 hex characters"), "{said}");
    // each file by itself, and what was sent is said
    let (good, said) = naba(broker, &["send", "/no/such.txt", "/no", "/no/such.json"]);
    assert!(!good && said.contains("3 not taken") && said.contains("cannot read /no/such.json"), "{said}");
    check_reader_that_leaves(broker);
}

/// `naba tail | head -1` ends, also where no further record comes.
fn check_reader_that_leaves(broker: &TestBroker) {
    let mut tail = Command::new(env!("CARGO_BIN_EXE_naba"))
        .args(["tail", "--last", "2", "--nats", &broker.url])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut lines = BufReader::new(tail.stdout.take().expect("its output")).lines();
    assert!(lines.by_ref().take(2).all(|line| line.is_ok_and(|line| !line.is_empty())));
    drop(lines);
    assert!(tail.wait().expect("it ends").success());
}

/// A thousand times the same article is one record.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_article_a_thousand_times() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let _services =
        ["ingest", "ingest", "clean", "enrich"].map(|stage| Service::start(stage, &broker.url, &topology));
    publish(&jetstream, (0..1000).map(|_| articles::raw(1, 4))).await;
    publish(&jetstream, [articles::raw(2, 4)]).await;
    broker.wait_for(&jetstream, "NABA_ENRICHED", 2).await;
    let audit: Value = serde_json::from_str(&naba(&broker, &["audit", "--json"]).1).expect("JSON");
    let counts = &audit["example_org"];
    assert_eq!(
        (&counts["raw"], &counts["enriched"], &counts["doubled"]),
        (&1001.into(), &2.into(), &0.into()),
        "{audit}"
    );
}

/// Blocks of headers that no client would write.
fn odd_headers() -> Vec<Vec<u8>> {
    let lines: [&[u8]; 12] = [
        b"Naba-Url: a\rb",
        b"no colon",
        b"Naba-Title: \xFF\xFE",
        b"a name: x",
        b"nul\0name: x",
        b": x",
        b"Naba-Title: x\0y",
        b" folded",
        b"A: x\ny",
        "\u{646}: x".as_bytes(),
        b"\xC2",
        b"A: \x1B[31m",
    ];
    let mut blocks: Vec<Vec<u8>> =
        lines.iter().map(|line| [b"NATS/1.0\r\n", *line, b"\r\n\r\n"].concat()).collect();
    let versions = ["NATS/9.9\r\n\r\n", "\r\n\r\n", "NATS/1.0", "NATS/1.0 408 Request Timeout\r\n\r\n"];
    let more = ["NATS/1.0 100 Idle Heartbeat\r\n\r\n", "NATS/1.0 x\r\n\r\n", "NATS/1.0\nA: x\n\n", "\0"];
    blocks.extend(versions.iter().chain(&more).map(|block| block.as_bytes().to_vec()));
    // a sound block with any byte anywhere
    let sound = b"NATS/1.0\r\nNaba-Title: x\r\nX: y\r\n\r\n";
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..200 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let (at, byte) =
            (usize::try_from(random % sound.len() as u64).expect("a place"), (random >> 32) as u8);
        let mut block = sound.to_vec();
        if random & (1 << 60) == 0 {
            block[at] = byte;
        } else {
            block.insert(at, byte);
        }
        blocks.push(block);
    }
    blocks
}

/// Whatever bytes stand in the headers or the subject of a raw message: it ends as one record or one dead letter with its
/// bytes, those around it come through, and whoever looks at the stream can read it.
#[tokio::test(flavor = "multi_thread")]
async fn any_bytes_end_as_one_outcome() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let mut services =
        ["ingest", "clean", "enrich"].map(|stage| Service::start(stage, &broker.url, &topology));
    let mut publisher = RawPublisher::connect(&broker.url);
    let odd = odd_headers();
    let subjects: [&[u8]; 4] =
        [b"naba.raw.\xFF\xFE", "naba.raw.\u{a0}a".as_bytes(), b"naba.raw.a\x0Bb", b"naba.raw.a\0b"];
    for (number, subject) in (0..).zip(subjects) {
        let article = serde_json::json!({"text": articles::sentence(number)}).to_string();
        publisher.publish(subject, b"NATS/1.0\r\nA: x\r\n\r\n", article.as_bytes());
    }
    for (number, block) in (0..).zip(&odd) {
        publisher.publish(b"naba.raw.example_org", block, &articles::raw(number, 2));
    }
    publisher.publish(b"naba.raw.example_org", b"NATS/1.0\r\n\r\n", &articles::raw(9_999, 2));
    publisher.flush();
    let raw = (odd.len() + subjects.len() + 1) as u64;
    broker.wait_for(&jetstream, "NABA_RAW", raw).await;
    let consumer = jetstream.get_stream_no_info("NABA_RAW").await.expect("the stream");
    let deadline = tokio::time::Instant::now() + naba_testkit::broker::WAIT;
    loop {
        let info = consumer.consumer_info("ingest").await.expect("the consumer");
        if info.num_pending == 0 && info.num_ack_pending == 0 {
            assert_eq!(info.delivered.consumer_sequence, raw, "each is delivered once");
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{info:?}");
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
    let held = async |name: &str| jetstream.get_stream(name).await.expect("it").cached_info().state.messages;
    let (records, letters) = (held("NABA_INGESTED").await, held("NABA_DEAD").await);
    assert_eq!(records + letters, raw, "{records} records, {letters} letters");
    assert!(letters > 20 && records > 20, "{records} records, {letters} letters");
    broker.wait_for(&jetstream, "NABA_ENRICHED", records).await;
    assert!(services.iter_mut().all(|service| !service.has_ended()), "nobody has ended");
    let (good, said) = naba(&broker, &["audit"]);
    assert!(good, "{said}");
    let (good, said) = naba(&broker, &["tail", "raw", "--once"]);
    assert!(good && said.lines().count() as u64 == raw, "{said}");
    let (good, said) = naba(&broker, &["dead", "show", "--reason", "invalid_message"]);
    assert!(good && said.contains("has no colon") && said.contains("Naba-Url: a\\rb"), "{said}");
}

/// A letter without bytes is redriven with those that stand at its origin, and not at all when they are gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_without_bytes_is_redriven_with_them() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    drop(Service::start("ingest", &broker.url, &topology));
    publish(&jetstream, [articles::raw(1, 4)]).await;
    let original = broker.messages(&jetstream, "NABA_RAW").await.remove(0);
    for sequence in [original.sequence, 999] {
        let key = naba_runtime::dead::key_of("NABA_RAW", sequence, original.time.unix_timestamp_nanos());
        let mut headers = async_nats::HeaderMap::new();
        headers.insert("Naba-Subject", original.subject.as_str());
        headers.insert("Naba-Origin", format!("NABA_RAW {sequence}").as_str());
        headers.insert("Naba-Bytes-Left-Out", original.payload.len().to_string().as_str());
        let subject = format!("naba.dead.ingest.example_org.test{sequence}.{key}");
        let sent = jetstream.publish_with_headers(subject, headers, "".into()).await.expect("sent");
        sent.await.expect("stored");
    }
    let shown = naba(&broker, &["dead", "show", "--reason", "test1"]).1;
    assert!(shown.contains("article-1"), "{shown}");
    assert!(naba(&broker, &["dead", "redrive", "--reason", "test1"]).1.starts_with("redriven"));
    let again = broker.messages(&jetstream, "NABA_RAW").await.remove(1);
    assert_eq!(again.payload, original.payload);
    let (good, said) = naba(&broker, &["dead", "redrive", "--reason", "test999"]);
    assert!(!good && said.contains("have aged out"), "{said}");
    assert_eq!(broker.messages(&jetstream, "NABA_RAW").await.len(), 2, "nothing is published without bytes");
}

/// Two contents of an article whose revisions have the same token: the second is no repetition of the first.
#[tokio::test(flavor = "multi_thread")]
async fn revisions_that_were_made_to_collide_are_told_apart() {
    let text = |number: u32| format!("{}\n{number}", articles::sentence(7));
    let mut seen = std::collections::HashMap::new();
    let colliding = (0..400_000).find_map(|number| {
        let token =
            ingest::identity::revision_token(&ingest::identity::content_hash(None, &text(number), None, &[]));
        seen.insert(token, number).map(|before| (before, number))
    });
    let (one, other) = colliding.expect("two of so many collide in 32 bits");
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let _ingest = Service::start("ingest", &broker.url, &topology);
    let raw = |number: u32| {
        let article = serde_json::json!({"source": "example.org", "source_id": "1", "text": text(number)});
        article.to_string().into_bytes()
    };
    publish(&jetstream, [raw(one), raw(one), raw(other)]).await;
    broker.wait_for(&jetstream, "NABA_DEAD", 1).await;
    let letter = broker.messages(&jetstream, "NABA_DEAD").await.remove(0);
    assert_eq!(
        letter.headers.get("Naba-Reason").map(async_nats::HeaderValue::as_str),
        Some("revision_collision")
    );
    assert_eq!(
        (letter.payload.to_vec(), broker.messages(&jetstream, "NABA_INGESTED").await.len()),
        (raw(other), 1)
    );
}

/// Nobody revises or withdraws another outlet's article, makes one look newer than it is, or merges two files of one name.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_speaks_for_others() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let gateway = ["sources.speak_for_others=[\"gather\"]"];
    let _ingest = Service::start_with("ingest", &broker.url, &topology, &gateway);
    publish(&jetstream, [articles::raw(1, 2)]).await;
    let withdrawn = br#"{"source": "example.org", "source_id": "article-1", "withdrawn": true}"#.to_vec();
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("Naba-Sequence", "999999");
    headers.insert("Naba-Generation", "7");
    for (subject, payload) in [
        ("naba.raw.evil", withdrawn.clone()),
        ("naba.raw.evil", articles::raw(1, 3)),
        ("naba.raw._", withdrawn),
        ("naba.raw.gather", articles::raw(2, 2)),
        ("naba.raw.example_org", articles::raw(3, 2)),
    ] {
        let sent =
            jetstream.publish_with_headers(subject, headers.clone(), payload.into()).await.expect("sent");
        sent.await.expect("stored");
    }
    broker.wait_for(&jetstream, "NABA_DEAD", 3).await;
    let folder = tempfile::tempdir().expect("a folder");
    for part in ["d1", "d2"] {
        std::fs::create_dir(folder.path().join(part)).expect("a folder");
        let text = format!("نص الخبر من الملف {part}");
        std::fs::write(folder.path().join(part).join("001.txt"), text).expect("a file");
    }
    let sent = Command::new(env!("CARGO_BIN_EXE_naba"))
        .args(["send", "d1/001.txt", "d2/001.txt", "--nats", &broker.url])
        .current_dir(folder.path())
        .output()
        .expect("it runs");
    assert!(sent.status.success());
    broker.wait_for(&jetstream, "NABA_INGESTED", 5).await;
    let records = broker.messages(&jetstream, "NABA_INGESTED").await;
    let records: Vec<Value> =
        records.iter().map(|record| serde_json::from_slice(&record.payload).expect("JSON")).collect();
    let ids: std::collections::BTreeSet<&str> =
        records.iter().filter_map(|record| record["id"].as_str()).collect();
    assert_eq!((records.len(), ids.len()), (5, 5), "{records:?}");
    for record in &records {
        assert_eq!((&record["revision"], &record["generation"]), (&1.into(), &0.into()), "{record}");
        assert!(record["sequence"].as_u64().is_some_and(|sequence| sequence < 10), "{record}");
    }
    let letters = naba(&broker, &["dead", "ls", "--reason", "source_mismatch"]).1;
    assert_eq!(letters.lines().count(), 3, "{letters}");
    assert!(letters.contains("publish it on naba.raw.example_org"), "{letters}");
    // a header that a letter brings along is not believed afterwards either
    assert!(naba(&broker, &["dead", "redrive", "--reason", "source_mismatch"]).0);
    let raw = naba(&broker, &["tail", "raw", "--once", "--json"]).1;
    let again: Vec<&str> = raw.lines().filter(|line| line.contains(".again.")).collect();
    assert!(again.len() == 3 && !again.concat().contains("999999"), "{raw}");
}

/// What the streams hold counts, also where today's version or configuration would know an article by another key.
#[tokio::test(flavor = "multi_thread")]
async fn records_are_found_by_their_place_too() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let gateway = ["sources.speak_for_others=[\"gather\"]"];
    let _services = ["ingest", "clean", "enrich"]
        .map(|stage| Service::start_with(stage, &broker.url, &topology, &gateway));
    for number in 0..3 {
        let sent = jetstream.publish("naba.raw.gather", articles::raw(number, 2).into()).await.expect("sent");
        sent.await.expect("stored");
    }
    broker.wait_for(&jetstream, "NABA_ENRICHED", 3).await;
    // without the configuration, ingest would refuse these today
    let (good, said) = naba(&broker, &["audit", "--json"]);
    let counts: Value = serde_json::from_str(&said).expect("JSON");
    let of = |key: &str| counts["gather"][key].as_u64().unwrap_or_default();
    assert!(good && of("enriched") + of("under_way") == 3, "{said}");
}
