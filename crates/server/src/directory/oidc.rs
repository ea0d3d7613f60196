// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The city's own log-in: which provider an organisation trusts to say who somebody is, and what follows when it has
//! said so. It is only another way to hand out an invitation: whoever the provider names gets a short-lived one for the
//! account that the directory provisioned, and goes on as with any other. So it gives a first device to an account that
//! has none; it never touches the devices of one that has. Where an organisation says so, it is an administrator's way
//! in as well ([`super::admins::oidc`]).
//!
//! What the provider says is checked in `crate::oidc`; here it is one value, a claim's.

use melder_protocol::{AccountId, OrganisationId, Time};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use zeroize::Zeroizing;

use super::admins;
use super::desk::{Desk, unchanged};
use super::invitations::NewInvitation;
use super::problem::{Outcome, Problem};
use crate::core::Work;
use crate::push::address::{self, Reach};

/// How long an invitation from a log-in holds: long enough to choose a PIN.
const HOLDS: u64 = 30 * Time::MINUTE;
/// The longest text of a setting, and of a claim's value.
pub(super) const MAX_TEXT: usize = 512;
const MAX_CLAIM: usize = 64;
const MAX_AUTHORITY: usize = 64 * 1024;

/// What a provider and this server share. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ClientSecret")
    }
}

/// What of a provisioned account the claim says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Match {
    /// What the directory calls it.
    #[default]
    ExternalId,
    UserName,
}

/// How an organisation's people log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcSettings {
    pub organisation: OrganisationId,
    /// As the provider itself writes it.
    pub issuer: String,
    pub client: String,
    pub secret: Option<ClientSecret>,
    pub claim: String,
    pub matches: Match,
    pub enabled: bool,
    /// May administrators log in by it, too?
    pub admins: bool,
    /// Certificates (PEM) of the city's own authority, if its provider has its certificate from that.
    pub authority: Option<String>,
    /// 0: nobody has set it yet.
    pub revision: u32,
}

impl OidcSettings {
    /// As long as nobody has said anything.
    #[must_use]
    pub fn unset(organisation: OrganisationId) -> Self {
        Self {
            organisation,
            issuer: String::new(),
            client: String::new(),
            secret: None,
            claim: "sub".to_owned(),
            matches: Match::ExternalId,
            enabled: false,
            admins: false,
            authority: None,
            revision: 0,
        }
    }

    /// The own authority's certificates.
    ///
    /// # Errors
    /// When the text holds none.
    pub fn certificates(&self) -> Outcome<Vec<CertificateDer<'static>>> {
        let bad = || {
            Problem::field(
                "authority",
                "must hold certificates in PEM (-----BEGIN CERTIFICATE-----)",
            )
        };
        let Some(text) = &self.authority else {
            return Ok(Vec::new());
        };
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
        read.ok().filter(|read| !read.is_empty()).ok_or_else(bad)
    }

    /// Would the kept secret go to whom it is for?
    fn same_provider(&self, other: &Self) -> bool {
        (&self.issuer, &self.client, &self.authority) == (&other.issuer, &other.client, &other.authority)
    }
}

/// What is to become of the kept secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewSecret {
    Keep,
    Drop,
    Set(ClientSecret),
}

/// Why somebody who has logged in gets no invitation, and an administrator no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The organisation has no such log-in any more.
    Off,
    Unknown,
    Suspended,
    Ended,
    /// The account has devices: further ones are linked from these.
    Joined,
    /// It is another administrator's log-in.
    Taken,
    /// The session that began it has ended.
    Over,
}

fn plain(field: &'static str, text: &str) -> Outcome<String> {
    let text = text.trim();
    if text.len() > MAX_TEXT || !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err(Problem::field(field, "must be at most 512 plain characters"));
    }
    Ok(text.to_owned())
}

fn check_issuer(issuer: &str) -> Outcome<()> {
    if address::check(issuer, Reach::Named).is_none() || issuer.contains('?') {
        let message = "must be the provider's https address, without a question mark; http only for localhost";
        return Err(Problem::field("issuer", message));
    }
    Ok(())
}

