//! Files that hold what is expected. `NABA_GOLDEN=write` writes them instead of comparing.

use crate::root;

/// Compares a text with a file below the project's root, or writes the file.
///
/// # Panics
/// When they differ: with the first line that does, and how to accept it.
#[track_caller]
pub fn check(file: &str, actual: &str) {
    let path = root().join(file);
    if std::env::var("NABA_GOLDEN").is_ok_and(|mode| mode == "write") {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, actual).expect("the golden file is written");
        return;
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{file}: {error}; `make golden` writes it"));
    if expected == actual {
        return;
    }
    let differs = expected.lines().zip(actual.lines()).position(|(a, b)| a != b).unwrap_or(0);
    let line = |text: &str| text.lines().nth(differs).unwrap_or("(the end)").to_owned();
    panic!(
        "{file} line {}:\n  expected {}\n  found    {}\n`make golden` accepts what was found; read the difference before you commit it",
        differs + 1,
        line(&expected),
        line(actual)
    );
}
