// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The administrators' REST API, under `/v1/admin`. A thin layer: it reads a token and JSON, runs one domain function
//! at a [`Desk`] inside the core's transaction, and writes JSON. What is allowed and what follows is decided there.
//!
//! One table below ([`routes`]) gives the router, the OpenAPI document and the list that the tests compare, so a
//! route without documentation does not exist.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::routing::MethodRouter;
use axum::{Json, Router};
use melder_protocol::{ErrorCode, Refusal};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi as _;

use crate::Handle;
use crate::core::Work;
use crate::directory::admins::{Holder, entry};
use crate::directory::problem::{Outcome, Problem};
use crate::directory::types::{ApiToken, Scope};
use crate::directory::{Desk, tokens};
use crate::oidc::LogIns;
use crate::webauthn::Site;

pub(crate) mod admins;
pub mod answer;
pub(crate) mod ask;
pub mod body;
pub(crate) mod brand;
mod bulk;
mod document;
pub(crate) mod door;
mod export;
mod groups;
mod invitations;
mod ldap;
mod notice;
mod oidc;
mod operations;
mod organisations;
mod overview;
mod papers;
mod people;
mod records;
mod rules;
mod scim;
mod shapes;

#[cfg(test)]
mod tests;

use answer::{Answer, Failure};
use ask::{Caller, Proof};
use document::Common;
use door::Door;

/// The largest table: 10,000 rows of 800 bytes.
const MAX_IMPORT: usize = 8 * 1024 * 1024;
/// The largest other body: rules that name 10,000 accounts.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// What the handlers work with.
#[derive(Clone)]
pub(crate) struct Api {
    handle: Handle,
    door: Arc<Mutex<Door>>,
    log_ins: Arc<LogIns>,
}

/// Who can do a thing: any of these scopes (`owner` can do all of its organisation's).
type Scopes = &'static [Scope];

impl Api {
    /// Runs a function in the core's transaction. With `dry`, everything is undone, and the answer stays.
    async fn run<T: Send + 'static>(
        &self,
        dry: bool,
        run: impl FnOnce(&mut Work<'_>) -> Outcome<T> + Send + 'static,
    ) -> Answer<T> {
        // The core speaks in refusals, which have no room for words, fields and rows: those go beside it.
        let slot: Arc<Mutex<Option<Outcome<T>>>> = Arc::default();
        let beside = Arc::clone(&slot);
        let answer = self
            .handle
            .call(move |work| {
                let put = |outcome| *beside.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
                match run(work) {
                    Ok(value) if !dry => Ok(value),
                    Ok(value) => {
                        put(Ok(value));
                        Err(Refusal::new(ErrorCode::Conflict))
                    }
                    Err(problem) => {
                        let refusal = Refusal::from(problem.clone());
                        put(Err(problem));
                        Err(refusal)
                    }
                }
            })
            .await;
        match answer {
            Ok(value) => Ok(value),
            Err(refusal) => match slot.lock().unwrap_or_else(PoisonError::into_inner).take() {
                Some(Ok(value)) if refusal.code == ErrorCode::Conflict => Ok(value),
                Some(Err(problem)) if refusal.code == problem.code => Err(problem.into()),
                _ => Err(refusal.into()),
            },
        }
    }

    /// The server as browsers know it: its public address, or without one, the host that the caller used.
    fn site(&self, headers: &HeaderMap) -> Option<Site> {
        match self.handle.public_url() {
            Some(url) => Site::of(url),
            None => Site::of(&format!("http://{}", ask::host(headers)?)),
        }
    }

    /// Runs a function beside the door, whose memory holds what is not in the store.
    async fn door<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Work<'_>, &mut Door) -> Outcome<T> + Send + 'static,
    ) -> Answer<T> {
        let door = Arc::clone(&self.door);
        self.run(false, move |work| {
            run(work, &mut door.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
    }

    /// Runs a function at the desk of the caller's organisation.
    async fn desk<T: Send + 'static>(
        &self,
        caller: Caller,
        scopes: Scopes,
        run: impl FnOnce(&mut Desk<'_, '_>) -> Outcome<T> + Send + 'static,
    ) -> Answer<T> {
        self.desk_or_dry(false, caller, scopes, run).await
    }

    async fn desk_or_dry<T: Send + 'static>(
        &self,
        dry: bool,
        caller: Caller,
        scopes: Scopes,
        run: impl FnOnce(&mut Desk<'_, '_>) -> Outcome<T> + Send + 'static,
    ) -> Answer<T> {
        self.run(dry, move |work| {
            let holder = holder(work, &caller.proof)?;
            let organisation = holder.organisation().ok_or(ErrorCode::Forbidden)?;
            let reach = holder.reach(work, scopes)?;
            let mut desk = Desk::new(work, organisation, Some(holder.actor()));
            desk.reach = reach;
            desk.reason = caller.reason;
            run(&mut desk)
        })
        .await
    }

    /// Runs a function for a token of the scope `server`.
    async fn server<T: Send + 'static>(
        &self,
        caller: Caller,
        run: impl FnOnce(&mut Work<'_>, &ApiToken) -> Outcome<T> + Send + 'static,
    ) -> Answer<T> {
        self.run(false, move |work| match holder(work, &caller.proof)? {
            Holder::Token(token) if token.allows(Scope::Server) => run(work, &token),
            _ => Err(Problem::new(
                ErrorCode::Forbidden,
                "this needs a token with the scope server",
            )),
        })
        .await
    }

    /// Scheme and host for links.
    fn address(&self, origin: &ask::Origin) -> String {
        self.handle.public_url().map_or_else(|| origin.0.clone(), str::to_owned)
    }
}

