//! A short run of `make soak` with fixed seeds.

use naba_testkit::soak::{Soak, run};

/// Services and the broker are killed, hung, terminated and doubled; nothing is lost, nothing doubled.
#[tokio::test(flavor = "multi_thread")]
async fn the_promise_holds_under_chaos() {
    let report = run(&Soak { seed: 20_261_124, articles: 1_200, seconds: 18, calm: false }).await;
    assert!(report.is_good(), "{report}");
    assert!(report.audit.get("dead").is_some_and(|dead| *dead > 0), "{report}");
}
