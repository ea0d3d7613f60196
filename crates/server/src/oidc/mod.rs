// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The city's own log-in (OpenID Connect), from the button of the first run to an invitation. Authorization code flow
//! with PKCE; what comes out of it is an ordinary short-lived invitation ([`crate::directory::oidc`]), so the provider
//! gets no part in the trust between devices, and this server learns no password.
//!
//! ```text
//! app ─▶ GET /oidc/start ─▶ 303 provider ─▶ person logs in ─▶ GET /oidc/callback/ORGANISATION?code&state
//!          state, nonce, verifier: here                          code + verifier ─▶ ID token ─▶ claim ─▶ account
//!          cookie: in the browser                                303 /join#INVITATION, or 303 /?login=WHY
//! ```
//!
//! Each organisation has a callback of its own, so that no provider can have another's answer brought to it (RFC 9700,
//! mix-up). No I/O happens within the core's transaction: it is asked before and after.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use melder_protocol::OrganisationId;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::Handle;
use crate::admin::ask;
use crate::admin::door::{Attempt, Door};
use crate::directory::oidc::{self as directory, OidcSettings, Why};
use crate::webauthn::Site;

mod call;
pub(crate) mod provider;
mod token;
mod verify;
mod waiting;

#[cfg(test)]
mod tests;

use provider::{Providers, Trouble, printable};
use waiting::{PATIENCE, Ticket, Waiting};

/// What may be asked before there is an account: is there a log-in, and whose?
pub const OFFER: &str = "/v1/log-in";
const START: &str = "/oidc/start";
const CALLBACK: &str = "/oidc/callback";
/// Log-ins at once that wait for a provider.
const AT_ONCE: usize = 32;

/// Where an organisation's provider sends people back to; it has to know this address.
pub(crate) fn callback(site: &Site, organisation: OrganisationId) -> String {
    format!("{}{CALLBACK}/{organisation}", site.origin)
}

/// Where a log-in to an organisation begins.
fn start_of(organisation: OrganisationId) -> String {
    format!("{START}?organisation={organisation}")
}

/// Why there is no invitation, as the app is told in its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum No {
    /// The directory's.
    Why(Why),
    /// The person turned round.
    Cancelled,
    /// It took too long, came back twice, or came back to another browser.
    Over,
    /// The provider can't be reached.
    Unreachable,
    /// The provider's answer will not do.
    Failed,
    /// Too often, or too many at once.
    Busy,
}

impl No {
    const fn word(self) -> &'static str {
        match self {
            Self::Why(Why::Off) => "off",
            Self::Why(Why::Unknown) => "unknown",
            Self::Why(Why::Suspended) => "suspended",
            Self::Why(Why::Ended) => "ended",
            Self::Why(Why::Joined) => "joined",
            Self::Cancelled => "cancelled",
            Self::Over => "over",
            Self::Unreachable => "unreachable",
            Self::Failed => "failed",
            Self::Busy => "busy",
        }
    }
}

impl From<&Trouble> for No {
    fn from(trouble: &Trouble) -> Self {
        match trouble {
            Trouble::NoAnswer(_) | Trouble::Tls(_) => Self::Unreachable,
            Trouble::NoClaim => Self::Why(Why::Unknown),
            _ => Self::Failed,
        }
    }
}

/// What the doors share.
pub(crate) struct LogIns {
    handle: Handle,
    door: Mutex<Door>,
    waiting: Mutex<Waiting>,
    providers: Providers,
    permits: Semaphore,
}

type Here = State<Arc<LogIns>>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn router(handle: Handle) -> Router {
    let here = Arc::new(LogIns {
        handle,
        door: Mutex::default(),
        waiting: Mutex::default(),
        providers: Providers::default(),
        permits: Semaphore::new(AT_ONCE),
    });
    Router::new()
        .route(OFFER, get(offer))
        .route(START, get(start))
        .route(&format!("{CALLBACK}/{{organisation}}"), get(back))
        .with_state(here)
}

#[derive(Deserialize)]
struct Whose {
    organisation: Option<String>,
}

