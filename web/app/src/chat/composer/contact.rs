// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Whose card is to be sent.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Avatar, Dialog, Icon, avatar, t, toast};
use melder_port::view::{Contact, DraftContent};
use melder_port::{Answer, Ask};

use crate::chat::composer::mentions;
use crate::chat::{Jump, ctx, over};
use crate::fetch;
use crate::state::say;

#[component]
pub fn ContactDialog() -> impl IntoView {
    let ctx = ctx();
    let open = over::opened(ctx);
    let people = RwSignal::new(Vec::<Contact>::new());
    let query = RwSignal::new(String::new());
    spawn_local(async move {
        match fetch!(Ask::Contacts => Answer::Contacts) {
            Ok(found) => {
                let _ = people.try_set(found);
            }
            Err(failure) => toast(say(&failure)),
        }
    });
    let shown = move || {
        let typed = query.get();
        people.with(|people| {
            people
                .iter()
                .filter(|person| mentions::fits(&person.name, &typed))
                .cloned()
                .collect::<Vec<_>>()
        })
    };
    view! {
        <Dialog open title=t!("contact-send-title") close_label=t!("close")>
            <label class="search-field">
                <Icon name="search" />
                <input
                    type="search"
                    aria-label=t!("search")
                    placeholder=t!("search")
                    prop:value=move || query.get()
                    on:input=move |event| query.set(event_target_value(&event))
                />
            </label>
            <ul class="pick-list" aria-label=t!("tab-contacts")>
                <For each=shown key=|person| person.account let:person>
                    <li>
                        <button class="pick" on:click=move |_| {
                            ctx.send(DraftContent::Contact { account: person.account });
                            ctx.jump.set(Some(Jump::End));
                            open.set(false);
                        }>
                            <Avatar name=person.name.clone() hue=avatar::hue(person.account.as_bytes()) size=40 />
                            <span class="grow">
                                <span class="strong">{person.name.clone()}</span>
                                <span class="small muted contact-more">{person.function.clone().unwrap_or_default()}</span>
                            </span>
                        </button>
                    </li>
                </For>
            </ul>
        </Dialog>
    }
}
