//! Who wrote the copy, who passed it on, and the words that prove it.
//!
//! In order of trust: the source line, the dateline, the end mark, the lead's attribution («وأفادت وكالة مهر»),
//! a licence, and, as the weakest basis, the source's own identity. An agency that is only quoted inside the
//! text is not its author, and one that only received a statement («في بيان تلقته وكالة …») is not its source.

use naba_lexicon::{AgencyEntry, CueForm, Found, Lexicon, Sense};
use naba_record::{Agency, Basis, Evidence, EvidenceIn, EvidenceKind, Kind, Mention, Removed};
use naba_text::slice;

use crate::article::{Article, Text};

/// How far into the body a lead attribution may stand, in words: it belongs to the first two paragraphs.
const LEAD_WORDS_MAX: usize = 70;
/// How many words may stand between the verb and the agency: «وأفادت وكالة», «وفقا لما أفادته وكالة».
const ATTRIBUTION_WORDS_MAX: usize = 3;
/// The most words of a body that is cited by a name the lexicon does not hold.
const CITED_WORDS_MAX: usize = 6;
/// How sure the source's own identity alone makes: outlets print other people's copy every day.
const OWN_CONFIDENCE: f32 = 0.4;
/// How sure «وكالات» makes: somebody else wrote it, and nobody says who.
const POOLED_CONFIDENCE: f32 = 0.5;
/// What an outlet does with a statement that it only received (folded, without «و»).
const RECEIVES: [&str; 10] =
    ["تلقت", "تلقته", "تلقتها", "تسلمت", "تسلمته", "وصل", "تابعته", "اطلعت", "حصلت", "وردت"];

/// Marks that open the name of an outlet.
const OPENS: [char; 4] = ['"', '«', '“', '('];
/// What follows the name of somebody who is cited (folded).
const ENDS_CITATION: [&str; 8] = ["ان", "انه", "انها", "بان", "قوله", "قولها", "قولهم", "خلال"];

/// Who wrote an article and how it came here.
#[derive(Debug, Default)]
pub struct Chain {
    /// The writer.
    pub writer: Option<Agency>,
    /// Those who passed the copy on, the writer's side first.
    pub relay: Vec<Agency>,
    /// Whose word the writer passes on.
    pub origin: Option<Agency>,
}

/// Finds the chain of an article.
pub fn find(article: &Article<'_>) -> Chain {
    let cleaned = article.cleaned;
    let lexicon = article.lexicon;
    let removed = |kind, evidence| {
        let of_kind = cleaned.removed.iter().filter(move |removed| removed.kind == kind);
        of_kind.filter_map(move |removed| in_removed(lexicon, removed, evidence))
    };
    let printed = |words: Option<&str>, kind, evidence| {
        words.map(|words| named(lexicon, words, printed_in(&cleaned.removed, kind, words, evidence)))
    };
    let source = printed(cleaned.source_surface.as_deref(), Kind::Source, EvidenceKind::SourceLine);
    let dateline = cleaned.dateline.as_ref().and_then(|dateline| dateline.agency.as_deref());
    let dateline = printed(dateline, Kind::Dateline, EvidenceKind::Dateline);
    let own = cleaned.source.as_deref().and_then(|source| lexicon.agency_of_source(source)).map(own);
    // an outlet that opens with «وأفادت وكالة مهر» quotes Mehr; on Mehr's own pages it is the signature
    let others = |agency: &Agency| own.as_ref().is_some_and(|own| own.code != agency.code);
    let lead = lead_attribution(article.body(), lexicon);
    let lead = lead.filter(|lead| source.is_some() || !others(lead));
    let mut chain: Vec<Agency> = [source, dateline].into_iter().flatten().collect();
    chain.extend(removed(Kind::EndMark, EvidenceKind::EndMark));
    chain.extend(lead);
    chain.extend(removed(Kind::Copyright, EvidenceKind::Licence));
    // pooled copy («وكالات») says less than a name
    chain.sort_by_key(|agency| agency.code.as_deref() == Some("POOL"));
    chain.extend(own);
    let mut relay = joined(chain);
    let writer = (!relay.is_empty()).then(|| relay.remove(0));
    let origin = citation(article.body(), lexicon);
    let origin = origin.filter(|origin| {
        writer.as_ref().is_none_or(|writer| writer.code.is_none() || writer.code != origin.code)
    });
    Chain { writer, relay, origin }
}

