//! What grows in a process of its own: the article, the rules, the lexicon.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use naba_bench::text::long;
use naba_bench::{median, whole};
use naba_clean::{Cleaner, Rules};
use naba_lexicon::{Lexicon, Tables};
use naba_record::Ingested;
use naba_tag::Tagger;

use crate::{Curve, Point};

const MIB: f64 = (1 << 20) as f64;
/// Every point is the median of so many rounds, each of about so long.
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(400);
/// An article of the usual size, for what does not grow with it.
const ARTICLE_BYTES: usize = 4 << 10;

/// The whole engine by the size of the article.
pub(crate) fn size(quick: bool) -> anyhow::Result<Curve> {
    const SIZES: [usize; 7] = [1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20];
    let cleaner = Cleaner::built_in()?;
    let tagger = Tagger::new(Lexicon::built_in());
    let points = few(&SIZES, quick).iter().map(|bytes| {
        let text = long(*bytes);
        let speed = speed(&text, |text| whole(&cleaner, &tagger, text));
        let memory = allocation_counter::measure(|| whole(&cleaner, &tagger, &text)).bytes_max;
        let at = (*bytes >> 10) as f64;
        Point { at, articles_per_second: speed, memory_mib: memory as f64 / MIB, ready_s: 0.0 }
    });
    Ok(Curve {
        name: "size",
        title: "One article through decode, clean and enrich, one core",
        grows: "kB an article",
        memory: "heap at most",
        points: points.collect(),
    })
}

/// Clean by the number of rules: the built-in ones, and others of the same kind over them.
pub(crate) fn rules(quick: bool) -> anyhow::Result<Curve> {
    const TIMES: [usize; 5] = [1, 3, 10, 30, 100];
    let built_in = Rules::built_in()?.all().count();
    let text = long(ARTICLE_BYTES);
    let mut points = vec![];
    for times in few(&TIMES, quick) {
        let more = built_in * (times - 1);
        let file = ("growth.toml".to_owned(), (0..more).map(rule).collect::<String>());
        let started = Instant::now();
        let mut cleaner = None;
        let made = allocation_counter::measure(|| {
            let rules =
                if more == 0 { Rules::built_in() } else { Rules::overlaid(std::slice::from_ref(&file)) };
            cleaner = Some(rules.map(|rules| Cleaner::new(rules, Lexicon::built_in())));
        });
        let ready_s = started.elapsed().as_secs_f64();
        let Some(cleaner) = cleaner.transpose()? else { continue };
        let speed = speed(&text, |text| {
            let article = Ingested { text: text.to_owned(), ..Ingested::default() };
            drop(black_box(cleaner.clean(&article)));
        });
        points.push(Point {
            at: (built_in + more) as f64,
            articles_per_second: speed,
            memory_mib: made.bytes_current as f64 / MIB,
            ready_s,
        });
    }
    Ok(Curve {
        name: "rules",
        title: "Clean by the number of rules, 4 kB articles, one core",
        grows: "rules",
        memory: "heap of the rules",
        points,
    })
}

/// A rule of the shape that people write: a line of furniture with a number of its own.
fn rule(number: usize) -> String {
    let name = letters(number as u64);
    format!(
        "[[rule]]\nid = \"growth.r{number}\"\nkind = \"social\"\nscope = \"line\"\nwhere = \"tail\"\nwords_max = 30\n\
         pattern = '^[-*•: ]*(تابعوا?|اشتركوا? في) (قناه|صفحه) {name}( علي .*)?$'\n\
         provoked_by = \"growth\"\npositive = [\"تابعوا قناة {name} على تطبيق\"]\nnegative = [\"زار الوزير {name} أمس\"]\n\n"
    )
}

/// Enrich by the number of lexicon entries: names of people and bodies over the built-in ones.
pub(crate) fn lexicon(quick: bool) -> anyhow::Result<Curve> {
    const ENTRIES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
    let cleaner = Cleaner::built_in()?;
    let article = Ingested { text: long(ARTICLE_BYTES), ..Ingested::default() };
    let cleaned = cleaner.clean(&article)?;
    let mut points = vec![];
    for entries in few(&ENTRIES, quick) {
        let text: String = (0..*entries as u64).map(entry).collect();
        let file = ("growth.tsv".to_owned(), text);
        let started = Instant::now();
        let mut tagger = None;
        let made = allocation_counter::measure(|| {
            let tables = Tables::with_files(std::slice::from_ref(&file));
            tagger = Some(tables.map(|tables| Tagger::new(Arc::new(Lexicon::new(tables)))));
        });
        let ready_s = started.elapsed().as_secs_f64();
        let Some(tagger) = tagger.transpose()? else { continue };
        let speed = speed(&article.text, |_| drop(black_box(tagger.enrich(cleaned.clone()))));
        points.push(Point {
            at: *entries as f64,
            articles_per_second: speed,
            memory_mib: made.bytes_current as f64 / MIB,
            ready_s,
        });
    }
    Ok(Curve {
        name: "lexicon",
        title: "Enrich by the number of own lexicon entries, 4 kB articles, one core",
        grows: "entries over the built-in ones",
        memory: "heap of the lexicon",
        points,
    })
}

/// A family name, or a body of two words.
fn entry(number: u64) -> String {
    let name = letters(number);
    if number.is_multiple_of(2) {
        format!("family\t{name}\t-\t-\n")
    } else {
        format!("organisation\tمؤسسة {name}\tFoundation {number}\t-\n")
    }
}

/// A made-up word of seven consonants with a vowel behind every other one, another for every number.
fn letters(number: u64) -> String {
    const LETTERS: [char; 16] =
        ['ب', 'ت', 'ج', 'ح', 'د', 'ر', 'ز', 'س', 'ش', 'ص', 'ط', 'ع', 'ف', 'ق', 'م', 'ن'];
    // an odd factor: no two numbers below 2^28 become one
    let mixed = number.wrapping_mul(0x9E3_779B) & 0xFFF_FFFF;
    let consonant = |place: u64| LETTERS[(mixed >> (place * 4) & 15) as usize];
    (0..7).flat_map(|place| [Some(consonant(place)), (place % 2 == 0).then_some('ا')]).flatten().collect()
}

/// Articles a second.
fn speed(text: &str, run: impl Fn(&str)) -> f64 {
    // the first runs fill caches, the second says how many fit into a round
    run(text);
    let started = Instant::now();
    run(text);
    let repeats = ROUND.as_nanos() / started.elapsed().as_nanos().max(1) + 1;
    let round = |_| {
        let started = Instant::now();
        (0..repeats).for_each(|_| run(text));
        started.elapsed().as_secs_f64() / repeats as f64
    };
    1.0 / median((0..ROUNDS).map(round).collect())
}

fn few<T>(all: &[T], quick: bool) -> &[T] {
    &all[..if quick { 2 } else { all.len() }]
}
