//! What a site asks robots not to fetch (RFC 9309). Read once an hour for each site; a site that answers with an error
//! of its own (5xx) is left alone, one without the file allows everything.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;
use robotstxt::DefaultMatcher;
use tokio::time::Instant;

use super::{Conditions, FetchError, Fetcher};

/// How long a site's answer is believed.
const BELIEVED: Duration = Duration::from_secs(3_600);
/// How many sites are remembered.
const SITES_MAX: usize = 5_000;
/// The most bytes of a file that are read (RFC 9309 asks for 500 KiB at least).
const BYTES_MAX: usize = 512_000;

/// A site's file, and when it was read.
type Site = (Instant, Arc<str>);

/// What each site asks.
#[derive(Debug, Clone, Default)]
pub struct Robots {
    sites: Arc<Mutex<HashMap<String, Site>>>,
}

impl Robots {
    /// Fetches an address if its site allows it.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get(&self, fetcher: &Fetcher, address: &str) -> Result<super::Fetched, FetchError> {
        let url = Url::parse(address).map_err(|_| FetchError::BadAddress { url: address.to_owned() })?;
        let file = self.file(fetcher, &url).await?;
        let agent = fetcher.config.user_agent.split('/').next().unwrap_or_default();
        if !DefaultMatcher::default().one_agent_allowed_by_robots(&file, agent, address) {
            return Err(FetchError::Robots { url: address.to_owned() });
        }
        fetcher.get(address, &Conditions::default()).await
    }

    async fn file(&self, fetcher: &Fetcher, url: &Url) -> Result<Arc<str>, FetchError> {
        let place = url.join("/robots.txt").map_err(|error| FetchError::Failed(error.to_string()))?;
        let known = {
            let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
            sites
                .get(place.as_str())
                .filter(|(read, _)| read.elapsed() < BELIEVED)
                .map(|(_, file)| Arc::clone(file))
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let answer = fetcher.get(place.as_str(), &Conditions::default()).await?;
        let file: Arc<str> = if answer.status.is_server_error() {
            "User-agent: *\nDisallow: /\n".into()
        } else if answer.status.is_success() {
            let start = answer.bytes.get(..BYTES_MAX).unwrap_or(&answer.bytes);
            String::from_utf8_lossy(start).into()
        } else {
            "".into()
        };
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if sites.len() >= SITES_MAX {
            sites.retain(|_, (read, _)| read.elapsed() < BELIEVED);
            if sites.len() >= SITES_MAX {
                sites.clear();
            }
        }
        sites.insert(place.to_string(), (Instant::now(), Arc::clone(&file)));
        Ok(file)
    }
}
