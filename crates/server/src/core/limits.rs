// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How much one connection may ask for.

use melder_protocol::Time;
use melder_protocol::request::Request;

/// Limits of one server; the defaults suit people and bots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Points that a device's connection gains a second, and at most has.
    pub device_per_second: u32,
    pub device_burst: u32,
    /// The same before it has proved a device.
    pub open_per_second: u32,
    pub open_burst: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            device_per_second: 5_000,
            device_burst: 20_000,
            open_per_second: 5,
            open_burst: 60,
        }
    }
}

/// Points of one connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    points: f64,
    per_second: u32,
    burst: u32,
    at: Time,
}

impl Bucket {
    pub(super) fn new(per_second: u32, burst: u32, now: Time) -> Self {
        Self {
            points: f64::from(burst),
            per_second,
            burst,
            at: now,
        }
    }

    /// Takes points, if there are as many.
    pub(super) fn take(&mut self, points: u32, now: Time) -> bool {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a span that doesn't fit an f64 exactly fills the bucket anyway"
        )]
        let seconds = now.since(self.at) as f64 / 1_000.0;
        self.at = self.at.max(now);
        self.points = (self.points + seconds * f64::from(self.per_second)).min(f64::from(self.burst));
        let enough = self.points >= f64::from(points);
        if enough {
            self.points -= f64::from(points);
        }
        enough
    }
}

/// What a request costs, roughly in units of a message's work.
pub(super) const fn cost(request: &Request) -> u32 {
    match request {
        Request::Append { .. }
        | Request::Seal { .. }
        | Request::PutChunk { .. }
        | Request::GetChunk { .. }
        | Request::BlobState(_)
        | Request::Unfollow(_) => 1,
        Request::Follow(_) | Request::PutMailbox(_) | Request::Reach { .. } => 2,
        Request::OpenInvitation(_)
        | Request::OpenMailbox
        | Request::JoinMailbox(_)
        | Request::FindRecovery { .. }
        | Request::AcceptInvitation(_)
        | Request::Policy
        | Request::Devices
        | Request::RenameDevice { .. }
        | Request::Push
        | Request::Subscribe(_)
        | Request::SetPushRules(_)
        | Request::CreateBlob { .. }
        | Request::DeleteBlob(_) => 5,
        Request::Claim { .. } | Request::ExtendChain { .. } | Request::ChangeRoster(_) => 10,
        // Looks at every member of a group.
        Request::OnDuty(_)
        | Request::Accounts(_)
        | Request::FindAccounts { .. }
        | Request::PublishKeyPackages { .. } => 20,
        Request::GroupState { .. }
        | Request::Commit { .. }
        | Request::Establish { .. }
        | Request::DeleteAccount
        | Request::TestPush => 50,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_fills_with_time_and_never_above_its_brim() {
        let mut bucket = Bucket::new(10, 20, Time(0));
        assert!(bucket.take(20, Time(0)));
        assert!(!bucket.take(1, Time(50)));
        assert!(bucket.take(1, Time(150)));
        assert!(!bucket.take(21, Time(1_000_000)));
        assert!(bucket.take(20, Time(1_000_000)));
    }
}
