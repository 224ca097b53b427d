//! `make bench`: every engine beside its floor and its peer, interleaved in one run; the figures go to
//! `bench/results/engines.json`, which the README's table is made from.
//!
//! The articles are the five seeds and generated ones, or NDJSON of `Raw` given as an argument. Each row is
//! the median of the rounds; ratios are against the floor (validate and copy) of the same round.

use std::collections::HashMap;
use std::hint::black_box;
use std::io::Write as _;
use std::time::Instant;

use naba_bench::{median, text::page, whole};
use naba_record::{Cleaned, Ingested};
use naba_tag::article::Article;
use naba_tag::stories::{Candidate, Sketch, Stories};
use naba_tag::{names, speech, topics};
use naba_testkit::families;
use naba_text::normalise::{DISPLAY, Profile, SEARCH, fold, normalise};
use naba_text::{decode, html, language, repair};

/// Rounds in all: odd, so that the median is a round that happened.
const ROUNDS: usize = 9;
/// A round repeats the articles until it has read at least this many bytes.
const ROUND_BYTES: usize = 3 << 20;

/// An engine under the clock.
type Run<'a> = Box<dyn Fn(&str) + 'a>;

fn main() -> anyhow::Result<()> {
    let articles = articles();
    let bytes: usize = articles.iter().map(String::len).sum();
    let (search, display) = (Profile::new(SEARCH), Profile::new(DISPLAY));
    let peer = arabic_normalize::Normalizer::search();
    let cleaner = naba_clean::Cleaner::built_in()?;
    let lexicon = naba_lexicon::Lexicon::built_in();
    let tagger = naba_tag::Tagger::new(std::sync::Arc::clone(&lexicon));
    let pages: HashMap<String, String> = articles.iter().map(|text| (text.clone(), page(text))).collect();
    let cleaned: HashMap<String, Cleaned> =
        articles.iter().filter_map(|text| Some((text.clone(), clean(&cleaner, text)?))).collect();
    let of = |text: &str| cleaned.get(text).cloned().unwrap_or_default();
    let folded_of = |text: &str| cleaned.get(text).map_or("", |cleaned| cleaned.search.body.as_str());
    let forms = automaton(&lexicon)?;
    let (names, topics) = (names::model::Model::built_in(), topics::model::Model::built_in());
    let rows: Vec<(&str, Run<'_>)> = vec![
        ("UTF-8 validation and copy (encoding_rs): the floor", Box::new(|text| drop(black_box(copy(text))))),
        ("search profile with its map", Box::new(|text| drop(black_box(normalise(&search, text))))),
        ("search profile without map", Box::new(|text| drop(black_box(fold(&search, text))))),
        (
            "arabic-normalize 0.1, search preset (no map)",
            Box::new(|text| drop(black_box(peer.normalize(text).into_owned()))),
        ),
        ("display profile with its map", Box::new(|text| drop(black_box(normalise(&display, text))))),
        ("decode: bytes to text", Box::new(|text| drop(black_box(decode::decode(text.as_bytes(), None))))),
        ("mojibake: the look at sound text", Box::new(|text| drop(black_box(repair::repair(text))))),
        ("language", Box::new(|text| _ = black_box(language::detect(text)))),
        (
            "clean: the whole engine, and what learning needs",
            Box::new(|text| {
                let article = Ingested { text: text.to_owned(), ..Ingested::default() };
                drop(black_box(cleaner.clean_and_observe(&article)));
            }),
        ),
        (
            "clean: the whole engine",
            Box::new(|text| {
                let article = Ingested { text: text.to_owned(), ..Ingested::default() };
                drop(black_box(cleaner.clean(&article)));
            }),
        ),
        (
            "html: a page of these lines to text",
            Box::new(|text| drop(black_box(html::read(pages.get(text).map_or("", String::as_str))))),
        ),
        ("copying a clean record: part of each row below", Box::new(|text| drop(black_box(of(text))))),
        (
            "aho-corasick over the forms of the lexicon: a scan's floor",
            Box::new(|text| _ = black_box(forms.find_overlapping_iter(folded_of(text)).count())),
        ),
        (
            "lexicon: one look at every word",
            Box::new(|text| drop(black_box(lexicon.scan(&of(text).search.body)))),
        ),
        (
            "what all taggers read: words, entries, features",
            Box::new(|text| _ = black_box(Article::new(&lexicon, &of(text)).texts.len())),
        ),
        (
            "names",
            Box::new(|text| {
                let cleaned = of(text);
                drop(black_box(names::find(&Article::new(&lexicon, &cleaned), &names)));
            }),
        ),
        (
            "names, and who said what",
            Box::new(|text| {
                let cleaned = of(text);
                let article = Article::new(&lexicon, &cleaned);
                let names = names::find(&article, &names);
                drop(black_box(speech::find(&article, &names)));
            }),
        ),
        (
            "topics",
            Box::new(|text| {
                let cleaned = of(text);
                drop(black_box(topics::find(&Article::new(&lexicon, &cleaned), &topics)));
            }),
        ),
        ("enrich: the whole engine", Box::new(|text| drop(black_box(tagger.enrich(of(text)))))),
        ("decode, clean and enrich: bytes to record", Box::new(|text| whole(&cleaner, &tagger, text))),
    ];
    let medians = measure(&rows, &articles, bytes);
    let allocations = allocations(&rows, &articles);
    report(&rows, &medians, &allocations, articles.len(), bytes)?;
    write_results(&rows, &medians, &allocations, articles.len(), bytes)?;
    dates()?;
    Ok(stories()?)
}

