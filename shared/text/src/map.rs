//! The way between a text and what was made of it.

pub use naba_record::Run;
use naba_record::Span;

/// An offset map: rising runs of characters. See [`Run`] for what one says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    /// The runs, in the order of both texts.
    pub runs: Vec<Run>,
}

impl Map {
    /// The map of a text of `length` characters onto itself.
    pub fn identity(length: u32) -> Self {
        let runs = if length == 0 {
            vec![]
        } else {
            vec![Run { start: 0, end: length, from_start: 0, from_end: length }]
        };
        Self { runs }
    }

    /// Where a stretch of the mapped text stands in its origin. Dropped characters inside the stretch
    /// belong to it, dropped characters at its edges do not.
    pub fn home(&self, span: Span) -> Span {
        home(&self.runs, span)
    }

    /// Where a stretch of the origin stands in the mapped text; empty when all of it was dropped.
    pub fn forth(&self, span: Span) -> Span {
        let turned = |run: &Run| Run {
            start: run.from_start,
            end: run.from_end,
            from_start: run.start,
            from_end: run.end,
        };
        let first = self.runs.partition_point(|run| run.from_end <= span.start);
        let last = self.runs.partition_point(|run| run.from_start < span.end);
        if first >= last {
            let at = self
                .runs
                .get(first)
                .map_or_else(|| self.runs.last().map_or(0, |run| run.end), |run| run.start);
            return Span { start: at, end: at };
        }
        let start = edge(&turned(&self.runs[first]), span.start.max(self.runs[first].from_start), false);
        let end = edge(&turned(&self.runs[last - 1]), span.end.min(self.runs[last - 1].from_end), true);
        Span { start, end: end.max(start) }
    }
}

/// A map through two: `outer` leads to a text that `inner` leads on from.
pub fn through(outer: &Map, inner: &Map) -> Map {
    let mut recorder = Runs::default();
    for run in &outer.runs {
        if run.end - run.start != run.from_end - run.from_start {
            let home = inner.home(Span { start: run.from_start, end: run.from_end });
            recorder.block(run.end - run.start, home.start, home.end - home.start);
            continue;
        }
        let mut at = run.from_start;
        let first = inner.runs.partition_point(|step| step.end <= at);
        for step in inner.runs[first..].iter().take_while(|step| step.start < run.from_end) {
            let end = step.end.min(run.from_end);
            let home = inner.home(Span { start: at, end });
            recorder.block(end - at, home.start, home.end - home.start);
            at = end;
        }
    }
    recorder.finish()
}

/// [`Map::home`] over bare runs, as records carry them.
pub fn home(runs: &[Run], span: Span) -> Span {
    let first = runs.partition_point(|run| run.end <= span.start);
    let Some(run) = runs.get(first) else {
        let at = runs.last().map_or(0, |run| run.from_end);
        return Span { start: at, end: at };
    };
    let start = edge(run, span.start.max(run.start), false);
    if span.end <= span.start {
        return Span { start, end: start };
    }
    let last = runs.partition_point(|run| run.start < span.end).max(first + 1) - 1;
    let end = edge(&runs[last], span.end.min(runs[last].end), true);
    Span { start, end: end.max(start) }
}

/// A position inside a run, in the run's origin. Runs of unequal lengths map as a whole.
fn edge(run: &Run, at: u32, is_end: bool) -> u32 {
    if run.end - run.start == run.from_end - run.from_start {
        return run.from_start + (at - run.start);
    }
    match (is_end, at == run.start, at == run.end) {
        (true, true, _) | (false, _, false) => run.from_start,
        _ => run.from_end,
    }
}

/// Builds a map while the mapped text is written.
pub trait Recorder {
    /// One character came from one character.
    fn one(&mut self, from: u32);
    /// `count` characters came from as many, one by one.
    fn many(&mut self, from: u32, count: u32);
    /// `length` characters came from `from_length` characters, as a whole.
    fn block(&mut self, length: u32, from: u32, from_length: u32);
}

/// Records nothing: for callers who do not need the way home.
#[derive(Debug, Default)]
pub struct Nothing;

impl Recorder for Nothing {
    fn one(&mut self, _: u32) {}
    fn many(&mut self, _: u32, _: u32) {}
    fn block(&mut self, _: u32, _: u32, _: u32) {}
}

/// Records runs.
#[derive(Debug, Default)]
pub struct Runs {
    runs: Vec<Run>,
    open: Option<Run>,
    written: u32,
}

impl Runs {
    /// The finished map.
    pub fn finish(mut self) -> Map {
        self.runs.extend(self.open.take());
        Map { runs: self.runs }
    }
}

impl Recorder for Runs {
    #[inline]
    fn one(&mut self, from: u32) {
        self.many(from, 1);
    }

    #[inline]
    fn many(&mut self, from: u32, count: u32) {
        match &mut self.open {
            Some(run) if run.from_end == from => {
                run.end += count;
                run.from_end += count;
            }
            _ => {
                self.runs.extend(self.open.take());
                let (start, end) = (self.written, self.written + count);
                self.open = Some(Run { start, end, from_start: from, from_end: from + count });
            }
        }
        self.written += count;
    }

    fn block(&mut self, length: u32, from: u32, from_length: u32) {
        if length == from_length {
            for step in 0..length {
                self.one(from + step);
            }
            return;
        }
        self.runs.extend(self.open.take());
        let start = self.written;
        self.written += length;
        self.runs.push(Run { start, end: self.written, from_start: from, from_end: from + from_length });
    }
}
