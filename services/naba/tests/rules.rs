//! Rules while everything runs: pushed, refused, learned, accepted; and what an operator does with rule files.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use naba_record::Enriched;
use naba_testkit::articles;
use naba_testkit::broker::TestBroker;
use naba_testkit::process::Service;

fn naba(args: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_naba")).args(args).output().expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).expect("UTF-8"))
}

const FOOTER: &str = "القافلة والمنارة والبيدر على موعد كل مساء";
const OWN: &str = r#"
[[rule]]
id = "own.footer"
kind = "social"
scope = "line"
where = "tail"
sources = ["example.org"]
pattern = '^القافله والمناره'
provoked_by = "a footer of our own"
positive = ["القافلة والمنارة والبيدر على موعد كل مساء"]
negative = ["القافلة في الطريق"]
"#;

struct Newsroom {
    broker: TestBroker,
    jetstream: async_nats::jetstream::Context,
    published: u64,
}

impl Newsroom {
    fn naba(&self, args: &[&str]) -> (bool, String) {
        naba(&[args, &["--nats", &self.broker.url]].concat())
    }

    /// Publishes an article that ends with the footer, and waits for its record.
    async fn article(&mut self) -> Enriched {
        self.published += 1;
        let mut raw: serde_json::Value =
            serde_json::from_slice(&articles::raw(self.published, 4)).expect("JSON");
        let text = format!("{}\n{FOOTER}", raw["text"].as_str().expect("a text"));
        raw["text"] = text.into();
        let payload = serde_json::to_vec(&raw).expect("JSON");
        let sent = self.jetstream.publish("naba.raw.example_org", payload.into()).await.expect("it is sent");
        sent.await.expect("it is stored");
        self.broker.wait_for(&self.jetstream, "NABA_ENRICHED", self.published).await;
        let stream = self.jetstream.get_stream("NABA_ENRICHED").await.expect("the stream");
        let last = stream.get_raw_message(self.published).await.expect("the record");
        serde_json::from_slice(&last.payload).expect("a record")
    }

    /// Publishes until the footer goes, by the rule that takes it.
    async fn until_it_goes(&mut self) -> String {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        loop {
            let record = self.article().await;
            if let Some(cut) = record.removed.iter().find(|cut| cut.text == FOOTER) {
                return cut.rule.clone();
            }
            assert!(record.body.ends_with(FOOTER), "{}", record.body);
            assert!(tokio::time::Instant::now() < deadline, "the rules have not changed");
        }
    }
}

async fn newsroom() -> (Newsroom, Vec<Service>) {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let set = ["rules.share_seconds=1"];
    let start = |stage| Service::start_with(stage, &broker.url, &topology, &set);
    let services = ["ingest", "clean", "enrich"].map(start).into();
    (Newsroom { broker, jetstream, published: 0 }, services)
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

/// Pushed rules take over without a restart, carry their version, and go again; a mistake changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn rules_are_pushed_into_running_services() {
    let (mut newsroom, _services) = newsroom().await;
    let folder = tempfile::tempdir().expect("a folder");
    let own = file(&folder, "own.toml", OWN);
    let before = newsroom.article().await;
    assert!(before.body.ends_with(FOOTER), "{}", before.body);
    let (pushed, said) = newsroom.naba(&["rules", "push", own.to_str().expect("UTF-8")]);
    assert!(pushed, "{said}");
    let version = said.trim().rsplit(' ').next().expect("a version").to_owned();
    assert_eq!(newsroom.until_it_goes().await, "own.footer");
    let after = newsroom.article().await;
    let stage = after.trace.stages.iter().find(|stage| stage.stage == "clean").expect("a trace");
    assert!(stage.version.ends_with(&version), "{} {version}", stage.version);
    assert!(newsroom.naba(&["rules", "pull"]).1.contains("own.footer"));
    for (mistake, expected) in [
        (OWN.replace("scope", "scop"), "unknown field `scop`"),
        (OWN.replace("'^القافله والمناره'", "'القافلة'"), "write `ه`"),
        (OWN.replace("positive = [\"القافلة", "positive = [\"الناقة"), "must match «الناقة"),
    ] {
        let bad = file(&folder, "bad.toml", &mistake);
        let (pushed, said) = newsroom.naba(&["rules", "push", bad.to_str().expect("UTF-8")]);
        assert!(!pushed && said.contains(expected), "{said}");
    }
    let (audited, said) = newsroom.naba(&["audit", "--payloads"]);
    assert!(audited, "{said}");
    assert!(newsroom.naba(&["rules", "push", "--remove", "own.toml"]).0);
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    while !newsroom.article().await.body.ends_with(FOOTER) {
        assert!(tokio::time::Instant::now() < deadline, "the rule is still in use");
    }
}

