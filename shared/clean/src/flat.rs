//! A page that was flattened into one line: menu, stamp, headline, copy, source, related stories, tags and
//! share bar with nothing but spaces between them.
//!
//! Seams show where one piece ends. Between menu and copy stands a stamp; the headline behind it is told by
//! the article's own address; behind the source, or behind the last sentence before the share bar, nothing
//! is copy any more.

use naba_lexicon::Sense;
use naba_record::Kind;
use naba_text::slice;

use crate::boundary::model::{Model, Part};
use crate::boundary::{self, End, Piece};
use crate::dateline;
use crate::decide::{Article, Cut};
use crate::folding::Folding;
use crate::page::Unit;
use crate::rules::{Place, Rule};

/// The fewest words of a line that may hold a page.
const LINE_WORDS_MIN: usize = 60;
/// A page that was flattened is at least the third part of its text.
const LINE_SHARE_MAX: usize = 3;
/// The fewest seams that show that it does.
const SEAMS_MIN: usize = 2;
/// The most words of a menu before the stamp.
const MENU_WORDS_MAX: usize = 90;
/// The most words of a headline inside the copy, and the fewest.
const HEADLINE_WORDS: std::ops::RangeInclusive<usize> = 4..=26;
/// The most words of a list of tags.
const TAGS_WORDS_MAX: usize = 40;
/// The fewest words of the address that must agree with the line to make a headline.
const SLUG_WORDS_MIN: usize = 3;

/// How many words a headline may have more or fewer than its address.
const SLUG_WORDS_MORE: usize = 3;
/// How far behind the stamp a headline may end.
const HEADLINE_BYTES_MAX: usize = 400;
/// The fewest digits of a number that is the article's, and not a word of its headline.
const NUMBER_DIGITS_MIN: usize = 5;

/// A seam in the folded line, in bytes.
struct Seam<'a> {
    rule: &'a Rule,
    start: usize,
    end: usize,
}

/// A flattened line under work.
struct Line<'a> {
    start: usize,
    folding: Folding<'a>,
    cuts: Vec<Cut>,
}

/// The share of a text that one line must hold for the text to be flat, in percent, and the most lines beside it.
const FLAT_SHARE_MIN: usize = 60;
const LINES_BESIDE_MAX: usize = 3;

/// The most bytes of a text whose words are all looked at (1 MiB): a book is no article.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// Splits the one line of a flat text into its pieces; whether the text was flat.
pub(crate) fn split(article: &mut Article<'_>, model: &Model) -> bool {
    // where a rule has found what interrupts the copy, that is all that is known to go
    if model.is_none()
        || !article.decision.cuts.is_empty()
        || article.text.len() > TEXT_BYTES_MAX
        || article.units.len() > 1 + LINES_BESIDE_MAX
    {
        return false;
    }
    let Some(index) = (0..article.units.len()).max_by_key(|index| article.units[*index].bytes()) else {
        return false;
    };
    let unit = &article.units[index];
    if unit.words < LINE_WORDS_MIN || unit.bytes() * 100 < article.text.len() * FLAT_SHARE_MIN {
        return false;
    }
    let (start, end) = (unit.start, unit.end);
    let line = slice::between(article.text, start, end);
    let own_name = own_name_at_the_start(article.source, line);
    let mut pieces = between_wide_blanks(line).unwrap_or_else(|| {
        let Article { lexicon, search, rules, source, .. } = *article;
        let is_line = |words: &str, end: End| {
            let folding = Folding::of(search, words);
            let (text, count) = (folding.text(), crate::page::count_words(words));
            // one word that is a section's name may be a headline's first one
            let of_a_page = |kind: Kind| matches!(kind, Kind::Timestamp | Kind::Share | Kind::Social);
            end == End::Last && text.contains(['-', '–', '/']) && dateline::whole_and_known(lexicon, &folding)
                || count > 1
                    && rules
                        .first(&rules.matching(text), text, count, Place::Head, source)
                        .is_some_and(|rule| end == End::First || of_a_page(rule.kind))
        };
        let mut pieces = boundary::pieces(model, lexicon, search, slice::from(line, own_name), is_line);
        for piece in &mut pieces {
            piece.start += own_name;
        }
        pieces
    });
    if own_name > 0 && pieces.first().is_some_and(|piece| piece.start > 0) {
        pieces.insert(0, Piece { start: 0, part: Part::Head, because: ["outlet", "", ""] });
    }
    // what a rule cuts from the end of the copy goes by that rule
    let by_rule = end_by_rule(article, line);
    let found = pieces.iter().filter(|piece| piece.start == 0 || piece.start + BESIDE_BYTES_MAX < by_rule);
    let pieces: Vec<Piece> = found.cloned().collect();
    let starts = pieces.iter().map(|piece| start + piece.start);
    let ends = starts.clone().skip(1).chain([end]);
    let units = pieces.iter().zip(starts.zip(ends)).map(|(piece, (start, end))| {
        let words = slice::between(article.text, start, end).trim_end_matches(crate::page::is_blank);
        let mut unit = Unit::new(words, start);
        unit.piece = Some(piece.clone());
        unit
    });
    let units: Vec<Unit> = units.filter(|unit| unit.end > unit.start).collect();
    article.units.splice(index..=index, units);
    true
}

