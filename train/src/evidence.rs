//! The table of what is known of words that nobody marked: clusters, counts of names, sizes of cities.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use naba_lexicon::folded;
use naba_tag::names::evidence::{
    BUCKET_WORDS, BYTES, Evidence, OF_NAMES, entry, find, place, without_clitics,
};
use naba_text::words::hash;

/// Make the table of words that the sequence tagger looks into
///
/// All tables are tab-separated with a line of column names, and their words are folded when they are read.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Words, the commonest first, with their clusters of 50, of 250, of 1,000
    #[arg(long)]
    clusters: PathBuf,
    /// Words of names of the region: word, people with it as a given name, as a surname
    #[arg(long)]
    names: PathBuf,
    /// Words of names of the world: word, people
    #[arg(long)]
    world_names: PathBuf,
    /// Cities: id, type, arabic (forms joined by |), english, country, population
    #[arg(long)]
    cities: PathBuf,
    /// Where the table goes
    #[arg(long, default_value = "shared/tag/models/evidence.bin")]
    out: PathBuf,
}

/// How many people bear a name, in three bits.
fn people(count: u32) -> u16 {
    match count {
        0 => 0,
        1 => 1,
        2..5 => 2,
        5..20 => 3,
        20..100 => 4,
        _ => 5,
    }
}

/// How large a city is, in two bits.
fn size(population: u32) -> u16 {
    match population {
        0..20_000 => 1,
        20_000..200_000 => 2,
        _ => 3,
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let mut words: BTreeMap<String, Evidence> = BTreeMap::new();
    for (place, row) in (1_u32..).zip(rows(&args.clusters)?) {
        let [word, coarse, middle, fine, ..] = row.as_slice() else { continue };
        let known = words.entry(folded(word)).or_default();
        known.coarse = 1 + coarse.parse::<u8>().context("a cluster of 50")?;
        known.middle = 1 + middle.parse::<u8>().context("a cluster of 250")?;
        known.fine = 1 + fine.parse::<u16>().context("a cluster of 1,000")?;
        let rare = u16::try_from((1 + place.ilog2() / 2).min(7)).unwrap_or_default();
        known.counts = known.counts & OF_NAMES | rare << 11;
    }
    let mut more = |word: &str, shift: u32, width: u16, value: u16| {
        let counts = &mut words.entry(word.to_owned()).or_default().counts;
        let old = *counts >> shift & width;
        *counts = *counts & !(width << shift) | old.max(value) << shift;
    };
    for row in rows(&args.names)? {
        let [word, given, surname, ..] = row.as_slice() else { continue };
        more(&folded(word), 0, 7, people(given.parse().unwrap_or_default()));
        more(&folded(word), 3, 7, people(surname.parse().unwrap_or_default()));
    }
    for row in rows(&args.world_names)? {
        let [word, count, ..] = row.as_slice() else { continue };
        more(&folded(word), 6, 7, people(count.parse().unwrap_or_default()));
    }
    for row in rows(&args.cities)? {
        let [_, _, arabic, _, _, population, ..] = row.as_slice() else { continue };
        for form in arabic.split('|').map(folded).filter(|form| !form.is_empty() && !form.contains(' ')) {
            more(&form, 9, 3, size(population.parse().unwrap_or_default()));
        }
    }
    words.remove("");
    let left_out = write(&args.out, &words)?;
    println!("{}: {} words, {left_out} left out", args.out.display(), words.len() - left_out);
    Ok(())
}

fn rows(path: &Path) -> anyhow::Result<Vec<Vec<String>>> {
    let file = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(file.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

/// How much a word is worth where a bucket has no room for all: common words, then names of many.
fn worth(evidence: Evidence) -> u16 {
    let counts = evidence.counts;
    let common = if evidence.fine > 0 { 16 - (counts >> 11) } else { 0 };
    common + (counts & 7) + (counts >> 3 & 7) + (counts >> 6 & 7) + (counts >> 9 & 3)
}

/// Stores the words; how many found no room.
fn write(out: &PathBuf, words: &BTreeMap<String, Evidence>) -> anyhow::Result<usize> {
    let number = |word: &str| hash(word.as_bytes(), 0, word.len());
    let mut ranked: Vec<(&String, Evidence)> = words.iter().map(|(word, known)| (word, *known)).collect();
    ranked.sort_by_key(|(_, known)| std::cmp::Reverse(worth(*known)));
    let by_hash: std::collections::HashMap<u64, Evidence> =
        ranked.iter().map(|(word, known)| (number(word), *known)).collect();
    let (mut table, mut left_out) = (vec![0; BYTES], 0);
    for (word, mut known) in ranked {
        // a common word of which no name is known may be a name with a clitic
        if known.counts & OF_NAMES == 0 {
            let bare = without_clitics(word, |hash| by_hash.get(&hash).copied());
            known.counts |= bare.counts & OF_NAMES;
        }
        let (bucket, mark) = place(number(word));
        let from = bucket * BUCKET_WORDS * 8;
        let free = (from..from + BUCKET_WORDS * 8).step_by(8).find(|at| table[*at..at + 8] == [0; 8]);
        match free {
            Some(at) if find(&table, number(word)).is_none() => {
                table[at..at + 8].copy_from_slice(&entry(mark, known).to_le_bytes());
            }
            _ => left_out += 1,
        }
    }
    crate::write(out, &table)?;
    Ok(left_out)
}
