//! Back-pressure: a stage pauses while the one after it is too far behind.
//!
//! A stream does not shrink when it is consumed, so its fullness says nothing about whether anybody reads
//! it; the reader's own lag does. With every stage pausing for the next, a stalled one is felt by the
//! publishers as "full, try again", and not by anybody's memory.

use std::time::Duration;

use tokio::sync::watch;

use crate::broker::Broker;
use crate::metrics;
use crate::shutdown::Stop;

/// How often the next stage's lag is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Whether the next stage keeps up.
#[derive(Debug)]
pub(crate) struct Pressure(Option<watch::Receiver<bool>>);

impl Pressure {
    /// Watches the consumer after this stage until told to stop; without one, always open.
    pub(crate) fn watch(
        broker: &Broker,
        stage: &'static str,
        next: Option<&'static str>,
        lag_max: u64,
        stop: Stop,
    ) -> Self {
        let Some(next) = next else { return Self(None) };
        let (paused, watched) = watch::channel(false);
        let broker = broker.clone();
        tokio::spawn(async move {
            loop {
                // a broker that does not answer changes nothing: the pull and the publications notice
                if let Some(lag) = lag(&broker, next).await {
                    metrics::lag(next, lag);
                    // it opens again at half, so that it does not flutter
                    let now = if *paused.borrow() { lag > lag_max / 2 } else { lag > lag_max };
                    if paused.send_replace(now) != now {
                        metrics::paused(stage, now);
                        tracing::warn!(
                            stage,
                            next,
                            lag,
                            lag_max,
                            paused = now,
                            "the next stage is {}",
                            if now { "too far behind: pausing" } else { "near again: going on" }
                        );
                    }
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        });
        Self(Some(watched))
    }

    /// Waits until the next stage keeps up.
    pub(crate) async fn wait_until_open(&self) {
        if let Some(watched) = &self.0 {
            // a watch that has ended is a service that is stopping
            let _ = watched.clone().wait_for(|paused| !paused).await;
        }
    }
}

/// How many records wait for a consumer.
pub(crate) async fn lag(broker: &Broker, consumer: &str) -> Option<u64> {
    let spec = broker.topology.consumer(consumer).ok()?;
    let stream = broker.jetstream.get_stream_no_info(&spec.stream).await.ok()?;
    let info = stream.consumer_info(consumer).await.ok()?;
    Some(info.num_pending + info.num_ack_pending as u64)
}