/// How many bytes of a line's end rules for ends look at, and how near to what they find no piece begins.
const END_BYTES_MAX: usize = 800;
const BESIDE_BYTES_MAX: usize = 4;

/// Where the end of a line begins that a rule for ends takes; the line's length where none does.
fn end_by_rule(article: &Article<'_>, line: &str) -> usize {
    let from = line.floor_char_boundary(line.len().saturating_sub(END_BYTES_MAX));
    let folding = Folding::of(article.search, slice::from(line, from));
    article
        .rules
        .end(&folding, article.source)
        .map_or(line.len() + BESIDE_BYTES_MAX, |(_, at)| from + at.home())
}

/// How many bytes of a line its outlet's own name takes, with the blanks behind it.
fn own_name_at_the_start(source: Option<&str>, line: &str) -> usize {
    let Some(word) = line
        .split(crate::page::is_blank)
        .next()
        .filter(|word| Some(word.to_lowercase()) == source.map(str::to_lowercase))
    else {
        return 0;
    };
    let rest = slice::from(line, word.len());
    line.len() - rest.trim_start_matches(crate::page::is_blank).len()
}

/// The fewest words of a paragraph.
const PARAGRAPH_WORDS_MIN: usize = 12;

/// The pieces between wide blanks, where those were line feeds: then nearly every paragraph between them ends with a
/// sentence. Writers who type two blanks now and then do it anywhere.
fn between_wide_blanks(line: &str) -> Option<Vec<Piece>> {
    let mut starts = vec![0];
    let mut blanks: Option<usize> = None;
    for (at, c) in line.char_indices() {
        if crate::page::is_blank(c) {
            blanks = Some(blanks.unwrap_or(0) + 1);
        } else if blanks.take().is_some_and(|blanks| blanks > 1) {
            starts.push(at);
        }
    }
    // a few words that go on with what stands before them are no line
    let goes_on = |start: &usize| {
        let rest = slice::from(line, *start);
        let short = rest.find("  ").map_or(rest, |end| slice::until(rest, end));
        let first = naba_lexicon::folded(short.split(crate::page::is_blank).next().unwrap_or_default());
        crate::page::count_words(short) < PARAGRAPH_WORDS_MIN && boundary::see::GLUE.contains(&first.as_str())
    };
    starts.retain(|start| *start == 0 || !goes_on(start));
    let ends = starts.iter().copied().skip(1).chain([line.len()]);
    let stretches = starts.iter().zip(ends).map(|(start, end)| slice::between(line, *start, end));
    let units: Vec<Unit> =
        stretches.map(|stretch| Unit::new(stretch.trim_end_matches(crate::page::is_blank), 0)).collect();
    let paragraphs: Vec<&Unit> = units.iter().filter(|unit| unit.words >= PARAGRAPH_WORDS_MIN).collect();
    let ended = paragraphs.iter().filter(|unit| unit.ends_like_a_sentence()).count();
    let piece = |start: usize| Piece { start, part: Part::Copy, because: ["blanks", "", ""] };
    (paragraphs.len() > 1 && ended * 5 >= paragraphs.len() * 3)
        .then(|| starts.into_iter().map(piece).collect())
}

