//! The five founding articles come out as their golden records say, and can be put back together.

use naba::input;
use naba::pipeline::Pipeline;
use naba_testkit::{golden, root, seeds};

#[test]
fn every_seed_comes_out_as_its_golden_record_says() {
    let pipeline = Pipeline::built_in().expect("the pipeline");
    let files = seeds();
    assert_eq!(files.len(), 5);
    // an article is known by its file's name as the command line says it: from the project's root
    std::env::set_current_dir(root()).expect("the root");
    for file in files {
        let file = file.strip_prefix(root()).expect("a seed").to_owned();
        let item = input::items(&file).expect("a file").next().expect("an article");
        let record = pipeline.enrich(&item.payload, &item.envelope).expect("a record");
        let decoded = String::from_utf8(item.payload).expect("UTF-8");
        assert_eq!(
            naba_clean::undo::undo(&record.body, &record.removed, &record.tidied),
            decoded,
            "{}",
            file.display()
        );
        let mut value = serde_json::to_value(&record).expect("JSON");
        for field in ["ingested_at", "cleaned_at", "enriched_at", "trace"] {
            value.as_object_mut().expect("an object").remove(field);
        }
        let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
        golden::check(&format!("seeds/golden/{stem}.json"), &format!("{value:#}\n"));
    }
}
