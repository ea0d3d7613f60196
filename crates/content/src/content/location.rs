// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A place, and a person's position at it. Whole numbers, since the draft discourages floats.

use melder_protocol::ids::Time;
use minicbor::{Decode, Encode};

use super::Payload;
use crate::error::ContentError;
use crate::limits::Limit;

/// A point on Earth (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Place {
    /// Ten-millionths of a degree, north positive.
    #[n(1)]
    pub latitude: i32,
    /// Ten-millionths of a degree, east positive.
    #[n(2)]
    pub longitude: i32,
    /// Radius in metres within which the point is right.
    #[n(3)]
    pub accuracy: Option<u32>,
}

/// Where somebody or something is. A live position moves by edits of its message.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Location {
    #[n(1)]
    pub place: Place,
    /// Until when it moves; nothing for a fixed point.
    #[n(2)]
    pub live_until: Option<Time>,
    /// "Marienplatz, Südseite"
    #[n(3)]
    pub label: Option<String>,
}

impl Place {
    /// Ten-millionths in a degree.
    pub const DEGREE: i32 = 10_000_000;

    pub(crate) fn check(&self) -> Result<(), ContentError> {
        if self.latitude.unsigned_abs() > 90 * Self::DEGREE.unsigned_abs() {
            return Err(ContentError::OutOfRange("a latitude"));
        }
        if self.longitude.unsigned_abs() > 180 * Self::DEGREE.unsigned_abs() {
            return Err(ContentError::OutOfRange("a longitude"));
        }
        Ok(())
    }
}

impl Payload for Location {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.location+cbor";

    fn check(&self) -> Result<(), ContentError> {
        Limit::Line.check(self.label.as_ref().map_or(0, String::len))?;
        self.place.check()
    }
}
