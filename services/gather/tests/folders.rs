//! Folders against a real broker.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use gather::folders::{After, FolderConfig, FoldersConfig, run};
use gather::store::Store;
use naba_runtime::Stop;
use naba_testkit::broker::{TestBroker, WAIT};

struct House {
    broker: TestBroker,
    jetstream: async_nats::jetstream::Context,
    folder: tempfile::TempDir,
}

impl House {
    async fn start() -> Self {
        let broker = TestBroker::start().await;
        let jetstream = broker.jetstream().await;
        let stream = async_nats::jetstream::stream::Config {
            name: "NABA_RAW".to_owned(),
            subjects: vec!["naba.raw.>".to_owned()],
            ..Default::default()
        };
        jetstream.create_stream(stream).await.expect("a stream");
        Self { broker, jetstream, folder: tempfile::tempdir().expect("a folder") }
    }

    fn watch(&self, after: After) -> Stop {
        let path = self.folder.path().to_owned();
        let folder = FolderConfig { path, source: Some("example.org".to_owned()), after };
        let config = FoldersConfig { look_ms: 20, settled_ms: 100, ..FoldersConfig::default() };
        let stop = Stop::new();
        tokio::spawn(run(folder, config, Store::new(self.jetstream.clone(), 64), stop.clone()));
        stop
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).expect("a file");
    }

    async fn holds(&self, messages: u64) {
        self.broker.wait_for(&self.jetstream, "NABA_RAW", messages).await;
        let held = self.broker.messages(&self.jetstream, "NABA_RAW").await.len() as u64;
        assert_eq!(held, messages);
    }
}

async fn until_there(path: &Path) {
    let deadline = Instant::now() + WAIT;
    while !path.exists() {
        assert!(Instant::now() < deadline, "{} has not come", path.display());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    encoder.write_all(bytes).expect("it packs");
    encoder.finish().expect("it packs")
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_taken_once_also_after_a_restart() {
    let house = House::start().await;
    house.write("a.txt", "نص الخبر".as_bytes());
    house.write("b.ndjson.gz", &gzip(b"{\"text\": \"1\"}\n\n{\"text\": \"2\"}\n"));
    house.write("c.pdf", b"none of ours");
    house.write(".hidden.txt", b"none of ours");
    let stop = house.watch(After::Keep);
    house.holds(3).await;
    stop.cancel();
    let first = &house.broker.messages(&house.jetstream, "NABA_RAW").await[0];
    assert_eq!(first.subject.as_str(), "naba.raw.example_org");
    assert_eq!(
        first.headers.get("Naba-Source-Id").map(|id| id.as_str().to_owned()).as_deref(),
        Some("a.txt")
    );
    // after a restart only what is new is taken
    let _stop = house.watch(After::Move);
    house.write("d.html", "<p>خبر".as_bytes());
    until_there(&house.folder.path().join("done/d.html")).await;
    house.holds(4).await;
    assert!(house.folder.path().join("a.txt").exists(), "what was taken before stays");
    // the same name with other bytes is another article
    house.write("a.txt", "نص آخر للخبر".as_bytes());
    house.holds(5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_being_written_waits_and_a_broken_one_says_why() {
    let house = House::start().await;
    let _stop = house.watch(After::Delete);
    house.write("broken.ndjson.gz", b"no gzip");
    house.write("broken.warc", b"no archive\n");
    let path = house.folder.path().join("slow.txt");
    let mut slow = std::fs::File::create(&path).expect("a file");
    for _ in 0..20 {
        slow.write_all("كلمة ".as_bytes()).expect("it is written");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(slow);
    house.holds(1).await;
    let stored = &house.broker.messages(&house.jetstream, "NABA_RAW").await[0];
    assert_eq!(stored.payload.len(), "كلمة ".len() * 20, "the whole file");
    for name in ["broken.ndjson.gz", "broken.warc"] {
        let failed = house.folder.path().join("failed");
        until_there(&failed.join(format!("{name}.reason"))).await;
        assert!(failed.join(name).exists());
    }
}
