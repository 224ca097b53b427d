//! The words of speech: verbs of saying with their persons, and what joins them to their speakers.
//!
//! Two files, both open classes: `speech_verbs.tsv` has a row for verbs that take the same, in three forms of the third
//! person masculine, from which the others are formed here; `speech_words.tsv` has everything else, a kind a row.
//! `speech_cues.tsv` stays beside them: it is what the model of names and the cleaning know as cues.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use naba_text::words::hash;

use crate::data::{CueForm, Takes, takes};
use crate::folded;

pub(crate) const VERBS: &str = include_str!("../data/speech_verbs.tsv");
pub(crate) const WORDS: &str = include_str!("../data/speech_words.tsv");

/// A form of a word that announces speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a form is any of them")]
pub struct SpeechCue {
    /// What kind of speech: say, announce, assert, …
    pub class: &'static str,
    /// How it announces it.
    pub form: CueForm,
    /// What may stand between it and what was said.
    pub takes: Takes,
    /// Whether it is an ordinary word too.
    pub is_doubtful: bool,
    /// Whether it is passive where no subject follows: «يذكر أن».
    pub is_impersonal: bool,
    /// Whether its subject is feminine.
    pub is_feminine: bool,
    /// Whether its subject is more than one and stands before it.
    pub is_plural: bool,
    /// Whether it tells of now: «يقول».
    pub is_present: bool,
}

/// The kinds of `speech_words.tsv`, one bit each.
pub mod kind {
    /// The names of the kinds in the file, in the order of their bits.
    pub(crate) const NAMES: [&str; 32] = [
        "that",
        "negation",
        "noun_head",
        "circumstance",
        "addressee",
        "occasion",
        "content",
        "source",
        "medium",
        "unnamed",
        "voice",
        "dual",
        "honour",
        "opener",
        "another_that",
        "phrase",
        "not_with",
        "conjunction",
        "leaving",
        "ending",
        "look",
        "not_to",
        "not_on",
        "attribution",
        "saying",
        "adverb",
        "question",
        "copula",
        "auxiliary",
        "relative",
        "contrast",
        "going_on",
    ];
    /// أن and إن.
    pub const THAT: u32 = 1;
    /// لم, لا: what follows was not said.
    pub const NEGATION: u32 = 1 << 1;
    /// Behind it a verb's letters are a noun.
    pub const NOUN_HEAD: u32 = 1 << 2;
    /// The circumstances of a statement begin with it.
    pub const CIRCUMSTANCE: u32 = 1 << 3;
    /// To whom it was said.
    pub const ADDRESSEE: u32 = 1 << 4;
    /// What in names an occasion.
    pub const OCCASION: u32 = 1 << 5;
    /// Stands for what was said.
    pub const CONTENT: u32 = 1 << 6;
    /// A body or a paper that speaks.
    pub const SOURCE: u32 = 1 << 7;
    /// A paper or an agency.
    pub const MEDIUM: u32 = 1 << 8;
    /// A source without a name.
    pub const UNNAMED: u32 = 1 << 9;
    /// Speaks for the body that made it.
    pub const VOICE: u32 = 1 << 10;
    /// Two who have spoken.
    pub const DUAL: u32 = 1 << 11;
    /// Stands for the one who bears it.
    pub const HONOUR: u32 = 1 << 12;
    /// A new statement of the same sentence begins with it.
    pub const OPENER: u32 = 1 << 13;
    /// أن behind it belongs to it.
    pub const ANOTHER_THAT: u32 = 1 << 14;
    /// Opens a phrase of circumstances.
    pub const PHRASE: u32 = 1 << 15;
    /// Begins with ب and is not what was said.
    pub const NOT_WITH: u32 = 1 << 16;
    /// Leads to what comes next.
    pub const CONJUNCTION: u32 = 1 << 17;
    /// The writer goes on for himself.
    pub const LEAVING: u32 = 1 << 18;
    /// Goes on and says nothing.
    pub const ENDING: u32 = 1 << 19;
    /// A look that is drawn.
    pub const LOOK: u32 = 1 << 20;
    /// Not what إلى leads to.
    pub const NOT_TO: u32 = 1 << 21;
    /// Not what على leads to.
    pub const NOT_ON: u32 = 1 << 22;
    /// Names a source without a verb.
    pub const ATTRIBUTION: u32 = 1 << 23;
    /// Stands for the participle of قال.
    pub const SAYING: u32 = 1 << 24;
    /// Says how something was said.
    pub const ADVERB: u32 = 1 << 25;
    /// Opens a question.
    pub const QUESTION: u32 = 1 << 26;
    /// هو, هي between a subject and what it is.
    pub const COPULA: u32 = 1 << 27;
    /// Between a speaker and the verb.
    pub const AUXILIARY: u32 = 1 << 28;
    /// Between whom it tells of and the verb.
    pub const RELATIVE: u32 = 1 << 29;
    /// Behind a comma another one begins to speak.
    pub const CONTRAST: u32 = 1 << 30;
    /// Whoever spoke goes on.
    pub const GOING_ON: u32 = 1 << 31;
}

