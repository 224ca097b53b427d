//! What replicas tell each other of what they have counted.

use super::{ALARMS_MAX, LINES_MAX, Line, Profile};

impl Profile {
    /// Adds what was counted here since the last time to what others have counted.
    pub fn add_to(&self, others: &mut Self) {
        let offset = others.articles.saturating_sub(self.articles.saturating_sub(self.fresh));
        others.articles += self.fresh;
        for line in self.lines.iter().filter(|line| line.fresh > 0) {
            let same = |other: &&mut Line| other.place == line.place && other.text == line.text;
            match others.lines.iter_mut().find(same) {
                Some(other) => {
                    other.count += line.fresh;
                    other.last = line.last + offset;
                    other.recent = line.recent;
                }
                None => others.lines.push(Line {
                    count: line.fresh,
                    error: 0,
                    first: line.first + offset,
                    last: line.last + offset,
                    ..line.clone()
                }),
            }
        }
        others.lines.sort_by_key(|line| std::cmp::Reverse((line.rejected, line.count)));
        others.lines.truncate(LINES_MAX);
        for alarm in &self.alarms {
            if !others.alarms.contains(alarm) {
                others.alarms.push(alarm.clone());
            }
        }
        let surplus = others.alarms.len().saturating_sub(ALARMS_MAX);
        others.alarms.drain(..surplus);
    }

    /// Takes over what all have counted together, after what was counted here until `told` was added to it.
    pub fn take_over(&mut self, all: &Self, told: &Self) {
        let since = Self { fresh: self.fresh - told.fresh, lines: self.lines_since(told), ..self.clone() };
        let mut all = Self { fresh: 0, recent: std::mem::take(&mut self.recent), ..all.clone() };
        since.add_to(&mut all);
        all.fresh = since.fresh;
        for line in &mut all.lines {
            let same = |other: &&Line| other.place == line.place && other.text == line.text;
            line.fresh = since.lines.iter().find(same).map_or(0, |other| other.fresh);
        }
        *self = all;
    }

    /// The lines with what was counted of them since a copy was made.
    fn lines_since(&self, copy: &Self) -> Vec<Line> {
        let since = |line: &Line| {
            let same = |other: &&Line| other.place == line.place && other.text == line.text;
            let told = copy.lines.iter().find(same).map_or(0, |other| other.fresh);
            Line { fresh: line.fresh.saturating_sub(told), ..line.clone() }
        };
        self.lines.iter().map(since).collect()
    }
}
