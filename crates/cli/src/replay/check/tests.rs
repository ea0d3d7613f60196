// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A checker that can't fail proves nothing. So each test doctors a good history and looks for the one finding.

use super::*;

const GROUP: usize = 0;

/// Ten messages in one group by persons 0 and 1 (devices 0 and 1), read by them and by device 2 of person 2, who comes after
/// the third message and leaves before the ninth. Device 3 is linked late by person 0.
fn good() -> Evidence {
    let sent: Vec<Sent> = (0..10)
        .map(|index| {
            let at = 1_000 + 100 * index as u64;
            Sent {
                id: format!("id{index}"),
                group: GROUP,
                person: index % 2,
                device: index % 2,
                sent: at,
                uploads: false,
                accepted: Some((10 + index as u64, at + 10)),
                text: (index != 5).then(|| format!("Text {index} ·m{index:04}")),
                reactions: if index == 4 {
                    BTreeSet::from([(1, "👍".to_owned())])
                } else {
                    BTreeSet::new()
                },
                changed: at + 20,
            }
        })
        .collect();
    let member = |device, active, like| Membership {
        device,
        group: GROUP,
        invited: 0,
        active: Some(active),
        leaving: None,
        left: None,
        like,
    };
    let mut late = member(2, (1_290, 12), None);
    late.invited = 1_250;
    late.leaving = Some(1_750);
    late.left = Some(1_790);
    let memberships = vec![
        member(0, (500, 5), None),
        member(1, (500, 5), None),
        late,
        member(3, (1_600, 16), Some(0)),
    ];
    let shown: Vec<Shown> = sent
        .iter()
        .map(|sent| Shown {
            id: sent.id.clone(),
            sequence: sent.accepted.unwrap().0,
            person: Some(sent.person),
            text: sent.text.clone(),
            reactions: sent.reactions.clone(),
            unreadable: false,
        })
        .collect();
    let all = |from: usize, to: usize| History {
        shown: shown[from..to].to_vec(),
        gaps: Vec::new(),
    };
    let histories = HashMap::from([
        ((0, GROUP), all(0, 10)),
        ((1, GROUP), all(0, 10)),
        ((2, GROUP), all(3, 8)),
        ((3, GROUP), all(0, 10)),
    ]);
    Evidence {
        sent,
        memberships,
        histories,
    }
}

fn doctored(device: usize, doctor: impl FnOnce(&mut History)) -> Verdict {
    let mut evidence = good();
    doctor(evidence.histories.get_mut(&(device, GROUP)).unwrap());
    check(&evidence)
}

#[test]
fn a_good_day_is_clean() {
    let verdict = check(&good());
    assert!(verdict.is_clean(), "{:?}", verdict.findings);
    // 5 + 5 of the other one; 5 for the guest; 10 for the device linked late.
    assert_eq!(verdict.deliveries_expected, 5 + 5 + 5 + 10);
    assert_eq!(verdict.deliveries_decrypted, verdict.deliveries_expected);
}

#[test]
fn a_lost_message_is_found() {
    let verdict = doctored(1, |history| drop(history.shown.remove(6)));
    assert_eq!(
        (verdict.lost, verdict.deliveries_expected - verdict.deliveries_decrypted),
        (1, 1)
    );
    assert!(!verdict.is_clean());
}

#[test]
fn a_lost_message_in_the_sending_devices_own_history_is_found() {
    assert_eq!(doctored(0, |history| drop(history.shown.remove(0))).lost, 1);
}

#[test]
fn a_lost_last_message_is_found() {
    assert_eq!(doctored(0, |history| drop(history.shown.pop())).lost, 1);
}

#[test]
fn a_hole_after_the_first_message_shown_is_found_whatever_the_device_says_of_its_arrival() {
    let mut evidence = good();
    evidence.memberships[2].active = Some((10_000, 1_000));
    assert!(check(&evidence).is_clean());
    evidence.histories.get_mut(&(2, GROUP)).unwrap().shown.remove(1);
    assert_eq!(check(&evidence).lost, 1);
}

#[test]
fn a_device_that_claims_a_late_place_still_owes_what_was_sent_after_it_was_in() {
    let mut evidence = good();
    evidence.memberships[1].active = Some((500, 1_000));
    evidence.histories.get_mut(&(1, GROUP)).unwrap().shown.clear();
    assert_eq!(check(&evidence).lost, 10);
}

#[test]
fn history_that_did_not_come_along_is_found() {
    assert_eq!(doctored(3, |history| drop(history.shown.drain(0..7))).lost, 7);
}

#[test]
fn a_doubled_message_is_found() {
    let verdict = doctored(1, |history| history.shown.insert(3, history.shown[2].clone()));
    assert_eq!((verdict.duplicated, verdict.lost), (1, 0));
    assert!(!verdict.is_clean());
}

#[test]
fn swapped_messages_are_found() {
    let verdict = doctored(1, |history| history.shown.swap(2, 3));
    assert_eq!((verdict.out_of_order, verdict.lost), (1, 0));
    assert!(!verdict.is_clean());
}

