//! A broker with TLS, passwords and the permissions of `deploy/nats`, that enforces them.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::{self, consumer};
use naba_testkit::broker::TestBroker;
use naba_testkit::process::Service;
use naba_testkit::{articles, root};

const USERS: [&str; 6] = ["ingest", "clean", "enrich", "publisher", "consumer", "operator"];
/// `deploy/nats/permissions.conf` with passwords, an NKey user and a certificate.
fn settings(folder: &Path) -> String {
    let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()])
        .expect("a certificate");
    std::fs::write(folder.join("certificate.pem"), certified.cert.pem()).expect("a file");
    std::fs::write(folder.join("key.pem"), certified.signing_key.serialize_pem()).expect("a file");
    let user = nkeys::KeyPair::new_user();
    std::fs::write(folder.join("user.nk"), user.seed().expect("a seed")).expect("a file");
    let mut text =
        std::fs::read_to_string(root().join("deploy/nats/permissions.conf")).expect("the permissions");
    for user in USERS {
        text =
            text.replace(&format!("$NABA_{}_PASSWORD", user.to_uppercase()), &format!("\"secret-{user}\""));
    }
    let text = text.replace(
        "    # everything:",
        &format!("    {{ nkey: \"{}\" }}\n    # everything:", user.public_key()),
    );
    let folder = folder.display();
    format!("{text}\ntls {{ cert_file: \"{folder}/certificate.pem\", key_file: \"{folder}/key.pem\" }}")
}

struct Secured {
    broker: TestBroker,
    folder: tempfile::TempDir,
}

impl Secured {
    async fn start() -> Self {
        let folder = tempfile::TempDir::new().expect("a folder");
        let broker = TestBroker::start_with(settings(folder.path())).await;
        Self { broker, folder }
    }

    fn authority(&self) -> String {
        format!("broker.tls_ca_file={}", self.folder.path().join("certificate.pem").display())
    }

    fn naba(&self, args: &[&str], login: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_naba"))
            .args(args)
            .args(["--nats", &self.broker.url, "--set", &self.authority()])
            .args(login.iter().flat_map(|set| ["--set", set]))
            .output()
            .expect("it runs");
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    }

    async fn connect(&self, user: &str, inbox: &str) -> jetstream::Context {
        let options = ConnectOptions::with_user_and_password(user.to_owned(), format!("secret-{user}"))
            .add_root_certificates(self.folder.path().join("certificate.pem"))
            .require_tls(true)
            .custom_inbox_prefix(inbox);
        let mut jetstream = jetstream::new(options.connect(&self.broker.url).await.expect("a connection"));
        jetstream.set_timeout(Duration::from_millis(700));
        jetstream
    }
}

