// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! API tokens and the first start. A token reads `melder_<id>_<secret>`; the server keeps the SHA-256 of the secret,
//! which is random and long, so a fast hash is enough.

use melder_mls::sign::sha256;
use melder_protocol::{ErrorCode, OrganisationId, Time, TokenId};
use subtle::ConstantTimeEq as _;

use super::admins::{self, NewAdmin, Secret};
use super::desk::{Desk, random};
use super::problem::{Outcome, Problem};
use super::types::{Actor, ApiToken, OrganisationRow, Page, Scope};
use super::{calendar, organisations, text};
use crate::core::Work;

const PREFIX: &str = "melder_";
/// Tokens of one organisation.
const MAX_TOKENS: u32 = 500;

/// A token and its text, which is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewToken {
    pub token: ApiToken,
    pub text: String,
}

impl core::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("NewToken")
            .field("token", &self.token.id)
            .finish_non_exhaustive()
    }
}

pub(super) fn issue(
    work: &mut Work<'_>,
    organisation: Option<OrganisationId>,
    name: &str,
    mut scopes: Vec<Scope>,
    expires: Option<Time>,
) -> Outcome<NewToken> {
    let name = text::name("name", name)?;
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(Problem::field("scopes", "name at least one scope"));
    }
    if scopes.contains(&Scope::Server) != organisation.is_none() || (organisation.is_none() && scopes.len() > 1) {
        return Err(Problem::field(
            "scopes",
            "the scope `server` stands alone and belongs to no organisation",
        ));
    }
    if expires.is_some_and(|expires| expires <= work.now) {
        return Err(Problem::field("expires", "must be in the future"));
    }
    let page = Page::first(MAX_TOKENS);
    if work.tx.tokens(organisation, page)?.len() >= MAX_TOKENS as usize {
        return Err(Problem::limit("500 tokens: revoke some first"));
    }
    let secret: [u8; 32] = random(work);
    let token = ApiToken {
        id: TokenId::from_bytes(random(work)),
        organisation,
        name,
        scopes,
        secret_hash: sha256(&secret),
        created: work.now,
        expires,
        last_used: None,
    };
    work.tx.insert_token(&token)?;
    let text = format!("{PREFIX}{}_{}", token.id, data_encoding::HEXLOWER.encode(&secret));
    Ok(NewToken { token, text })
}

/// Whose token this is.
///
/// # Errors
/// `Unauthorized` when it is malformed, unknown or expired: which, is not said.
pub fn authenticate(work: &mut Work<'_>, text: &str) -> Outcome<ApiToken> {
    let no = || Problem::from(ErrorCode::Unauthorized);
    let (id, secret) = text
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.split_once('_'))
        .ok_or_else(no)?;
    let id: TokenId = id.parse().map_err(|_| no())?;
    let secret = data_encoding::HEXLOWER.decode(secret.as_bytes()).map_err(|_| no())?;
    let mut token = work.tx.token(id)?.ok_or_else(no)?;
    let fits: bool = sha256(&secret).as_bytes().ct_eq(token.secret_hash.as_bytes()).into();
    if !fits || token.expires.is_some_and(|expires| expires <= work.now) {
        return Err(no());
    }
    let today = calendar::day(work.now);
    if token.last_used != Some(today) {
        work.tx.touch_token(id, today)?;
        token.last_used = Some(today);
    }
    Ok(token)
}

/// On the first start: the one-time token of the set-up link. `None` once there is an organisation.
///
/// # Errors
/// When the storage fails.
pub fn ensure_setup(work: &mut Work<'_>) -> Outcome<Option<String>> {
    if !work.tx.organisations(Page::first(1))?.is_empty() {
        return Ok(None);
    }
    // A new one at each start: the old one may stand in a log that somebody has seen.
    let secret: [u8; 20] = random(work);
    let text = data_encoding::BASE32_NOPAD.encode(&secret).to_lowercase();
    work.tx.set_setup_hash(Some(&sha256(text.as_bytes())))?;
    Ok(Some(text))
}

/// What the set-up yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUp {
    pub organisation: OrganisationRow,
    pub owner: NewToken,
    pub server: NewToken,
    /// The first owner and their recovery code, when one was named.
    pub admin: Option<(NewAdmin, Secret)>,
}

/// Takes the set-up link.
///
/// # Errors
/// `SetupDone` when it was used or never existed.
pub fn take_setup(work: &mut Work<'_>, secret: &str, organisation: &str, admin: Option<&str>) -> Outcome<SetUp> {
    let hash = work.tx.setup_hash()?.ok_or(ErrorCode::SetupDone)?;
    let given = sha256(secret.trim().to_lowercase().as_bytes());
    if !bool::from(given.as_bytes().ct_eq(hash.as_bytes())) {
        return Err(ErrorCode::SetupDone.into());
    }
    let server = issue(work, None, "server", vec![Scope::Server], None)?;
    let (organisation, owner) = organisations::create(work, organisation, Some(Actor::Token(server.token.id)))?;
    let actor = Actor::Token(server.token.id);
    let admin = admin
        .map(|name| admins::first(work, organisation.id, name, actor))
        .transpose()?;
    work.tx.set_setup_hash(None)?;
    Ok(SetUp {
        admin,
        organisation,
        owner,
        server,
    })
}

impl Desk<'_, '_> {
    /// A new token of this organisation.
    ///
    /// # Errors
    /// When a field is invalid.
    pub fn create_token(&mut self, name: &str, scopes: Vec<Scope>, expires: Option<Time>) -> Outcome<NewToken> {
        let new = issue(self.work, Some(self.organisation), name, scopes, expires)?;
        self.note("token.create", new.token.id)?;
        Ok(new)
    }

    /// Newest first.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn tokens(&self, page: Page<TokenId>) -> Outcome<Vec<ApiToken>> {
        Ok(self.work.tx.tokens(Some(self.organisation), page)?)
    }

    /// The token is void from here on.
    ///
    /// # Errors
    /// `NotFound` when it is not the organisation's; `Conflict` when it is the last owner's.
    pub fn revoke_token(&mut self, id: TokenId) -> Outcome<()> {
        let token = self
            .work
            .tx
            .token(id)?
            .filter(|token| token.organisation == Some(self.organisation))
            .ok_or_else(|| Problem::missing("token"))?;
        if token.scopes.contains(&Scope::Owner) {
            let owners = self.tokens(Page::first(MAX_TOKENS))?;
            let lasting =
                |other: &&ApiToken| other.id != id && other.scopes.contains(&Scope::Owner) && other.expires.is_none();
            if !owners.iter().any(|other| lasting(&other)) {
                return Err(Problem::conflict(
                    "it is the last owner token without an end: nobody could administer the organisation",
                ));
            }
        }
        self.work.tx.delete_token(id)?;
        self.note("token.revoke", id)
    }
}
