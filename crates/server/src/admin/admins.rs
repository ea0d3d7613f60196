// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! People who administer: who they are, their passkeys, sessions, recovery.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use melder_protocol::{AdminId, ErrorCode};
use serde_json::json;

use super::answer::{Answer, Created, Failure, Tagged};
use super::ask::{self, Ask, Body, Caller, Id, IfMatch, Maybe, Origin, Page, Paging, Proof};
use super::body::{
    AdminBody, AdminPatch, AdminRequest, AssertionRequest, CodeBody, CredentialRequest, List, NewAdminBody,
    NewPasskeyBody, OptionsBody, PasskeyBody, RecoveryBody, RecoveryRequest, RegistrationRequest, SessionBody, Stamp,
};
use super::door::{Attempt, CHALLENGE, Purpose};
use super::{Here, holder};
use crate::core::Work;
use crate::directory::admins::{Holder, NewAdmin, SESSION_IDLE, SESSION_LONGEST, Secret, entry};
use crate::directory::problem::{Outcome, Problem};
use crate::directory::types::{Admin, AdminRole, Scope};
use crate::webauthn::{self, Base64, PasskeyKey, Site};

const OWNER: &[Scope] = &[Scope::Owner];
/// What follows in a new admin's link.
const INVITED: &str = "/leitstand/einladung#";

/// The organisation's admins, oldest first. Scope `owner`.
#[utoipa::path(get, path = "/v1/admin/admins", tag = "admins", operation_id = "list_admins", params(Paging),
    responses((status = 200, body = List<AdminBody>)))]
pub async fn list(State(api): Here, caller: Caller, Ask(paging): Ask<Paging>) -> Answer<Json<List<AdminBody>>> {
    let page = paging.page::<AdminId>()?;
    let rows = api.desk(caller, OWNER, move |desk| desk.admins(page)).await?;
    let items = rows.into_iter().map(AdminBody::from).collect();
    Ok(Json(List::new(items, page.limit, |row: &AdminBody| row.id.to_string())))
}

fn invited(new: NewAdmin, address: &str) -> NewAdminBody {
    NewAdminBody {
        link: format!("{}{INVITED}{}", address.trim_end_matches('/'), new.enrol.text()),
        enrol: new.enrol.text().to_owned(),
        expires: Stamp(new.expires),
        admin: new.admin.into(),
    }
}

/// Add an admin, who comes in by the link within seven days. Scope `owner`.
#[utoipa::path(post, path = "/v1/admin/admins", tag = "admins", operation_id = "create_admin", request_body = AdminRequest,
    responses((status = 201, body = NewAdminBody, description = "Added. The secret is shown this once.")))]
pub async fn create(
    State(api): Here,
    caller: Caller,
    origin: Origin,
    Body(ask): Body<AdminRequest>,
) -> Answer<Created<NewAdminBody>> {
    let address = api.address(&origin);
    let roles: Vec<AdminRole> = ask.roles.into_iter().map(AdminRole::from).collect();
    let new = api
        .desk(caller, OWNER, move |desk| desk.create_admin(&ask.name, roles))
        .await?;
    Ok(Created(invited(new, &address)))
}

/// One admin. Scope `owner`.
#[utoipa::path(get, path = "/v1/admin/admins/{id}", tag = "admins", operation_id = "show_admin", params(("id" = String, Path)),
    responses((status = 200, body = AdminBody)))]
pub async fn show(State(api): Here, caller: Caller, Id(id): Id<AdminId>) -> Answer<Tagged<AdminBody>> {
    let row = api.desk(caller, OWNER, move |desk| desk.admin(id)).await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// Rename an admin, or give other roles: then all of their sessions end. Never without another owner. Scope `owner`.
#[utoipa::path(patch, path = "/v1/admin/admins/{id}", tag = "admins", operation_id = "change_admin", params(("id" = String, Path)),
    request_body = AdminPatch, responses((status = 200, body = AdminBody)))]
