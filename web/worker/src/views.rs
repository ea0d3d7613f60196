// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The engine's views as the port's. Only translation; what needs another look into the database is in
//! [`crate::reading`].

use melder_content::{self as content, Content, MediaKind, Text, TextPiece};
use melder_engine::api;
use melder_port::ask::{Absence, QuietTimes};
use melder_port::view::{
    AccountKind, Body, ChatKind, ChatStatus, Contact, Device, DirectoryPerson, Duty, Evidence, File, Kind, Offer,
    Place, Policy, Role, Span, State, Trust, Urgency,
};
use melder_port::{AccountId, DeviceId};
use melder_protocol::{self as protocol, push};

#[must_use]
pub const fn kind(kind: protocol::account::AccountKind) -> AccountKind {
    use protocol::account::AccountKind as Theirs;
    match kind {
        Theirs::Staff => AccountKind::Staff,
        Theirs::Guest => AccountKind::Guest,
        Theirs::Bot => AccountKind::Bot,
        Theirs::Private => AccountKind::Private,
    }
}

#[must_use]
pub const fn role(role: protocol::roster::Role) -> Role {
    use protocol::roster::Role as Theirs;
    match role {
        Theirs::Member => Role::Member,
        Theirs::Publisher => Role::Publisher,
        Theirs::Manage => Role::Manage,
    }
}

#[must_use]
pub const fn their_role(role: Role) -> protocol::roster::Role {
    use protocol::roster::Role as Theirs;
    match role {
        Role::Member => Theirs::Member,
        Role::Publisher => Theirs::Publisher,
        Role::Manage => Theirs::Manage,
    }
}

#[must_use]
pub const fn trust(trust: api::Trust) -> Trust {
    match trust {
        api::Trust::Unconfirmed => Trust::Unconfirmed,
        api::Trust::Service => Trust::Service,
        api::Trust::Personal => Trust::Personal,
    }
}

#[must_use]
pub const fn chat_kind(kind: protocol::roster::GroupKind) -> ChatKind {
    use protocol::roster::GroupKind as Theirs;
    match kind {
        Theirs::Direct => ChatKind::Direct,
        Theirs::Channel => ChatKind::Channel,
        Theirs::Group | Theirs::Own => ChatKind::Group,
    }
}

#[must_use]
pub const fn status(status: api::GroupStatus) -> ChatStatus {
    match status {
        api::GroupStatus::Joining => ChatStatus::Joining,
        api::GroupStatus::Active => ChatStatus::Active,
        api::GroupStatus::Repairing => ChatStatus::Repairing,
        api::GroupStatus::Left => ChatStatus::Left,
    }
}

#[must_use]
pub fn state(state: api::MessageState) -> State {
    match state {
        api::MessageState::Received => State::Received,
        api::MessageState::Scheduled { at } => State::Scheduled(at),
        api::MessageState::Pending => State::Pending,
        api::MessageState::Sent => State::Sent,
        api::MessageState::Failed { code } => State::Failed(code.code().to_owned()),
    }
}

#[must_use]
pub fn contact(view: api::ContactView) -> Contact {
    Contact {
        account: view.account,
        name: view.name,
        unit: view.unit,
        function: view.function,
        kind: view.kind.map(kind),
        organisation_name: view.organisation_name,
        trust: trust(view.trust),
        absence: view.absence.map(absence),
    }
}

#[must_use]
pub fn absence(view: api::AbsenceView) -> Absence {
    Absence {
        note: view.note,
        until: view.until,
    }
}

#[must_use]
pub const fn duty(settings: &melder_content::DutySettings) -> Duty {
    match settings.duty {
        push::Duty::Unset => Duty::Unset,
        push::Duty::On => Duty::On(settings.since),
        push::Duty::Off => Duty::Off(settings.since),
    }
}

#[must_use]
pub const fn quiet_times(hours: &push::QuietHours) -> QuietTimes {
    QuietTimes {
        from: hours.from,
        to: hours.to,
        days: hours.days,
    }
}

