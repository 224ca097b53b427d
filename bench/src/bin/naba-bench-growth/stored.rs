//! The pipeline on a broker whose streams are long already: the pump and the broker without engines, because engines know
//! nothing of what is stored.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use naba_bench::load::{Articles, Load, send};
use naba_bench::measure::{WARM_UP, until_finished, warm_up};
use naba_bench::pipeline::{Pipeline, Services, Setup, SyncInterval};
use naba_bench::process::Binaries;

use crate::{Curve, Point};

/// Records in each stream.
const STORED: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Articles of the usual size that are timed at each length.
const TIMED: usize = 4_000;
/// How many tiny articles are made at once.
const CHUNK: usize = 10_000;
/// The least that the pipeline is given for anything, and for every article.
const LEAST: Duration = Duration::from_secs(60);
const ARTICLE: Duration = Duration::from_millis(5);

/// Articles a second and the broker's memory by what the streams hold.
pub(crate) fn curve(quick: bool) -> anyhow::Result<Curve> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let points = runtime.block_on(grow(&STORED[..if quick { 1 } else { STORED.len() }]))?;
    Ok(Curve {
        name: "stored",
        title: "Three hops without engines, by what every stream has stored",
        grows: "messages in each of four streams",
        memory: "broker, resident",
        points,
    })
}

async fn grow(lengths: &[usize]) -> anyhow::Result<Vec<Point>> {
    let binaries = Binaries::find(vec![])?;
    let setup = Setup { services: Services::Identity, sync_interval: SyncInterval::Default, replicas: 1 };
    let pipeline = Pipeline::start(&binaries, setup).await?;
    warm_up(&pipeline, Services::Identity).await?;
    let (mut stored, mut number) = (WARM_UP, 10_000_000);
    let mut points = vec![];
    for length in lengths {
        let started = Instant::now();
        while stored < *length {
            let count = CHUNK.min(*length - stored);
            pass(&pipeline, &Articles::tiny(number, count), &mut stored, count).await?;
            number += count as u64;
        }
        let ready_s = started.elapsed().as_secs_f64();
        let articles = Articles::generate(number, TIMED, Services::Identity);
        number += TIMED as u64;
        let started = Instant::now();
        pass(&pipeline, &articles, &mut stored, TIMED).await?;
        let seconds = started.elapsed().as_secs_f64();
        let usage = pipeline.usage()?;
        let broker = usage.last().context("the broker keeps books")?;
        points.push(Point {
            at: *length as f64,
            articles_per_second: TIMED as f64 / seconds,
            memory_mib: broker.resident_mib,
            ready_s,
        });
    }
    pipeline.stop().await?;
    Ok(points)
}

/// Publishes articles and waits until all have come through.
async fn pass(
    pipeline: &Pipeline,
    articles: &Articles,
    stored: &mut usize,
    count: usize,
) -> anyhow::Result<()> {
    send(&pipeline.jetstream, articles, Load::flat_out(count)).await;
    *stored += count;
    let until = tokio::time::Instant::now() + LEAST + ARTICLE * u32::try_from(count).unwrap_or(u32::MAX);
    let (finished, _) = until_finished(pipeline, *stored, until).await?;
    anyhow::ensure!(finished >= *stored, "{finished} of {stored} came through");
    Ok(())
}