pub async fn change(
    State(api): Here,
    caller: Caller,
    Id(id): Id<AdminId>,
    IfMatch(expected): IfMatch,
    Body(ask): Body<AdminPatch>,
) -> Answer<Tagged<AdminBody>> {
    let roles = ask.roles.map(|roles| roles.into_iter().map(AdminRole::from).collect());
    let row = api
        .desk(caller, OWNER, move |desk| {
            desk.change_admin(id, ask.name.as_deref(), roles, expected)
        })
        .await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// Remove an admin, with passkeys and sessions. Never the last owner. Scope `owner`.
#[utoipa::path(delete, path = "/v1/admin/admins/{id}", tag = "admins", operation_id = "delete_admin", params(("id" = String, Path)),
    responses((status = 204, description = "Removed.")))]
pub async fn remove(
    State(api): Here,
    caller: Caller,
    Id(id): Id<AdminId>,
    IfMatch(expected): IfMatch,
) -> Answer<StatusCode> {
    api.desk(caller, OWNER, move |desk| desk.delete_admin(id, expected))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new link for an admin who has not come in, or has lost every passkey. Scope `owner`.
#[utoipa::path(post, path = "/v1/admin/admins/{id}/enrol", tag = "admins", operation_id = "invite_admin", params(("id" = String, Path)),
    responses((status = 201, body = NewAdminBody, description = "The secret is shown this once; an earlier one is void.")))]
pub async fn invite(
    State(api): Here,
    caller: Caller,
    origin: Origin,
    Id(id): Id<AdminId>,
) -> Answer<Created<NewAdminBody>> {
    let address = api.address(&origin);
    let new = api.desk(caller, OWNER, move |desk| desk.invite_admin(id)).await?;
    Ok(Created(invited(new, &address)))
}

/// The admin of a session. A token is nobody's.
pub(super) fn person(work: &mut Work<'_>, proof: &Proof) -> Outcome<Admin> {
    match holder(work, proof)? {
        Holder::Admin(admin) => Ok(admin),
        Holder::Token(_) => Err(Problem::new(
            ErrorCode::Forbidden,
            "this needs a session: a token is no person",
        )),
    }
}

fn fresh(work: &mut Work<'_>) -> [u8; 32] {
    let mut challenge = [0; 32];
    work.rng.fill_bytes(&mut challenge);
    challenge
}

fn credentials(work: &Work<'_>, admin: &Admin) -> Outcome<Vec<serde_json::Value>> {
    let own = work.tx.passkeys_of(admin.id)?;
    let ids = own
        .iter()
        .map(|passkey| json!({"type": "public-key", "id": BASE64URL_NOPAD.encode(&passkey.id)}));
    Ok(ids.collect())
}

/// Begin a passkey: for the session's admin, or with a one-time secret.
///
/// The answer is what `PublicKeyCredential.parseCreationOptionsFromJSON()` takes. The challenge holds for five minutes
/// and one answer.
#[utoipa::path(post, path = "/v1/admin/passkeys/registration", tag = "passkeys", operation_id = "begin_passkey",
    request_body = RegistrationRequest, responses((status = 200, body = OptionsBody)))]
pub async fn begin_passkey(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    page: Page,
    Body(ask): Body<RegistrationRequest>,
) -> Answer<Json<OptionsBody>> {
    // Whoever brings a secret needs no session, and what a browser still has of one does not matter.
    let caller = match &ask.enrol {
        Some(_) => None,
        None => Some(caller?),
    };
    let options = api
        .door(move |work, door| {
            door.knock(work.now, Attempt::Challenge, page.address)?;
            let (admin, enrolment) = match (&ask.enrol, &caller) {
                (Some(secret), _) => {
                    let (admin, hash) = entry::of_enrolment(work, secret)?;
                    (admin, Some(hash))
                }
                (None, Some(caller)) => (person(work, &caller.proof)?, None),
                (None, None) => return Err(ErrorCode::Unauthorized.into()),
            };
            let challenge = fresh(work);
            door.expect(work.now, challenge, Purpose::Register(admin.id, enrolment));
            let organisation = work
                .tx
                .organisation(admin.organisation)?
                .ok_or(ErrorCode::Internal)?
                .name;
            let kinds = PasskeyKey::ALGORITHMS.map(|alg| json!({"type": "public-key", "alg": alg}));
            Ok(json!({
                "rp": {"id": page.site.host, "name": organisation},
                "user": {"id": BASE64URL_NOPAD.encode(admin.id.as_bytes()), "name": admin.name, "displayName": admin.name},
                "challenge": BASE64URL_NOPAD.encode(&challenge),
                "pubKeyCredParams": kinds,
                "timeout": CHALLENGE,
                "excludeCredentials": credentials(work, &admin)?,
                "authenticatorSelection":
                    {"residentKey": "required", "requireResidentKey": true, "userVerification": "required"},
                "attestation": "none",
            }))
        })
        .await?;
    Ok(Json(OptionsBody { options }))
}

