//! Who wrote the copy, and who passed it on.
//!
//! In order of trust: the dateline, the source line, the lead's attribution («وأفادت وكالة مهر»), and, as
//! the weakest basis, the source's own identity. An agency that is only quoted inside the text is not its
//! author.

use naba_lexicon::{AgencyEntry, CueForm, Lexicon, Sense};
use naba_record::{Agency, Basis};

use crate::article::{Article, Text};

/// How far into the body a lead attribution may stand, in words: it belongs to the first two paragraphs.
const LEAD_WORDS_MAX: usize = 70;
/// How many words may stand between the verb and the agency: «وأفادت وكالة», «وفقا لما أفادته وكالة».
const ATTRIBUTION_WORDS_MAX: usize = 3;

/// Finds the writer and those who passed the copy on, the writer's side first.
pub fn find(article: &Article<'_>) -> (Option<Agency>, Vec<Agency>) {
    let cleaned = article.cleaned;
    let lexicon = article.lexicon;
    let dateline = cleaned
        .dateline
        .as_ref()
        .and_then(|dateline| dateline.agency.as_deref())
        .map(|words| named(lexicon, words));
    let source = cleaned.source_surface.as_deref().map(|words| named(lexicon, words));
    let own = cleaned.source.as_deref().and_then(|source| lexicon.agency_of_source(source)).map(own);
    // an outlet that opens with «وأفادت وكالة مهر» quotes Mehr; on Mehr's own pages it is the signature
    let others = |agency: &Agency| own.as_ref().is_some_and(|own| own.code != agency.code);
    let lead = lead_attribution(article.body(), lexicon);
    let lead = lead.filter(|lead| source.is_some() || !others(lead));
    let mut chain: Vec<Agency> = [source, dateline, lead].into_iter().flatten().collect();
    // pooled copy («وكالات») says less than a name
    chain.sort_by_key(|agency| agency.code.as_deref() == Some("POOL"));
    chain.extend(own);
    let mut seen: Vec<Agency> = vec![];
    for agency in chain {
        let same = |other: &Agency| {
            other.surface == agency.surface || (other.code.is_some() && other.code == agency.code)
        };
        if !seen.iter().any(same) {
            seen.push(agency);
        }
    }
    let writer = (!seen.is_empty()).then(|| seen.remove(0));
    (writer, seen)
}

/// An agency by the words that name it: whole, or the longest entry among them.
fn named(lexicon: &Lexicon, words: &str) -> Agency {
    let folded = naba_lexicon::folded(words);
    let entries = lexicon.scan(&folded).into_iter().filter_map(|found| match found.sense {
        Sense::Agency(index, _) => Some((found.end - found.start, index)),
        _ => None,
    });
    let best = entries.max().map(|(_, index)| &lexicon.tables.agencies[index]);
    agency(words, best, Basis::Text)
}

fn own(entry: &AgencyEntry) -> Agency {
    agency(entry.name_ar, Some(entry), Basis::Source)
}

fn agency(surface: &str, entry: Option<&AgencyEntry>, basis: Basis) -> Agency {
    let owned = |text: &str| Some(text.to_owned());
    Agency {
        surface: surface.to_owned(),
        code: entry.and_then(|entry| owned(entry.code)),
        name_ar: entry.and_then(|entry| owned(entry.name_ar)),
        name_en: entry.and_then(|entry| owned(entry.name_en)),
        country: entry.filter(|entry| entry.country != "ZZ").and_then(|entry| owned(entry.country)),
        basis,
    }
}

/// «وأفادت وكالة X أن», «وفقا لما أفادته وكالة X» in the first two paragraphs. The sentence must open with
/// the attribution: «قال الرئيس وفقا لارنا» quotes an agency, it does not name the writer.
fn lead_attribution(text: &Text<'_>, lexicon: &Lexicon) -> Option<Agency> {
    let end = text.words.get(LEAD_WORDS_MAX).map_or(text.folded.len(), |word| word.start);
    let agencies = text.found.iter().filter_map(|found| match found.sense {
        Sense::Agency(index, _) if found.start < end && lexicon.tables.agencies[index].is_agency => {
            Some((found, index))
        }
        _ => None,
    });
    for (found, index) in agencies {
        let sentence = sentence_start(text.folded, found.start);
        let first = text.words.partition_point(|word| word.start < sentence);
        let at = text.words.partition_point(|word| word.start < found.start);
        let whole = text.between(found.start, found.end);
        let says = |cue: &naba_lexicon::Found| {
            cue.start >= sentence
                && cue.end <= found.start
                && matches!(cue.sense, Sense::Cue(_, CueForm::Verb | CueForm::Attribution))
        };
        let is_named = whole.starts_with("وكاله") || text.word(at.saturating_sub(1)).ends_with("وكاله");
        if at.saturating_sub(first) <= ATTRIBUTION_WORDS_MAX && is_named && text.found.iter().any(says) {
            let mention = text.mentions(&[(found.start, found.end)]).pop()?;
            return Some(agency(&mention.surface, Some(&lexicon.tables.agencies[index]), Basis::Text));
        }
    }
    None
}

/// Where the sentence that holds a byte begins.
fn sentence_start(text: &str, at: usize) -> usize {
    let before = naba_text::slice::until(text, at);
    before.rfind(['.', '\n', '?', '!']).map_or(0, |end| end + 1)
}
