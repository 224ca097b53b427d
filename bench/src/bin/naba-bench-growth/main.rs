//! `make bench-growth`: how speed and memory go with the size of an article, of the rules, of the lexicon, and of what
//! the broker has stored; one chart each in `docs/`, the figures in `bench/results/growth.json`.
//!
//! * [`engines`]  article size, rules, lexicon: engines in this process, their memory by the allocator's own books
//! * [`stored`]   the services on a broker whose streams are full already
//! * [`chart`]    a curve as SVG

mod chart;
mod engines;
mod stored;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser;
use naba_bench::machine::{self, Machine};
use serde::Serialize;

/// Measure how speed and memory grow, and draw it
#[derive(Debug, Parser)]
#[command(name = "naba-bench-growth", version)]
struct Args {
    /// Only these curves: size, rules, lexicon, stored
    #[arg(long)]
    only: Vec<String>,
    /// The first two points of each curve, to see that everything runs; writes nothing
    #[arg(long)]
    quick: bool,
    /// Where the charts go
    #[arg(long, default_value = "docs")]
    charts: PathBuf,
    /// Where the figures go
    #[arg(long, default_value = "bench/results/growth.json")]
    results: PathBuf,
}

/// What grows, and what comes of it.
#[derive(Debug, Serialize)]
struct Curve {
    /// Short, for file names.
    name: &'static str,
    title: &'static str,
    /// What the horizontal axis counts.
    grows: &'static str,
    /// What the memory is that is shown.
    memory: &'static str,
    points: Vec<Point>,
}

/// One measurement.
#[derive(Debug, Clone, Copy, Serialize)]
struct Point {
    /// How much of it.
    at: f64,
    articles_per_second: f64,
    /// MiB.
    memory_mib: f64,
    /// Seconds to get ready: to compile the rules, to read the lexicon, to fill the streams.
    ready_s: f64,
}

/// Everything that was measured.
#[derive(Debug, Serialize)]
struct Results {
    command: &'static str,
    machine: Machine,
    curves: Vec<Curve>,
}

/// Measures a curve, or only its first points.
type Measure = fn(bool) -> anyhow::Result<Curve>;

const CURVES: [(&str, Measure); 4] = [
    ("size", engines::size),
    ("rules", engines::rules),
    ("lexicon", engines::lexicon),
    ("stored", stored::curve),
];

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    let mut curves = vec![];
    for (name, measure) in CURVES.into_iter().filter(|(name, _)| wanted(name)) {
        let curve = measure(args.quick).with_context(|| format!("the curve {name}"))?;
        print(&curve)?;
        if !args.quick {
            chart::draw(&curve, &args.charts.join(format!("growth-{name}.svg")))?;
        }
        curves.push(curve);
    }
    if args.quick {
        return Ok(());
    }
    let results = Results { command: "make bench-growth", machine: machine::facts(None)?, curves };
    write(&args.results, &results)
}

/// Writes the figures; curves that were not measured now stay as they were.
fn write(file: &Path, results: &Results) -> anyhow::Result<()> {
    let mut all = serde_json::to_value(results)?;
    let before = std::fs::read_to_string(file).unwrap_or_default();
    let before: serde_json::Value = serde_json::from_str(&before).unwrap_or_default();
    let measured = |curve: &serde_json::Value| results.curves.iter().any(|own| curve["name"] == own.name);
    let stay = before["curves"].as_array().into_iter().flatten().filter(|curve| !measured(curve));
    if let Some(curves) = all["curves"].as_array_mut() {
        curves.extend(stay.cloned());
        curves.sort_by_key(|curve| CURVES.iter().position(|(name, _)| curve["name"] == *name));
    }
    std::fs::write(file, format!("{all:#}\n")).with_context(|| format!("cannot write {}", file.display()))
}

fn print(curve: &Curve) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", curve.title)?;
    writeln!(
        out,
        "{:>16} {:>14} {:>14} {:>10}  ({})",
        curve.grows, "articles/s", "MiB", "ready s", curve.memory
    )?;
    for point in &curve.points {
        writeln!(
            out,
            "{:>16} {:>14.1} {:>14.1} {:>10.2}",
            point.at, point.articles_per_second, point.memory_mib, point.ready_s
        )?;
    }
    writeln!(out)
}
