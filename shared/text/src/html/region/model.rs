//! The weights of the region's features, learned by `make train`.

use std::sync::LazyLock;

use super::see::{FEATURES, GROUPS};

/// One weight a feature.
pub(super) type Weights = [i32; FEATURES];

/// The weights that ship with naba.
pub(super) static BUILT_IN: LazyLock<Weights> =
    LazyLock::new(|| read(include_str!("../../../models/region.tsv")));

/// Reads weights: `name<TAB>weight` lines. What has no line weighs nothing.
pub(super) fn read(file: &str) -> Weights {
    let mut weights = [0; FEATURES];
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let read = || -> Option<(usize, i32)> {
            let (name, weight) = line.split_once('\t')?;
            Some((feature(name)?, weight.parse().ok()?))
        };
        if let Some((feature, weight)) = read() {
            weights[feature] = weight;
        }
    }
    weights
}

/// Writes weights as [`read`] reads them.
pub(super) fn write(weights: &[i32]) -> String {
    let mut file =
        "# What tells an article's lines and element from the rest of its page. Made by `make train`.\n"
            .to_owned();
    let mut at = 0;
    for (group, count) in GROUPS {
        for place in 0..count {
            if weights.get(at).is_some_and(|weight| *weight != 0) {
                file.push_str(&format!("{group}.{place}\t{}\n", weights[at]));
            }
            at += 1;
        }
    }
    file
}

fn feature(name: &str) -> Option<usize> {
    let (group, place) = name.split_once('.')?;
    let mut first = 0;
    for (known, count) in GROUPS {
        if known == group {
            let place: u16 = place.parse().ok()?;
            return (place < count).then_some(usize::from(first + place));
        }
        first += count;
    }
    None
}
