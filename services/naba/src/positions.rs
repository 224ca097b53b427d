//! A record's positions as its reader counts them: characters, or the UTF-16 code units of JavaScript, Java and C#.

use naba_record::{Agency, Enriched, EvidenceIn, MentionIn, Run};
use naba_text::utf16::Utf16;

use crate::ndjson;

/// How positions are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Positions {
    /// Characters (code points), as the schema says
    #[default]
    Characters,
    /// UTF-16 code units, for `text.slice(start, end)` in JavaScript
    Utf16,
}

/// How positions are counted in whole records.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct PositionsArgs {
    /// How positions in JSON are counted
    #[arg(long, value_enum, default_value_t)]
    pub positions: Positions,
}

impl PositionsArgs {
    /// Whether positions are to be counted anew.
    pub fn is_utf16(&self) -> bool {
        self.positions == Positions::Utf16
    }

    /// A record as a line of JSON. Where its positions are not those of the schema, `"positions"` says so.
    ///
    /// # Errors
    /// When the record cannot be written as JSON.
    pub fn line(&self, mut record: Enriched) -> serde_json::Result<String> {
        if !self.is_utf16() {
            return ndjson::line(&record);
        }
        utf16(&mut record);
        let mut line = ndjson::line(&record)?;
        // the record is an object: one key more before its end
        line.pop();
        line.push_str(",\"positions\":\"utf16\"}");
        Ok(line)
    }
}

/// Counts every position of a record in UTF-16 code units, but those of `decoding`, which count in texts that are not here.
pub fn utf16(record: &mut Enriched) {
    let decoded = naba_clean::undo::undo(&record.body, &record.removed, &record.tidied);
    let (text, body) = (Utf16::of(&decoded), Utf16::of(&record.body));
    let title = Utf16::of(record.title.as_deref().unwrap_or_default());
    let put = |map: &Utf16, start: &mut u32, end: &mut u32| (*start, *end) = (map.at(*start), map.at(*end));
    for cut in &mut record.removed {
        put(&text, &mut cut.start, &mut cut.end);
    }
    for edit in &mut record.tidied {
        put(&text, &mut edit.start, &mut edit.end);
    }
    for date in &mut record.dates {
        put(&body, &mut date.start, &mut date.end);
    }
    for quote in &mut record.quotes {
        let map = if quote.within == MentionIn::Title { &title } else { &body };
        put(map, &mut quote.start, &mut quote.end);
    }
    for mention in record.entities.iter_mut().flat_map(|entity| &mut entity.mentions) {
        let map = if mention.within == MentionIn::Title { &title } else { &body };
        put(map, &mut mention.start, &mut mention.end);
    }
    let agencies = record.agency.iter_mut().chain(&mut record.relay).chain(&mut record.origin);
    for evidence in agencies.flat_map(|agency: &mut Agency| &mut agency.evidence) {
        let map = if evidence.within == EvidenceIn::Text { &text } else { &body };
        put(map, &mut evidence.start, &mut evidence.end);
    }
    let (search_title, search_body) = (Utf16::of(&record.search.title), Utf16::of(&record.search.body));
    let runs = |runs: &mut Vec<Run>, folded: &Utf16, origin: &Utf16| {
        for run in runs {
            put(folded, &mut run.start, &mut run.end);
            put(origin, &mut run.from_start, &mut run.from_end);
        }
    };
    runs(&mut record.search_map.title, &search_title, &title);
    runs(&mut record.search_map.body, &search_body, &body);
}

#[cfg(test)]
mod tests {
    use super::utf16;
    use crate::pipeline::Pipeline;
    use ingest::Envelope;

    /// The stretch between two positions as JavaScript slices it.
    fn sliced(text: &str, start: u32, end: u32) -> String {
        let units: Vec<u16> = text.encode_utf16().collect();
        String::from_utf16(units.get(start as usize..end as usize).expect("inside"))
            .expect("whole characters")
    }

    #[test]
    fn every_position_names_its_words_in_utf16() {
        let text = "😀 البلدية تفتتح الجسر الجديد 😀\n\nدمشق-سانا\n\nقال رئيس البلدية سامر الحلبي 😀 إن الجسر الجديد سيربط ضفتي النهر \
                    وسط المدينة بعد ثلاث سنوات من العمل المتواصل فيه 𞸀 منذ 5 آذار 2014.\n\nتابعونا على تيليغرام 😀 https://t.me/x";
        let pipeline = Pipeline::built_in().expect("the engines");
        let envelope = Envelope { content_type: Some("text/plain".to_owned()), ..Envelope::default() };
        let mut record = pipeline.enrich(text.as_bytes(), &envelope).expect("a record");
        let decoded = naba_clean::undo::undo(&record.body, &record.removed, &record.tidied);
        utf16(&mut record);
        let (body, title) = (&record.body, record.title.as_deref().unwrap_or_default());
        for cut in &record.removed {
            assert_eq!(sliced(&decoded, cut.start, cut.end), cut.text);
        }
        for date in &record.dates {
            assert_eq!(sliced(body, date.start, date.end), date.surface);
        }
        for quote in &record.quotes {
            let within = if quote.within == naba_record::MentionIn::Title { title } else { body };
            assert_eq!(sliced(within, quote.start, quote.end), quote.content);
        }
        for mention in record.entities.iter().flat_map(|entity| &entity.mentions) {
            let within = if mention.within == naba_record::MentionIn::Title { title } else { body };
            assert_eq!(sliced(within, mention.start, mention.end), mention.surface);
        }
        let last = record.search_map.body.last().expect("a map");
        let units = |text: &str| text.encode_utf16().count() as u32;
        assert!(last.end <= units(&record.search.body) && last.from_end <= units(body), "{last:?}");
        assert!(!record.removed.is_empty() && !record.entities.is_empty() && !record.dates.is_empty());
    }
}
