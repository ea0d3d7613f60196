// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Papers: invitations to be printed, and the documents for data protection. Facts come from the core; pages are set on
//! another thread, since a thousand letters take a while. Links come in the body, never in an address, and are not kept.

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use melder_mls::sign::fingerprint;
use melder_papers::privacy::{Contact, Facts, Kind, Retention, Switches};
use melder_papers::{Clock, Invitation, Language, Paper, PaperError, Poster};
use melder_protocol::{ErrorCode, Time};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use super::Here;
use super::answer::{Answer, Tagged};
use super::ask::{Ask, Body, Caller, Id, IfMatch};
use crate::directory::accounts;
use crate::directory::papers::{Invited, PrivacyContact, PrivacyFacts};
use crate::directory::problem::Problem;
use crate::directory::types::Scope;

const PRINT: &[Scope] = &[Scope::Accounts, Scope::Operations];
const READ: &[Scope] = &[Scope::Accounts, Scope::Audit];
const OWNER: &[Scope] = &[Scope::Owner];
/// Invitations in one file: a few dozen megabytes. Who has more makes more files.
const MAX_LINKS: usize = 2_000;
/// Papers are set one after the other: each takes a thread and its memory.
pub(super) static SETTING: Semaphore = Semaphore::const_new(1);

/// How a paper is written.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaperQuery {
    /// `de` (when nothing is said) or `en`.
    #[serde(default)]
    #[param(inline, value_type = Option<Tongue>)]
    pub language: Language,
    /// The reader's time zone, such as `Europe/Berlin`; the server's own when nothing is said.
    pub zone: Option<String>,
    /// `html` (when nothing is said) or `pdf`.
    #[serde(default)]
    #[param(inline, value_type = Option<Format>)]
    pub format: Format,
}

impl PaperQuery {
    pub(super) fn clock(&self) -> Clock {
        Clock::new(self.language, self.zone.as_deref())
    }
}

/// A language, as the document names it.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "stands for `Language` in the document")]
pub enum Tongue {
    De,
    En,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Html,
    Pdf,
}

/// Something to be saved.
pub(super) fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let attachment = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let attachment = attachment.unwrap_or(HeaderValue::from_static("attachment"));
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, attachment),
    ];
    (headers, bytes).into_response()
}

/// Sets pages, off the threads that serve.
pub(super) async fn set(make: impl FnOnce() -> Result<Vec<u8>, PaperError> + Send + 'static) -> Answer<Vec<u8>> {
    let turn = SETTING.acquire().await.map_err(|_| ErrorCode::ShuttingDown)?;
    let set = tokio::task::spawn_blocking(move || {
        // It goes on when nobody waits for it any more, and it is its turn till then.
        let _turn = turn;
        make()
    });
    match set.await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => {
            // It names what of a standard was broken, nothing of what is on the page.
            tracing::error!(%error, "a paper");
            Err(ErrorCode::Internal.into())
        }
        Err(_) => Err(ErrorCode::Internal.into()),
    }
}

/// What invitations are printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Print {
    /// Eight to a page, to be cut.
    Sheets,
    /// A page for each.
    Letters,
    /// One for many.
    Poster,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrintRequest {
    pub print: Print,
    /// The links as they were made, 1 to 2,000; a poster has one.
    #[schema(min_items = 1, max_items = 2_000)]
    pub links: Vec<String>,
    /// `de` (when nothing is said) or `en`.
    #[serde(default)]
    #[schema(value_type = Tongue)]
    pub language: Language,
    /// The readers' time zone.
    pub zone: Option<String>,
}

impl core::fmt::Debug for PrintRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PrintRequest")
    }
}

/// Invitations as a PDF to be printed (PDF/UA-1). The links are those that were just made: the server knows their hashes
/// alone, looks up whom each is for, and keeps nothing. Scope `accounts` or `operations`.
#[utoipa::path(post, path = "/v1/admin/papers/invitations", tag = "papers", operation_id = "print_invitations", request_body = PrintRequest,
    responses((status = 200, description = "The PDF.", content_type = "application/pdf", body = String)))]
