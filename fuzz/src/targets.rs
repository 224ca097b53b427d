//! What is given bytes.

use std::sync::LazyLock;

use ingest::Envelope;
use naba_clean::Cleaner;
use naba_lexicon::Lexicon;
use naba_record::{Cleaned, Ingested};
use naba_tag::Tagger;
use naba_tag::revision::difference;
use naba_tag::stories::Sketch;
use naba_text::normalise::{self, Profile};

static CLEANER: LazyLock<Cleaner> =
    LazyLock::new(|| Cleaner::built_in().unwrap_or_else(|error| panic!("the rules: {error}")));
static TAGGER: LazyLock<Tagger> = LazyLock::new(|| Tagger::new(LEXICON.clone()));
static LEXICON: LazyLock<std::sync::Arc<Lexicon>> = LazyLock::new(Lexicon::built_in);
static SEARCH: LazyLock<Profile> = LazyLock::new(|| {
    normalise::named("search", &std::collections::BTreeMap::new()).unwrap_or_else(|error| panic!("{error}"))
});

/// Something that is given bytes.
pub type Run = fn(&[u8]);

/// Every parser of outside bytes, by name.
pub const TARGETS: [(&str, Run); 11] = [
    ("raw", raw),
    ("decode", decode),
    ("html", html),
    ("repair", repair),
    ("normalise", normalise),
    ("clean", clean),
    ("enrich", enrich),
    ("dates", dates),
    ("rules", rules),
    ("page", page),
    ("title", title),
];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn raw(bytes: &[u8]) {
    for content_type in [None, Some("application/json"), Some("text/plain")] {
        let envelope = Envelope { content_type: content_type.map(str::to_owned), ..Envelope::default() };
        let _ = ingest::ingest(bytes, &envelope, "2024-01-01T00:00:00Z");
    }
}

fn decode(bytes: &[u8]) {
    for declared in [None, Some("windows-1256"), Some("utf-16"), Some("nonsense")] {
        let _ = naba_text::decode::decode(bytes, declared);
    }
}

fn html(bytes: &[u8]) {
    let page = naba_text::html::read(&text(bytes));
    for block in &page.blocks {
        assert!(page.text.get(block.start..block.end).is_some(), "a block that is not in the text");
    }
}

fn repair(bytes: &[u8]) {
    let text = text(bytes);
    if let Some(repaired) = naba_text::repair::repair(&text) {
        assert_eq!(
            naba_text::repair::undo(&repaired.text, &repaired.repairs),
            text,
            "a repair that cannot be undone"
        );
    }
    if let Some((decoded, written)) = naba_text::entity::decode(&text) {
        assert_eq!(naba_text::entity::undo(&decoded, &written), text, "references that cannot be undone");
    }
}

fn normalise(bytes: &[u8]) {
    let _ = normalise::normalise(&SEARCH, &text(bytes));
}

fn article(bytes: &[u8]) -> Ingested {
    Ingested { text: text(bytes), ..Ingested::default() }
}

fn clean(bytes: &[u8]) {
    let article = article(bytes);
    if let Ok(cleaned) = CLEANER.clean(&article) {
        let again = naba_clean::undo::undo(&cleaned.body, &cleaned.removed, &cleaned.tidied);
        assert!(again == article.text, "cuts that cannot be undone");
    }
}

fn enrich(bytes: &[u8]) {
    if let Ok(cleaned) = CLEANER.clean(&article(bytes)) {
        enriched(cleaned);
    }
}

fn enriched(cleaned: Cleaned) {
    let enriched = TAGGER.enrich(cleaned);
    let _ = Sketch::of(&LEXICON, &enriched.search.body);
    let _ = difference(&enriched.body, &enriched.search.body, 65_536);
}

/// A web page through all stages.
fn page(bytes: &[u8]) {
    let envelope = Envelope { content_type: Some("text/html".to_owned()), ..Envelope::default() };
    if let Ok(article) = ingest::ingest(bytes, &envelope, "2024-01-01T00:00:00Z")
        && let Ok(cleaned) = CLEANER.clean(&article)
    {
        enriched(cleaned);
    }
}

/// The same bytes as a headline: no field of an article may be so long, but a page's own title may.
fn title(bytes: &[u8]) {
    let text = text(bytes);
    let short = "أعلنت الوزارة أمس بدء العمل في المشروع الجديد.";
    let _ = TAGGER.enrich(naba_tag::article::plain(Some(&text), short));
}

fn dates(bytes: &[u8]) {
    let text = text(bytes);
    let _ = naba_tag::dates::stamp(&text);
    let _ = naba_tag::dates::times(&Cleaned { published_surface: Some(text), ..Cleaned::default() });
}

fn rules(bytes: &[u8]) {
    let _ = naba_clean::rules::Rules::parse(&[("fuzz.toml", &text(bytes))]);
}
