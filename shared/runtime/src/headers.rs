//! A block of headers, as a publisher wrote it: what can be read of it, and what is wrong with the rest.

/// How a block begins.
const VERSION: &[u8] = b"NATS/1.0";

/// What a block says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Headers {
    /// Names and values, sorted.
    pub(crate) pairs: Vec<(String, String)>,
    /// What cannot be read, in a sentence: the first thing of several.
    pub(crate) fault: Option<String>,
}

/// Reads a block. Names are ASCII without spaces, values are UTF-8 without control characters; what is not goes into the
/// fault, and the others are read all the same.
pub(crate) fn read(block: &[u8]) -> Headers {
    let mut headers = Headers::default();
    if block.is_empty() {
        return headers;
    }
    let mut lines = lines(block);
    let first = lines.next().unwrap_or_default();
    if first.trim_ascii_end() != VERSION {
        headers.fault = Some("the headers do not begin with a line NATS/1.0".to_owned());
    }
    for (number, line) in (1..).zip(lines.filter(|line| !line.is_empty())) {
        // a value may go on in a line that begins with white space
        let folded = matches!(line.first(), Some(b' ' | b'\t')).then(|| headers.pairs.pop()).flatten();
        let read = match folded {
            Some((name, before)) => value(line).map(|more| (name, format!("{before} {more}"))),
            None => pair(line),
        };
        match read {
            Ok(pair) => headers.pairs.push(pair),
            Err(problem) => drop(headers.fault.get_or_insert(format!("header {number} {problem}"))),
        }
    }
    headers.pairs.sort();
    headers
}

/// The number and the words that the broker itself puts behind the version: `NATS/1.0 408 Request Timeout`.
pub(crate) fn status(block: &[u8]) -> Option<(u16, String)> {
    let rest = lines(block).next()?.strip_prefix(VERSION)?;
    let rest = String::from_utf8_lossy(rest);
    let (number, words) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    Some((number.parse().ok()?, words.trim().to_owned()))
}

fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(block);
    std::iter::from_fn(move || {
        let bytes = rest?;
        let end = memchr::memmem::find(bytes, b"\r\n");
        rest = end.and_then(|end| bytes.get(end + 2..));
        Some(end.and_then(|end| bytes.get(..end)).unwrap_or(bytes))
    })
}

fn pair(line: &[u8]) -> Result<(String, String), String> {
    let colon = line.iter().position(|byte| *byte == b':').ok_or("has no colon")?;
    let (name, rest) = line.split_at(colon);
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return Err("has a name that is not printable ASCII without spaces".to_owned());
    }
    let name = String::from_utf8_lossy(name).into_owned();
    let value = value(rest.get(1..).unwrap_or_default()).map_err(|problem| format!("({name}) {problem}"))?;
    Ok((name, value))
}

fn value(bytes: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "has a value that is not UTF-8")?;
    let text = text.trim_matches([' ', '\t']);
    if text.contains(|c: char| c.is_control() && c != '\t') {
        return Err("has a value with a control character".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{read, status};

    #[track_caller]
    fn check(block: &[u8], pairs: &[(&str, &str)], fault: Option<&str>) {
        let found = read(block);
        let expected: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(found.pairs, expected, "{}", String::from_utf8_lossy(block).escape_debug());
        let says = |fault: &str| found.fault.as_ref().is_some_and(|found| found.contains(fault));
        assert!(fault.map_or(found.fault.is_none(), says), "{:?}", found.fault);
    }

    #[test]
    fn what_can_be_read_is_read_and_the_rest_is_named() {
        check(b"", &[], None);
        check(b"NATS/1.0\r\n\r\n", &[], None);
        check(
            "NATS/1.0\r\nB: \u{646} \r\nA:x: y\r\n\r\n".as_bytes(),
            &[("A", "x: y"), ("B", "\u{646}")],
            None,
        );
        check(b"NATS/1.0\r\nA: x\r\n  y\r\n\r\n", &[("A", "x y")], None);
        check(b"NATS/1.0\r\nA:\r\n\r\n", &[("A", "")], None);
        check(b"NATS/1.0\r\nno colon\r\nA: x\r\n\r\n", &[("A", "x")], Some("header 1 has no colon"));
        check(b"NATS/1.0\r\nA: x\ry\r\n\r\n", &[], Some("header 1 (A) has a value with a control"));
        check(
            b"NATS/1.0\r\nA: \xFF\r\nB: \xFE\r\n\r\n",
            &[],
            Some("header 1 (A) has a value that is not UTF-8"),
        );
        check(b"NATS/1.0\r\na b: x\r\n\r\n", &[], Some("header 1 has a name"));
        check(b"NATS/1.0\r\na\0: x\r\n: x\r\n\r\n", &[], Some("header 1 has a name"));
        check(b"NATS/1.0\r\n folded: from nothing\r\n\r\n", &[], Some("header 1 has a name"));
        check(b"HTTP/1.1\r\nA: x\r\n\r\n", &[("A", "x")], Some("do not begin"));
        check(b"NATS/1.0 503 gone\r\n\r\n", &[], Some("do not begin"));
        check(b"NATS/1.0\nA: x\n\n", &[], Some("do not begin"));
        check(b"\xFF", &[], Some("do not begin"));
    }

    #[test]
    fn no_bytes_end_the_reader() {
        let alphabet = [
            &b"NATS/1.0"[..],
            b"\r\n",
            b"\r",
            b"\n",
            b":",
            b" ",
            b"\t",
            b"A",
            b"\0",
            b"\xFF",
            b"\xD9\x86",
            b"503",
        ];
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..20_000 {
            let mut block = vec![];
            for _ in 0..12 {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                let piece = usize::try_from(random >> 8).unwrap_or(0) % alphabet.len();
                block.extend_from_slice(alphabet[piece]);
            }
            let found = read(&block);
            let fits = |text: &str| !text.contains(|c: char| c.is_control() && c != '\t');
            assert!(found.pairs.iter().all(|(name, value)| fits(name) && fits(value)), "{found:?}");
            let _ = status(&block);
        }
    }

    #[test]
    fn what_the_broker_says_itself() {
        assert_eq!(
            status(b"NATS/1.0 408 Request Timeout\r\n\r\n"),
            Some((408, "Request Timeout".to_owned()))
        );
        assert_eq!(status(b"NATS/1.0 100\r\n\r\n"), Some((100, String::new())));
        assert_eq!(status(b"NATS/1.0\r\n\r\n"), None);
        assert_eq!(status(b"\xFF"), None);
    }
}
