//! Configuration in layers: defaults → file → environment → flags.
//!
//! Each layer is checked by itself, so that a mistake is reported where it was made: line and column in
//! the file, the variable in the environment, the flag on the command line. The variable for `broker.url`
//! is `NABA_BROKER__URL`; the flag is `--set broker.url=…`. What is said of a mistake names the key and never its value
//! where that may be secret.

use std::path::Path;

use serde::de::DeserializeOwned;

/// The beginning of every environment variable that is read.
const PREFIX: &str = "NABA_";
/// Variables with the prefix that are not configuration keys: our own, and those of `deploy/nats`, which the broker reads.
const NOT_KEYS: [&str; 13] = [
    "NABA_CONFIG",
    crate::isolate::VARIABLE,
    "NABA_NODE",
    "NABA_STORE",
    "NABA_TLS_CERTIFICATE",
    "NABA_TLS_KEY",
    "NABA_INGEST_PASSWORD",
    "NABA_CLEAN_PASSWORD",
    "NABA_ENRICH_PASSWORD",
    "NABA_GATHER_PASSWORD",
    "NABA_PUBLISHER_PASSWORD",
    "NABA_CONSUMER_PASSWORD",
    "NABA_OPERATOR_PASSWORD",
];
/// Parts of a key whose value is not printed.
const SECRET: [&str; 6] = ["pass", "token", "secret", "seed", "user", "url"];

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {path}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The file has a mistake.
    #[error("{path}: {problem}")]
    File {
        /// The file.
        path: String,
        /// The line, the column, and what is wrong there.
        problem: String,
    },
    /// An environment variable or a flag has a mistake.
    #[error("{origin}: {problem}")]
    Value {
        /// The variable or the flag, as it was given.
        origin: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Puts the layers together. `environment` and `flags` are pairs of a name and a value; flags are dotted
/// keys.
///
/// # Errors
/// [`ConfigError`] points at the key, the variable or the flag.
pub fn load<C: DeserializeOwned>(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: &[(String, String)],
) -> Result<C, ConfigError> {
    let mut table = toml::Table::new();
    if let Some(path) = file {
        table = read_file::<C>(path)?;
    }
    for (name, value) in environment {
        let Some(key) = name.strip_prefix(PREFIX).filter(|_| !NOT_KEYS.contains(&name.as_str())) else {
            continue;
        };
        let path = key.to_lowercase().replace("__", ".");
        layer::<C>(&mut table, &path, &value, &format!("environment variable {name}"))?;
    }
    for (path, value) in flags {
        layer::<C>(&mut table, path, value, &format!("--set {path}"))?;
    }
    table.try_into().map_err(|error| ConfigError::Value {
        origin: "configuration".to_owned(),
        problem: without_values(error.message()),
    })
}

fn read_file<C: DeserializeOwned>(path: &Path) -> Result<toml::Table, ConfigError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: name.clone(), source })?;
    let wrong = |error| ConfigError::File { path: name.clone(), problem: at(&text, &error) };
    // read once as the whole configuration, for errors with a place, and once as a table, for the layers
    toml::from_str::<C>(&text).map_err(wrong)?;
    toml::from_str(&text).map_err(wrong)
}

/// Checks one value by itself and puts it into the table.
fn layer<C: DeserializeOwned>(
    table: &mut toml::Table,
    path: &str,
    value: &str,
    origin: &str,
) -> Result<(), ConfigError> {
    let wrong = |problem: String| ConfigError::Value { origin: origin.to_owned(), problem };
    let typed: toml::Value =
        value.parse::<toml::Value>().unwrap_or_else(|_| toml::Value::String(value.to_owned()));
    let alone = |value: toml::Value| {
        let mut alone = toml::Table::new();
        insert(&mut alone, path, value).map(|()| alone)
    };
    // a text that looks like a number (a password, a token) may still be meant as a text
    let text = toml::Value::String(value.to_owned());
    let good = |value: &toml::Value| {
        let says = |message: &str| if is_secret(path) { without_values(message) } else { message.to_owned() };
        alone(value.clone()).and_then(|table| table.try_into::<C>().map_err(|error| says(error.message())))
    };
    let value = match good(&typed) {
        Ok(_) => typed,
        Err(problem) => {
            if good(&text).is_err() {
                return Err(wrong(problem));
            }
            text
        }
    };
    insert(table, path, value).map_err(wrong)
}

fn insert(table: &mut toml::Table, path: &str, value: toml::Value) -> Result<(), String> {
    match path.split_once('.') {
        None => {
            table.insert(path.to_owned(), value);
            Ok(())
        }
        Some((section, rest)) => {
            let inner = table.entry(section).or_insert_with(|| toml::Table::new().into());
            let inner =
                inner.as_table_mut().ok_or_else(|| format!("`{section}` is a value and has no `{rest}`"))?;
            insert(inner, rest, value)
        }
    }
}

