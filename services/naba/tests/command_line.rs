//! The tool as its users run it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use naba_testkit::{articles, root};

fn naba(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_naba"))
        .args(args)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("naba runs");
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_vec();
    // written beside the reading, because pipes are small
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("its output");
    let _ = writer.join();
    output
}

fn lines(bytes: &[u8]) -> Vec<serde_json::Value> {
    String::from_utf8_lossy(bytes).lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn records_keep_the_order_of_the_articles() {
    let mut input = vec![];
    for number in 0..500 {
        // of very different lengths, so that workers finish out of turn
        input.extend(articles::raw(number, 1 + number * 7 % 40));
        input.push(b'\n');
    }
    for jobs in ["1", "2", "5"] {
        let output = naba(&["process", "--jobs", jobs], &input);
        assert!(output.status.success());
        let ids: Vec<String> = lines(&output.stdout)
            .iter()
            .map(|record| record["source_id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            ids,
            (0..500).map(|number| format!("article-{number}")).collect::<Vec<_>>(),
            "{jobs} jobs"
        );
    }
}

#[test]
fn what_cannot_be_processed_is_said_and_the_rest_goes_on() {
    let large = format!("{{\"text\": \"{}\"}}", "خبر ".repeat(750_000));
    let noise: String =
        (0..3000_u32).map(|i| char::from((i.wrapping_mul(2_654_435_761) >> 24) as u8)).collect();
    let noise = format!("{{\"bytes_base64\": \"{}\"}}", base64_of(noise.as_bytes()));
    let good = String::from_utf8(articles::raw(1, 3)).unwrap();
    let input = [
        good.as_str(),
        "{\"text\": \"\"}",
        &large,
        "{\"text\": ",
        "{\"text\": \"نص\", \"colour\": 1}",
        &noise,
        "{\"text\": \"أول\\u0000ثان\"}",
        "",
        &good,
    ]
    .join("\n");
    let output = naba(&["process", "-"], input.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(lines(&output.stdout).len(), 2, "both good articles come out");
    let errors: Vec<(String, u64)> = lines(&output.stderr)
        .iter()
        .map(|error| (error["error"].as_str().unwrap().to_owned(), error["at"]["line"].as_u64().unwrap()))
        .collect();
    let expected = [
        ("empty", 2),
        ("too_large", 3),
        ("invalid_json", 4),
        ("unknown_key", 5),
        ("unknown_encoding", 6),
        ("nul_in_text", 7),
    ];
    assert_eq!(errors, expected.map(|(error, line)| (error.to_owned(), line)));
    assert!(String::from_utf8_lossy(&output.stderr).ends_with("6 articles could not be processed\n"));
}

#[test]
fn explain_shows_cuts_and_reasons_without_colour_in_a_pipe() {
    let output = naba(&["explain", "seeds/000_8a01985c805f0ed2.txt"], b"");
    let page = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(page.contains("⟦/انتهى/⟧\u{2068}[end_mark.slashed]\u{2069}"), "{page}");
    assert!(page.contains("Mehr News Agency"));
    assert!(!page.contains('\u{1b}'), "no colour in a pipe");
}

/// Runs `explain` on a JSON article.
fn explained(json: &str) -> String {
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("article.json");
    std::fs::write(&file, json).expect("a file");
    let output = naba(&["explain", file.to_str().expect("a path")], b"");
    String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8")
}

#[test]
fn explain_says_what_was_done_and_passes_no_controls_on() {
    let text = "البلدية تفتتح الجسر الجديد\n\nدمشق-سانا\n\nافتتح رئيس البلدية صباح اليوم الجسر الجديد الذي يربط ضفتي النهر وسط \
                المدينة، بعد ثلاث سنوات من العمل المتواصل فيه./انتهى/";
    let page = explained(&serde_json::json!({"source": "example.org", "text": text}).to_string());
    let line = |words: &str| {
        page.lines()
            .filter(|line| line.contains("words"))
            .find(|line| line.contains(words))
            .unwrap_or_default()
    };
    assert!(line("البلدية تفتتح").contains("becomes the title"), "{page}");
    assert!(line("دمشق").contains("dateline"), "{page}");
    assert!(page.contains("[→ title"), "{page}");
    let page =
        explained(&serde_json::json!({"text": format!("{text} \u{1b}[2J\u{9b}31m\u{202e}")}).to_string());
    assert!(!page.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{page:?}");
    let page = explained("{\"text\": \"x\", \"\u{9b}31m\": 1}");
    assert!(!page.contains('\u{9b}'), "{page:?}");
}

#[test]
fn a_configuration_is_checked_without_running() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("naba.toml");
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = naba(&["check", file.to_str().unwrap()], b"");
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    };
    assert!(check("[broker]\nurl = \"nats://127.0.0.1:1\"\n[limits]\nin_flight_max = 8\n").0);
    let (good, says) = check("[limits]\nin_flight_maximum = 8\n");
    assert!(
        !good
            && says.contains("line 2, column 1")
            && says.contains("in_flight_maximum")
            && says.contains("in_flight_max`"),
        "{says}"
    );
    let (_, says) = check("[broker]\nurl = \"nats://user:hunter2@127.0.0.1:1\"\npassword = \"hunter2\"\n");
    assert!(!says.contains("hunter2"), "{says}");
    for (text, part) in [
        ("[zones]\n\"a.org\" = \"Asia/Nowhere\"\n", "Asia/Nowhere"),
        ("[limits]\nin_flight_max = 0\n", "limits.in_flight_max is 0"),
        ("[rules]\nfiles = [\"/no/such.toml\"]\n", "/no/such.toml"),
        ("[lexicon]\nfiles = [\"/no/such.tsv\"]\n", "/no/such.tsv"),
        ("[broker]\ntls_ca_file = \"/no/such.pem\"\n", "broker.tls_ca_file"),
        ("[text]\nsearch_profile = \"none\"\n", "text.search_profile"),
        ("[health]\nlisten = \"everywhere\"\n", "health.listen"),
        ("[log]\nlevel = \"a=b=c\"\n", "log.level"),
        ("[gather.fetch]\nhost_pauze_ms = 3\n", "unknown field `host_pauze_ms`"),
        ("[gather.http]\nbody_bytes_max = 0\n", "gather.http.body_bytes_max"),
        ("[gather.http]\ntokens_file = \"/no/such.toml\"\n", "/no/such.toml"),
    ] {
        let (good, says) = check(text);
        assert!(!good && says.contains(part) && says.lines().count() == 1, "{text}: {says}");
        // an error says a thing once
        assert_eq!(says.matches(part).count(), 1, "{text}: {says}");
    }
    // deploy/nats has variables of its own for the broker
    assert!(std::fs::write(&file, "").is_ok());
    let output = Command::new(env!("CARGO_BIN_EXE_naba"))
        .args(["check", file.to_str().unwrap()])
        .envs([("NABA_STORE", "/var/lib/naba"), ("NABA_OPERATOR_PASSWORD", "x")])
        .output()
        .expect("it runs");
    assert!(output.status.success());
}

#[test]
fn every_program_has_help_that_says_what_it_does() {
    for (program, says) in [
        ("naba-ingest", "raw articles in"),
        ("naba-clean", "without furniture out"),
        ("naba-enrich", "finished records out"),
    ] {
        let output =
            Command::new(naba_testkit::process::binary(program)).arg("--help").output().expect("it runs");
        let help = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && help.contains(says) && help.contains("--nats <URL>"), "{help}");
    }
    let output = naba(&["--help"], b"");
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    for command in ["up", "process", "send", "tail", "explain", "schema", "topology", "check"] {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is missing in {help}");
    }
}

#[test]
fn a_schema_is_printed_for_every_record() {
    for record in ["raw", "ingested", "cleaned", "enriched"] {
        let output = naba(&["schema", record], b"");
        let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
}

/// Base64, for what JSON cannot hold.
fn base64_of(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = group
            .iter()
            .enumerate()
            .fold(0_u32, |number, (place, byte)| number | u32::from(*byte) << (16 - 8 * place));
        for place in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= group.len() { char::from(letter) } else { '=' });
        }
    }
    text
}
