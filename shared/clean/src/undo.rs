//! Putting everything back.

use naba_record::{Removed, Tidied};

/// The decoded text, to the character, from a record's body and what was taken out of it.
pub fn undo(body: &str, removed: &[Removed], tidied: &[Tidied]) -> String {
    let mut edits: Vec<(u32, u32, &str, u32)> =
        removed.iter().map(|cut| (cut.start, cut.end, cut.text.as_str(), 0)).collect();
    edits.extend(
        tidied
            .iter()
            .map(|edit| (edit.start, edit.end, edit.text.as_str(), edit.with.chars().count() as u32)),
    );
    edits.sort_unstable_by_key(|edit| (edit.0, edit.1));
    let mut text = String::with_capacity(body.len() * 2);
    let mut body = body.chars();
    let mut at = 0;
    for (start, end, was, with) in edits {
        text.extend(body.by_ref().take(start.saturating_sub(at) as usize));
        text.push_str(was);
        body.by_ref().take(with as usize).for_each(drop);
        at = end;
    }
    text.extend(body);
    text
}
