// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How an organisation's directory is reached and understood. What is not said is filled in for the kind of directory
//! when it is kept, so that what is read back is all that holds. The password is none of it.

use melder_protocol::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Source;
use crate::directory::desk::{Desk, unchanged};
use crate::directory::problem::{Outcome, Problem};
use crate::directory::text;

/// The longest name, filter or attribute.
const MAX_TEXT: usize = 1_000;
const MAX_PASSWORD: usize = 1_000;
/// The longest certificate.
const MAX_CA: usize = 64 * 1024;

/// What kind of directory it is: what its attributes are called follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LdapKind)]
pub enum Kind {
    Openldap,
    ActiveDirectory,
}

/// Where a person's unit comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "from", rename_all = "snake_case")]
#[schema(as = LdapUnitFrom)]
pub enum UnitFrom {
    Nowhere,
    /// The organisational units above the entry.
    Place,
    /// A path `A/B/C`, or a name that only one unit has.
    Attribute {
        attribute: String,
    },
}

/// Where it stands who is in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "from", rename_all = "snake_case")]
#[schema(as = LdapMembersFrom)]
pub enum MembersFrom {
    /// In the group: `member`, `uniqueMember`, `memberUid`.
    Group { attribute: String },
    /// In the person: `memberOf`.
    Person { attribute: String },
}

/// What a person's attributes are called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = LdapAttributes)]
pub struct Attributes {
    /// Never changes: `entryUUID`, `objectGUID`.
    pub id: Option<String>,
    /// What tells two people of one name apart: `uid`, `userPrincipalName`, or `mail`.
    pub user_name: Option<String>,
    /// The whole name. Without one, given and family name.
    pub name: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub function: Option<String>,
    /// `TRUE` shuts the account out. Of `userAccountControl`, the bit for it counts.
    pub disabled: Option<String>,
}

/// Which groups, and who is in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LdapGroups)]
pub struct Groups {
    /// Without one, that of the people.
    pub base: Option<String>,
    pub filter: Option<String>,
    pub id: Option<String>,
    pub name: Option<String>,
    pub members: Option<MembersFrom>,
}

/// When it is pulled by itself. Hours are UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "every", rename_all = "snake_case")]
#[schema(as = LdapSchedule)]
pub enum Schedule {
    #[default]
    Off,
    Hour,
    Day {
        #[schema(maximum = 23)]
        hour: u8,
    },
}

impl Schedule {
    /// The next time after this one.
    #[must_use]
    pub fn next(self, now: Time) -> Option<Time> {
        let (step, offset) = match self {
            Self::Off => return None,
            Self::Hour => (Time::HOUR, 0),
            Self::Day { hour } => (Time::DAY, u64::from(hour) * Time::HOUR),
        };
        let today = Time(now.0 / step * step).plus(offset);
        Some(if today > now { today } else { today.plus(step) })
    }
}

/// So many may go by themselves; more wait for an admin's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = LdapBrake)]
pub struct Brake {
    /// Of the accounts that came from the directory.
    #[schema(maximum = 100)]
    pub percent: u8,
    /// Up to so many, the percentage does not count.
    pub floor: u32,
}

impl Default for Brake {
    fn default() -> Self {
        Self { percent: 10, floor: 3 }
    }
}

const fn yes() -> bool {
    true
}

const fn a_week() -> u16 {
    7
}

