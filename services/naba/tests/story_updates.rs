//! Stories through real services: replicas of enrich that are killed one after another, and one log.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_nats::jetstream::Context;
use naba_record::{Enriched, StoryUpdate};
use naba_testkit::broker::{TestBroker, publish};
use naba_testkit::families;
use naba_testkit::process::Service;

/// How long the updates may take: a replica takes over after 5 s.
const WAIT: Duration = Duration::from_secs(60);
const STORIES: u64 = 12;

/// A story as an outlet prints it: so many of its ten sentences, and what it adds.
fn printed(story: u64, outlet: &str, sentences: usize, more: &str) -> Vec<u8> {
    let mut lines = families::story(story, sentences);
    lines.extend((!more.is_empty()).then(|| more.to_owned()));
    let article = serde_json::json!({
        "source": outlet,
        "source_id": format!("{story}"),
        "title": format!("كما ورد في {outlet} عن المشروع {story}"),
        "text": lines.join("\n"),
    });
    serde_json::to_vec(&article).expect("JSON")
}

/// Everything in `NABA_STORY` but the log: subject and update.
async fn updates(broker: &TestBroker, jetstream: &Context) -> Vec<(String, StoryUpdate)> {
    let messages = broker.messages(jetstream, "NABA_STORY").await;
    let updates = messages.into_iter().filter(|message| message.subject.as_str() != enrich::stories::LOG);
    updates
        .map(|message| {
            let update = serde_json::from_slice(&message.payload).expect("an update");
            (message.subject.to_string(), update)
        })
        .collect()
}

async fn wait_for_updates(broker: &TestBroker, jetstream: &Context, count: usize) {
    let deadline = tokio::time::Instant::now() + WAIT;
    loop {
        let held = updates(broker, jetstream).await.len();
        if held >= count {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "{held} updates after {WAIT:?}, not {count}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_are_killed_agree_on_every_group() {
    let broker = TestBroker::start().await;
    let jetstream = broker.jetstream().await;
    let topology = broker.topology();
    let start = |stage| Service::start(stage, &broker.url, &topology);
    let (_ingest, _clean) = (start("ingest"), start("clean"));
    let (first, second) = (start("enrich"), start("enrich"));
    let stories = usize::try_from(STORIES).expect("few");
    publish(&jetstream, (0..STORIES).map(|story| printed(story, "a.example", 10, ""))).await;
    // one that nobody else prints
    publish(&jetstream, [printed(100, "a.example", 10, "")]).await;
    broker.wait_for(&jetstream, "NABA_ENRICHED", STORIES + 1).await;
    first.kill();
    publish(&jetstream, (0..STORIES).map(|story| printed(story, "b.example", 10, ""))).await;
    wait_for_updates(&broker, &jetstream, stories).await;
    let third = start("enrich");
    second.kill();
    publish(&jetstream, (0..STORIES).map(|story| printed(story, "c.example", 8, ""))).await;
    wait_for_updates(&broker, &jetstream, 2 * stories).await;
    // one of the two writes the log and the other follows; whichever is left goes on
    let fourth = start("enrich");
    third.kill();
    let more = "وأضافت البلدية أن الافتتاح يكون يوم الخميس.";
    publish(&jetstream, [printed(0, "a.example", 10, more)]).await;
    wait_for_updates(&broker, &jetstream, 2 * stories + 1).await;
    let withdrawn = serde_json::json!({"source": "a.example", "source_id": "0", "withdrawn": true});
    publish(&jetstream, [serde_json::to_vec(&withdrawn).expect("JSON")]).await;
    wait_for_updates(&broker, &jetstream, 2 * stories + 2).await;

    let mut ids: BTreeMap<String, (String, String)> = BTreeMap::new();
    for message in broker.messages(&jetstream, "NABA_ENRICHED").await {
        let record: Enriched = serde_json::from_slice(&message.payload).expect("a record");
        ids.insert(record.id, (record.source_id.unwrap_or_default(), record.source.unwrap_or_default()));
    }
    let updates = updates(&broker, &jetstream).await;
    assert_eq!(updates.len(), 2 * stories + 2, "one update for each article that joined");
    let subjects: BTreeSet<&str> = updates.iter().map(|(subject, _)| subject.as_str()).collect();
    assert_eq!(subjects.len(), updates.len(), "none twice");
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, update) in &updates {
        let story = ids[&update.id].0.as_str();
        assert_eq!(ids[&update.group], (story.to_owned(), "a.example".to_owned()), "the first one names it");
        groups.entry(story).or_default().insert(&update.group);
        let outlets = if ids[&update.id].1 == "b.example" { 2 } else { 3 };
        assert_eq!((update.outlets, update.independent_sources), (outlets, outlets));
        assert_ne!(update.near_duplicate_of.as_ref(), Some(&update.id));
    }
    assert_eq!(groups.len(), stories, "each story is a group, and one article is alone");
    assert!(groups.values().all(|groups| groups.len() == 1));
    let [.., (_, revision), (_, withdrawal)] = &updates[..] else { panic!("two updates") };
    assert!(withdrawal.withdrawn && withdrawal.id == revision.id && withdrawal.revision == 3);
    let difference = revision.difference.as_ref().expect("a difference");
    assert_eq!((revision.revision, revision.near_duplicate_of.as_ref()), (2, None));
    assert_eq!(
        (&difference.added[..], difference.removed.len(), difference.changed.len()),
        (&[more.to_owned()][..], 0, 0)
    );
    drop(fourth);
}