impl Whose {
    /// What is no id names nobody's log-in.
    fn read(&self) -> Result<Option<OrganisationId>, ()> {
        let named = self.organisation.as_deref().filter(|text| !text.is_empty());
        named.map(str::parse).transpose().map_err(|_| ())
    }
}

/// Headers of all answers: they are of this moment, and say nothing to the next page.
fn plain(mut response: Response) -> Response {
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// `GET /v1/log-in`: the log-in that the first run offers. Which organisations there are is nobody's to ask: it is the
/// server's only one, or the one whose id the address named.
async fn offer(State(here): Here, Query(whose): Query<Whose>) -> Response {
    let found = match whose.read() {
        Ok(named) => here.handle.call(move |work| Ok(directory::offered(work, named)?)).await,
        Err(()) => Ok(None),
    };
    let body = match found {
        Ok(Some((name, settings))) => {
            let organisation = settings.organisation;
            json!({"organisation": {"id": organisation.to_string(), "name": name}, "start": start_of(organisation)})
        }
        Ok(None) => json!({}),
        Err(_) => return plain(StatusCode::SERVICE_UNAVAILABLE.into_response()),
    };
    plain(Json(body).into_response())
}

/// Sends the browser somewhere.
fn to(address: &str) -> Response {
    match HeaderValue::try_from(address) {
        Ok(mut value) => {
            value.set_sensitive(true);
            let mut response = StatusCode::SEE_OTHER.into_response();
            response.headers_mut().insert(header::LOCATION, value);
            plain(response)
        }
        Err(_) => plain(StatusCode::BAD_GATEWAY.into_response()),
    }
}

/// Back to the first run, which says why.
fn no(organisation: Option<OrganisationId>, no: No) -> Response {
    match organisation {
        Some(organisation) => to(&format!("/?login={}&organisation={organisation}", no.word())),
        None => to(&format!("/?login={}", no.word())),
    }
}

/// With `__Host-`, browsers let nobody but this very host set it, and over TLS alone.
fn cookie_name(site: &Site) -> &'static str {
    if site.is_https() {
        "__Host-melder-login"
    } else {
        "melder-login"
    }
}

