//! What is known beside the words of a date.

use jiff::civil::{Date, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;

/// What is known beside the words: all of it may be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// When the article was fetched (ISO 8601): «قبل ٥ ساعات» is reckoned from it.
    pub fetched_at: Option<&'a str>,
    /// When the article came in (ISO 8601): nothing was published after it.
    pub ingested_at: Option<&'a str>,
    /// The declared language (BCP-47).
    pub language: Option<&'a str>,
}

/// A moment that others are counted from, as it was written: its offset is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) date: Date,
    pub(crate) time: Option<Time>,
    pub(crate) offset: Option<Offset>,
}

impl Moment {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let pieces = Pieces::parse(text).ok()?;
        Some(Self { date: pieces.date(), time: pieces.time(), offset: pieces.to_numeric_offset() })
    }
}

/// How a text is read: as a stamp or as copy, and what decides between several readings.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reading {
    /// A stamp says when something was published: two digits may be a year, and no reading lies in the future.
    pub(crate) in_stamp: bool,
    /// When the page was fetched.
    pub(crate) fetched: Option<Moment>,
    /// The last day that a stamp may name.
    pub(crate) latest: Option<Date>,
    /// The day that copy was published on.
    pub(crate) published: Option<Date>,
    /// Persian digits or a Persian page: years in numbers are Persian rather than Hijri.
    pub(crate) is_persian: bool,
}

/// Clocks of the world differ by a day, and those of servers by more.
const AHEAD_DAYS_MAX: i64 = 2;

impl Reading {
    /// The reading of a printed stamp.
    pub(crate) fn of_stamp(text: &str, context: &Context<'_>) -> Self {
        let moment = |text: Option<&str>| text.and_then(Moment::parse);
        let fetched = moment(context.fetched_at);
        let known = fetched.or_else(|| moment(context.ingested_at));
        let ahead = |moment: Moment| {
            moment.date.checked_add(jiff::Span::new().days(AHEAD_DAYS_MAX)).unwrap_or(moment.date)
        };
        Self {
            in_stamp: true,
            fetched,
            latest: known.map(ahead),
            published: None,
            is_persian: is_persian(text, context.language),
        }
    }

    /// The reading of copy that was published on a day.
    pub(crate) fn of_copy(text: &str, published: Option<Date>, language: Option<&str>) -> Self {
        Self { published, is_persian: is_persian(text, language), ..Self::default() }
    }
}

/// Whether a text has the digits of Persian, or was declared to be Persian.
fn is_persian(text: &str, language: Option<&str>) -> bool {
    // ۰ to ۹ are DB B0 to DB B9
    let is_digit = |[first, second]: [u8; 2]| first == 0xDB && (0xB0..=0xB9).contains(&second);
    language.is_some_and(|tag| tag == "fa" || tag.starts_with("fa-"))
        || naba_text::slice::places(text, is_digit) > 0
}
