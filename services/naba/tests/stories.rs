//! Families of articles planted in a stream: what belongs together is found, what only shares a template is not.

use naba_lexicon::Lexicon;
use naba_tag::stories::{Candidate, Sketch, Stories};
use naba_testkit::families::{is_telegram, pairs, stream};

#[test]
fn planted_families_are_found_and_templates_are_not_merged() {
    let articles = 6_000;
    let lexicon = Lexicon::built_in();
    let stream = stream(articles);
    let mut stories = Stories::new(articles);
    let groups: Vec<u32> = stream
        .iter()
        .enumerate()
        .map(|(number, (text, _))| {
            let sketch = Sketch::of(&lexicon, &naba_lexicon::folded(text));
            stories.add(Candidate { article: number as u32, outlet: 0, origin: 0, sketch: &sketch }).group
        })
        .collect();
    let families: Vec<usize> = stream.iter().map(|(_, family)| *family).collect();
    let pairs = pairs(&groups, &families);
    let (precision, recall) = (pairs.precision(), pairs.recall());
    let merged = (0..articles)
        .filter(|number| is_telegram(&stream[*number].0) && groups[*number] != *number as u32)
        .count();
    let bytes = stories.bytes() / articles;
    println!(
        "precision {precision:.4}, recall {recall:.4}, {merged} telegrams merged, {bytes} bytes an article"
    );
    assert!(precision >= 0.99, "precision {precision:.4}: {pairs:?}");
    assert!(recall >= 0.95, "recall {recall:.4}: {pairs:?}");
    assert_eq!(merged, 0, "telegrams about different countries");
    assert!(bytes <= 300, "{bytes} bytes an article");
}

/// The oldest articles are forgotten, the index does not grow, and two replicas agree.
#[test]
fn memory_is_bounded_and_replicas_agree() {
    let lexicon = Lexicon::built_in();
    let stream = stream(1_200);
    let run = || {
        let mut stories = Stories::new(300);
        let add = |(number, (text, _)): (usize, &(String, usize))| {
            let sketch = Sketch::of(&lexicon, &naba_lexicon::folded(text));
            stories.add(Candidate { article: number as u32, outlet: 0, origin: 0, sketch: &sketch })
        };
        let found: Vec<_> = stream.iter().enumerate().map(add).collect();
        (found, stories.len(), stories.bytes())
    };
    let (one, other) = (run(), run());
    assert_eq!(one.0, other.0);
    assert_eq!(one.1, 300);
    // a small table may be half empty
    assert!(one.2 <= 300 * 450, "{} bytes", one.2);
}