/// Articles of the stream with planted families, and how many the index remembers.
const STORIES: usize = 50_000;
/// Shingles that gaoya compares are as long as ours.
const SHINGLE_WORDS: usize = 5;

/// Groups a stream with planted families, beside gaoya's MinHash of 128 over the same shingles and the same stream.
fn stories() -> std::io::Result<()> {
    let lexicon = naba_lexicon::Lexicon::built_in();
    let stream = families::stream(STORIES);
    let texts: Vec<String> = stream.iter().map(|(text, _)| naba_lexicon::folded(text)).collect();
    let planted: Vec<usize> = stream.iter().map(|(_, family)| *family).collect();
    let started = Instant::now();
    let mut index = Stories::new(STORIES);
    let own: Vec<u32> = (0..)
        .zip(&texts)
        .map(|(article, text)| {
            let sketch = Sketch::of(&lexicon, text);
            index.add(Candidate { article, outlet: 0, origin: 0, sketch: &sketch }).group
        })
        .collect();
    let own_seconds = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let theirs = gaoya_groups(&texts);
    let their_seconds = started.elapsed().as_secs_f64();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "\nstories: {STORIES} articles, {:.1} bytes each in the index",
        index.bytes() as f64 / STORIES as f64
    )?;
    for (name, groups, seconds) in
        [("naba", own, own_seconds), ("gaoya 0.2, MinHash-128, Jaccard 0.5", theirs, their_seconds)]
    {
        let pairs = families::pairs(&groups, &planted);
        let merged = (0..).zip(&groups).filter(|(number, group)| {
            families::is_telegram(&stream[*number as usize].0) && *number != **group
        });
        writeln!(
            out,
            "  {name:<38} {:>7.0} articles/s, pair precision {:.4}, recall {:.4}, {} templates merged",
            STORIES as f64 / seconds,
            pairs.precision(),
            pairs.recall(),
            merged.count()
        )?;
    }
    Ok(())
}

/// The first article that gaoya finds near each one, or itself.
fn gaoya_groups(texts: &[String]) -> Vec<u32> {
    use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32};
    let hasher = MinHasher32::new(128);
    let mut index: MinHashIndex<u32, u32> = MinHashIndex::new(32, 4, 0.5);
    let mut groups: Vec<u32> = vec![];
    for (number, text) in (0_u32..).zip(texts) {
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let signature = hasher.create_signature(words.windows(SHINGLE_WORDS).map(<[&str]>::to_vec));
        let near = index.query(&signature).into_iter().min().copied();
        groups.push(near.map_or(number, |near| groups[near as usize]));
        index.insert(number, signature);
    }
    groups
}

/// Printed stamps of the usual shapes.
const STAMPS: [&str; 8] = [
    "الأربعاء ١٩ يناير ٢٠٢٢ ٧:١٣:٤١ م",
    "تاريخ النشر: 26.05.2026 | 16:36 GMT",
    "02/07/2012",
    "26 شوال 1436 هـ الموافق 11 أغسطس 2015 م 13:15 ت م",
    "السبت 10 يناير-كانون الثاني 2026 الساعة 11 صباحاً",
    "الأربعاء 02 أيلول , 2020 06:51 بتوقيت مدينة بيروت",
    "22 بهمن 1357",
    "2025-09-08",
];

/// How many printed dates are read in a second.
fn dates() -> std::io::Result<()> {
    const REPEATS: usize = 5_000;
    let round = |_| {
        let started = Instant::now();
        for _ in 0..REPEATS {
            for stamp in STAMPS {
                drop(black_box(naba_tag::dates::stamp(black_box(stamp))));
            }
        }
        started.elapsed().as_secs_f64() / (REPEATS * STAMPS.len()) as f64
    };
    let seconds = median((0..ROUNDS).map(round).collect());
    writeln!(std::io::stdout(), "\ndates: {:.0} printed stamps a second", 1.0 / seconds)
}

fn copy(text: &str) -> String {
    encoding_rs::UTF_8.decode_without_bom_handling(text.as_bytes()).0.into_owned()
}

