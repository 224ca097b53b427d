//! The nastiest inputs, larger and larger.

use std::time::{Duration, Instant};

use crate::targets::Run;

/// What stands before it in a nasty input is not repeated.
const ONCE: char = '\u{1f}';

/// Kinds of inputs that have made parsers slow: a name, and what is repeated.
pub const NASTY: [(&str, &str); 22] = [
    ("one line, no spaces", "نبأ"),
    ("spaces", " "),
    ("blank lines", "\n"),
    ("short lines", "خبر\n"),
    ("quotes that never close", "«قال "),
    ("opening marks", "«"),
    ("sentences behind an open mark", "«\u{1f}ذهب الرجل إلى السوق. "),
    ("verbs of saying", "قال: "),
    ("statements in one sentence", "قال محمد علي إن "),
    ("statements of the same man", "وقال الوزير محمد علي إن السوق كبير، مضيفا أن العمل بدأ. "),
    ("quotations", "قال «نص» "),
    ("combining marks", "\u{64b}"),
    ("tatweel", "ـ"),
    ("repeated footers", "تابعونا على تلغرام https://t.me/x\n"),
    ("see also, again and again", "اقرأ أيضا\nعنوان خبر آخر من الموقع\n"),
    ("datelines", "دمشق-سانا 24 نوفمبر 2026 "),
    ("nested elements", "<div>"),
    ("nested quotations", "<blockquote><p>خبر"),
    ("links", "<a href=x>خبر</a> "),
    ("references", "&amp;"),
    ("mojibake", "Ø§Ù„Ø®Ø¨Ø± "),
    ("brackets", "[{\"text\":"),
];

/// How long a target takes for an input, the shortest of three.
pub fn measure(run: Run, bytes: &[u8]) -> Duration {
    let one = || {
        let started = Instant::now();
        run(bytes);
        started.elapsed()
    };
    one().min(one()).min(one())
}

/// A nasty input of about so many bytes, at the end of a sound article.
pub fn nasty(piece: &str, bytes: usize) -> Vec<u8> {
    let mut text = "عنوان الخبر\n\nأعلنت الوزارة أمس بدء العمل في المشروع الجديد.\n".to_owned();
    let (once, piece) = piece.split_once(ONCE).unwrap_or(("", piece));
    text.push_str(once);
    text.push_str(&piece.repeat(bytes / piece.len() + 1));
    text.into_bytes()
}
