// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A provider: what it says of itself (OpenID Connect Discovery), its keys, and the exchange of a code for a token. What
//! it said is kept for a while; a key that is not known is asked for again, but not as often as somebody likes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64;
use form_urlencoded::Serializer;
use melder_protocol::{OrganisationId, Time};
use serde::Deserialize;
use serde_json::Value;

use super::call::{self, NoAnswer, Question};
use super::token::{self, Claims, Expected, Key, Refused};
use super::waiting::{Pending, Ticket};
use crate::directory::oidc::OidcSettings;
use crate::push::address::{self, Reach};
use crate::push::dial::Dialer;

/// How long what a provider says of itself is believed.
const KEPT: u64 = Time::HOUR;
/// How often keys are asked for anew within [`SPAN`], when a token names one that is not known.
const AGAIN: u32 = 5;
const SPAN: u64 = 5 * Time::MINUTE;
/// Providers that are kept.
const MOST: usize = 256;

/// Why a provider can't be used, or nothing came of a log-in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("{0}")]
    NoAnswer(#[from] NoAnswer),
    #[error("TLS can't be set up: {0}")]
    Tls(String),
    #[error("what the provider says of itself lacks {0}")]
    Lacks(&'static str),
    #[error("the provider calls itself {0}")]
    OtherIssuer(String),
    #[error("its {0} is no https address")]
    Endpoint(&'static str),
    #[error("it has no keys for signatures that are allowed (RS256, ES256, EdDSA)")]
    NoKeys,
    #[error("it signs with none of RS256, ES256, EdDSA")]
    Algorithms,
    #[error("it does not know PKCE with S256")]
    NoPkce,
    #[error("it refused the code: {0}")]
    Refused(String),
    #[error("it does not know us: the client id or the secret is wrong")]
    Client,
    #[error("its answer has no ID token")]
    NoToken,
    #[error("the ID token is refused: {0}")]
    Token(#[from] Refused),
    #[error("it says nothing of the claim")]
    NoClaim,
}

impl Trouble {
    /// A word for it, and what exactly.
    pub fn told(&self) -> (&'static str, String) {
        let plain = |code| (code, String::new());
        match self {
            Self::NoAnswer(NoAnswer::Address(address)) => ("address", address.clone()),
            Self::NoAnswer(NoAnswer::Certificate(why)) => ("certificate", why.clone()),
            Self::NoAnswer(NoAnswer::Unreachable(why)) => ("unreachable", why.clone()),
            Self::NoAnswer(NoAnswer::TooLong) => plain("too_long"),
            Self::NoAnswer(NoAnswer::Status(status)) => ("status", status.to_string()),
            Self::NoAnswer(NoAnswer::NoJson) => plain("no_json"),
            Self::Tls(why) => ("certificate", why.clone()),
            Self::Lacks(what) => ("lacks", (*what).to_owned()),
            Self::OtherIssuer(issuer) => ("other_issuer", issuer.clone()),
            Self::Endpoint(what) => ("endpoint", (*what).to_owned()),
            Self::NoKeys => plain("no_keys"),
            Self::Algorithms => plain("algorithms"),
            Self::NoPkce => plain("no_pkce"),
            Self::Refused(why) => ("refused", why.clone()),
            Self::Client => plain("client"),
            Self::NoToken | Self::Token(_) | Self::NoClaim => ("refused", self.to_string()),
        }
    }
}

/// What a provider says of itself, as far as it matters.
#[derive(Debug, Clone, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    jwks_uri: Option<String>,
    userinfo_endpoint: Option<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// A provider that can be used.
pub struct Provider {
    settings: OidcSettings,
    dialer: Dialer,
    authorization: String,
    token: String,
    keys_at: String,
    userinfo: Option<String>,
    /// The secret goes into the form, not into the header.
    by_form: bool,
    /// It says with each answer that it is its own.
    says_issuer: bool,
}

/// An endpoint: like the provider itself, it may be called by https, or is on this very machine.
fn endpoint(name: &'static str, address: Option<String>, settings: &OidcSettings) -> Result<String, Trouble> {
    let address = address.ok_or(Trouble::Lacks(name))?;
    let target = address::check(&address, Reach::Named).ok_or(Trouble::Endpoint(name))?;
    if !target.tls && settings.issuer.starts_with("https:") {
        return Err(Trouble::Endpoint(name));
    }
    Ok(address)
}

fn says(list: Option<&Vec<String>>, known: &[&str]) -> bool {
    list.is_none_or(|list| list.iter().any(|one| known.contains(&one.as_str())))
}

impl Provider {
    /// Asks a provider what it says of itself.
    pub async fn discover(settings: OidcSettings) -> Result<Self, Trouble> {
        let own = settings
            .certificates()
            .map_err(|problem| Trouble::Tls(problem.message))?;
        let dialer = Dialer::new(Reach::Named, own).map_err(|error| Trouble::Tls(error.to_string()))?;
        let address = format!(
            "{}/.well-known/openid-configuration",
            settings.issuer.trim_end_matches('/')
        );
        let said = call::get(&dialer, &address).await?;
        let said: Discovery = serde_json::from_value(said).map_err(|_| Trouble::Lacks("issuer"))?;
        if said.issuer != settings.issuer {
            return Err(Trouble::OtherIssuer(printable(&said.issuer)));
        }
        if !says(said.code_challenge_methods_supported.as_ref(), &["S256"]) {
            return Err(Trouble::NoPkce);
        }
        if !says(
            said.id_token_signing_alg_values_supported.as_ref(),
            &["RS256", "ES256", "EdDSA"],
        ) {
            return Err(Trouble::Algorithms);
        }
        let methods = said.token_endpoint_auth_methods_supported.as_ref();
        Ok(Self {
            authorization: endpoint("authorization_endpoint", said.authorization_endpoint, &settings)?,
            token: endpoint("token_endpoint", said.token_endpoint, &settings)?,
            keys_at: endpoint("jwks_uri", said.jwks_uri, &settings)?,
            userinfo: match said.userinfo_endpoint {
                Some(address) => Some(endpoint("userinfo_endpoint", Some(address), &settings)?),
                None => None,
            },
            by_form: methods.is_some() && !says(methods, &["client_secret_basic"]),
            says_issuer: said.authorization_response_iss_parameter_supported,
            settings,
            dialer,
        })
    }

    pub async fn keys(&self) -> Result<Vec<Key>, Trouble> {
        let keys = token::keys(&call::get(&self.dialer, &self.keys_at).await?);
        if keys.is_empty() {
            Err(Trouble::NoKeys)
        } else {
            Ok(keys)
        }
    }

    /// Where somebody is sent to log in.
    pub fn address(&self, ticket: &Ticket, back: &str) -> String {
        let scope = if self.settings.claim == "sub" {
            "openid"
        } else {
            "openid profile email"
        };
        let query = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client)
            .append_pair("redirect_uri", back)
            .append_pair("scope", scope)
            .append_pair("state", &ticket.state)
            .append_pair("nonce", &ticket.nonce)
            .append_pair("code_challenge", &ticket.challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        let joint = if self.authorization.contains('?') { '&' } else { '?' };
        format!("{}{joint}{query}", self.authorization)
    }

    /// Did this provider answer? (RFC 9207)
    pub fn answered(&self, issuer: Option<&str>) -> bool {
        match issuer {
            Some(issuer) => issuer == self.settings.issuer,
            None => !self.says_issuer,
        }
    }

    /// What is asked of the token endpoint: the form, and how we say who we are.
    fn form(&self, code: &str, verifier: &str, back: &str) -> (String, Option<String>) {
        let settings = &self.settings;
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", back)
            .append_pair("code_verifier", verifier);
        let mut authorization = None;
        match &settings.secret {
            Some(secret) if !self.by_form => {
                let quoted = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let both = format!("{}:{}", quoted(&settings.client), quoted(secret.text()));
                authorization = Some(format!("Basic {}", BASE64.encode(both.as_bytes())));
            }
            secret => {
                form.append_pair("client_id", &settings.client);
                if let Some(secret) = secret {
                    form.append_pair("client_secret", secret.text());
                }
            }
        }
        (form.finish(), authorization)
    }

    /// Exchanges a code; the answer of the token endpoint.
    async fn redeem(&self, code: &str, verifier: &str, back: &str) -> Result<Value, Trouble> {
        let (form, authorization) = self.form(code, verifier, back);
        let question = Question {
            address: &self.token,
            form: Some(form),
            authorization,
        };
        let (status, answer) = call::ask(&self.dialer, question).await?;
        if status.is_success() {
            return Ok(answer);
        }
        match answer.get("error").and_then(Value::as_str) {
            Some("invalid_client" | "unauthorized_client") => Err(Trouble::Client),
            Some(error) => Err(Trouble::Refused(printable(error))),
            None => Err(NoAnswer::Status(status.as_u16()).into()),
        }
    }

    /// The claim from the other place where a provider may say it.
    async fn told(&self, claims: &Claims, access: Option<&str>) -> Result<String, Trouble> {
        let claim = &self.settings.claim;
        if let Some(value) = claims.value(claim) {
            return Ok(value.to_owned());
        }
        let (Some(address), Some(access)) = (&self.userinfo, access) else {
            return Err(Trouble::NoClaim);
        };
        let question = Question {
            authorization: Some(format!("Bearer {access}")),
            ..Question::get(address)
        };
        let (status, answer) = call::ask(&self.dialer, question).await?;
        let Value::Object(rest) = answer else {
            return Err(NoAnswer::Status(status.as_u16()).into());
        };
        let same = rest.get("sub").and_then(Value::as_str) == Some(&claims.subject);
        let told = Claims {
            subject: claims.subject.clone(),
            rest,
        };
        match told.value(claim).filter(|_| same && status.is_success()) {
            Some(value) => Ok(value.to_owned()),
            None => Err(Trouble::NoClaim),
        }
    }
}

/// What a provider wrote, as far as it can stand in a log.
pub fn printable(text: &str) -> String {
    let plain = text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ');
    plain.take(200).collect()
}

/// What is wrong with settings, as a provider answers them. Empty: nothing.
pub async fn look(settings: OidcSettings, back: &str) -> Vec<Trouble> {
    let provider = match Provider::discover(settings).await {
        Ok(provider) => provider,
        Err(trouble) => return vec![trouble],
    };
    let mut found = Vec::new();
    if let Err(trouble) = provider.keys().await {
        found.push(trouble);
    }
    // A code that is none is refused; what counts is whether we are.
    let nothing = "melder-test-melder-test-melder-test-melder-test";
    match provider.redeem(nothing, nothing, back).await {
        Ok(_) | Err(Trouble::Refused(_)) => {}
        Err(trouble) => found.push(trouble),
    }
    found
}

/// Who logged in, as a token that is good says.
pub struct Person {
    provider: Arc<Provider>,
    claims: Claims,
    access: Option<String>,
}

impl Person {
    /// What the provider calls them.
    pub fn subject(&self) -> &str {
        &self.claims.subject
    }

    /// The value of the settings' claim.
    ///
    /// # Errors
    /// When the provider says nothing of it.
    pub async fn claim(&self) -> Result<String, Trouble> {
        self.provider.told(&self.claims, self.access.as_deref()).await
    }
}

struct Known {
    provider: Arc<Provider>,
    keys: Arc<Vec<Key>>,
    since: Time,
    again: (Time, u32),
}

/// The providers of all organisations, as far as they are in use.
#[derive(Default)]
pub struct Providers(Mutex<HashMap<OrganisationId, Known>>);

impl Providers {
    /// # Errors
    /// When it can't be asked, or what it says of itself will not do.
    pub async fn of(&self, now: Time, settings: &OidcSettings) -> Result<Arc<Provider>, Trouble> {
        Ok(self.known(now, settings).await?.0)
    }

    fn kept(&self, now: Time, settings: &OidcSettings) -> Option<(Arc<Provider>, Arc<Vec<Key>>)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(&settings.organisation)?;
        let fresh = now.since(known.since) < KEPT && known.provider.settings == *settings;
        fresh.then(|| (Arc::clone(&known.provider), Arc::clone(&known.keys)))
    }

    async fn known(&self, now: Time, settings: &OidcSettings) -> Result<(Arc<Provider>, Arc<Vec<Key>>), Trouble> {
        if let Some(kept) = self.kept(now, settings) {
            return Ok(kept);
        }
        let provider = Arc::new(Provider::discover(settings.clone()).await?);
        let keys = Arc::new(provider.keys().await?);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        let again = known.get(&settings.organisation).map_or((now, 0), |known| known.again);
        known.insert(
            settings.organisation,
            Known {
                provider: Arc::clone(&provider),
                keys: Arc::clone(&keys),
                since: now,
                again,
            },
        );
        Ok((provider, keys))
    }

    /// May keys be asked for anew?
    fn may_again(&self, now: Time, organisation: OrganisationId) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = known.get_mut(&organisation) else {
            return false;
        };
        if now.since(known.again.0) >= SPAN {
            known.again = (now, 0);
        }
        known.again.1 = known.again.1.saturating_add(1);
        known.again.1 <= AGAIN
    }

    /// What the provider says of who logged in.
    ///
    /// # Errors
    /// When the provider refuses, or anything about its answer is not as it has to be.
    pub async fn who(
        &self,
        now: Time,
        settings: &OidcSettings,
        pending: &Pending,
        code: &str,
        back: &str,
    ) -> Result<Person, Trouble> {
        let (provider, keys) = self.known(now, settings).await?;
        let answer = provider.redeem(code, &pending.verifier, back).await?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let token = text("id_token").ok_or(Trouble::NoToken)?;
        let expected = Expected {
            issuer: &settings.issuer,
            client: &settings.client,
            nonce: &pending.nonce,
            now,
        };
        let claims = match token::read(token, &keys, expected) {
            Err(Refused::UnknownKey) if self.may_again(now, settings.organisation) => {
                let keys = Arc::new(provider.keys().await?);
                self.learn(settings.organisation, &keys);
                token::read(token, &keys, expected)?
            }
            read => read?,
        };
        Ok(Person {
            access: text("access_token").map(str::to_owned),
            provider,
            claims,
        })
    }

    fn learn(&self, organisation: OrganisationId, keys: &Arc<Vec<Key>>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get_mut(&organisation) {
            known.keys = Arc::clone(keys);
        }
    }
}
