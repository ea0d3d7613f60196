// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

use std::collections::HashSet;

use super::*;
use crate::replay::scenario::BUILT_IN;

fn plans() -> Vec<(Scenario, Plan)> {
    BUILT_IN
        .iter()
        .map(|(name, _)| {
            let scenario = Scenario::load(name).unwrap();
            let plan = Plan::new(&scenario, scenario.seed);
            (scenario, plan)
        })
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_plan_and_another_seed_another_one() {
    for (scenario, plan) in plans() {
        assert_eq!(plan, Plan::new(&scenario, scenario.seed));
        assert_ne!(plan, Plan::new(&scenario, scenario.seed + 1));
    }
}

#[test]
fn the_plan_has_as_many_messages_as_the_record_whatever_the_seed() {
    for (scenario, _) in plans() {
        for seed in 0..20 {
            let plan = Plan::new(&scenario, seed);
            assert!(
                plan.messages.len() >= scenario.record.messages,
                "{} with seed {seed}: {}",
                scenario.name,
                plan.messages.len()
            );
            assert!(plan.people.len() >= scenario.record.people);
        }
    }
}

#[test]
fn everybody_has_a_name_of_their_own_and_a_device() {
    for (scenario, plan) in plans() {
        let names: HashSet<&str> = plan.people.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(names.len(), plan.people.len(), "{}", scenario.name);
        for (index, person) in plan.people.iter().enumerate() {
            assert!(!person.devices.is_empty() && person.devices.len() <= 10);
            assert!(
                person
                    .devices
                    .iter()
                    .all(|device| plan.devices[*device].person == index)
            );
        }
    }
}

#[test]
fn nobody_writes_before_arriving_or_after_leaving_or_from_a_device_that_is_not_linked() {
    for (scenario, plan) in plans() {
        for message in &plan.messages {
            let person = &plan.people[message.person];
            assert!(
                person.comes.is_none_or(|comes| comes + SETTLE <= message.at),
                "{}: {message:?}",
                scenario.name
            );
            assert!(person.leaves.is_none_or(|leaves| message.at < leaves));
            assert!(
                plan.devices[message.device]
                    .linked
                    .is_none_or(|linked| linked + SETTLE <= message.at)
            );
            assert!(person.groups.contains(&message.group));
        }
    }
}

#[test]
fn in_channels_only_publishers_write() {
    for (_, plan) in plans() {
        for message in plan
            .messages
            .iter()
            .filter(|message| plan.groups[message.group].channel)
        {
            assert!(plan.groups[message.group].members.contains(&(message.person, true)));
        }
    }
}

#[test]
fn every_step_rests_only_on_earlier_steps() {
    for (_, plan) in plans() {
        assert!(plan.steps.is_sorted_by_key(|step| step.at));
        let mut written = HashSet::new();
        for step in &plan.steps {
            match &step.act {
                Act::Write { message } => {
                    if let MessageKind::Reply { to } = plan.messages[*message].kind {
                        assert!(written.contains(&to), "answers what is not written yet");
                        assert_eq!(plan.messages[to].group, plan.messages[*message].group);
                    }
                    written.insert(*message);
                }
                Act::React { message, .. }
                | Act::Edit { message, .. }
                | Act::Delete { message }
                | Act::Confirm { message, .. } => {
                    assert!(written.contains(message));
                }
                _ => {}
            }
        }
    }
}

#[test]
fn who_has_no_network_does_nothing_but_write_plain_texts() {
    for (_, plan) in plans() {
        for step in &plan.steps {
            match &step.act {
                Act::React { device, .. } | Act::Confirm { device, .. } => {
                    assert!(!plan.is_offline(*device, step.at))
                }
                Act::Write { message } if plan.is_offline(plan.messages[*message].device, step.at) => {
                    assert!(matches!(
                        plan.messages[*message].kind,
                        MessageKind::Text | MessageKind::AskConfirmation
                    ));
                }
                _ => {}
            }
        }
    }
}

#[test]
fn losses_of_the_network_end_in_time_and_do_not_overlap() {
    for (_, plan) in plans() {
        for device in &plan.devices {
            assert!(device.offline.iter().all(|(from, to)| from < to));
            assert!(device.offline.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }
}

#[test]
fn the_alarm_asks_everybody_and_nearly_all_confirm() {
    for (name, people) in [("europawahl-2019", 50), ("schicht", 160)] {
        let scenario = Scenario::load(name).unwrap();
        let plan = Plan::new(&scenario, scenario.seed);
        let alarms: Vec<usize> = (0..plan.messages.len())
            .filter(|message| plan.messages[*message].kind == MessageKind::Alarm)
            .collect();
        assert_eq!(alarms.len(), 1);
        let confirmed = plan
            .steps
            .iter()
            .filter(|step| matches!(step.act, Act::Confirm { message, .. } if message == alarms[0]))
            .count();
        assert!(confirmed >= people, "{name}: {confirmed}");
    }
}

#[test]
fn each_kind_of_thing_happens_in_the_election_day() {
    let scenario = Scenario::load("europawahl-2019").unwrap();
    let plan = Plan::new(&scenario, scenario.seed);
    let count = |what: fn(&Act) -> bool| plan.steps.iter().filter(|step| what(&step.act)).count();
    assert_eq!(count(|act| matches!(act, Act::Arrive { .. })), 56);
    assert_eq!(count(|act| matches!(act, Act::Leave { .. })), 42);
    assert_eq!(count(|act| matches!(act, Act::Link { .. })), 3);
    assert_eq!(count(|act| matches!(act, Act::End)), 1);
    assert!(count(|act| matches!(act, Act::Offline { .. })) >= 5);
    assert!(count(|act| matches!(act, Act::React { .. })) >= 100);
    assert!(count(|act| matches!(act, Act::Edit { .. })) >= 5);
    assert!(count(|act| matches!(act, Act::Delete { .. })) >= 5);
    let photos = plan
        .messages
        .iter()
        .filter(|message| matches!(message.kind, MessageKind::Photo { .. }))
        .count();
    let replies = plan
        .messages
        .iter()
        .filter(|message| matches!(message.kind, MessageKind::Reply { .. }))
        .count();
    assert!(photos >= 40 && replies >= 60, "{photos} photos, {replies} replies");
    assert_eq!(plan.guests().len(), 26);
}

#[test]
fn every_message_is_known_by_the_end_of_its_text() {
    for (_, plan) in plans() {
        for (index, message) in plan.messages.iter().enumerate() {
            assert!(message.text.ends_with(&Plan::token(index)));
        }
    }
}
