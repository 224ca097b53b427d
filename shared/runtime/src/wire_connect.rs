//! A connection whose reader takes any bytes: the way to the broker, the login, and what is said and heard on it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::ServerAddr;
use async_nats::rustls::pki_types::pem::PemObject as _;
use async_nats::rustls::pki_types::{CertificateDer, ServerName};
use async_nats::rustls::{ClientConfig, RootCertStore};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;

use crate::broker::{Broker, BrokerConfig};
use crate::wire::{self, Frame, Op};

/// How long one address may take.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How many messages may wait for whoever asked for them. They are asked for by number, so this is no buffer of its own.
const WAITING_MAX: usize = 256;

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// What is heard on a connection.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A message.
    Message(Frame),
    /// The broker has dealt with everything that was said before.
    Pong,
    /// Nothing more is heard, and why.
    Lost(String),
}

/// A connection. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct Wire {
    heard: mpsc::Receiver<Heard>,
    said: mpsc::Sender<Bytes>,
}

/// What is read of what a broker says of itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Info {
    tls_required: bool,
    nonce: String,
}

impl Wire {
    /// Connects to where the broker's client is connected to, or may be.
    ///
    /// # Errors
    /// When no address answers, or lets nobody in.
    pub(crate) async fn open(broker: &Broker) -> Result<Self, String> {
        let config = &broker.config;
        let mut urls: Vec<String> = config.url.split(',').map(|url| url.trim().to_owned()).collect();
        urls.extend(broker.client.server_info().connect_urls);
        let mut problem = "no address".to_owned();
        for url in urls {
            let address: ServerAddr = match url.parse() {
                Ok(address) => address,
                Err(error) => {
                    problem = error.to_string();
                    continue;
                }
            };
            match tokio::time::timeout(CONNECT_MAX, connect(config, &address)).await {
                Ok(Ok((io, buffer))) => return Ok(Self::start(io, buffer)),
                Ok(Err(error)) => problem = error,
                Err(_) => problem = format!("nothing was heard for {CONNECT_MAX:?}"),
            }
        }
        Err(format!("no connection for deliveries: {problem}"))
    }

    fn start(io: Box<dyn Io>, buffer: BytesMut) -> Self {
        let (to_owner, heard) = mpsc::channel(WAITING_MAX);
        let (said, from_owner) = mpsc::channel(16);
        tokio::spawn(async move {
            if let Err(problem) = carry(io, buffer, &to_owner, from_owner).await {
                let _ = to_owner.send(Heard::Lost(problem)).await;
            }
        });
        Self { heard, said }
    }

    /// Says something; when that fails, the next thing that is heard says why.
    pub(crate) async fn say(&self, line: impl Into<Bytes>) {
        let _ = self.said.send(line.into()).await;
    }

    /// What is heard next. Nothing is lost when this is given up.
    pub(crate) async fn hear(&mut self) -> Heard {
        let heard = self.heard.recv().await;
        heard.unwrap_or_else(|| Heard::Lost("the connection was lost".to_owned()))
    }
}

/// Carries what is said and heard until its owner or the broker is gone.
async fn carry(
    io: Box<dyn Io>,
    mut buffer: BytesMut,
    heard: &mpsc::Sender<Heard>,
    mut said: mpsc::Receiver<Bytes>,
) -> Result<(), String> {
    let (mut reader, mut writer) = tokio::io::split(io);
    loop {
        while let Some(op) = wire::next(&mut buffer)? {
            let given = match op {
                Op::Message(frame) => heard.send(Heard::Message(frame)).await,
                Op::Pong => heard.send(Heard::Pong).await,
                Op::Ping => {
                    write(&mut writer, b"PONG\r\n").await?;
                    Ok(())
                }
                Op::Refused(problem) => {
                    tracing::warn!(problem, "the broker complains");
                    Ok(())
                }
                Op::Info(_) | Op::Ok => Ok(()),
            };
            if given.is_err() {
                return Ok(());
            }
        }
        tokio::select! {
            read = reader.read_buf(&mut buffer) => {
                if read.map_err(|error| error.to_string())? == 0 {
                    return Err("the broker closed the connection".to_owned());
                }
            }
            line = said.recv() => match line {
                Some(line) => write(&mut writer, &line).await?,
                None => return Ok(()),
            },
        }
    }
}

async fn write(writer: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), String> {
    writer.write_all(bytes).await.map_err(|error| error.to_string())?;
    writer.flush().await.map_err(|error| error.to_string())
}

