//! The one pass over a text that runs every step of a profile.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

use super::Normalised;
use super::step::Step;
use super::table::{Action, CHANGED, Profile};
use crate::map::{Nothing, Recorder, Runs};
use crate::slice;

/// Normalises a text and keeps the way home.
pub fn normalise(profile: &Profile, text: &str) -> Normalised {
    let mut runs = Runs::default();
    let text = run(profile, text, &mut runs);
    Normalised { text, map: runs.finish() }
}

/// Normalises a text without keeping the way home: for matching, and faster.
pub fn fold(profile: &Profile, text: &str) -> String {
    run(profile, text, &mut Nothing)
}

fn run<R: Recorder>(profile: &Profile, text: &str, recorder: &mut R) -> String {
    let mut pass = Pass {
        profile,
        text,
        // folding hardly ever lengthens a text: only ligatures of three and more letters do
        out: String::with_capacity(text.len() + 16),
        recorder,
        pending: Pending::Nothing,
        last: '\0',
        squeezing: false,
        squeezes: profile.has(Step::Repeats),
        composes: profile.has(Step::Compose),
    };
    pass.run();
    pass.out
}

/// A space, as the plain table has it.
const SPACE: u16 = b' ' as u16;

/// White space that is written only when something follows it.
#[derive(Clone, Copy)]
pub(super) enum Pending {
    Nothing,
    Space(u32),
    Line(u32),
}

pub(super) struct Pass<'a, R> {
    pub(super) profile: &'a Profile,
    pub(super) text: &'a str,
    pub(super) out: String,
    pub(super) recorder: &'a mut R,
    pub(super) pending: Pending,
    /// The last character written, `\0` after white space.
    last: char,
    pub(super) squeezing: bool,
    pub(super) squeezes: bool,
    pub(super) composes: bool,
}