/// Cuts the furniture out of a flattened page; whether the unit was one.
pub(crate) fn read(article: &mut Article<'_>, index: usize, address: Option<&str>) -> bool {
    let unit = &article.units[index];
    if unit.words < LINE_WORDS_MIN || unit.bytes() * LINE_SHARE_MAX < article.text.len() {
        return false;
    }
    let (start, end) = (article.units[index].start, article.units[index].end);
    let words = slice::between(article.text, start, end);
    let rules = article.rules;
    let seams =
        seams(rules.seams.iter().filter(|(rule, _)| rule.is_for(article.source)), article.folded(index));
    if seams.is_empty() {
        return false;
    }
    let folding = Folding::of(article.search, words);
    let mut line = Line { start, folding, cuts: vec![] };
    if seams.len() < SEAMS_MIN {
        // what interrupts a page between two sentences goes by itself, wherever it stands
        let interrupts = |seam: &&Seam<'_>| {
            let before = slice::until(line.folding.text(), seam.start).trim_end();
            seam.rule.kind != Kind::Related || before.ends_with(['.', '!', '?', '"'])
        };
        let seams: Vec<Seam<'_>> = seams.into_iter().filter(|seam| interrupts(&seam)).collect();
        let end = line.folding.text().len();
        line.middle(&seams, 0, end, article.lexicon);
        article.decision.cuts.append(&mut line.cuts);
        return false;
    }
    let copy = line.head(&seams, address, article);
    let copy_end = line.tail(&seams, copy, article);
    line.middle(&seams, copy, copy_end, article.lexicon);
    article.decision.cuts.append(&mut line.cuts);
    true
}

fn seams<'a>(rules: impl Iterator<Item = &'a (Rule, regex::Regex)>, folded: &str) -> Vec<Seam<'a>> {
    let mut seams: Vec<Seam<'a>> = rules
        .flat_map(|(rule, regex)| {
            regex.find_iter(folded).map(move |found| Seam { rule, start: found.start(), end: found.end() })
        })
        .collect();
    seams.sort_by_key(|seam| seam.start);
    seams
}

