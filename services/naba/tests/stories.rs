//! Families of articles planted in a stream: what belongs together is found, what only shares a template is not.

use naba_lexicon::Lexicon;
use naba_tag::stories::{Candidate, Sketch, Stories};
use naba_testkit::families::{is_telegram, pairs, stream, templates};

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
    assert!(pairs.wrong == 0, "precision {precision:.4}: {pairs:?}");
    assert!(recall >= 0.95, "recall {recall:.4}: {pairs:?}");
    assert_eq!(merged, 0, "telegrams about different countries");
    // a table doubles when it is full, so that this moves in steps of 35
    assert!(bytes <= 340, "{bytes} bytes an article");
}

/// Reports that share their words and not their facts are told apart, and their copies are found; so are those of a
/// flash, which has too few words for anything but its own.
#[test]
fn templates_are_told_apart_by_their_facts() {
    let lexicon = Lexicon::built_in();
    let stream = templates(60);
    let mut stories = Stories::new(stream.len());
    let group = |(number, (text, _)): (usize, &(String, usize))| {
        let sketch = Sketch::of(&lexicon, &naba_lexicon::folded(text));
        stories.add(Candidate { article: number as u32, outlet: 0, origin: 0, sketch: &sketch }).group
    };
    let groups: Vec<u32> = stream.iter().enumerate().map(group).collect();
    let families: Vec<usize> = stream.iter().map(|(_, family)| *family).collect();
    let pairs = pairs(&groups, &families);
    let wrong = (0..stream.len()).find(|number| families[groups[*number] as usize] != families[*number]);
    let wrong = wrong.map(|number| (&stream[number].0, &stream[groups[number] as usize].0));
    let missed = (1..stream.len())
        .find(|number| families[*number] == families[number - 1] && groups[*number] != groups[number - 1]);
    let missed = missed.map(|number| (&stream[number - 1].0, &stream[number].0));
    println!("precision {:.4}, recall {:.4}", pairs.precision(), pairs.recall());
    assert!(pairs.wrong == 0, "{pairs:?}: one group for {wrong:#?}");
    assert!(pairs.recall() >= 0.95, "{pairs:?}: two groups for {missed:#?}");
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

/// An index that was read back from what another one logged decides as that one goes on to.
#[test]
fn an_index_read_from_the_log_goes_on_as_the_one_that_wrote_it() {
    let lexicon = Lexicon::built_in();
    let stream = stream(2_400);
    let sketches: Vec<Sketch> =
        stream.iter().map(|(text, _)| Sketch::of(&lexicon, &naba_lexicon::folded(text))).collect();
    // outlets and agencies of their own, so that the counts have something to agree on
    let candidate = |number: usize| Candidate {
        article: number as u32,
        outlet: number as u32 % 7,
        origin: number as u32 % 3,
        sketch: &sketches[number],
    };
    for articles_max in [sketches.len(), 400] {
        let (mut writer, mut reader) = (Stories::new(articles_max), Stories::new(articles_max));
        for number in 0..sketches.len() {
            let found = writer.add(candidate(number));
            if number < sketches.len() / 2 {
                let (samples, facts) = sketches[number].parts();
                let logged = Sketch::of_parts(samples, facts);
                reader.restore(
                    Candidate { sketch: &logged, ..candidate(number) },
                    found.group,
                    found.near_duplicate_of,
                );
            } else {
                assert_eq!(
                    reader.add(candidate(number)),
                    found,
                    "article {number}, {articles_max} remembered"
                );
            }
        }
    }
}
