//! What the programs of the benchmark share.
//!
//! * [`text`]      articles of any size, and pages of them
//! * [`identity`]  the three stages without an engine: the ceiling that the pump and the broker set
//! * [`pipeline`]  a broker of the run's own and the services on it, fresh for every measurement
//! * [`process`]   one service as a process, and what it costs
//! * [`load`]      articles, published flat out or at a rate, and their arrival
//! * [`measure`]   one measurement: warm-up, load, figures
//! * [`figures`]   what is measured, and what did not keep up
//! * [`machine`]   where it was measured

pub mod figures;
pub mod identity;
pub mod load;
pub mod machine;
pub mod measure;
pub mod pipeline;
pub mod process;
pub mod text;

use std::hint::black_box;

use naba_clean::Cleaner;
use naba_record::Ingested;
use naba_tag::Tagger;
use naba_text::decode;

/// The whole engine over the bytes of an article: decode, clean, enrich.
pub fn whole(cleaner: &Cleaner, tagger: &Tagger, text: &str) {
    let text = decode::decode(text.as_bytes(), None).map(|decoded| decoded.text).unwrap_or_default();
    let article = Ingested { text, ..Ingested::default() };
    drop(black_box(cleaner.clean(&article).map(|cleaned| tagger.enrich(cleaned))));
}

/// Prints how many seconds a program takes for the lines of a file, once it has read some of them to warm up.
pub fn print_seconds(lines: &str, mut read: impl FnMut(&str)) {
    const WARM_LINES: usize = 200;
    lines.lines().take(WARM_LINES).for_each(&mut read);
    let started = std::time::Instant::now();
    lines.lines().for_each(read);
    println!("{}", started.elapsed().as_secs_f64());
}

/// The middle one: an odd number of times gives a round that happened.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
