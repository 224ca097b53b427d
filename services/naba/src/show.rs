//! Records as people read them. A line of a terminal runs from left to right; Arabic inside it is put
//! between isolates (U+2068, U+2069), so that neither disturbs the other. Control characters of an article are shown and
//! never passed on: a terminal would obey them.

use std::borrow::Cow;
use std::io::IsTerminal as _;

use naba_clean::Block;
use naba_clean::evidence::{CLOSE_MIN, CONVICTS_MIN, Sign, weight};
use naba_record::{Cleaned, Enriched, EntityType, Kind, Removed};

/// Puts a text between isolates.
pub fn isolated(text: &str) -> String {
    format!("\u{2068}{}\u{2069}", safe(text))
}

/// A text that a terminal can only show. Controls become their pictures (`␛`), and marks of direction that would reach beyond
/// the text go; lines and tabs stay.
pub fn safe(text: &str) -> Cow<'_, str> {
    let is_direction = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if !text.contains(|c| is_direction(c) || is_obeyed(c)) {
        return Cow::Borrowed(text);
    }
    let picture = |c: char| match c {
        '\u{7f}' => '␡',
        c if is_obeyed(c) => {
            char::from_u32(0x2400 + u32::from(c)).filter(|_| c.is_ascii()).unwrap_or('\u{fffd}')
        }
        c => c,
    };
    Cow::Owned(text.chars().filter(|c| !is_direction(*c)).map(picture).collect())
}

/// A text as it is for a program that reads it, and [`safe`] for a terminal.
pub fn printed(text: &str) -> Cow<'_, str> {
    if std::io::stdout().is_terminal() { safe(text) } else { Cow::Borrowed(text) }
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

/// How many characters of an id are shown: `naba get` takes them.
const ID_CHARACTERS: usize = 8;
/// How many characters of a source a line shows.
const SOURCE_CHARACTERS_MAX: usize = 24;

/// The beginning of a line about something stored: when, of which source, its id.
pub fn place(at: &str, source: Option<&str>, id: &str, paint: Paint) -> String {
    let at: String =
        at.chars().take("2026-11-28T18:22:14".len()).map(|c| if c == 'T' { ' ' } else { c }).collect();
    let source = shortened(source.unwrap_or("-"), SOURCE_CHARACTERS_MAX);
    let id: String = id.chars().take(ID_CHARACTERS).collect();
    format!("{}  {}  {}", paint.dim(&safe(&at)), isolated(&source), paint.dim(&safe(&id)))
}

