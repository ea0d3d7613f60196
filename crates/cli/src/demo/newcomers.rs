// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Whoever joins finds something to read: what was written before, no newcomer can decrypt. As soon as a visitor's device is in a
//! group, colleagues say a few words there, and one channel says in three sentences what this city is. Also with `--quiet`.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use melder_content::{Content, MessageId, Text};
use melder_engine::api::{Action, Draft, Outcome};
use melder_protocol::{AccountId, GroupId};
use tokio::time::sleep;

use super::city::City;
use super::colleagues::{Colleague, Place, places};
use super::script::Script;
use crate::replay::plan::Dice;
use crate::replay::wire::now;

/// How often somebody looks who is there.
const LOOK: Duration = Duration::from_secs(2);
/// What the welcome is about comes first, so that the welcome is the newest chat.
const FIRST: Duration = Duration::from_secs(3);

/// Runs until it is dropped.
pub(super) async fn receive(colleagues: &[Colleague], city: &City, script: &Script, quiet: bool) {
    let own: BTreeSet<AccountId> = colleagues.iter().map(|colleague| colleague.account).collect();
    let mut dice = Dice::new(now(), "newcomers");
    let (welcome, others): (Vec<Place>, Vec<Place>) = places(city, script)
        .into_iter()
        .partition(|place| place.key == script.welcome.group);
    let mut known: HashMap<GroupId, BTreeSet<AccountId>> = HashMap::new();
    loop {
        for place in others.iter().chain(&welcome) {
            let hosts: Vec<&Colleague> = colleagues
                .iter()
                .filter(|colleague| place.writers.contains(&colleague.name))
                .collect();
            let Some(host) = hosts.first() else { continue };
            let id = place.id;
            let Ok(Ok(there)) = host.client.query(move |engine| engine.present(id)).await else {
                continue;
            };
            let visitors: BTreeSet<AccountId> = there.into_iter().filter(|account| !own.contains(account)).collect();
            // Who was there when the demo started was received before.
            let before = known.insert(id, visitors.clone()).unwrap_or_else(|| visitors.clone());
            if visitors.is_subset(&before) {
                continue;
            }
            if place.key == script.welcome.group {
                sleep(FIRST).await;
                let text = if quiet {
                    &script.welcome.quiet
                } else {
                    &script.welcome.text
                };
                say(host, id, Content::Text(Text::plain(text.clone()))).await;
            } else {
                talk(&hosts, place, &mut dice).await;
            }
        }
        sleep(LOOK).await;
    }
}

/// A few words, as if they had just been said: a line, an answer by somebody else, another line. In a channel only one.
async fn talk(hosts: &[&Colleague], place: &Place, dice: &mut Dice) {
    let mut lines: Vec<&String> = place.texts.lines.iter().collect();
    dice.shuffle(&mut lines);
    let count = if place.channel { 1 } else { 2 };
    for (turn, line) in lines.into_iter().take(count).enumerate() {
        let Some(host) = hosts.get(turn % hosts.len()) else {
            return;
        };
        let said = say(host, place.id, Content::Text(Text::plain(line.clone()))).await;
        let other = hosts.get((turn + 1) % hosts.len());
        if turn == 0
            && count > 1
            && let (Some(to), Some(other), Some(reply)) = (said, other, dice.pick(&place.texts.replies))
        {
            let body = Box::new(Content::Text(Text::plain(reply.clone())));
            say(other, place.id, Content::Reply { to, body }).await;
        }
    }
}

/// `None`: not in the group, or no connection. Then the next newcomer is received.
async fn say(host: &Colleague, group: GroupId, content: Content) -> Option<MessageId> {
    let draft = Box::new(Draft::new(content));
    match host.client.action(Action::Send { group, draft }).await {
        Ok(Outcome::Queued(message)) => Some(message),
        _ => None,
    }
}