#[must_use]
pub fn person(entry: protocol::account::DirectoryEntry) -> DirectoryPerson {
    DirectoryPerson {
        account: entry.account,
        name: entry.name,
        unit: entry.unit,
        function: entry.function,
        kind: kind(entry.kind),
        joined: entry.joined,
    }
}

#[must_use]
pub fn device(info: protocol::account::DeviceInfo, this: DeviceId) -> Device {
    Device {
        this: info.device == this,
        recovery: false,
        device: info.device,
        name: info.name,
        added: info.added,
        last_used: info.last_used,
    }
}

/// The recovery code: it stands in the chain like a device, of which the server tells nothing.
#[must_use]
pub fn recovery() -> Device {
    Device {
        device: DeviceId::from_bytes([0; 16]),
        name: String::new(),
        added: melder_port::Time(0),
        last_used: None,
        this: false,
        recovery: true,
    }
}

#[must_use]
pub fn offer(offer: protocol::invitation::InvitationOffer, server: &str) -> Offer {
    Offer {
        server: server.to_owned(),
        organisation_fingerprint: melder_engine::fingerprint(&offer.organisation.key),
        organisation: offer.organisation.id,
        organisation_name: offer.organisation.name,
        name: offer.name,
        kind: kind(offer.kind),
        ends: offer.ends,
        for_existing: offer.for_existing,
    }
}

#[must_use]
pub fn policy(policy: &protocol::policy::Policy) -> Policy {
    Policy {
        server_retention_days: policy.server_retention_days,
        device_retention_days: policy.device_retention_days,
        max_attachment: policy.max_attachment,
        read_receipts: policy.read_receipts,
        presence: policy.presence,
        typing: policy.typing,
        location: policy.location,
        private_groups: policy.private_groups,
        export: policy.export,
        lock_after_minutes: policy.lock_after_minutes,
        wipe_after: policy.wipe_after,
        quiet_alarms: policy.quiet_alarms,
        outdated: policy.is_outdated(env!("CARGO_PKG_VERSION")),
    }
}

/// What kind of content, for an icon and a word.
#[must_use]
pub fn content_kind(view: &api::MessageView) -> Kind {
    match view.kind {
        "text" => Kind::Text,
        "attachments" => {
            let first = view.attachments.first().map(|file| MediaKind::of(&file.content_type));
            match first {
                Some(MediaKind::Image | MediaKind::Video) => Kind::Photo,
                Some(MediaKind::Audio) => Kind::Voice,
                _ => Kind::File,
            }
        }
        "alarm" => Kind::Alarm,
        "location" => Kind::Location,
        "poll" => Kind::Poll,
        "report" => Kind::Report,
        "contact_card" => Kind::Contact,
        "operation_line" => Kind::Operation,
        _ => Kind::Unknown,
    }
}

#[must_use]
pub const fn place(place: &content::Place) -> Place {
    Place {
        latitude: place.latitude,
        longitude: place.longitude,
        accuracy: place.accuracy,
    }
}

#[must_use]
pub const fn their_place(place: Place) -> content::Place {
    content::Place {
        latitude: place.latitude,
        longitude: place.longitude,
        accuracy: place.accuracy,
    }
}

/// An attachment; `have`: bytes that are on this device.
#[must_use]
pub fn file(attachment: &content::Attachment, have: u64) -> File {
    File {
        blob: attachment.blob.id,
        filename: attachment.filename.clone(),
        content_type: attachment.content_type.clone(),
        size: attachment.blob.unsealed_size(),
        chunk: u32::try_from(protocol::limits::BLOB_CHUNK).unwrap_or(u32::MAX),
        have,
        description: attachment.description.clone(),
        preview: attachment
            .preview
            .as_ref()
            .map(|preview| (preview.content_type.clone(), preview.bytes.0.clone())),
        dimensions: attachment.dimensions,
        duration_ms: attachment.duration_ms,
        evidence: attachment.evidence.as_ref().map(|evidence| Evidence {
            captured_at: evidence.captured_at,
            place: evidence.place.as_ref().map(place),
            hash: evidence.hash.to_string(),
        }),
    }
}

