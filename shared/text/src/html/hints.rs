//! What an element's name, class, id and role say of it: words in any theme, kept as data.

use std::hash::Hasher as _;
use std::sync::LazyLock;

use dom_query::Element;
use rustc_hash::{FxHashMap, FxHasher};

/// What is said of an element, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hints(u16);

impl Hints {
    pub(super) const COMMENTS: u16 = 1;
    pub(super) const RELATED: u16 = 1 << 1;
    pub(super) const SHARE: u16 = 1 << 2;
    pub(super) const NAV: u16 = 1 << 3;
    pub(super) const TAGS: u16 = 1 << 4;
    pub(super) const SIDE: u16 = 1 << 5;
    pub(super) const FOOTER: u16 = 1 << 6;
    pub(super) const AD: u16 = 1 << 7;
    pub(super) const OVERLAY: u16 = 1 << 8;
    pub(super) const CAPTION: u16 = 1 << 9;
    /// Writer and date.
    pub(super) const META: u16 = 1 << 10;
    /// The article's copy, by its name in schema.org or in a theme.
    pub(super) const BODY: u16 = 1 << 11;
    /// `<article>`.
    pub(super) const ARTICLE: u16 = 1 << 12;
    /// Readers do not see it.
    pub(super) const HIDDEN: u16 = 1 << 13;
    /// The writer.
    pub(super) const AUTHOR: u16 = 1 << 14;
    /// Boilerplate of any kind.
    pub(super) const BOILERPLATE: u16 = 0x1FF;
    /// How many bits are boilerplate.
    pub(super) const BOILERPLATE_KINDS: usize = 9;

    pub(super) fn has(self, any: u16) -> bool {
        self.0 & any != 0
    }

    pub(super) fn bits(self) -> u16 {
        self.0
    }

    pub(super) fn says_anything(self) -> bool {
        self.0 != 0
    }

    fn named(name: &str) -> u16 {
        match name {
            "comments" => Self::COMMENTS,
            "related" => Self::RELATED,
            "share" => Self::SHARE,
            "nav" => Self::NAV,
            "tags" => Self::TAGS,
            "side" => Self::SIDE,
            "footer" => Self::FOOTER,
            "ad" => Self::AD,
            "overlay" => Self::OVERLAY,
            "caption" => Self::CAPTION,
            "author" => Self::META | Self::AUTHOR,
            "meta" => Self::META,
            _ => 0,
        }
    }
}

/// The words of `data/hints.tsv`.
struct Words {
    whole: FxHashMap<&'static str, u16>,
    begins: Vec<(&'static str, u16)>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words { whole: FxHashMap::default(), begins: vec![] };
    for line in include_str!("data/hints.tsv").lines().filter(|line| !line.starts_with('#')) {
        let Some((word, says)) = line.split_once('\t') else { continue };
        match word.strip_suffix('*') {
            Some(word) => words.begins.push((word, Hints::named(says))),
            None => {
                words.whole.insert(word, Hints::named(says));
            }
        }
    }
    words
});

/// Class tokens that hide an element, in the frameworks that sites use.
const HIDDEN_CLASSES: [&str; 9] = [
    "hidden",
    "hide",
    "d-none",
    "invisible",
    "sr-only",
    "visually-hidden",
    "screen-reader-text",
    "u-hide",
    "element-invisible",
];
/// What names an article, and what names its copy: a class that has both is the article's copy.
const ARTICLE_WORDS: [&str; 12] = [
    "article",
    "post",
    "entry",
    "story",
    "news",
    "item",
    "single",
    "node",
    "topic",
    "blog",
    "maincontent",
    "field",
];
const BODY_WORDS: [&str; 7] = ["body", "content", "text", "details", "desc", "para", "full"];

