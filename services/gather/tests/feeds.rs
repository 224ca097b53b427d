//! Feeds against a real broker and a real server on loopback.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use gather::feeds::registry::{Feed, Follow, Kind, Registry};
use gather::fetch::{Conditions, FetchConfig, FetchError, Fetcher};
use naba_record::Raw;
use naba_runtime::Broker;
use naba_runtime::broker::BrokerConfig;
use naba_testkit::broker::{TestBroker, WAIT};
use naba_testkit::process::Service;

/// When each feed was asked for, and whether the second edition is out.
#[derive(Debug, Default)]
struct Press {
    asked: Mutex<HashMap<String, Vec<Instant>>>,
    second_edition: std::sync::atomic::AtomicBool,
}

impl Press {
    fn note(&self, name: &str) {
        self.asked.lock().expect("the list").entry(name.to_owned()).or_default().push(Instant::now());
    }

    fn asked(&self, name: &str) -> usize {
        self.asked.lock().expect("the list").get(name).map_or(0, Vec::len)
    }
}

fn rss(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>صحيفة</title>{items}</channel></rss>")
}

async fn feed(State(press): State<Arc<Press>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    press.note(&name);
    let second = press.second_edition.load(std::sync::atomic::Ordering::SeqCst);
    let etag = if second { "\"2\"" } else { "\"1\"" };
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == etag) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut items = String::new();
    for number in 0..3 {
        let changed = if second && number == 0 { " (تحديث)" } else { "" };
        items.push_str(&format!(
            "<item><guid>{name}-{number}</guid><title>خبر {number} من {name}{changed}</title><description>{}</description></item>",
            "نص الخبر المحلي. ".repeat(10)
        ));
    }
    ([(header::ETAG, etag)], rss(&items)).into_response()
}

async fn teaser(State(press): State<Arc<Press>>, headers: HeaderMap) -> Response {
    press.note("teaser");
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    let item = |page: &str| {
        format!(
            "<item><link>http://{host}/{page}</link><title>خبر</title><description>مقدمة {page}</description></item>"
        )
    };
    rss(&(item("page/open") + &item("page/closed") + &item("page/missing"))).into_response()
}

async fn page(Path(name): Path<String>) -> Response {
    if name == "missing" {
        return StatusCode::NOT_FOUND.into_response();
    }
    ([(header::CONTENT_TYPE, "text/html; charset=windows-1256")], format!("<p>{name}</p>")).into_response()
}

