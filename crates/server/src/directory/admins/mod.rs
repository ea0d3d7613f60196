// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! People who administer: their roles, and how they come in. What one may do follows from the roles, as with a token's
//! scopes; a role for a unit reaches that unit and all below it, and for everything else there is no such thing.
//!
//! Somebody comes in with a passkey ([`entry`]), or where the organisation allows it with the city's log-in ([`oidc`]). Before there is one, a one-time secret (`enrol`) lets a passkey be made:
//! the set-up gives one, an owner gives one to each new admin, and a recovery code is exchanged for one. All secrets are
//! random and long, so the store keeps their SHA-256.

use melder_mls::sign::sha256;
use melder_protocol::{AdminId, ErrorCode, Hash, OrganisationId, Time, UnitId};

use super::desk::{Desk, Reach, random, unchanged};
use super::problem::{Outcome, Problem};
use super::types::{Actor, Admin, AdminRole, ApiToken, Enrolment, Page, Scope};
use super::{audit, text, units};
use crate::core::Work;

pub mod entry;
pub mod oidc;

pub use entry::{Cookie, SESSION_IDLE, SESSION_LONGEST};

/// Admins of one organisation.
const MAX_ADMINS: u32 = 200;
/// Roles of one admin.
const MAX_ROLES: usize = 50;
/// How long the set-up and a recovery wait for the passkey.
pub const AT_ONCE: u64 = 10 * Time::MINUTE;
/// How long a new admin's link holds.
pub const INVITED: u64 = 7 * Time::DAY;

/// A secret that is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// For links and cookies.
    fn new(work: &mut Work<'_>) -> Self {
        Self(data_encoding::BASE64URL_NOPAD.encode(&random::<32>(work)))
    }

    /// For paper: 32 letters and digits, in eights.
    fn code(work: &mut Work<'_>) -> Self {
        let text = data_encoding::BASE32_NOPAD.encode(&random::<20>(work)).to_lowercase();
        let parts = [&text[..8], &text[8..16], &text[16..24], &text[24..]];
        Self(parts.join("-"))
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> Hash {
        hash(&self.0)
    }
}

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret")
    }
}

fn hash(secret: &str) -> Hash {
    sha256(secret.as_bytes())
}

/// A recovery code as somebody typed it.
fn code_hash(typed: &str) -> Hash {
    let plain: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(64)
        .collect::<String>()
        .to_lowercase();
    let parts: Vec<&str> = plain
        .as_bytes()
        .chunks(8)
        .filter_map(|part| std::str::from_utf8(part).ok())
        .collect();
    hash(&parts.join("-"))
}

/// Who holds what was presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    Token(ApiToken),
    Admin(Admin),
}

impl Holder {
    #[must_use]
    pub const fn actor(&self) -> Actor {
        match self {
            Self::Token(token) => Actor::Token(token.id),
            Self::Admin(admin) => Actor::Admin(admin.id),
        }
    }

    #[must_use]
    pub const fn organisation(&self) -> Option<OrganisationId> {
        match self {
            Self::Token(token) => token.organisation,
            Self::Admin(admin) => Some(admin.organisation),
        }
    }

    /// What it may do somewhere.
    #[must_use]
    pub fn scopes(&self) -> Vec<Scope> {
        match self {
            Self::Token(token) => token.scopes.clone(),
            Self::Admin(admin) => {
                let mut scopes: Vec<Scope> = admin.roles.iter().map(|role| role.role).collect();
                scopes.sort_unstable();
                scopes.dedup();
                scopes
            }
        }
    }

