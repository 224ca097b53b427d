//! Names: where they stand, which are one, and what a person is.

use std::borrow::Cow;

use naba_lexicon::Lexicon;
use naba_record::{Entity, EntityType, MentionIn};
use naba_tag::Tagger;
use naba_tag::article::plain;
use naba_tag::names::model::Model;
use naba_text::slice::characters;
use proptest::prelude::*;

use EntityType::{Organisation, Person, Place};

fn entities(title: Option<&str>, body: &str) -> Vec<Entity> {
    Tagger::new(Lexicon::built_in()).enrich(plain(title, body)).entities
}

/// The names of a body with their mentions, read back from where they stand.
#[track_caller]
fn check(body: &str, expected: &[(EntityType, &str, &[&str])]) {
    let entities = entities(None, body);
    let found: Vec<(EntityType, &str, Vec<&str>)> = entities
        .iter()
        .map(|entity| {
            let mentions = entity.mentions.iter().map(|mention| {
                assert_eq!(characters(body, mention.start, mention.end), mention.surface, "{body}");
                mention.surface.as_str()
            });
            (entity.kind, entity.name.as_str(), mentions.collect())
        })
        .collect();
    let expected: Vec<(EntityType, &str, Vec<&str>)> =
        expected.iter().map(|(kind, name, mentions)| (*kind, *name, mentions.to_vec())).collect();
    assert_eq!(found, expected, "{body}");
}

#[test]
fn clitics_stay_outside() {
    check("اتفقت إيران وروسيا على ذلك", &[(Place, "إيران", &["إيران"]), (Place, "روسيا", &["روسيا"])]);
    check("وصل الوفد لطهران أمس", &[(Place, "طهران", &["طهران"])]);
    check("وقال فلاديمير بوتين ذلك لبوتين", &[(Person, "فلاديمير بوتين", &["فلاديمير بوتين", "بوتين"])]);
}

#[test]
fn spellings_and_surnames_are_one_person() {
    check(
        "التقى الرئيس حسن روحاني الوفد. وقال روحاني ذلك. ثم غادر حسن روحانی المكان.",
        &[(Person, "حسن روحاني", &["حسن روحاني", "روحاني", "حسن روحانی"])],
    );
    check(
        "وصل فلايدمير بوتين أمس. وغادر فلاديمير بوتين اليوم.",
        &[(Person, "فلايدمير بوتين", &["فلايدمير بوتين", "فلاديمير بوتين"])],
    );
}

#[test]
fn a_role_is_what_stands_beside_the_name() {
    let entities = entities(None, "أكد وزير الخارجية الروسي سيرغي لافروف ذلك.");
    let person = entities.iter().find(|entity| entity.kind == Person).expect("a person");
    assert_eq!((person.name.as_str(), person.role.as_deref()), ("سيرغي لافروف", Some("وزير الخارجية الروسي")));
}

#[test]
fn bodies_keep_the_places_in_their_names() {
    check(
        "انعقد مجلس الأمن الدولي في نيويورك",
        &[(Organisation, "مجلس الأمن الدولي", &["مجلس الأمن الدولي"]), (Place, "نيويورك", &["نيويورك"])],
    );
}

#[test]
fn a_place_inside_a_name_is_not_the_name() {
    check("درست القمة النظام القانوني لبحر قزوين", &[(Place, "بحر قزوين", &["بحر قزوين"])]);
    check(
        "افتتح مركز القاهرة المعلوماتي أمس",
        &[(Organisation, "مركز القاهرة المعلوماتي", &["مركز القاهرة المعلوماتي"])],
    );
    check("ناقش الوفد برنامج إيران النووي", &[(Place, "إيران", &["إيران"])]);
}

#[test]
fn an_office_stands_before_an_honour() {
    let entities = entities(None, "أكد الرئيس الإيراني آية الله إبراهيم رئيسي ذلك.");
    let person = entities.iter().find(|entity| entity.kind == Person).expect("a person");
    assert_eq!(person.role.as_deref(), Some("الرئيس الإيراني آية الله"));
}

#[test]
fn what_ships_is_a_model() {
    assert!(Model::read(Cow::Borrowed(include_bytes!("../models/names.bin"))).is_ok());
    let error = Model::read(Cow::Borrowed(b"NABANER1")).expect_err("no model");
    assert!(error.to_string().contains("8 bytes"), "{error}");
    let topics = |bytes| naba_tag::topics::model::Model::read(Cow::Borrowed(bytes));
    assert!(topics(include_bytes!("../models/topics.bin")).is_ok());
    assert!(topics(b"NABATOP1").is_err());
}

