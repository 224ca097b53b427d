//! `naba rules`: furniture as data, looked at, tried, pushed into running services, and learned.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clean::counts::{COUNTS_BUCKET, change_profile, profiles};
use clean::rules::{BUCKET, LEARNED_FILE, Overlay};
use naba_clean::learn::{Proposal, rule_file};
use naba_clean::rules::Rule;
use naba_clean::{Furniture, Rules, lint};
use naba_runtime::service::ServiceArgs;
use naba_runtime::{Broker, Bucket};

use crate::input;
use crate::pipeline::{Pipeline, RulesArgs};
use crate::show::{isolated, shortened};

/// Look at rules, try them, push them into running services, learn new ones
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List the rules in use
    Ls(RulesArgs),
    /// Look for mistakes: unknown keys, rules that are never reached, patterns that take copy or cost too much
    Lint(RulesArgs),
    /// Run every example of every rule
    Test(RulesArgs),
    /// Count what fired how often on articles, and what never did
    Coverage(Coverage),
    /// Validate rule files and switch every running clean service to them
    Push(Push),
    /// Print the rule files that were pushed
    Pull(Pull),
    /// Show what outlets repeat: from articles, or from what running services have counted
    Mine(Mine),
    /// Make rules of what was proposed
    Accept(Accept),
    /// Never propose it again
    Reject(Reject),
}

#[derive(Debug, clap::Args)]
struct Coverage {
    /// Articles: .txt, .html, .json, .ndjson, or - for NDJSON on standard input
    files: Vec<PathBuf>,
    /// How many lines are shown of each rule
    #[arg(long, value_name = "N", default_value_t = 1)]
    examples: usize,
    #[command(flatten)]
    rules: RulesArgs,
}

#[derive(Debug, clap::Args)]
struct Push {
    /// Rule files (TOML). A file of the same name is replaced
    files: Vec<PathBuf>,
    /// Take a file away that was pushed before
    #[arg(long, value_name = "NAME")]
    remove: Vec<String>,
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, clap::Args)]
struct Pull {
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, clap::Args)]
struct Mine {
    /// Articles to count; without any, what running services have counted is shown
    files: Vec<PathBuf>,
    /// Only of this source
    #[arg(long)]
    source: Option<String>,
    /// Print a rule file instead of a list
    #[arg(long)]
    toml: bool,
    #[command(flatten)]
    rules: RulesArgs,
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, clap::Args)]
struct Accept {
    /// The source
    source: String,
    /// Proposals by the beginning of their id; all when none is given
    ids: Vec<String>,
    /// From now on accept whatever is met often enough (`on`), or ask again (`off`)
    #[arg(long, value_name = "ON|OFF", value_parser = ["on", "off"])]
    automatic: Option<String>,
    #[command(flatten)]
    service: ServiceArgs,
}

#[derive(Debug, clap::Args)]
struct Reject {
    /// The source
    source: String,
    /// Proposals by the beginning of their id
    #[arg(required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    service: ServiceArgs,
}

