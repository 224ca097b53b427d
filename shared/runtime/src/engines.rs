//! The threads that engines run on: as many as there are processors, and always the same ones, because
//! automata keep caches of megabytes for every thread that ever ran them.
//!
//! A thread cannot be ended from outside. One whose article takes too long is left to it and another takes its place; it
//! leaves when it comes back. One that does not come back burns a processor, so that after a while the service
//! begins anew ([`Engines::hung`]).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use tokio::sync::{Semaphore, oneshot};

use crate::health::Ready;
use crate::metrics;

/// How many jobs there are for each thread, the one that it runs among them: one that ends its job finds the next without
/// being woken for it. More would be a buffer.
const AHEAD: usize = 4;
/// Threads that do not come back, for each thread that works: with more, the service begins anew at once.
const HUNG_MAX: usize = 4;
/// How often threads that do not come back are looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Why a run has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// Its time is up. Its thread is left to it, and another has taken the thread's place.
    TookTooLong,
    /// Its thread ended.
    Ended,
}

/// Engines that do not come to an end: only another process is without them.
#[derive(Debug, thiserror::Error)]
#[error("{stage}: {threads} engine threads do not come to an end (limits.hung_ms_max)")]
pub struct Hung {
    /// The stage.
    pub stage: &'static str,
    /// How many.
    pub threads: usize,
}

/// The engines' threads.
pub(crate) struct Engines {
    /// As many as fit into the queue, with those that run.
    free: Semaphore,
    jobs: Sender<Job>,
    queue: Queue,
}

struct Job {
    work: Box<dyn FnOnce() + Send>,
    run: Arc<Run>,
}

/// What a job's thread and whoever waits for it tell each other.
#[derive(Debug, Default)]
struct Run {
    begun: OnceLock<Instant>,
    state: AtomicU8,
}

/// States of a run.
const OPEN: u8 = 0;
const DONE: u8 = 1;
const LEFT: u8 = 2;

impl Run {
    /// Goes from open to another state; false when the other side was faster.
    fn becomes(&self, state: u8) -> bool {
        self.state.compare_exchange(OPEN, state, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

/// A run whose thread was given up, and since when.
type Left = (Arc<Run>, Instant);

#[derive(Clone)]
struct Queue {
    stage: &'static str,
    ready: Ready,
    jobs: Receiver<Job>,
    /// How many threads there should be, and how many take jobs.
    wanted: usize,
    working: Arc<AtomicUsize>,
    /// Runs whose thread has not come back.
    left: Arc<Mutex<Vec<Left>>>,
}

impl Engines {
    /// Starts one thread a processor.
    pub(crate) fn start(stage: &'static str, ready: Ready) -> Self {
        let wanted = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (jobs, receiver) = crossbeam_channel::bounded(wanted * AHEAD);
        let (working, left) = (Arc::default(), Arc::default());
        let queue = Queue { stage, ready, jobs: receiver, wanted, working, left };
        (0..wanted).for_each(|_| queue.thread());
        queue.tell();
        Self { free: Semaphore::new(wanted * AHEAD), jobs, queue }
    }

    /// Runs something on one of the threads, waiting for its turn first. The limit is on how long it runs.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NoAnswer> {
        let _permit = self.free.acquire().await.map_err(|_| NoAnswer::Ended)?;
        let (answer, mut answered) = oneshot::channel();
        let run = Arc::new(Run::default());
        let work = Box::new(move || {
            // nobody listens any more when the time was up
            let _ = answer.send(work());
        });
        let job = Job { work, run: Arc::clone(&run) };
        self.jobs.try_send(job).map_err(|_| NoAnswer::Ended)?;
        let mut left = limit;
        while !left.is_zero() {
            if let Ok(answer) = tokio::time::timeout(left, &mut answered).await {
                return answer.map_err(|_| NoAnswer::Ended);
            }
            let ran = run.begun.get().map_or(Duration::ZERO, Instant::elapsed);
            left = limit.saturating_sub(ran);
        }
        if !run.becomes(LEFT) {
            // it has just ended
            return answered.await.map_err(|_| NoAnswer::Ended);
        }
        self.queue.leave(run);
        Err(NoAnswer::TookTooLong)
    }

    /// Resolves when a thread that was left to its article has run on for too long, or there are too many of them.
    pub(crate) async fn hung(&self, limit: Duration) -> Hung {
        loop {
            {
                let left = self.queue.left();
                let is_old = left.iter().any(|(_, since)| since.elapsed() >= limit);
                if is_old || left.len() > self.queue.wanted * HUNG_MAX {
                    return Hung { stage: self.queue.stage, threads: left.len() };
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Queue {
    fn left(&self) -> std::sync::MutexGuard<'_, Vec<Left>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a run's thread up; another takes its place.
    fn leave(&self, run: Arc<Run>) {
        self.left().push((run, Instant::now()));
        self.working.fetch_sub(1, Ordering::Relaxed);
        self.thread();
        self.tell();
    }

    fn thread(&self) {
        let queue = self.clone();
        self.working.fetch_add(1, Ordering::Relaxed);
        let name = std::thread::Builder::new().name("engine".to_owned());
        if let Err(error) = name.spawn(move || queue.work()) {
            self.working.fetch_sub(1, Ordering::Relaxed);
            tracing::error!(stage = self.stage, %error, "there is no thread for the engine");
        }
    }

    /// Says in readiness and metrics how many threads there are.
    fn tell(&self) {
        let hung = self.left().len();
        metrics::hung_threads(self.stage, hung);
        // with as many that burn a processor as there are processors, those that work hardly do
        self.ready.engines_work(self.working.load(Ordering::Relaxed) >= self.wanted && hung < self.wanted);
    }

    fn work(&self) {
        while let Ok(job) = self.jobs.recv() {
            job.run.begun.get_or_init(Instant::now);
            let _ = catch_unwind(AssertUnwindSafe(job.work));
            if !job.run.becomes(DONE) {
                // this thread was given up, and another has its place
                self.left().retain(|(run, _)| !Arc::ptr_eq(run, &job.run));
                self.tell();
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Engines, NoAnswer};
    use crate::health::Ready;
    use std::sync::mpsc;
    use std::time::Duration;

    const LONG: Duration = Duration::from_secs(60);

    async fn check_that_all_work(engines: &Engines) {
        for number in 0..20 {
            assert_eq!(engines.run(LONG, move || number).await, Ok(number));
        }
        assert_eq!(engines.queue.working.load(super::Ordering::Relaxed), engines.queue.wanted);
    }

    #[tokio::test]
    async fn threads_that_hang_are_replaced_and_leave() {
        let ready = Ready::default();
        ready.set(true);
        let engines = Engines::start("test", ready.clone());
        let count = engines.queue.wanted + 2;
        let mut held = vec![];
        for _ in 0..count {
            let (release, hangs) = mpsc::sync_channel::<()>(0);
            held.push(release);
            let hung = engines.run(Duration::from_millis(1), move || hangs.recv().is_ok()).await;
            assert_eq!(hung, Err(NoAnswer::TookTooLong));
            // others come to their end between: these are not the ones that leave
            check_that_all_work(&engines).await;
        }
        assert_eq!(ready.troubles(), ["engine threads that do not come to an end"]);
        assert_eq!(engines.hung(Duration::ZERO).await.threads, count);
        assert_eq!(engines.run(LONG, || panic!("on purpose")).await, Err::<(), _>(NoAnswer::Ended));
        drop(held);
        let all_back = async {
            while !ready.get() || !engines.queue.left().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, all_back).await.expect("those that come back leave");
        check_that_all_work(&engines).await;
    }
}
