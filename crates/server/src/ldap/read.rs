// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! From entries to people and groups. An entry that says too little is named as a problem; one that can't even be told
//! from others spoils the whole, since it could be anybody's.

use std::collections::{BTreeMap, BTreeSet};

use super::Failed;
use super::client::{Client, Entry};
use crate::directory::ldap::settings::{Groups, MembersFrom, Settings, UnitFrom};
use crate::directory::ldap::{FoundGroup, FoundPerson, Place, Snapshot, Trouble, Why, dn};
use crate::directory::provisioning::Person;
use crate::directory::text;
use crate::directory::types::Attributes;

/// The longest id.
const MAX_KEY: usize = 200;

impl Entry {
    fn all(&self, attribute: &str) -> &[Vec<u8>] {
        let values = self.values.get(&attribute.to_ascii_lowercase());
        values.map_or(&[], Vec::as_slice)
    }

    /// The first value that is a text.
    fn text(&self, attribute: Option<&str>) -> Option<String> {
        let values = self.all(attribute?).iter();
        let mut texts = values
            .filter_map(|value| std::str::from_utf8(value).ok())
            .map(str::trim);
        texts.find(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Its id. Active Directory's are 16 bytes, written as people know them.
    fn key(&self, attribute: &str) -> Option<String> {
        let value = self.all(attribute).first()?;
        if attribute.eq_ignore_ascii_case("objectGUID") {
            let [a, b, c, d, e, f, g, h, rest @ ..] = value.as_slice() else {
                return None;
            };
            let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
            let (node, last) = rest.split_at_checked(2).filter(|(_, last)| last.len() == 6)?;
            return Some(format!(
                "{}-{}-{}-{}-{}",
                hex(&[*d, *c, *b, *a]),
                hex(&[*f, *e]),
                hex(&[*h, *g]),
                hex(node),
                hex(last)
            ));
        }
        let text = std::str::from_utf8(value).ok()?.trim().to_lowercase();
        (!text.is_empty() && text.len() <= MAX_KEY && text::line(&text)).then_some(text)
    }

    fn is_disabled(&self, attribute: &str) -> bool {
        let Some(value) = self.text(Some(attribute)) else {
            return false;
        };
        if attribute.eq_ignore_ascii_case("userAccountControl") {
            // ACCOUNTDISABLE.
            return value.parse::<i64>().is_ok_and(|bits| bits & 2 != 0);
        }
        matches!(value.to_ascii_lowercase().as_str(), "true" | "1" | "yes")
    }
}

/// What is asked for of each person, and nothing besides.
fn asked(settings: &Settings) -> Vec<String> {
    let attributes = &settings.attributes;
    let named = [
        &attributes.id,
        &attributes.user_name,
        &attributes.name,
        &attributes.given_name,
        &attributes.family_name,
        &attributes.function,
        &attributes.disabled,
    ];
    let mut all: Vec<String> = named.into_iter().flatten().cloned().collect();
    if let Some(UnitFrom::Attribute { attribute }) = &settings.unit {
        all.push(attribute.clone());
    }
    let members = settings.groups.as_ref().and_then(|groups| groups.members.as_ref());
    if let Some(MembersFrom::Person { attribute }) = members {
        all.push(attribute.clone());
    }
    all
}

/// Reads all of it.
pub async fn read(client: &mut Client, settings: &Settings) -> Result<Snapshot, Failed> {
    let filter = settings.filter.as_deref().unwrap_or("(objectClass=person)");
    let people = client.search(&settings.base, filter, &asked(settings)).await?;
    let groups = match &settings.groups {
        None => None,
        Some(groups) => {
            let mut asked: Vec<String> = [&groups.id, &groups.name].into_iter().flatten().cloned().collect();
            if let Some(MembersFrom::Group { attribute }) = &groups.members {
                asked.push(attribute.clone());
            }
            let base = groups.base.as_deref().unwrap_or(&settings.base);
            let filter = groups.filter.as_deref().unwrap_or("(objectClass=group)");
            Some((groups, client.search(base, filter, &asked).await?))
        }
    };
    let groups = groups.as_ref().map(|(groups, entries)| (*groups, entries.as_slice()));
    snapshot(&people, groups, settings)
}

/// What these entries say.
pub fn snapshot(
    people: &[Entry],
    groups: Option<(&Groups, &[Entry])>,
    settings: &Settings,
) -> Result<Snapshot, Failed> {
    let mut snapshot = Snapshot::default();
    let keys = keys(
        people,
        settings.attributes.id.as_deref().unwrap_or("entryUUID"),
        "people",
    )?;
    for (entry, key) in people.iter().zip(&keys) {
        match person(entry, key, settings) {
            Ok(found) => snapshot.people.push(found),
            Err(why) => {
                snapshot.kept.insert(key.clone());
                snapshot.problems.push(Trouble::new(&entry.dn, why));
            }
        }
    }
    if let Some((how, entries)) = groups {
        let people = Named {
            entries: people,
            keys: &keys,
        };
        snapshot.groups = Some(found_groups(how, entries, people, settings, &mut snapshot.problems)?);
    }
    Ok(snapshot)
}

/// The ids of entries. Without one it can't be said who is gone.
fn keys(entries: &[Entry], attribute: &str, what: &str) -> Result<Vec<String>, Failed> {
    let keys: Vec<Option<String>> = entries.iter().map(|entry| entry.key(attribute)).collect();
    let without = keys.iter().filter(|key| key.is_none()).count();
    if without > 0 {
        let message = format!(
            "{without} of {} entries ({what}) have no readable \"{attribute}\", by which they would be known again",
            entries.len()
        );
        return Err(Failed::Incomplete(message));
    }
    Ok(keys.into_iter().flatten().collect())
}

fn person(entry: &Entry, key: &str, settings: &Settings) -> Result<FoundPerson, Why> {
    let names = &settings.attributes;
    let user_name = entry.text(names.user_name.as_deref()).ok_or(Why::NoUserName)?;
    let attributes = Attributes {
        display: entry.text(names.name.as_deref()),
        formatted: None,
        given_name: entry.text(names.given_name.as_deref()),
        family_name: entry.text(names.family_name.as_deref()),
        department: None,
        active: None,
    };
    if attributes.display.is_none() && attributes.given_name.is_none() && attributes.family_name.is_none() {
        return Err(Why::NoName);
    }
    let place = match &settings.unit {
        None | Some(UnitFrom::Nowhere) => None,
        Some(UnitFrom::Place) => Some(Place::Path(dn::units_above(&entry.dn, &settings.base))),
        Some(UnitFrom::Attribute { attribute }) => entry.text(Some(attribute)).map(Place::Named),
    };
    Ok(FoundPerson {
        key: key.to_owned(),
        person: Person {
            user_name,
            external: Some(key.to_owned()),
            title: entry.text(names.function.as_deref()),
            active: !names.disabled.as_deref().is_some_and(|name| entry.is_disabled(name)),
            attributes,
        },
        place,
    })
}

/// Entries, each with its id.
#[derive(Clone, Copy)]
struct Named<'e> {
    entries: &'e [Entry],
    keys: &'e [String],
}

impl<'e> Named<'e> {
    fn each(self) -> impl Iterator<Item = (&'e Entry, &'e str)> {
        self.entries.iter().zip(self.keys.iter().map(String::as_str))
    }