fn answered(client_data: &Base64) -> Answer<[u8; 32]> {
    webauthn::challenge(client_data).map_err(|_| Failure::from(ErrorCode::PasskeyRefused))
}

/// Keep a passkey that was just made. Whoever came with a one-time secret has a session from here on.
#[utoipa::path(post, path = "/v1/admin/passkeys", tag = "passkeys", operation_id = "add_passkey", request_body = CredentialRequest,
    responses((status = 201, body = NewPasskeyBody)))]
pub async fn add_passkey(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    page: Page,
    Body(ask): Body<CredentialRequest>,
) -> Answer<Response> {
    let challenge = answered(&ask.credential.response.client_data)?;
    let site = page.site.clone();
    let (added, cookie) = api
        .door(move |work, door| {
            let Purpose::Register(admin, enrolment) = door.take(work.now, &challenge)? else {
                return Err(ErrorCode::PasskeyRefused.into());
            };
            if enrolment.is_none() {
                let caller = caller.map_err(|failure| failure.0)?;
                if person(work, &caller.proof)?.id != admin {
                    return Err(ErrorCode::PasskeyRefused.into());
                }
            }
            let credential = (&ask.credential, &challenge, &page.site);
            let name = ask.name.as_deref();
            let added = entry::add_passkey(work, admin, enrolment.as_ref(), credential, name, page.old.as_deref())?;
            let body = NewPasskeyBody {
                passkey: added.passkey.into(),
                recovery: added.recovery.map(|code| code.text().to_owned()),
                session: added.session.is_some(),
            };
            Ok((body, added.session))
        })
        .await?;
    Ok(with_cookie((StatusCode::CREATED, Json(added)), cookie.as_ref(), &site))
}

/// The own passkeys. Needs a session.
#[utoipa::path(get, path = "/v1/admin/passkeys", tag = "passkeys", operation_id = "list_passkeys",
    responses((status = 200, body = List<PasskeyBody>)))]
pub async fn passkeys(State(api): Here, caller: Caller) -> Answer<Json<List<PasskeyBody>>> {
    let rows = api
        .run(false, move |work| {
            let admin = person(work, &caller.proof)?;
            Ok(work.tx.passkeys_of(admin.id)?)
        })
        .await?;
    let items = rows.into_iter().map(PasskeyBody::from).collect();
    Ok(Json(List { items, next: None }))
}

/// Remove one of the own passkeys; never the last one without a recovery code. Needs a session.
#[utoipa::path(delete, path = "/v1/admin/passkeys/{id}", tag = "passkeys", operation_id = "remove_passkey", params(("id" = String, Path)),
    responses((status = 204, description = "Removed.")))]
pub async fn remove_passkey(State(api): Here, caller: Caller, Id(id): Id<String>) -> Answer<StatusCode> {
    let id = BASE64URL_NOPAD
        .decode(id.as_bytes())
        .map_err(|_| Problem::missing("passkey"));
    api.run(false, move |work| {
        let admin = person(work, &caller.proof)?;
        entry::remove_passkey(work, &admin, &id?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begin to log in. The answer is what `PublicKeyCredential.parseRequestOptionsFromJSON()` takes. The challenge holds
/// for five minutes and one answer.
#[utoipa::path(post, path = "/v1/admin/session/challenge", tag = "session", operation_id = "log_in_challenge",
    responses((status = 200, body = OptionsBody)))]
pub async fn challenge(State(api): Here, page: Page) -> Answer<Json<OptionsBody>> {
    let options = api
        .door(move |work, door| {
            door.knock(work.now, Attempt::Challenge, page.address)?;
            let challenge = fresh(work);
            door.expect(work.now, challenge, Purpose::LogIn);
            Ok(json!({
                "challenge": BASE64URL_NOPAD.encode(&challenge),
                "rpId": page.site.host,
                "timeout": CHALLENGE,
                "userVerification": "required",
                "allowCredentials": [],
            }))
        })
        .await?;
    Ok(Json(OptionsBody { options }))
}

/// Log in with a passkey. The session's cookie comes with the answer.
#[utoipa::path(post, path = "/v1/admin/session", tag = "session", operation_id = "log_in", request_body = AssertionRequest,
    responses((status = 201, body = SessionBody)))]
