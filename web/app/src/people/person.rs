// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A person as lists show one, whether this device knows them or only the server's directory does.

use std::cell::RefCell;
use std::collections::HashMap;

use leptos::prelude::*;
use melder_kit::{Avatar, TrustBadge, TrustLevel, TrustShow, avatar, t};
use melder_port::AccountId;
use melder_port::view::{AccountKind, Contact, DirectoryPerson, Trust};

/// More than this, and a list shows the rest only when asked.
pub const SHOWN: usize = 100;

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub account: AccountId,
    pub name: String,
    pub unit: Vec<String>,
    pub function: Option<String>,
    pub kind: Option<AccountKind>,
    /// Empty if it is the viewer's own.
    pub organisation: String,
    /// `None`: this device has no record of them yet.
    pub trust: Option<Trust>,
    /// Has used the account at least once.
    pub joined: bool,
}

impl Person {
    /// One whom this device knows; `home` is the viewer's own organisation.
    #[must_use]
    pub fn known(contact: Contact, home: &str) -> Self {
        let away = contact.organisation_name != home;
        Self {
            account: contact.account,
            name: contact.name,
            unit: contact.unit,
            function: contact.function,
            kind: contact.kind,
            organisation: if away { contact.organisation_name } else { String::new() },
            trust: Some(contact.trust),
            joined: true,
        }
    }

    /// Does every word of the query stand somewhere in name, unit or function?
    #[must_use]
    pub fn fits(&self, query: &str) -> bool {
        let all = fold(&format!(
            "{} {} {} {}",
            self.name,
            self.unit.join(" "),
            self.function.as_deref().unwrap_or_default(),
            self.organisation
        ));
        fold(query).split_whitespace().all(|word| all.contains(word))
    }
}

impl From<DirectoryPerson> for Person {
    fn from(person: DirectoryPerson) -> Self {
        Self {
            account: person.account,
            name: person.name,
            unit: person.unit,
            function: person.function,
            kind: Some(person.kind),
            organisation: String::new(),
            trust: None,
            joined: person.joined,
        }
    }
}

thread_local! {
    /// Who was met in the directory: a profile can be shown before this device has a record.
    static MET: RefCell<HashMap<AccountId, Person>> = RefCell::default();
}

/// Remembers a person of the directory until the page ends.
pub fn meet(person: &Person) {
    MET.with(|met| met.borrow_mut().insert(person.account, person.clone()));
}

/// Who was met in the directory under this id.
#[must_use]
pub fn met(account: AccountId) -> Option<Person> {
    MET.with(|met| met.borrow().get(&account).cloned())
}

/// Small letters without the marks that people leave out when they search.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in melder_kit::texts::lower(text).chars() {
        match letter {
            'ä' | 'á' | 'à' | 'â' | 'å' | 'ã' => folded.push('a'),
            'ö' | 'ó' | 'ò' | 'ô' | 'ø' => folded.push('o'),
            'ü' | 'ú' | 'ù' | 'û' => folded.push('u'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ı' => folded.push('i'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'š' | 'ş' | 'ś' => folded.push('s'),
            'ž' | 'ź' | 'ż' => folded.push('z'),
            'ğ' => folded.push('g'),
            'ł' => folded.push('l'),
            'ñ' | 'ń' => folded.push('n'),
            'đ' => folded.push('d'),
            'ß' => folded.push_str("ss"),
            // The dot above that a small "İ" leaves behind.
            '\u{307}' => {}
            other => folded.push(other),
        }
    }
    folded
}

/// The letter under which a name stands; "#" for what is none.
#[must_use]
pub fn letter(name: &str) -> char {
    let first = fold(name.trim()).chars().next();
    first
        .filter(|c| c.is_alphabetic())
        .and_then(|c| melder_kit::texts::upper(c.encode_utf8(&mut [0; 4])).chars().next())
        .unwrap_or('#')
}

#[must_use]
pub const fn level(trust: Trust) -> TrustLevel {
    match trust {
        Trust::Unconfirmed => TrustLevel::Unconfirmed,
        Trust::Service => TrustLevel::Service,
        Trust::Personal => TrustLevel::Personal,
    }
}

#[must_use]
pub fn trust_word(trust: Trust) -> String {
    match trust {
        Trust::Unconfirmed => t!("trust-unconfirmed"),
        Trust::Service => t!("trust-service"),
        Trust::Personal => t!("trust-personal"),
    }
}

#[must_use]
pub fn trust_short(trust: Trust) -> String {
    match trust {
        Trust::Unconfirmed => t!("trust-unconfirmed"),
        Trust::Service => t!("trust-service-short"),
        Trust::Personal => t!("trust-personal-short"),
    }
}

#[must_use]
pub fn trust_why(trust: Trust) -> String {
    match trust {
        Trust::Unconfirmed => t!("trust-unconfirmed-why"),
        Trust::Service => t!("trust-service-why"),
        Trust::Personal => t!("trust-personal-why"),
    }
}

/// A word for whoever is no staff.
#[must_use]
pub fn kind_word(kind: Option<AccountKind>) -> Option<String> {
    match kind? {
        AccountKind::Staff => None,
        AccountKind::Guest => Some(t!("kind-guest")),
        AccountKind::Bot => Some(t!("kind-bot")),
        AccountKind::Private => Some(t!("kind-private")),
    }
}

/// What stands under a name: "Gast · Abschleppdienst Maier", "Bezirk 3 · Streifendienst".
#[must_use]
pub fn about(person: &Person) -> String {
    let parts = [
        kind_word(person.kind),
        Some(person.organisation.clone()),
        person.unit.last().cloned(),
        person.function.clone(),
        (!person.joined).then(|| t!("person-not-joined")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// Picture, name, what stands under it, and the shield. What is done with it stands around.
#[component]
pub fn PersonLine(
    person: Person,
    #[prop(default = TrustShow::Shield)] show: TrustShow,
    #[prop(optional, into)] note: Option<String>,
) -> impl IntoView {
    let under = note.unwrap_or_else(|| about(&person));
    let hue = avatar::hue(person.account.as_bytes());
    view! {
        <Avatar name=person.name.clone() hue size=44 />
        <span class="person__words">
            <span class="person__name">{person.name.clone()}</span>
            {(!under.is_empty()).then(|| view! { <span class="person__about">{under}</span> })}
        </span>
        {person
            .trust
            .map(|trust| {
                let word = if show == TrustShow::Badge { trust_short(trust) } else { trust_word(trust) };
                view! { <TrustBadge level=level(trust) word show /> }
            })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, unit: &str) -> Person {
        Person {
            account: AccountId::from_bytes([1; 16]),
            name: name.to_owned(),
            unit: vec!["KVR".to_owned(), unit.to_owned()],
            function: Some("Streifendienst".to_owned()),
            kind: Some(AccountKind::Staff),
            organisation: String::new(),
            trust: None,
            joined: true,
        }
    }

    #[test]
    fn a_name_is_found_without_its_marks() {
        let fatima = person("Fatima Yıldız", "Bezirk 3");
        assert!(fatima.fits("yildiz"));
        assert!(fatima.fits("bezirk fat"));
        assert!(fatima.fits(""));
        assert!(!fatima.fits("fatima messe"));
    }

    #[test]
    fn a_name_stands_under_its_plain_letter() {
        assert_eq!(letter("Özlem Kaya"), 'O');
        assert_eq!(letter(" anna"), 'A');
        assert_eq!(letter("3. Zug"), '#');
        assert_eq!(letter(""), '#');
    }
}
