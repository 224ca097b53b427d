//! `dom_smoothie` for `make bench-peers`: pages as NDJSON (`{"html": …}`) in, their copy as NDJSON (`{"body": …}`) out.

use std::io::{BufRead as _, Write as _};

use dom_smoothie::Readability;

fn main() -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let page: serde_json::Value = serde_json::from_str(&line?)?;
        let html = page["html"].as_str().unwrap_or_default();
        let article = Readability::new(html, None, None).and_then(|mut page| page.parse());
        let body = article.map(|article| article.text_content.to_string()).unwrap_or_default();
        serde_json::to_writer(&mut out, &serde_json::json!({ "body": body }))?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}