#[test]
fn a_device_that_names_another_place_in_the_log_is_found() {
    assert_eq!(doctored(1, |history| history.shown[2].sequence += 1).out_of_order, 1);
}

#[test]
fn messages_of_one_device_that_overtake_each_other_are_found() {
    let mut evidence = good();
    let (a, b) = (evidence.sent[2].accepted, evidence.sent[4].accepted);
    (evidence.sent[2].accepted, evidence.sent[4].accepted) = (b, a);
    assert!(check(&evidence).out_of_order > 0);
}

#[test]
fn a_message_may_pass_a_photo_that_is_still_being_uploaded_but_a_photo_passes_nothing() {
    let swap = |photo: usize| {
        let mut evidence = good();
        let (a, b) = (evidence.sent[2].accepted, evidence.sent[4].accepted);
        (evidence.sent[2].accepted, evidence.sent[4].accepted) = (b, a);
        evidence.sent[photo].uploads = true;
        let mut verdict = Verdict::default();
        check_log(&evidence, &mut verdict);
        verdict.out_of_order
    };
    assert_eq!((swap(2), swap(4)), (0, 1));
}

#[test]
fn a_message_read_after_leaving_is_found() {
    let mut evidence = good();
    let later = evidence.histories[&(0, GROUP)].shown[9].clone();
    evidence.histories.get_mut(&(2, GROUP)).unwrap().shown.push(later);
    let verdict = check(&evidence);
    assert_eq!(verdict.read_after_leaving, 1);
    assert!(!verdict.is_clean());
}

#[test]
fn a_message_from_before_the_invitation_is_found() {
    let mut evidence = good();
    let earlier = evidence.histories[&(0, GROUP)].shown[1].clone();
    evidence
        .histories
        .get_mut(&(2, GROUP))
        .unwrap()
        .shown
        .insert(0, earlier);
    assert_eq!(check(&evidence).read_before_joining, 1);
}

#[test]
fn a_chat_of_a_group_in_which_the_device_never_was_is_found() {
    let mut evidence = good();
    let history = evidence.histories[&(0, GROUP)].clone();
    evidence.histories.insert((9, GROUP), history);
    assert_eq!(check(&evidence).read_before_joining, 10);
}

#[test]
fn a_message_that_nobody_sent_is_found() {
    let verdict = doctored(1, |history| {
        let mut forged = history.shown[4].clone();
        forged.id = "somebody else's".to_owned();
        history.shown.insert(5, forged);
    });
    assert_eq!(verdict.forged_accepted, 1);
    assert!(!verdict.is_clean());
}

#[test]
fn a_message_under_a_wrong_name_is_found() {
    assert_eq!(
        doctored(1, |history| history.shown[4].person = Some(1)).forged_accepted,
        1
    );
    assert_eq!(doctored(1, |history| history.shown[4].person = None).forged_accepted, 1);
}

#[test]
fn an_old_state_is_found() {
    let edited = doctored(1, |history| {
        history.shown[2].text = Some("vor der Berichtigung".to_owned())
    });
    let not_taken_back = doctored(1, |history| history.shown[5].text = Some("noch da".to_owned()));
    let without_reaction = doctored(1, |history| history.shown[4].reactions.clear());
    for verdict in [edited, not_taken_back, without_reaction] {
        assert_eq!(verdict.stale, 1);
        assert!(!verdict.is_clean());
    }
}

#[test]
fn whoever_left_need_not_see_what_changed_afterwards() {
    let mut evidence = good();
    evidence.sent[4].changed = 1_760;
    evidence.sent[4].text = Some("berichtigt".to_owned());
    for device in [0, 1, 3] {
        evidence.histories.get_mut(&(device, GROUP)).unwrap().shown[4].text = Some("berichtigt".to_owned());
    }
    let verdict = check(&evidence);
    assert!(verdict.is_clean(), "{:?}", verdict.findings);
}

#[test]
fn a_gap_that_was_not_filled_is_unreadable_not_lost() {
    let verdict = doctored(1, |history| {
        history.shown.drain(3..6);
        history.gaps.push((13, 15));
    });
    assert_eq!((verdict.undecryptable, verdict.lost), (3, 0));
    assert!(!verdict.is_clean());
}

#[test]
fn a_message_that_shows_as_unreadable_is_found() {
    assert_eq!(
        doctored(1, |history| history.shown[3].unreadable = true).undecryptable,
        1
    );
}

#[test]
fn a_message_that_the_server_never_took_is_found() {
    let mut evidence = good();
    evidence.sent[9].accepted = None;
    assert_eq!(check(&evidence).not_accepted, 1);
}

#[test]
fn a_device_that_never_got_in_is_found() {
    let mut evidence = good();
    evidence.memberships[1].active = None;
    evidence.histories.remove(&(1, GROUP));
    assert!(check(&evidence).lost > 0);
}
