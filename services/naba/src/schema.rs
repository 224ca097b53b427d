//! `naba schema`: the JSON Schema of a record, made from the types themselves.

use std::io::Write as _;
use std::process::ExitCode;

use schemars::{Schema, schema_for};

/// Print the JSON Schema of a record
#[derive(Debug, clap::Args)]
pub struct Args {
    /// raw, ingested, cleaned or enriched
    #[arg(default_value = "enriched", value_parser = ["raw", "ingested", "cleaned", "enriched", "story"])]
    pub record: String,
}

/// Runs the command.
///
/// # Errors
/// When the output cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let all = schemas();
    let schema = all.iter().find(|(name, _)| *name == args.record).map(|(_, schema)| text(schema));
    std::io::stdout().write_all(schema.unwrap_or_default().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Every record's schema, by its name.
pub fn schemas() -> [(&'static str, Schema); 5] {
    [
        ("raw", schema_for!(naba_record::Raw)),
        ("ingested", schema_for!(naba_record::Ingested)),
        ("cleaned", schema_for!(naba_record::Cleaned)),
        ("enriched", schema_for!(naba_record::Enriched)),
        ("story", schema_for!(naba_record::StoryUpdate)),
    ]
}

/// A schema as it stands in `schema/`.
pub fn text(schema: &Schema) -> String {
    let mut text = serde_json::to_string_pretty(schema).unwrap_or_default();
    text.push('\n');
    text
}
