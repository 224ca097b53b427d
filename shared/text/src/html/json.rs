//! JSON as pages have it: comments and CDATA around it, trailing commas, line feeds inside strings, several values in
//! a row. What cannot be read ends the value that it stands in; nothing fails.

use serde_json::{Map, Value};

/// The deepest nesting that is read.
const DEPTH_MAX: usize = 64;

/// Every value of a script, one after the other.
pub(super) fn values(script: &str) -> Vec<Value> {
    if let Ok(value) = serde_json::from_str(script.trim()) {
        return vec![value];
    }
    let script = script.replace("<![CDATA[", " ");
    let mut reader = Reader { rest: script.chars().peekable() };
    let mut values = vec![];
    while let Some(c) = reader.rest.peek() {
        if matches!(c, '{' | '[') {
            values.extend(reader.value(0));
        } else {
            reader.rest.next();
        }
    }
    values
}

/// What a string in quotation marks says.
pub(super) fn string(quoted: &str) -> String {
    Reader { rest: quoted.chars().peekable() }.string()
}

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.blank();
        match self.rest.peek()? {
            '{' if depth < DEPTH_MAX => Some(Value::Object(self.object(depth))),
            '[' if depth < DEPTH_MAX => Some(Value::Array(self.array(depth))),
            '"' | '\'' => Some(Value::String(self.string())),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Map<String, Value> {
        let mut object = Map::new();
        self.rest.next();
        loop {
            self.blank();
            match self.rest.peek() {
                None | Some(']') => return object,
                Some('}') => {
                    self.rest.next();
                    return object;
                }
                Some(',' | ':') => {
                    self.rest.next();
                }
                Some('"' | '\'') => {
                    let key = self.string();
                    self.blank();
                    if self.rest.next_if_eq(&':').is_some()
                        && let Some(value) = self.value(depth + 1)
                    {
                        object.insert(key, value);
                    }
                }
                Some(_) => {
                    // a key without quotation marks
                    let key = self.bare();
                    self.blank();
                    if self.rest.next_if_eq(&':').is_some() {
                        if let Some(value) = self.value(depth + 1) {
                            object.insert(key, value);
                        }
                    } else if key.is_empty() {
                        self.rest.next();
                    }
                }
            }
        }
    }

    fn array(&mut self, depth: usize) -> Vec<Value> {
        let mut array = vec![];
        self.rest.next();
        loop {
            self.blank();
            match self.rest.peek() {
                None | Some('}') => return array,
                Some(']') => {
                    self.rest.next();
                    return array;
                }
                Some(',' | ':') => {
                    self.rest.next();
                }
                Some(_) => match self.value(depth + 1) {
                    Some(value) => array.push(value),
                    None => {
                        self.rest.next();
                    }
                },
            }
        }
    }

    fn string(&mut self) -> String {
        let mut string = String::new();
        let Some(quote) = self.rest.next() else { return string };
        while let Some(c) = self.rest.next() {
            match c {
                _ if c == quote => break,
                '\\' => self.escaped(&mut string),
                '\r' | '\t' => string.push(' '),
                _ => string.push(c),
            }
        }
        string
    }

    fn escaped(&mut self, string: &mut String) {
        match self.rest.next() {
            Some('n') => string.push('\n'),
            Some('t' | 'r' | 'b' | 'f') => string.push(' '),
            Some('u') => {
                let first = self.code();
                let code = match first {
                    // the second half of a pair
                    Some(high @ 0xD800..=0xDBFF) => {
                        let mut ahead = self.rest.clone();
                        if ahead.next() == Some('\\') && ahead.next() == Some('u') {
                            self.rest.next();
                            self.rest.next();
                            let low = self.code().unwrap_or_default();
                            Some(0x10000 + ((high - 0xD800) << 10) + (low.wrapping_sub(0xDC00) & 0x3FF))
                        } else {
                            None
                        }
                    }
                    code => code,
                };
                string.push(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some(c) => string.push(c),
            None => {}
        }
    }

    fn code(&mut self) -> Option<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.rest.next_if(char::is_ascii_hexdigit)?;
            code = code * 16 + digit.to_digit(16)?;
        }
        Some(code)
    }

    fn bare(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) =
            self.rest.next_if(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '$' | '@'))
        {
            word.push(c);
        }
        word
    }

    /// A number or a name; none where there is neither.
    fn word(&mut self) -> Option<Value> {
        let word = self.bare();
        match word.as_str() {
            "" => None,
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            "null" | "undefined" => Some(Value::Null),
            _ => Some(
                word.parse::<f64>()
                    .ok()
                    .and_then(serde_json::Number::from_f64)
                    .map_or(Value::Null, Value::Number),
            ),
        }
    }

    /// White space and comments.
    fn blank(&mut self) {
        loop {
            while self.rest.next_if(|c| c.is_whitespace() || *c == '\u{FEFF}').is_some() {}
            let mut ahead = self.rest.clone();
            match (ahead.next(), ahead.next()) {
                (Some('/'), Some('/')) => while self.rest.next_if(|c| *c != '\n').is_some() {},
                (Some('/'), Some('*')) => {
                    let mut before = ' ';
                    self.rest.next();
                    self.rest.next();
                    for c in self.rest.by_ref() {
                        if before == '*' && c == '/' {
                            break;
                        }
                        before = c;
                    }
                }
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::values;

    #[track_caller]
    fn check(script: &str, expected: &str) {
        let found: Vec<String> = values(script).iter().map(ToString::to_string).collect();
        assert_eq!(found.join(" "), expected, "{script}");
    }

    #[test]
    fn loose_json_is_read() {
        check("{\"a\": \"نص\"}", "{\"a\":\"نص\"}");
        check("// <![CDATA[\n{\"a\": [1, 2,],}\n// ]]>", "{\"a\":[1.0,2.0]}");
        check("<!-- {\"a\": \"سطر\nثان\"} -->", "{\"a\":\"سطر\\nثان\"}");
        check("{\"a\": \"ب\"} /* و */ {\"c\": null,}", "{\"a\":\"ب\"} {\"c\":null}");
        check("{'a': 'ب', d: true}", "{\"a\":\"ب\",\"d\":true}");
        check("{\"a\": \"\\u0646\\u0635 \\ud83d\\ude00\"", "{\"a\":\"نص 😀\"}");
        check("{\"a\": [\"ب\", {\"c\": ", "{\"a\":[\"ب\",{}]}");
        check("var x = 3;", "");
    }

    #[test]
    fn hostile_json_ends() {
        let deep = "[".repeat(100_000);
        assert_eq!(values(&deep).len(), values(&deep).len());
        let _ = values(&"{\"a\":".repeat(50_000));
    }
}
