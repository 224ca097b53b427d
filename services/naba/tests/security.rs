//! A broker with TLS, passwords and the permissions of `deploy/nats`, that enforces them.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::{self, consumer};
use futures_util::StreamExt as _;
use naba_testkit::broker::TestBroker;
use naba_testkit::process::Service;
use naba_testkit::{articles, root};

const USERS: [&str; 7] = ["ingest", "clean", "enrich", "gather", "publisher", "consumer", "operator"];

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
        let url = format!("broker.url={}", self.broker.url);
        self.naba_at(args, &[&[url.as_str()], login].concat())
    }

    /// The same, at an address that is set.
    fn naba_at(&self, args: &[&str], login: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_naba"))
            .args(args)
            .args(["--set", &self.authority()])
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
    let text = std::fs::read_to_string(&topology).expect("the topology");
    let text = text.replace("consumers_max = 1_000", &format!("consumers_max = {CONSUMERS_MAX}"));
    std::fs::write(&topology, text).expect("the topology");
    let file = format!("broker.topology_file={}", topology.display());
    let (good, said) = secured.naba(&["topology", "apply", "--set", &file], &operator);
    assert!(good, "{said}");
    let start = |stage: &str| {
        let (user, password) = (format!("broker.user={stage}"), format!("broker.password=secret-{stage}"));
        let set = [&user, &password, &secured.authority(), "rules.share_seconds=1"];
        Service::start_with(stage, &secured.broker.url, &topology, &set)
    };
    let _services = ["ingest", "clean", "enrich", "gather"].map(start);
    let publisher = secured.connect("publisher", "_INBOX_publisher").await;
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
    while admin.get_stream("KV_NABA_LEARNED").await.map_or(0, |bucket| bucket.cached_info().state.messages)
        == 0
    {
        assert!(tokio::time::Instant::now() < deadline, "clean has shared nothing");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for (user, subject) in [
        ("gather", "$KV.NABA_RULES.rules"),
        ("gather", "naba.ingested.x.1.1"),
        ("ingest", "$KV.NABA_FEEDS.feed.x"),
        ("enrich", "$KV.NABA_RULES.rules"),
        ("enrich", "$KV.NABA_LEARNED.x"),
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
    for user in USERS.iter().filter(|user| **user != "operator") {
        check_inboxes(&secured, user).await;
    }
    check_reader(&secured).await;
    let (good, said) =
        secured.naba(&["tail"], &["broker.user=publisher", "broker.password=secret-publisher"]);
    assert!(!good && said.contains("Permissions Violation") && !said.contains("JetStream is not"), "{said}");
}

/// A user hears answers in its own inbox, and nobody else's: the operator's hold raw articles.
async fn check_inboxes(secured: &Secured, user: &str) {
    let jetstream = secured.connect(user, &format!("_INBOX_{user}")).await;
    let (client, operator) = (jetstream.client(), secured.connect("operator", "_INBOX").await.client());
    let others = USERS.iter().filter(|other| **other != user).map(|other| format!("_INBOX_{other}.>"));
    let mut heard = vec![];
    // its own comes last: when that one works, all before it have been judged
    for inbox in ["_INBOX.>".to_owned()].into_iter().chain(others).chain([format!("_INBOX_{user}.>")]) {
        heard.push(client.subscribe(inbox).await.expect("it is asked"));
    }
    let mut heard = futures_util::stream::select_all(heard);
    let say = async |inbox: String, what: &'static str| {
        operator.publish(inbox, what.into()).await.expect("sent");
    };
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while tokio::time::timeout(Duration::from_millis(100), heard.next()).await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "{user} does not hear its own inbox");
        say(format!("_INBOX_{user}.x"), "try").await;
    }
    say("_INBOX.x".to_owned(), "secret").await;
    for other in USERS {
        say(format!("_INBOX_{other}.x"), "secret").await;
    }
    say(format!("_INBOX_{user}.x"), "last").await;
    let mut subjects = vec![];
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), heard.next()).await;
        let message = next.expect("its own inbox").expect("a message");
        match &message.payload[..] {
            b"last" => break,
            b"secret" => subjects.push(message.subject.to_string()),
            // answers to a service of that name, which runs
            _ => {}
        }
    }
    assert_eq!(subjects, [format!("_INBOX_{user}.x")]);
}

/// What the README shows works for a reader, who cannot make consumers without end.
async fn check_reader(secured: &Secured) {
    let python = format!(
        "import asyncio, nats, ssl\n\
         async def main():\n    \
             tls = ssl.create_default_context(cafile={:?})\n    \
             client = await nats.connect({:?}, tls=tls, user='consumer', password='secret-consumer', inbox_prefix='_INBOX_consumer')\n    \
             stream = client.jetstream()\n    \
             await stream.account_info()\n    \
             results = await stream.subscribe('naba.enriched.>', ordered_consumer=True)\n    \
             for _ in range(3):\n        \
                 print((await results.next_msg(timeout=20)).subject)\n    \
             await client.close()\n\
         asyncio.run(main())\n",
        secured.folder.path().join("certificate.pem").display().to_string(),
        secured.broker.url.replace("127.0.0.1", "localhost"),
    );
    let output = Command::new("python3")
        .args(["-c", &python])
        .env("PYTHONPATH", root().join("tools/python"))
        .output()
        .expect("Python runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.lines().count() == 3, "{said}{complaint}");
    let reader = secured.connect("consumer", "_INBOX_consumer").await;
    let mut made = 0;
    while made < CONSUMERS_MAX * 2 {
        let config = pull::Config { durable_name: Some(format!("d{made}")), ..pull::Config::default() };
        let one: Result<consumer::PullConsumer, _> =
            reader.create_consumer_on_stream(config, "NABA_ENRICHED").await;
        if one.is_err() {
            break;
        }
        made += 1;
    }
    assert!((1..=CONSUMERS_MAX).contains(&made), "{made} durables");
}

/// How many consumers the stream of records has room for here.
const CONSUMERS_MAX: usize = 20;

/// Wrong passwords are refused with a clear word that has no password in it; an NKey opens; a certificate
/// that nobody vouches for does not.
#[tokio::test(flavor = "multi_thread")]
async fn logins_are_checked() {
    let secured = Secured::start().await;
    let (good, said) =
        secured.naba(&["topology", "check"], &["broker.user=operator", "broker.password=hunter2"]);
    assert!(!good && said.contains("authorization") && !said.contains("hunter2"), "{said}");
    assert!(said.contains("refuses this login") && !said.contains("is nats-server running"), "{said}");
    // a login in the address works, and is printed nowhere
    let url = |password: &str| {
        let url = secured.broker.url.replace("nats://", &format!("nats://operator:{password}@"));
        format!("broker.url={url}")
    };
    let (good, said) = secured.naba_at(&["topology", "apply"], &[&url("secret%2Doperator")]);
    assert!(good && !said.contains("secret"), "{said}");
    let (good, said) = secured.naba_at(&["topology", "check"], &[&url("hunter2")]);
    assert!(!good && !said.contains("hunter2"), "{said}");
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