pub async fn invitations(State(api): Here, caller: Caller, Body(ask): Body<PrintRequest>) -> Answer<Response> {
    let most = if ask.print == Print::Poster { 1 } else { MAX_LINKS };
    if ask.links.is_empty() || ask.links.len() > most {
        return Err(Problem::field("links", "must name 1 to 2000 invitations, for a poster one").into());
    }
    let PrintRequest {
        print,
        links,
        language,
        zone,
    } = ask;
    let (organisation, invited) = api
        .desk(caller, PRINT, move |desk| {
            let mut invited = Vec::with_capacity(links.len());
            for link in links {
                let (whom, expires) = desk.invited_by(&link)?;
                invited.push((link, whom, expires));
            }
            Ok((desk.own_organisation()?, invited))
        })
        .await?;
    let bytes = set(move || {
        let clock = Clock::new(language, zone.as_deref());
        let key = fingerprint(&organisation.key);
        let name = organisation.name;
        let mut cards = Vec::with_capacity(invited.len());
        for (link, whom, expires) in invited {
            let until = clock.day(expires.0);
            let (name, about) = match whom {
                Invited::Person { name, about } => (name, about.join(" · ")),
                Invited::Everybody { operation } => (operation, String::new()),
            };
            cards.push(Invitation {
                name,
                about,
                link,
                until,
            });
        }
        match (print, cards.first()) {
            (Print::Sheets, _) => melder_papers::sheets(language, &name, &cards),
            (Print::Letters, _) => melder_papers::letters(language, &name, &key, &cards),
            (Print::Poster, Some(card)) => {
                let poster = Poster {
                    name: card.name.clone(),
                    link: card.link.clone(),
                    until: card.until.clone(),
                };
                melder_papers::poster(language, &name, &poster)
            }
            (Print::Poster, None) => Err(PaperError::Code),
        }
    })
    .await?;
    Ok(file("application/pdf", "melder-einladungen.pdf", bytes))
}

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Record of processing, Art. 30 GDPR.
    Record,
    /// Technical and organisational measures, Art. 32.
    Measures,
    /// Building blocks for an impact assessment, Art. 35.
    Impact,
    /// Privacy notice, Art. 13.
    Notice,
}

impl DocumentKind {
    const fn kind(self) -> (Kind, &'static str) {
        match self {
            Self::Record => (Kind::Record, "melder-verarbeitungsverzeichnis"),
            Self::Measures => (Kind::Measures, "melder-massnahmen"),
            Self::Impact => (Kind::Impact, "melder-folgenabschaetzung"),
            Self::Notice => (Kind::Notice, "melder-datenschutzhinweise"),
        }
    }
}

/// The API's word for a thing.
pub(super) fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

pub(super) fn facts(row: PrivacyFacts, url: Option<&str>, last_backup: Option<u64>) -> Facts {
    let policy = &row.policy;
    Facts {
        organisation: row.organisation.name,
        version: env!("CARGO_PKG_VERSION"),
        now: row.now.0,
        policy_version: policy.version.into(),
        contact: Contact {
            controller: row.contact.controller,
            officer: row.contact.officer,
            authority: row.contact.authority,
            basis: row.contact.basis,
        },
        switches: Switches {
            receipts: policy.read_receipts,
            presence: policy.presence,
            typing: policy.typing,
            location: policy.location,
            export: policy.export,
            alarms_break_quiet: !policy.quiet_alarms,
            push: row.push,
            directory: row.directory,
            shared: row.shared,
        },
        url: url.filter(|url| url.starts_with("https://")).map(str::to_owned),
        ldap: row.ldap,
        oidc: row.oidc,
        oidc_admins: row.oidc_admins,
        server_days: policy.server_retention_days.into(),
        device_days: policy.device_retention_days.map(u64::from),
        guest_days: accounts::MAX_GUEST / Time::DAY,
        hybrid_bound: policy.hybrid_bound.into(),
        lock_minutes: policy.lock_after_minutes.map(u64::from),
        wipe_after: policy.wipe_after.map(u64::from),
        retention: super::overview::retention(policy, row.push)
            .into_iter()
            .map(|row| Retention {
                data: row.data,
                place: row.place,
                readable: row.readable,
                until: row.until,
                seconds: row.seconds,
                set_by: row.set_by,
            })
            .collect(),
        accounts: row.accounts.iter().map(|(kind, count)| (code(kind), *count)).collect(),
        roles: row.roles.iter().map(|(role, count)| (role.name(), *count)).collect(),
        admins: row.admins,
        operations: row.operations,
        last_backup,
    }
}