/// Links that name the same body become one, whose evidence adds up.
fn joined(chain: Vec<Agency>) -> Vec<Agency> {
    let mut links: Vec<Agency> = vec![];
    for agency in chain {
        let same = |link: &&mut Agency| {
            link.surface == agency.surface || (link.code.is_some() && link.code == agency.code)
        };
        match links.iter_mut().find(same) {
            Some(link) => {
                link.evidence.extend(agency.evidence);
                link.confidence = rounded(1.0 - (1.0 - link.confidence) * (1.0 - agency.confidence));
            }
            None => links.push(agency),
        }
    }
    links
}

/// How sure one kind of evidence makes.
fn confidence(kind: EvidenceKind) -> f32 {
    match kind {
        EvidenceKind::SourceLine | EvidenceKind::Dateline | EvidenceKind::EndMark => 0.95,
        EvidenceKind::Lead | EvidenceKind::Citation => 0.8,
        EvidenceKind::Licence => 0.7,
    }
}

fn rounded(confidence: f32) -> f32 {
    (confidence * 1000.0).round() / 1000.0
}

/// The longest agency among folded words.
fn longest<'a>(lexicon: &'a Lexicon, folded: &str) -> Option<&'a AgencyEntry> {
    let entries = lexicon.scan(folded).into_iter().filter_map(|found| match found.sense {
        Sense::Agency(index, _) => Some((found.end - found.start, index)),
        _ => None,
    });
    entries.max().map(|(_, index)| &lexicon.tables.agencies[index])
}

/// An agency by the words that name it: whole, or the longest entry among them.
fn named(lexicon: &Lexicon, words: &str, evidence: Option<Evidence>) -> Agency {
    agency(words, longest(lexicon, &naba_lexicon::folded(words)), evidence)
}

/// Where printed words stand among what was taken out; the whole of it where they were tidied.
fn printed_in(removed: &[Removed], kind: Kind, words: &str, evidence: EvidenceKind) -> Option<Evidence> {
    let mut of_kind = removed.iter().filter(|removed| removed.kind == kind);
    let holds = of_kind.clone().find_map(|removed| Some((removed, removed.text.find(words)?)));
    let (removed, at) = holds.or_else(|| Some((of_kind.next()?, 0)))?;
    let found = removed.text.get(at..).is_some_and(|rest| rest.starts_with(words));
    let surface = if found { words } else { removed.text.as_str() };
    let start = removed.start + slice::count(slice::until(&removed.text, at));
    Some(Evidence {
        kind: evidence,
        surface: surface.to_owned(),
        start,
        end: start + slice::count(surface),
        within: EvidenceIn::Text,
    })
}

/// The agency that a mark or a licence names. Outlets stand in their own lines of rights, so only agencies count.
fn in_removed(lexicon: &Lexicon, removed: &Removed, kind: EvidenceKind) -> Option<Agency> {
    let entry = longest(lexicon, &naba_lexicon::folded(&removed.text)).filter(|entry| entry.is_agency)?;
    let evidence = Evidence {
        kind,
        surface: removed.text.clone(),
        start: removed.start,
        end: removed.end,
        within: EvidenceIn::Text,
    };
    Some(agency(entry.name_ar, Some(entry), Some(evidence)))
}

fn own(entry: &AgencyEntry) -> Agency {
    agency(entry.name_ar, Some(entry), None)
}

fn agency(surface: &str, entry: Option<&AgencyEntry>, evidence: Option<Evidence>) -> Agency {
    let owned = |text: &str| Some(text.to_owned());
    let confidence = match (&evidence, entry) {
        (_, Some(entry)) if entry.is_pooled => POOLED_CONFIDENCE,
        (Some(evidence), _) => confidence(evidence.kind),
        (None, _) => OWN_CONFIDENCE,
    };
    Agency {
        surface: surface.to_owned(),
        code: entry.and_then(|entry| owned(entry.code)),
        name_ar: entry.and_then(|entry| owned(entry.name_ar)),
        name_en: entry.and_then(|entry| owned(entry.name_en)),
        country: entry.filter(|entry| entry.country != "ZZ").and_then(|entry| owned(entry.country)),
        basis: if evidence.is_some() { Basis::Text } else { Basis::Source },
        evidence: evidence.into_iter().collect(),
        confidence,
    }
}

/// An agency by a mention in the body.
fn mentioned(mention: Mention, entry: Option<&AgencyEntry>, kind: EvidenceKind) -> Agency {
    let Mention { surface, start, end, .. } = mention;
    let evidence = Evidence { kind, surface: surface.clone(), start, end, within: EvidenceIn::Body };
    agency(&surface, entry, Some(evidence))
}

