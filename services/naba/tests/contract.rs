//! What others build on: the schemas, and the direction of the arrows between the crates.

use std::collections::BTreeMap;
use std::process::Command;

use naba::schema;
use naba_testkit::{golden, root};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[test]
fn the_schemas_are_those_of_the_types() {
    for (name, schema) in schema::schemas() {
        golden::check(&format!("schema/{name}.schema.json"), &schema::text(&schema));
    }
}

/// Puts a key that nobody knows into every object.
fn grow(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(grow);
            object.insert("added_by_a_newer_build".to_owned(), serde_json::json!({"x": [1]}));
        }
        Value::Array(values) => values.iter_mut().for_each(grow),
        _ => {}
    }
}

/// A record as a newer build writes it, with fields that this one does not know, is read as the record without them; and
/// one of an older build, without the fields that have come since, is read too.
#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(record: &T, first: &[&str]) {
    let whole = serde_json::to_value(record).expect("JSON");
    let mut newer = whole.clone();
    grow(&mut newer);
    assert_eq!(&serde_json::from_value::<T>(newer).expect("fields that are not known pass"), record);
    let mut older = whole;
    older.as_object_mut().expect("an object").retain(|key, _| first.contains(&key.as_str()));
    let read = serde_json::from_value::<T>(older);
    assert!(read.is_ok(), "a field without a default has come: {read:?}");
}

#[test]
fn records_of_newer_and_older_builds_are_read() {
    let pipeline = naba::pipeline::Pipeline::built_in().expect("the pipeline");
    let first = ["schema", "id", "revision", "content_hash", "decoding", "ingested_at"];
    for seed in naba_testkit::seeds() {
        let item = naba::input::items(&seed).expect("a seed").next().expect("an article");
        let (ingested, cleaned) = pipeline.clean(&item.payload, &item.envelope).expect("an article");
        check(&ingested, &[&first[..], &["text"]].concat());
        let more = ["body", "search", "search_map", "removed", "tidied", "cleaned_at"];
        check(&cleaned, &[&first[..], &more].concat());
        let last = ["language", "entities", "quotes", "topics", "quality", "trace", "enriched_at"];
        check(&pipeline.finish(cleaned), &[&first[..], &more, &last].concat());
    }
}

/// What each crate may use of the others. An arrow that is not here points the wrong way.
const ALLOWED: [(&str, &[&str]); 16] = [
    (
        "naba-fuzz",
        &[
            "ingest",
            "naba-record",
            "naba-text",
            "naba-lexicon",
            "naba-dates",
            "naba-clean",
            "naba-tag",
            "naba-testkit",
        ],
    ),
    (
        "naba-bench",
        &[
            "naba-record",
            "naba-text",
            "naba-lexicon",
            "naba-clean",
            "naba-tag",
            "naba-runtime",
            "naba-testkit",
            // it times the stages as they are
            "ingest",
            "clean",
            "enrich",
        ],
    ),
    ("naba-record", &[]),
    ("naba-text", &["naba-record"]),
    ("naba-lexicon", &["naba-record", "naba-text"]),
    ("naba-dates", &["naba-text", "naba-lexicon"]),
    ("naba-clean", &["naba-record", "naba-text", "naba-lexicon", "naba-dates"]),
    ("naba-tag", &["naba-record", "naba-text", "naba-lexicon", "naba-dates"]),
    ("naba-runtime", &[]),
    ("naba-testkit", &["naba-runtime"]),
    ("naba-train", &["naba-record", "naba-text", "naba-lexicon", "naba-tag", "naba-testkit", "naba-clean"]),
    ("ingest", &["naba-record", "naba-text", "naba-runtime"]),
    ("clean", &["naba-record", "naba-text", "naba-lexicon", "naba-clean", "naba-runtime"]),
    ("enrich", &["naba-record", "naba-lexicon", "naba-tag", "naba-runtime"]),
    // of naba-text it uses the decoding of bytes: feeds come in any character set
    ("gather", &["naba-record", "naba-text", "naba-runtime"]),
    (
        "naba",
        &[
            "ingest",
            "clean",
            "enrich",
            "gather",
            "naba-record",
            "naba-text",
            "naba-lexicon",
            "naba-clean",
            "naba-tag",
            "naba-runtime",
        ],
    ),
];

/// Crates that no engine may use: engines take values and give values.
const NOT_FOR_ENGINES: [&str; 3] = ["tokio", "async-nats", "axum"];

#[test]
fn every_arrow_points_the_right_way() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    assert_eq!(packages.len(), allowed.len(), "a crate has come or gone: say above what it may use");
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let may = allowed.get(name).unwrap_or_else(|| panic!("{name} is not in the list above"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            // tests may use the test kit
            if dependency["kind"].as_str() == Some("dev") {
                continue;
            }
            let uses = dependency["name"].as_str().expect("a name");
            let ours = allowed.contains_key(uses);
            assert!(!ours || may.contains(&uses), "{name} → {uses} points the wrong way");
            let is_engine =
                ["naba-record", "naba-text", "naba-clean", "naba-tag", "naba-lexicon", "naba-dates"]
                    .contains(&name);
            assert!(
                !is_engine || !NOT_FOR_ENGINES.contains(&uses),
                "{name} is an engine and may not use {uses}"
            );
        }
    }
}
