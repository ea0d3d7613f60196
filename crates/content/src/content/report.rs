// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A filled-in form with evidence photos.

use minicbor::{Decode, Encode};

use super::Payload;
use super::attachment::Attachment;
use crate::error::ContentError;
use crate::limits::Limit;

/// A filled-in form. It carries its labels, so that it can be read without the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which form it was.
    pub form: String,
    pub title: String,
    pub fields: Vec<ReportField>,
    pub attachments: Vec<Attachment>,
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ReportField {
    /// What a program calls it.
    #[n(1)]
    pub key: String,
    /// What a person calls it.
    #[n(2)]
    pub label: String,
    #[n(3)]
    pub value: String,
}

/// A report without its attachments, which are parts of their own.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct ReportBody {
    #[n(1)]
    pub form: String,
    #[n(2)]
    pub title: String,
    #[n(3)]
    pub fields: Vec<ReportField>,
}

impl Report {
    pub(crate) fn check(&self) -> Result<(), ContentError> {
        Limit::Attachments.check(self.attachments.len())?;
        self.attachments.iter().try_for_each(Attachment::check)?;
        check(&self.form, &self.title, &self.fields)
    }
}

impl Payload for ReportBody {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.report+cbor";

    fn check(&self) -> Result<(), ContentError> {
        check(&self.form, &self.title, &self.fields)
    }
}

fn check(form: &str, title: &str, fields: &[ReportField]) -> Result<(), ContentError> {
    Limit::Line.check_some(form.len(), "a form's id")?;
    Limit::Line.check_some(title.len(), "a report's title")?;
    Limit::ReportFields.check(fields.len())?;
    fields.iter().try_for_each(|field| {
        Limit::Line.check_some(field.key.len(), "a field's key")?;
        Limit::Line.check(field.label.len())?;
        Limit::Text.check(field.value.len())
    })
}
