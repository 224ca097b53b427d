//! How long the fields of an article may be: its text has a limit of its own, and everything beside it is a name, an
//! address, a time or a tag.

use naba_record::{FIELD_BYTES_MAX, Raw, TAG_BYTES_MAX, TAGS_MAX};
use naba_runtime::Reject;

/// Refuses an article with a field that is longer than any such field is.
pub(crate) fn check(raw: &Raw) -> Result<(), Reject> {
    for (key, bytes_max) in FIELD_BYTES_MAX {
        let bytes = field(raw, key).map_or(0, str::len);
        if bytes > bytes_max {
            return Err(too_long(key, &format!("{key} has {bytes} bytes"), bytes_max));
        }
    }
    if raw.tags.len() > TAGS_MAX {
        let message = format!("an article has at most {TAGS_MAX} tags, and this one has {}", raw.tags.len());
        return Err(Reject::new("field_too_long", message).at("tags"));
    }
    match raw.tags.iter().map(String::len).max() {
        Some(bytes) if bytes > TAG_BYTES_MAX => {
            Err(too_long("tags", &format!("a tag has {bytes} bytes"), TAG_BYTES_MAX))
        }
        _ => Ok(()),
    }
}

fn field<'raw>(raw: &'raw Raw, key: &str) -> Option<&'raw str> {
    let field = match key {
        "source" => &raw.source,
        "source_id" => &raw.source_id,
        "url" => &raw.url,
        "title" => &raw.title,
        "charset" => &raw.charset,
        "published_at" => &raw.published_at,
        "fetched_at" => &raw.fetched_at,
        "language" => &raw.language,
        _ => return None,
    };
    field.as_deref()
}

/// What a page says of itself, where it is no longer than the field may be.
pub(crate) fn fitting(key: &str, value: Option<String>) -> Option<String> {
    let bytes_max =
        FIELD_BYTES_MAX.iter().find(|(known, _)| *known == key).map_or(TAG_BYTES_MAX, |(_, max)| *max);
    value.filter(|value| value.len() <= bytes_max)
}

fn too_long(key: &str, what: &str, bytes_max: usize) -> Reject {
    let message = format!("{what}, and the limit is {bytes_max}; is it in the right field?");
    Reject::new("field_too_long", message).at(key)
}

#[cfg(test)]
mod tests {
    use super::check;
    use naba_record::{FIELD_BYTES_MAX, Raw};

    #[test]
    fn every_field_has_a_limit() {
        for (key, bytes_max) in FIELD_BYTES_MAX {
            let raw = |bytes: usize| -> Raw {
                serde_json::from_value(serde_json::json!({key: "x".repeat(bytes)})).expect("an article")
            };
            assert_eq!(check(&raw(bytes_max)), Ok(()), "{key}");
            let refused = check(&raw(bytes_max + 1)).expect_err("a refusal");
            assert!(refused.message.starts_with(key) && refused.field.as_deref() == Some(key), "{refused}");
        }
        let many = Raw { tags: vec![String::new(); 300], ..Raw::default() };
        let long = Raw { tags: vec!["x".repeat(300)], ..Raw::default() };
        for raw in [many, long] {
            assert_eq!(check(&raw).expect_err("a refusal").field.as_deref(), Some("tags"));
        }
    }
}
