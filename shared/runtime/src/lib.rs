//! What every naba service stands on. It moves bytes: there is no Arabic, no record and no rule in here.
//!
//! * [`config`]     defaults → file → environment → flags; unknown keys point at the key
//! * [`topology`]   streams and consumers from one file, created or verified
//! * `drift`        how the broker's streams differ from them
//! * [`broker`]     the connection
//! * [`bucket`]     what services share and people change while they run
//! * [`durable`]    whether the broker keeps what it acknowledged across a power cut
//! * [`pump`]       take → engine → publish → acknowledge, with bounded concurrency
//! * [`pull`]       deliveries, whatever bytes stand in them
//! * [`stored`]     one stored message, whatever bytes stand in it
//! * `wire`         the broker's protocol, read as bytes
//! * `headers`      a block of headers: what can be read, and what is wrong with the rest
//! * [`worker`]     one delivery → its one outcome
//! * [`publish`]    publish → await acknowledgement, idempotent by stored state
//! * `attempt`      one try to publish: the condition, and the number of a link in its chain
//! * [`batch`]      what is ready together is published as one atomic batch
//! * `companion`    what runs beside a pump, started again when it panics
//! * [`isolate`]    a suspected input, alone in a process of its own
//! * [`json`]       JSON out of messages
//! * `engines`      the threads that engines run on
//! * `exhausted`    what the broker gave up on
//! * `pressure`     pausing while the next stage is behind
//! * [`refusal`]    what the broker's refusal of a message means
//! * [`reject`]     the two ways to fail: reject (dead letter) and retry
//! * [`dead`]       dead letters
//! * `room`         how full the stream of dead letters is
//! * `deferred`     dead letters that wait for room
//! * [`vet`]        what no broker takes, and is not sent
//! * [`metrics`]    what is counted
//! * [`health`]     `/healthz`, `/readyz`, `/metrics`
//! * [`telemetry`]  logs
//! * [`service`]    what the mains share: arguments, configuration, the way in and out
//! * [`server`]     a private nats-server as a child process
//! * `lock`         one server a store
//! * [`keeper`]     keeps a private server running, also when its disk was full
//! * [`shutdown`]   SIGTERM and SIGINT → a token that everybody watches

mod attempt;
pub mod batch;
pub mod broker;
pub mod bucket;
mod companion;
pub mod config;
pub mod dead;
mod deferred;
mod drift;
pub mod durable;
mod engines;
mod exhausted;
mod headers;
pub mod health;
pub mod isolate;
pub mod json;
pub mod keeper;
mod lock;
pub mod log;
pub mod metrics;
mod pressure;
pub mod publish;
pub mod pull;
pub mod pump;
pub mod refusal;
pub mod reject;
mod room;
pub mod server;
pub mod service;
pub mod shutdown;
pub mod stored;
pub mod telemetry;
pub mod topology;
pub mod vet;
mod wire;
mod wire_connect;
pub mod worker;

pub use broker::Broker;
pub use bucket::Bucket;
pub use companion::Companion;
pub use engines::Hung;
pub use publish::{Numbered, Publication, PublishError};
pub use pull::Pull;
pub use pump::{Stage, pump};
pub use reject::Reject;
pub use shutdown::Stop;
pub use worker::{Delivery, Engine};
