//! The HTTP door against a real broker: what is answered, what stands in the stream, and what a bad client can do.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use gather::config::GatherConfig;
use gather::http;
use gather::store::Store;
use naba_runtime::Stop;
use naba_testkit::broker::TestBroker;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A broker with a raw stream, and a door before it.
struct House {
    broker: TestBroker,
    jetstream: async_nats::jetstream::Context,
    address: SocketAddr,
    stop: Stop,
    folder: tempfile::TempDir,
}

const TOKEN: &str = "a-token-of-the-test";

impl House {
    /// `bytes_max` is the size of the raw stream; `section` is TOML under `[gather.http]`, `TOKENS` in it a file.
    async fn start(bytes_max: i64, section: &str) -> Self {
        let broker = TestBroker::start().await;
        let jetstream = broker.jetstream().await;
        let stream = async_nats::jetstream::stream::Config {
            name: "NABA_RAW".to_owned(),
            subjects: vec!["naba.raw.>".to_owned()],
            max_bytes: bytes_max,
            discard: async_nats::jetstream::stream::DiscardPolicy::New,
            ..Default::default()
        };
        jetstream.create_stream(stream).await.expect("a stream");
        let folder = tempfile::tempdir().expect("a folder");
        let tokens = folder.path().join("tokens.toml");
        let hash = blake3::hash(TOKEN.as_bytes()).to_hex();
        let text = format!("[[token]]\nname = \"desk\"\nblake3 = \"{hash}\"\nsources = [\"example.org\"]\n");
        std::fs::write(&tokens, text).expect("a file");
        let section = section.replace("TOKENS", &tokens.display().to_string());
        let table = format!("[http]\nlisten = \"127.0.0.1:0\"\n{section}");
        let config: GatherConfig = toml::from_str(&table).expect("a configuration");
        let stop = Stop::new();
        let store = Store::new(jetstream.clone(), config.http.in_flight_max);
        let address =
            http::open(&config.http, store, stop.clone()).await.expect("it opens").expect("an address");
        Self { broker, jetstream, address, stop, folder }
    }

    async fn post(&self, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = "POST /v1/articles HTTP/1.1\r\nHost: naba\r\nConnection: close\r\n".to_owned();
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        let (address, bytes) = (self.address, [head.as_bytes(), body].concat());
        tokio::task::spawn_blocking(move || exchange(address, &bytes)).await.expect("an answer")
    }

