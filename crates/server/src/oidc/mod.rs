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
//! Where the organisation allows it, the same way leads administrators into the Leitstand
//! ([`crate::directory::admins::oidc`]): what a log-in is for is settled when it begins ([`waiting::Purpose`]).
//!
//! Each organisation has a callback of its own, so that no provider can have another's answer brought to it (RFC 9700,
//! mix-up). No I/O happens within the core's transaction: it is asked before and after.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use melder_protocol::{ErrorCode, OrganisationId, Time};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::Handle;
use crate::admin::door::{Attempt, Door};
use crate::admin::{admins as sessions, ask};
use crate::directory::admins::{Cookie, oidc as admins};
use crate::directory::oidc::{self as directory, OidcSettings, Why};
use crate::directory::problem::Problem;
use crate::webauthn::Site;

mod call;
pub(crate) mod provider;
mod token;
mod verify;
pub(crate) mod waiting;

#[cfg(test)]
mod tests;

use provider::{Providers, Trouble, printable};
use waiting::{PATIENCE, Pending, Place, Purpose, Ticket, Waiting};

/// What may be asked before there is an account: is there a log-in, and whose?
pub const OFFER: &str = "/v1/log-in";
const START: &str = "/oidc/start";
const CALLBACK: &str = "/oidc/callback";
/// Where administrators are, and where they see who gets in.
const LEITSTAND: &str = "/leitstand";
const ACCESS: &str = "/leitstand/zugaenge";
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

/// The same for an administrator.
fn start_for_leitstand(organisation: OrganisationId) -> String {
    format!("{}&for=leitstand", start_of(organisation))
}

/// What comes of a log-in.
enum Came {
    /// An invitation's link.
    Invited(String),
    /// An administrator's session.
    In(Cookie),
    Linked,
}

/// Why nothing comes of a log-in, as the page where it began is told in its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum No {
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
            Self::Why(Why::Taken) => "taken",
            Self::Cancelled => "cancelled",
            Self::Over | Self::Why(Why::Over) => "over",
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

impl From<No> for Problem {
    fn from(no: No) -> Self {
        match no {
            No::Busy => ErrorCode::RateLimited.into(),
            _ => Self::conflict("the provider can't be reached, or its answer will not do"),
        }
    }
}

/// What the doors share: those of the log-in, and the administrators' API.
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

pub(crate) fn router(here: Arc<LogIns>) -> Router {
    Router::new()
        .route(OFFER, get(offer))
        .route(START, get(start))
        .route(&format!("{CALLBACK}/{{organisation}}"), get(back))
        .with_state(here)
}

#[derive(Deserialize)]
struct Whose {
    organisation: Option<String>,
    /// `leitstand`: an administrator's.
    #[serde(rename = "for")]
    purpose: Option<String>,
}

impl Whose {
    /// What is no id names nobody's log-in.
    fn read(&self) -> Result<Option<OrganisationId>, ()> {
        let named = self.organisation.as_deref().filter(|text| !text.is_empty());
        named.map(str::parse).transpose().map_err(|_| ())
    }

