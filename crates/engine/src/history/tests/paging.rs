// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

use melder_content::Content;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{ErrorCode, Sequence, Time};

use crate::api::{Action, ActionError, ActionId, Around, ChatItem, ChatPage, Event, Invalid, Outcome, SystemLine};
use crate::history::testing::{CHANNEL, Device, GROUP, Person, events, text};
use crate::{actions, groups, history, once, screen};

fn device() -> (Device, Person) {
    let (anna, bert) = (Person::new(1, 1), Person::new(2, 1));
    (Device::new(&anna, 0, &[&bert]), bert)
}

/// What stands in a page: words of messages, and lines by their place.
fn shown(page: &ChatPage) -> Vec<String> {
    page.items
        .iter()
        .map(|item| match item {
            ChatItem::Message(view) => view.text.clone(),
            ChatItem::Line { sequence, .. } => format!("line {}", sequence.0),
        })
        .collect()
}

fn page(device: &Device, around: Around, limit: u32) -> ChatPage {
    history::page(&device.connection, device.own.account, GROUP, around, limit).unwrap()
}

/// Ten messages with the places 2 to 11, and lines at 4 and 12.
fn ten() -> (Device, Person) {
    let (mut device, bert) = device();
    for number in 2..=11 {
        if number == 5 {
            device.run(|work| groups::line(work, GROUP, Some(Sequence(4)), &SystemLine::Closed).unwrap());
        }
        device.hear(bert.member(0), text(&format!("m{number}")));
    }
    device.run(|work| groups::line(work, GROUP, Some(Sequence(12)), &SystemLine::Closed).unwrap());
    (device, bert)
}

#[test]
fn pages_follow_each_other_without_a_gap_or_a_repetition() {
    let (device, _) = ten();
    let all = shown(&page(&device, Around::End, 100));
    assert_eq!(
        all,
        [
            "m2", "m3", "m4", "line 4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "line 12"
        ]
    );
    for limit in 1..6 {
        let place = |item: &ChatItem| match item {
            ChatItem::Message(view) => view.sequence.unwrap(),
            ChatItem::Line { sequence, .. } => *sequence,
        };
        let (mut back, mut around) = (Vec::new(), Around::End);
        loop {
            let page = page(&device, around, limit);
            back.splice(0..0, shown(&page));
            if !page.more_before {
                break;
            }
            around = Around::Before(place(&page.items[0]));
        }
        assert_eq!(back, all, "backwards by {limit}");
        let (mut forth, mut around) = (Vec::new(), Around::After(Sequence(0)));
        loop {
            let page = page(&device, around, limit);
            forth.extend(shown(&page));
            if !page.more_after {
                break;
            }
            around = Around::After(place(page.items.last().unwrap()));
        }
        assert_eq!(forth, all, "forwards by {limit}");
    }
}

#[test]
fn a_hit_stands_in_the_middle_of_its_page() {
    let (device, _) = ten();
    let found = page(&device, Around::At(Sequence(7)), 4);
    assert_eq!(shown(&found), ["m5", "m6", "m7", "m8"]);
    assert!(found.more_before && found.more_after);
}

#[test]
fn what_waits_stands_at_the_end_and_only_there() {
    let (mut device, _) = ten();
    device.write(text("waits"));
    assert_eq!(shown(&page(&device, Around::End, 2)).last().unwrap(), "waits");
    assert!(!shown(&page(&device, Around::At(Sequence(5)), 4)).contains(&"waits".to_owned()));
    assert_eq!(
        shown(&page(&device, Around::After(Sequence(10)), 9)),
        ["m11", "line 12", "waits"]
    );
}

#[test]
fn what_is_planned_stands_behind_what_waits_the_next_first() {
    let (mut device, _) = ten();
    for (said, at) in [("tomorrow", 9_000_000), ("tonight", 8_000_000)] {
        let message = device.message(text(said));
        device.plan(&message, Time(at));
    }
    device.write(text("waits"));
    assert_eq!(
        shown(&page(&device, Around::End, 1)),
        ["line 12", "waits", "tonight", "tomorrow"]
    );
}

