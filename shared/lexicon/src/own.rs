//! Entries of one's own: a file over the built-in lexicon.
//!
//! A line is an entry: kind, forms separated by |, English name, country, separated by tabs; `-` for what there is
//! not. Kinds: `place`, `organisation`, `given`, `family`, `title`. A leading ? marks a form that is an ordinary word
//! too. Lines that begin with # are notes.

use crate::data::{Form, OrganisationEntry, PlaceEntry, PlaceKind, Tables, TitleKind, forms, optional};

/// The most bytes of all files together.
pub const FILES_BYTES_MAX: usize = 64 << 20;

/// What is wrong with a file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnError {
    /// A line is no entry.
    #[error("{file}:{line}: {problem}")]
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// More than memory should hold.
    #[error("the lexicon files have {bytes} bytes, and the limit is {FILES_BYTES_MAX}")]
    TooLarge {
        /// How many they have.
        bytes: usize,
    },
}

impl Tables {
    /// The built-in tables with files of one's own: pairs of a name and a text. The text lives as long as the process:
    /// names are handed out as they stand in it, and files change when a person changes them.
    ///
    /// # Errors
    /// [`OwnError`] that points at the line.
    pub fn with_files(files: &[(String, String)]) -> Result<Self, OwnError> {
        let bytes = files.iter().map(|(_, text)| text.len()).sum();
        if bytes > FILES_BYTES_MAX {
            return Err(OwnError::TooLarge { bytes });
        }
        let mut tables = Self::built_in();
        for (file, text) in files {
            let text: &'static str = Box::leak(text.clone().into_boxed_str());
            for (line, row) in (1..).zip(text.lines()) {
                if row.trim().is_empty() || row.starts_with('#') {
                    continue;
                }
                let at = |problem| OwnError::Line { file: file.clone(), line, problem };
                tables.add(row).map_err(at)?;
            }
            tables.own.push(text);
        }
        Ok(tables)
    }

    fn add(&mut self, row: &'static str) -> Result<(), String> {
        let columns: Vec<&'static str> = row.trim_end().split('\t').collect();
        let &[kind, list, name_en, country] = columns.as_slice() else {
            return Err(format!(
                "{} columns instead of 4: kind, forms, English name, country",
                columns.len()
            ));
        };
        let forms: Vec<Form> = forms(list).into_iter().filter(|form| !form.folded.is_empty()).collect();
        if forms.is_empty() {
            return Err("no form has a letter".to_owned());
        }
        if let Some(form) = forms.iter().find(|form| !form.folded.starts_with(naba_text::letters::is_word)) {
            return Err(format!("the form «{}» does not begin with a letter", form.surface));
        }
        if !(country == "-" || country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase())) {
            return Err(format!("the country {country} is no ISO 3166-1 code such as SY, nor -"));
        }
        let folded = |wanted: bool| {
            forms.iter().filter(move |form| form.needs_cue == wanted).map(|form| form.folded.clone())
        };
        match kind {
            "place" => self.places.push(PlaceEntry {
                forms,
                name_en,
                country: optional(country),
                kind: PlaceKind::City,
                coordinates: None,
                nationalities: vec![],
            }),
            "organisation" => {
                self.organisations.push(OrganisationEntry { forms, name_en, country: optional(country) });
            }
            "given" => {
                self.given_names.extend(folded(false));
                self.doubtful_names.extend(folded(true));
            }
            "family" => {
                self.family_names.extend(folded(false));
                self.doubtful_family_names.extend(folded(true));
            }
            "title" => self.titles.extend(folded(false).map(|title| (TitleKind::Work, title))),
            _ => return Err(format!("no kind {kind}: it is place, organisation, given, family or title")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Tables;
    use crate::{Lexicon, Sense, folded};

    fn read(text: &str) -> Result<Tables, String> {
        Tables::with_files(&[("own.tsv".to_owned(), text.to_owned())]).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn refuses(text: &str, says: &str) {
        let error = read(text).expect_err("a mistake");
        assert!(error.contains(says), "{error}");
    }

    #[test]
    fn entries_of_ones_own_are_found() {
        let lexicon = Lexicon::new(
            read("# mine\nplace\tالمنارة الزرقاء|المناره الزرقا\tBlue Lighthouse\tSY\n").expect("entries"),
        );
        let senses = lexicon.senses_of(&folded("المنارة الزرقاء"));
        assert!(
            matches!(senses[..], [Sense::Place(index, false)] if lexicon.tables.places[index].name_en == "Blue Lighthouse")
        );
        assert_ne!(lexicon.version, Lexicon::built_in().version);
    }

    #[test]
    fn a_mistake_points_at_its_line() {
        refuses("place\tالمنارة\tLighthouse\n", "own.tsv:1: 3 columns instead of 4");
        refuses("\nstar\tالمنارة\t-\t-\n", "own.tsv:2: no kind star");
        refuses("place\tالمنارة\t-\tSyria\n", "the country Syria is no ISO");
        refuses("place\t|\t-\t-\n", "no form has a letter");
        refuses("place\t(المنارة)\t-\t-\n", "does not begin with a letter");
    }
}
