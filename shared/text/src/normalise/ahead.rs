//! Looking around: what stands behind the character that is being read, and in the word before it.

use unicode_normalization::char::canonical_combining_class;

use super::pass::{Pass, Pending};
use super::table::Action;
use crate::entity;
use crate::map::Recorder;
use crate::slice;

/// The most dropped characters between a letter and its mark that are looked past.
const DROPPED_CHARACTERS_MAX: usize = 64;

/// The most characters looked at for one HTML reference, references of references included.
const REFERENCE_CHARACTERS_MAX: usize = 1_024;

/// Words that end in alef maksura, without it: particles, and the commonest adjectives and nouns.
const MAKSURA: [&str; 30] = [
    "عل",
    "إل",
    "ال",
    "حت",
    "لد",
    "مت",
    "سو",
    "مد",
    "بل",
    "أخر",
    "اخر",
    "كبر",
    "الكبر",
    "عظم",
    "العظم",
    "الأول",
    "الاول",
    "مستو",
    "المستو",
    "منتد",
    "المنتد",
    "مستشف",
    "المستشف",
    "معن",
    "المعن",
    "قض",
    "أد",
    "ادع",
    "التق",
    "تلق",
];

impl<R: Recorder> Pass<'_, R> {
    /// What a Farsi yeh stands for: ي inside a word, and at its end ى where the word is written so.
    pub(super) fn yeh(&self, next: usize) -> char {
        if slice::from(self.text, next).starts_with(char::is_alphabetic) {
            return 'ي';
        }
        let word = self.out.rsplit(|c: char| !crate::letters::is_letter(c)).next().unwrap_or_default();
        let bare = word.strip_prefix('و').filter(|rest| MAKSURA.contains(rest)).unwrap_or(word);
        if MAKSURA.contains(&bare) { 'ى' } else { 'ي' }
    }

    /// Reads the HTML reference whose `&` stands just before `at`, if there is one.
    pub(super) fn reference(&mut self, c: char, at: &mut usize, index: &mut u32) {
        let here = *index - 1;
        let (window, consumed) = self.reference_window(*at);
        let Some(reference) = entity::read(&window) else {
            return self.put(c, here, *at);
        };
        // the window begins with the `&` itself, which is already behind us
        let (bytes, characters) = consumed[reference.bytes - 1];
        (*at, *index) = (*at + bytes, *index + characters);
        match self.profile.action(reference.character) {
            Action::Space if matches!(self.pending, Pending::Nothing) => self.pending = Pending::Space(here),
            Action::Space | Action::Line | Action::Drop => {}
            Action::To(to) => self.put_block(&[to], here, characters + 1, *at),
            _ => self.put_block(&[reference.character], here, characters + 1, *at),
        }
    }

    /// What could be a reference, with everything that the profile drops left out (so that normalising twice
    /// changes nothing), and how many bytes and characters of the text each byte of it stands for.
    pub(super) fn reference_window(&self, at: usize) -> (Vec<u8>, Vec<(usize, u32)>) {
        let (mut window, mut consumed) = (vec![b'&'], vec![(0, 0)]);
        let (mut bytes, mut characters) = (0, 0);
        for c in slice::from(self.text, at).chars().take(REFERENCE_CHARACTERS_MAX) {
            (bytes, characters) = (bytes + c.len_utf8(), characters + 1);
            match c {
                '#' | ';' | '0'..='9' | 'a'..='z' | 'A'..='Z' => {
                    window.push(c as u8);
                    consumed.push((bytes, characters));
                }
                _ if self.profile.action(c) == Action::Drop => {}
                _ => break,
            }
        }
        (window, consumed)
    }

    /// Whether the character at `at`, or the first one behind it that is not dropped, is a mark that may
    /// compose with the one before it.
    #[inline]
    pub(super) fn combines(&self, at: usize) -> bool {
        match self.text.as_bytes().get(at) {
            None | Some(b' '..=b'~' | b'\n') => false,
            Some(&first)
                if self.profile.plain(first, self.text.as_bytes().get(at + 1).copied().unwrap_or(0)) != 0 =>
            {
                false
            }
            Some(_) => self.combines_past_dropped(at),
        }
    }

    pub(super) fn combines_past_dropped(&self, at: usize) -> bool {
        let dropped = |c: &char| self.profile.action(*c) == Action::Drop;
        let next = slice::from(self.text, at).chars().take(DROPPED_CHARACTERS_MAX).find(|c| !dropped(c));
        next.is_some_and(|c| !c.is_ascii() && canonical_combining_class(c) != 0)
    }

    /// The next character that will be written, looking past what is dropped.
    pub(super) fn following(&self, at: usize) -> Option<char> {
        for (offset, c) in slice::from(self.text, at).char_indices() {
            match self.profile.action(c) {
                Action::Drop => {}
                Action::Keep => return Some(c),
                Action::To(to) => return Some(to),
                Action::FarsiYeh => return Some('ي'),
                Action::Space | Action::Line => return None,
                Action::Decompose => {
                    let mut parts = vec![];
                    self.decompose(c, &mut parts);
                    return parts.first().copied();
                }
                Action::Reference => {
                    let (window, _) = self.reference_window(at + offset + 1);
                    let reference = entity::read(&window)?;
                    return match self.profile.action(reference.character) {
                        Action::To(to) => Some(to),
                        _ => Some(reference.character),
                    };
                }
            }
        }
        None
    }
}