#[test]
fn a_search_may_stay_in_one_chat() {
    let (mut device, bert) = device();
    device.hear(bert.member(0), text("Lage hier"));
    let message = device.message(text("Lage dort"));
    device.hear_message(
        CHANNEL,
        GroupKind::Channel,
        Some(Role::Publisher),
        bert.member(0),
        &message,
    );
    let own = device.own.account;
    let find = |group| {
        let hits = history::search(&device.connection, own, "lage", group, 10).unwrap();
        hits.into_iter().map(|hit| hit.message.text).collect::<Vec<_>>()
    };
    assert_eq!(find(None).len(), 2);
    assert_eq!(find(Some(GROUP)), ["Lage hier"]);
    assert_eq!(find(Some(CHANNEL)), ["Lage dort"]);
}

#[test]
fn what_stands_in_the_composer_is_kept_until_it_is_empty() {
    let (mut device, bert) = device();
    let to = device.hear(bert.member(0), text("Wo?"));
    let save = |device: &mut Device, words: &str, reply_to, known: &str| {
        let action = Action::SaveComposer {
            group: GROUP,
            text: words.to_owned(),
            reply_to,
            known: known.to_owned(),
        };
        device.run(|work| actions::perform(work, ActionId(1), action).unwrap());
        screen::composer(&device.connection, GROUP).unwrap()
    };
    let kept = save(&mut device, "Am Mari", Some(to), "").unwrap();
    assert_eq!((kept.text.as_str(), kept.reply_to), ("Am Mari", Some(to)));
    assert_eq!(save(&mut device, "", None, "Am Mari"), None);
}

#[test]
fn a_window_that_sent_its_text_does_not_forget_what_another_wrote_since() {
    let (mut device, _) = device();
    let mut save = |text: &str, known: &str| {
        let action = Action::SaveComposer {
            group: GROUP,
            text: text.to_owned(),
            reply_to: None,
            known: known.to_owned(),
        };
        device.run(|work| actions::perform(work, ActionId(1), action).unwrap());
        screen::composer(&device.connection, GROUP)
            .unwrap()
            .map(|kept| kept.text)
    };
    save("Aus dem zweiten Fenster", "");
    save("Halb geschrieben", "");
    assert_eq!(save("", "Aus dem zweiten Fenster").as_deref(), Some("Halb geschrieben"));
}

#[test]
fn a_failed_message_can_be_taken_back_and_one_on_its_way_cannot() {
    let (mut device, _) = device();
    let (failed, sent) = (device.write(text("failed")), device.say(text("sent")));
    device.run(|work| history::failed(work, GROUP, failed, ErrorCode::NotAllowed).unwrap());
    let mut cancel = |message| {
        let (_, effects) = device.work(|work| actions::perform(work, ActionId(1), Action::Cancel(message)).unwrap());
        events(&effects).find_map(|event| match event {
            Event::Failed { error, .. } => Some(error.clone()),
            _ => None,
        })
    };
    assert_eq!(cancel(failed), None);
    assert_eq!(cancel(failed), Some(ActionError::Invalid(Invalid::UnknownMessage)));
    assert_eq!(cancel(sent), Some(ActionError::Invalid(Invalid::TooLate)));
    assert_eq!(device.texts(), ["sent"]);
}

#[test]
fn an_action_that_is_asked_for_twice_is_done_once_and_answered_twice() {
    let (mut device, _) = device();
    let mut ask = |token: u8| {
        let action = Action::StartFile { size: 10 };
        let (_, effects) = device.work(|work| once::perform(work, ActionId(7), [token; 16], action).unwrap());
        let file = events(&effects).find_map(|event| match event {
            Event::Done {
                outcome: Outcome::File(file),
                action: ActionId(7),
            } => Some(*file),
            _ => None,
        });
        file.unwrap()
    };
    let first = ask(1);
    assert_eq!(ask(1), first);
    assert_ne!(ask(2), first);
    assert_eq!(device.number("SELECT COUNT(*) FROM files"), 2);
}

#[test]
fn an_own_reaction_is_found_by_its_emoji_until_it_is_taken_back() {
    let (mut device, bert) = device();
    let to = device.hear(bert.member(0), text("Danke"));
    let emoji = "👍".to_owned();
    device.hear(
        bert.member(0),
        Content::Reaction {
            to,
            emoji: emoji.clone(),
        },
    );
    let own = device.own.account;
    let find = |device: &Device| history::own_reaction(&device.connection, own, to, "👍").unwrap();
    assert_eq!(find(&device), None);
    let reaction = device.say(Content::Reaction { to, emoji });
    assert_eq!(find(&device), Some(reaction));
    device.say(Content::Unreaction { reaction, to: Some(to) });
    assert_eq!(find(&device), None);
}
