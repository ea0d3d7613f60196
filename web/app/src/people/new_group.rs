// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Founding a group or a channel: a name, perhaps a description, and who is in it.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Busy, Icon, dom, t};
use melder_port::{AccountId, Answer, Ask, Failure};

use crate::fetch;
use crate::people::contact::PersonBar;
use crate::people::find::Finder;
use crate::people::list::{People, PeopleField};
use crate::people::person::{Person, PersonLine};
use crate::route::{self, Route};
use crate::state::{app, say};

/// Who was picked, in the order of picking. Reaches the rows as a context.
#[derive(Debug, Clone, Copy)]
pub struct Picked(pub RwSignal<Vec<Person>>);

impl Picked {
    pub fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    #[must_use]
    pub fn has(self, account: AccountId) -> bool {
        self.0
            .with(|picked| picked.iter().any(|person| person.account == account))
    }

    fn toggle(self, person: &Person) {
        self.0.update(|picked| {
            let before = picked.len();
            picked.retain(|other| other.account != person.account);
            if picked.len() == before {
                picked.push(person.clone());
            }
        });
    }

    #[must_use]
    pub fn accounts(self) -> Vec<AccountId> {
        self.0
            .with_untracked(|picked| picked.iter().map(|person| person.account).collect())
    }
}

/// A row that is in or out.
pub fn pick_row(person: Person) -> AnyView {
    let picked: Picked = expect_context();
    let account = person.account;
    let chosen = person.clone();
    view! {
        <button
            type="button"
            class="person"
            aria-pressed=move || if picked.has(account) { "true" } else { "false" }
            on:click=move |_| picked.toggle(&chosen)
        >
            <span class="person__pick" aria-hidden="true">{move || picked.has(account).then(|| view! { <Icon name="check" /> })}</span>
            <PersonLine person />
        </button>
    }
    .into_any()
}

/// Who was picked, each to be taken out again.
#[component]
pub fn PickedChips(picked: Picked) -> impl IntoView {
    view! {
        <ul class="chips chips--wrap" aria-label=t!("picked")>
            <For each=move || picked.0.get() key=|person| person.account let:person>
                <li>
                    <button
                        type="button"
                        class="chip"
                        aria-label=t!("picked-remove", name = &person.name)
                        on:click={
                            let person = person.clone();
                            move |_| picked.toggle(&person)
                        }
                    >
                        {person.name.clone()}
                        <Icon name="close" class="icon--small" />
                    </button>
                </li>
            </For>
        </ul>
    }
}

#[component]
pub fn NewGroupPane(channel: bool) -> impl IntoView {
    let app = app();
    let allowed = Memo::new(move |_| app.own.with(|own| own.as_ref().is_none_or(|own| own.may_create_groups)));
    let title = if channel { t!("new-channel") } else { t!("new-group") };
    view! {
        <PersonBar title back=Route::New />
        {move || {
            if allowed.get() {
                view! { <Form channel /> }.into_any()
            } else {
                view! {
                    <div class="empty">
                        <Icon name="admin-panel-settings-outline" />
                        <p>{t!("new-group-forbidden")}</p>
                    </div>
                }
                    .into_any()
            }
        }}
    }
}

#[component]
fn Form(channel: bool) -> impl IntoView {
    let app = app();
    let finder = Finder::new(app, true);
    let picked = Picked::new();
    provide_context(picked);
    let name = RwSignal::new(String::new());
    let description = RwSignal::new(String::new());
    let missing = RwSignal::new(false);
    let failed = RwSignal::new(None::<Failure>);
    let busy = RwSignal::new(false);
    dom::focus_soon("#group-name");
    let create = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = name.get_untracked().trim().to_owned();
        if said.is_empty() {
            missing.set(true);
            dom::focus("#group-name");
            return;
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let about = Some(description.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
        let members = picked.accounts();
        spawn_local(async move {
            let ask = Ask::CreateGroup {
                channel,
                name: said,
                description: about,
                members,
            };
            match fetch!(ask => Answer::Group) {
                Ok(group) => {
                    app.read_chats();
                    route::replace(app.route, Route::Chat { group, at: None });
                }
                Err(failure) => {
                    busy.try_set(false);
                    failed.try_set(Some(failure));
                }
            }
        });
    };
    view! {
        <form class="new-group" on:submit=create novalidate=true>
            <div class="page">
                <div class="page__inner">
                    <Names channel name description missing />
                    <section class="stack">
                        <h2>{t!("new-group-members")}</h2>
                        <PickedChips picked />
                        <PeopleField finder id="find-member" label=t!("people-find") />
                        <People finder row=pick_row />
                    </section>
                </div>
            </div>
            <footer class="action-bar">
                <p class="action-bar__words" role="alert">{move || failed.get().map(|failure| say(&failure))}</p>
                <button type="submit" class="button button--main grow" aria-busy=move || busy.get().then_some("true")>
                    {move || busy.get().then(|| view! { <Busy /> })}
                    {move || {
                        let count = picked.0.with(Vec::len);
                        if channel { t!("new-channel-create", count = count) } else { t!("new-group-create", count = count) }
                    }}
                </button>
            </footer>
        </form>
    }
}

#[component]
fn Names(
    channel: bool,
    name: RwSignal<String>,
    description: RwSignal<String>,
    missing: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <p class="muted">{if channel { t!("new-channel-what") } else { t!("new-group-what") }}</p>
        <div class="field">
            <label for="group-name">{t!("group-name")}</label>
            <input
                id="group-name"
                class="input"
                autocomplete="off"
                maxlength="100"
                aria-invalid=move || missing.get().then_some("true")
                aria-describedby="group-name-error"
                prop:value=move || name.get()
                on:input=move |event| {
                    missing.set(false);
                    name.set(event_target_value(&event));
                }
            />
            <span id="group-name-error" class="field__error">
                {move || missing.get().then(|| view! { <Icon name="error-outline" />{t!("group-name-missing")} })}
            </span>
        </div>
        <div class="field">
            <label for="group-description">{t!("group-description")}</label>
            <textarea
                id="group-description"
                class="input"
                rows="2"
                maxlength="500"
                prop:value=move || description.get()
                on:input=move |event| description.set(event_target_value(&event))
            ></textarea>
        </div>
    }
}
