//! IPTC Media Topics, top level: a small linear model for the eight that it has learned, words of the lexicon for all
//! seventeen.
//!
//! * [`model`] the linear model

pub mod model;

use std::collections::BTreeMap;

use naba_lexicon::Sense;
use naba_record::{MentionIn, Topic};

use crate::article::Article;
use model::Model;

/// The most topics of an article.
const TOPICS_MAX: usize = 3;
/// The least score of the first topic: below it, none is better than a wrong one.
const SCORE_MIN: f32 = 0.3;
/// The least score of further topics.
const MORE_SCORE_MIN: f32 = 0.22;
/// What the lexicon's words say weighs so much, and the model the rest.
const EVIDENCE_SHARE: f32 = 0.75;
/// So much evidence is as good as any more; with less of it the model is heard more.
const EVIDENCE_FULL: f32 = 8.0;
/// What a word in the title is worth beside one in the body.
const TITLE_WEIGHT: f32 = 3.0;

/// The topics that the article's words speak for, best first.
pub fn find(article: &Article<'_>, model: &Model) -> Vec<Topic> {
    let topics = &article.lexicon.tables.topics;
    let evidence = evidence(article);
    let sum: f32 = evidence.iter().sum();
    let share = EVIDENCE_SHARE * (sum / EVIDENCE_FULL).min(1.0);
    let mut scores: Vec<f32> = evidence.iter().map(|value| share * value / sum.max(1.0)).collect();
    for (label, chance) in model::LABELS.iter().zip(model.chances(article)) {
        if let Some(index) = topics.iter().position(|topic| topic.code == label.1) {
            scores[index] += (1.0 - share) * chance;
        }
    }
    let mut ranked: Vec<(usize, f32)> = scores.into_iter().enumerate().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked
        .into_iter()
        .take(TOPICS_MAX)
        .enumerate()
        .take_while(|(rank, (_, score))| *score >= if *rank == 0 { SCORE_MIN } else { MORE_SCORE_MIN })
        .map(|(_, topic)| topic)
        .map(|(index, score)| Topic {
            code: topics[index].code.to_owned(),
            label_ar: topics[index].label_ar.to_owned(),
            label_en: topics[index].label_en.to_owned(),
            score: (score * 1000.0).round() / 1000.0,
        })
        .collect()
}

/// What the words of the lexicon say for each topic.
fn evidence(article: &Article<'_>) -> Vec<f32> {
    let mut evidence = vec![0.0_f32; article.lexicon.tables.topics.len()];
    for text in &article.texts {
        let weight = if text.within == MentionIn::Title { TITLE_WEIGHT } else { 1.0 };
        let mut counts: BTreeMap<(usize, &str), u32> = BTreeMap::new();
        for found in &text.found {
            if let Sense::Topic(index) = found.sense {
                *counts.entry((index, text.between(found.start, found.end))).or_default() += 1;
            }
        }
        for ((index, _), count) in counts {
            // a word's tenth occurrence says little that the first did not
            evidence[index] += weight * (1.0 + f32::from(u16::try_from(count).unwrap_or(u16::MAX)).ln());
        }
    }
    evidence
}
