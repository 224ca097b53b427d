//! A stage for tests whose inputs can kill it: `panic`, `abort`, `spin`, `eat` and `slow` do what they say; `once` is sound
//! in a process of its own, and `linger` spins there; `turncoat` is bad with `rules.learn=false`; everything else goes on.
//! It needs the files that its configuration names as rules. Never shipped.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use naba_runtime::service::{self, ServiceArgs};
use naba_runtime::{Companion, Delivery, Engine, Publication, Reject, Stage, isolate};

/// A stage for tests whose inputs can kill it
#[derive(Debug, Parser)]
struct Args {
    #[command(flatten)]
    service: ServiceArgs,
}

struct Poison {
    is_strict: bool,
}

impl Engine for Poison {
    fn run(&self, delivery: &Delivery) -> Result<Publication, Reject> {
        match &delivery.payload[..] {
            b"panic" => panic!("the test asked for it"),
            b"abort" => std::process::abort(),
            b"once" | b"linger" if isolate::stage().is_none() => panic!("the test asked for it, once"),
            b"spin" | b"linger" => loop {
                std::hint::spin_loop();
            },
            // beside the others it would take the machine along
            b"eat" if isolate::stage().is_none() => std::process::abort(),
            b"eat" => {
                let mut eaten: Vec<Vec<u8>> = vec![];
                loop {
                    eaten.push(vec![1; 16 << 20]);
                }
            }
            // longer than the test's ack_wait
            b"slow" => {
                std::thread::park_timeout(std::time::Duration::from_secs(5));
                Ok(sound(delivery))
            }
            b"turncoat" if self.is_strict => Err(Reject::new("bad", "it cannot work any more")),
            b"bad" => Err(Reject::new("bad", "it cannot work").at("payload")),
            _ => Ok(sound(delivery)),
        }
    }

    fn result(&self, delivery: &Delivery) -> Option<(&'static str, String)> {
        Some(("NABA_INGESTED", sound(delivery).subject))
    }
}

fn sound(delivery: &Delivery) -> Publication {
    Publication {
        subject: format!("naba.ingested.test.{}.0", delivery.sequence),
        payload: delivery.payload.clone(),
        ..Publication::default()
    }
}

/// A task beside the stage that panics as long as a file says so.
fn fragile(file: std::path::PathBuf) -> Companion {
    Companion::new("fragile", move |_, stop| {
        let file = file.clone();
        Box::pin(async move {
            while !stop.is_cancelled() {
                assert_ne!(std::fs::read(&file).unwrap_or_default(), b"panic", "the test asked for it");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        })
    })
}

fn main() -> ExitCode {
    let args = Args::parse();
    service::main("naba-poison", &args.service, |config| {
        for file in &config.rules.files {
            std::fs::read(file)
                .map_err(|error| anyhow::anyhow!("cannot read {}: {error}", file.display()))?;
        }
        let engine = Arc::new(Poison { is_strict: !config.rules.learn });
        let companions = config.rules.files.iter().cloned().map(fragile).collect();
        Ok(Stage { name: "ingest", next: Some("clean"), engine, companions })
    })
}
