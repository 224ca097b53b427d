//! What no broker takes is not sent: a subject beyond its line drops the connection, headers beyond their limit are
//! refused for ever, and a header with a line break would end the client.

use async_nats::{HeaderMap, HeaderName};

use crate::attempt::guarded;
use crate::publish::Publication;

/// The most bytes of a subject: with the rest of its line it stays within what a broker reads of a line (4 KiB), beyond
/// which it drops the connection.
pub const SUBJECT_BYTES_MAX: usize = 3_500;
/// The most bytes of all headers as they are sent: the broker refuses 64 KiB and more.
pub const HEADERS_BYTES_MAX: usize = 60 << 10;

/// Says why the broker would never take a message, and would drop the connection for some.
pub(crate) fn vet(publication: &Publication) -> Result<(), String> {
    let subject = &publication.subject;
    let bytes = subject.len();
    if bytes > SUBJECT_BYTES_MAX {
        let begins = until_bytes(subject, 64);
        return Err(format!("a subject of {bytes} bytes ({begins}…) is longer than {SUBJECT_BYTES_MAX}"));
    }
    let is_token = |token: &str| {
        !token.is_empty()
            && token != "*"
            && token != ">"
            && !token.chars().any(|c| c.is_whitespace() || c.is_control())
    };
    if !subject.split('.').all(is_token) {
        return Err(format!("{subject:?} is no subject to publish to"));
    }
    let bytes = headers_bytes(&guarded(publication, u64::MAX));
    if bytes > HEADERS_BYTES_MAX {
        return Err(format!("{bytes} bytes of headers are more than {HEADERS_BYTES_MAX}"));
    }
    Ok(())
}

/// The bytes of headers as they are sent.
fn headers_bytes(headers: &HeaderMap) -> usize {
    let line = |name: &HeaderName, value: &str| header_bytes(name.as_ref(), value);
    let of =
        headers.iter().flat_map(|(name, values)| values.iter().map(move |value| line(name, value.as_str())));
    "NATS/1.0\r\n\r\n".len() + of.sum::<usize>()
}

/// The bytes of one header as it is sent.
pub(crate) fn header_bytes(name: &str, value: &str) -> usize {
    name.len() + ": ".len() + value.len() + "\r\n".len()
}

/// Makes a text fit for a header: control characters become spaces (a CR or LF would panic the client),
/// and it ends after `HEADER_BYTES_MAX`.
pub fn header_value(text: &str) -> String {
    let text = until_bytes(text, HEADER_BYTES_MAX);
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The most bytes of one header value (4 KiB): a subject goes in whole.
pub const HEADER_BYTES_MAX: usize = 4 << 10;

fn until_bytes(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes.min(text.len()))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{HEADER_BYTES_MAX, header_value, vet};
    use crate::publish::Publication;

    #[track_caller]
    fn check(subject: &str, header: (&str, usize), says: Option<&str>) {
        let headers = (0..header.1).map(|_| (header.0.to_owned(), "x".to_owned())).collect();
        let publication = Publication { subject: subject.to_owned(), headers, ..Publication::default() };
        match (vet(&publication), says) {
            (Ok(()), None) => {}
            (Err(said), Some(says)) if said.contains(says) => {}
            (found, _) => panic!("{found:?}, {says:?} was expected"),
        }
    }

    #[test]
    fn what_no_broker_takes_is_not_sent() {
        check("naba.dead.clean.a.b.c", ("A", 10), None);
        check(&format!("naba.raw.{}", "x".repeat(4_050)), ("A", 0), Some("4059 bytes"));
        for subject in ["", "a..b", "a.b ", "a.*", "a.>", ".a", "a.\r\nPING"] {
            check(subject, ("A", 0), Some("no subject"));
        }
        check("a.b", ("A", 20_000), Some("of headers"));
        check("a.b", ("not a name:", 3), None);
    }

    #[test]
    fn header_values_cannot_panic_the_client() {
        assert_eq!(header_value("a\r\nb\0c"), "a  b c");
        let long = header_value(&"نبأ".repeat(1000));
        assert!(long.len() <= HEADER_BYTES_MAX && long.chars().all(|c| "نبأ".contains(c)));
    }
}