    async fn stored(&self) -> Vec<async_nats::jetstream::message::StreamMessage> {
        self.broker.messages(&self.jetstream, "NABA_RAW").await
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn lines(&self) -> Vec<Value> {
        self.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

/// Sends bytes and reads until the door closes the connection.
fn exchange(address: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a limit");
    // a door that refuses early closes before it has read everything
    let _ = stream.write_all(bytes);
    let mut answer = vec![];
    let _ = BufReader::new(stream).read_to_end(&mut answer);
    let answer = String::from_utf8(answer).expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

const JSON: (&str, &str) = ("Content-Type", "application/json");
const NDJSON: (&str, &str) = ("Content-Type", "application/x-ndjson");

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_means_that_the_broker_has_it() {
    let house = House::start(10_000_000, "").await;
    let article = json!({"source": "example.org", "text": "نص الخبر"}).to_string();
    let first = house.post(&[JSON], article.as_bytes()).await;
    assert_eq!(
        (first.status, first.json()),
        (202, json!({"stream": "NABA_RAW", "sequence": 1, "duplicate": false}))
    );
    let again = house.post(&[JSON], article.as_bytes()).await;
    assert_eq!(again.json(), json!({"stream": "NABA_RAW", "sequence": 1, "duplicate": true}));
    let key = ("Idempotency-Key", "7");
    let keyed = house.post(&[JSON, key], article.as_bytes()).await;
    assert_eq!(keyed.json()["sequence"], 2);
    let other = json!({"source": "example.org", "text": "نص آخر"}).to_string();
    assert_eq!(house.post(&[JSON, key], other.as_bytes()).await.json()["duplicate"], true);

    let page = "<p>خبر</p>".as_bytes();
    let headers = [
        ("Content-Type", "text/html; charset=windows-1256"),
        ("Naba-Source", "example.org"),
        ("Naba-Url", "https://example.org/1"),
    ];
    assert_eq!(house.post(&headers, page).await.status, 202);
    let stored = house.stored().await;
    let page = stored.last().expect("a message");
    let header = |name: &str| page.headers.get(name).map(|value| value.as_str().to_owned());
    assert_eq!(page.subject.as_str(), "naba.raw.example_org");
    assert_eq!(header("Content-Type").as_deref(), Some("text/html"));
    assert_eq!(header("Naba-Charset").as_deref(), Some("windows-1256"));
    assert_eq!(header("Naba-Url").as_deref(), Some("https://example.org/1"));
    assert_eq!(&stored[0].payload[..], article.as_bytes(), "JSON is passed on as it came");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_has_a_result_of_its_own() {
    let house = House::start(10_000_000, "").await;
    let body =
        "{\"text\": \"واحد\"}\n\n{\"text\": \"اثنان\", \"colour\": 1}\nno json\n{\"text\": \"ثلاثة\"}\n";
    let answer = house.post(&[NDJSON], body.as_bytes()).await;
    assert_eq!(answer.status, 207, "{answer:?}");
    let lines = answer.lines();
    assert_eq!(
        lines.iter().map(|line| line["line"].as_u64()).collect::<Vec<_>>(),
        [Some(1), Some(3), Some(4), Some(5)]
    );
    assert_eq!(lines[1]["problem"]["key"], "colour");
    assert_eq!(lines[1]["problem"]["allowed"][0], "source");
    assert_eq!(lines[2]["problem"]["error"], "invalid_json");
    assert_eq!(house.stored().await.len(), 2);
    assert_eq!(house.post(&[NDJSON], b"{\"text\": \"\xd8\xa3\"}").await.status, 202);
    let wrong = house.post(&[NDJSON], b"{}\n{}").await;
    assert_eq!(wrong.status, 422, "{wrong:?}");
    assert_eq!(house.post(&[NDJSON], b"\n\n").await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named() {
    let house = House::start(10_000_000, "body_bytes_max = 100000").await;
    let check = async |headers: &[(&str, &str)], body: &[u8], status: u16, says: &str| {
        let answer = house.post(headers, body).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.body.contains(says), "{answer:?} should say {says}");
    };
    check(&[JSON], b"{\"text\": 1}", 422, "line 1 column 10").await;
    check(&[JSON], b"{\"text\": \"a\", \"html\": \"b\"}", 422, "exactly one of").await;
    check(&[JSON], b"{\"withdrawn\": true, \"text\": \"a\"}", 422, "has no text").await;
    check(&[("Content-Type", "image/png")], b"x", 415, "image/png").await;
    check(&[], b"x", 415, "Content-Type is none").await;
    check(&[JSON], &vec![b' '; 100_001], 413, "more than 100000 bytes").await;
    check(&[JSON, ("Content-Encoding", "lzma")], b"x", 415, "lzma").await;
    check(&[JSON, ("Content-Encoding", "gzip")], b"x", 400, "not valid gzip").await;
    check(&[JSON, ("Content-Encoding", "gzip")], &gzip(&vec![b' '; 5_000_000]), 413, "unpacks to more").await;
    check(&[JSON, ("Idempotency-Key", &"k".repeat(3_000))], b"{\"text\": \"a\"}", 400, "idempotency-key")
        .await;
    assert!(house.stored().await.is_empty());
    check(&[JSON, ("Content-Encoding", "gzip")], &gzip(b"{\"text\": \"a\"}"), 202, "sequence").await;
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    encoder.write_all(bytes).expect("it packs");
    encoder.finish().expect("it packs")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_speaks_for_its_own_source_only() {
    let house = House::start(10_000_000, "tokens_file = \"TOKENS\"").await;
    let token = ("Authorization", &*format!("Bearer {TOKEN}"));
    let unnamed = br#"{"text": "a"}"#;
    let refused = house.post(&[JSON], unnamed).await;
    assert_eq!(refused.status, 401);
    assert!(refused.head.contains("www-authenticate: bearer"), "{refused:?}");
    assert_eq!(house.post(&[JSON, ("Authorization", "Bearer guess")], unnamed).await.status, 401);
    assert_eq!(house.post(&[JSON, token], br#"{"text": "a", "source": "victim.org"}"#).await.status, 403);
    assert_eq!(house.post(&[JSON, token], unnamed).await.status, 202);
    let lines =
        "{\"text\": \"b\", \"source\": \"victim.org\"}\n{\"text\": \"b\", \"source\": \"Example.org\"}";
    let answer = house.post(&[NDJSON, token], lines.as_bytes()).await;
    assert_eq!(
        (answer.status, answer.lines()[0]["problem"]["error"].as_str()),
        (207, Some("forbidden_source"))
    );
    let subjects = house.stored().await.into_iter().map(|message| message.subject.to_string());
    assert!(subjects.into_iter().all(|subject| subject == "naba.raw.example_org"));
    assert!(house.folder.path().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_or_dead_broker_says_try_again() {
    let mut house = House::start(2_000, "").await;
    let mut last = None;
    for number in 0..20 {
        let article = json!({"text": format!("{number} {}", "نبأ ".repeat(50))}).to_string();
        last = Some(house.post(&[JSON], article.as_bytes()).await);
    }
    let full = last.expect("an answer");
    assert_eq!(full.status, 503, "{full:?}");
    assert!(full.head.contains("retry-after: 5") && full.body.contains("is full"), "{full:?}");
    let lines = format!("{{}}\n{}", json!({"text": "نبأ ".repeat(60)}));
    assert_eq!(house.post(&[NDJSON], lines.as_bytes()).await.status, 503, "trying again helps");
    drop(house.broker.server.take());
    let away = house.post(&[JSON], br#"{"text": "a"}"#).await;
    assert_eq!(away.status, 503, "{away:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_and_huge_headers_keep_nobody_waiting() {
    let house = House::start(
        10_000_000,
        "connections_max = 8\nheaders_ms_max = 500\nbody_ms_max = 500\nheader_bytes_max = 8192",
    )
    .await;
    let half: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = TcpStream::connect(house.address).expect("a connection");
            stream.write_all(b"POST /v1/articles HTTP/1.1\r\nHost:").expect("it is sent");
            stream
        })
        .collect();
    let started = Instant::now();
    assert_eq!(house.post(&[JSON], br#"{"text": "a"}"#).await.status, 202, "all places were taken");
    assert!(started.elapsed() < Duration::from_secs(10));
    drop(half);
    let address = house.address;
    let slow = "POST /v1/articles HTTP/1.1\r\nHost: naba\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{";
    let slow =
        tokio::task::spawn_blocking(move || exchange(address, slow.as_bytes())).await.expect("an answer");
    assert_eq!(slow.status, 408, "{slow:?}");
    let huge = house.post(&[JSON, ("X-Long", &"x".repeat(20_000))], br#"{"text": "b"}"#).await;
    assert_eq!(huge.status, 431, "{huge:?}");
    house.stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_spoken_where_it_is_configured() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).expect("a file");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("a file");
    let section =
        format!("tls_cert_file = \"{}\"\ntls_key_file = \"{}\"", certificate.display(), key.display());
    let house = House::start(10_000_000, &section).await;
    assert_eq!(house.post(&[JSON], br#"{"text": "a"}"#).await.status, 0, "plain HTTP is not spoken");

    let mut roots = tokio_rustls::rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).expect("a root");
    let provider = std::sync::Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let client = tokio_rustls::rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(house.address).await.expect("a connection");
    let name = "localhost".try_into().expect("a name");
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(client));
    let mut stream = connector.connect(name, stream).await.expect("TLS");
    let request = "POST /v1/articles HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\na";
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = vec![];
    let _ = stream.read_to_end(&mut answer).await;
    assert!(answer.starts_with(b"HTTP/1.1 202"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_without_tokens_opens_on_loopback_only() {
    let config: GatherConfig = toml::from_str("[http]\nlisten = \"0.0.0.0:0\"").expect("a configuration");
    let broker = TestBroker::start().await;
    let store = Store::new(broker.jetstream().await, 1);
    let error = http::open(&config.http, store, Stop::new()).await.expect_err("a refusal");
    assert!(error.to_string().contains("tokens_file"), "{error:#}");
}

#[test]
fn the_description_is_the_committed_one() {
    naba_testkit::golden::check("schema/http.openapi.json", &gather::http::openapi::text());
}