/// Who presents this.
fn holder(work: &mut Work<'_>, proof: &Proof) -> Outcome<Holder> {
    match proof {
        Proof::Token(text) => tokens::authenticate(work, text).map(Holder::Token),
        Proof::Session(cookie) => entry::of_session(work, cookie).map(Holder::Admin),
    }
}

macro_rules! routes {
    ($($method:ident $path:literal $module:ident::$handler:ident;)+) => {
        /// Every route: method and path.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),+];

        fn handlers() -> Router<Api> {
            let routes: Vec<(&str, MethodRouter<Api>)> =
                vec![$(($path, axum::routing::$method($module::$handler))),+];
            routes.into_iter().fold(Router::new(), |router, (path, handler)| {
                let import = path.ends_with("/import");
                let handler = if import { handler.layer(DefaultBodyLimit::max(MAX_IMPORT)) } else { handler };
                router.route(path, handler)
            })
        }

        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($module::$handler),+), modifiers(&Common))]
        struct Document;
    };
}

routes! {
    post "/v1/admin/setup" organisations::setup;
    get "/v1/admin/me" organisations::me;
    get "/v1/admin/overview" overview::overview;
    get "/v1/admin/privacy" overview::privacy;
    get "/v1/admin/admins" admins::list;
    post "/v1/admin/admins" admins::create;
    get "/v1/admin/admins/{id}" admins::show;
    patch "/v1/admin/admins/{id}" admins::change;
    delete "/v1/admin/admins/{id}" admins::remove;
    post "/v1/admin/admins/{id}/enrol" admins::invite;
    post "/v1/admin/passkeys/registration" admins::begin_passkey;
    get "/v1/admin/passkeys" admins::passkeys;
    post "/v1/admin/passkeys" admins::add_passkey;
    delete "/v1/admin/passkeys/{id}" admins::remove_passkey;
    post "/v1/admin/session/challenge" admins::challenge;
    post "/v1/admin/session" admins::log_in;
    delete "/v1/admin/session" admins::log_out;
    get "/v1/admin/session/oidc" oidc::own;
    post "/v1/admin/session/oidc" oidc::link;
    delete "/v1/admin/session/oidc" oidc::unlink;
    post "/v1/admin/recovery" admins::recover;
    post "/v1/admin/recovery/code" admins::renew_code;
    get "/v1/admin/organisations" organisations::list;
    post "/v1/admin/organisations" organisations::create;
    post "/v1/admin/organisations/{id}/tokens" organisations::rescue;
    get "/v1/admin/organisation" organisations::show;
    patch "/v1/admin/organisation" organisations::rename;
    get "/v1/admin/brand" brand::show;
    put "/v1/admin/brand" brand::set;
    put "/v1/admin/brand/logo" brand::set_logo;
    delete "/v1/admin/brand/logo" brand::remove_logo;
    get "/v1/admin/policy" organisations::policy;
    put "/v1/admin/policy" organisations::set_policy;
    get "/v1/admin/policy/facts" rules::facts;
    get "/v1/admin/tokens" organisations::tokens;
    post "/v1/admin/tokens" organisations::create_token;
    delete "/v1/admin/tokens/{id}" organisations::revoke_token;
    get "/v1/admin/units" people::units;
    post "/v1/admin/units" people::create_unit;
    get "/v1/admin/units/{id}" people::unit;
    patch "/v1/admin/units/{id}" people::change_unit;
    delete "/v1/admin/units/{id}" people::delete_unit;
    get "/v1/admin/accounts" people::accounts;
    post "/v1/admin/accounts" people::create_account;
    post "/v1/admin/accounts/bulk" bulk::bulk;
    post "/v1/admin/accounts/import" people::import;
    get "/v1/admin/accounts/{id}" people::account;
    patch "/v1/admin/accounts/{id}" people::change_account;
    delete "/v1/admin/accounts/{id}" people::delete_account;
    post "/v1/admin/accounts/{id}/suspend" people::suspend;
    post "/v1/admin/accounts/{id}/resume" people::resume;
    post "/v1/admin/accounts/{id}/reset" people::reset;
    post "/v1/admin/accounts/{id}/invitations" people::invite;
    get "/v1/admin/accounts/{id}/devices" people::devices;
    delete "/v1/admin/accounts/{id}/devices/{device}" people::remove_device;
    get "/v1/admin/accounts/{id}/groups" rules::belongings;
    get "/v1/admin/accounts/{id}/export" overview::export;
    get "/v1/admin/accounts/{id}/export.pdf" export::pdf;
    get "/v1/admin/privacy/contact" papers::contact;
    put "/v1/admin/privacy/contact" papers::set_contact;
    post "/v1/admin/papers/invitations" papers::invitations;
    get "/v1/admin/papers/{kind}" papers::document;
    get "/v1/admin/groups" groups::list;
    post "/v1/admin/groups" groups::create;
    get "/v1/admin/directory" groups::directory;
    get "/v1/admin/directory/ldap" ldap::show;
    put "/v1/admin/directory/ldap" ldap::set;
    delete "/v1/admin/directory/ldap" ldap::remove;
    post "/v1/admin/directory/ldap/test" ldap::test;
    post "/v1/admin/directory/ldap/pull" ldap::pull;
    get "/v1/admin/directory/ldap/runs" ldap::runs;
    get "/v1/admin/functions" groups::functions;
    get "/v1/admin/directory/oidc" oidc::show;
    put "/v1/admin/directory/oidc" oidc::set;
    post "/v1/admin/directory/oidc/test" oidc::test;
    get "/v1/admin/groups/{id}" groups::show;
    patch "/v1/admin/groups/{id}" groups::change;
    post "/v1/admin/groups/{id}/close" groups::close;
    get "/v1/admin/groups/{id}/rules" groups::rules;
    put "/v1/admin/groups/{id}/rules" groups::set_rules;
    put "/v1/admin/groups/{id}/policy" rules::set_group_policy;
    get "/v1/admin/groups/{id}/members" groups::members;
    put "/v1/admin/groups/{id}/accounts/{account}" groups::put_account;
    delete "/v1/admin/groups/{id}/accounts/{account}" groups::remove_account;
    get "/v1/admin/invitations" invitations::list;
    post "/v1/admin/invitations" invitations::create;
    get "/v1/admin/invitations/{id}" invitations::show;
    delete "/v1/admin/invitations/{id}" invitations::withdraw;
    get "/v1/admin/approvals" invitations::approvals;
    put "/v1/admin/approvals/{invitation}/{account}" invitations::approve;
    delete "/v1/admin/approvals/{invitation}/{account}" invitations::refuse;
    get "/v1/admin/operations" operations::list;
    post "/v1/admin/operations" operations::create;
    get "/v1/admin/operations/{id}" operations::show;
    patch "/v1/admin/operations/{id}" operations::change;
    post "/v1/admin/operations/{id}/end" operations::end;
    get "/v1/admin/deletions" records::deletions;
    get "/v1/admin/deletions/file" records::deletion_file;
    get "/v1/admin/deletions/{account}" records::deletion;
    get "/v1/admin/audit" records::audit;
    get "/v1/admin/audit/check" records::check_audit;
}

