//! Check helpers, temporary nats-server, article builders.
