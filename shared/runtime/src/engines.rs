//! The threads that engines run on: as many as there are processors, and always the same ones, because
//! automata keep caches of megabytes for every thread that ever ran them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};

type Job = Box<dyn FnOnce() + Send>;

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
    /// No more jobs than threads are ever under way, so that the queue is no buffer.
    free: Semaphore,
    jobs: mpsc::SyncSender<Job>,
    queue: Arc<Queue>,
}

struct Queue {
    jobs: Mutex<mpsc::Receiver<Job>>,
    /// Threads that were given up while they ran: so many leave when they come back.
    surplus: AtomicUsize,
}

impl Engines {
    /// Starts one thread a processor.
    pub(crate) fn start() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (jobs, receiver) = mpsc::sync_channel(threads);
        let queue = Arc::new(Queue { jobs: Mutex::new(receiver), surplus: AtomicUsize::new(0) });
        (0..threads).for_each(|_| Queue::thread(&queue));
        Self { free: Semaphore::new(threads), jobs, queue }
    }

    /// Runs something on one of the threads, waiting for a free one first.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NoAnswer> {
        let _permit = self.free.acquire().await.map_err(|_| NoAnswer::Ended)?;
        let (answer, answered) = oneshot::channel();
        let job = move || {
            // nobody listens any more when the time was up
            let _ = answer.send(work());
        };
        self.jobs.try_send(Box::new(job)).map_err(|_| NoAnswer::Ended)?;
        if let Ok(answer) = tokio::time::timeout(limit, answered).await {
            return answer.map_err(|_| NoAnswer::Ended);
        }
        self.queue.surplus.fetch_add(1, Ordering::Relaxed);
        Queue::thread(&self.queue);
        Err(NoAnswer::TookTooLong)
    }
}

impl Queue {
    fn thread(queue: &Arc<Self>) {
        let queue = Arc::clone(queue);
        let name = std::thread::Builder::new().name("engine".to_owned());
        // without a thread the others go on, and a stage without any answers «took too long»
        let _ = name.spawn(move || queue.work());
    }

    fn work(&self) {
        loop {
            let next = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = next else { return };
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