impl<R: Recorder> Pass<'_, R> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let (mut at, mut index) = (0, 0_u32);
        while at < bytes.len() {
            self.plain_run(&mut at, &mut index);
            let Some(&byte) = bytes.get(at) else { break };
            if byte < 0x80 {
                let action = self.profile.ascii(byte);
                if action == Action::Keep {
                    if self.combines(at + 1) {
                        self.cluster(&mut at, &mut index);
                        continue;
                    }
                    self.flush(char::from(byte));
                    self.out.push(char::from(byte));
                    self.recorder.one(index);
                    self.last = char::from(byte);
                    self.squeezing = false;
                    at += 1;
                    index += 1;
                    continue;
                }
                self.act(action, char::from(byte), &mut at, &mut index);
                continue;
            }
            if byte & 0xFC == 0xD8
                && let Some(&second) = bytes.get(at + 1)
            {
                let offset = u32::from(byte & 0x03) << 6 | u32::from(second & 0x3F);
                let action = self.profile.arabic(offset);
                if action == Action::Drop {
                    (at, index) = (at + 2, index + 1);
                    continue;
                }
                if matches!(action, Action::Keep | Action::To(_)) && !(self.composes && self.combines(at + 2))
                {
                    let c = match action {
                        Action::To(c) => c,
                        _ => char::from_u32(0x0600 + offset).unwrap_or('\u{FFFD}'),
                    };
                    at += 2;
                    self.put(c, index, at);
                    index += 1;
                    continue;
                }
            }
            let c = slice::from(self.text, at).chars().next().unwrap_or('\u{FFFD}');
            let action = self.profile.action(c);
            if !matches!(action, Action::Drop | Action::Space | Action::Line)
                && self.combines(at + c.len_utf8())
            {
                self.cluster(&mut at, &mut index);
            } else {
                self.act(action, c, &mut at, &mut index);
            }
        }
    }

    /// Copies characters that need no thought, folded or not: letters and digits, and a space between two
    /// such. Most of a text goes this way.
    #[inline]
    fn plain_run(&mut self, at: &mut usize, index: &mut u32) {
        if !matches!(self.pending, Pending::Nothing) || self.squeezing {
            return;
        }
        let bytes = self.text.as_bytes();
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
        let (mut characters, mut here) = (0, *at);
        // what stands before the text, or is white space, counts as a space
        let mut last =
            if self.last == '\0' { SPACE } else { u16::try_from(self.last as u32).unwrap_or(CHANGED) };
        let mut first = byte(here);
        let mut plain = self.profile.plain(first, byte(here + 1));
        // what stays as it is waits to be copied in one piece
        let mut copied = here;
        while plain != 0 {
            let now = plain & !CHANGED;
            let after = here + 1 + usize::from(first >= 0x80);
            let behind = byte(after);
            let following = self.profile.plain(behind, byte(after + 1));
            let next = following & !CHANGED;
            // a space waits to see what follows; three equal letters are too many; and what is not plain may
            // compose with this character, or be dropped and let the next one meet it
            let spaces = now == SPACE && (last == SPACE || next == SPACE || next == 0);
            let repeats = now == last && (now == next || next == 0);
            let sure = matches!(behind, b' '..=b'~' | b'\n') || (now >= 0x80 && !self.composes);
            if spaces || repeats || (next == 0 && !sure) {
                break;
            }
            if plain != now {
                self.out.push_str(self.text.get(copied..here).unwrap_or_default());
                self.out.push(char::from_u32(u32::from(now)).unwrap_or('\u{FFFD}'));
                copied = after;
            }
            (last, here, first, plain) = (now, after, behind, following);
            characters += 1;
        }
        if characters > 0 {
            self.out.push_str(self.text.get(copied..here).unwrap_or_default());
            self.recorder.many(*index, characters);
            self.last = char::from_u32(u32::from(last)).filter(|last| *last != ' ').unwrap_or('\0');
            *at = here;
            *index += characters;
        }
    }

    /// Does what the table says with the character at `at`.
    fn act(&mut self, action: Action, c: char, at: &mut usize, index: &mut u32) {
        let here = *index;
        let next = *at + c.len_utf8();
        (*at, *index) = (next, here + 1);
        match action {
            Action::Keep => self.put(c, here, next),
            Action::To(to) => self.put(to, here, next),
            Action::Drop => {}
            Action::Space => {
                if matches!(self.pending, Pending::Nothing) {
                    self.pending = Pending::Space(here);
                }
                self.last = '\0';
            }
            Action::Line => self.line(c, here, next),
            Action::Decompose => self.block(c, here, next),
            Action::Reference => self.reference(c, at, index),
            Action::FarsiYeh => {
                let yeh = self.yeh(next);
                self.put(yeh, here, next);
            }
        }
    }

    fn line(&mut self, c: char, here: u32, next: usize) {
        self.last = '\0';
        if c == '\r' && self.text.as_bytes().get(next) == Some(&b'\n') {
            return;
        }
        if self.profile.has(Step::BlankLines) {
            if !matches!(self.pending, Pending::Line(_)) {
                self.pending = Pending::Line(here);
            }
        } else {
            self.pending = Pending::Nothing;
            self.out.push('\n');
            self.recorder.one(here);
        }
    }

    /// Writes a character that came from one character.
    #[inline]
    pub(super) fn put(&mut self, c: char, from: u32, next: usize) {
        self.flush(c);
        if c == self.last && self.squeezes && is_arabic_letter(c) {
            if self.squeezing || self.following(next) == Some(c) {
                self.squeezing = true;
                return;
            }
        } else {
            self.squeezing = false;
        }
        self.out.push(c);
        self.recorder.one(from);
        self.last = c;
    }

    /// Writes characters that came as a whole from `from_length` characters, the last of them just before
    /// byte `next`.
    pub(super) fn put_block(&mut self, parts: &[char], from: u32, from_length: u32, next: usize) {
        let Some(first) = parts.first() else { return };
        self.flush(*first);
        let mut written = 0;
        for (place, part) in parts.iter().enumerate() {
            if *part == self.last && self.squeezes && is_arabic_letter(*part) {
                let after = parts.get(place + 1).copied().or_else(|| self.following(next));
                if self.squeezing || after == Some(*part) {
                    self.squeezing = true;
                    continue;
                }
            } else {
                self.squeezing = false;
            }
            self.out.push(*part);
            self.last = *part;
            written += 1;
        }
        if written > 0 {
            self.recorder.block(written, from, from_length);
        }
    }

    /// Writes the white space that was waiting, unless `c` does not want it.
    #[inline]
    fn flush(&mut self, c: char) {
        let (blank, from) = match self.pending {
            Pending::Nothing => return,
            Pending::Space(from) => (' ', from),
            Pending::Line(from) => ('\n', from),
        };
        self.pending = Pending::Nothing;
        let unwanted =
            blank == ' ' && matches!(c, '،' | '؛' | '؟') && self.profile.has(Step::PunctuationSpacing);
        if self.out.is_empty() || unwanted || (blank == ' ' && self.out.ends_with('\n')) {
            return;
        }
        self.out.push(blank);
        self.recorder.one(from);
        self.last = '\0';
    }

    /// Decomposes a character for compatibility, looks up every part, and writes them as one block.
    fn block(&mut self, c: char, from: u32, next: usize) {
        let mut parts = Vec::with_capacity(4);
        self.decompose(c, &mut parts);
        if self.composes {
            parts = parts.into_iter().nfc().collect();
        }
        self.put_block(&parts, from, 1, next);
    }

    pub(super) fn decompose(&self, c: char, parts: &mut Vec<char>) {
        decompose_compatible(c, |part| match self.profile.action(part) {
            Action::Keep | Action::Decompose | Action::Reference | Action::FarsiYeh => parts.push(part),
            Action::To(to) => parts.push(to),
            Action::Space | Action::Line => parts.push(' '),
            Action::Drop => {}
        });
    }

    /// A character and its combining marks, composed and in canonical order.
    fn cluster(&mut self, at: &mut usize, index: &mut u32) {
        let mut members = vec![];
        let (here, mut length) = (*index, 0);
        for c in slice::from(self.text, *at).chars() {
            let action = self.profile.action(c);
            if length > 0 && canonical_combining_class(c) == 0 && action != Action::Drop {
                break;
            }
            *at += c.len_utf8();
            length += 1;
            match action {
                Action::Drop => {}
                Action::To(to) => members.push(to),
                Action::Decompose => self.decompose(c, &mut members),
                _ => members.push(c),
            }
        }
        *index += length;
        let composed: Vec<char> = members.into_iter().nfc().collect();
        self.put_block(&composed, here, length, *at);
    }
}

fn is_arabic_letter(c: char) -> bool {
    matches!(c, '\u{0621}'..='\u{063A}' | '\u{0641}'..='\u{064A}' | '\u{066E}'..='\u{06D3}')
}