/// One line about a record: when, source, id, language, who, headline, topic, names.
pub fn line(record: &Enriched, paint: Paint) -> String {
    let headline = record.title.as_deref().unwrap_or_else(|| record.body.lines().next().unwrap_or_default());
    let agency =
        record.agency.as_ref().map_or("-", |agency| agency.code.as_deref().unwrap_or(&agency.surface));
    let topic = record.topics.first().map_or("-", |topic| topic.label_ar.as_str());
    let names = record.entities.iter().filter(|entity| entity.kind == EntityType::Person).take(NAMES_MAX);
    let names: Vec<&str> = names.map(|entity| entity.name.as_str()).collect();
    let mut line = format!(
        "{}  {}  {}  {}",
        place(&record.enriched_at, record.source.as_deref(), &record.id, paint),
        safe(&record.language.tag),
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

/// The field of the record that holds the words of a cut, where they were moved and are not gone.
fn moved_to(cut: &Removed, cleaned: &Cleaned) -> Option<&'static str> {
    let holds = |field: &Option<String>| {
        // a field may print its words without the marks around them
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        field
            .as_deref()
            .is_some_and(|field| !field.is_empty() && letters(&cut.text).contains(&letters(field)))
    };
    match cut.kind {
        Kind::Title if holds(&cleaned.title) => Some("title"),
        Kind::Kicker if holds(&cleaned.kicker) => Some("kicker"),
        Kind::Byline if holds(&cleaned.byline) => Some("byline"),
        Kind::Timestamp if holds(&cleaned.published_surface) => Some("published"),
        Kind::Dateline if cleaned.dateline.is_some() => Some("dateline"),
        _ => None,
    }
}

/// The cuts of an article, each with the field that it was moved to. A headline that is printed twice moves once.
fn with_fields(cleaned: &Cleaned) -> Vec<(&Removed, Option<&'static str>)> {
    let mut known = vec![];
    let of = |cut| {
        let field = moved_to(cut, cleaned).filter(|field| !known.contains(field));
        known.extend(field);
        (cut, field)
    };
    cleaned.removed.iter().map(of).collect()
}

/// The decoded text with its cuts: struck out on a terminal, between ⟦ ⟧ elsewhere, the kind and the rule
/// beside each; of words that were moved into a field of the record, the field.
pub fn cuts(decoded: &str, cleaned: &Cleaned, paint: Paint) -> String {
    let characters: Vec<char> = decoded.chars().collect();
    let stretch =
        |start: usize, end: usize| characters.get(start..end).unwrap_or_default().iter().collect::<String>();
    let (mut page, mut at) = (String::new(), 0);
    for (cut, field) in with_fields(cleaned) {
        page.push_str(&safe(&stretch(at, cut.start as usize)));
        let words = stretch(cut.start as usize, cut.end as usize);
        let words = safe(&words);
        let why = match field {
            Some(field) => format!("→ {field}: {}", cut.rule),
            None => named(cut),
        };
        let why = isolated(&format!("[{why}]"));
        if paint.is_on() {
            let words = if field.is_some() { paint.bold(&words) } else { paint.struck(&words) };
            page.push_str(&words);
            page.push_str(&paint.dim(&format!(" {why}")));
        } else {
            page.push_str(&format!("⟦{words}⟧{why}"));
        }
        at = cut.end as usize;
    }
    page.push_str(&safe(&stretch(at, characters.len())));
    page
}

/// A cut's kind and rule; a rule that begins with its kind says both.
fn named(cut: &Removed) -> String {
    if cut.rule.starts_with(cut.kind.name()) {
        cut.rule.clone()
    } else {
        format!("{} {}", cut.kind.name(), cut.rule)
    }
}

/// How many characters of a block are shown.
const BLOCK_CHARACTERS_MAX: usize = 48;

/// The article's lines as the engine saw them: how many words each has, whether it stays, and why; with the
/// signs, where signs decided or came close to it.
pub fn blocks(decoded: &str, blocks: &[Block], cleaned: &Cleaned, paint: Paint) -> String {
    let characters: Vec<char> = decoded.chars().collect();
    let cuts = with_fields(cleaned);
    let mut lines = vec![];
    for block in blocks {
        let own = cuts.iter().filter(|(cut, _)| cut.start >= block.start && cut.end <= block.end);
        let own = |with_field: bool| own.clone().filter(move |(_, field)| field.is_some() == with_field);
        let moved: Vec<&str> = own(true).filter_map(|(_, field)| *field).collect();
        let gone: Vec<String> = own(false).map(|(cut, _)| named(cut)).collect();
        let words: String =
            characters.get(block.start as usize..block.end as usize).unwrap_or_default().iter().collect();
        let weight = weight(&block.signs);
        let mut verdict = match &block.label {
            Some((kind, rule)) if moved.is_empty() => format!("{} by {rule}", kind.name()),
            Some((_, rule)) => format!("becomes the {} by {rule}", moved.join(" and the ")),
            None if weight >= CLOSE_MIN => "kept, but it was close".to_owned(),
            None => "kept".to_owned(),
        };
        let is_whole =
            moved.len() == 1 && own(true).any(|(cut, _)| cut.start <= block.start && cut.end >= block.end);
        if block.label.is_none() && is_whole {
            verdict = format!("becomes the {}", moved.concat());
        } else if block.label.is_none() && !moved.is_empty() {
            verdict.push_str(&format!(", its {} taken out", moved.join(" and its ")));
        }
        if block.label.is_none() && !gone.is_empty() {
            verdict.push_str(&format!(", without {}", gone.join(", ")));
        }
        let mut line = format!("{:>4} words  {verdict}", block.words);
        if weight >= CLOSE_MIN {
            let sign = |sign: &Sign| format!("{} {:+}", sign.rule, sign.weight);
            let signs: Vec<String> = block.signs.iter().map(sign).collect();
            line.push_str(&format!(" ({} = {weight}, {CONVICTS_MIN} would do)", signs.join(", ")));
        }
        if let Some(because) = block.because.filter(|because| !because[0].is_empty()) {
            let because: Vec<&str> = because.into_iter().filter(|because| !because.is_empty()).collect();
            line.push_str(&format!(" [flat.model: {}]", because.join(", ")));
        }
        let words = isolated(&shortened(&words, BLOCK_CHARACTERS_MAX));
        let line = if block.label.is_some() { line } else { paint.dim(&line) };
        lines.push(format!("{line}  {words}"));
    }
    lines.join("\n")
}

/// Every field that was found, one a line.
pub fn fields(record: &Enriched, paint: Paint) -> String {
    let mut lines = vec![];
    let mut field = |name: &str, value: String| {
        if !value.is_empty() {
            // padded before it is painted: what paints has a width of its own
            lines.push(format!("{} {}", paint.dim(&format!("{name:<13}")), isolated(&value)));
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

#[cfg(test)]
mod tests {
    use super::{isolated, safe};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(safe(text), expected);
    }

    #[test]
    fn a_terminal_obeys_no_article() {
        check("عنوان\n\tنص", "عنوان\n\tنص");
        check("\u{1b}[2J\u{7}\r\0", "␛[2J␇␍␀");
        check("\u{9b}31m\u{7f}", "\u{fffd}31m␡");
        check("a\u{202e}b\u{2069}c\u{200f}d", "abc\u{200f}d");
        assert_eq!(isolated("نص\u{2069}\u{1b}"), "\u{2068}نص␛\u{2069}");
    }
}
