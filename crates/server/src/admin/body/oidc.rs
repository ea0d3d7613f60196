// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The city's own log-in, in JSON. The client's secret goes in and never comes out.

use melder_protocol::OrganisationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Stamp, change};
use crate::directory::admins::oidc::Standing;
use crate::directory::oidc::{ClientSecret, Match, NewSecret, OidcSettings};
use crate::oidc::provider::Trouble;

/// What of a provisioned account the claim says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchBody {
    /// What the directory calls it (`externalId`).
    #[default]
    ExternalId,
    /// Its user name; case does not matter.
    UserName,
}

impl From<Match> for MatchBody {
    fn from(matches: Match) -> Self {
        match matches {
            Match::ExternalId => Self::ExternalId,
            Match::UserName => Self::UserName,
        }
    }
}

impl From<MatchBody> for Match {
    fn from(matches: MatchBody) -> Self {
        match matches {
            MatchBody::ExternalId => Self::ExternalId,
            MatchBody::UserName => Self::UserName,
        }
    }
}

/// How the organisation's people log in.
#[derive(Debug, Serialize, ToSchema)]
pub struct OidcBody {
    /// The provider, as it writes itself. Empty: none is set.
    #[schema(example = "https://sso.stadt.example/realms/stadt")]
    pub issuer: String,
    pub client_id: String,
    /// Is a secret kept? It is never given back.
    pub has_secret: bool,
    /// Which claim of the ID token (or of the userinfo) names the account. `email` counts only when the provider has verified it.
    pub claim: String,
    pub matches: MatchBody,
    pub enabled: bool,
    /// May administrators log in by it, too, each after linking their own? Whoever runs the provider can then be any of them.
    pub admins: bool,
    /// Certificates (PEM) of the city's own authority, believed beside the web's.
    pub authority: Option<String>,
    /// What the provider has to know: where it sends people back to.
    pub redirect_uri: String,
    /// Opens the app with this organisation's log-in, also on a server with several.
    pub app_link: String,
    /// 0: nobody has set it yet.
    pub revision: u32,
}

impl OidcBody {
    pub(in crate::admin) fn new(settings: OidcSettings, redirect_uri: String, origin: &str) -> Self {
        Self {
            app_link: format!("{origin}/?organisation={}", settings.organisation),
            issuer: settings.issuer,
            client_id: settings.client,
            has_secret: settings.secret.is_some(),
            claim: settings.claim,
            matches: settings.matches.into(),
            enabled: settings.enabled,
            admins: settings.admins,
            authority: settings.authority,
            redirect_uri,
            revision: settings.revision,
        }
    }
}

fn subject() -> String {
    "sub".to_owned()
}

/// How the organisation's people are to log in: all of it but the secret, which stays when it is missing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcRequest {
    /// `https://…`, exactly as the provider writes itself; `http` only for localhost.
    pub issuer: String,
    pub client_id: String,
    /// null: none. Missing: the kept one, unless the provider is another.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>)]
    pub client_secret: Option<Option<String>>,
    /// `sub` when nothing is said.
    #[serde(default = "subject")]
    pub claim: String,
    #[serde(default)]
    pub matches: MatchBody,
    pub enabled: bool,
    /// May administrators log in by it, too? Missing: no.
    #[serde(default)]
    pub admins: bool,
    pub authority: Option<String>,
}

impl core::fmt::Debug for OidcRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("OidcRequest")
    }
}

impl OidcRequest {
    pub(in crate::admin) fn into_settings(self, organisation: OrganisationId) -> (OidcSettings, NewSecret) {
        let secret = match self.client_secret {
            None => NewSecret::Keep,
            Some(None) => NewSecret::Drop,
            Some(Some(text)) => NewSecret::Set(ClientSecret::new(text)),
        };
        let settings = OidcSettings {
            issuer: self.issuer,
            client: self.client_id,
            claim: self.claim,
            matches: self.matches.into(),
            enabled: self.enabled,
            admins: self.admins,
            authority: self.authority,
            ..OidcSettings::unset(organisation)
        };
        (settings, secret)
    }
}

/// Settings to try; without any, those that hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcTestRequest {
    pub settings: Option<OidcRequest>,
}

/// One thing that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct OidcFinding {
    /// For programs, and to be said in the reader's language.
    #[schema(example = "other_issuer")]
    pub code: &'static str,
    /// What exactly, if there is more to say: an address, the provider's own words.
    pub detail: String,
    /// The whole in English.
    pub message: String,
}

impl From<Trouble> for OidcFinding {
    fn from(trouble: Trouble) -> Self {
        let (code, detail) = trouble.told();
        Self {
            code,
            detail,
            message: trouble.to_string(),
        }
    }
}

/// What the provider said to the settings.
#[derive(Debug, Serialize, ToSchema)]
pub struct OidcTestBody {
    /// It can be used. Whether it knows the redirect URI shows only when somebody logs in.
    pub ok: bool,
    pub findings: Vec<OidcFinding>,
}

/// An administrator's own log-in at the city.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnLogInBody {
    /// Does the organisation let administrators log in by it?
    pub allowed: bool,
    /// Since when it is linked; null: it is not, or at another provider.
    pub linked: Option<Stamp>,
}

impl From<Standing> for OwnLogInBody {
    fn from(standing: Standing) -> Self {
        Self {
            allowed: standing.allowed,
            linked: standing.linked.map(Stamp),
        }
    }
}

/// Where the browser goes to log in.
#[derive(Debug, Serialize, ToSchema)]
pub struct StartBody {
    /// The provider's address, for this once.
    pub start: String,
}