impl Line<'_> {
    /// Menu, stamp and headline: where the copy begins.
    fn head(&mut self, seams: &[Seam<'_>], address: Option<&str>, article: &mut Article<'_>) -> usize {
        let stamp = seams.iter().find(|seam| seam.rule.kind == Kind::Timestamp);
        let Some(stamp) = stamp.filter(|stamp| self.count(0, stamp.start) <= MENU_WORDS_MAX) else {
            return 0;
        };
        self.cut(0, stamp.start, Kind::Nav, "nav.before_the_stamp");
        self.cut(stamp.start, stamp.end, Kind::Timestamp, &stamp.rule.id);
        article.stamp(self.original(stamp.start, stamp.end));
        let title = address.map_or(0, |address| self.slug_words(stamp.end, address));
        if title == 0 {
            return stamp.end;
        }
        let end = stamp.end + title;
        if article.decision.title.is_none() && article.title.is_none() {
            article.decision.title = Some(self.original(stamp.end, end).to_owned());
        }
        self.cut(stamp.end, end, Kind::Title, "title.words_of_the_address");
        end
    }

    /// Source, related stories, tags, share bar: where the copy ends.
    fn tail(&mut self, seams: &[Seam<'_>], copy: usize, article: &mut Article<'_>) -> usize {
        let mut end = self.folding.text().len();
        let share = seams.iter().rfind(|seam| seam.rule.kind == Kind::Share && seam.start > copy);
        if let Some(share) = share {
            self.cut(share.start, end, Kind::Share, &share.rule.id);
            end = share.start;
        }
        let source =
            seams.iter().find(|seam| seam.rule.kind == Kind::Source && seam.start > copy && seam.end <= end);
        if let Some(source) = source {
            self.cut(source.start, source.end, Kind::Source, &source.rule.id);
            let name = self.original(source.start, source.end);
            let name = name.split_once(':').map_or(name, |(_, name)| name);
            article.decision.source =
                Some(name.trim_matches(|c: char| c.is_whitespace() || "\"«»“”".contains(c)).to_owned());
            if share.is_some() {
                self.cut(source.end, end, Kind::Related, "related.behind_the_source");
            }
            return source.start;
        }
        if share.is_some() {
            let behind = self.behind_last_sentence(copy, end, seams);
            if behind < end && self.count(behind, end) <= TAGS_WORDS_MAX {
                self.cut(behind, end, Kind::Tags, "tags.behind_the_last_sentence");
                end = behind;
            }
        }
        end
    }

    /// Players, and headlines of other stories between two sentences.
    fn middle(&mut self, seams: &[Seam<'_>], copy: usize, copy_end: usize, lexicon: &naba_lexicon::Lexicon) {
        for seam in seams.iter().filter(|seam| seam.start >= copy && seam.end <= copy_end) {
            match seam.rule.kind {
                Kind::Other | Kind::Social => {
                    self.cut(seam.start, seam.end, seam.rule.kind, &seam.rule.id);
                }
                Kind::Related => {
                    if let Some(end) = self.headline_end(seam.end, copy_end, lexicon) {
                        self.cut(seam.start, end, Kind::Related, &seam.rule.id);
                    }
                }
                _ => {}
            }
        }
    }

    /// How far a headline inside the copy reaches: to the first word that opens a sentence («وأضاف», «وبحسب»).
    /// None when no such word comes within the length of a headline: then it stays.
    fn headline_end(&self, from: usize, limit: usize, lexicon: &naba_lexicon::Lexicon) -> Option<usize> {
        let stretch = slice::between(self.folding.text(), from, limit);
        let opens = |at: usize, word: &str| {
            let whole = |found: &naba_lexicon::Found| {
                found.end == word.len() && matches!(found.sense, Sense::Cue(..))
            };
            at > 0 && word.starts_with('و') && lexicon.scan(word).iter().any(whole)
        };
        // a line may have as many headlines as words: each looks at its own words only
        let words = crate::page::words(stretch).take(HEADLINE_WORDS.end() + 1);
        let mut words = words.enumerate();
        let (place, (at, _)) = words.find(|(_, (at, word))| opens(*at, word.trim_end_matches(':')))?;
        HEADLINE_WORDS.contains(&place).then(|| from + at)
    }

    /// Behind the last mark that ends a sentence, or behind the last player, before a place.
    fn behind_last_sentence(&self, copy: usize, end: usize, seams: &[Seam<'_>]) -> usize {
        let stretch = slice::between(self.folding.text(), copy, end);
        let stop = stretch.rfind(['.', '!', '?', '"']).map_or(end, |at| copy + at + 1);
        let player = seams
            .iter()
            .filter(|seam| seam.rule.kind == Kind::Other && seam.end <= end)
            .map(|seam| seam.end)
            .max();
        player.map_or(stop, |player| if stop == end { player } else { stop.max(player) })
    }

    /// How many bytes of the line at a place are the words of an address (`…/1793247-اتفاق-مصري-قطري`). An editor
    /// may have mended the headline after its address was made, so that a few words may differ; the last one may not.
    fn slug_words(&self, from: usize, address: &str) -> usize {
        let slug = naba_lexicon::folded(&percent_decoded(address));
        let part = slug.split('/').max_by_key(|part| part.matches(['-', '_']).count()).unwrap_or_default();
        let is_number =
            |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit()) && word.len() >= NUMBER_DIGITS_MIN;
        let slug: Vec<&str> = crate::page::pieces(part)
            .into_iter()
            .map(|(_, word)| word)
            .filter(|word| !is_number(word))
            .collect();
        let rest = slice::from(self.folding.text(), from);
        let words = crate::page::pieces(slice::until(rest, HEADLINE_BYTES_MAX));
        let Some(last) = slug.last() else { return 0 };
        let ends = (0..words.len())
            .filter(|place| words[*place].1 == *last && (place + 1).abs_diff(slug.len()) <= SLUG_WORDS_MORE);
        let Some(place) = ends.min_by_key(|place| (place + 1).abs_diff(slug.len())) else { return 0 };
        let agreed =
            slug.iter().filter(|word| words[..=place].iter().any(|(_, other)| other == *word)).count();
        if agreed < SLUG_WORDS_MIN || agreed * 10 < slug.len() * 7 {
            return 0;
        }
        let end = words[place].0 + words[place].1.len();
        // marks that close the headline go with it
        let closing = slice::from(rest, end);
        end + (closing.len() - closing.trim_start_matches(['"', ')', '!', '?', '.', '…']).len())
    }

    fn count(&self, from: usize, to: usize) -> usize {
        slice::between(self.folding.text(), from, to).split_whitespace().count()
    }

    /// The words as printed that a stretch of the folding stands for.
    fn original(&self, from: usize, to: usize) -> &str {
        self.folding.part(from..to).original()
    }

    /// Cuts a stretch of the folding, white space at its edges left out.
    fn cut(&mut self, from: usize, to: usize, kind: Kind, rule: &str) {
        let stretch = slice::between(self.folding.text(), from, to);
        let from = from + (stretch.len() - stretch.trim_start().len());
        let to = from + stretch.trim().len();
        if from >= to {
            return;
        }
        let home = self.folding.part(from..to).home();
        let (start, end) = (self.start + home.start, self.start + home.end);
        if end > start {
            self.cuts.push(Cut { start, end, kind, rule: rule.to_owned() });
        }
    }
}

/// An address with its percent signs read. What is not UTF-8 then stays out.
fn percent_decoded(address: &str) -> String {
    let mut bytes = vec![];
    let mut rest = address.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        if byte == b'%' {
            let (high, low) = (hex(rest.next()), hex(rest.next()));
            bytes.extend(high.zip(low).map(|(high, low)| (high * 16 + low) as u8));
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
