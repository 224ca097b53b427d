//! Records as people read them. A line of a terminal runs from left to right; Arabic inside it is put
//! between isolates (U+2068, U+2069), so that neither disturbs the other.

use std::io::IsTerminal as _;

use naba_clean::Block;
use naba_clean::evidence::{CLOSE_MIN, CONVICTS_MIN, Sign, weight};
use naba_record::{Cleaned, Enriched, EntityType};

/// Puts a text between isolates.
pub fn isolated(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}

/// Colours, or nothing where no terminal is.
#[derive(Debug, Clone, Copy)]
pub struct Paint(bool);

impl Paint {
    /// Colours when standard output is a terminal and nobody asked for none (`NO_COLOR`).
    pub fn for_stdout() -> Self {
        Self(std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
    }

    /// Whether there are colours.
    pub fn is_on(self) -> bool {
        self.0
    }

    /// Quiet.
    pub fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    /// Loud.
    pub fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// Struck out, in red.
    pub fn struck(self, text: &str) -> String {
        self.with("9;31", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// How many characters of a text a summary shows.
const HEADLINE_CHARACTERS_MAX: usize = 90;
/// How many names a summary shows.
const NAMES_MAX: usize = 3;
/// How many statements a summary shows.
const QUOTES_MAX: usize = 5;

/// One line about a record: id, language, who, topic, headline, names.
pub fn line(record: &Enriched, paint: Paint) -> String {
    let id: String = record.id.chars().take(8).collect();
    let headline = record.title.as_deref().unwrap_or_else(|| record.body.lines().next().unwrap_or_default());
    let agency =
        record.agency.as_ref().map_or("-", |agency| agency.code.as_deref().unwrap_or(&agency.surface));
    let topic = record.topics.first().map_or("-", |topic| topic.label_ar.as_str());
    let names = record.entities.iter().filter(|entity| entity.kind == EntityType::Person).take(NAMES_MAX);
    let names: Vec<&str> = names.map(|entity| entity.name.as_str()).collect();
    let mut line = format!(
        "{}  {}  {}  {}",
        paint.dim(&id),
        record.language.tag,
        isolated(agency),
        paint.bold(&isolated(&shortened(headline, HEADLINE_CHARACTERS_MAX)))
    );
    line.push_str(&paint.dim(&format!("  · {}", isolated(topic))));
    if !names.is_empty() {
        line.push_str(&paint.dim(&format!("  · {}", isolated(&names.join("، ")))));
    }
    if record.withdrawn {
        line.push_str(&paint.bold("  · withdrawn"));
    }
    line.push_str(&paint.dim(&format!("  · {} cut", record.removed.len())));
    line
}

/// The first characters of a text, and an ellipsis where there are more.
pub fn shortened(text: &str, characters: usize) -> String {
    let text = text.replace('\n', " ");
    if text.chars().count() <= characters {
        return text;
    }
    format!("{}…", text.chars().take(characters).collect::<String>().trim_end())
}

/// The decoded text with its cuts: struck out on a terminal, between ⟦ ⟧ elsewhere, the kind and the rule
/// beside each.
pub fn cuts(decoded: &str, cleaned: &Cleaned, paint: Paint) -> String {
    let characters: Vec<char> = decoded.chars().collect();
    let stretch =
        |start: usize, end: usize| characters.get(start..end).unwrap_or_default().iter().collect::<String>();
    let (mut page, mut at) = (String::new(), 0);
    for cut in &cleaned.removed {
        page.push_str(&stretch(at, cut.start as usize));
        let words = stretch(cut.start as usize, cut.end as usize);
        let why = if cut.rule.starts_with(cut.kind.name()) {
            cut.rule.clone()
        } else {
            format!("{} {}", cut.kind.name(), cut.rule)
        };
        if paint.is_on() {
            page.push_str(&paint.struck(&words));
            page.push_str(&paint.dim(&format!(" {}", isolated(&format!("[{why}]")))));
        } else {
            page.push_str(&format!("⟦{words}⟧{}", isolated(&format!("[{why}]"))));
        }
        at = cut.end as usize;
    }
    page.push_str(&stretch(at, characters.len()));
    page.replace('\0', "␀")
}

/// How many characters of a block are shown.
const BLOCK_CHARACTERS_MAX: usize = 48;

/// The article's lines as the engine saw them: how many words each has, whether it stays, and why; with the
/// signs, where signs decided or came close to it.
pub fn blocks(decoded: &str, blocks: &[Block], paint: Paint) -> String {
    let characters: Vec<char> = decoded.chars().collect();
    let mut lines = vec![];
    for block in blocks {
        let words: String =
            characters.get(block.start as usize..block.end as usize).unwrap_or_default().iter().collect();
        let weight = weight(&block.signs);
        let verdict = match &block.label {
            Some((kind, rule)) => format!("{} by {rule}", kind.name()),
            None if weight >= CLOSE_MIN => "kept, but it was close".to_owned(),
            None => "kept".to_owned(),
        };
        let mut line = format!("{:>4} words  {verdict}", block.words);
        if weight >= CLOSE_MIN {
            let sign = |sign: &Sign| format!("{} {:+}", sign.rule, sign.weight);
            let signs: Vec<String> = block.signs.iter().map(sign).collect();
            line.push_str(&format!(" ({} = {weight}, {CONVICTS_MIN} would do)", signs.join(", ")));
        }
        let words = isolated(&shortened(&words, BLOCK_CHARACTERS_MAX));
        let line = if block.label.is_some() { line } else { paint.dim(&line) };
        lines.push(format!("{line}  {words}"));
    }
    lines.join("\n").replace('\0', "␀")
}

/// Every field that was found, one a line.
pub fn fields(record: &Enriched, paint: Paint) -> String {
    let mut lines = vec![];
    let mut field = |name: &str, value: String| {
        if !value.is_empty() {
            lines.push(format!("{:<12} {}", paint.dim(name), isolated(&value)));
        }
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    field("title", text(&record.title));
    field("kicker", text(&record.kicker));
    field("byline", text(&record.byline));
    if let Some(dateline) = &record.dateline {
        field(
            "dateline",
            [&dateline.place, &dateline.agency, &dateline.date]
                .iter()
                .filter_map(|part| part.as_deref())
                .collect::<Vec<_>>()
                .join(" | "),
        );
    }
    let agency = |agency: &naba_record::Agency| match &agency.name_en {
        Some(name) => format!("{} ({name})", agency.surface),
        None => agency.surface.clone(),
    };
    field("agency", record.agency.as_ref().map(agency).unwrap_or_default());
    field("relay", record.relay.iter().map(agency).collect::<Vec<_>>().join("، "));
    field("published", text(&record.published_at));
    field("language", record.language.tag.clone());
    field(
        "topics",
        record
            .topics
            .iter()
            .map(|topic| format!("{} {:.2}", topic.label_ar, topic.score))
            .collect::<Vec<_>>()
            .join("، "),
    );
    for (kind, name) in [
        (EntityType::Person, "people"),
        (EntityType::Organisation, "organisations"),
        (EntityType::Place, "places"),
    ] {
        let entities = record.entities.iter().filter(|entity| entity.kind == kind);
        field(
            name,
            entities
                .map(|entity| format!("{} ×{}", entity.name, entity.mentions.len()))
                .collect::<Vec<_>>()
                .join("، "),
        );
    }
    for quote in record.quotes.iter().take(QUOTES_MAX) {
        let who = quote.speaker.name.as_deref().unwrap_or(&quote.speaker.surface);
        field("said", format!("{who}: {}", shortened(&quote.content, HEADLINE_CHARACTERS_MAX)));
    }
    field("keywords", record.keywords.join("، "));
    field("tags", record.tags.join("، "));
    field("quality", record.quality.join(", "));
    lines.join("\n")
}