/// All but the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LdapSettings)]
pub struct Settings {
    pub kind: Kind,
    /// `ldaps://host`, or `ldap://host` with StartTLS.
    #[schema(example = "ldaps://ldap.stadt.example")]
    pub url: String,
    /// With `ldap://`: the connection is encrypted before anything is said.
    #[serde(default = "yes")]
    pub start_tls: bool,
    /// With `ldap://` and without StartTLS, to another machine: password and names go there for all to read.
    #[serde(default)]
    pub allow_plain: bool,
    /// The certificate of the authority's own CA, as PEM; the public ones are trusted besides.
    #[serde(default)]
    pub ca: Option<String>,
    /// Without one, nobody logs in.
    #[serde(default)]
    pub bind_dn: Option<String>,
    pub base: String,
    /// Which entries are people.
    #[serde(default)]
    pub filter: Option<String>,
    #[serde(default)]
    pub attributes: Attributes,
    #[serde(default)]
    pub unit: Option<UnitFrom>,
    /// Units that are not here are made.
    #[serde(default = "yes")]
    pub create_units: bool,
    /// Without them, groups are none of this.
    #[serde(default)]
    pub groups: Option<Groups>,
    #[serde(default)]
    pub schedule: Schedule,
    #[serde(default)]
    pub brake: Brake,
    /// Whoever is gone from the directory is suspended, and deleted after so many days; 0 deletes at once.
    #[serde(default = "a_week")]
    #[schema(maximum = 365)]
    pub keep_days: u16,
}

/// How the connection is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    Tls,
    StartTls,
    Plain,
}

/// Where the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub host: String,
    pub port: u16,
    pub security: Security,
}

impl Address {
    fn is_local(&self) -> bool {
        let ip = self.host.parse::<std::net::IpAddr>();
        self.host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
    }
}

fn line(field: &'static str, text: &str) -> Outcome<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_TEXT || !text::line(text) {
        return Err(Problem::field(field, "must be one line of at most 1,000 bytes"));
    }
    Ok(text.to_owned())
}

/// An attribute's name; what is not said is as is usual.
fn attribute(field: &'static str, text: Option<&str>, usual: &str) -> Outcome<String> {
    let name = match text.map(str::trim) {
        None | Some("") => usual,
        Some(name) => name,
    };
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if name.is_empty() || name.len() > 100 || !name.chars().all(letter) {
        return Err(Problem::field(
            field,
            "must be an attribute's name: letters, digits, - and .",
        ));
    }
    Ok(name.to_owned())
}

impl Kind {
    const fn pick<'a>(self, openldap: &'a str, active_directory: &'a str) -> &'a str {
        match self {
            Self::Openldap => openldap,
            Self::ActiveDirectory => active_directory,
        }
    }
}

impl Settings {
    /// Where the server is.
    ///
    /// # Errors
    /// When it is no address, or is not to be spoken to in the open.
    pub fn address(&self) -> Outcome<Address> {
        let bad = || {
            Problem::field(
                "url",
                "must be ldaps://HOST or ldap://HOST, with or without a port, and no more",
            )
        };
        let (scheme, rest) = self.url.split_once("://").ok_or_else(bad)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (security, usual) = match (scheme.to_ascii_lowercase().as_str(), self.start_tls) {
            ("ldaps", _) => (Security::Tls, 636),
            ("ldap", true) => (Security::StartTls, 389),
            ("ldap", false) => (Security::Plain, 389),
            _ => return Err(bad()),
        };
        let (host, port) = match rest.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']').ok_or_else(bad)?;
                (host, port.strip_prefix(':'))
            }
            None => rest
                .split_once(':')
                .map_or((rest, None), |(host, port)| (host, Some(port))),
        };
        let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
        if host.is_empty() || host.len() > 255 || !host.chars().all(letter) {
            return Err(bad());
        }
        let port = port.map_or(Ok(usual), |port| port.parse().map_err(|_| bad()))?;
        let address = Address {
            host: host.to_owned(),
            port,
            security,
        };
        if security == Security::Plain && !self.allow_plain && !address.is_local() {
            let message = "password and names would be readable on the way: take ldaps:// or start_tls, or allow it with allow_plain";
            return Err(Problem::field("url", message));
        }
        Ok(address)
    }

    /// Checked, and with everything said that was left out.
    ///
    /// # Errors
    /// When a field can't be so.
    pub fn complete(&self) -> Outcome<Self> {
        self.address()?;
        let kind = self.kind;
        let filter = kind.pick(
            "(objectClass=inetOrgPerson)",
            "(&(objectCategory=person)(objectClass=user))",
        );
        let unit = match &self.unit {
            Some(UnitFrom::Attribute { attribute: name }) => UnitFrom::Attribute {
                attribute: attribute("unit", Some(name), "")?,
            },
            Some(other) => other.clone(),
            None => UnitFrom::Attribute {
                attribute: kind.pick("ou", "department").to_owned(),
            },
        };
        if self.keep_days > 365 {
            return Err(Problem::field("keep_days", "must be at most 365"));
        }
        if self.brake.percent > 100 {
            return Err(Problem::field("brake", "percent must be at most 100"));
        }
        if matches!(self.schedule, Schedule::Day { hour } if hour > 23) {
            return Err(Problem::field("schedule", "hour must be from 0 to 23"));
        }
        Ok(Self {
            url: line("url", &self.url)?,
            ca: ca(self.ca.as_deref())?,
            bind_dn: match self.bind_dn.as_deref().map(str::trim) {
                None | Some("") => None,
                Some(dn) => Some(line("bind_dn", dn)?),
            },
            base: line("base", &self.base)?,
            filter: Some(checked_filter(self.filter.as_deref(), filter)?),
            attributes: self.attributes.complete(kind)?,
            unit: Some(unit),
            groups: self.groups.as_ref().map(|groups| groups.complete(self)).transpose()?,
            ..self.clone()
        })
    }
}