/// What is wrong in a file, and where, without the line itself: it may hold a password.
pub(crate) fn at(text: &str, error: &toml::de::Error) -> String {
    let message = error.message();
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else {
        return message.to_owned();
    };
    let (line, start) = (before.matches('\n').count() + 1, before.rfind('\n').map_or(0, |end| end + 1));
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    let key = text.lines().nth(line - 1).unwrap_or_default();
    let message = if is_secret(key) { without_values(message) } else { message.to_owned() };
    format!("line {line}, column {column}: {message}")
}

/// Whether a key, or a line with one, may have a value that nobody should see.
fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    SECRET.iter().any(|part| key.contains(part))
}

/// A message of the parser without the values that it quotes: `invalid type: string "…", expected …`.
fn without_values(message: &str) -> String {
    let is_about_value = message.starts_with("invalid type") || message.starts_with("invalid value");
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if is_about_value => format!("not of the right kind, expected {expected}"),
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::load;
    use serde::Deserialize;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Config {
        broker: Broker,
        workers: u32,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Broker {
        url: String,
        token: String,
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn later_layers_win() {
        let folder = tempfile_path("layers.toml", "workers = 2\n[broker]\nurl = \"a\"\n");
        let environment = pairs(&[
            ("NABA_BROKER__URL", "b"),
            ("NABA_BROKER__TOKEN", "123"),
            ("HOME", "x"),
            ("NABA_CONFIG", "y"),
        ]);
        let config: Config =
            load(Some(&folder), environment, &pairs(&[("workers", "8")])).expect("a configuration");
        assert_eq!(
            config,
            Config { broker: Broker { url: "b".to_owned(), token: "123".to_owned() }, workers: 8 }
        );
    }

    #[track_caller]
    fn check(file: &str, environment: &[(&str, &str)], flags: &[(&str, &str)], expected: &[&str]) {
        let path = tempfile_path(
            &format!("wrong{}.toml", file.len() + environment.len() * 100 + flags.len() * 1000),
            file,
        );
        let message = load::<Config>(Some(&path), pairs(environment), &pairs(flags))
            .expect_err("a mistake")
            .to_string();
        for part in expected {
            assert!(message.contains(part), "{message} should say {part}");
        }
    }

    #[test]
    fn mistakes_point_at_the_key() {
        check(
            "[broker]\nurll = \"a\"\n",
            &[],
            &[],
            &["line 2, column 1", "unknown field `urll`", "expected `url` or `token`"],
        );
        check("workers = \"many\"", &[], &[], &["line 1, column 11", "invalid type"]);
        check(
            "",
            &[("NABA_BROKER__URLL", "b")],
            &[],
            &["environment variable NABA_BROKER__URLL", "unknown field `urll`"],
        );
        check("", &[], &[("workers.x", "1")], &["--set workers.x"]);
    }

    #[track_caller]
    fn check_secret(file: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) {
        let path = tempfile_path(&format!("secret{}.toml", file.len() + flags.len() * 1000), file);
        let error = load::<Config>(Some(&path), pairs(environment), &pairs(flags)).expect_err("a mistake");
        let message = crate::shutdown::said(&anyhow::Error::new(error));
        assert!(!message.contains("hunter2") && !message.contains('\n'), "{message}");
    }

    #[test]
    fn mistakes_say_nothing_secret_and_are_one_line() {
        check_secret("", &[], &[("broker.passwrd", "hunter2")]);
        check_secret("", &[("NABA_BROKER__PASSWRD", "hunter2")], &[]);
        check_secret("[broker]\npasswrd = \"hunter2\"\n", &[], &[]);
        check_secret("[broker]\ntoken = [\"hunter2\"]\n", &[], &[]);
        check_secret("[broker]\ntoken = \"hunter2\nworkers = 2\n", &[], &[]);
        check_secret("[broker]\nurl = \"a\"\ntoken = hunter2\n", &[], &[]);
    }

    #[test]
    fn the_brokers_own_variables_are_no_keys() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/nats");
        let mut names = vec![];
        for file in ["nats-server.conf", "permissions.conf"] {
            let text = std::fs::read_to_string(folder.join(file)).expect("a file of deploy");
            let is_name = |c: char| c.is_ascii_uppercase() || c == '_';
            let after = text.split('$').skip(1).filter(|rest| rest.starts_with("NABA_"));
            names.extend(after.map(|rest| rest.chars().take_while(|c| is_name(*c)).collect::<String>()));
        }
        assert!(names.len() >= 10, "{names:?}");
        let variables = names.into_iter().map(|name| (name, "x".to_owned()));
        assert_eq!(load::<Config>(None, variables, &[]).expect("a configuration"), Config::default());
    }

    fn tempfile_path(name: &str, text: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("naba-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}
