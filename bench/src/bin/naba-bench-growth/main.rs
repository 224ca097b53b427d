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
use std::path::PathBuf;

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

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    let mut curves = vec![];
    let all: [(&str, Measure); 4] = [
        ("size", engines::size),
        ("rules", engines::rules),
        ("lexicon", engines::lexicon),
        ("stored", stored::curve),
    ];
    for (name, measure) in all.into_iter().filter(|(name, _)| wanted(name)) {
        let curve = measure(args.quick).with_context(|| format!("the curve {name}"))?;
        print(&curve)?;
        if !args.quick {
            chart::draw(&curve, &args.charts.join(format!("growth-{name}.svg")))?;
        }
        curves.push(curve);
    }
    if args.quick || !args.only.is_empty() {
        return Ok(());
    }
    let results = Results { command: "make bench-growth", machine: machine::facts(None)?, curves };
    let text = serde_json::to_string_pretty(&results)? + "\n";
    std::fs::write(&args.results, text).with_context(|| format!("cannot write {}", args.results.display()))
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
