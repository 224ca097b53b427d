//! What every naba service stands on. It moves bytes: there is no Arabic, no record and no rule in here.
//!
//! * [`config`]     defaults → file → environment → flags; unknown keys point at the key
//! * [`topology`]   streams and consumers from one file, created or verified
//! * [`broker`]     the connection
//! * [`publish`]    publish → await acknowledgement, idempotent by stored state
//! * [`pump`]       take → engine → publish → acknowledge, with bounded concurrency
//! * [`reject`]     the two ways to fail: reject (dead letter) and retry
//! * [`dead`]       dead letters
//! * [`metrics`]    what is counted
//! * [`health`]     `/healthz`, `/readyz`, `/metrics`
//! * [`telemetry`]  logs
//! * [`service`]    what the mains share: arguments, configuration, the way in and out
//! * [`server`]     a private nats-server as a child process
//! * [`shutdown`]   SIGTERM and SIGINT → a token that everybody watches

pub mod broker;
pub mod config;
pub mod dead;
pub mod health;
pub mod metrics;
pub mod publish;
pub mod pump;
pub mod reject;
pub mod server;
pub mod service;
pub mod shutdown;
pub mod telemetry;
pub mod topology;

pub use broker::Broker;
pub use publish::{Publication, PublishError};
pub use pump::{Delivery, pump};
pub use reject::Reject;
pub use shutdown::Stop;