/// What an outlet repeats is proposed, survives a kill, and goes when somebody says so.
#[tokio::test(flavor = "multi_thread")]
async fn furniture_is_learned_while_everything_runs() {
    let (mut newsroom, mut services) = newsroom().await;
    for _ in 0..12 {
        newsroom.article().await;
    }
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    let line = loop {
        let said = newsroom.naba(&["rules", "mine"]).1;
        let footer = naba_lexicon::folded(FOOTER);
        if let Some(line) = said.lines().find(|line| line.contains(&footer)) {
            break line.to_owned();
        }
        assert!(tokio::time::Instant::now() < deadline, "{said}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let id = line.split_whitespace().next().expect("an id").to_owned();
    // the counts are in the bucket: a service that is killed takes nothing with it
    services.remove(1).kill();
    let clean = Service::start_with(
        "clean",
        &newsroom.broker.url,
        &newsroom.broker.topology(),
        &["rules.share_seconds=1"],
    );
    let (accepted, said) = newsroom.naba(&["rules", "accept", "example.org", &id]);
    assert!(accepted && said.contains("1 rules in learned.toml"), "{said}");
    assert_eq!(newsroom.until_it_goes().await, id);
    drop(clean);
}

/// Where somebody has said so beforehand, what is met often enough goes without another word.
#[tokio::test(flavor = "multi_thread")]
async fn accepting_can_be_automatic() {
    let (mut newsroom, _services) = newsroom().await;
    let (switched, said) = newsroom.naba(&["rules", "accept", "example.org", "--automatic", "on"]);
    assert!(switched, "{said}");
    let rule = newsroom.until_it_goes().await;
    assert!(rule.starts_with("learned."), "{rule}");
    assert!(newsroom.published > u64::from(naba_clean::learn::AUTOMATIC_COUNT_MIN), "{}", newsroom.published);
}

/// Rule files without a broker: listed, checked, tried on articles, mined.
#[test]
fn rule_files_are_tried_before_they_are_pushed() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = file(&folder, "own.toml", OWN);
    let own = own.to_str().expect("UTF-8");
    let listed = naba(&["rules", "ls", "--rules", own]).1;
    assert!(listed.starts_with("own.footer") && listed.contains("example.org"), "{listed}");
    let linted = naba(&["rules", "lint", "--rules", own]).1;
    assert!(linted.lines().last().is_some_and(|line| line.starts_with("0 errors")), "{linted}");
    assert!(naba(&["rules", "test", "--rules", own]).1.ends_with("all hold\n"));
    let lines: Vec<String> = (0..20)
        .map(|number| {
            let mut raw: serde_json::Value = serde_json::from_slice(&articles::raw(number, 4)).expect("JSON");
            raw["text"] = format!("{}\n{FOOTER}", raw["text"].as_str().expect("a text")).into();
            raw["source"] = "example.org".into();
            raw.to_string()
        })
        .collect();
    let articles = file(&folder, "articles.ndjson", &lines.join("\n"));
    let articles = articles.to_str().expect("UTF-8");
    let covered = naba(&["rules", "coverage", articles, "--rules", own]).1;
    assert!(covered.contains("own.footer") && covered.contains("rules never fired"), "{covered}");
    let mined = naba(&["rules", "mine", articles]).1;
    assert!(mined.contains("learned.") && mined.contains("example.org"), "{mined}");
    let toml = file(&folder, "learned.toml", &naba(&["rules", "mine", articles, "--toml"]).1);
    let learned = toml.to_str().expect("UTF-8");
    assert!(naba(&["rules", "coverage", articles, "--rules", learned]).1.contains("  learned."));
}