fn ca(pem: Option<&str>) -> Outcome<Option<String>> {
    let Some(pem) = pem.map(str::trim).filter(|pem| !pem.is_empty()) else {
        return Ok(None);
    };
    if pem.len() > MAX_CA || !pem.contains("-----BEGIN CERTIFICATE-----") {
        return Err(Problem::field("ca", "must be certificates in PEM, at most 64 KiB"));
    }
    Ok(Some(format!("{pem}\n")))
}

fn checked_filter(text: Option<&str>, usual: &str) -> Outcome<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty()).unwrap_or(usual);
    let text = line("filter", text)?;
    match ldap3::parse_filter(&text) {
        Ok(_) => Ok(text),
        Err(_) => Err(Problem::field("filter", "is no LDAP filter, like (objectClass=person)")),
    }
}

impl Attributes {
    fn complete(&self, kind: Kind) -> Outcome<Self> {
        let named = |text: &Option<String>, openldap, active_directory| {
            attribute("attributes", text.as_deref(), kind.pick(openldap, active_directory)).map(Some)
        };
        let disabled = match (self.disabled.as_deref().map(str::trim), kind) {
            (None | Some(""), Kind::Openldap) => None,
            (None | Some(""), Kind::ActiveDirectory) => Some("userAccountControl".to_owned()),
            (Some(name), _) => Some(attribute("attributes", Some(name), "")?),
        };
        Ok(Self {
            id: named(&self.id, "entryUUID", "objectGUID")?,
            user_name: named(&self.user_name, "uid", "userPrincipalName")?,
            name: named(&self.name, "cn", "displayName")?,
            given_name: named(&self.given_name, "givenName", "givenName")?,
            family_name: named(&self.family_name, "sn", "sn")?,
            function: named(&self.function, "title", "title")?,
            disabled,
        })
    }
}

impl Groups {
    fn complete(&self, settings: &Settings) -> Outcome<Self> {
        let kind = settings.kind;
        let usual = kind.pick(
            "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames))",
            "(objectClass=group)",
        );
        let members = match &self.members {
            Some(MembersFrom::Group { attribute: name }) => MembersFrom::Group {
                attribute: attribute("groups", Some(name), "member")?,
            },
            Some(MembersFrom::Person { attribute: name }) => MembersFrom::Person {
                attribute: attribute("groups", Some(name), "memberOf")?,
            },
            // A large group of Active Directory does not name all of its members at once.
            None if kind == Kind::ActiveDirectory => MembersFrom::Person {
                attribute: "memberOf".to_owned(),
            },
            None => MembersFrom::Group {
                attribute: "member".to_owned(),
            },
        };
        let id = attribute("groups", self.id.as_deref(), kind.pick("entryUUID", "objectGUID"))?;
        Ok(Self {
            base: Some(line("groups", self.base.as_deref().unwrap_or(&settings.base))?),
            filter: Some(checked_filter(self.filter.as_deref(), usual).map_err(|problem| problem.at("groups"))?),
            id: Some(id),
            name: Some(attribute("groups", self.name.as_deref(), "cn")?),
            members: Some(members),
        })
    }
}

