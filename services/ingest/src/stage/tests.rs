//! What comes of payloads, and what is said of those of which nothing can come.

use naba_record::Ingested;

use super::{Envelope, ingest, undo};

const NOW: &str = "2024-01-01T00:00:00Z";

#[track_caller]
fn rejects(payload: &[u8], reason: &str, says: &str) {
    let reject = ingest(payload, &Envelope::default(), NOW).expect_err("a rejection");
    assert_eq!(reject.reason, reason, "{reject}");
    assert!(reject.message.contains(says), "{reject}");
}

#[test]
fn what_can_never_work_says_why_and_what_to_do() {
    rejects(b"", "empty", "no bytes");
    rejects(b"{\"text\": \" \\n \"}", "empty", "not one letter");
    rejects(b"{\"text\": ", "invalid_json", "line 1 column 9");
    rejects(
        "{\"text\": \"نص\", \"colour\": 1}".as_bytes(),
        "unknown_key",
        "no key `colour`; the keys are source, source_id",
    );
    rejects("{\"source\": \"a\"}".as_bytes(), "no_text", "text, html, bytes_base64");
    rejects("{\"text\": \"نص\", \"html\": \"<p>نص\"}".as_bytes(), "two_texts", "not several");
    rejects(b"{\"withdrawn\": true, \"source\": \"a.b\"}", "unknown_article", "the url or the source_id");
    let both = "{\"withdrawn\": true, \"source_id\": \"1\", \"text\": \"نص\"}";
    rejects(both.as_bytes(), "text_of_withdrawn", "has no text");
    rejects("{\"text\": \"أول\\u0000ثان\"}".as_bytes(), "nul_in_text", "character 3");
    rejects(b"{\"bytes_base64\": \"%%\"}", "invalid_base64", "not base64");
    let large = format!("{{\"text\": \"{}\"}}", "نبأ ".repeat(800_000));
    rejects(large.as_bytes(), "too_large", "the limit is 4194304");
    let noise: Vec<u8> = (0..4000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    rejects(&noise, "unknown_encoding", "name its character set");
}

#[test]
fn repairs_are_noted_and_can_be_undone() {
    let sound = "أعلنت الوزارة أمس بدء العمل في &laquo;المشروع&raquo; الجديد &amp; قال المدير إن العمل يستمر.\nنص سليم.";
    let damaged = naba_text::repair::Damage::UTF_8_AS_WINDOWS_1256.harm(sound).expect("a damage");
    let envelope = Envelope { content_type: Some("text/plain".to_owned()), ..Envelope::default() };
    let article = ingest(damaged.as_bytes(), &envelope, NOW).expect("an article");
    assert!(article.text.contains("«المشروع» الجديد & قال"), "{}", article.text);
    assert_eq!(article.quality, ["mojibake_repaired"]);
    assert_eq!(undo(&article.text, &article.decoding), damaged);
}

#[test]
fn what_was_taken_back_is_a_revision_without_text() {
    let read = |json: &str| ingest(json.as_bytes(), &Envelope::default(), NOW).expect("an article");
    let article = read("{\"text\": \"نص الخبر\", \"source\": \"a.b\", \"source_id\": \"1\"}");
    let gone = read("{\"withdrawn\": true, \"source\": \"a.b\", \"source_id\": \"1\"}");
    assert_eq!((gone.id.as_str(), gone.text.as_str(), gone.withdrawn), (article.id.as_str(), "", true));
    let again = "{\"withdrawn\": true, \"source\": \"a.b\", \"source_id\": \"1\", \"fetched_at\": \"2026-01-02T00:00:00Z\"}";
    assert_ne!(read(again).content_hash, gone.content_hash);
}

#[test]
fn json_bytes_and_pages_become_text() {
    let article =
        ingest("{\"text\": \"نص الخبر\", \"source\": \"a.b\"}".as_bytes(), &Envelope::default(), NOW)
            .expect("an article");
    assert_eq!((article.text.as_str(), article.source.as_deref()), ("نص الخبر", Some("a.b")));
    let envelope = Envelope { source: Some("a.b".to_owned()), ..Envelope::default() };
    let same = ingest("نص الخبر".as_bytes(), &envelope, NOW).expect("an article");
    assert_eq!(same.id, article.id, "one article, however it came");
    let page = "<html><head><title>عنوان الصفحة الذي يقوله رأسها</title></head><body><p>نص الخبر الطويل الذي يملأ الصفحة كلها ولا شيء غيره فيها.</p></body></html>";
    let page = ingest(page.as_bytes(), &envelope, NOW).expect("an article");
    assert!(
        page.decoding.html
            && page.title.as_deref() == Some("عنوان الصفحة الذي يقوله رأسها")
            && page.text.starts_with("نص الخبر")
    );
}

/// An article of these keys beside its text.
#[track_caller]
fn with(keys: &serde_json::Value) -> Ingested {
    let mut article = serde_json::json!({"source": "a.b", "text": "نص الخبر"});
    article.as_object_mut().expect("an object").extend(keys.as_object().expect("an object").clone());
    ingest(article.to_string().as_bytes(), &Envelope::default(), NOW).expect("an article")
}

#[test]
fn times_are_normalised_and_what_cannot_be_read_is_kept() {
    let read = |sent: serde_json::Value| with(&serde_json::json!({"published_at": sent, "fetched_at": "x"}));
    let article = read("Sat, 28 Nov 2026 10:00:00 +0200".into());
    assert_eq!(article.published_at.as_deref(), Some("2026-11-28T10:00:00+02:00"));
    assert_eq!((article.fetched_at, article.quality), (None, vec!["fetched_at_unread".to_owned()]));
    assert_eq!(read(1_795_852_800.into()).published_at.as_deref(), Some("2026-11-28T08:00:00Z"));
    let article = read(" 28/11/2026 ".into());
    assert_eq!((article.published_at, article.published_surface.as_deref()), (None, Some("28/11/2026")));
    assert!(article.quality.contains(&"published_at_unread".to_owned()));
    assert_eq!(read(serde_json::Value::Null).quality, ["fetched_at_unread"]);
}

#[test]
fn metadata_that_changes_is_a_revision() {
    let first = with(&serde_json::json!({"url": "http://a.b/1", "published_at": "2026-11-28"}));
    let same =
        with(&serde_json::json!({"url": "https://www.a.b/1/?utm_source=x", "published_at": "2026/11/28"}));
    assert_eq!((&first.id, &first.content_hash), (&same.id, &same.content_hash), "the same in other words");
    for keys in [
        serde_json::json!({"url": "http://a.b/1", "published_at": "2026-11-29"}),
        serde_json::json!({"url": "http://a.b/1", "published_at": "2026-11-28", "tags": ["x"]}),
        serde_json::json!({"url": "http://a.b/1", "published_at": "2026-11-28", "title": "x"}),
    ] {
        let other = with(&keys);
        assert!(other.id == first.id && other.content_hash != first.content_hash, "{other:?}");
    }
}

#[test]
fn rubbish_is_refused_by_what_it_is() {
    rejects(b"%PDF-1.7 x", "not_an_article", "a PDF document and no article; send the article's text");
    rejects(b"<?xml version=\"1.0\"?><rss><channel/></rss>", "not_an_article", "a feed (<rss>)");
    rejects(b"[{\"text\": \"x\"}]", "not_an_article", "each object by itself");
    rejects(b"{\"bytes_base64\": \"UEsDBBQAAAAIAAAA\"}", "not_an_article", "an archive");
    rejects("{\"text\": \"نص\", \"title\": 1}".as_bytes(), "invalid_json", "expected a string");
    let long = format!("{{\"text\": \"نص\", \"source\": \"{}\"}}", "x".repeat(300));
    rejects(long.as_bytes(), "field_too_long", "source has 300 bytes, and the limit is 256");
    let of = |declared: &str, bytes: &str| {
        let envelope = Envelope { content_type: Some(declared.to_owned()), ..Envelope::default() };
        ingest(bytes.as_bytes(), &envelope, NOW)
    };
    assert_eq!(of("text/csv", "a,b\n1,2\n").expect_err("a table").reason, "not_an_article");
    let page = of("text/html", "<div>نص الخبر الطويل</div>").expect("a page");
    assert!(page.decoding.html && page.text == "نص الخبر الطويل", "{page:?}");
    let marked =
        ingest("\u{FEFF}{\"text\": \"نص\"}".as_bytes(), &Envelope::default(), NOW).expect("an article");
    assert_eq!(marked.text, "نص");
}

#[test]
fn nobody_speaks_for_another_source() {
    let on = |subject: &str, header: Option<&str>, payload: &str| {
        let envelope = Envelope {
            subject_source: Some(subject.to_owned()),
            source: header.map(str::to_owned),
            ..Envelope::default()
        };
        ingest(payload.as_bytes(), &envelope, NOW).map(|article| article.source)
    };
    let json = "{\"text\": \"نص\", \"source\": \"sana.sy\"}";
    assert_eq!(on("sana_sy", None, json), Ok(Some("sana.sy".to_owned())));
    assert_eq!(on("sana_sy", Some("sana.sy"), "نص"), Ok(Some("sana.sy".to_owned())));
    assert_eq!(on("sana_sy", None, "نص"), Ok(Some("sana_sy".to_owned())));
    let refused = [on("evil", None, json), on("evil", Some("sana.sy"), "نص"), on("_", None, json)];
    for refused in refused {
        assert_eq!(refused.expect_err("a refusal").reason, "source_mismatch");
    }
}