/// Nanoseconds a byte for each row, the rounds interleaved: A B C, A B C, …
fn measure(rows: &[(&str, Run<'_>)], articles: &[String], bytes: usize) -> Vec<f64> {
    let repeats = ROUND_BYTES.div_ceil(bytes);
    let mut times = vec![vec![]; rows.len()];
    for _ in 0..ROUNDS {
        for ((_, run), times) in rows.iter().zip(&mut times) {
            let started = Instant::now();
            for _ in 0..repeats {
                for text in articles {
                    run(text);
                }
            }
            times.push(started.elapsed().as_nanos() as f64 / (bytes * repeats) as f64);
        }
    }
    times.into_iter().map(median).collect()
}

/// Allocations an article for each row, counted once and outside the clock.
fn allocations(rows: &[(&str, Run<'_>)], articles: &[String]) -> Vec<u64> {
    let count = |run: &Run<'_>| {
        let counted = allocation_counter::measure(|| articles.iter().for_each(|text| run(text)));
        counted.count_total / articles.len() as u64
    };
    rows.iter().map(|(_, run)| count(run)).collect()
}

fn report(
    rows: &[(&str, Run<'_>)],
    medians: &[f64],
    allocations: &[u64],
    articles: usize,
    bytes: usize,
) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{articles} articles, {} bytes on average, one core, medians of {ROUNDS} interleaved rounds\n",
        bytes / articles
    )?;
    writeln!(
        out,
        "{:<52} {:>8} {:>9} {:>12} {:>12} {:>9}",
        "", "MB/s", "ns/byte", "articles/s", "allocations", "× floor"
    )?;
    for (((name, _), nanos), allocations) in rows.iter().zip(medians).zip(allocations) {
        let (speed, per_second) = (1000.0 / nanos, 1e9 / (nanos * bytes as f64 / articles as f64));
        writeln!(
            out,
            "{name:<52} {speed:>8.0} {nanos:>9.2} {per_second:>12.0} {allocations:>12} {:>9.2}",
            nanos / medians[0]
        )?;
    }
    writeln!(
        out,
        "\nsearch profile with its map against arabic-normalize: {:.2} times as fast",
        medians[3] / medians[1]
    )
}

/// The figures as they are, for whoever draws tables from them.
fn write_results(
    rows: &[(&str, Run<'_>)],
    medians: &[f64],
    allocations: &[u64],
    articles: usize,
    bytes: usize,
) -> anyhow::Result<()> {
    let row = |(((name, _), nanos), allocations): ((&(&str, Run<'_>), &f64), &u64)| {
        serde_json::json!({
            "name": name,
            "nanoseconds_a_byte": nanos,
            "articles_per_second": 1e9 / (nanos * bytes as f64 / articles as f64),
            "allocations_an_article": allocations,
            "times_the_floor": nanos / medians[0],
        })
    };
    let rows: Vec<_> = rows.iter().zip(medians).zip(allocations).map(row).collect();
    let results = serde_json::json!({
        "command": "make bench",
        "machine": naba_bench::machine::facts(None)?,
        "articles": articles,
        "bytes_an_article": bytes / articles,
        "rounds": ROUNDS,
        "rows": rows,
    });
    std::fs::create_dir_all("bench/results")?;
    Ok(std::fs::write("bench/results/engines.json", format!("{results:#}\n"))?)
}

fn clean(cleaner: &naba_clean::Cleaner, text: &str) -> Option<Cleaned> {
    cleaner.clean(&Ingested { text: text.to_owned(), ..Ingested::default() }).ok()
}

/// An automaton over the forms of places, bodies, agencies and people, as the lexicon holds them: what finds their bytes
/// and knows nothing of words and clitics.
fn automaton(lexicon: &naba_lexicon::Lexicon) -> anyhow::Result<aho_corasick::AhoCorasick> {
    let tables = &lexicon.tables;
    let forms = (tables.agencies.iter().flat_map(|agency| &agency.forms))
        .chain(tables.places.iter().flat_map(|place| &place.forms))
        .chain(tables.organisations.iter().flat_map(|body| &body.forms))
        .map(|form| form.folded.as_str());
    let people = tables.given_names.iter().chain(&tables.family_names).map(String::as_str);
    Ok(aho_corasick::AhoCorasick::new(forms.chain(people))?)
}

/// The articles to run over.
fn articles() -> Vec<String> {
    if let Some(file) = std::env::args().nth(1) {
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        let lines = text.lines().filter_map(|line| serde_json::from_str::<naba_record::Raw>(line).ok());
        return lines.filter_map(|raw| raw.text).collect();
    }
    let mut articles: Vec<String> =
        naba_testkit::seeds().into_iter().flat_map(std::fs::read_to_string).collect();
    articles.extend((0..45).map(|number| {
        let sentences: Vec<String> =
            (0..22).map(|part| naba_testkit::articles::sentence(number * 100 + part)).collect();
        sentences.join("\n")
    }));
    articles
}
