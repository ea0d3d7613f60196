// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Where one is: what stands in the address bar, and so what "back" does. Nothing secret is ever in it: what an invitation
//! carries after `#` is taken out at once.

use melder_kit::dom;
use melder_kit::place::Place;
pub use melder_kit::place::{follow, go, replace};
use melder_port::{AccountId, GroupId, MessageId, Sequence};

/// A place in the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    Chats,
    Chat {
        group: GroupId,
        at: Option<Sequence>,
    },
    Info(GroupId),
    Search,
    /// Search within one chat.
    SearchIn(GroupId),
    /// Whom or what to write to.
    New,
    NewGroup,
    NewChannel,
    /// Whom one's own alarms reached: this one, else the newest.
    Alarms(Option<MessageId>),
    Contacts,
    Contact(AccountId),
    /// Compare the safety number.
    Verify(AccountId),
    Profile,
    Devices,
    /// Link a further device, from this one.
    LinkDevice,
    Security,
    Notifications,
    Help,
    /// An invitation was opened in a browser that has an account.
    Join,
}

impl Route {
    /// The address's path and query; anything else is the chat list.
    #[must_use]
    pub fn parse(path: &str, query: &str) -> Self {
        let mut parts = path.trim_matches('/').split('/');
        let said = |name: &str| {
            let mut pairs = query
                .trim_start_matches('?')
                .split('&')
                .filter_map(|pair| pair.split_once('='));
            pairs.find_map(|(other, value)| (other == name).then_some(value))
        };
        let at = said("at").and_then(|number| number.parse().ok()).map(Sequence);
        match (parts.next(), parts.next(), parts.next()) {
            (Some("chat"), Some(id), info) => match (id.parse(), info) {
                (Ok(group), Some("info")) => Self::Info(group),
                (Ok(group), _) => Self::Chat { group, at },
                _ => Self::Chats,
            },
            (Some("contact"), Some(id), Some("verify")) => id.parse().map_or(Self::Contacts, Self::Verify),
            (Some("contact"), Some(id), _) => id.parse().map_or(Self::Contacts, Self::Contact),
            (Some("search"), ..) => said("in")
                .and_then(|id| id.parse().ok())
                .map_or(Self::Search, Self::SearchIn),
            (Some("new"), Some("group"), _) => Self::NewGroup,
            (Some("new"), Some("channel"), _) => Self::NewChannel,
            (Some("new"), ..) => Self::New,
            (Some("alarms"), ..) => Self::Alarms(said("of").and_then(|id| id.parse().ok())),
            (Some("contacts"), ..) => Self::Contacts,
            (Some("profile"), ..) => Self::Profile,
            // A new device's QR code, scanned by a phone's own camera, opens /link.
            (Some("link"), ..) | (Some("devices"), Some("link"), _) => Self::LinkDevice,
            (Some("devices"), ..) => Self::Devices,
            (Some("security"), ..) => Self::Security,
            (Some("notifications"), ..) => Self::Notifications,
            (Some("help"), ..) => Self::Help,
            (Some("join"), ..) => Self::Join,
            _ => Self::Chats,
        }
    }

    /// The address.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Chats => "/".into(),
            Self::Chat { group, at: None } => format!("/chat/{group}"),
            Self::Chat { group, at: Some(at) } => format!("/chat/{group}?at={}", at.0),
            Self::Info(group) => format!("/chat/{group}/info"),
            Self::Search => "/search".into(),
            Self::SearchIn(group) => format!("/search?in={group}"),
            Self::New => "/new".into(),
            Self::NewGroup => "/new/group".into(),
            Self::NewChannel => "/new/channel".into(),
            Self::Alarms(None) => "/alarms".into(),
            Self::Alarms(Some(id)) => format!("/alarms?of={id}"),
            Self::Contacts => "/contacts".into(),
            Self::Contact(account) => format!("/contact/{account}"),
            Self::Verify(account) => format!("/contact/{account}/verify"),
            Self::Profile => "/profile".into(),
            Self::Devices => "/devices".into(),
            Self::LinkDevice => "/devices/link".into(),
            Self::Security => "/security".into(),
            Self::Notifications => "/notifications".into(),
            Self::Help => "/help".into(),
            Self::Join => "/join".into(),
        }
    }

    /// The chat that is open here.
    #[must_use]
    pub const fn group(&self) -> Option<GroupId> {
        match self {
            Self::Chat { group, .. } | Self::Info(group) => Some(*group),
            _ => None,
        }
    }

    /// Which tab is lit.
    #[must_use]
    pub const fn tab(&self) -> Tab {
        match self {
            Self::Contacts | Self::Contact(_) | Self::Verify(_) => Tab::Contacts,
            Self::Profile | Self::Devices | Self::LinkDevice | Self::Security | Self::Notifications | Self::Help => {
                Tab::Profile
            }
            _ => Tab::Chats,
        }
    }
}

impl Place for Route {
    fn path(&self) -> String {
        Self::path(self)
    }
}

/// The tabs at the bottom, or on the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Chats,
    Contacts,
    Profile,
}

/// Where the browser is now.
#[must_use]
pub fn current() -> Route {
    let location = dom::window().location();
    Route::parse(
        &location.pathname().unwrap_or_default(),
        &location.search().unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "01badcc0de01badcc0de01badcc0de01badcc0de01badcc0de01badcc0de0123";

    #[test]
    fn every_place_has_an_address_of_its_own() {
        let group = GroupId::from_bytes([7; 16]);
        let account = AccountId::from_bytes([9; 16]);
        for route in [
            Route::Chats,
            Route::Chat { group, at: None },
            Route::Chat {
                group,
                at: Some(Sequence(12)),
            },
            Route::Info(group),
            Route::Search,
            Route::SearchIn(group),
            Route::New,
            Route::NewGroup,
            Route::NewChannel,
            Route::Alarms(None),
            Route::Alarms(Some(MESSAGE.parse().unwrap())),
            Route::Contacts,
            Route::Contact(account),
            Route::Verify(account),
            Route::Profile,
            Route::Devices,
            Route::LinkDevice,
            Route::Security,
            Route::Notifications,
            Route::Help,
            Route::Join,
        ] {
            let path = route.path();
            let (path, query) = path.split_once('?').unwrap_or((&path, ""));
            assert_eq!(Route::parse(path, query), route);
        }
    }

    #[test]
    fn what_is_no_address_is_the_chat_list() {
        assert_eq!(Route::parse("/chat/zz", ""), Route::Chats);
        assert_eq!(Route::parse("/%20/..", "?at=x"), Route::Chats);
    }
}
