//! Dates in every form that we have met or know of: what each is read as, and what is not a date.

use naba_lexicon::Lexicon;
use naba_record::{Cleaned, Search, SearchMap};
use naba_tag::Tagger;
use naba_tag::dates::zones::Zones;
use naba_text::normalise::{Profile, SEARCH, normalise};

/// A sentence published on Wednesday 15 July 2015, and the dates in it.
const MENTIONS: [(&str, &[&str]); 46] = [
    ("ولد في 5 يونيو 1967 في القدس", &["1967-06-05"]),
    ("في يوليو/ تموز 2016", &["2016-07"]),
    ("في أبريل (نيسان) 2023", &["2023-04"]),
    ("منذ آذار 2011", &["2011-03"]),
    ("بين 3 مايو 2010 و8 يونيو 2011", &["2010-05-03", "2011-06-08"]),
    ("يوم 12 مايو المقبل", &["2015-05-12*"]),
    ("في 20 ديسمبر", &["2015-12-20*"]),
    ("في 2 فبراير", &["2015-02-02*"]),
    ("حتى 30 يونيو/حزيران", &["2015-06-30*"]),
    ("في الأول من سبتمبر", &["2015-09-01*"]),
    ("في الخامس والعشرين من يناير", &["2015-01-25*"]),
    ("أعلن أمس أن العمل بدأ", &["2015-07-14*"]),
    ("وقال أمس الثلاثاء إن", &["2015-07-14*"]),
    ("أول من أمس", &["2015-07-13*"]),
    ("أمس الأول", &["2015-07-13*"]),
    ("يبدأ غدا", &["2015-07-16*"]),
    ("يبدأ بعد غد", &["2015-07-17*"]),
    ("اليوم الأربعاء", &["2015-07-15*"]),
    ("الأحد الماضي", &["2015-07-12*"]),
    ("الأربعاء الماضي", &["2015-07-08*"]),
    ("الخميس المقبل", &["2015-07-16*"]),
    ("الأربعاء المقبل", &["2015-07-22*"]),
    ("قبل ثلاثة أيام", &["2015-07-12*"]),
    ("قبل يومين", &["2015-07-13*"]),
    ("قبل أسبوع", &["2015-07-08*"]),
    ("قبل أسبوعين", &["2015-07-01*"]),
    ("قبل 5 أشهر", &["2015-02*"]),
    ("منذ سنتين", &["2013*"]),
    ("الشهر الماضي", &["2015-06*"]),
    ("العام المقبل", &["2016*"]),
    ("في 14/7/2015", &["2015-07-14"]),
    ("في 3/4/2015", &["2015-04-03?2015-03-04"]),
    ("الجمعة 3/4/2015", &["2015-04-03"]),
    ("في 28 رمضان 1436 هـ", &["2015-07-15"]),
    ("في 22 بهمن 1357", &["1979-02-11"]),
    // what is no date
    ("مارس الرياضة 20 عاما", &[]),
    ("استقبل ماي في لندن", &[]),
    ("قال رمضان عبد الله إن 12 لاعبا", &[]),
    ("نمت بنسبة 38% في 2015", &[]),
    ("فاز 3-2 على ضيفه", &[]),
    ("كتب في اليوم السابع", &[]),
    ("لا يقرأ أحد اليوم رسائل البريد", &[]),
    ("وصل قبل أيام إلى المدينة", &[]),
    ("قبل يومين من الانتخابات", &[]),
    ("شرب آب من الماء", &[]),
    ("العدد 2015 من الجريدة", &[]),
];

fn mentions(body: &str) -> Vec<String> {
    let normalised = normalise(&Profile::new(SEARCH), body);
    let cleaned = Cleaned {
        body: body.to_owned(),
        published_at: Some("2015-07-15".to_owned()),
        search: Search { title: String::new(), body: normalised.text },
        search_map: SearchMap { title: vec![], body: normalised.map.runs },
        ..Cleaned::default()
    };
    let record = Tagger::new(Lexicon::built_in()).enrich(cleaned);
    for date in &record.dates {
        let surface: String =
            body.chars().skip(date.start as usize).take((date.end - date.start) as usize).collect();
        assert_eq!(surface, date.surface, "the place of a date in {body}");
    }
    let said = |date: &naba_record::DateMention| {
        let other = date.alternative.as_ref().map(|other| format!("?{other}")).unwrap_or_default();
        format!("{}{other}{}", date.value, if date.resolved { "*" } else { "" })
    };
    record.dates.iter().map(said).collect()
}

#[test]
fn dates_in_sentences() {
    let mut wrong = vec![];
    for (text, expected) in MENTIONS {
        let found = mentions(text);
        if found != expected {
            wrong.push(format!("{text}: {found:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_sources_own_zone_is_used_where_none_is_stated() {
    let zones = [("sana.sy".to_owned(), "Asia/Damascus".to_owned())].into();
    let tagger = Tagger::new(Lexicon::built_in()).with_zones(Zones::new(&zones).expect("a zone"));
    let check = |source: &str, surface: &str, expected: &str, zone: Option<&str>| {
        let cleaned = Cleaned {
            source: Some(source.to_owned()),
            published_surface: Some(surface.to_owned()),
            ..Cleaned::default()
        };
        let record = tagger.enrich(cleaned);
        assert_eq!(record.published_at.as_deref(), Some(expected), "{source}: {surface}");
        assert_eq!(record.published_zone.as_deref(), zone, "{source}: {surface}");
    };
    let own = Some("Asia/Damascus");
    check("sana.sy", "15 يوليو 2015 الساعة 10:30", "2015-07-15T10:30:00+03:00", own);
    check("sana.sy", "15 يناير 2015 الساعة 10:30", "2015-01-15T10:30:00+02:00", own);
    check("sana.sy", "15 يوليو 2015 الساعة 10:30 بتوقيت غرينتش", "2015-07-15T10:30:00Z", None);
    check("sana.sy", "15 يوليو 2015", "2015-07-15", None);
    check("other.example", "15 يوليو 2015 الساعة 10:30", "2015-07-15T10:30:00", None);
    let wrong = [("sana.sy".to_owned(), "Damascus".to_owned())].into();
    let error = Zones::new(&wrong).expect_err("no zone").to_string();
    assert!(error.contains("zones.\"sana.sy\"") && error.contains("Damascus"), "{error}");
}
