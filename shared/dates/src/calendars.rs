//! Days of three calendars as Gregorian days.

use std::ops::RangeInclusive;

use icu_calendar::cal::{Hijri, Persian};
use icu_calendar::types::Month;
use icu_calendar::{Date, Iso};
use jiff::civil;
use naba_lexicon::calendar::Calendar;

/// The years that a printed date may have: others are numbers of something else.
const GREGORIAN_YEARS: RangeInclusive<u32> = 1800..=2100;
/// Umm al-Qura is tabulated from 1300 to 1600; papers print the last and the running century.
const HIJRI_YEARS: RangeInclusive<u32> = 1300..=1500;
const PERSIAN_YEARS: RangeInclusive<u32> = 1300..=1450;

/// Whether a number is a year of a calendar.
pub(crate) fn is_year(calendar: Calendar, year: u32) -> bool {
    match calendar {
        Calendar::Gregorian => GREGORIAN_YEARS.contains(&year),
        Calendar::Hijri => HIJRI_YEARS.contains(&year),
        Calendar::Persian => PERSIAN_YEARS.contains(&year),
    }
}

/// The Gregorian day of a day of a calendar.
pub(crate) fn gregorian(calendar: Calendar, year: u32, month: u8, day: u32) -> Option<civil::Date> {
    if !is_year(calendar, year) {
        return None;
    }
    let (year, day) = (i32::try_from(year).ok()?, u8::try_from(day).ok()?);
    let iso = match calendar {
        Calendar::Gregorian => {
            return civil::Date::new(
                i16::try_from(year).ok()?,
                i8::try_from(month).ok()?,
                i8::try_from(day).ok()?,
            )
            .ok();
        }
        Calendar::Hijri => Date::try_new(year.into(), Month::new(month), day, Hijri::new_umm_al_qura())
            .ok()?
            .to_calendar(Iso),
        Calendar::Persian => {
            Date::try_new(year.into(), Month::new(month), day, Persian::new()).ok()?.to_calendar(Iso)
        }
    };
    let year = i16::try_from(iso.year().extended_year()).ok()?;
    let (month, day) = (i8::try_from(iso.month().ordinal).ok()?, i8::try_from(iso.day_of_month().0).ok()?);
    civil::Date::new(year, month, day).ok()
}
