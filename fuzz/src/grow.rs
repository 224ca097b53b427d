//! The nastiest inputs, larger and larger.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::mutate::Numbers;
use crate::targets::Run;

/// What stands before it in a nasty input is not repeated.
const ONCE: char = '\u{1f}';
/// What stands for the number of the repetition: no two pieces are the same.
const NUMBER: &str = "{n}";

/// The most digits of a number.
const DIGITS_MAX: usize = 10;

/// Kinds of inputs that have made parsers slow: a name, and what is repeated.
pub const NASTY: [(&str, &str); 44] = [
    ("one line, no spaces", "نبأ"),
    ("spaces", " "),
    ("blank lines", "\n"),
    ("short lines", "خبر\n"),
    ("quotes that never close", "«قال "),
    ("opening marks", "«"),
    ("closing marks", "»"),
    ("straight marks", "\""),
    ("sentences behind an open mark", "«\u{1f}ذهب الرجل إلى السوق. "),
    ("verbs of saying", "قال: "),
    ("statements in one sentence", "قال محمد علي إن "),
    ("statements of the same man", "وقال الوزير محمد علي إن السوق كبير، مضيفا أن العمل بدأ. "),
    ("statements of many men", "وقال الوزير سالم بن{n} إن السوق كبير. "),
    ("quotations", "قال «نص» "),
    ("names in one line", "محمد علي حسن "),
    ("given names", "محمد "),
    ("names that differ", "محمد الرجل{n} وعلي "),
    ("places", "دمشق وبغداد "),
    ("organisations", "وزارة الخارجية "),
    ("initials", "أ."),
    ("full stops", "."),
    ("exclamations", "خبر! "),
    ("combining marks", "\u{64b}"),
    ("tatweel", "ـ"),
    ("repeated footers", "تابعونا على تلغرام https://t.me/x\n"),
    ("see also, again and again", "اقرأ أيضا\nعنوان خبر آخر من الموقع\n"),
    ("a section, then one long line", "اقرأ أيضا\n\u{1f}مشروعها{n} جديدا، "),
    (
        "a long line, a section, lines",
        "اقرأ أيضا\nذهب الرجل صباح اليوم إلى السوق الكبير{n} واشترى منه خبزا كثيرا وعاد إلى بيته مسرورا. \n",
    ),
    ("datelines", "دمشق-سانا 24 نوفمبر 2026 "),
    ("dates", "24 نوفمبر 2026، "),
    ("digits", "1"),
    ("numbers", "12 "),
    ("addresses", "https://t.me/x{n} "),
    ("nested elements", "<div>"),
    ("nested quotations", "<blockquote><p>خبر"),
    ("inline elements", "<b><i>خبر"),
    ("links", "<a href=x>خبر</a> "),
    ("scripts that never close", "<script>"),
    ("attributes of one tag", "<div\u{1f} a{n}=x"),
    ("elements of many kinds", "<x{n}>خبر</x{n}>"),
    ("headings", "<h1>خبر</h1><p>نص</p>"),
    ("references", "&amp;"),
    ("mojibake", "Ø§Ù„Ø®Ø¨Ø± "),
    ("brackets", "[{\"text\":"),
];

/// What inputs of the small grammar are made of.
const TERMINALS: [&str; 36] = [
    "«",
    "»",
    "“",
    "”",
    "\"",
    "(",
    ")",
    ".",
    "،",
    ":",
    "!",
    "\n",
    " ",
    " ",
    " ",
    "-",
    "/",
    "قال",
    "وأضاف ",
    "إن ",
    "أن ",
    "الوزير ",
    "محمد ",
    "علي ",
    "دمشق ",
    "سانا",
    "2026",
    "24 ",
    "{n}",
    "خبر ",
    "اقرأ أيضا\n",
    "ومشروعه",
    "<p>",
    "</p>",
    "<a href=x>",
    "<div>",
];

/// A piece of two to six of the grammar's terminals, repeated: the same for the same number.
pub fn generated(number: u64) -> String {
    let mut numbers = Numbers(number);
    let count = 2 + numbers.below(5);
    (0..count).map(|_| TERMINALS[numbers.below(TERMINALS.len())]).collect()
}

/// What an input costs.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Time of the processor, so that a busy machine makes nothing slow.
    pub time: Duration,
    /// Memory beyond what was held before, in bytes.
    pub bytes: usize,
}

/// What a target needs for an input.
pub fn measure(run: Run, bytes: &[u8]) -> Cost {
    // the first reading sets the mark to what is held now
    let _ = peak_bytes();
    let held = peak_bytes().unwrap_or_default();
    let (before, started) = (processor_time(), Instant::now());
    run(bytes);
    let wall = started.elapsed();
    let time = processor_time().zip(before).map_or(wall, |(after, before)| after.saturating_sub(before));
    Cost { time, bytes: peak_bytes().unwrap_or_default().saturating_sub(held) }
}

/// How long this thread has run on a processor; none where the system does not say.
fn processor_time() -> Option<Duration> {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    said.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// The most memory that the process held since the last call, in bytes; none where the system does not say.
fn peak_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: usize = kilobytes.trim().trim_end_matches("kB").trim().parse().ok()?;
    // 5 resets the mark
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    Some(kilobytes << 10)
}

/// A nasty input of nearly so many bytes, and no more, at the end of a sound article.
pub fn nasty(piece: &str, bytes: usize) -> Vec<u8> {
    let mut text = "عنوان الخبر\n\nأعلنت الوزارة أمس بدء العمل في المشروع الجديد.\n".to_owned();
    let (once, piece) = piece.split_once(ONCE).unwrap_or(("", piece));
    text.push_str(once);
    if piece.contains(NUMBER) {
        let parts: Vec<&str> = piece.split(NUMBER).collect();
        let mut number = 0_u32;
        while text.len() + piece.len() + DIGITS_MAX < bytes {
            for (place, part) in parts.iter().enumerate() {
                if place > 0 {
                    let _ = write!(text, "{number}");
                }
                text.push_str(part);
            }
            number += 1;
        }
    } else {
        text.push_str(&piece.repeat(bytes.saturating_sub(text.len()) / piece.len()));
    }
    text.into_bytes()
}