/// The OpenAPI 3.1 document, as it is served and committed (`docs/openapi.json`).
#[must_use]
pub fn openapi() -> String {
    let mut text = Document::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// The administrators' API and its document, by itself.
pub fn router(handle: Handle) -> Router {
    let log_ins = LogIns::new(handle.clone());
    router_with(handle, log_ins)
}

/// The same, with the log-ins that it shares with the way to the city's own.
pub(crate) fn router_with(handle: Handle, log_ins: Arc<LogIns>) -> Router {
    let document = openapi();
    handlers()
        .route("/v1/admin/{*rest}", axum::routing::any(unknown))
        .merge(scim::routes())
        .method_not_allowed_fallback(wrong_method)
        // Answers hold names, links and tokens: no cache keeps them.
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        // They are no pages: nothing frames them, nothing guesses at what they are, nobody else's page reads them.
        .layer(fixed(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .route(notice::PATH, axum::routing::get(notice::notice))
        .route(
            "/v1/openapi.json",
            axum::routing::get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) }),
        )
        .with_state(Api {
            handle,
            door: Arc::default(),
            log_ins,
        })
}

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

async fn unknown() -> Failure {
    Problem::new(ErrorCode::NotFound, "there is no such path: see /v1/openapi.json").into()
}

async fn wrong_method() -> (axum::http::StatusCode, Json<answer::ErrorBody>) {
    let body = answer::ErrorBody {
        code: ErrorCode::NotFound.code(),
        message: "this path does not take this method: see /v1/openapi.json".to_owned(),
        field: None,
        rows: Vec::new(),
    };
    (axum::http::StatusCode::METHOD_NOT_ALLOWED, Json(body))
}

/// The extractor of what the handlers work with.
type Here = State<Api>;
