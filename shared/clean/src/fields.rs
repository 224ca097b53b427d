//! What the lines that go say of the article: its source, writer, stamp and tags.

use naba_record::{Dateline, Kind};
use naba_text::slice;

use crate::decide::Article;
use crate::{stamp, writer};

/// What the labelled units say of the article.
pub(crate) fn fields(article: &mut Article<'_>) {
    let mut outlet = None;
    for index in 0..article.units.len() {
        let Some(label) = &article.labels[index] else {
            continue;
        };
        let words = article.words(index).to_owned();
        if matches!(label.kind, Kind::Source | Kind::Byline) && stamp::is_dated(article, index) {
            article.stamp(&words);
        }
        let Some(label) = &article.labels[index] else { continue };
        match label.kind {
            // an outlet's name by itself says who printed it, a labelled line who wrote it
            Kind::Source if label.rule == "source.name_alone" => {
                outlet = outlet.or_else(|| after_label(&words));
            }
            Kind::Source if article.decision.source.is_none() => {
                let (_, agency) = stamp::beside(article, index);
                article.decision.source = agency.or_else(|| after_label(&words));
            }
            Kind::Timestamp if label.rule != "timestamp.article_number" => {
                if let Some((writer, outlet)) = portal(&words) {
                    article.decision.source.get_or_insert(outlet);
                    article.decision.byline = article.decision.byline.take().or(writer);
                }
                let (writer, agency) = stamp::beside(article, index);
                article.decision.byline = article.decision.byline.take().or(writer);
                article.decision.source = article.decision.source.take().or(agency);
                if label.rule == "timestamp.behind_a_name" {
                    writer_before(article, &words);
                }
                article.stamp(&words);
            }
            Kind::Byline if label.rule == "byline.from_a_place" => {
                let writer = words.rsplit_once(" من ").map_or(words.as_str(), |(writer, _)| writer);
                let bare = writer.trim_matches(|c: char| !c.is_alphanumeric());
                let field = if bare.len() == writer.len() {
                    &mut article.decision.byline
                } else {
                    &mut article.decision.source
                };
                field.get_or_insert_with(|| bare.to_owned());
            }
            Kind::Byline if article.decision.byline.is_none() => {
                article.decision.byline = stamp::writer(article, index);
            }
            Kind::Tags => {
                let list = after_label(&words).unwrap_or_default();
                let tags = list.split(['،', ',', '#', '|', '؛']).map(str::trim).filter(|tag| !tag.is_empty());
                article.decision.tags.extend(tags.map(str::to_owned));
            }
            _ => {}
        }
    }
    article.decision.source = article.decision.source.take().or(outlet);
    let byline = article.decision.byline.take().map(|name| writer::without_role(&name).to_owned());
    article.decision.byline = byline.filter(|name| !writer::is_nobody(name));
}

/// Place and writer in front of a date: «أبها: ضيف الله المالكي 2015-07-21».
fn writer_before(article: &mut Article<'_>, words: &str) {
    let date = words.find(|c: char| naba_text::digits::value(c).is_some()).unwrap_or(words.len());
    for part in slice::until(words, date).split([':', '-', '–', '|', '،', ',']) {
        let part = part.trim();
        let folded = naba_lexicon::folded(part);
        let is_place = |sense: &naba_lexicon::Sense| matches!(sense, naba_lexicon::Sense::Place(..));
        if article.lexicon.senses_of(&folded).iter().any(is_place) {
            let place = Dateline { place: Some(part.to_owned()), ..Dateline::default() };
            article.decision.dateline.get_or_insert(Dateline { surface: part.to_owned(), ..place });
        } else if part.contains(' ') && part.chars().all(|c| c.is_alphabetic() || " .'".contains(c)) {
            article.decision.byline.get_or_insert_with(|| part.to_owned());
        }
    }
}

/// Writer and outlet in a portal's stamp: «<writer>نشر في <outlet> يوم 01 - 08 - 2012». Where the outlet
/// stands in both places, nobody is named as the writer.
fn portal(words: &str) -> Option<(Option<String>, String)> {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let (writer, behind) = words.split_once("نشر في ")?;
    let (outlet, _) = behind.split_once(" يوم ")?;
    let writer = Some(writer.trim()).filter(|writer| !writer.is_empty() && *writer != outlet);
    Some((writer.map(str::to_owned), outlet.to_owned()))
}

/// The longest label before a colon, in words: «تاريخ آخر تحديث».
const LABEL_WORDS_MAX: usize = 3;

/// What stands behind a label and its colon; everything where there is no label.
fn after_label(words: &str) -> Option<String> {
    let bare = match words.split_once([':', '：']) {
        Some((label, rest)) if label.split_whitespace().count() <= LABEL_WORDS_MAX => rest,
        _ => words,
    };
    let bare = bare.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '-' | '"' | '(' | ')' | '«' | '»' | '/')
    });
    let bare = bare.strip_prefix("نص ").unwrap_or(bare);
    let bare = bare.strip_prefix("نقلاً عن").or_else(|| bare.strip_prefix("نقلا عن")).unwrap_or(bare).trim();
    (!bare.is_empty()).then(|| bare.to_owned())
}