/// The whole pipeline runs with the permissions, and each service can do nothing beyond its own.
#[tokio::test(flavor = "multi_thread")]
async fn services_have_the_permissions_they_need_and_no_more() {
    let secured = Secured::start().await;
    let operator = ["broker.user=operator", "broker.password=secret-operator"];
    let topology = secured.broker.topology();
    let file = format!("broker.topology_file={}", topology.display());
    let (good, said) = secured.naba(&["topology", "apply", "--set", &file], &operator);
    assert!(good, "{said}");
    let start = |stage: &str| {
        let (user, password) = (format!("broker.user={stage}"), format!("broker.password=secret-{stage}"));
        let set = [&user, &password, &secured.authority(), "rules.share_seconds=1"];
        Service::start_with(stage, &secured.broker.url, &topology, &set)
    };
    let _services = ["ingest", "clean", "enrich"].map(start);
    let publisher = secured.connect("publisher", "_INBOX").await;
    for payload in [articles::raw(1, 4), articles::raw(1, 5), articles::raw(2, 4), b"{\"text\": ".to_vec()] {
        let sent = publisher.publish("naba.raw.example_org", payload.into()).await.expect("sent");
        sent.await.expect("a publisher may publish");
    }
    let admin = secured.connect("operator", "_INBOX").await;
    secured.broker.wait_for(&admin, "NABA_ENRICHED", 3).await;
    // enrich may write the log of stories
    secured.broker.wait_for(&admin, "NABA_STORY", 1).await;
    secured.broker.wait_for(&admin, "NABA_DEAD", 1).await;
    let (good, said) = secured.naba(&["audit", "--payloads"], &operator);
    assert!(good, "{said}");
    let (good, said) =
        secured.naba(&["tail", "--once"], &["broker.user=consumer", "broker.password=secret-consumer"]);
    assert!(good && said.lines().count() == 3, "{said}");
    // what clean counts reaches the bucket, and nobody else may write there
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    while admin.get_stream("KV_NABA_RULES").await.map_or(0, |bucket| bucket.cached_info().state.messages) == 0
    {
        assert!(tokio::time::Instant::now() < deadline, "clean has shared nothing");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for (user, subject) in [
        ("enrich", "$KV.NABA_RULES.rules"),
        ("publisher", "$KV.NABA_RULES.rules"),
        ("consumer", "$KV.NABA_RULES.rules"),
        ("ingest", "naba.raw.x"),
        ("ingest", "naba.cleaned.x.1.1"),
        ("ingest", "naba.dead.clean.x.y.1"),
        ("clean", "naba.raw.x"),
        ("clean", "naba.enriched.x.ar.1.1"),
        ("enrich", "naba.ingested.x.1.1"),
        ("publisher", "naba.enriched.x.ar.1.1"),
        ("consumer", "naba.raw.x"),
    ] {
        let jetstream = secured.connect(user, &format!("_INBOX_{user}")).await;
        let sent = jetstream.publish(subject, "x".into()).await.expect("it leaves");
        assert!(sent.await.is_err(), "{user} must not publish {subject}");
    }
    for (user, stream) in [
        ("ingest", "NABA_ENRICHED"),
        ("clean", "NABA_RAW"),
        ("enrich", "NABA_INGESTED"),
        ("publisher", "NABA_RAW"),
        ("consumer", "NABA_RAW"),
    ] {
        let jetstream = secured.connect(user, &format!("_INBOX_{user}")).await;
        let config = pull::Config { ack_policy: AckPolicy::None, ..pull::Config::default() };
        let made: Result<consumer::PullConsumer, _> =
            jetstream.create_consumer_on_stream(config, stream).await;
        assert!(made.is_err(), "{user} must not read {stream}");
    }
    let held =
        async |name: &str| admin.get_stream(name).await.expect("a stream").cached_info().state.messages;
    assert_eq!((held("NABA_RAW").await, held("NABA_INGESTED").await, held("NABA_ENRICHED").await), (4, 3, 3));
}

/// Wrong passwords are refused with a clear word that has no password in it; an NKey opens; a certificate
/// that nobody vouches for does not.
#[tokio::test(flavor = "multi_thread")]
async fn logins_are_checked() {
    let secured = Secured::start().await;
    let (good, said) =
        secured.naba(&["topology", "check"], &["broker.user=operator", "broker.password=hunter2"]);
    assert!(!good && said.contains("authorization") && !said.contains("hunter2"), "{said}");
    let file = format!("broker.nkey_file={}", secured.folder.path().join("user.nk").display());
    let (good, said) = secured.naba(&["topology", "apply"], &[&file]);
    assert!(good, "{said}");
    let bare = Command::new(env!("CARGO_BIN_EXE_naba"))
        .args(["topology", "check", "--nats", &secured.broker.url, "--set", "broker.connect_wait_ms=500"])
        .args(["--set", "broker.user=operator", "--set", "broker.password=secret-operator"])
        .output()
        .expect("it runs");
    assert!(!bare.status.success(), "a stranger's certificate is refused");
}

/// A broker that would lose acknowledged articles in a power cut is refused where durability is required.
#[tokio::test(flavor = "multi_thread")]
async fn a_forgetful_broker_is_refused() {
    let durable = TestBroker::start().await;
    let forgetful = TestBroker::start_with("jetstream: { sync_interval: \"10s\" }".to_owned()).await;
    for (broker, expected) in [(&durable, true), (&forgetful, false)] {
        let monitor = broker
            .server
            .as_ref()
            .and_then(|server| server.monitor_url.clone())
            .expect("a monitoring address");
        let config = naba_runtime::broker::BrokerConfig {
            url: broker.url.clone(),
            monitor_url: Some(monitor),
            require_durable: true,
            ..naba_runtime::broker::BrokerConfig::default()
        };
        let checked = naba_runtime::durable::check(&config).await;
        assert_eq!(checked.is_ok(), expected, "{checked:?}");
    }
    let silent = naba_runtime::broker::BrokerConfig { require_durable: true, ..Default::default() };
    assert!(naba_runtime::durable::check(&silent).await.is_err());
}
