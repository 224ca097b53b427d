//! The canonical form of an article's address, by which its revisions know each other.
//!
//! Two addresses are the same when they differ only in what does not lead to another page:
//!
//! * `http` and `https`, upper case in scheme and host, `www.` before the host, its last dot, a port that is the scheme's
//!   own, a user's name
//! * a slash at the end of the path, `.` and `..` in it, and how its letters are escaped: `/خبر` and `/%d8%ae…`
//! * parameters that say where a reader came from: `utm_*`, `fbclid` and the like
//! * a fragment, unless it begins with `!` (pages that are made in the browser)
//!
//! The order and the case of everything else stay. What is no address stays as it is, without white space around it. This
//! is part of every article's id: changing it makes new articles of old ones.

use url::Url;

use naba_text::slice;

/// Parameters that follow a reader and not a page, beside those that begin with [`CAMPAIGN`].
const TRACKING: [&str; 28] = [
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "at_campaign",
    "at_medium",
    "cmpid",
    "dclid",
    "ef_id",
    "fbclid",
    "gad_source",
    "gbraid",
    "gclid",
    "gclsrc",
    "igsh",
    "igshid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ocid",
    "ref_src",
    "s_kwcid",
    "ttclid",
    "twclid",
    "wbraid",
    "yclid",
];
/// Before the names of a campaign's parameters.
const CAMPAIGN: [&str; 3] = ["utm_", "pk_", "mtm_"];

/// An address without what does not lead to another page.
pub fn canonical(address: &str) -> String {
    let address = address.trim();
    let Some(url) = parse(address) else { return address.to_owned() };
    let Some(host) = url.host_str() else { return address.to_owned() };
    let host = host.trim_end_matches('.');
    let mut canonical =
        host.strip_prefix("www.").filter(|rest| rest.contains('.')).unwrap_or(host).to_owned();
    if let Some(port) = url.port() {
        canonical.push_str(&format!(":{port}"));
    }
    canonical.push_str(escaped(url.path()).trim_end_matches('/'));
    let kept: Vec<&str> = url.query().unwrap_or_default().split('&').filter(|pair| is_kept(pair)).collect();
    if !kept.is_empty() {
        canonical.push('?');
        canonical.push_str(&escaped(&kept.join("&")));
    }
    if let Some(fragment) = url.fragment().filter(|fragment| fragment.starts_with('!')) {
        canonical.push('#');
        canonical.push_str(&escaped(fragment));
    }
    canonical
}

/// An address of the web, also one without its scheme.
fn parse(address: &str) -> Option<Url> {
    let url = match Url::parse(address) {
        Ok(url) => url,
        // `example.org/1`, `//example.org/1`
        Err(url::ParseError::RelativeUrlWithoutBase) if address.contains(['.', '/']) => {
            Url::parse(&format!("http://{}", address.trim_start_matches('/'))).ok()?
        }
        Err(_) => return None,
    };
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn is_kept(pair: &str) -> bool {
    let name = slice::until(pair, pair.find('=').unwrap_or(pair.len())).to_ascii_lowercase();
    !pair.is_empty()
        && !TRACKING.contains(&name.as_str())
        && !CAMPAIGN.iter().any(|campaign| name.starts_with(campaign))
}

/// The same escapes for the same letters: upper case, and none where none is needed.
fn escaped(part: &str) -> String {
    let bytes = part.as_bytes();
    let mut escaped = String::with_capacity(part.len());
    let mut rest = part;
    while let Some(at) = rest.find('%') {
        escaped.push_str(slice::until(rest, at));
        rest = slice::from(rest, at + 1);
        let from = bytes.len() - rest.len();
        let digit = |place: usize| char::from(bytes.get(from + place).copied().unwrap_or(0)).to_digit(16);
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            escaped.push('%');
            continue;
        };
        let byte = u8::try_from(high * 16 + low).unwrap_or(0);
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
        rest = slice::from(rest, 2);
    }
    escaped.push_str(rest);
    escaped
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[track_caller]
    fn check(addresses: &[&str], expected: &str) {
        for address in addresses {
            assert_eq!(canonical(address), expected, "{address}");
        }
        assert_eq!(canonical(expected), expected, "it stays as it is");
    }

    #[test]
    fn one_page_has_one_address() {
        check(
            &[
                "https://example.org/news/1",
                "http://example.org/news/1",
                "HTTPS://WWW.Example.ORG/news/1/",
                "https://example.org.:443/news/./1#comments",
                "http://example.org:80/news/2/../1?utm_source=x&UTM_Medium=y&fbclid=z",
                "//www.example.org/news/1?",
                "example.org/news/1",
                " https://user:secret@example.org/n%65ws/1 ",
            ],
            "example.org/news/1",
        );
        check(
            &["https://example.org/خبر?id=7&gclid=1", "http://example.org/%d8%ae%D8%a8%d8%b1/?id=7"],
            "example.org/%D8%AE%D8%A8%D8%B1?id=7",
        );
        check(&["https://example.org", "http://www.example.org/"], "example.org");
        check(&["http://example.org:8080/a", "https://example.org:8080/a/"], "example.org:8080/a");
        check(&["https://example.org/#!/news/1"], "example.org#!/news/1");
    }

    #[test]
    fn other_pages_have_other_addresses() {
        let all = [
            "http://a.org/1",
            "http://a.org/2",
            "http://b.a.org/1",
            "http://a.org/1?p=2",
            "http://a.org/1?p=3",
            "http://a.org/A",
            "http://a.org/a",
            "http://a.org/%2f1",
            "http://a.org/1?page=1&p=2",
            "http://wwwa.org/1",
        ];
        let canonical: std::collections::BTreeSet<String> = all.iter().map(|url| canonical(url)).collect();
        assert_eq!(canonical.len(), all.len(), "{canonical:?}");
    }

    #[test]
    fn what_is_no_address_stays() {
        for text in ["", "7", "tag:example.org,2026:1", "urn:uuid:1", "%", "http://", "خبر"] {
            assert_eq!(canonical(&format!(" {text} ")), text);
        }
        assert_eq!(canonical("a.b/%"), "a.b/%");
    }
}