async fn serve(press: Arc<Press>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new()
        .route("/feed/{name}", get(feed))
        .route("/teaser", get(teaser))
        .route("/page/{name}", get(page))
        .route("/robots.txt", get(|| async { "User-agent: naba-gather\nDisallow: /page/closed\n" }))
        .route("/moved", get(|| async { Redirect::permanent("/feed/moved") }))
        .route(
            "/gone",
            get(|State(press): State<Arc<Press>>| async move {
                press.note("gone");
                StatusCode::GONE
            }),
        )
        .route("/inwards", get(|| async { Redirect::temporary("http://127.0.0.1:1/") }))
        .route("/round", get(|| async { Redirect::temporary("/round") }))
        .route("/large", get(|| async { vec![b'x'; 300_000] }))
        .with_state(press);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

struct House {
    broker: TestBroker,
    topology: std::path::PathBuf,
    registry: Registry,
    press: Arc<Press>,
    address: SocketAddr,
}

impl House {
    async fn start() -> Self {
        let broker = TestBroker::start().await;
        let topology = broker.topology();
        let config = BrokerConfig {
            url: broker.url.clone(),
            topology_file: Some(topology.clone()),
            ..BrokerConfig::default()
        };
        let client = Broker::connect(&config, "test").await.expect("a connection");
        client.topology.apply(&client.jetstream).await.expect("streams");
        let registry = Registry::open(&client).await.expect("the bucket");
        let press = Arc::new(Press::default());
        let address = serve(Arc::clone(&press)).await;
        Self { broker, topology, registry, press, address }
    }

    async fn add(&self, path: &str, follow: Follow) -> Feed {
        let url = format!("http://{}/{path}", self.address);
        let feed = Feed { url, kind: Kind::Feed, source: Some(path.replace('/', "-")), follow };
        assert!(self.registry.add(&feed).await.expect("it is added"));
        feed
    }

    fn gather(&self) -> Service {
        let set = [
            "gather.fetch.allow_private=true",
            "gather.fetch.host_pause_ms=0",
            "gather.fetch.answer_ms_max=1000",
            "gather.feeds.interval_seconds_min=1",
            "gather.feeds.interval_seconds_max=2",
            "gather.feeds.lease_seconds=3",
        ];
        Service::start_with("gather", &self.broker.url, &self.topology, &set)
    }

    async fn raw(&self) -> Vec<Raw> {
        let jetstream = self.broker.jetstream().await;
        let messages = self.broker.messages(&jetstream, "NABA_RAW").await;
        messages.iter().map(|message| serde_json::from_slice(&message.payload).expect("an article")).collect()
    }
}

/// Waits until something is so.
async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + WAIT;
    while !so().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_are_read_once_and_their_changes_sent() {
    let house = House::start().await;
    let feed = house.add("feed/a", Follow::Never).await;
    house.add("gone", Follow::Never).await;
    house.add("moved", Follow::Never).await;
    house.add("teaser", Follow::Teaser).await;
    let _gather = house.gather();
    let jetstream = house.broker.jetstream().await;
    house.broker.wait_for(&jetstream, "NABA_RAW", 9).await;
    until("the feed is asked again", async || house.press.asked("a") >= 3).await;
    let articles = house.raw().await;
    assert_eq!(articles.len(), 9, "an unchanged feed is not sent again");
    let of = |source: &str| {
        articles.iter().filter(|article| article.source.as_deref() == Some(source)).collect::<Vec<_>>()
    };
    assert_eq!((of("feed-a").len(), of("moved").len()), (3, 3));
    let ids: Vec<_> = of("feed-a").iter().filter_map(|article| article.source_id.clone()).collect();
    assert_eq!(ids, ["a-2", "a-1", "a-0"], "the newest comes last");

    let pages = of("teaser");
    let with_page: Vec<_> = pages.iter().filter(|article| article.bytes_base64.is_some()).collect();
    assert_eq!(with_page.len(), 1, "robots.txt and 404 leave the feed's text: {pages:?}");
    assert_eq!(with_page[0].charset.as_deref(), Some("windows-1256"));
    assert!(pages.iter().any(|article| article.text.as_deref() == Some("مقدمة page/closed")));

    house.press.second_edition.store(true, std::sync::atomic::Ordering::SeqCst);
    // of three items each, one has changed
    house.broker.wait_for(&jetstream, "NABA_RAW", 11).await;
    assert_eq!(house.press.asked("gone"), 1, "410 ends a feed");
    until("the new address is remembered", async || {
        let moved = Feed { url: format!("http://{}/moved", house.address), ..feed.clone() };
        house.registry.state(&moved.key()).await.expect("a state").0.moved.is_some()
    })
    .await;
    assert!(house.registry.remove(&feed.url).await.expect("it is removed"));
    assert!(!house.registry.remove(&feed.url).await.expect("it is gone"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_share_the_feeds_and_one_may_die() {
    const FEEDS: usize = 60;
    let house = House::start().await;
    for number in 0..FEEDS {
        house.add(&format!("feed/f{number}"), Follow::Never).await;
    }
    let (first, _second) = (house.gather(), house.gather());
    let jetstream = house.broker.jetstream().await;
    house.broker.wait_for(&jetstream, "NABA_RAW", FEEDS as u64).await;
    first.kill();
    house.broker.wait_for(&jetstream, "NABA_RAW", (FEEDS * 3) as u64).await;
    house.press.second_edition.store(true, std::sync::atomic::Ordering::SeqCst);
    house.broker.wait_for(&jetstream, "NABA_RAW", (FEEDS * 4) as u64).await;
    until("every feed was asked after the change", async || {
        (0..FEEDS).all(|number| house.press.asked(&format!("f{number}")) >= 3)
    })
    .await;
    let mut items: Vec<_> = house.raw().await.into_iter().map(|raw| (raw.source_id, raw.title)).collect();
    assert_eq!(items.len(), FEEDS * 4, "no item is lost and none is sent twice");
    items.sort();
    items.dedup();
    assert_eq!(items.len(), FEEDS * 4);
    // the shortest interval is a second; a feed that two replicas fetched would have been asked sooner
    let asked = house.press.asked.lock().expect("the list");
    let soonest = asked.values().flat_map(|times| times.windows(2).map(|pair| pair[1] - pair[0])).min();
    assert!(soonest.is_some_and(|soonest| soonest >= Duration::from_millis(900)), "{soonest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_private_is_fetched() {
    let address = serve(Arc::new(Press::default())).await;
    let fetcher = |allow_private: bool| {
        let config =
            FetchConfig { allow_private, bytes_max: 100_000, host_pause_ms: 0, ..FetchConfig::default() };
        Fetcher::new(&config).expect("a fetcher")
    };
    let get = async |allow_private: bool, url: &str| {
        fetcher(allow_private).get(url, &Conditions::default()).await.expect_err("it is refused")
    };
    for url in [
        format!("http://{address}/feed/a"),
        "http://localhost:1/".to_owned(),
        "http://[::ffff:127.0.0.1]/".to_owned(),
    ] {
        let error = get(false, &url).await;
        assert!(matches!(error, FetchError::Private { .. }), "{url}: {error:?}");
    }
    for url in ["file:///etc/passwd", "ftp://a.example/", "no address"] {
        assert!(matches!(get(true, url).await, FetchError::BadAddress { .. }), "{url}");
    }
    assert!(matches!(get(true, &format!("http://{address}/large")).await, FetchError::TooLarge { .. }));
    assert!(matches!(get(true, &format!("http://{address}/round")).await, FetchError::Redirects { .. }));
    // a redirect is looked at as the first address is; 127.0.0.1:1 would be refused by the system otherwise
    let inwards = get(true, &format!("http://{address}/inwards")).await;
    assert!(matches!(inwards, FetchError::Failed(_)), "{inwards:?}");
}