/// Pieces that texts are made of: names, cues, marks, and what breaks things.
const PIECES: [&str; 34] = [
    "قال",
    "وأضاف",
    "أكد",
    "مشيرا إلى",
    "وفقا ل",
    "بحسب",
    "نقلت",
    "عن",
    "قوله",
    "أن",
    "إنه",
    "بأن",
    ":",
    "«",
    "»",
    "“",
    "”",
    "\"",
    ".",
    "،",
    "\n",
    "الرئيس",
    "حسن روحاني",
    "بوتين",
    "وروسيا",
    "وكالة رويترز",
    "المصدر",
    "لم",
    "على",
    "ال",
    "و",
    "ـ",
    "👍",
    "19.3",
];

proptest! {
    /// Whatever a text is made of: nothing panics, and everything stands where the record says.
    #[test]
    fn everything_stands_where_the_record_says(picks in proptest::collection::vec((0..PIECES.len(), 0..2_u8), 0..60)) {
        let mut body = String::new();
        for (piece, spaced) in picks {
            body.push_str(PIECES[piece]);
            if spaced == 0 {
                body.push(' ');
            }
        }
        let record = Tagger::new(Lexicon::built_in()).enrich(plain(None, &body));
        for mention in record.entities.iter().flat_map(|entity| &entity.mentions) {
            prop_assert_eq!(mention.within, MentionIn::Body);
            prop_assert_eq!(characters(&body, mention.start, mention.end), &mention.surface);
        }
        let mut last = 0;
        for quote in &record.quotes {
            prop_assert_eq!(characters(&body, quote.start, quote.end), &quote.content);
            prop_assert!(!quote.content.is_empty() && (0.0..=1.0).contains(&quote.confidence));
            prop_assert!(quote.start >= last || quote.start < quote.end);
            last = quote.start;
        }
    }
}

/// A line of `traps.tsv`: the sentence without brackets, and where they stood, in characters.
fn marked(line: &str) -> (String, Vec<(u32, u32)>) {
    let (mut text, mut places, mut open) = (String::new(), vec![], 0);
    for c in line.chars() {
        let at = u32::try_from(text.chars().count()).expect("a sentence");
        match c {
            '[' => open = at,
            ']' => places.push((open, at)),
            c => text.push(c),
        }
    }
    (text, places)
}

#[test]
fn traps() {
    let tagger = Tagger::new(Lexicon::built_in());
    let mut wrong = vec![];
    for line in include_str!("traps.tsv").lines().filter(|line| !line.starts_with('#')) {
        let (kind, sentence) = line.split_once('\t').expect("two columns");
        let (text, places) = marked(sentence);
        let entities = tagger.names(&text);
        let mentions: Vec<(EntityType, u32, u32)> = entities
            .iter()
            .flat_map(|entity| {
                entity.mentions.iter().map(|mention| (entity.kind, mention.start, mention.end))
            })
            .collect();
        let kind = match kind {
            "none" => None,
            "person" => Some(Person),
            "place" => Some(Place),
            "organisation" => Some(Organisation),
            other => panic!("no kind {other}"),
        };
        assert!(!places.is_empty(), "{sentence}");
        let holds = places.iter().all(|(start, end)| match kind {
            None => !mentions.iter().any(|(_, from, to)| from < end && start < to),
            Some(kind) => mentions.contains(&(kind, *start, *end)),
        });
        if !holds {
            wrong.push(format!("{line}: {mentions:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} lines do not hold:\n{}", wrong.len(), wrong.join("\n"));
}

/// The identifiers of a body's only place or body, or what it may be.
#[track_caller]
fn links(body: &str, name: &str, expected: Option<&str>, candidates: &[&str]) {
    let entities = entities(None, body);
    let entity = entities
        .iter()
        .find(|entity| entity.name.starts_with(name))
        .unwrap_or_else(|| panic!("{body}: {entities:?}"));
    let id = entity
        .ids
        .as_ref()
        .and_then(|ids| ids.iso3166.as_ref().or(ids.geonames.as_ref()).or(ids.ror.as_ref()));
    let mut countries: Vec<&str> =
        entity.candidates.iter().filter_map(|candidate| candidate.country.as_deref()).collect();
    countries.sort_unstable();
    assert_eq!((id.map(String::as_str), countries.as_slice()), (expected, candidates), "{body}");
    assert_eq!(
        entity.ids.is_some(),
        entity.id_confidence.is_some_and(|confidence| confidence >= 0.9),
        "{body}"
    );
}

#[test]
fn places_are_linked_where_the_article_decides() {
    links("وصل الوفد إلى فرنسا أمس", "فرنسا", Some("FR"), &[]);
    links("وصل الوفد إلى طرابلس أمس", "طرابلس", None, &["LB", "LY"]);
    links("وصل الوفد إلى طرابلس اللبنانية أمس", "طرابلس", Some("266826"), &[]);
    links("وصل الوفد إلى طرابلس الليبية أمس", "طرابلس", Some("2210247"), &[]);
    links("وصل الوفد إلى القاهرة أمس", "القاهرة", Some("360630"), &[]);
}
