//! Notes on a text's quality. Each flag says something that a reader of the record can check; none of them
//! changes the text.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use memchr::{memchr2_iter, memchr3_iter, memmem};
use naba_lexicon::Sense;
use naba_record::Cleaned;
use naba_text::letters::is_word;
use naba_text::slice::{self, places};
use naba_text::words::Word;

use crate::article::{Article, Text};
use crate::dates::Stamp;

/// A teaser has at most so many words, and breaks off.
const TEASER_WORDS_MAX: usize = 40;
/// So many paragraphs that open with a place and a dash make a digest.
const DIGEST_PARAGRAPHS_MIN: usize = 3;
/// The fewest words of such a paragraph: shorter ones are a list of matches.
const DIGEST_WORDS_MIN: usize = 9;
/// The longest place before the dash, with the dash, in bytes.
const DIGEST_PLACE_BYTES_MAX: usize = 44;
/// So many lines that open with a clock make a live blog.
const LIVE_LINES_MIN: usize = 3;
/// How many words that begin with a bare alef are needed to speak of a habit, and how many times as many as
/// with hamza.
const BARE_WORDS_MIN: usize = 20;
const BARE_TIMES_MIN: usize = 20;
/// The share of words of one letter (in twentieths) that shows that letters are missing: text copied out of a
/// PDF prints a space in the place of some («إفر ق ا»).
const SINGLE_LETTERS_TWENTIETHS: usize = 3;
const SINGLE_LETTERS_MIN: usize = 10;
/// Where furniture that stayed would stand, and how many words its lines have at most.
const TAIL_LINES: usize = 2;
const TAIL_WORDS_MAX: usize = 10;
/// Platforms, folded, as calls to follow name them.
const PLATFORMS: [&str; 12] = [
    "تلغرام",
    "تيلغرام",
    "تليغرام",
    "تيليغرام",
    "التلغرام",
    "واتساب",
    "الواتساب",
    "فيسبوك",
    "الفيسبوك",
    "تويتر",
    "انستغرام",
    "يوتيوب",
];
/// How many words a second headline has, and the shortest ones that are looked for in its lead, in letters.
const HEADLINE_WORDS: RangeInclusive<usize> = 8..=20;
const HEADLINE_LETTERS_MIN: usize = 4;

