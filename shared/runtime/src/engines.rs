//! The threads that engines run on: as many as there are processors, and always the same ones, because
//! automata keep caches of megabytes for every thread that ever ran them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use tokio::sync::{Semaphore, oneshot};

type Job = Box<dyn FnOnce() + Send>;

/// How many jobs there are for each thread, the one that it runs among them: one that ends its job finds the next without
/// being woken for it. More would be a buffer.
const AHEAD: usize = 4;

/// Why a run has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// Its time is up. Its thread is left to it, and another has taken the thread's place.
    TookTooLong,
    /// Its thread ended.
    Ended,
}

/// The engines' threads.
pub(crate) struct Engines {
    /// As many as fit into the queue, with those that run.
    free: Semaphore,
    jobs: Sender<Job>,
    queue: Queue,
}

#[derive(Clone)]
struct Queue {
    jobs: Receiver<Job>,
    /// Threads that were given up while they ran: so many leave when they come back.
    surplus: Arc<AtomicUsize>,
}

impl Engines {
    /// Starts one thread a processor.
    pub(crate) fn start() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (jobs, receiver) = crossbeam_channel::bounded(threads * AHEAD);
        let queue = Queue { jobs: receiver, surplus: Arc::default() };
        (0..threads).for_each(|_| queue.thread());
        Self { free: Semaphore::new(threads * AHEAD), jobs, queue }
    }

    /// Runs something on one of the threads, waiting for its turn first. The limit is on how long it runs.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NoAnswer> {
        let _permit = self.free.acquire().await.map_err(|_| NoAnswer::Ended)?;
        let (answer, mut answered) = oneshot::channel();
        let begun = Arc::new(OnceLock::new());
        let job = {
            let begun = Arc::clone(&begun);
            move || {
                begun.get_or_init(Instant::now);
                // nobody listens any more when the time was up
                let _ = answer.send(work());
            }
        };
        self.jobs.try_send(Box::new(job)).map_err(|_| NoAnswer::Ended)?;
        let mut left = limit;
        while !left.is_zero() {
            if let Ok(answer) = tokio::time::timeout(left, &mut answered).await {
                return answer.map_err(|_| NoAnswer::Ended);
            }
            let ran = begun.get().map_or(Duration::ZERO, Instant::elapsed);
            left = limit.saturating_sub(ran);
        }
        self.queue.surplus.fetch_add(1, Ordering::Relaxed);
        self.queue.thread();
        Err(NoAnswer::TookTooLong)
    }
}

impl Queue {
    fn thread(&self) {
        let queue = self.clone();
        let name = std::thread::Builder::new().name("engine".to_owned());
        // without a thread the others go on, and a stage without any answers «took too long»
        let _ = name.spawn(move || queue.work());
    }

    fn work(&self) {
        while let Ok(job) = self.jobs.recv() {
            let _ = catch_unwind(AssertUnwindSafe(job));
            let leaves = |surplus: usize| surplus.checked_sub(1);
            if self.surplus.fetch_update(Ordering::Relaxed, Ordering::Relaxed, leaves).is_ok() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Engines, NoAnswer};
    use std::sync::mpsc;
    use std::time::Duration;

    #[tokio::test]
    async fn a_thread_that_hangs_is_replaced() {
        let engines = Engines::start();
        let long = Duration::from_secs(60);
        let (release, hangs) = mpsc::sync_channel::<()>(0);
        let hung = engines.run(Duration::from_millis(1), move || hangs.recv().is_ok()).await;
        assert_eq!(hung, Err(NoAnswer::TookTooLong));
        for number in 0..20 {
            assert_eq!(engines.run(long, move || number).await, Ok(number));
        }
        assert_eq!(engines.run(long, || panic!("on purpose")).await, Err::<(), _>(NoAnswer::Ended));
        drop(release);
        for number in 0..20 {
            assert_eq!(engines.run(long, move || number).await, Ok(number));
        }
    }
}