    /// Where it may do what any one of these scopes allows; no scope at all means: any of the organisation.
    ///
    /// # Errors
    /// `Forbidden` when it may nowhere.
    pub fn reach(&self, work: &Work<'_>, scopes: &[Scope]) -> Outcome<Reach> {
        let no = || {
            let names: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
            let message = format!("this needs the scope {} or owner", names.join(", "));
            Problem::new(ErrorCode::Forbidden, message)
        };
        let admin = match self {
            Self::Token(token) if scopes.is_empty() || scopes.iter().any(|scope| token.allows(*scope)) => {
                return Ok(Reach::All);
            }
            Self::Token(_) => return Err(no()),
            Self::Admin(_) if scopes.is_empty() => return Ok(Reach::All),
            Self::Admin(admin) => admin,
        };
        let mut reach = None;
        for role in &admin.roles {
            let fits = role.role == Scope::Owner || scopes.contains(&role.role);
            match (fits, role.unit) {
                (false, _) => {}
                (true, None) => return Ok(Reach::All),
                (true, Some(unit)) => reach
                    .get_or_insert_with(std::collections::BTreeSet::new)
                    .append(&mut units::subtree(work.tx, admin.organisation, unit)?),
            }
        }
        reach.map(Reach::Units).ok_or_else(no)
    }
}

/// A new admin, and what lets them in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAdmin {
    pub admin: Admin,
    pub enrol: Secret,
    pub expires: Time,
}

pub(super) fn enrol(work: &mut Work<'_>, admin: AdminId, within: u64) -> Outcome<(Secret, Time)> {
    let secret = Secret::new(work);
    let expires = work.now.plus(within);
    work.tx.put_enrolment(&Enrolment {
        hash: secret.hash(),
        admin,
        expires,
    })?;
    Ok((secret, expires))
}

fn insert(
    work: &mut Work<'_>,
    organisation: OrganisationId,
    name: &str,
    roles: Vec<AdminRole>,
    within: u64,
) -> Outcome<NewAdmin> {
    if work.tx.admins(organisation, Page::first(MAX_ADMINS))?.len() >= MAX_ADMINS as usize {
        return Err(Problem::limit("an organisation has at most 200 admins"));
    }
    let admin = Admin {
        id: AdminId::from_bytes(random(work)),
        organisation,
        name: text::name("name", name)?,
        roles,
        recovery: None,
        created: work.now,
        last_login: None,
        revision: 1,
    };
    work.tx.insert_admin(&admin)?;
    let (enrol, expires) = enrol(work, admin.id, within)?;
    Ok(NewAdmin { admin, enrol, expires })
}

/// The first owner of a new organisation, with a recovery code.
///
/// # Errors
/// When the name is invalid.
pub(super) fn first(
    work: &mut Work<'_>,
    organisation: OrganisationId,
    name: &str,
    actor: Actor,
) -> Outcome<(NewAdmin, Secret)> {
    let owner = AdminRole {
        role: Scope::Owner,
        unit: None,
    };
    let mut new = insert(work, organisation, name, vec![owner], AT_ONCE).map_err(|problem| problem.at("admin"))?;
    let code = Secret::code(work);
    new.admin.recovery = Some(code.hash());
    work.tx.update_admin(&new.admin)?;
    audit::append(
        work,
        organisation,
        Some(actor),
        "admin.create",
        &new.admin.id.to_string(),
    )?;
    Ok((new, code))
}

impl Desk<'_, '_> {
    /// # Errors
    /// `NotFound` when it is not the desk's.
    pub fn admin(&self, id: AdminId) -> Outcome<Admin> {
        self.work
            .tx
            .admin(id)?
            .filter(|admin| admin.organisation == self.organisation)
            .ok_or_else(|| Problem::missing("admin"))
    }