/// What an element says of itself, and a hash of its name and class (0 where it has none).
pub(super) fn of(element: &Element) -> (Hints, u32) {
    let mut bits = match &*element.name.local {
        "nav" | "menu" => Hints::NAV,
        "footer" => Hints::FOOTER,
        "aside" => Hints::SIDE,
        "dialog" | "form" => Hints::OVERLAY,
        "article" => Hints::ARTICLE,
        "figcaption" | "caption" => Hints::CAPTION,
        _ => 0,
    };
    let mut look = u32::from(&*element.name.local == "li");
    let (mut is_copy, mut named_body) = (&*element.name.local == "article", 0);
    for attribute in &element.attrs {
        let value = &*attribute.value;
        match &*attribute.name.local {
            "hidden" => bits |= Hints::HIDDEN,
            "aria-hidden" if value == "true" => bits |= Hints::HIDDEN,
            "style" => bits |= if hides(value) { Hints::HIDDEN } else { 0 },
            "itemprop" if value.split_whitespace().any(|item| item == "articleBody") => {
                is_copy = true;
                bits |= Hints::BODY;
            }
            "role" | "aria-labelledby" | "data-component" => bits |= words(value),
            "rel" if value == "author" => bits |= Hints::AUTHOR | Hints::META,
            "id" => {
                named_body |= body(value);
                bits |= words(value);
            }
            "class" => {
                named_body |= body(value);
                bits |= words(value) | hidden_by_class(value);
                let mut hasher = FxHasher::default();
                hasher.write(element.name.local.as_bytes());
                hasher.write(value.as_bytes());
                look = hasher.finish() as u32 | 1;
            }
            _ => {}
        }
    }
    if is_copy {
        // the classes of a post name its tags and its subjects
        bits &= !Hints::BOILERPLATE;
    } else if bits & Hints::BOILERPLATE == 0 {
        bits |= named_body;
    }
    (Hints(bits), look)
}

/// What the words of a class or an id say, each at most 24 letters long. `share-bar` has `share`, `shared` has not.
fn words(value: &str) -> u16 {
    let mut bits = 0;
    let mut word = [0_u8; 24];
    let mut length = 0;
    let mut before = b' ';
    let mut ends = |word: &[u8]| {
        if let Ok(word) = std::str::from_utf8(word)
            && word.len() > 1
        {
            bits |= WORDS.whole.get(word).copied().unwrap_or_default();
            let begins = |(begin, _): &&(&str, u16)| word.starts_with(begin);
            bits |= WORDS.begins.iter().find(begins).map_or(0, |(_, says)| *says);
        }
    };
    for byte in value.bytes() {
        let begins = byte.is_ascii_uppercase() && before.is_ascii_lowercase();
        if !byte.is_ascii_alphanumeric() || begins {
            ends(&word[..length]);
            length = 0;
        }
        if byte.is_ascii_alphanumeric() && length < word.len() {
            word[length] = byte.to_ascii_lowercase();
            length += 1;
        }
        before = byte;
    }
    ends(&word[..length]);
    bits
}

/// Whether a class or an id names an article's copy: `entry-content`, `articleBody`, `field-name-body`.
fn body(value: &str) -> u16 {
    let names = |token: &str| {
        let token = token.to_ascii_lowercase();
        let of_body = BODY_WORDS.iter().any(|word| token.contains(word));
        of_body && token.len() < 60 && ARTICLE_WORDS.iter().any(|word| token.contains(word))
    };
    if value.split_ascii_whitespace().any(names) { Hints::BODY } else { 0 }
}

/// Whether an element's style hides it.
fn hides(style: &str) -> bool {
    if !style.contains("none") && !style.contains("hidden") {
        return false;
    }
    let style: String =
        style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    style.contains("display:none") || style.contains("visibility:hidden")
}

/// Whether an element's class hides it at every width of the window.
fn hidden_by_class(class: &str) -> u16 {
    let hides = class.split_ascii_whitespace().any(|token| HIDDEN_CLASSES.contains(&token));
    let shows = |token: &str| {
        token.split_once(['-', ':']).is_some_and(|(first, rest)| {
            matches!(first, "d" | "sm" | "md" | "lg" | "xl")
                && ["block", "flex", "inline", "grid", "table"].iter().any(|way| rest.ends_with(way))
        })
    };
    if hides && !class.split_ascii_whitespace().any(shows) { Hints::HIDDEN } else { 0 }
}