/// Where the first two paragraphs end, in bytes.
fn lead_end(text: &Text<'_>) -> usize {
    text.words.get(LEAD_WORDS_MAX).map_or(text.folded.len(), |word| word.start)
}

/// The agencies of the first two paragraphs.
fn lead_agencies<'t>(text: &'t Text<'_>, lexicon: &Lexicon) -> impl Iterator<Item = (&'t Found, usize)> {
    let end = lead_end(text);
    text.found.iter().filter_map(move |found| match found.sense {
        Sense::Agency(index, _) if found.start < end && lexicon.tables.agencies[index].is_agency => {
            Some((found, index))
        }
        _ => None,
    })
}

/// «وأفادت وكالة X أن», «وفقا لما أفادته وكالة X» in the first two paragraphs. The sentence must open with
/// the attribution: «قال الرئيس وفقا لارنا» quotes an agency, it does not name the writer.
fn lead_attribution(text: &Text<'_>, lexicon: &Lexicon) -> Option<Agency> {
    for (found, index) in lead_agencies(text, lexicon) {
        let sentence = sentence_start(text.folded, found.start);
        let first = text.words.partition_point(|word| word.start < sentence);
        let at = text.words.partition_point(|word| word.start < found.start);
        let whole = text.between(found.start, found.end);
        let says = |cue: &Found| {
            cue.start >= sentence
                && cue.end <= found.start
                && matches!(cue.sense, Sense::Cue(_, CueForm::Verb | CueForm::Attribution))
        };
        let before = text.word(at.saturating_sub(1));
        // «قال لوكالة مهر»: it was spoken to
        let is_named = before != "لوكاله" && (whole.starts_with("وكاله") || before.ends_with("وكاله"));
        let opens = at.saturating_sub(first) <= ATTRIBUTION_WORDS_MAX;
        if opens && is_named && text.found.iter().any(says) && !receives(text, first, at) {
            let mention = text.mention(found.start, found.end);
            return Some(mentioned(mention, Some(&lexicon.tables.agencies[index]), EvidenceKind::Lead));
        }
    }
    None
}

/// Whether a word of a stretch says that somebody only received a statement.
fn receives(text: &Text<'_>, first: usize, end: usize) -> bool {
    (first..end).any(|index| {
        let word = text.word(index);
        RECEIVES.contains(&word) || word.strip_prefix('و').is_some_and(|word| RECEIVES.contains(&word))
    })
}

/// «نقلا عن X» in the first two paragraphs: an agency of the lexicon, else the words up to «أن» or a mark.
fn citation(text: &Text<'_>, lexicon: &Lexicon) -> Option<Agency> {
    let end = lead_end(text);
    let is_cue = |index: &usize| text.word(*index) == "نقلا" && text.word(index + 1) == "عن";
    let first = (0..text.words.len()).take_while(|index| text.words[*index].start < end).find(is_cue)? + 2;
    let start = text.words.get(first)?.start;
    let words = 1 + (first + 1..text.words.len()).take_while(|index| joins(text, first, *index)).count();
    let cited = text.words[first + words - 1].end;
    let entry = lead_agencies(text, lexicon).find(|(found, _)| found.start >= start && found.start < cited);
    let ((start, end), entry) = match entry {
        Some((found, index)) => ((found.start, found.end), Some(&lexicon.tables.agencies[index])),
        // a long stretch has lost its end, and names nobody
        None if words <= CITED_WORDS_MAX => ((start, cited), None),
        None => return None,
    };
    Some(mentioned(text.mention(start, end), entry, EvidenceKind::Citation))
}

/// Whether a word still belongs to the name that a citation begins with: nothing stands before it but space, or
/// the mark that opens a name («نقلا عن صحيفة "…"»).
fn joins(text: &Text<'_>, first: usize, index: usize) -> bool {
    let gap = text.between(text.words[index - 1].end, text.words[index].start);
    let opened = text.between(text.words[first].start, text.words[index - 1].end).contains(OPENS);
    let plain =
        gap.trim().is_empty() || (!opened && gap.chars().all(|c| c.is_whitespace() || OPENS.contains(&c)));
    plain && !ENDS_CITATION.contains(&text.word(index))
}

/// Where the sentence that holds a byte begins.
fn sentence_start(text: &str, at: usize) -> usize {
    let before = slice::until(text, at);
    before.rfind(['.', '\n', '?', '!']).map_or(0, |end| end + 1)
}
