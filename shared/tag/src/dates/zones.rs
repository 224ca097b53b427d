//! The zones that sources print their stamps in, by configuration: used where a stamp states none.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use naba_record::subject::fnv_1a;

use super::Stamp;

/// Zones by source.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    by_source: BTreeMap<String, (String, TimeZone)>,
    version: String,
}

/// A name that is no zone.
#[derive(Debug, thiserror::Error)]
#[error("zones.\"{of}\": there is no zone `{zone}`; write a name of the IANA database, e.g. Asia/Damascus")]
pub struct UnknownZone {
    /// The source.
    pub of: String,
    /// What was written.
    pub zone: String,
}

impl Zones {
    /// Reads sources with the IANA names of their zones.
    ///
    /// # Errors
    /// When a name is no zone.
    pub fn new(zones: &BTreeMap<String, String>) -> Result<Self, UnknownZone> {
        let zone = |(of, zone): (&String, &String)| match TimeZone::get(zone) {
            Ok(found) => Ok((of.clone(), (zone.clone(), found))),
            Err(_) => Err(UnknownZone { of: of.clone(), zone: zone.clone() }),
        };
        let by_source = zones.iter().map(zone).collect::<Result<_, _>>()?;
        let names: Vec<&str> = zones.iter().flat_map(|(of, zone)| [of.as_str(), zone.as_str()]).collect();
        let hash = || format!("+zones.{:08x}", fnv_1a(&names.join("\n")) >> 32);
        let version = if names.is_empty() { String::new() } else { hash() };
        Ok(Self { by_source, version })
    }

    /// Names the zones: part of a record's trace; empty where there are none.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Gives a stamp with a time and without an offset its source's zone; the zone's name where it did.
    pub(crate) fn complete(&self, source: Option<&str>, stamp: &mut Stamp) -> Option<String> {
        let (name, zone) = self.by_source.get(source?)?;
        let value = zoned(&stamp.value, zone)?;
        stamp.value = value;
        stamp.other = stamp.other.take().map(|other| zoned(&other, zone).unwrap_or(other));
        Some(name.clone())
    }
}

fn zoned(stamp: &str, zone: &TimeZone) -> Option<String> {
    if !stamp.contains('T') || stamp.parse::<jiff::Timestamp>().is_ok() {
        return None;
    }
    let local: DateTime = stamp.parse().ok()?;
    Some(local.to_zoned(zone.clone()).ok()?.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}
