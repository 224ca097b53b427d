//! With which word the copy begins: multinomial logistic regression over the words that may.

use naba_clean::boundary::lead;
use naba_clean::boundary::model::BUCKETS;
use naba_text::buckets::bucket;

use super::Args;
use super::examples::Example;
use crate::draw::Draw;

/// Learns with which word the copy begins: the chances of all words that it may begin with (multinomial logistic
/// regression), by steps that shrink where a weight has moved much (AdaGrad). Additions and products of f64 are the same
/// everywhere, and so is [`exp`].
pub(super) fn learn_lead(examples: &[&Example], args: &Args) -> Vec<f64> {
    let (mut weights, mut moved) = (vec![0.0_f64; BUCKETS], vec![1e-3_f64; BUCKETS]);
    let mut draw = Draw::default();
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for _ in 0..args.lead_rounds {
        draw.shuffle(&mut order);
        for place in &order {
            let example = examples[*place];
            if !example.places.iter().any(|(at, _)| *at == example.lead) {
                continue;
            }
            let from = if draw.one_in(args.hidden_one_in) { lead::OF_LETTERS } else { 0 };
            let chances = chances(example.places.iter().map(|(_, features)| {
                features[from..].iter().map(|feature| weights[bucket::<BUCKETS>(*feature)]).sum()
            }));
            for ((at, features), chance) in example.places.iter().zip(chances) {
                let slope = chance - f64::from(u8::from(*at == example.lead));
                if slope.abs() < 1e-4 {
                    continue;
                }
                for feature in &features[from..] {
                    let place = bucket::<BUCKETS>(*feature);
                    let slope = slope + LEAD_SHRINK * weights[place];
                    moved[place] += slope * slope;
                    weights[place] -= LEAD_STEP * slope / moved[place].sqrt();
                }
            }
        }
    }
    weights
}

/// How long a step is, and how much a weight shrinks with it.
const LEAD_STEP: f64 = 0.1;
const LEAD_SHRINK: f64 = 2e-3;

/// Scores as chances.
fn chances(scores: impl Iterator<Item = f64>) -> Vec<f64> {
    let scores: Vec<f64> = scores.collect();
    let most = scores.iter().copied().fold(f64::MIN, f64::max);
    let powers: Vec<f64> = scores.iter().map(|score| exp(score - most)).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

/// The exponential function of a number up to zero, the same on every machine: (1 + x/1024)^1024 is near enough.
fn exp(x: f64) -> f64 {
    let mut power = (1.0 + x.max(-40.0) / 1024.0).max(0.0);
    for _ in 0..10 {
        power *= power;
    }
    power
}