/// A hash that is one already.
#[derive(Debug, Default, Clone, Copy)]
struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // only numbers of 64 bits are hashed here
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Numbers of 64 bits for the words that are known: ten bits a word, a power of two.
const KNOWN_NUMBERS: usize = 512;

type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Same>>;

/// The words of speech by the hashes of `naba_text::words`.
#[derive(Debug)]
pub struct Speech {
    cues: Vec<SpeechCue>,
    /// One bit for the hash of every word: most words of a text are none of these, and are done with here.
    known: Vec<u64>,
    by_word: ByHash<u32>,
    kinds: ByHash<u32>,
}

static BUILT_IN: LazyLock<Speech> = LazyLock::new(|| Speech::new(VERBS, WORDS));

impl Speech {
    /// The words that ship with naba.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    fn new(verbs: &'static str, words: &'static str) -> Self {
        let mut speech = Self {
            cues: vec![],
            known: vec![0; KNOWN_NUMBERS],
            by_word: ByHash::default(),
            kinds: ByHash::default(),
        };
        for row in rows(verbs) {
            let &[class, taken, list] = row.as_slice() else { continue };
            let takes = takes(taken);
            list.split('|').for_each(|verb| speech.verb(class, takes, verb));
        }
        for row in rows(words) {
            let &[name, forms, list] = row.as_slice() else { continue };
            let Some(bit) = kind::NAMES.iter().position(|other| *other == name) else { continue };
            for word in list.split('|') {
                speech.word(1 << bit, forms, &folded(word));
            }
        }
        speech
    }

    /// The cue that a word of this hash is.
    pub fn cue(&self, hash: u64) -> Option<&SpeechCue> {
        let at = if self.is_known(hash) { self.by_word.get(&hash) } else { None };
        at.and_then(|at| self.cues.get(*at as usize))
    }

    /// What kinds a word of this hash is of: bits of [`kind`].
    pub fn kinds(&self, hash: u64) -> u32 {
        if self.is_known(hash) { self.kinds.get(&hash).copied().unwrap_or_default() } else { 0 }
    }

    #[inline]
    fn is_known(&self, hash: u64) -> bool {
        let (place, bit) = place_of(hash);
        self.known.get(place).is_some_and(|bits| bits & bit != 0)
    }

    fn add(&mut self, word: &str, cue: SpeechCue) {
        let at = u32::try_from(self.cues.len()).unwrap_or(u32::MAX);
        let (place, bit) = place_of(of(word));
        self.known[place] |= bit;
        // the first row that has a word keeps it
        if let std::collections::hash_map::Entry::Vacant(free) = self.by_word.entry(of(word)) {
            free.insert(at);
            self.cues.push(cue);
        }
    }

    fn verb(&mut self, class: &'static str, takes: Takes, forms: &str) {
        let mut forms = forms.split(':');
        let mut next = |form: CueForm, is_present: bool| {
            let written = forms.next().filter(|written| *written != "-")?;
            let word = folded(written.trim_start_matches(['?', '!']));
            let cue = SpeechCue {
                class,
                form,
                takes,
                is_doubtful: written.starts_with('?'),
                is_impersonal: written.starts_with('!'),
                is_feminine: false,
                is_plural: false,
                is_present,
            };
            Some((word, cue))
        };
        let (past, present) = (next(CueForm::Verb, false), next(CueForm::Verb, true));
        let participle = next(CueForm::Participle, false);
        for (word, cue) in past.map(|(word, cue)| persons_of_past(&word, cue)).into_iter().flatten() {
            self.add(&word, cue);
        }
        for (word, cue) in present.map(|(word, cue)| persons_of_present(&word, cue)).into_iter().flatten() {
            self.add(&word, cue);
        }
        for (word, cue) in participle.map(|(word, cue)| forms_of_participle(&word, cue)).into_iter().flatten()
        {
            self.add(&word, cue);
        }
    }

    fn word(&mut self, bit: u32, forms: &str, word: &str) {
        let mut add = |word: &str| {
            let (place, known) = place_of(of(word));
            self.known[place] |= known;
            *self.kinds.entry(of(word)).or_default() |= bit;
        };
        let has = |name: &str| forms.split('+').any(|form| form == name);
        if !has("to") {
            add(word);
        }
        if has("al") || has("li") || has("to") {
            add(&format!("ل{word}"));
        }
        if has("al") {
            add(&format!("ال{word}"));
            add(&format!("لل{word}"));
        }
        if (has("li") || has("to"))
            && let Some(rest) = word.strip_prefix("ال")
        {
            add(&format!("لل{rest}"));
        }
        if has("wa") {
            add(&format!("و{word}"));
        }
        if has("own") {
            // رغبة → رغبته
            let stem = word.strip_suffix('ه').map_or_else(|| word.to_owned(), |stem| format!("{stem}ت"));
            for pronoun in ["ه", "ها", "هم", "هما", "نا"] {
                add(&format!("{stem}{pronoun}"));
            }
        }
    }
}

fn rows(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect())
}

