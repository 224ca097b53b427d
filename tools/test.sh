#!/usr/bin/env bash
# Everything `make test` promises, and one closing line with the counts.
set -euo pipefail
cd "$(dirname "$0")/.."
# where nothing is given as standard input, the next file that is opened would take its place
exec </dev/null

python3 tools/tables.py --check
cargo fmt --all --check
cargo clippy --workspace --all-targets --quiet -- -D warnings
if cargo deny --version >/dev/null 2>&1; then
    cargo deny --log-level error check bans licenses sources
else
    echo "cargo-deny is not installed: licences and bans are not checked here"
fi
cargo build --workspace --bins --quiet

report=$(mktemp)
trap 'rm -f "$report"' EXIT
status=0
cargo test --workspace --no-fail-fast --color never 2>&1 | tee "$report" || status=$?
passed=$(grep -oE '^test result: .* ([0-9]+) passed' "$report" | grep -oE '[0-9]+ passed' | awk '{n += $1} END {print n + 0}')
failed=$(grep -oE '; ([0-9]+) failed' "$report" | grep -oE '[0-9]+' | awk '{n += $1} END {print n + 0}')
echo
echo "naba: $passed passed, $failed failed"
exit "$status"
