//! The broker's protocol, read as bytes.
//!
//! The client reads headers as text while it reads from its socket: a bare CR panics there, and a header without a
//! colon, or one that is not UTF-8, drops the connection at every delivery. Anybody may publish such a message, and
//! nobody can delete it. So stored messages come over a connection of their own ([`crate::wire_connect`]), whose reader
//! knows the five lines of the protocol that a reader meets and does not look into what stands between them.

use bytes::{Buf as _, Bytes, BytesMut};

/// The longest line: what a broker of a large cluster says of itself. A line with a subject has at most 4 KiB.
const LINE_BYTES_MAX: usize = 1 << 20;
/// The most bytes of a message: a broker's own limit is 64 MiB.
const MESSAGE_BYTES_MAX: usize = 65 << 20;

/// A message, as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Its subject.
    pub(crate) subject: Bytes,
    /// Where its answer goes; empty where none is asked for.
    pub(crate) reply: Bytes,
    /// Its block of headers; empty where it has none.
    pub(crate) headers: Bytes,
    /// Its bytes.
    pub(crate) payload: Bytes,
}

/// What a broker says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Op {
    /// What it is: JSON.
    Info(Bytes),
    /// A message.
    Message(Frame),
    /// Are you there?
    Ping,
    /// I am here.
    Pong,
    /// Something that was asked for is not to be had.
    Refused(String),
    /// It took what it was told.
    Ok,
}

/// Takes the next thing that a broker said out of what was read; none when more must be read first.
///
/// # Errors
/// When it is no such protocol: the connection is of no use any more.
pub(crate) fn next(buffer: &mut BytesMut) -> Result<Option<Op>, String> {
    let Some(end) = memchr::memmem::find(buffer, b"\r\n") else {
        if buffer.len() > LINE_BYTES_MAX {
            return Err(format!("the broker sends a line of more than {LINE_BYTES_MAX} bytes"));
        }
        return Ok(None);
    };
    let line = &buffer[..end];
    let verb = line.split(|byte| *byte == b' ').next().unwrap_or_default();
    match verb {
        b"MSG" => return message(buffer, end, false),
        b"HMSG" => return message(buffer, end, true),
        _ => {}
    }
    let op = match verb {
        b"PING" => Op::Ping,
        b"PONG" => Op::Pong,
        b"+OK" => Op::Ok,
        b"INFO" => Op::Info(Bytes::copy_from_slice(&line[4..])),
        b"-ERR" => Op::Refused(String::from_utf8_lossy(&line[4..]).trim_matches([' ', '\'']).to_owned()),
        _ => return Err(format!("the broker says `{}`", String::from_utf8_lossy(verb).escape_debug())),
    };
    buffer.advance(end + 2);
    Ok(Some(op))
}

/// `MSG <subject> <sid> [<reply>] <bytes>`, or `HMSG … <bytes of headers> <bytes in all>`, with what follows the line.
fn message(buffer: &mut BytesMut, end: usize, with_headers: bool) -> Result<Option<Op>, String> {
    let wrong = || "the broker sends a message that does not say how long it is".to_owned();
    let words: Vec<&[u8]> =
        buffer[..end].split(|byte| *byte == b' ').filter(|word| !word.is_empty()).collect();
    let number = |word: Option<&&[u8]>| -> Option<usize> { std::str::from_utf8(word?).ok()?.parse().ok() };
    let numbers = if with_headers { 2 } else { 1 };
    let (header_bytes, all_bytes) = match (with_headers, words.len().checked_sub(numbers)) {
        (true, Some(first)) => (number(words.get(first)), number(words.last())),
        (false, Some(_)) => (Some(0), number(words.last())),
        _ => (None, None),
    };
    let (Some(header_bytes), Some(all_bytes)) = (header_bytes, all_bytes) else { return Err(wrong()) };
    let replies = words.len().checked_sub(numbers + 3).ok_or_else(wrong)?;
    if replies > 1 || header_bytes > all_bytes || all_bytes > MESSAGE_BYTES_MAX {
        return Err(wrong());
    }
    let whole = end + 2 + all_bytes + 2;
    if buffer.len() < whole {
        let missing = whole - buffer.len();
        buffer.reserve(missing);
        return Ok(None);
    }
    let subject = Bytes::copy_from_slice(words[1]);
    let reply = if replies == 1 { Bytes::copy_from_slice(words[3]) } else { Bytes::new() };
    buffer.advance(end + 2);
    let headers = buffer.split_to(header_bytes).freeze();
    let payload = buffer.split_to(all_bytes - header_bytes).freeze();
    buffer.advance(2);
    Ok(Some(Op::Message(Frame { subject, reply, headers, payload })))
}

#[cfg(test)]
mod tests {
    use super::{Frame, Op, next};
    use bytes::BytesMut;

    /// What is read of these bytes, however they are cut.
    #[track_caller]
    fn check(said: &[u8], expected: &[Op]) {
        for piece in [1, 2, 3, 7, said.len()] {
            let (mut buffer, mut found) = (BytesMut::new(), vec![]);
            for bytes in said.chunks(piece) {
                buffer.extend_from_slice(bytes);
                while let Some(op) = next(&mut buffer).expect("the protocol") {
                    found.push(op);
                }
            }
            assert_eq!(found, expected, "in pieces of {piece}");
        }
    }

    fn frame(subject: &[u8], reply: &[u8], headers: &[u8], payload: &[u8]) -> Op {
        let bytes = bytes::Bytes::copy_from_slice;
        Op::Message(Frame {
            subject: bytes(subject),
            reply: bytes(reply),
            headers: bytes(headers),
            payload: bytes(payload),
        })
    }

    #[test]
    fn messages_are_read_whatever_stands_in_them() {
        check(b"MSG a 1 5\r\nhello\r\n", &[frame(b"a", b"", b"", b"hello")]);
        check(b"MSG a 1 r 0\r\n\r\nPING\r\n", &[frame(b"a", b"r", b"", b""), Op::Ping]);
        let bad = b"NATS/1.0\r\na\rb: \xFF\0\r\n";
        let line =
            [b"HMSG \xFF\xC2\xA0 7 r ", format!("{} {}\r\n", bad.len(), bad.len() + 2).as_bytes()].concat();
        let said = [&line, &bad[..], b"\r\n\r\n"].concat();
        check(&said, &[frame(b"\xFF\xC2\xA0", b"r", bad, b"\r\n")]);
        check(
            b"INFO {}\r\n+OK\r\nPONG\r\n-ERR 'Stale'\r\n",
            &[Op::Info(bytes::Bytes::from_static(b" {}")), Op::Ok, Op::Pong, Op::Refused("Stale".to_owned())],
        );
    }

    #[test]
    fn what_is_no_protocol_is_an_error_and_no_panic() {
        for said in
            ["MSG\r\n", "MSG a\r\n", "MSG a 1\r\n", "MSG a 1 x\r\n", "MSG a 1 b c 1\r\n", "HMSG a 1 1\r\n"]
        {
            assert!(next(&mut BytesMut::from(said)).is_err(), "{said:?}");
        }
        for said in ["HMSG a 1 9 3\r\n", "HMSG a 1 1 99999999999\r\n", "HTTP/1.1 400\r\n", "\r\n"] {
            assert!(next(&mut BytesMut::from(said)).is_err(), "{said:?}");
        }
        assert!(next(&mut BytesMut::from(&vec![b'x'; 2 << 20][..])).is_err());
    }
}
