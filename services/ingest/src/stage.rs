//! An envelope and a payload → an ingested article. Pure: the clock is an argument.

use base64::Engine as _;
use naba_record::{
    ARTICLE_BYTES_MAX, Block, Decoding, FieldOrigin, Ingested, Mended, PageFacts, RAW_KEYS, Raw, Referred,
};
use naba_runtime::Reject;
use naba_text::slice::CharacterCounter;
use naba_text::{decode, entity, html, repair};

use crate::moment::Time;
use crate::{identity, kind, limits, speaker};

/// What is known of a payload beside its bytes: headers of the message, or the name of a file.
#[derive(Debug, Clone, Default)]
pub struct Envelope {
    /// The payload's media type; `text/…` and `application/octet-stream` are plain bytes, everything else
    /// that opens with a brace is JSON.
    pub content_type: Option<String>,
    /// As in [`Raw::source`].
    pub source: Option<String>,
    /// The source's token in the subject that it came on, `_` where it names none; none without a broker.
    pub subject_source: Option<String>,
    /// Whether whoever writes on that subject may name other sources.
    pub speaks_for_others: bool,
    /// As in [`Raw::source_id`].
    pub source_id: Option<String>,
    /// As in [`Raw::url`].
    pub url: Option<String>,
    /// As in [`Raw::title`].
    pub title: Option<String>,
    /// As in [`Raw::charset`].
    pub charset: Option<String>,
    /// W3C trace context.
    pub traceparent: Option<String>,
}

/// Reads a payload. `now` is RFC 3339.
///
/// # Errors
/// [`Reject`] for what can never become an article, with the key at fault and what to do.
pub fn ingest(payload: &[u8], envelope: &Envelope, now: &str) -> Result<Ingested, Reject> {
    let (mut raw, bytes) = open(payload, envelope)?;
    limits::check(&raw)?;
    raw.source = speaker::source(raw.source, envelope.subject_source.as_deref(), envelope.speaks_for_others)?;
    let content = if raw.withdrawn { withdrawn(&raw)? } else { mend(content(&raw, bytes, envelope)?) };
    let title = raw.title.filter(|title| !title.trim().is_empty()).or(content.title);
    let url = raw.url.or(content.url);
    let id =
        identity::article_id(raw.source.as_deref(), url.as_deref(), raw.source_id.as_deref(), &content.text);
    let mut quality = vec![];
    if content.decoding.replaced > 0 {
        // bytes that no encoding explains stand as U+FFFD
        quality.push("replaced_bytes".to_owned());
    }
    if !content.decoding.repairs.is_empty() {
        // text that had been decoded with the wrong character set
        quality.push("mojibake_repaired".to_owned());
    }
    let is_repaired = !content.decoding.repairs.is_empty();
    let is_damaged =
        if is_repaired { repair::is_left(&content.text) } else { repair::is_damaged(&content.text) };
    if is_damaged {
        // characters were lost, or nobody knows how it happened
        quality.push("mojibake_unrepaired".to_owned());
    }
    let published = Time::read(raw.published_at.or(content.published_at));
    let fetched = Time::read(raw.fetched_at.clone());
    for (time, flag) in [(&published, "published_at_unread"), (&fetched, "fetched_at_unread")] {
        // what was sent as a time and is none that can be read
        if time.unread.is_some() {
            quality.push(flag.to_owned());
        }
    }
    if content.no_article {
        // a section page, a search result, a message: its lines are what there is
        quality.push("no_article".to_owned());
    }
    let mut article = Ingested {
        schema: "naba.ingested/1".to_owned(),
        id,
        revision: 1,
        generation: 0,
        sequence: 0,
        content_hash: if raw.withdrawn {
            identity::withdrawal_hash(raw.fetched_at.as_deref())
        } else {
            let published = published.read.as_deref().or(published.unread.as_deref());
            identity::content_hash(title.as_deref(), &content.text, published, &raw.tags)
        },
        source: raw.source,
        source_id: raw.source_id,
        url,
        title,
        text: content.text,
        blocks: content.blocks,
        page: content.page,
        byline: content.byline,
        decoding: content.decoding,
        published_at: published.read,
        published_surface: published.unread,
        modified_at: Time::read(content.modified_at).read,
        fetched_at: fetched.read,
        language: raw.language.or(content.language),
        tags: if raw.tags.is_empty() { content.tags } else { raw.tags },
        withdrawn: raw.withdrawn,
        quality,
        ingested_at: now.to_owned(),
        trace: naba_record::Trace::default(),
    };
    article.trace.traceparent.clone_from(&envelope.traceparent);
    Ok(article)
}

