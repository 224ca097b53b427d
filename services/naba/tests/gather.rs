//! From the address of a feed to records, as the guide says it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;

use naba_testkit::broker::TestBroker;
use naba_testkit::process::Service;

const FEED: &str = "<rss version=\"2.0\"><channel><title>صحيفة الوادي</title><item><guid>1</guid><title>البلدية تفتتح الجسر الجديد</title><description>افتتح رئيس البلدية صباح اليوم الجسر الجديد الذي يربط ضفتي النهر وسط المدينة، بعد ثلاث سنوات من العمل المتواصل فيه.</description></item></channel></rss>";

/// Answers every request with the feed.
fn press() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4_096]);
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", FEED.len());
            let _ = stream.write_all([head.as_bytes(), FEED.as_bytes()].concat().as_slice());
        }
    });
    format!("http://{address}/rss.xml")
}

fn naba(url: &str, args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_naba"));
    command.args(args);
    if !url.is_empty() {
        command.args(["--nats", url]);
    }
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (output.status.success(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_feed_to_records() {
    let broker = TestBroker::start().await;
    let topology = broker.topology();
    let file = format!("broker.topology_file={}", topology.display());
    let (good, said) = naba(&broker.url, &["topology", "apply", "--set", &file]);
    assert!(good, "{said}");
    let _stages = ["ingest", "clean", "enrich"].map(|stage| Service::start(stage, &broker.url, &topology));
    let set = ["gather.fetch.allow_private=true", "gather.fetch.host_pause_ms=0"];
    let _gather = Service::start_with("gather", &broker.url, &topology, &set);

    let feed = press();
    let (good, said) =
        naba(&broker.url, &["gather", "add", &feed, "--source", "wadi.example", "--follow", "never"]);
    assert!(good && said.contains("added"), "{said}");
    let jetstream = broker.jetstream().await;
    broker.wait_for(&jetstream, "NABA_ENRICHED", 1).await;
    let record = &broker.messages(&jetstream, "NABA_ENRICHED").await[0];
    let record: serde_json::Value = serde_json::from_slice(&record.payload).expect("a record");
    assert_eq!(record["title"], "البلدية تفتتح الجسر الجديد");
    assert_eq!(record["source"], "wadi.example");

    // the state is written after the article
    let deadline = tokio::time::Instant::now() + naba_testkit::broker::WAIT;
    loop {
        let (good, said) = naba(&broker.url, &["gather", "ls"]);
        assert!(good && said.contains(&feed), "{said}");
        if said.contains("1 articles sent") {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{said}");
    }
    let list = topology.with_file_name("feeds.opml");
    std::fs::write(&list, format!("<opml><body><outline xmlUrl=\"{feed}\"/></body></opml>")).expect("a file");
    let (good, said) = naba(&broker.url, &["gather", "import", &list.display().to_string()]);
    assert!(good && said.contains("0 added, 1 already there"), "its settings stay: {said}");
    let (good, said) = naba(&broker.url, &["gather", "rm", &feed]);
    assert!(good, "{said}");
    let (good, said) = naba(&broker.url, &["gather", "rm", &feed]);
    assert!(!good && said.contains("naba gather ls"), "{said}");
    let (good, said) = naba(&broker.url, &["gather", "add", "no address"]);
    assert!(!good && said.contains("write https://"), "{said}");
}

#[test]
fn a_token_is_shown_once_and_kept_as_a_hash() {
    let (good, said) = naba("", &["gather", "token", "wire desk", "--source", "example.org"]);
    assert!(good, "{said}");
    let token = said.split("Bearer ").nth(1).and_then(|rest| rest.lines().next()).expect("a token");
    let hash = blake3::hash(token.as_bytes()).to_hex();
    assert!(said.contains(&format!("blake3 = \"{hash}\"")), "{said}");
    assert!(said.contains("sources = [\"example.org\"]") && said.contains("name = \"wire desk\""), "{said}");
}