/// A text in pieces. `name` knows what this viewer calls somebody; where it does not, the sender's word stands.
#[must_use]
pub fn spans(text: &Text, own: AccountId, mut name: impl FnMut(AccountId) -> Option<String>) -> Vec<Span> {
    let mut spans = Vec::new();
    for piece in text.pieces() {
        match piece {
            TextPiece::Words(words) => linked(&words, &mut spans),
            TextPiece::Mention { account, label } => {
                let label = label.strip_prefix('@').map_or(label.clone(), str::to_owned);
                spans.push(Span::Mention {
                    account,
                    name: name(account).filter(|name| !name.is_empty()).unwrap_or(label),
                    own: account == own,
                });
            }
            // The target stands where one sees it: a label may promise anything.
            TextPiece::Link { label, target } => {
                if label == target {
                    linked(&target, &mut spans);
                } else {
                    linked(&format!("{label} ({target})"), &mut spans);
                }
            }
        }
    }
    spans
}

/// Addresses of the web in plain words.
fn linked(words: &str, spans: &mut Vec<Span>) {
    let mut plain = String::new();
    let mut rest = words;
    while !rest.is_empty() {
        let starts = plain.chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        let length = if starts { address(rest) } else { 0 };
        if length > 0 {
            if !plain.is_empty() {
                spans.push(Span::Plain(std::mem::take(&mut plain)));
            }
            spans.push(Span::Link(rest[..length].to_owned()));
            rest = &rest[length..];
        } else if let Some(letter) = rest.chars().next() {
            plain.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    if !plain.is_empty() {
        spans.push(Span::Plain(plain));
    }
}

/// The length of the address at the start; 0: there is none.
fn address(text: &str) -> usize {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let Some(scheme) = scheme else { return 0 };
    let end = text
        .find(|letter: char| letter.is_whitespace() || letter.is_control() || matches!(letter, '<' | '>' | '"'))
        .unwrap_or(text.len());
    // What ends a sentence or closes a bracket that the address did not open is not of it.
    let mut address = &text[..end];
    while let Some(last) = address.chars().next_back() {
        let loose = matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_')
            || (last == ')' && address.matches(')').count() > address.matches('(').count());
        if !loose {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    if address.len() > scheme.len() { address.len() } else { 0 }
}

/// What a message says. `votes` and `have` know what stands elsewhere in the database.
pub fn body(
    content: Option<&Content>,
    view: &api::MessageView,
    own: AccountId,
    mut name: impl FnMut(AccountId) -> Option<String>,
    votes: &[(AccountId, Vec<u8>)],
) -> Body {
    let Some(content) = content.filter(|_| !view.deleted) else {
        return Body::Deleted;
    };
    let files = |items: &[content::Attachment]| -> Vec<File> {
        let have = |item: &content::Attachment| {
            let known = view.attachments.iter().find(|known| known.blob == item.blob.id);
            known.map_or(0, |known| known.have)
        };
        items.iter().map(|item| file(item, have(item))).collect()
    };
    match content.body() {
        Content::Text(text) => Body::Text(spans(text, own, name)),
        Content::Attachments(attachments) => Body::Files {
            caption: attachments
                .caption
                .as_ref()
                .map(|caption| spans(caption, own, &mut name))
                .unwrap_or_default(),
            files: files(&attachments.items),
        },
        Content::Alarm(alarm) => Body::Alarm {
            urgency: urgency(alarm.urgency),
            text: alarm.text.clone(),
            on_duty: alarm.on_duty,
            over: alarm.over,
        },
        Content::Location(location) => Body::Location {
            place: place(&location.place),
            label: location.label.clone(),
            live_until: location.live_until,
        },
        Content::Poll(poll) => Body::Poll(self::poll(poll, own, votes)),
        Content::Report(report) => Body::Report {
            title: report.title.clone(),
            fields: report
                .fields
                .iter()
                .map(|field| (field.label.clone(), field.value.clone()))
                .collect(),
            files: files(&report.attachments),
        },
        Content::ContactCard(card) => Body::Contact {
            name: card.name.clone(),
            account: card.account,
            details: card
                .organisation
                .iter()
                .chain(&card.unit)
                .chain(&card.phones)
                .chain(&card.mails)
                .chain(&card.note)
                .cloned()
                .collect(),
        },
        Content::OperationLine(line) => Body::Operation {
            text: line.text.clone(),
        },
        _ => Body::Unknown,
    }
}

fn poll(poll: &content::Poll, own: AccountId, votes: &[(AccountId, Vec<u8>)]) -> melder_port::view::Poll {
    let chosen = |place: usize| {
        votes
            .iter()
            .filter(move |(_, choices)| choices.iter().any(|choice| usize::from(*choice) == place))
    };
    melder_port::view::Poll {
        question: poll.question.clone(),
        multiple: poll.multiple,
        options: poll
            .options
            .iter()
            .enumerate()
            .map(|(place, text)| melder_port::view::PollOption {
                text: text.clone(),
                votes: u32::try_from(chosen(place).count()).unwrap_or(u32::MAX),
                own: chosen(place).any(|(account, _)| *account == own),
            })
            .collect(),
        voters: u32::try_from(votes.len()).unwrap_or(u32::MAX),
    }
}

#[must_use]
pub const fn urgency(urgency: content::Urgency) -> Urgency {
    match urgency {
        content::Urgency::Notice => Urgency::Notice,
        // A newer app's word: it rings, but does not shout.
        content::Urgency::Urgent | content::Urgency::Other(_) => Urgency::Urgent,
        content::Urgency::Emergency => Urgency::Emergency,
    }
}

#[must_use]
pub const fn their_urgency(urgency: Urgency) -> content::Urgency {
    match urgency {
        Urgency::Notice => content::Urgency::Notice,
        Urgency::Urgent => content::Urgency::Urgent,
        Urgency::Emergency => content::Urgency::Emergency,
    }
}

#[cfg(test)]
mod tests {
    use super::{Span, Text, linked, spans};
    use melder_port::AccountId;

    fn pieces(text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        linked(text, &mut spans);
        spans
    }

    #[test]
    fn an_address_ends_before_what_ends_the_sentence() {
        assert_eq!(
            pieces("Siehe https://example.org/a_(b), danach (http://x.de/?q=1)."),
            [
                Span::Plain("Siehe ".into()),
                Span::Link("https://example.org/a_(b)".into()),
                Span::Plain(", danach (".into()),
                Span::Link("http://x.de/?q=1".into()),
                Span::Plain(").".into()),
            ]
        );
    }

    #[test]
    fn other_schemes_and_bare_words_are_no_links() {
        assert_eq!(
            pieces("javascript:alert(1) https://"),
            [Span::Plain("javascript:alert(1) https://".into())]
        );
        assert_eq!(pieces("xhttp://a.de"), [Span::Plain("xhttp://a.de".into())]);
    }

    #[test]
    fn a_mention_is_shown_by_the_name_that_this_viewer_knows() {
        let other = AccountId::from_bytes([3; 16]);
        let own = AccountId::from_bytes([4; 16]);
        let text = Text::markdown(format!("Hallo {}!", Text::mention("M. Huber", other)));
        let shown = spans(&text, own, |_| Some("Monika Huber".into()));
        assert_eq!(
            shown,
            [
                Span::Plain("Hallo ".into()),
                Span::Mention {
                    account: other,
                    name: "Monika Huber".into(),
                    own: false
                },
                Span::Plain("!".into()),
            ]
        );
        let unknown = spans(&text, other, |_| None);
        assert!(matches!(&unknown[1], Span::Mention { name, own: true, .. } if name == "M. Huber"));
    }

    #[test]
    fn a_label_never_hides_where_its_link_leads() {
        let text = Text::markdown("[www.muenchen.de](https://evil.example)");
        let shown = spans(&text, AccountId::from_bytes([0; 16]), |_| None);
        assert_eq!(
            shown,
            [
                Span::Plain("www.muenchen.de (".into()),
                Span::Link("https://evil.example".into()),
                Span::Plain(")".into()),
            ]
        );
    }
}
