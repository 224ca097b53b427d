//! One measurement: a fresh pipeline, a warm-up, the load, and the figures.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::figures::{Figures, Latency};
use crate::load::{Articles, Load, Sent, arrivals, send};
use crate::pipeline::{Pipeline, Services, Setup};
use crate::process::{Binaries, Usage};

/// Articles before the clock starts, for the caches of every engine's threads, and where their numbers begin.
pub const WARM_UP: usize = 100;
const WARM_UP_FIRST: u64 = 1_000_000;
/// How long the warm-up may take.
const WARM_UP_MAX: Duration = Duration::from_secs(60);
/// How often the broker is asked how many records are stored.
const LOOK: Duration = Duration::from_millis(10);
/// Everything that is read of finished records.
const FINISHED: &str = "naba.enriched.>";

/// This program, in its own books.
const PUBLISHER: &str = "publisher";

/// What came out of a load.
struct Flow {
    sent: Sent,
    delivered: usize,
    /// When the last record came.
    last: Instant,
    delivered_while_sending: Option<usize>,
    latency: Option<Latency>,
}

/// Sets up, warms up, loads, and takes everything down again.
///
/// # Errors
/// When something does not start, or ends on its own.
pub async fn measure(binaries: &Binaries, setup: Setup, load: Load) -> anyhow::Result<Figures> {
    let articles = Arc::new(Articles::generate(0, load.articles, setup.services));
    let pipeline = Pipeline::start(binaries, setup).await?;
    warm_up(&pipeline, setup.services).await?;
    let before = pipeline.usage()?;
    let own_before = Usage::of(PUBLISHER, &[std::process::id()])?;
    let started = Instant::now();
    let flow = match load.gap {
        None => flat_out(&pipeline, &articles, load).await?,
        Some(_) => paced(&pipeline, &articles, setup.services, load).await?,
    };
    let usage = pipeline.usage()?.into_iter().map(|usage| usage.since(&before)).collect();
    let publisher = Usage::of(PUBLISHER, &[std::process::id()])?.since(&[own_before]);
    let dead = pipeline.dead().await?;
    pipeline.stop().await?;
    let started = flow.sent.at.first().copied().unwrap_or(started);
    let elapsed_s = (flow.last - started).as_secs_f64();
    let figures = Figures {
        articles: load.articles,
        article_bytes: articles.bytes_mean(),
        sent: flow.sent.at.len(),
        stored: flow.sent.stored,
        delivered: flow.delivered,
        delivered_while_sending: flow.delivered_while_sending,
        dead,
        sending_s: (flow.sent.ended - started).as_secs_f64(),
        elapsed_s,
        articles_per_second: flow.delivered as f64 / elapsed_s.max(f64::EPSILON),
        latency: flow.latency,
        usage,
        publisher_cpu_s: publisher.cpu_s,
        problem: None,
    };
    Ok(figures.judged(load))
}

/// Brings [`WARM_UP`] articles through before anything is measured: threads, caches and connections are there then.
///
/// # Errors
/// When they do not come through in time.
pub async fn warm_up(pipeline: &Pipeline, services: Services) -> anyhow::Result<()> {
    let articles = Articles::generate(WARM_UP_FIRST, WARM_UP, services);
    send(&pipeline.jetstream, &articles, Load::flat_out(WARM_UP)).await;
    let (finished, _) = until_finished(pipeline, WARM_UP, Instant::now() + WARM_UP_MAX).await?;
    anyhow::ensure!(finished == WARM_UP, "{finished} of {WARM_UP} articles came through the warm-up");
    Ok(())
}

/// Publishes as fast as the broker takes, until so many records are stored. Nobody reads the records, so that
/// carrying them out costs nothing here.
async fn flat_out(pipeline: &Pipeline, articles: &Arc<Articles>, load: Load) -> anyhow::Result<Flow> {
    let until = Instant::now() + load.whole_max();
    let sending = {
        let (jetstream, articles) = (pipeline.jetstream.clone(), Arc::clone(articles));
        tokio::spawn(async move { send(&jetstream, &articles, load).await })
    };
    let (finished, last) = until_finished(pipeline, WARM_UP + load.articles, until).await?;
    let sent = sending.await.context("publishing ended")?;
    let delivered = finished.saturating_sub(WARM_UP);
    Ok(Flow { sent, delivered, last, delivered_while_sending: None, latency: None })
}

/// Publishes at a rate, and notes when each record arrives at a plain subscription.
async fn paced(
    pipeline: &Pipeline,
    articles: &Arc<Articles>,
    services: Services,
    load: Load,
) -> anyhow::Result<Flow> {
    let records = pipeline.client.subscribe(FINISHED).await.context("no subscription")?;
    pipeline.client.flush().await.context("the broker does not answer")?;
    let until = Instant::now() + load.whole_max();
    let receiving = {
        let articles = Arc::clone(articles);
        tokio::spawn(async move { arrivals(records, &articles, services, until).await })
    };
    let sent = send(&pipeline.jetstream, articles, load).await;
    let arrived = receiving.await.context("receiving ended")?;
    let delivered = arrived.iter().flatten().count();
    // what never came was waited for until the end
    let last =
        arrived.iter().flatten().max().copied().filter(|_| delivered == load.articles).unwrap_or(until);
    let last_sent = sent.at.last().copied().unwrap_or(until);
    let took = sent
        .at
        .iter()
        .zip(&arrived)
        .filter_map(|(sent, arrived)| Some(arrived.as_ref()?.duration_since(*sent)));
    let latency = Latency::of(took.map(|took| took.as_secs_f64() * 1e3).collect());
    Ok(Flow {
        delivered,
        delivered_while_sending: Some(
            arrived.iter().flatten().filter(|arrived| **arrived <= last_sent).count(),
        ),
        last,
        latency,
        sent,
    })
}

/// Looks until so many records are stored or the time is up: how many are, and when that was seen.
///
/// # Errors
/// When the broker does not answer.
pub async fn until_finished(
    pipeline: &Pipeline,
    records: usize,
    until: Instant,
) -> anyhow::Result<(usize, Instant)> {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let finished = usize::try_from(pipeline.finished().await?).unwrap_or(usize::MAX);
        let now = Instant::now();
        if finished >= records || now >= until {
            return Ok((finished, now));
        }
    }
}