/// The bit of a hash among the known ones.
fn place_of(hash: u64) -> (usize, u64) {
    let bits = (hash >> 20) as usize;
    ((bits / 64) & (KNOWN_NUMBERS - 1), 1 << (bits % 64))
}

fn of(word: &str) -> u64 {
    hash(word.as_bytes(), 0, word.len())
}

/// قال, قالت, قالوا, قالا, قالتا; دعا, دعت, دعوا, دعيا.
fn persons_of_past(word: &str, cue: SpeechCue) -> Vec<(String, SpeechCue)> {
    let she = SpeechCue { is_feminine: true, ..cue };
    let they = SpeechCue { is_plural: true, ..cue };
    let (one, two) = match word.strip_suffix(['ي', 'ا']) {
        Some(stem) => (stem, format!("{stem}يا")),
        None => (word, format!("{word}ا")),
    };
    let mut persons = vec![(word.to_owned(), cue), (format!("{one}ت"), she), (format!("{one}وا"), they)];
    persons.push((two, they));
    persons.push((format!("{one}تا"), SpeechCue { is_feminine: true, ..they }));
    persons
}

/// يقول, تقول, يقولون, يقولان; يدعو, يدعون.
fn persons_of_present(word: &str, cue: SpeechCue) -> Vec<(String, SpeechCue)> {
    let rest = word.strip_prefix('ي').unwrap_or(word);
    let they = SpeechCue { is_plural: true, ..cue };
    let stem = word.strip_suffix(['ي', 'و']).unwrap_or(word);
    vec![
        (word.to_owned(), cue),
        (format!("ت{rest}"), SpeechCue { is_feminine: true, ..cue }),
        (format!("{stem}ون"), they),
        (format!("{stem}ان"), they),
    ]
}

/// مؤكدا, مؤكدة, مؤكدين, مؤكدات; داعيا, داعية, داعين.
fn forms_of_participle(word: &str, cue: SpeechCue) -> Vec<(String, SpeechCue)> {
    let stem = word.strip_suffix('ا').unwrap_or(word);
    let they = SpeechCue { is_plural: true, ..cue };
    let short = stem.strip_suffix('ي').unwrap_or(stem);
    vec![
        (word.to_owned(), cue),
        (format!("{stem}ه"), SpeechCue { is_feminine: true, ..cue }),
        (format!("{short}ين"), they),
        (format!("{stem}ات"), SpeechCue { is_feminine: true, ..they }),
    ]
}

#[cfg(test)]
mod tests {
    use super::{Speech, kind, of, rows};
    use crate::data::{CueForm, Takes, takes};
    use crate::folded;

    #[track_caller]
    fn check(word: &str, expected: Option<(&str, CueForm, bool)>) {
        let cue = Speech::built_in().cue(of(&folded(word)));
        assert_eq!(cue.map(|cue| (cue.class, cue.form, cue.is_feminine)), expected, "{word}");
    }

    #[test]
    fn persons_are_formed() {
        use CueForm::{Participle, Verb};
        for word in ["قال", "قالوا", "قالا", "يقول", "يقولون", "أضاف", "استطرد"]
        {
            check(word, Some(("say", Verb, false)));
        }
        for word in ["قالت", "تقول", "أوضحت", "توضح", "قالتا"] {
            check(word, Some(("say", Verb, true)));
        }
        for word in ["دعا", "دعوا", "يدعو", "يدعون"] {
            check(word, Some(("demand", Verb, false)));
        }
        check("دعت", Some(("demand", Verb, true)));
        check("نفت", Some(("deny", Verb, true)));
        check("داعين", Some(("demand", Participle, false)));
        check("داعية", Some(("demand", Participle, true)));
        check("مستنكرة", Some(("blame", Participle, true)));
        check("ذهبوا", Some(("say", Verb, false)));
        check("كتاب", None);
    }

    #[test]
    fn kinds_have_their_forms() {
        let is = |word: &str, bit: u32| Speech::built_in().kinds(of(&folded(word))) & bit != 0;
        for word in ["وزارة", "الوزارة", "للوزارة", "لوزارة"] {
            assert!(is(word, kind::SOURCE), "{word}");
        }
        for word in ["رغبة", "رغبته", "الرغبة", "حرصها"] {
            assert!(is(word, kind::CONTENT), "{word}");
        }
        assert!(is("إنه", kind::THAT) && is("ولم", kind::NEGATION) && !is("كتاب", kind::SOURCE));
    }

    #[test]
    fn every_row_is_understood() {
        for row in rows(super::VERBS) {
            assert!(row.len() == 3 && takes(row[1]) != Takes::default(), "{row:?}");
            assert!(row[2].split('|').all(|verb| verb.split(':').count() == 3), "{row:?}");
        }
        for row in rows(super::WORDS) {
            assert!(row.len() == 3 && kind::NAMES.contains(&row[0]), "{row:?}");
            assert!(
                row[1].split('+').all(|form| ["-", "al", "li", "to", "own", "wa"].contains(&form)),
                "{row:?}"
            );
        }
    }
}