/// `Lax`: it has to come along when the provider sends the browser back.
fn with_cookie(mut response: Response, site: &Site, value: &str, age: u64) -> Response {
    let (name, secure) = (cookie_name(site), if site.is_https() { "; Secure" } else { "" });
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}");
    if let Ok(mut value) = HeaderValue::try_from(text) {
        value.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

impl LogIns {
    fn site(&self, headers: &HeaderMap) -> Option<Site> {
        match self.handle.public_url() {
            Some(url) => Site::of(url),
            None => Site::of(&format!("http://{}", ask::host(headers)?)),
        }
    }

    /// A way to the provider, and what the browser takes along.
    async fn begin(
        self: &Arc<Self>,
        site: &Site,
        named: Option<OrganisationId>,
        from: std::net::IpAddr,
    ) -> Result<(String, Ticket), (Option<OrganisationId>, No)> {
        let doors = Arc::clone(self);
        let known = self
            .handle
            .call(move |work| {
                let may = lock(&doors.door).knock(work.now, Attempt::Provider, from).is_ok();
                Ok((may, work.now, directory::offered(work, named)?))
            })
            .await;
        let (may, now, offered) = known.map_err(|_| (named, No::Failed))?;
        if !may {
            return Err((named, No::Busy));
        }
        let (_, settings) = offered.ok_or((named, No::Why(Why::Off)))?;
        let organisation = settings.organisation;
        let _permit = self.permits.try_acquire().map_err(|_| (Some(organisation), No::Busy))?;
        let provider = self.providers.of(now, &settings).await.map_err(|trouble| {
            tracing::warn!(%organisation, %trouble, "the log-in's provider");
            (Some(organisation), No::from(&trouble))
        })?;
        let doors = Arc::clone(self);
        let revision = settings.revision;
        let ticket = self
            .handle
            .call(move |work| Ok(lock(&doors.waiting).begin(work.now, work.rng, organisation, revision)))
            .await
            .map_err(|_| (Some(organisation), No::Failed))?;
        Ok((provider.address(&ticket, &callback(site, organisation)), ticket))
    }

    /// An invitation's link, for whoever came back.
    async fn finish(
        self: &Arc<Self>,
        site: &Site,
        organisation: OrganisationId,
        answer: Back,
        browser: Option<String>,
    ) -> Result<String, No> {
        let doors = Arc::clone(self);
        let state = answer.state.clone().unwrap_or_default();
        let known = self
            .handle
            .call(move |work| {
                let pending = lock(&doors.waiting).take(work.now, &state, organisation, browser.as_deref());
                Ok((work.now, pending, directory::offered(work, Some(organisation))?))
            })
            .await;
        let (now, pending, offered) = known.map_err(|_| No::Failed)?;
        let pending = pending.ok_or(No::Over)?;
        let settings = offered.map(|(_, settings)| settings);
        let settings = settings.filter(|settings| settings.revision == pending.revision);
        let settings: OidcSettings = settings.ok_or(No::Why(Why::Off))?;
        let _permit = self.permits.try_acquire().map_err(|_| No::Busy)?;
        let back = callback(site, organisation);
        let value = async {
            let provider = self.providers.of(now, &settings).await?;
            // Another's answer proves nothing, not even that somebody turned round.
            if !provider.answered(answer.iss.as_deref()) {
                return Err(Trouble::OtherIssuer(printable(
                    answer.iss.as_deref().unwrap_or("nothing"),
                )));
            }
            match (&answer.code, &answer.error) {
                (Some(code), None) => self.providers.who(now, &settings, &pending, code, &back).await,
                (_, error) => Err(Trouble::Refused(printable(error.as_deref().unwrap_or("no code")))),
            }
        };
        let value = value.await.map_err(|trouble| {
            let cancelled = answer.error.as_deref() == Some("access_denied");
            if cancelled && matches!(trouble, Trouble::Refused(_)) {
                return No::Cancelled;
            }
            tracing::warn!(%organisation, %trouble, "a log-in");
            No::from(&trouble)
        })?;
        self.invite(site, settings, value).await
    }

    async fn invite(self: &Arc<Self>, site: &Site, settings: OidcSettings, value: String) -> Result<String, No> {
        let (doors, origin) = (Arc::clone(self), site.origin.clone());
        let link = self.handle.call(move |work| {
            let account = match directory::account_of(work, &settings, &value)? {
                Ok(account) => account,
                Err(why) => return Ok(Err(No::Why(why))),
            };
            if !lock(&doors.waiting).count(work.now, account) {
                return Ok(Err(No::Busy));
            }
            let new = directory::invite(work, settings.organisation, account)?;
            Ok(Ok(new.link(&origin)))
        });
        link.await.map_err(|_| No::Failed)?
    }
}

/// `GET /oidc/start`: to the provider.
async fn start(
    State(here): Here,
    Query(whose): Query<Whose>,
    peer: Option<axum::Extension<ConnectInfo<std::net::SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    let (Some(site), Ok(named)) = (here.site(&headers), whose.read()) else {
        return no(None, No::Why(Why::Off));
    };
    let from = ask::from(peer.map(|peer| peer.0.0), &headers);
    match here.begin(&site, named, from).await {
        Ok((address, ticket)) => with_cookie(to(&address), &site, &ticket.browser, PATIENCE / 1_000),
        Err((organisation, why)) => no(organisation, why),
    }
}

/// What a provider's answer brings.
#[derive(Deserialize)]
struct Back {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// `GET /oidc/callback/ORGANISATION`: back from the provider.
async fn back(
    State(here): Here,
    Path(organisation): Path<String>,
    Query(answer): Query<Back>,
    headers: HeaderMap,
) -> Response {
    let (Some(site), Ok(organisation)) = (here.site(&headers), organisation.parse::<OrganisationId>()) else {
        return no(None, No::Over);
    };
    let browser = ask::cookie_named(&headers, cookie_name(&site));
    let response = match here.finish(&site, organisation, answer, browser).await {
        Ok(link) => to(&link),
        Err(why) => no(Some(organisation), why),
    };
    with_cookie(response, &site, "", 0)
}