pub async fn log_in(State(api): Here, page: Page, Body(ask): Body<AssertionRequest>) -> Answer<Response> {
    let challenge = answered(&ask.assertion.response.client_data)?;
    let site = page.site.clone();
    let (body, cookie) = api
        .door(move |work, door| {
            if door.take(work.now, &challenge)? != Purpose::LogIn {
                return Err(ErrorCode::PasskeyRefused.into());
            }
            let old = page.old.as_deref();
            let (admin, cookie) = entry::log_in(work, &ask.assertion, &challenge, &page.site, old)?;
            let body = SessionBody {
                admin: admin.into(),
                expires: Stamp(work.now.plus(SESSION_LONGEST)),
                idle_seconds: SESSION_IDLE / 1_000,
            };
            Ok((body, cookie))
        })
        .await?;
    Ok(with_cookie((StatusCode::CREATED, Json(body)), Some(&cookie), &site))
}

/// Log out: the session is over. Without one, nothing happens.
#[utoipa::path(delete, path = "/v1/admin/session", tag = "session", operation_id = "log_out",
    responses((status = 204, description = "Logged out.")))]
pub async fn log_out(State(api): Here, caller: Caller, page: Page) -> Answer<Response> {
    api.run(false, move |work| match &caller.proof {
        Proof::Session(cookie) => entry::log_out(work, cookie),
        // A token has no session; but nothing is done for one that is none.
        Proof::Token(_) => holder(work, &caller.proof).map(drop),
    })
    .await?;
    Ok(with_cookie(StatusCode::NO_CONTENT, None, &page.site))
}

/// Exchange a recovery code for a one-time secret. The code is used up, all sessions end; the next code is in the answer.
#[utoipa::path(post, path = "/v1/admin/recovery", tag = "session", operation_id = "recover", request_body = RecoveryRequest,
    responses((status = 201, body = RecoveryBody)))]
pub async fn recover(State(api): Here, page: Page, Body(ask): Body<RecoveryRequest>) -> Answer<Created<RecoveryBody>> {
    let done = api
        .door(move |work, door| {
            door.knock(work.now, Attempt::Recovery, page.address)?;
            entry::recover(work, &ask.code)
        })
        .await?;
    Ok(Created(RecoveryBody {
        enrol: done.enrol.text().to_owned(),
        expires: Stamp(done.expires),
        recovery: done.recovery.text().to_owned(),
    }))
}

/// A new recovery code for oneself; the old one is void. Needs a session.
#[utoipa::path(post, path = "/v1/admin/recovery/code", tag = "session", operation_id = "renew_recovery_code",
    responses((status = 201, body = CodeBody)))]
pub async fn renew_code(State(api): Here, caller: Caller) -> Answer<Created<CodeBody>> {
    let code = api
        .run(false, move |work| {
            let admin = person(work, &caller.proof)?;
            entry::renew_code(work, admin)
        })
        .await?;
    Ok(Created(CodeBody {
        recovery: code.text().to_owned(),
    }))
}

/// The answer with the session's cookie, or with word that there is none any more.
pub(crate) fn with_cookie(answer: impl IntoResponse, cookie: Option<&Secret>, site: &Site) -> Response {
    let mut response = answer.into_response();
    let name = ask::cookie_name(site);
    let secure = if site.is_https() { "; Secure" } else { "" };
    let (value, age) = match cookie {
        Some(secret) => (secret.text(), SESSION_LONGEST / 1_000),
        None if response.status() == StatusCode::NO_CONTENT => ("", 0),
        None => return response,
    };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
    if let Ok(mut value) = HeaderValue::try_from(text) {
        value.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