/// Runs the command. Exit code 1 when `lint` finds a mistake.
///
/// # Errors
/// When a rule has a mistake, a file cannot be read, or the broker is not to be had.
pub async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match &args.action {
        Action::Ls(rules) => write!(out, "{}", listed(&rules.load()?))?,
        Action::Lint(rules) => {
            let findings = lint::lint(&rules.load()?);
            for finding in &findings {
                let weight = if finding.is_error { "error" } else { "note" };
                writeln!(out, "{weight}  {}: {}", finding.id, finding.problem)?;
            }
            let errors = findings.iter().filter(|finding| finding.is_error).count();
            writeln!(out, "{errors} errors, {} notes", findings.len() - errors)?;
            return Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Action::Test(rules) => {
            // loading runs them
            let rules = rules.load()?;
            let examples: usize = rules.all().map(|rule| rule.positive.len() + rule.negative.len()).sum();
            writeln!(out, "{} rules, {examples} examples, all hold", rules.all().count())?;
        }
        Action::Coverage(args) => write!(out, "{}", coverage(args)?)?,
        Action::Push(args) => push(args, &mut out).await?,
        Action::Pull(args) => {
            let (overlay, revision) = Overlay::read(&bucket(&args.service, BUCKET).await?).await?;
            for (name, text) in &overlay.files {
                writeln!(out, "# {name}\n{text}")?;
            }
            if revision.is_none() {
                writeln!(out, "# nothing was pushed")?;
            }
        }
        Action::Mine(args) => {
            let proposals = mined(args).await?;
            if args.toml {
                write!(out, "{}", rule_file(&proposals))?;
            } else {
                for proposal in &proposals {
                    writeln!(out, "{}", line(proposal))?;
                }
                writeln!(out, "{} proposals", proposals.len())?;
            }
        }
        Action::Accept(args) => accept(args, &mut out).await?,
        Action::Reject(args) => {
            let bucket = bucket(&args.service, COUNTS_BUCKET).await?;
            let mut rejected = 0;
            change_profile(&bucket, &args.source, |profile| {
                rejected = 0;
                for line in &mut profile.lines {
                    let id = line.id(&args.source);
                    if args.ids.iter().any(|wanted| is_meant(&id, wanted)) {
                        line.rejected = true;
                        rejected += 1;
                    }
                }
            })
            .await?;
            writeln!(out, "{rejected} rejected")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether an id begins like what somebody wrote, `learned.` left out or not.
fn is_meant(id: &str, wanted: &str) -> bool {
    id.starts_with(wanted) || id.trim_start_matches("learned.").starts_with(wanted)
}

fn listed(rules: &Rules) -> String {
    let row = |rule: &Rule| {
        let place = format!("{:?}", rule.place).to_lowercase();
        let scope = format!("{:?}", rule.scope).to_lowercase();
        let sources = if rule.sources.is_empty() { String::new() } else { rule.sources.join(", ") };
        format!("{:<34} {:<10} {scope:<6} {place:<5} {sources}\n", rule.id, rule.kind.name())
    };
    let rows: String = rules.all().map(row).collect();
    format!("{rows}{} rules, version {}\n", rules.all().count(), rules.version)
}

/// What fired how often, with examples; and what never did.
fn coverage(args: &Coverage) -> anyhow::Result<String> {
    let rules = args.rules.load()?;
    let ids: BTreeSet<String> = rules.all().map(|rule| rule.id.clone()).collect();
    let pipeline = Pipeline::new(rules);
    let mut fired: BTreeMap<String, (u64, BTreeSet<String>, Vec<String>)> = BTreeMap::new();
    let (mut articles, mut failed) = (0_u64, 0_u64);
    for file in input::names(&args.files) {
        for item in input::items(&file)? {
            articles += 1;
            let Ok((_, cleaned)) = pipeline.clean(&item.payload, &item.envelope) else {
                failed += 1;
                continue;
            };
            for cut in cleaned.removed {
                let (count, sources, examples) = fired.entry(cut.rule).or_default();
                *count += 1;
                sources.insert(cleaned.source.clone().unwrap_or_default());
                if examples.len() < args.examples {
                    examples.push(cut.text);
                }
            }
        }
    }
    let mut rows: Vec<_> = fired.iter().collect();
    rows.sort_by_key(|(_, (count, ..))| std::cmp::Reverse(*count));
    let mut table = format!("{:>7} {:>8}  rule\n", "cuts", "sources");
    for (rule, (count, sources, examples)) in rows {
        let shown: Vec<String> =
            examples.iter().map(|example| isolated(&shortened(example, EXAMPLE_CHARACTERS_MAX))).collect();
        table.push_str(&format!("{count:>7} {:>8}  {rule}  {}\n", sources.len(), shown.join("  ")));
    }
    let never: Vec<&str> = ids.iter().filter(|id| !fired.contains_key(*id)).map(String::as_str).collect();
    table.push_str(&format!(
        "{articles} articles, {failed} rejected; {} of {} rules never fired: {}\n",
        never.len(),
        ids.len(),
        never.join(", ")
    ));
    Ok(table)
}

/// How many characters of an example are shown.
const EXAMPLE_CHARACTERS_MAX: usize = 60;

async fn bucket(service: &ServiceArgs, name: &str) -> anyhow::Result<Bucket> {
    let config = service.load()?;
    let broker = Broker::connect(&config.broker, "naba-rules").await?;
    let bucket = Bucket::open(&broker.jetstream, name).await?;
    bucket.with_context(|| format!("there is no bucket {name}; `naba topology apply` makes it"))
}

async fn push(args: &Push, out: &mut impl std::io::Write) -> anyhow::Result<()> {
    anyhow::ensure!(
        !args.files.is_empty() || !args.remove.is_empty(),
        "name rule files to push, or --remove"
    );
    let own = RulesArgs { rules: args.files.clone() };
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let files: Vec<(String, String)> =
        own.read()?.into_iter().map(|(path, text)| (name(&path), text)).collect();
    let errors: Vec<String> = lint::lint(&own.load()?)
        .into_iter()
        .filter(|finding| finding.is_error)
        .map(|finding| format!("{}: {}", finding.id, finding.problem))
        .collect();
    anyhow::ensure!(errors.is_empty(), "nothing was pushed: {}", errors.join("; "));
    let bucket = bucket(&args.service, BUCKET).await?;
    let rules = Overlay::change(&bucket, |overlay| {
        overlay.files.extend(files.iter().cloned());
        overlay.files.retain(|name, _| !args.remove.contains(name));
    })
    .await?;
    writeln!(out, "pushed: {} rules, version {}", rules.all().count(), rules.version)?;
    Ok(())
}

async fn mined(args: &Mine) -> anyhow::Result<Vec<Proposal>> {
    let furniture = if args.files.is_empty() {
        profiles(&bucket(&args.service, COUNTS_BUCKET).await?).await?
    } else {
        counted(&args.files, args.rules.load()?)?
    };
    let mut proposals = furniture.proposals();
    proposals.retain(|proposal| args.source.as_ref().is_none_or(|source| *source == proposal.source));
    Ok(proposals)
}

/// Counts articles here and now.
fn counted(files: &[PathBuf], rules: Rules) -> anyhow::Result<Furniture> {
    let pipeline = Pipeline::new(rules);
    let mut furniture = Furniture::default();
    for file in files {
        for item in input::items(file)? {
            if let Ok((source, seen)) = pipeline.observe(&item.payload, &item.envelope) {
                furniture.observe(&source, &seen);
            }
        }
    }
    Ok(furniture)
}

fn line(proposal: &Proposal) -> String {
    let place = format!("{:?}", proposal.place).to_lowercase();
    format!(
        "{}  {}  {place:<5} {:>5} times, {:>3.0} of 100 articles, lift {:>6.1}  {}",
        proposal.id,
        isolated(&proposal.source),
        proposal.count,
        proposal.share * 100.0,
        proposal.lift,
        isolated(&shortened(&proposal.text, EXAMPLE_CHARACTERS_MAX))
    )
}

async fn accept(args: &Accept, out: &mut impl std::io::Write) -> anyhow::Result<()> {
    let counts = bucket(&args.service, COUNTS_BUCKET).await?;
    if let Some(automatic) = &args.automatic {
        change_profile(&counts, &args.source, |profile| profile.automatic = automatic == "on").await?;
        writeln!(out, "{}: accepting is automatic: {automatic}", args.source)?;
        if args.ids.is_empty() {
            return Ok(());
        }
    }
    let mut proposals = profiles(&counts).await?.proposals();
    proposals.retain(|proposal| {
        let chosen = args.ids.is_empty() || args.ids.iter().any(|wanted| is_meant(&proposal.id, wanted));
        proposal.source == args.source && chosen
    });
    anyhow::ensure!(
        !proposals.is_empty(),
        "{} has no such proposals; `naba rules mine` lists them",
        args.source
    );
    let pushed = bucket(&args.service, BUCKET).await?;
    let rules = Overlay::change(&pushed, |overlay| overlay.accept(&proposals)).await?;
    for proposal in &proposals {
        writeln!(out, "{}", line(proposal))?;
    }
    writeln!(out, "{} rules in {LEARNED_FILE}, version {}", proposals.len(), rules.version)?;
    Ok(())
}