/// The text as it came, from a decoded text and what its record says was repaired and read in it. Of a web page,
/// whose repairs count in its source, the text itself.
pub fn undo(text: &str, decoding: &Decoding) -> String {
    if decoding.html {
        return text.to_owned();
    }
    let byte = |text: &str, at: u32| naba_text::slice::byte_of(text, at);
    let written =
        |reference: &Referred| entity::Written { at: byte(text, reference.at), was: reference.was.clone() };
    let written: Vec<entity::Written> = decoding.references.iter().map(written).collect();
    let text = entity::undo(text, &written);
    let mended = |mended: &Mended| {
        let damage = repair::Damage::named(&mended.damage)?;
        Some(repair::Repair { damage, start: byte(&text, mended.start), end: byte(&text, mended.end) })
    };
    let repairs: Vec<repair::Repair> = decoding.repairs.iter().filter_map(mended).collect();
    repair::undo(&text, &repairs)
}

/// Repairs mojibake, and notes what was repaired so that it can be undone; none where the text is sound.
fn put_right(text: &str, decoding: &mut Decoding) -> Option<String> {
    let repaired = repair::repair(text)?;
    let mut counter = CharacterCounter::new(&repaired.text);
    let mended = |repair: &repair::Repair| Mended {
        damage: repair.damage.name(),
        start: counter.at(repair.start),
        end: counter.at(repair.end),
    };
    decoding.repairs = repaired.repairs.iter().map(mended).collect();
    Some(repaired.text)
}

/// Puts plain text right and reads its HTML references, and notes both so that they can be undone.
fn mend(mut content: Content) -> Content {
    if !content.decoding.html
        && let Some(text) = put_right(&content.text, &mut content.decoding)
    {
        content.text = text;
    }
    if !content.decoding.html
        && let Some((text, written)) = entity::decode(&content.text)
    {
        let mut counter = CharacterCounter::new(&text);
        let referred =
            |reference: entity::Written| Referred { at: counter.at(reference.at), was: reference.was };
        content.decoding.references = written.into_iter().map(referred).collect();
        content.text = text;
    }
    content
}

/// Takes the payload out of its envelope: the article's keys, and its bytes where it came as bytes.
fn open<'a>(payload: &'a [u8], envelope: &Envelope) -> Result<(Raw, Option<&'a [u8]>), Reject> {
    let declared = envelope.content_type.as_deref().unwrap_or_default();
    let plain = declared.starts_with("text/") || declared.starts_with("application/octet-stream");
    let unmarked = payload.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(payload);
    let opens_like_json = unmarked.trim_ascii_start().starts_with(b"{");
    if !plain && (opens_like_json || declared.contains("json")) {
        let mut raw = json(unmarked)?;
        raw.source = raw.source.or_else(|| envelope.source.clone());
        return Ok((raw, None));
    }
    let raw = Raw {
        source: envelope.source.clone(),
        source_id: envelope.source_id.clone(),
        url: envelope.url.clone(),
        title: envelope.title.clone(),
        charset: envelope.charset.clone(),
        ..Raw::default()
    };
    Ok((raw, Some(payload)))
}

fn json(payload: &[u8]) -> Result<Raw, Reject> {
    naba_runtime::json::read(payload).map_err(|error| {
        let message = error.to_string();
        let key = message
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.split('`').next())
            .map(str::to_owned);
        match key {
            Some(key) => {
                let allowed = RAW_KEYS.join(", ");
                Reject::new("unknown_key", format!("an article has no key `{key}`; the keys are {allowed}"))
                    .at(key)
            }
            None => Reject::new("invalid_json", format!("the article is not valid JSON: {message}")),
        }
    })
}

/// The article's text and what its page says of it.
#[derive(Default)]
struct Content {
    text: String,
    decoding: Decoding,
    title: Option<String>,
    url: Option<String>,
    published_at: Option<String>,
    language: Option<String>,
    byline: Option<String>,
    blocks: Vec<Block>,
    modified_at: Option<String>,
    page: Option<Box<PageFacts>>,
    tags: Vec<String>,
    no_article: bool,
}

/// The content of an article that was taken back: none. It has no text to be known by.
fn withdrawn(raw: &Raw) -> Result<Content, Reject> {
    let known = |key: &Option<String>| key.as_deref().is_some_and(|key| !key.trim().is_empty());
    if !known(&raw.url) && !known(&raw.source_id) {
        let message = "a withdrawn article needs the url or the source_id that it was published with";
        return Err(Reject::new("unknown_article", message).at("withdrawn"));
    }
    if raw.text.is_some() || raw.html.is_some() || raw.bytes_base64.is_some() {
        let message = "a withdrawn article has no text; leave out text, html and bytes_base64, or withdrawn";
        return Err(Reject::new("text_of_withdrawn", message).at("withdrawn"));
    }
    Ok(Content::default())
}