/// Connects and logs in.
async fn connect(config: &BrokerConfig, address: &ServerAddr) -> Result<(Box<dyn Io>, BytesMut), String> {
    let tcp =
        TcpStream::connect((address.host(), address.port())).await.map_err(|error| error.to_string())?;
    tcp.set_nodelay(true).map_err(|error| error.to_string())?;
    let (mut io, mut buffer): (Box<dyn Io>, _) = (Box::new(tcp), BytesMut::with_capacity(64 << 10));
    let Op::Info(info) = hear(&mut io, &mut buffer).await? else {
        return Err("the broker does not say who it is".to_owned());
    };
    let info: Info = serde_json::from_slice(&info).map_err(|error| error.to_string())?;
    if info.tls_required || address.tls_required() || config.tls_ca_file.is_some() {
        let name = ServerName::try_from(address.host().to_owned()).map_err(|error| error.to_string())?;
        let connector = TlsConnector::from(Arc::new(tls(config).await?));
        io = Box::new(connector.connect(name, io).await.map_err(|error| error.to_string())?);
    }
    let login = login(config, address, &info.nonce).await?;
    write(&mut io, format!("CONNECT {login}\r\nPING\r\n").as_bytes()).await?;
    loop {
        match hear(&mut io, &mut buffer).await? {
            Op::Pong => return Ok((io, buffer)),
            Op::Refused(problem) => return Err(problem),
            _ => {}
        }
    }
}

async fn hear(io: &mut Box<dyn Io>, buffer: &mut BytesMut) -> Result<Op, String> {
    loop {
        if let Some(op) = wire::next(buffer)? {
            return Ok(op);
        }
        if io.read_buf(buffer).await.map_err(|error| error.to_string())? == 0 {
            return Err("the broker closed the connection".to_owned());
        }
    }
}

/// The roots of the configuration, else those of the machine.
async fn tls(config: &BrokerConfig) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    match &config.tls_ca_file {
        Some(path) => {
            let says = |error: &dyn std::fmt::Display| format!("broker.tls_ca_file: {error}");
            let pem = tokio::fs::read(path).await.map_err(|error| says(&error))?;
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                let certificate = certificate.map_err(|error| says(&error))?;
                roots.add(certificate).map_err(|error| says(&error))?;
            }
        }
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

/// What a connection says of itself, with what lets it in.
async fn login(
    config: &BrokerConfig,
    address: &ServerAddr,
    nonce: &str,
) -> Result<serde_json::Value, String> {
    let mut login = json!({
        "name": "naba", "lang": "rust", "version": env!("CARGO_PKG_VERSION"), "protocol": 1, "verbose": false,
        "pedantic": false, "headers": true, "no_responders": true,
    });
    if let Some(user) = config.user.as_deref().or(address.username()) {
        login["user"] = user.into();
        login["pass"] = config.password.as_deref().or(address.password()).into();
    }
    if let Some(token) = &config.token {
        login["auth_token"] = token.as_str().into();
    }
    let signed = |seed: &str| {
        let key = nkeys::KeyPair::from_seed(seed.trim()).map_err(|error| error.to_string())?;
        let signature = key.sign(nonce.as_bytes()).map_err(|error| error.to_string())?;
        Ok::<_, String>((key.public_key(), URL_SAFE_NO_PAD.encode(signature)))
    };
    if let Some(path) = &config.nkey_file {
        let seed =
            tokio::fs::read_to_string(path).await.map_err(|error| format!("broker.nkey_file: {error}"))?;
        let (key, signature) = signed(&seed)?;
        login["nkey"] = key.into();
        login["sig"] = signature.into();
    }
    if let Some(path) = &config.credentials_file {
        let text = tokio::fs::read_to_string(path).await;
        let text = text.map_err(|error| format!("broker.credentials_file: {error}"))?;
        let missing = |what: &str| format!("broker.credentials_file: it has no {what}");
        let jwt = block(&text, "NATS USER JWT").ok_or_else(|| missing("JWT"))?;
        let seed = block(&text, "USER NKEY SEED").ok_or_else(|| missing("seed"))?;
        login["jwt"] = jwt.into();
        login["sig"] = signed(seed)?.1.into();
    }
    Ok(login)
}

/// The line behind `-----BEGIN <name>-----`.
fn block<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| line.starts_with("---") && line.contains("BEGIN") && line.contains(name))?;
    lines.find(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::login;
    use crate::broker::BrokerConfig;

    #[tokio::test]
    async fn logins() {
        let folder = std::env::temp_dir().join(format!("naba-login-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let seed = nkeys::KeyPair::new_user().seed().expect("a seed");
        let (nkey, credentials) = (folder.join("nkey"), folder.join("credentials"));
        std::fs::write(&nkey, format!("{seed}\n")).expect("a file");
        let file = format!(
            "-----BEGIN NATS USER JWT-----\nthe.jwt\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
        );
        std::fs::write(&credentials, file).expect("a file");
        let address = "nats://u:p@127.0.0.1:1".parse().expect("an address");
        let of = async |config: BrokerConfig| login(&config, &address, "nonce").await.expect("a login");
        let default = of(BrokerConfig::default()).await;
        assert_eq!((&default["user"], &default["pass"]), (&"u".into(), &"p".into()));
        let own =
            BrokerConfig { user: Some("a".to_owned()), password: Some("b".to_owned()), ..Default::default() };
        assert_eq!(of(own).await["pass"], "b");
        let by_key = of(BrokerConfig { nkey_file: Some(nkey), ..Default::default() }).await;
        assert!(by_key["nkey"].is_string() && by_key["sig"].is_string());
        let by_file = of(BrokerConfig { credentials_file: Some(credentials), ..Default::default() }).await;
        assert!(by_file["jwt"] == "the.jwt" && by_file["sig"].is_string() && by_file["nkey"].is_null());
    }
}
