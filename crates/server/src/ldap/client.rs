// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Asking an LDAP server: log-in and searches page by page (RFC 2696). A search ends with all of its entries, or it
//! ends with a failure; there is nothing between.

use std::collections::BTreeMap;
use std::time::Duration;

use ldap3::asn1::{PL, StructureTag};
use ldap3::controls::{Control, RawControl};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, ResultEntry, Scope, StdStream};
use tokio::task::JoinSet;

use super::gate::{self, Way};
use super::{Failed, MAX_ENTRIES};
use crate::directory::ldap::Job;
use crate::directory::ldap::settings::Kind;
use crate::directory::text;

const PAGE: i32 = 500;
/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(30);
const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";
/// Active Directory answers for itself alone and names no other servers.
const DOMAIN_SCOPE: &str = "1.2.840.113556.1.4.1339";

/// An entry: its name, and its values by attribute in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    pub dn: String,
    pub values: BTreeMap<String, Vec<Vec<u8>>>,
}

/// A connection that is logged in.
pub struct Client {
    ldap: Ldap,
    way: Way,
    kind: Kind,
    _driver: JoinSet<()>,
}

impl Client {
    pub async fn open(job: &Job) -> Result<Self, Failed> {
        let settings = &job.settings;
        let address = settings.address().map_err(|problem| Failed::Refused(problem.message))?;
        let mut way = gate::open(settings, &address).await?;
        let inner = way
            .inner
            .take()
            .ok_or_else(|| Failed::Unreachable("no socket".to_owned()))?;
        let options = LdapConnSettings::new().set_std_stream(StdStream::Unix(inner));
        // The address is not looked at: the socket is there.
        let opened = LdapConnAsync::with_settings(options, "ldapi:///").await;
        let (driver, ldap) = opened.map_err(|error| Failed::Unreachable(error.to_string()))?;
        let mut running = JoinSet::new();
        running.spawn(async move {
            if let Err(error) = driver.drive().await {
                tracing::debug!(%error, "LDAP");
            }
        });
        let mut client = Self {
            ldap,
            way,
            kind: settings.kind,
            _driver: running,
        };
        if let (Some(dn), Some(password)) = (&settings.bind_dn, &job.password) {
            let bound = client.ldap.with_timeout(ANSWER).simple_bind(dn, password).await;
            let bound = bound.map_err(|error| client.failed(error))?;
            checked(&bound)?;
        }
        Ok(client)
    }

    /// What an error means: the gate knows better than the library, which only sees its own end.
    fn failed(&self, error: LdapError) -> Failed {
        match error {
            LdapError::LdapResult { result } => match checked(&result) {
                Err(failed) => failed,
                Ok(()) => Failed::Incomplete("an answer that is none".to_owned()),
            },
            LdapError::Timeout { .. } => Failed::Incomplete("no answer within 30 seconds".to_owned()),
            LdapError::FilterParsing => Failed::Refused("the filter is none".to_owned()),
            _ => self
                .way
                .broken()
                .unwrap_or_else(|| Failed::Incomplete("the connection was lost".to_owned())),
        }
    }

    /// All entries below `base` that fit.
    pub async fn search(&mut self, base: &str, filter: &str, attributes: &[String]) -> Result<Vec<Entry>, Failed> {
        let mut entries = Vec::new();
        let mut cookie = Vec::new();
        loop {
            let result = self.page(base, filter, attributes, cookie, &mut entries).await?;
            cookie = next_page(&result)?;
            if cookie.is_empty() {
                return Ok(entries);
            }
        }
    }

    async fn page(
        &mut self,
        base: &str,
        filter: &str,
        attributes: &[String],
        cookie: Vec<u8>,
        entries: &mut Vec<Entry>,
    ) -> Result<LdapResult, Failed> {
        let paged = ldap3::controls::PagedResults { size: PAGE, cookie };
        let mut controls: Vec<RawControl> = vec![paged.into()];
        if self.kind == Kind::ActiveDirectory {
            controls.push(RawControl {
                ctype: DOMAIN_SCOPE.to_owned(),
                crit: false,
                val: None,
            });
        }
        let asked = self.ldap.with_timeout(ANSWER).with_controls(controls);
        let mut stream = asked
            .streaming_search(base, Scope::Subtree, filter, attributes.to_vec())
            .await
            .map_err(|error| self.failed(error))?;
        loop {
            match stream.next().await {
                Ok(Some(found)) => {
                    if found.is_ref() {
                        let message = "the server refers to another one for a part of it: set the base below that";
                        return Err(Failed::Incomplete(message.to_owned()));
                    }
                    if found.is_intermediate() {
                        continue;
                    }
                    if entries.len() >= MAX_ENTRIES {
                        let message = format!("more than {MAX_ENTRIES} entries: narrow the filter");
                        return Err(Failed::Incomplete(message));
                    }
                    entries.push(entry(found)?);
                }
                Ok(None) => break,
                Err(error) => return Err(self.failed(error)),
            }
        }
        let result = stream.finish().await;
        checked(&result)?;
        Ok(result)
    }

