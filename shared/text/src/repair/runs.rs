//! The runs of a text: what ASCII separates, references and escapes aside.

use super::written::unit;
use crate::slice;

/// Runs of non-ASCII characters, references and escapes for them, and the byte that each starts at.
pub(super) fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + next(slice::from(text, at))?;
        let mut end = start;
        while let Some(length) = member(slice::from(text, end)) {
            end += length;
        }
        at = end;
        Some((start, slice::between(text, start, end)))
    })
}

/// Where the first member of a run stands.
fn next(text: &str) -> Option<usize> {
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let begins = bytes.get(at..)?.iter().position(|byte| !byte.is_ascii() || b"&<\\".contains(byte))?;
        at += begins;
        if !bytes.get(at)?.is_ascii() || unit(slice::from(text, at)).is_some() {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The bytes of the member of a run that stands at the beginning of a text.
fn member(text: &str) -> Option<usize> {
    let c = text.chars().next()?;
    if c.is_ascii() { unit(text).map(|(_, length)| length) } else { Some(c.len_utf8()) }
}

/// Whether a run has references or escapes in it.
pub(super) fn has_units(run: &str) -> bool {
    run.bytes().any(|byte| byte.is_ascii())
}

/// Runs of non-ASCII characters alone.
pub(super) fn plain_runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(|c: char| c.is_ascii()).filter_map(move |run| {
        let start = at;
        at += run.len() + 1;
        (!run.is_empty()).then_some((start, run))
    })
}
