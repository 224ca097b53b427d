//! Rules with a text in place of a pattern: what reads nearly like it.

use naba_text::slice;

use super::{Place, Rule, Rules, Scope};
use crate::folding::{self, Folding};
use crate::like::Like;
use crate::page::pieces;

impl Rules {
    /// The rules with a text of a scope that are for a source.
    fn likes(&self, source: Option<&str>, scope: Scope) -> impl Iterator<Item = &(Rule, Like)> {
        let names = [Some(""), source];
        let of = names.into_iter().flatten().filter_map(|name| self.likes_of.get(name)).flatten();
        of.map(|index| &self.likes[*index]).filter(move |(rule, _)| rule.scope == scope)
    }

    /// The first rule with a text that a folded unit reads nearly like, and that may cut at a place.
    pub fn like_line(&self, folded: &str, place: Place, source: Option<&str>) -> Option<&Rule> {
        let mut likes = self
            .likes(source, Scope::Line)
            .filter(|(rule, _)| rule.place == place || rule.place == Place::Any);
        let first = likes.next()?;
        let line = Like::of(folded);
        std::iter::once(first).chain(likes).find(|(_, like)| like.is_like(&line)).map(|(rule, _)| rule)
    }

    /// The first rule with a text that the end of a unit reads nearly like, and where that begins.
    pub fn like_end<'f>(
        &self,
        unit: &'f Folding<'f>,
        source: Option<&str>,
    ) -> Option<(&Rule, folding::Place<'f>)> {
        let mut likes = self.likes(source, Scope::End).peekable();
        likes.peek()?;
        let line = Like::of(unit.text());
        likes.find_map(|(rule, like)| {
            let words = like.at_the_end_of(&line)?;
            let pieces = pieces(unit.text());
            let (at, _) = pieces.len().checked_sub(words).and_then(|index| pieces.get(index))?;
            // marks that open the furniture go with it
            let before = slice::until(unit.text(), *at);
            Some((rule, unit.at(before.trim_end_matches(|c| "*#([\"«|/_=•-–—".contains(c)).len())))
        })
    }

    /// The first rule with a text that the beginning of a unit reads nearly like, and where the copy begins.
    pub fn like_start<'f>(
        &self,
        unit: &'f Folding<'f>,
        source: Option<&str>,
    ) -> Option<(&Rule, folding::Place<'f>)> {
        let mut likes = self.likes(source, Scope::Start).peekable();
        likes.peek()?;
        let line = Like::of(unit.text());
        likes.find_map(|(rule, like)| {
            let words = like.at_the_start_of(&line)?;
            let pieces = pieces(unit.text());
            let (at, piece) = words.checked_sub(1).and_then(|index| pieces.get(index))?;
            let behind = slice::from(unit.text(), at + piece.len());
            let copy = behind.trim_start_matches(|c: char| c.is_whitespace() || "*#)]»|/_=•-–—:".contains(c));
            Some((rule, unit.at(unit.text().len() - copy.len())))
        })
    }
}
