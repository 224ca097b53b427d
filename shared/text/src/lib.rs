//! Engines over one string. Values in, values out: no clock, no files, no network.
//!
//! * [`decode`]     bytes → text, with the reason for the encoding
//! * [`repair`]     mojibake put right, run by run
//! * [`entity`]     HTML references in plain text
//! * [`html`]       a web page → lines of copy, title and metadata
//! * [`normalise`]  the display text and the search text, each with a map home
//! * [`map`]        the map: runs of characters, both ways
//! * [`letters`]    what belongs to a word
//! * [`words`]      letters and digits in a row, each with its hash
//! * [`buckets`]    the weights of the models
//! * [`language`]   which language a body is in
//! * [`sentences`]  sentences of a paragraph
//! * [`tokens`]     words, clitics as a view, numbers with their doubts
//! * [`digits`]     digits of every set that Arabic news prints
//! * [`utf16`]      positions as JavaScript counts them
//! * [`slice`]      the one audited place where text is cut by byte index

pub mod buckets;
pub mod decode;
pub mod digits;
pub mod entity;
pub mod html;
pub mod language;
pub mod letters;
pub mod map;
pub mod normalise;
pub mod repair;
pub mod sentences;
pub mod slice;
pub mod tokens;
pub mod utf16;
pub mod words;