fn content(raw: &Raw, bytes: Option<&[u8]>, envelope: &Envelope) -> Result<Content, Reject> {
    let given = [raw.text.is_some(), raw.html.is_some(), raw.bytes_base64.is_some(), bytes.is_some()];
    match given.iter().filter(|given| **given).count() {
        0 => {
            return Err(Reject::new("no_text", "an article needs one of the keys text, html, bytes_base64")
                .at("text"));
        }
        1 => {}
        _ => {
            return Err(Reject::new(
                "two_texts",
                "an article has one of the keys text, html, bytes_base64, and not several",
            )
            .at("text"));
        }
    }
    let content = if let Some(text) = &raw.text {
        within_limit(text.len(), "text")?;
        kind::text(text, "text")?;
        let decoding = Decoding { encoding: "UTF-8".to_owned(), ..Decoding::default() };
        Content { text: text.clone(), decoding, ..Content::default() }
    } else if let Some(page) = &raw.html {
        within_limit(page.len(), "html")?;
        from_page(page, Decoding { encoding: "UTF-8".to_owned(), html: true, ..Decoding::default() })
    } else if let Some(encoded) = &raw.bytes_base64 {
        within_limit(encoded.len() / 4 * 3, "bytes_base64")?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).map_err(|error| {
            Reject::new("invalid_base64", format!("bytes_base64 is not base64: {error}")).at("bytes_base64")
        })?;
        from_bytes(&bytes, raw.charset.as_deref(), "", "bytes_base64")?
    } else {
        let declared = envelope.content_type.as_deref().unwrap_or_default();
        from_bytes(bytes.unwrap_or_default(), raw.charset.as_deref(), declared, "payload")?
    };
    let inner = content.text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if !inner.chars().any(char::is_alphanumeric) {
        return Err(Reject::new("empty", "the article has no text: not one letter or digit").at("text"));
    }
    if let Some(at) = inner.find('\0') {
        let position = naba_text::slice::count(naba_text::slice::until(inner, at));
        let message = format!(
            "the text has a NUL at character {position}: bytes are missing, or it is UTF-16; send what you received as bytes_base64"
        );
        return Err(Reject::new("nul_in_text", message).at("text"));
    }
    Ok(content)
}

fn within_limit(bytes: usize, key: &str) -> Result<(), Reject> {
    if bytes > ARTICLE_BYTES_MAX {
        let message = format!(
            "the article has {bytes} bytes, and the limit is {ARTICLE_BYTES_MAX}; send its parts one by one"
        );
        return Err(Reject::new("too_large", message).at(key));
    }
    Ok(())
}

/// `declared` is the media type that the bytes came with, empty where none.
fn from_bytes(bytes: &[u8], charset: Option<&str>, declared: &str, key: &str) -> Result<Content, Reject> {
    within_limit(bytes.len(), key)?;
    kind::bytes(bytes, declared, key)?;
    let in_page = html::declared_charset(bytes);
    let decoded = decode::decode(bytes, charset.or(in_page.as_deref())).map_err(|error| match error {
        decode::DecodeError::Empty => Reject::new("empty", "the article has no bytes").at(key),
        decode::DecodeError::NotText { .. } => Reject::new(
            "unknown_encoding",
            format!("{error}; if it is text, name its character set in charset"),
        )
        .at("charset"),
    })?;
    kind::text(&decoded.text, key)?;
    if declared.starts_with("text/html") || html::looks_like_html(&decoded.text) {
        return Ok(from_page(&decoded.text, Decoding { html: true, ..decoded.decoding }));
    }
    Ok(Content { text: decoded.text, decoding: decoded.decoding, ..Content::default() })
}

/// Reads a page. Mojibake is put right in its source, before its lines are counted.
fn from_page(source: &str, mut decoding: Decoding) -> Content {
    let repaired = put_right(source, &mut decoding);
    let page = html::read(repaired.as_deref().unwrap_or(source));
    let mut counter = CharacterCounter::new(&page.text);
    let blocks = page.blocks.into_iter().map(|block| Block {
        kind: block.kind,
        start: counter.at(block.start),
        end: counter.at(block.end),
        link_density: block.link_density,
        path: block.path,
    });
    let origin =
        |(field, origin): (&str, &str)| FieldOrigin { field: field.to_owned(), origin: origin.to_owned() };
    let facts = PageFacts {
        site_name: limits::fitting("title", page.site_name),
        section: limits::fitting("title", page.section),
        image: limits::fitting("url", page.image),
        paywalled: page.is_paywalled,
        origins: page.origins.into_iter().map(origin).collect(),
        left_out: page.left_out,
    };
    Content {
        modified_at: limits::fitting("published_at", page.modified_at),
        page: Some(Box::new(facts)),
        tags: page.tags.into_iter().filter_map(|tag| limits::fitting("title", Some(tag))).collect(),
        no_article: !page.is_article,
        blocks: blocks.collect(),
        text: page.text,
        decoding,
        title: limits::fitting("title", page.title),
        byline: limits::fitting("byline", page.byline),
        url: limits::fitting("url", page.url),
        published_at: limits::fitting("published_at", page.published_at),
        language: limits::fitting("language", page.language),
    }
}

#[cfg(test)]
mod tests;