/// A document for data protection, from the configuration that holds: `record`, `measures`, `impact`, `notice`. Scope
/// `accounts` or `audit`, for the whole organisation.
#[utoipa::path(get, path = "/v1/admin/papers/{kind}", tag = "papers", operation_id = "privacy_document", params(("kind" = inline(DocumentKind), Path), PaperQuery),
    responses((status = 200, description = "The document.", content((String = "text/html"), (String = "application/pdf")))))]
pub async fn document(
    State(api): Here,
    caller: Caller,
    Id(kind): Id<DocumentKind>,
    Ask(ask): Ask<PaperQuery>,
) -> Answer<Response> {
    let row = api.desk(caller, READ, |desk| desk.privacy_facts()).await?;
    let backup = api.handle.last_backup().await.map(|backup| backup.time.0);
    let facts = facts(row, api.handle.public_url(), backup);
    let (kind, name) = kind.kind();
    let clock = ask.clock();
    if ask.format == Format::Html {
        let page = melder_papers::html(&melder_papers::privacy::paper(kind, &facts, &clock));
        return Ok(file(
            "text/html; charset=utf-8",
            &format!("{name}.html"),
            page.into_bytes(),
        ));
    }
    let bytes = set(move || {
        let paper: Paper = melder_papers::privacy::paper(kind, &facts, &clock);
        melder_papers::pdf(&paper)
    })
    .await?;
    Ok(file("application/pdf", &format!("{name}.pdf"), bytes))
}

/// What the organisation says of itself in its documents; empty where it has said nothing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactBody {
    /// Grows by one with each change; ignored in a request.
    #[serde(default)]
    pub revision: u32,
    /// Who is responsible: name and address, on one line.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub controller: String,
    /// How the data protection officer is reached.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub officer: String,
    /// Whom people can complain to.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub authority: String,
    /// The legal basis; a usual one is named where it is empty.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub basis: String,
}

fn body((contact, revision): (PrivacyContact, u32)) -> Tagged<ContactBody> {
    let PrivacyContact {
        controller,
        officer,
        authority,
        basis,
    } = contact;
    Tagged::new(
        revision,
        ContactBody {
            revision,
            controller,
            officer,
            authority,
            basis,
        },
    )
}

/// What the organisation says of itself in its documents. Any scope.
#[utoipa::path(get, path = "/v1/admin/privacy/contact", tag = "privacy", operation_id = "privacy_contact",
    responses((status = 200, body = ContactBody)))]
pub async fn contact(State(api): Here, caller: Caller) -> Answer<Tagged<ContactBody>> {
    let contact = api.desk(caller, &[], |desk| desk.privacy_contact()).await?;
    Ok(body(contact))
}

/// Say something else in the documents. Scope `owner`.
#[utoipa::path(put, path = "/v1/admin/privacy/contact", tag = "privacy", operation_id = "set_privacy_contact", request_body = ContactBody,
    responses((status = 200, body = ContactBody)))]
pub async fn set_contact(
    State(api): Here,
    caller: Caller,
    IfMatch(expected): IfMatch,
    Body(ask): Body<ContactBody>,
) -> Answer<Tagged<ContactBody>> {
    let new = PrivacyContact {
        controller: ask.controller,
        officer: ask.officer,
        authority: ask.authority,
        basis: ask.basis,
    };
    let contact = api
        .desk(caller, OWNER, move |desk| desk.set_privacy_contact(new, expected))
        .await?;
    Ok(body(contact))
}