    fn purpose(&self) -> Purpose {
        match self.purpose.as_deref() {
            Some("leitstand") => Purpose::Admin,
            _ => Purpose::Device,
        }
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
            let mut body = json!({"organisation": {"id": organisation.to_string(), "name": name}, "start": start_of(organisation)});
            if settings.admins {
                body["leitstand"] = start_for_leitstand(organisation).into();
            }
            body
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

/// Back to where it began, which says why.
fn no(place: Place, organisation: Option<OrganisationId>, no: No) -> Response {
    let page = match place {
        Place::App => "/",
        Place::Leitstand => LEITSTAND,
        Place::Access => ACCESS,
    };
    match organisation {
        Some(organisation) => to(&format!("{page}?login={}&organisation={organisation}", no.word())),
        None => to(&format!("{page}?login={}", no.word())),
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

/// The browser that was given this is the one that has to come back.
pub(crate) fn bound(response: Response, site: &Site, ticket: &Ticket) -> Response {
    with_cookie(response, site, &ticket.browser, PATIENCE / 1_000)
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
    pub(crate) fn new(handle: Handle) -> Arc<Self> {
        Arc::new(Self {
            handle,
            door: Mutex::default(),
            waiting: Mutex::default(),
            providers: Providers::default(),
            permits: Semaphore::new(AT_ONCE),
        })
    }

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
        purpose: Purpose,
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
        // An administrator's session begins where a passkey could begin it, too.
        let allowed =
            |settings: &OidcSettings| purpose == Purpose::Device || (settings.admins && site.takes_passkeys());
        let settings = offered.map(|(_, settings)| settings).filter(allowed);
        let settings = settings.ok_or((named, No::Why(Why::Off)))?;
        let organisation = settings.organisation;
        self.leave(site, now, &settings, purpose)
            .await
            .map_err(|no| (Some(organisation), no))
    }

    /// The same, when it is known by which settings and for what.
    pub(crate) async fn leave(
        self: &Arc<Self>,
        site: &Site,
        now: Time,
        settings: &OidcSettings,
        purpose: Purpose,
    ) -> Result<(String, Ticket), No> {
        let (organisation, revision) = (settings.organisation, settings.revision);
        let _permit = self.permits.try_acquire().map_err(|_| No::Busy)?;
        let provider = self.providers.of(now, settings).await.map_err(|trouble| {
            tracing::warn!(%organisation, %trouble, "the log-in's provider");
            No::from(&trouble)
        })?;
        let doors = Arc::clone(self);
        let ticket = self
            .handle
            .call(move |work| Ok(lock(&doors.waiting).begin(work.now, work.rng, organisation, revision, purpose)))
            .await
            .map_err(|_| No::Failed)?;
        Ok((provider.address(&ticket, &callback(site, organisation)), ticket))
    }

    /// What comes of it, for whoever came back. `session`: what the browser has of one already.
    async fn finish(
        self: &Arc<Self>,
        site: &Site,
        organisation: OrganisationId,
        answer: Back,
        browser: Option<String>,
        session: Option<String>,
    ) -> Result<Came, No> {
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
        let named = self.named(site, now, &settings, &pending, &answer).await;
        let named = named.map_err(|trouble| {
            let cancelled = answer.error.as_deref() == Some("access_denied");
            if cancelled && matches!(trouble, Trouble::Refused(_)) {
                return No::Cancelled;
            }
            tracing::warn!(%organisation, %trouble, "a log-in");
            No::from(&trouble)
        })?;
        match pending.purpose {
            Purpose::Device => self.invite(site, settings, named).await.map(Came::Invited),
            purpose => self.let_in(settings, purpose, named, session).await,
        }
    }

    /// How the provider names whoever came back: by the settings' claim for an account, by its own `sub` for an admin.
    async fn named(
        &self,
        site: &Site,
        now: Time,
        settings: &OidcSettings,
        pending: &Pending,
        answer: &Back,
    ) -> Result<String, Trouble> {
        let provider = self.providers.of(now, settings).await?;
        // Another's answer proves nothing, not even that somebody turned round.
        if !provider.answered(answer.iss.as_deref()) {
            return Err(Trouble::OtherIssuer(printable(
                answer.iss.as_deref().unwrap_or("nothing"),
            )));
        }
        let (Some(code), None) = (&answer.code, &answer.error) else {
            let error = answer.error.as_deref().unwrap_or("no code");
            return Err(Trouble::Refused(printable(error)));
        };
        let back = callback(site, settings.organisation);
        let person = self.providers.who(now, settings, pending, code, &back).await?;
        match pending.purpose {
            Purpose::Device => person.claim().await,
            Purpose::Admin | Purpose::LinkAdmin { .. } => Ok(person.subject().to_owned()),
        }
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

    /// An administrator comes in, or links what the provider calls them.
    async fn let_in(
        &self,
        settings: OidcSettings,
        purpose: Purpose,
        subject: String,
        old: Option<String>,
    ) -> Result<Came, No> {
        let came = self.handle.call(move |work| {
            Ok(match purpose {
                Purpose::Device => Err(Why::Off),
                Purpose::Admin => admins::log_in(work, &settings, &subject, old.as_deref())?.map(Came::In),
                Purpose::LinkAdmin { admin, session } => {
                    admins::link(work, &settings, admin, &session, &subject)?.map(|()| Came::Linked)
                }
            })
        });
        came.await.map_err(|_| No::Failed)?.map_err(No::Why)
    }
}

/// `GET /oidc/start`: to the provider.
async fn start(
    State(here): Here,
    Query(whose): Query<Whose>,
    peer: Option<axum::Extension<ConnectInfo<std::net::SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    let purpose = whose.purpose();
    let (Some(site), Ok(named)) = (here.site(&headers), whose.read()) else {
        return no(purpose.place(), None, No::Why(Why::Off));
    };
    let from = ask::from(peer.map(|peer| peer.0.0), &headers);
    match here.begin(&site, named, purpose, from).await {
        Ok((address, ticket)) => bound(to(&address), &site, &ticket),
        Err((organisation, why)) => no(purpose.place(), organisation, why),
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
    let place = Place::of(answer.state.as_deref().unwrap_or_default());
    let (Some(site), Ok(organisation)) = (here.site(&headers), organisation.parse::<OrganisationId>()) else {
        return no(place, None, No::Over);
    };
    let browser = ask::cookie_named(&headers, cookie_name(&site));
    let session = ask::cookie(&headers, &site);
    let response = match here.finish(&site, organisation, answer, browser, session).await {
        Ok(Came::Invited(link)) => to(&link),
        Ok(Came::In(cookie)) => sessions::with_cookie(to(LEITSTAND), Some(&cookie), &site),
        Ok(Came::Linked) => to(ACCESS),
        Err(why) => no(place, Some(organisation), why),
    };
    with_cookie(response, &site, "", 0)
}
