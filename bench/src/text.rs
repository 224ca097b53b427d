//! Articles of any size, and pages of them.

use naba_testkit::articles::sentence;

/// An article of about so many bytes in paragraphs of two sentences, none of which comes twice.
pub fn long(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 512);
    let mut number = 0;
    while text.len() < bytes {
        text.push_str(&sentence(number));
        text.push(if number % 2 == 0 { ' ' } else { '\n' });
        number += 1;
    }
    text
}

/// A bare page of an article's lines.
pub fn page(text: &str) -> String {
    let mut lines = String::new();
    for line in text.lines() {
        lines.push_str(&format!("<p>{line}</p>\n"));
    }
    format!(
        "<html><head><title>{}</title></head><body>{lines}</body></html>",
        text.lines().next().unwrap_or_default()
    )
}