/// The flags of an article, in this order:
///
/// | flag | what triggers it |
/// |---|---|
/// | `unbalanced_quotes` | an odd number of straight marks, or more «“ opened than closed |
/// | `mixed_digits` | ASCII and Arabic-Indic digits in one body |
/// | `farsi_letters` | ی ک گ پ چ in title or body |
/// | `truncated` | the last paragraph ends with an ellipsis |
/// | `teaser_only` | truncated, and at most 40 words |
/// | `title_repeated` | the first paragraph is the headline |
/// | `date_ambiguous` | day and month of the printed stamp could change places |
/// | `date_future` | published more than a day after it was ingested |
/// | `number_ambiguous` | «8ر1»: a wire's decimal mark, whose sides change places from house to house |
/// | `hamza_style=bare` | ا for أ and إ nearly everywhere |
/// | `missing_letters` | one word in seven has one letter |
/// | `digest` | three paragraphs open with a place and a dash: many stories on one page |
/// | `live_blog` | three lines open with a clock |
/// | `under_cut` | an address in the last two lines, or a platform's name in a short one: furniture may have stayed |
/// | `embedded_headline` | a line of 8 to 20 words without a stop, between paragraphs, half of whose words stand in the next one: a second story on the page |
pub(crate) fn flags(article: &Article<'_>, published: Option<&Stamp>) -> impl Iterator<Item = &'static str> {
    let cleaned = article.cleaned;
    let body = cleaned.body.as_str();
    let truncated = body.ends_with("...") || body.ends_with('…');
    let words = article.body().words.len();
    [
        ("unbalanced_quotes", unbalanced(body)),
        ("mixed_digits", naba_text::digits::mixed(body)),
        ("farsi_letters", farsi(body) || cleaned.title.as_deref().is_some_and(farsi)),
        ("truncated", truncated),
        ("teaser_only", truncated && words <= TEASER_WORDS_MAX),
        ("title_repeated", repeats_title(cleaned)),
        ("date_ambiguous", published.is_some_and(|stamp| stamp.other.is_some())),
        ("date_future", published.is_some_and(|stamp| is_future(&stamp.value, &cleaned.ingested_at))),
        ("number_ambiguous", has_wire_decimal(article.body().folded)),
        ("hamza_style=bare", is_bare(body)),
        ("missing_letters", letters_are_missing(article.body())),
        ("digest", is_digest(article)),
        ("live_blog", body.lines().filter(|line| opens_with_clock(line)).count() >= LIVE_LINES_MIN),
        ("embedded_headline", has_embedded_headline(article.body().folded)),
        ("under_cut", is_under_cut(article.body().folded)),
    ]
    .into_iter()
    .filter_map(|(flag, raised)| raised.then_some(flag))
}

fn unbalanced(body: &str) -> bool {
    let bytes = body.as_bytes();
    // “ is E2 80 9C, ” is E2 80 9D; « is C2 AB, » is C2 BB
    let (mut straight, mut curly, mut guillemets) = (0_usize, 0_isize, 0_isize);
    for at in memchr3_iter(b'"', 0xC2, 0xE2, bytes) {
        match &bytes[at..] {
            [b'"', ..] => straight += 1,
            [0xC2, 0xAB, ..] => guillemets += 1,
            [0xC2, 0xBB, ..] => guillemets -= 1,
            [0xE2, 0x80, 0x9C, ..] => curly += 1,
            [0xE2, 0x80, 0x9D, ..] => curly -= 1,
            _ => {}
        }
    }
    straight % 2 == 1 || guillemets != 0 || curly != 0
}

/// ی ک گ پ چ
fn farsi(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_one = |at: usize| matches!(bytes[at..], [0xDB, 0x8C, ..] | [0xDA, 0xA9 | 0xAF | 0x86, ..]);
    // Arabic letters begin otherwise, but for پ
    memchr2_iter(0xDA, 0xDB, bytes).any(is_one) || memmem::find(bytes, "پ".as_bytes()).is_some()
}

fn repeats_title(cleaned: &Cleaned) -> bool {
    let first = cleaned.search.body.lines().next().unwrap_or_default();
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    !cleaned.search.title.is_empty() && bare(first) == bare(&cleaned.search.title)
}

/// Days are compared: a zone that is not printed makes no future.
fn is_future(published: &str, ingested: &str) -> bool {
    let day = |text: &str| text.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    let (Some(published), Some(ingested)) = (day(published), day(ingested)) else { return false };
    (published - ingested).get_days() > 1
}

/// A digit, «ر», a digit.
fn has_wire_decimal(folded: &str) -> bool {
    let is_near = places(folded, |bytes| matches!(bytes, [0xD8, 0xB1, b'0'..=b'9'])) > 0;
    is_near
        && folded.match_indices('ر').any(|(at, mark)| {
            let before = slice::until(folded, at).trim_end_matches(' ').bytes().next_back();
            let behind = slice::from(folded, at + mark.len()).bytes().next();
            before.is_some_and(|byte| byte.is_ascii_digit())
                && behind.is_some_and(|byte| byte.is_ascii_digit())
        })
}

fn is_bare(body: &str) -> bool {
    // أ, إ
    let seated = places(body, |bytes| matches!(bytes, [b' ' | b'\n', 0xD8, 0xA3 | 0xA5]));
    // ا; the article is written without hamza in every house
    let bare = places(body, |bytes| matches!(bytes, [b' ' | b'\n', 0xD8, 0xA7]))
        - places(body, |bytes| matches!(bytes, [b' ' | b'\n', 0xD8, 0xA7, 0xD9, 0x84]));
    bare >= BARE_WORDS_MIN && bare >= seated * BARE_TIMES_MIN
}

fn letters_are_missing(text: &Text<'_>) -> bool {
    let bytes = text.folded.as_bytes();
    // one character of more than one byte; «و» and initials with dots are no such words
    let is_single = |word: &&Word| {
        let length = word.end - word.start;
        let is_one = match bytes.get(word.start) {
            Some(0xC2..=0xDF) => length == 2,
            Some(0xE0..=0xEF) => length == 3,
            Some(0xF0..) => length == 4,
            _ => false,
        };
        is_one && text.between(word.start, word.end) != "و"
    };
    let single = text.words.iter().filter(is_single).count();
    single >= SINGLE_LETTERS_MIN && single * 20 >= text.words.len() * SINGLE_LETTERS_TWENTIETHS
}

fn is_digest(article: &Article<'_>) -> bool {
    let opens = |line: &&str| {
        let opening = slice::until(line, DIGEST_PLACE_BYTES_MAX);
        let Some((place, _)) = opening.split_once([':', '-', '–']) else { return false };
        line.split_whitespace().nth(DIGEST_WORDS_MIN - 1).is_some()
            && article.lexicon.senses_of(place.trim()).iter().any(|sense| matches!(sense, Sense::Place(..)))
    };
    article.body().folded.lines().filter(opens).count() >= DIGEST_PARAGRAPHS_MIN
}

/// In the words of the folded text. A long line may be news about a platform.
fn is_under_cut(folded: &str) -> bool {
    folded.lines().rev().take(TAIL_LINES).any(|line| {
        let has_address = ["http://", "https://", "www.", "t.me/"].iter().any(|mark| line.contains(mark));
        let is_short = line.split_whitespace().count() <= TAIL_WORDS_MAX;
        has_address || is_short && line.split(|c: char| !is_word(c)).any(|word| PLATFORMS.contains(&word))
    })
}

/// Subheadings are shorter, and what follows them does not say them again.
fn has_embedded_headline(folded: &str) -> bool {
    let count = |text: &str| text.split_whitespace().count();
    let is_headline = |before: &str, line: &str, behind: &str| {
        // a headline is short: what is longer is not counted out
        line.ends_with(is_word)
            && before.ends_with(|c: char| !is_word(c))
            && line.split_whitespace().nth(*HEADLINE_WORDS.end()).is_none()
            && HEADLINE_WORDS.contains(&count(line))
            && count(behind) > count(line)
            && says_again(line, behind)
    };
    let mut lines = folded.lines();
    let (Some(mut before), Some(mut line)) = (lines.next(), lines.next()) else { return false };
    lines.any(|behind| {
        let found = is_headline(before, line, behind);
        (before, line) = (line, behind);
        found
    })
}

/// Whether half of the longer words of a line stand in the next one.
fn says_again(line: &str, behind: &str) -> bool {
    let words: Vec<&str> = line
        .split(|c: char| !is_word(c))
        .filter(|word| word.chars().count() >= HEADLINE_LETTERS_MIN)
        .collect();
    let next: HashSet<&str> = behind.split(|c: char| !is_word(c)).collect();
    !words.is_empty() && words.iter().filter(|word| next.contains(**word)).count() * 2 >= words.len()
}

fn opens_with_clock(line: &str) -> bool {
    let mut parts = line.trim_start().splitn(2, ':');
    let (hour, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let digits = |text: &str| text.chars().take_while(|c| naba_text::digits::value(*c).is_some()).count();
    (1..=2).contains(&digits(hour)) && digits(hour) == hour.chars().count() && digits(rest) == 2
}
