//! Who wrote the copy, who passed it on, and where that stands.

use naba_lexicon::Lexicon;
use naba_record::{Agency, Cleaned, Dateline, EvidenceIn, Kind, Removed, Search, SearchMap};
use naba_tag::Tagger;
use naba_text::normalise::{Profile, SEARCH, normalise};

const COPY: &str = "أعلنت البلدية بدء العمل في المشروع الجديد وسط المدينة.";

/// An article of a source, with a body and what was taken out around it.
fn article(source: &str, body: &str, removed: &[(Kind, &str)]) -> Cleaned {
    let folded = normalise(&Profile::new(SEARCH), body);
    let mut at = 0;
    let mut taken = |kind, text: &str| {
        let start = at;
        at += u32::try_from(text.chars().count()).expect("short");
        Removed { kind, rule: "test".to_owned(), start, end: at, text: text.to_owned() }
    };
    let mut cleaned = Cleaned {
        source: Some(source.to_owned()),
        body: body.to_owned(),
        search: Search { title: String::new(), body: folded.text },
        search_map: SearchMap { title: vec![], body: folded.map.runs },
        removed: removed.iter().map(|(kind, text)| taken(*kind, text)).collect(),
        ..Cleaned::default()
    };
    for (kind, text) in removed {
        match kind {
            Kind::Source => cleaned.source_surface = text.split(": ").last().map(str::to_owned),
            Kind::Dateline => {
                let agency = text.trim_end_matches(['-', ' ']).split(" – ").last().map(str::to_owned);
                cleaned.dateline =
                    Some(Dateline { agency, surface: (*text).to_owned(), ..Dateline::default() });
            }
            _ => {}
        }
    }
    cleaned
}

/// A link as `CODE@confidence kind:«words» …`, its words read back from where the record says they stand.
fn link(agency: &Agency, body: &str, text: &str) -> String {
    let cut = |text: &str, start: u32, end: u32| -> String {
        text.chars().skip(start as usize).take((end - start) as usize).collect()
    };
    let mut shown = format!("{}@{}", agency.code.as_deref().unwrap_or(&agency.surface), agency.confidence);
    for evidence in &agency.evidence {
        let text = if evidence.within == EvidenceIn::Body { body } else { text };
        let words = cut(text, evidence.start, evidence.end);
        assert_eq!(words, evidence.surface, "the words stand where the record says");
        shown += &format!(" {:?}:{words}", evidence.kind);
    }
    shown
}

#[track_caller]
fn check(source: &str, body: &str, removed: &[(Kind, &str)], expected: &str) {
    let text: String = removed.iter().map(|(_, text)| *text).collect();
    let record = Tagger::new(Lexicon::built_in()).enrich(article(source, body, removed));
    let mut shown: Vec<String> = vec![];
    shown.extend(record.agency.iter().map(|agency| link(agency, body, &text)));
    shown.extend(record.relay.iter().map(|agency| format!("by {}", link(agency, body, &text))));
    shown.extend(record.origin.iter().map(|agency| format!("from {}", link(agency, body, &text))));
    assert_eq!(shown.join(" | "), expected, "{body}");
}

#[test]
fn every_link_shows_the_words_that_prove_it() {
    check("a.example", COPY, &[], "");
    check("sana.sy", COPY, &[], "SANA@0.4");
    check("sana.sy", COPY, &[(Kind::Dateline, "دمشق – سانا- ")], "SANA@0.97 Dateline:سانا");
    check("a.example", COPY, &[(Kind::Source, "المصدر: رويترز")], "REUTERS@0.95 SourceLine:رويترز");
    check("a.example", COPY, &[(Kind::EndMark, "ي.أ/ ع.غ (د ب أ)")], "DPA@0.95 EndMark:ي.أ/ ع.غ (د ب أ)");
    check("a.example", COPY, &[(Kind::EndMark, "/انتهى/")], "");
    let licence = "© وكالة الأناضول، للمشتركين";
    check("a.example", COPY, &[(Kind::Copyright, licence)], &format!("AA@0.7 Licence:{licence}"));
    check("a.example", COPY, &[(Kind::Copyright, "© جميع الحقوق محفوظة للعربي الجديد")], "");
    let both = [(Kind::Dateline, "دبي – رويترز- "), (Kind::EndMark, "(رويترز)")];
    check("a.example", COPY, &both, "REUTERS@0.998 Dateline:رويترز EndMark:(رويترز)");
    check("aawsat", COPY, &both[..1], "REUTERS@0.95 Dateline:رويترز | by AAWSAT@0.4");
    check("aawsat", COPY, &[(Kind::Source, "المصدر: وكالات")], "POOL@0.5 SourceLine:وكالات | by AAWSAT@0.4");
}

#[test]
fn the_lead_signs_cites_or_only_receives() {
    let lead = |opening: &str| format!("{opening} أن البلدية بدأت العمل في المشروع الجديد.");
    check("mehrnews.com", &lead("وأفادت وكالة مهر للأنباء"), &[], "MEHR@0.88 Lead:وكالة مهر للأنباء");
    check("a.example", &lead("وأفادت وكالة مهر للأنباء"), &[], "MEHR@0.8 Lead:وكالة مهر للأنباء");
    check("aawsat", &lead("وأفادت وكالة مهر للأنباء"), &[], "AAWSAT@0.4");
    check("a.example", &lead("وذكر بيان تلقته وكالة مهر للأنباء"), &[], "");
    check("a.example", &lead("وأكد الوزير لوكالة مهر للأنباء في لقاء طويل"), &[], "");
    check(
        "a.example",
        &lead("أفادت وكالة تسنيم نقلا عن المكتب الإعلامي للبلدية"),
        &[],
        "TASNIM@0.8 Lead:وكالة تسنيم | from المكتب الإعلامي للبلدية@0.8 Citation:المكتب الإعلامي للبلدية",
    );
    check("a.example", &lead("ذكر الموقع نقلا عن رويترز"), &[], "from REUTERS@0.8 Citation:رويترز");
    check(
        "a.example",
        &lead("ذكر الموقع نقلا عن صحيفة \"صوت البلدة\" اليوم"),
        &[],
        "from صحيفة \"صوت البلدة@0.8 Citation:صحيفة \"صوت البلدة",
    );
    check("a.example", &lead("نقلا عن رجال كثيرين من كل البلاد ومن غيرها جاءوا"), &[], "");
}

#[test]
fn short_forms_that_are_words_need_a_cue() {
    for words in ["ما يحيط بنا في البلدة", "محافظ قنا في الصعيد", "وقفوا معا أمام البلدية", "مهر العروس كبير"]
    {
        check("a.example", &format!("قال الناس {words} منذ زمن."), &[], "");
    }
    check("a.example", COPY, &[(Kind::Dateline, "الرياض – واس- ")], "SPA@0.95 Dateline:واس");
}
