//! A short run of `make fuzz` with fixed numbers.

use naba_fuzz::grow::{NASTY, nasty};
use naba_fuzz::mutate::input;
use naba_fuzz::targets::TARGETS;

#[test]
fn no_parser_panics() {
    for number in 0..300 {
        let bytes = input(number);
        for (_, run) in TARGETS {
            run(&bytes);
        }
    }
}

#[test]
fn no_parser_panics_on_nasty_inputs() {
    for (_, piece) in NASTY {
        let bytes = nasty(piece, 20_000);
        for (_, run) in TARGETS {
            run(&bytes);
        }
    }
}
