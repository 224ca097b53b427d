//! What runs beside a pump as long as it runs: keeps an engine's rules up to date, groups stories, looks at the broker.
//! One that panics is started again, counted, and makes the service unready until it has held for a while.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio_util::task::AbortOnDropHandle;

use crate::broker::Broker;
use crate::health::Ready;
use crate::metrics;
use crate::shutdown::Stop;
use crate::worker::panic_message;

/// How patient one is with a task that panics.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// The pause before it is started again; it doubles with every further time.
    pause: Duration,
    pause_max: Duration,
    /// One that was started again and has run so long is well.
    well_after: Duration,
}

const PATIENCE: Patience = Patience {
    pause: Duration::from_secs(1),
    pause_max: Duration::from_secs(60),
    well_after: Duration::from_secs(10),
};

/// A task beside the pump. It ends when it is told to stop, or when it has nothing to do.
#[derive(Clone)]
pub struct Companion {
    /// Its name in logs and metrics.
    pub name: &'static str,
    start: Arc<dyn Fn(Broker, Stop) -> BoxFuture<'static, ()> + Send + Sync>,
}

impl std::fmt::Debug for Companion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Companion").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Companion {
    /// A task that is started by a function, again when it panics.
    pub fn new(
        name: &'static str,
        start: impl Fn(Broker, Stop) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self { name, start: Arc::new(start) }
    }

    /// Runs it beside a stage.
    pub(crate) async fn run(self, stage: &'static str, broker: Broker, ready: Ready, stop: Stop) {
        let start = || (self.start)(broker.clone(), stop.clone());
        supervise(stage, self.name, &ready, &stop, start).await;
    }
}

/// Runs a task until it ends by itself. Dropped, it takes the task along.
pub(crate) async fn supervise<F: Future<Output = ()> + Send + 'static>(
    stage: &'static str,
    name: &'static str,
    ready: &Ready,
    stop: &Stop,
    start: impl Fn() -> F,
) {
    supervise_with(PATIENCE, stage, name, ready, stop, start).await;
}

async fn supervise_with<F: Future<Output = ()> + Send + 'static>(
    patience: Patience,
    stage: &'static str,
    name: &'static str,
    ready: &Ready,
    stop: &Stop,
    start: impl Fn() -> F,
) {
    let (mut pause, mut down) = (patience.pause, None);
    loop {
        metrics::companion(stage, name, true);
        let mut task = AbortOnDropHandle::new(tokio::spawn(start()));
        let ended = tokio::select! {
            ended = &mut task => ended,
            () = tokio::time::sleep(patience.well_after) => {
                (pause, down) = (patience.pause, None);
                task.await
            }
        };
        let Err(error) = ended else { return };
        metrics::companion(stage, name, false);
        let Ok(panic) = error.try_into_panic() else { return };
        metrics::companion_restart(stage, name);
        down.get_or_insert_with(|| ready.companion_down());
        let panic = panic_message(panic.as_ref());
        tracing::error!(
            stage,
            task = name,
            panic,
            again_in_s = pause.as_secs(),
            "a task beside the stage panicked"
        );
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(patience.pause_max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Patience, Stop, supervise_with};
    use crate::health::Ready;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    #[tokio::test]
    async fn one_that_panics_is_started_again() {
        let (ready, stop, starts) = (Ready::default(), Stop::new(), Arc::new(AtomicU32::new(0)));
        ready.set(true);
        let ms = Duration::from_millis;
        let patience = Patience { pause: ms(20), pause_max: ms(40), well_after: ms(60) };
        let task = tokio::spawn({
            let (ready, stop, starts) = (ready.clone(), stop.clone(), Arc::clone(&starts));
            async move {
                let start = || {
                    let (stop, number) = (stop.clone(), starts.fetch_add(1, Ordering::Relaxed));
                    async move {
                        assert!(number >= 2, "on purpose");
                        stop.cancelled().await;
                    }
                };
                supervise_with(patience, "test", "panics twice", &ready, &stop, start).await;
            }
        });
        while ready.get() {
            tokio::task::yield_now().await;
        }
        assert_eq!(ready.troubles(), ["a task beside the stage panicked and is being started again"]);
        while !ready.get() {
            tokio::task::yield_now().await;
        }
        assert_eq!(starts.load(Ordering::Relaxed), 3);
        stop.cancel();
        task.await.expect("it ends when it is told to");
    }
}
