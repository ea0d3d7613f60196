// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Taking an invitation over a network that breaks.

use melder_engine::Action;
use melder_protocol::account::AccountKind;
use melder_simulator::World;

/// The second try made a new key while the server had the first one, which cost the account.
#[test]
fn a_join_whose_answer_was_lost_can_be_tried_again() {
    for steps in 0..12 {
        let mut world = World::new(steps as u64);
        let office = world.organisation("KVR");
        let (id, token) = world.invited(office, "Anna", AccountKind::Staff, None);
        let device = world.device();
        let join = || Action::Join {
            token: token.clone(),
            device_name: "Telefon".into(),
            name: None,
        };
        world.connect(device);
        world.act(device, join());
        world.steps(steps);
        world.cut(device);
        world.act(device, join());
        world.connect(device);
        world.rest();
        let own = world.at(device).engine().own().unwrap();
        assert_eq!(own.map(|own| own.account), Some(id), "cut off after {steps} steps");
    }
}