/// The settings as they may be kept.
fn check(settings: OidcSettings) -> Outcome<OidcSettings> {
    let settings = OidcSettings {
        issuer: plain("issuer", &settings.issuer)?,
        client: plain("client_id", &settings.client)?,
        claim: plain("claim", &settings.claim)?,
        authority: settings.authority.filter(|text| !text.trim().is_empty()),
        ..settings
    };
    if !settings.issuer.is_empty() || settings.enabled {
        check_issuer(&settings.issuer)?;
    }
    if settings.client.is_empty() && settings.enabled {
        return Err(Problem::field(
            "client_id",
            "must be what the provider calls this server",
        ));
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    if settings.claim.is_empty() || settings.claim.len() > MAX_CLAIM || !settings.claim.bytes().all(is_name) {
        return Err(Problem::field("claim", "must be a claim's name, for instance sub"));
    }
    if let Some(secret) = &settings.secret
        && (secret.text().is_empty() || plain("client_secret", secret.text()).is_err())
    {
        return Err(Problem::field("client_secret", "must be 1 to 512 plain characters"));
    }
    if settings
        .authority
        .as_ref()
        .is_some_and(|text| text.len() > MAX_AUTHORITY)
    {
        return Err(Problem::field("authority", "is longer than 64 KiB"));
    }
    settings.certificates()?;
    Ok(settings)
}

impl Desk<'_, '_> {
    /// How the organisation's people log in.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn oidc(&self) -> Outcome<OidcSettings> {
        let found = self.work.tx.oidc(self.organisation)?;
        Ok(found.unwrap_or_else(|| OidcSettings::unset(self.organisation)))
    }

    /// The settings as they would be: the kept secret is not for another provider.
    fn proposed(&self, new: OidcSettings, secret: NewSecret) -> Outcome<OidcSettings> {
        let old = self.oidc()?;
        let mut new = OidcSettings {
            organisation: self.organisation,
            revision: old.revision,
            ..new
        };
        let keeps = secret == NewSecret::Keep && old.secret.is_some();
        new.secret = match secret {
            NewSecret::Set(secret) => Some(secret),
            NewSecret::Drop => None,
            NewSecret::Keep => old.secret.clone(),
        };
        let new = check(new)?;
        if keeps && !new.same_provider(&old) {
            let message = "the kept secret is the old provider's: name the new one's, or null for none";
            return Err(Problem::field("client_secret", message));
        }
        Ok(new)
    }

    /// Sets how the organisation's people log in.
    ///
    /// # Errors
    /// When a field is invalid, or somebody else has changed it.
    pub fn set_oidc(&mut self, new: OidcSettings, secret: NewSecret, expected: Option<u32>) -> Outcome<OidcSettings> {
        let old = self.oidc()?;
        unchanged(expected, old.revision)?;
        let mut new = self.proposed(new, secret)?;
        new.revision += 1;
        self.work.tx.put_oidc(&new)?;
        admins::oidc::changed(self.work, &old, &new)?;
        self.note("oidc.set", self.organisation)?;
        Ok(new)
    }

    /// Somebody tries these settings: the provider is about to be called.
    ///
    /// # Errors
    /// When a field is invalid.
    pub fn try_oidc(&mut self, new: Option<(OidcSettings, NewSecret)>) -> Outcome<OidcSettings> {
        let settings = match new {
            Some((new, secret)) => self.proposed(new, secret)?,
            None => self.oidc()?,
        };
        check_issuer(&settings.issuer)?;
        self.note("oidc.test", self.organisation)?;
        Ok(settings)
    }

    /// The provisioned account that a claim's value names.
    fn named(&self, settings: &OidcSettings, value: &str) -> Outcome<Option<AccountId>> {
        if value.is_empty() || value.len() > MAX_TEXT {
            return Ok(None);
        }
        let mut found = match settings.matches {
            Match::ExternalId => self.provisioned_from(value)?,
            Match::UserName => self.provisioned_as(value)?.into_iter().collect(),
        };
        let first = found.pop();
        Ok(first.filter(|_| found.is_empty()).map(|known| known.account.id))
    }
}

/// The organisation whose log-in is offered: the named one, or else the server's only one.
///
/// # Errors
/// When the storage fails.
pub fn offered(work: &Work<'_>, named: Option<OrganisationId>) -> Outcome<Option<(String, OidcSettings)>> {
    let organisation = match named {
        Some(id) => work.tx.organisation(id)?,
        None => match &work.tx.organisations(super::types::Page::first(2))?[..] {
            [only] => Some(only.clone()),
            _ => None,
        },
    };
    let Some(organisation) = organisation else {
        return Ok(None);
    };
    let settings = work.tx.oidc(organisation.id)?;
    Ok(settings
        .filter(|settings| settings.enabled)
        .map(|settings| (organisation.name, settings)))
}

/// Is the log-in still the one with which somebody began?
pub(super) fn still_holds(work: &Work<'_>, settings: &OidcSettings) -> Outcome<bool> {
    let now = work.tx.oidc(settings.organisation)?;
    Ok(now.is_some_and(|now| now.enabled && now.revision == settings.revision))
}

/// Whom the provider named, if the settings are still those by which it was asked.
///
/// # Errors
/// When the storage fails.
pub fn account_of(work: &mut Work<'_>, settings: &OidcSettings, value: &str) -> Outcome<Result<AccountId, Why>> {
    if !still_holds(work, settings)? {
        return Ok(Err(Why::Off));
    }
    let desk = Desk::new(work, settings.organisation, None);
    let Some(id) = desk.named(settings, value)? else {
        return Ok(Err(Why::Unknown));
    };
    let account = desk.account(id)?;
    Ok(match account {
        account if account.suspended => Err(Why::Suspended),
        account if account.ends.is_some_and(|ends| ends <= desk.work.now) => Err(Why::Ended),
        account if account.joined => Err(Why::Joined),
        _ => Ok(id),
    })
}

/// An invitation for somebody who has logged in. Earlier ones that nobody has used are void.
///
/// # Errors
/// As [`Desk::invite_account`].
pub fn invite(work: &mut Work<'_>, organisation: OrganisationId, account: AccountId) -> Outcome<NewInvitation> {
    let expires = work.now.plus(HOLDS);
    let mut desk = Desk::new(work, organisation, None);
    let expires = desk.account(account)?.ends.map_or(expires, |ends| ends.min(expires));
    desk.note("oidc.log_in", account)?;
    desk.invite_account(account, Some(expires))
}
