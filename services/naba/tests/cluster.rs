//! Three servers, three copies of everything.

use std::process::Command;
use std::time::Duration;

use naba_runtime::server::signal;
use naba_testkit::articles;
use naba_testkit::broker::{TestCluster, WAIT};
use naba_testkit::process::Service;
use rustix::process::Signal;

async fn publish(jetstream: &async_nats::jetstream::Context, numbers: std::ops::Range<u64>) {
    for number in numbers {
        // a cluster that is electing a leader says no for a while
        loop {
            let sent = jetstream.publish("naba.raw.example_org", articles::raw(number, 4).into()).await;
            if let Ok(sent) = sent
                && sent.await.is_ok()
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// The three stages under a supervisor: one that has ended, because the cluster was without a leader for
/// longer than it believes, is started again.
struct Stages {
    running: Vec<(&'static str, Service)>,
    url: String,
    topology: std::path::PathBuf,
}

impl Stages {
    fn start(url: &str, topology: &std::path::Path) -> Self {
        let start = |stage| (stage, Service::start(stage, url, topology));
        let running = ["ingest", "clean", "enrich"].map(start).into();
        Self { running, url: url.to_owned(), topology: topology.to_owned() }
    }

    fn supervise(&mut self) {
        for (stage, service) in &mut self.running {
            if service.has_ended() {
                *service = Service::spawn(stage, &self.url, &self.topology, &[]);
            }
        }
    }
}

async fn wait_for(
    stages: &mut Stages,
    jetstream: &async_nats::jetstream::Context,
    stream: &str,
    messages: u64,
) {
    // after all servers have gone, every consumer elects its leader anew and open deliveries wait for the clock
    let deadline = tokio::time::Instant::now() + 8 * WAIT;
    loop {
        let held = jetstream.get_stream(stream).await.map_or(0, |stream| stream.cached_info().state.messages);
        if held >= messages {
            return;
        }
        stages.supervise();
        assert!(tokio::time::Instant::now() < deadline, "{stream} holds {held} of {messages}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The leader is killed under load and comes back, another server hangs and comes back, all three are killed
/// at once and come back: nothing is lost, nothing doubled.
#[tokio::test(flavor = "multi_thread")]
async fn the_promise_holds_on_a_cluster() {
    let mut cluster = TestCluster::start().await;
    let topology = cluster.topology();
    let jetstream = cluster.jetstream().await;
    let mut stages = Stages::start(&cluster.url, &topology);
    publish(&jetstream, 0..100).await;
    let load = tokio::spawn({
        let jetstream = jetstream.clone();
        async move { publish(&jetstream, 100..500).await }
    });
    wait_for(&mut stages, &jetstream, "NABA_ENRICHED", 50).await;
    let leader = cluster.leader(&jetstream, "NABA_INGESTED").await.expect("a leader");
    cluster.servers[leader].take().expect("a server").kill().await.expect("it is killed");
    // the two that are left go on
    wait_for(&mut stages, &jetstream, "NABA_ENRICHED", 200).await;
    cluster.restart(leader).await;
    let partitioned = (leader + 1) % 3;
    let pid = cluster.servers[partitioned].as_ref().expect("a server").pid;
    signal(pid, Signal::STOP).expect("it hangs");
    load.await.expect("everything is published");
    wait_for(&mut stages, &jetstream, "NABA_ENRICHED", 400).await;
    signal(pid, Signal::CONT).expect("it is back");
    wait_for(&mut stages, &jetstream, "NABA_ENRICHED", 500).await;
    // the whole cluster goes dark in the middle of a load, and comes back with what it had stored
    let load = tokio::spawn({
        let jetstream = jetstream.clone();
        async move { publish(&jetstream, 500..600).await }
    });
    wait_for(&mut stages, &jetstream, "NABA_RAW", 510).await;
    for server in &mut cluster.servers {
        server.take().expect("a server").kill().await.expect("it is killed");
    }
    for number in 0..3 {
        cluster.restart(number).await;
    }
    load.await.expect("everything is published");
    wait_for(&mut stages, &jetstream, "NABA_ENRICHED", 600).await;
    let deadline = tokio::time::Instant::now() + 4 * WAIT;
    loop {
        let audit = Command::new(env!("CARGO_BIN_EXE_naba"))
            .args(["audit", "--payloads", "--nats", &cluster.url, "--set"])
            .arg(format!("broker.topology_file={}", topology.display()))
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&audit.stdout).into_owned();
        let all: Vec<&str> = said.lines().last().unwrap_or_default().split_whitespace().collect();
        // source, raw, again, inputs, enriched, dead, dropped, under way, missing, doubled, different
        if audit.status.success() && all.get(3..) == Some(&["600", "600", "0", "0", "0", "0", "0", "0"]) {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{said}\n{}", String::from_utf8_lossy(&audit.stderr));
    }
}