    pub async fn close(mut self) {
        // It is closed in any case.
        if let Err(error) = self.ldap.unbind().await {
            tracing::debug!(%error, "LDAP: unbind");
        }
    }
}

/// What a server says, as one short line.
fn said(text: &str) -> String {
    let text = text.trim().trim_end_matches('\0');
    if text.is_empty() || !text::line(text) {
        return String::new();
    }
    let short: String = text.chars().take(200).collect();
    format!(": {short}")
}

/// Success, or what its absence means.
fn checked(result: &LdapResult) -> Result<(), Failed> {
    let text = said(&result.text);
    let incomplete = |what: &str| Err(Failed::Incomplete(format!("{what}{text}")));
    let refused = |what: &str| Err(Failed::Refused(format!("{what}{text}")));
    match result.rc {
        0 => Ok(()),
        3 => incomplete("the server's time limit was reached (code 3)"),
        4 => incomplete("the server's size limit was reached, it does not do pages for this name (code 4)"),
        11 => incomplete("a limit of the server was reached (code 11)"),
        10 => incomplete("the server refers to another one (code 10)"),
        8 | 13 => refused("the server wants an encrypted connection or a stronger log-in (code 8 or 13)"),
        32 => refused("there is nothing at the base, or this name may not see it (code 32)"),
        34 => refused("the name to log in with, or the base, is no name (code 34)"),
        48 | 49 => refused("name or password are wrong (code 49)"),
        50 => refused("this name may not read there (code 50)"),
        51 | 52 => Err(Failed::Unreachable(format!(
            "the server is busy or closed (code {}){text}",
            result.rc
        ))),
        code => incomplete(&format!("the server says code {code}")),
    }
}

/// Where the next page begins; empty: there is none.
fn next_page(result: &LdapResult) -> Result<Vec<u8>, Failed> {
    let found = result.ctrls.iter().find(|Control(_, raw)| raw.ctype == PAGED_RESULTS);
    let Some(Control(_, raw)) = found else {
        return Ok(Vec::new());
    };
    let odd = || Failed::Incomplete("the server's page has no end that is one".to_owned());
    let value = raw.val.as_deref().unwrap_or_default();
    // SEQUENCE { INTEGER size, OCTET STRING cookie }
    gate::sequence(value, &[0x02, 0x04])
        .and_then(|mut parts| parts.pop())
        .map(<[u8]>::to_vec)
        .ok_or_else(odd)
}

fn bytes(tag: StructureTag) -> Option<Vec<u8>> {
    match tag.payload {
        PL::P(bytes) => Some(bytes),
        PL::C(_) => None,
    }
}

fn parts(tag: StructureTag) -> Option<Vec<StructureTag>> {
    match tag.payload {
        PL::C(parts) => Some(parts),
        PL::P(_) => None,
    }
}

/// Reads an entry. What is none is no reason to leave somebody out.
fn entry(found: ResultEntry) -> Result<Entry, Failed> {
    let odd = || Failed::Incomplete("the server says an entry that is none".to_owned());
    let mut entry = Entry::default();
    let mut fields = parts(found.0).ok_or_else(odd)?.into_iter();
    let dn = fields.next().and_then(bytes).ok_or_else(odd)?;
    entry.dn = String::from_utf8(dn).map_err(|_| odd())?;
    for attribute in fields.next().and_then(parts).ok_or_else(odd)? {
        let mut pair = parts(attribute).ok_or_else(odd)?.into_iter();
        let name = pair.next().and_then(bytes).ok_or_else(odd)?;
        let name = String::from_utf8(name).map_err(|_| odd())?.to_ascii_lowercase();
        let values = pair.next().and_then(parts).ok_or_else(odd)?;
        if let Some((attribute, option)) = name.split_once(';') {
            if option.starts_with("range=") {
                let message =
                    format!("the server says only a part of \"{attribute}\" of one entry: take memberOf for groups");
                return Err(Failed::Incomplete(message));
            }
            // In another language, say: nobody asked for it.
            continue;
        }
        let values: Option<Vec<Vec<u8>>> = values.into_iter().map(bytes).collect();
        entry.values.insert(name, values.ok_or_else(odd)?);
    }
    Ok(entry)
}
