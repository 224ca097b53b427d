//! Rows, the tables on the terminal, and what goes into the results file.

use std::io::Write as _;

use naba_bench::figures::Figures;
use naba_bench::load::Load;
use naba_bench::machine::Machine;
use naba_bench::pipeline::Setup;
use naba_bench::process::Usage;
use serde::Serialize;

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    machine: Machine,
    command: String,
    rows: Vec<Row>,
}

/// One measurement.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    sync_interval: &'static str,
    /// `flat out`, or so many a second.
    load: String,
    rate_per_second: Option<f64>,
    replicas: usize,
    round: usize,
    services: &'static str,
    #[serde(flatten)]
    figures: Figures,
    /// Real over identity of the same round, in the rows of the real services.
    ratio_to_identity: Option<Ratio>,
}

/// Real over identity.
#[derive(Debug, Clone, Serialize)]
struct Ratio {
    articles_per_second: f64,
    p50: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
    /// Processor time of services and broker, for every record that came out.
    cpu_per_article: f64,
}

impl Row {
    /// A row without a ratio: its counterpart comes after it.
    pub(crate) fn new(setup: Setup, load: Load, round: usize, figures: Figures) -> Self {
        Self {
            sync_interval: setup.sync_interval.name(),
            load: load.to_string(),
            rate_per_second: load.rate(),
            replicas: setup.replicas,
            round,
            services: setup.services.name(),
            figures,
            ratio_to_identity: None,
        }
    }

    fn ratio_to(&self, identity: &Self) -> Ratio {
        let (real, ceiling) = (self.figures.latency, identity.figures.latency);
        let percentile = |real: Option<f64>, ceiling: Option<f64>| Some(over(real?, ceiling?));
        let cpu_per_article = |figures: &Figures| {
            over(figures.usage.iter().map(|usage| usage.cpu_s).sum(), figures.delivered as f64)
        };
        Ratio {
            articles_per_second: over(self.figures.articles_per_second, identity.figures.articles_per_second),
            p50: percentile(real.map(|real| real.p50_ms), ceiling.map(|ceiling| ceiling.p50_ms)),
            p95: percentile(real.map(|real| real.p95_ms), ceiling.map(|ceiling| ceiling.p95_ms)),
            p99: percentile(real.map(|real| real.p99_ms), ceiling.map(|ceiling| ceiling.p99_ms)),
            cpu_per_article: over(cpu_per_article(&self.figures), cpu_per_article(&identity.figures)),
        }
    }

    /// What the row is about, in columns.
    fn about(&self) -> String {
        format!(
            "{:<8}{:<10}{:>6}{:>7}  {:<14}",
            self.sync_interval, self.load, self.replicas, self.round, self.services
        )
    }
}

/// A quotient that is finite: nothing over nothing is 0.
fn over(number: f64, by: f64) -> f64 {
    if by > 0.0 { number / by } else { 0.0 }
}

impl Report {
    /// Prints the machine and the head of the first table.
    pub(crate) fn start(machine: Machine, command: String) -> std::io::Result<Self> {
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "{}, {} cores, kernel {}, {}; 4 KiB are on the disk in {:.2} ms\n",
            machine.cpu.as_deref().unwrap_or("an unknown processor"),
            machine.cores,
            machine.kernel.as_deref().unwrap_or("unknown"),
            machine.nats_server.as_deref().unwrap_or("an unknown nats-server"),
            machine.disk_sync_ms
        )?;
        let about = format!("{:<8}{:<10}{:>6}{:>7}  {:<14}", "sync", "load", "copies", "round", "services");
        writeln!(
            out,
            "{about}{:>11}{:>10}{:>10}{:>10}  delivered",
            "articles/s", "p50 ms", "p95 ms", "p99 ms"
        )?;
        Ok(Self { machine, command, rows: vec![] })
    }

    /// Adds a pair, real first, with its ratio, and prints it.
    pub(crate) fn add(&mut self, mut pair: Vec<Row>) -> std::io::Result<()> {
        if let [real, identity] = pair.as_mut_slice() {
            real.ratio_to_identity = Some(real.ratio_to(identity));
        }
        let mut out = std::io::stdout().lock();
        for row in &pair {
            let figures = &row.figures;
            let latency = figures.latency;
            let times = latency.map(|latency| [latency.p50_ms, latency.p95_ms, latency.p99_ms].map(Some));
            writeln!(
                out,
                "{}{:>11.1}{}  {} of {}{}",
                row.about(),
                figures.articles_per_second,
                columns(times.unwrap_or_default()),
                figures.delivered,
                figures.articles,
                figures.problem.as_ref().map(|problem| format!(" ({problem})")).unwrap_or_default()
            )?;
        }
        for ratio in pair.iter().filter_map(|row| row.ratio_to_identity.as_ref()) {
            let times = columns([ratio.p50, ratio.p95, ratio.p99]);
            writeln!(
                out,
                "{:<33}{:<14}{:>11.2}{times}  CPU an article {:.2}",
                "", "real/identity", ratio.articles_per_second, ratio.cpu_per_article
            )?;
        }
        self.rows.append(&mut pair);
        Ok(())
    }

    /// Prints what the services and the broker cost.
    pub(crate) fn costs(&self) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        let names: Vec<&str> = self
            .rows
            .first()
            .map_or_else(Vec::new, |row| row.figures.usage.iter().map(|usage| usage.name).collect());
        let about = format!("{:<8}{:<10}{:>6}{:>7}  {:<14}", "", "", "", "", "");
        let heads =
            |width: usize| names.iter().fold(String::new(), |all, name| all + &format!("{name:>width$}"));
        writeln!(out, "\n{about}{:>48}{:>56}", "CPU seconds", "resident MiB / at most")?;
        let head = format!("{:<8}{:<10}{:>6}{:>7}  {:<14}", "sync", "load", "copies", "round", "services");
        writeln!(out, "{head}{}{}", heads(12), heads(14))?;
        for row in &self.rows {
            let cpu = |usage: &Usage| format!("{:>12.2}", usage.cpu_s);
            let memory = |usage: &Usage| {
                format!("{:>14}", format!("{:.0} / {:.0}", usage.resident_mib, usage.peak_mib))
            };
            let usage = &row.figures.usage;
            let (cpu, memory): (String, String) =
                (usage.iter().map(cpu).collect(), usage.iter().map(memory).collect());
            writeln!(out, "{}{cpu}{memory}", row.about())?;
        }
        Ok(())
    }
}

/// Three columns; a dash for what there is not.
fn columns(values: [Option<f64>; 3]) -> String {
    values
        .map(|value| value.map_or_else(|| format!("{:>10}", "-"), |value| format!("{value:>10.2}")))
        .concat()
}
