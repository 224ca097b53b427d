//! Which finished records print the same copy: an index beside the pump, and a log that all replicas share.
//!
//! Records are read in the order of `NABA_ENRICHED`. What each of them belongs to is written into the log
//! `naba.story.log`, a message for many records, with their sketches; so the index is nothing but the log read
//! again, and replicas that read the same log hold the same groups. Who writes first wins; whoever loses forgets
//! what it thought, reads the log again and follows, until nobody writes any more. For every record that joins a
//! group an update is published, `naba.story.<group>.<id>.<number>`, on the condition that it is not there. The
//! updates of one message of the log are all stored before the next message is written, and those of the last
//! message are published again after every start, so that no crash loses or doubles one.

mod index;

use std::sync::Arc;
use std::time::Duration;

use naba_lexicon::Lexicon;
use naba_record::{Agency, Basis};
use naba_runtime::service::StoriesConfig;
use naba_runtime::{Broker, Stop};
use tokio::time::Instant;

use index::Index;

/// The subject of the log.
pub const LOG: &str = "naba.story.log";
/// The pause before another look when there is nothing to do.
const LOOK: Duration = Duration::from_millis(250);
/// The pause after a fault of the world; it doubles with every further one, because the log is read again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
const LOOK_AGAIN_MAX: Duration = Duration::from_secs(60);
/// Records have waited so long, and nobody has written: a replica that follows writes itself.
const TAKE_OVER: Duration = Duration::from_secs(5);

/// Numbers that stand for an outlet, and for whose copy it says it prints: an agency that the text names is the
/// origin of everybody who names it.
pub fn outlet_and_origin(source: Option<&str>, agency: Option<&Agency>) -> (u32, u32) {
    let number = |text: &str| {
        let hash = blake3::hash(text.as_bytes());
        hash.as_bytes().iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte))
    };
    let outlet = number(source.unwrap_or_default());
    let agency = agency.filter(|agency| agency.basis == Basis::Text);
    (outlet, agency.and_then(|agency| agency.code.as_deref()).map_or(outlet, number))
}

/// Groups records until told to stop. A fault of the world only makes a pause: the log is read again.
pub async fn follow(lexicon: Arc<Lexicon>, limits: StoriesConfig, broker: Broker, stop: Stop) {
    let mut writes = true;
    let mut told = false;
    let mut pause = LOOK_AGAIN;
    while !stop.is_cancelled() {
        let ended = tokio::select! {
            () = stop.cancelled() => return,
            ended = group(&lexicon, limits, &broker, writes, &mut told) => ended,
        };
        match ended {
            // somebody else writes: follow
            Ok(()) => writes = false,
            Err(error) => {
                if !told {
                    tracing::warn!(
                        error = naba_runtime::shutdown::said(&error),
                        "stories are not grouped; trying again"
                    );
                }
                // one that came after good work begins anew
                pause = if told { (pause * 2).min(LOOK_AGAIN_MAX) } else { LOOK_AGAIN };
                told = true;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    }
}

/// Reads the log, then records, and writes what they belong to, until somebody else was faster.
async fn group(
    lexicon: &Arc<Lexicon>,
    limits: StoriesConfig,
    broker: &Broker,
    mut writes: bool,
    told: &mut bool,
) -> anyhow::Result<()> {
    let mut index = Index::open(Arc::clone(lexicon), limits, broker).await?;
    let mut waiting: Option<Instant> = None;
    let mut written = Instant::now();
    loop {
        if index.catch_up().await? {
            waiting = None;
            written = Instant::now();
        }
        // whoever wrote the last message may have died before its updates were stored
        if writes || written.elapsed() >= TAKE_OVER {
            index.publish().await?;
        }
        let first = index.records.at_any(index.next).await?;
        let Some(first) = first else {
            works_again(told);
            waiting = None;
            tokio::time::sleep(LOOK).await;
            continue;
        };
        let since = *waiting.get_or_insert_with(Instant::now);
        if !writes && since.elapsed() < TAKE_OVER {
            tokio::time::sleep(LOOK).await;
            continue;
        }
        writes = true;
        if !index.write(first).await? {
            return Ok(());
        }
        works_again(told);
        waiting = None;
    }
}

fn works_again(told: &mut bool) {
    if std::mem::take(told) {
        tracing::info!("stories are grouped again");
    }
}
