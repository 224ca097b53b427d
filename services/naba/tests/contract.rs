//! What others build on: the schemas, and the direction of the arrows between the crates.

use std::collections::BTreeMap;
use std::process::Command;

use naba::schema;
use naba_testkit::{golden, root};

#[test]
fn the_schemas_are_those_of_the_types() {
    for (name, schema) in schema::schemas() {
        golden::check(&format!("schema/{name}.schema.json"), &schema::text(&schema));
    }
}

/// What each crate may use of the others. An arrow that is not here points the wrong way.
const ALLOWED: [(&str, &[&str]); 15] = [
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
    ("naba-train", &["naba-record", "naba-text", "naba-lexicon", "naba-tag"]),
    ("ingest", &["naba-record", "naba-text", "naba-runtime"]),
    ("clean", &["naba-record", "naba-text", "naba-lexicon", "naba-clean", "naba-runtime"]),
    ("enrich", &["naba-record", "naba-lexicon", "naba-tag", "naba-runtime"]),
    (
        "naba",
        &[
            "ingest",
            "clean",
            "enrich",
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
