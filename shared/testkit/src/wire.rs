//! A publisher that writes the broker's protocol itself, so that it can publish what no client would.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use crate::broker::WAIT;

/// A connection without a client.
#[derive(Debug)]
pub struct RawPublisher {
    broker: BufReader<TcpStream>,
}

impl RawPublisher {
    /// Connects to a broker that asks for no login.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn connect(url: &str) -> Self {
        let address = url.rsplit('/').next().expect("an address");
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(WAIT)).expect("a time limit");
        let mut publisher = Self { broker: BufReader::new(stream) };
        publisher.say(b"CONNECT {\"verbose\": false, \"headers\": true, \"protocol\": 1}\r\n");
        publisher
    }

    /// Publishes any bytes as headers on a subject of any bytes (no white space).
    ///
    /// # Panics
    /// When the broker has closed the connection.
    pub fn publish(&mut self, subject: &[u8], headers: &[u8], payload: &[u8]) {
        let lengths = format!(" {} {}\r\n", headers.len(), headers.len() + payload.len());
        self.say(&[b"HPUB ", subject, lengths.as_bytes(), headers, payload, b"\r\n"].concat());
    }

    /// Waits until the broker has read everything.
    ///
    /// # Panics
    /// When it refuses something.
    pub fn flush(&mut self) {
        self.say(b"PING\r\n");
        loop {
            let mut line = String::new();
            self.broker.read_line(&mut line).expect("the broker answers");
            match line.trim_end() {
                "PONG" => return,
                "PING" => self.say(b"PONG\r\n"),
                line => assert!(line.starts_with("INFO"), "the broker says {line:?}"),
            }
        }
    }

    fn say(&mut self, bytes: &[u8]) {
        self.broker.get_mut().write_all(bytes).expect("the broker listens");
    }
}
