// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An organisation's look: a logo and the hue of what can be pressed. It is no secret: whoever opens the page sees it before
//! anybody has logged in. The hues are a set that has been measured in both themes; those of feedback and alarm never change.

use melder_protocol::OrganisationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::desk::{Desk, unchanged};
use super::picture::{self, Picture};
use super::problem::Outcome;
use super::types::{OrganisationRow, Page};
use crate::store::{Stored, Transaction};

/// The hue of what can be pressed. `web/kit/css/9-accents.css` has the colours, and a test measures them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Accent {
    #[default]
    Blue,
    Cyan,
    Green,
    Violet,
    Slate,
}

impl Accent {
    pub const ALL: [Self; 5] = [Self::Blue, Self::Cyan, Self::Green, Self::Violet, Self::Slate];

    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Blue => 0,
            Self::Cyan => 1,
            Self::Green => 2,
            Self::Violet => 3,
            Self::Slate => 4,
        }
    }

    #[must_use]
    pub fn from_number(number: u8) -> Self {
        let found = Self::ALL.into_iter().find(|accent| accent.number() == number);
        found.unwrap_or_default()
    }
}

/// What an organisation has chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brand {
    pub accent: Accent,
    pub logo: Option<Picture>,
    /// 0: nothing was chosen yet.
    pub revision: u32,
}

impl Desk<'_, '_> {
    /// # Errors
    /// When the storage fails.
    pub fn brand(&self) -> Outcome<Brand> {
        Ok(self.work.tx.brand(self.organisation)?)
    }

    /// Chooses another hue.
    ///
    /// # Errors
    /// When somebody else has changed the look meanwhile.
    pub fn set_accent(&mut self, accent: Accent, expected: Option<u32>) -> Outcome<Brand> {
        self.change_brand(expected, |brand| {
            brand.accent = accent;
            Ok(())
        })
    }

    /// Takes another logo, or none.
    ///
    /// # Errors
    /// When it is no picture that is taken.
    pub fn set_logo(&mut self, bytes: Option<&[u8]>, expected: Option<u32>) -> Outcome<Brand> {
        self.change_brand(expected, |brand| {
            brand.logo = bytes.map(picture::read).transpose()?;
            Ok(())
        })
    }

    fn change_brand(
        &mut self,
        expected: Option<u32>,
        change: impl FnOnce(&mut Brand) -> Outcome<()>,
    ) -> Outcome<Brand> {
        let mut brand = self.brand()?;
        unchanged(expected, brand.revision)?;
        change(&mut brand)?;
        brand.revision += 1;
        self.work.tx.put_brand(self.organisation, &brand)?;
        self.note("brand.change", self.organisation)?;
        Ok(brand)
    }
}

/// Whose look a page has that nobody is known to yet: the server's only organisation.
///
/// # Errors
/// When the storage fails.
pub(crate) fn of_server(tx: &dyn Transaction) -> Stored<Option<OrganisationRow>> {
    let mut rows = tx.organisations(Page::first(2))?;
    let only = rows.pop();
    Ok(only.filter(|_| rows.is_empty()))
}

/// An organisation's look, by its id, which is no secret.
///
/// # Errors
/// When the storage fails.
pub(crate) fn of(tx: &dyn Transaction, id: OrganisationId) -> Stored<Option<Brand>> {
    if tx.organisation(id)?.is_none() {
        return Ok(None);
    }
    tx.brand(id).map(Some)
}