    /// The ids by name. A name that several have is nobody's: it could bring the wrong one in.
    fn by_name(
        self,
        name: impl Fn(&Entry) -> Option<String>,
        problems: &mut Vec<Trouble>,
    ) -> BTreeMap<String, &'e str> {
        let mut found: BTreeMap<String, Vec<(&Entry, &'e str)>> = BTreeMap::new();
        for (entry, key) in self.each() {
            if let Some(name) = name(entry) {
                found.entry(name).or_default().push((entry, key));
            }
        }
        let mut only = BTreeMap::new();
        for (name, entries) in found {
            match entries.as_slice() {
                [(_, key)] => {
                    only.insert(name, *key);
                }
                several => problems.extend(several.iter().map(|(entry, _)| Trouble::new(&entry.dn, Why::SameName))),
            }
        }
        only
    }
}

/// What an attribute names.
fn names<'e>(entry: &'e Entry, attribute: &str) -> impl Iterator<Item = &'e str> {
    let values = entry.all(attribute).iter();
    values.filter_map(|name| std::str::from_utf8(name).ok())
}

fn found_groups(
    how: &Groups,
    entries: &[Entry],
    people: Named<'_>,
    settings: &Settings,
    problems: &mut Vec<Trouble>,
) -> Result<Vec<FoundGroup>, Failed> {
    let keys = keys(entries, how.id.as_deref().unwrap_or("entryUUID"), "groups")?;
    let groups = Named { entries, keys: &keys };
    let mut members: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    match &how.members {
        Some(MembersFrom::Person { attribute }) => {
            let by_name = groups.by_name(|entry| Some(dn::folded(&entry.dn)), problems);
            for (entry, key) in people.each() {
                for name in names(entry, attribute) {
                    if let Some(group) = by_name.get(&dn::folded(name)) {
                        members.entry(group).or_default().insert(key.to_owned());
                    }
                }
            }
        }
        Some(MembersFrom::Group { attribute }) => {
            // Unix groups name people as they log in, all others by where they stand.
            let by_user = attribute.eq_ignore_ascii_case("memberUid");
            let user_name = settings.attributes.user_name.as_deref();
            let by_name = people.by_name(
                |entry| {
                    if by_user {
                        entry.text(user_name).map(|name| text::folded(&name))
                    } else {
                        Some(dn::folded(&entry.dn))
                    }
                },
                problems,
            );
            for (entry, group) in groups.each() {
                for name in names(entry, attribute) {
                    let name = if by_user {
                        text::folded(name.trim())
                    } else {
                        dn::folded(name)
                    };
                    if let Some(key) = by_name.get(&name) {
                        members.entry(group).or_default().insert((*key).to_owned());
                    }
                }
            }
        }
        None => {}
    }
    let found = groups.each().map(|(entry, key)| FoundGroup {
        key: key.to_owned(),
        name: entry.text(how.name.as_deref()).unwrap_or_default(),
        members: members.remove(key).unwrap_or_default(),
    });
    Ok(found.collect())
}
