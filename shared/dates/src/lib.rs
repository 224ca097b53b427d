//! Dates, clocks and zones as papers and their pages print them: three calendars, all digits, regional month names,
//! days and hours counted from when a page was fetched. What is printed is read, what is not printed is not
//! invented: no zone, no year, no hour.
//!
//! * `token`      a folded text as numbers, words and marks
//! * `read`       one date at a place
//! * `numeric`    dates in numbers, with every reading that they allow
//! * `clock`      a time of day
//! * `zone`       a zone behind or before it
//! * `relative`   days and moments that are counted from another one
//! * `calendars`  days of three calendars as Gregorian days
//! * [`context`]  what is known beside the words
//! * [`stamp`]    when an article was published and changed
//! * [`line`](mod@line)     which parts of a line are a stamp
//! * [`mention`]  dates in copy

mod calendars;
mod clock;
pub mod context;
pub mod line;
pub mod mention;
mod numeric;
mod read;
mod relative;
pub mod stamp;
mod token;
mod zone;

pub use context::Context;
pub use line::{StampLine, line};
pub use mention::{Mention, mentions};
pub use stamp::{Printed, Stamp, printed, sent};