/// What is to become of the password.
pub enum Password {
    Keep,
    Forget,
    Set(zeroize::Zeroizing<String>),
}

impl core::fmt::Debug for Password {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Forget => "Forget",
            Self::Set(_) => "Set",
        })
    }
}

impl Desk<'_, '_> {
    /// Where the organisation's people are pulled from, if from anywhere.
    ///
    /// # Errors
    /// `Forbidden` without a role for the whole organisation.
    pub fn ldap_source(&self) -> Outcome<Option<Source>> {
        self.whole()?;
        Ok(self.work.tx.ldap_source(self.organisation)?)
    }

    /// The password that goes with these settings: the new one, or that which is kept for the same server and name. To
    /// another server it does not go unasked.
    pub(super) fn ldap_password_for(
        &self,
        settings: &Settings,
        password: &Password,
    ) -> Outcome<Option<zeroize::Zeroizing<String>>> {
        let kept = self.work.tx.ldap_source(self.organisation)?;
        let told = match password {
            Password::Set(text) if text.len() > MAX_PASSWORD || text.contains(char::is_control) => {
                return Err(Problem::field(
                    "password",
                    "must be at most 1,000 bytes, without control characters",
                ));
            }
            Password::Set(text) if !text.is_empty() => Some(text.clone()),
            Password::Set(_) | Password::Forget => None,
            Password::Keep => match kept.filter(|kept| kept.has_password) {
                Some(kept) => {
                    let before = &kept.settings;
                    let same = before.address().ok() == settings.address().ok() && before.ca == settings.ca;
                    if !same {
                        return Err(Problem::field(
                            "password",
                            "the server is another one: enter the password anew",
                        ));
                    }
                    self.work.tx.ldap_password(self.organisation)?
                }
                None => None,
            },
        };
        match (&settings.bind_dn, &told) {
            (Some(_), None) => Err(Problem::field("password", "a log-in needs a password")),
            (None, Some(_)) => Ok(None),
            _ => Ok(told),
        }
    }

    /// Keeps where the organisation's people are pulled from.
    ///
    /// # Errors
    /// When a field can't be so, or somebody else changed it meanwhile.
    pub fn set_ldap_source(
        &mut self,
        settings: &Settings,
        password: &Password,
        expected: Option<u32>,
    ) -> Outcome<Source> {
        self.whole()?;
        let settings = settings.complete()?;
        let before = self.work.tx.ldap_source(self.organisation)?;
        let revision = before.as_ref().map_or(0, |source| source.revision);
        unchanged(expected, revision)?;
        let password = self.ldap_password_for(&settings, password)?;
        let next = match &before {
            Some(before) if before.settings.schedule == settings.schedule => before.next,
            _ => settings.schedule.next(self.work.now),
        };
        let source = Source {
            organisation: self.organisation,
            has_password: password.is_some(),
            next,
            revision: revision + 1,
            settings,
        };
        self.work.tx.put_ldap_source(&source)?;
        self.work
            .tx
            .set_ldap_password(self.organisation, password.as_ref().map(|text| text.as_str()))?;
        self.note("directory.ldap.change", self.organisation)?;
        Ok(source)
    }

    /// Forgets where the organisation's people are pulled from. Who came from there stays, and is known again when the same
    /// directory is set up anew.
    ///
    /// # Errors
    /// `NotFound` when nothing is set up.
    pub fn delete_ldap_source(&mut self, expected: Option<u32>) -> Outcome<()> {
        let source = self.ldap_source()?.ok_or_else(|| Problem::missing("LDAP source"))?;
        unchanged(expected, source.revision)?;
        self.work.tx.delete_ldap_source(self.organisation)?;
        self.note("directory.ldap.remove", self.organisation)
    }
}