    /// Oldest first.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn admins(&self, page: Page<AdminId>) -> Outcome<Vec<Admin>> {
        Ok(self.work.tx.admins(self.organisation, page)?)
    }

    fn check_roles(&self, mut roles: Vec<AdminRole>) -> Outcome<Vec<AdminRole>> {
        if roles.is_empty() || roles.len() > MAX_ROLES {
            return Err(Problem::field("roles", "name from 1 to 50 roles"));
        }
        for role in &roles {
            match (role.role, role.unit) {
                (Scope::Server | Scope::Directory, _) => {
                    return Err(Problem::field("roles", "`server` and `directory` are for tokens"));
                }
                (Scope::Accounts | Scope::Groups, Some(unit)) => {
                    self.unit(unit).map_err(|problem| problem.at("roles"))?;
                }
                (Scope::Owner | Scope::Operations | Scope::Audit, Some(_)) => {
                    return Err(Problem::field(
                        "roles",
                        "`owner`, `operations` and `audit` are for the whole organisation",
                    ));
                }
                (_, None) => {}
            }
        }
        roles.sort_unstable_by_key(|role| (role.role, role.unit));
        roles.dedup();
        Ok(roles)
    }

    /// A new admin, who comes in by the secret.
    ///
    /// # Errors
    /// When the name or a role is invalid.
    pub fn create_admin(&mut self, name: &str, roles: Vec<AdminRole>) -> Outcome<NewAdmin> {
        let roles = self.check_roles(roles)?;
        let new = insert(self.work, self.organisation, name, roles, INVITED)?;
        self.note("admin.create", new.admin.id)?;
        Ok(new)
    }

    /// A new secret for an admin who has not come in, or has lost every passkey.
    ///
    /// # Errors
    /// When the admin is not the organisation's.
    pub fn invite_admin(&mut self, id: AdminId) -> Outcome<NewAdmin> {
        let admin = self.admin(id)?;
        let (enrol, expires) = enrol(self.work, id, INVITED)?;
        self.note("admin.invite", id)?;
        Ok(NewAdmin { admin, enrol, expires })
    }

    /// Renames, or gives other roles: then all sessions end.
    ///
    /// # Errors
    /// `Conflict` when no owner would be left.
    pub fn change_admin(
        &mut self,
        id: AdminId,
        name: Option<&str>,
        roles: Option<Vec<AdminRole>>,
        expected: Option<u32>,
    ) -> Outcome<Admin> {
        let mut admin = self.admin(id)?;
        unchanged(expected, admin.revision)?;
        if let Some(name) = name {
            admin.name = text::name("name", name)?;
        }
        if let Some(roles) = roles {
            let was_owner = admin.is_owner();
            let roles = self.check_roles(roles)?;
            if roles != admin.roles {
                admin.roles = roles;
                if was_owner && !admin.is_owner() {
                    self.another_owner(id)?;
                }
                self.work.tx.delete_sessions_of(id)?;
            }
        }
        admin.revision += 1;
        self.work.tx.update_admin(&admin)?;
        self.note("admin.change", id)?;
        Ok(admin)
    }

    /// Removes an admin, with passkeys and sessions.
    ///
    /// # Errors
    /// `Conflict` when it is the last owner.
    pub fn delete_admin(&mut self, id: AdminId, expected: Option<u32>) -> Outcome<()> {
        let admin = self.admin(id)?;
        unchanged(expected, admin.revision)?;
        if admin.is_owner() {
            self.another_owner(id)?;
        }
        self.work.tx.delete_admin(id)?;
        self.note("admin.delete", id)
    }

    fn another_owner(&self, id: AdminId) -> Outcome<()> {
        let admins = self.admins(Page::first(MAX_ADMINS))?;
        // One who has never come in, and whose link may be over, is nobody to rely on.
        let mut others = admins.iter().filter(|admin| admin.id != id && admin.is_owner());
        let mut stays = false;
        for other in &mut others {
            stays |= other.recovery.is_some() || !self.work.tx.passkeys_of(other.id)?.is_empty();
        }
        if stays {
            Ok(())
        } else {
            Err(Problem::conflict(
                "it is the last owner with a passkey: nobody could administer the organisation",
            ))
        }
    }

    /// Does an admin's role speak of this unit?
    pub(super) fn names_a_role(&self, unit: UnitId) -> Outcome<bool> {
        let admins = self.admins(Page::first(MAX_ADMINS))?;
        Ok(admins
            .iter()
            .any(|admin| admin.roles.iter().any(|role| role.unit == Some(unit))))
    }

    /// The names of those in the audit log who are still there.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn actor_name(&self, actor: Actor) -> Outcome<Option<String>> {
        Ok(match actor {
            Actor::Admin(id) => self.work.tx.admin(id)?.map(|admin| admin.name),
            Actor::Token(id) => self.work.tx.token(id)?.map(|token| token.name),
        })
    }
}
