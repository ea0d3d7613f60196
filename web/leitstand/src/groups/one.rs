// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One group: its rules, its members, what it is called, and its end.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Avatar, Icon, avatar, t, times, toast, toast_with_undo};

use crate::api::{self, Ask};
use crate::groups::policy;
use crate::groups::rules::{self, Role, Rules};
use crate::json::Object;
use crate::model::{Group, Member, Right, findable, finds};
use crate::parts::{Act, button, card, drawer, line, screen, shown, submit, tag, text_field, waiting};
use crate::route::{self, Route};
use crate::state::{Desk, Load, Question, desk, say};
use crate::trail;

/// The group as it is now, its rules as they were read, and its members.
#[derive(Clone, Copy)]
struct One {
    desk: Desk,
    group: RwSignal<Load<Group>>,
    rules: RwSignal<Load<Rules>>,
    members: RwSignal<Load<Vec<Member>>>,
    id: StoredValue<String>,
}

impl One {
    fn read(self) {
        // The screen may have been left meanwhile.
        let Some(id) = self.id.try_get_value() else { return };
        spawn_local(async move {
            let path = format!("groups/{id}");
            let group = Ask::get(path.clone()).send().await.map(|json| Group::read(&json));
            let _ = self.group.try_set(group.into());
            let rules = Ask::get(format!("{path}/rules"))
                .send()
                .await
                .map(|json| Rules::read(&json));
            let _ = self.rules.try_set(rules.into());
            let members = api::whole(&format!("{path}/members"), Member::read).await;
            let _ = self.members.try_set(members.into());
        });
    }
}

pub fn group(id: String) -> AnyView {
    let desk = desk();
    let one = One {
        desk,
        group: RwSignal::new(Load::Waiting),
        rules: RwSignal::new(Load::Waiting),
        members: RwSignal::new(Load::Waiting),
        id: StoredValue::new(id),
    };
    one.read();
    let again = Callback::new(move |()| one.read());
    view! {
        <nav class="crumbs" aria-label=t!("back")>
            <a
                class="button button--plain"
                href=Route::Groups.path()
                on:click=move |event| route::follow(&event, desk.route, Route::Groups)
            >
                <Icon name="arrow-back" />
                {t!("leit-groups-all")}
            </a>
        </nav>
        {move || match waiting(one.group, again) {
            Some(instead) => instead,
            None => match one.group.get() {
                Load::There(group) => untrack(|| body(one, group)),
                _ => ().into_any(),
            },
        }}
    }
    .into_any()
}

fn body(one: One, group: Group) -> AnyView {
    let may = one.desk.may(Right::Groups) && !group.closed;
    let renaming = RwSignal::new(false);
    let (for_close, for_rename) = (group.clone(), group.clone());
    let actions = may.then(|| {
        view! {
            {button("second", "edit-outline", t!("leit-rename"), move || renaming.set(true))}
            {button("danger-plain", "lock-outline", t!("leit-group-close"), move || ask_close(one, for_close.clone()))}
        }
    });
    let kind = if group.channel {
        t!("leit-kind-channel")
    } else {
        t!("leit-kind-group")
    };
    let suite = if group.hybrid {
        t!("leit-suite-hybrid")
    } else {
        t!("leit-suite-classical")
    };
    let (channel, name, for_policy) = (group.channel, group.name.clone(), group.clone());
    let cards = view! {
        <div class="cards">
            {card(
                t!("leit-rules"),
                ().into_any(),
                shown(one.rules, Callback::new(move |()| one.read()), move |rules| {
                    if may { rules_form(one, rules, channel) } else { rules_read(one.desk, &rules) }
                }),
            )}
            {card(t!("leit-members"), ().into_any(), members(one, channel, may))}
            {card(
                t!("leit-facts"),
                ().into_any(),
                view! {
                    <dl class="facts">
                        {line(t!("leit-kind"), kind.into_any())}
                        {line(t!("leit-created"), times::full(group.created).into_any())}
                        {line(t!("leit-encryption"), suite.into_any())}
                    </dl>
                }
                    .into_any(),
            )}
            {card(
                t!("leit-group-policy-title"),
                ().into_any(),
                view! {
                    <p class="muted small">{t!("leit-group-policy-about")}</p>
                    {if may { policy::form(for_policy, Callback::new(move |()| one.read())) } else { policy::read(&for_policy.policy) }}
                }
                    .into_any(),
            )}
        </div>
        {drawer(renaming, Signal::derive(|| t!("leit-rename")), move || rename(one, for_rename.clone(), renaming))}
    };
    let title = if group.closed {
        t!("leit-group-closed-title", name = &name)
    } else {
        name
    };
    screen(title, actions.into_any(), cards.into_any())
}

fn rules_read(desk: Desk, rules: &Rules) -> AnyView {
    let units = rules.units.iter().map(|(unit, _, _)| desk.unit_path(Some(unit)));
    let people = rules
        .accounts
        .iter()
        .filter_map(|(id, _)| desk.account(id))
        .map(|account| account.name);
    let functions = rules.functions.iter().map(|(name, _)| name.clone());
    let lines = units
        .chain(functions)
        .chain(people)
        .map(|name| view! { <li class="entry">{name}</li> });
    view! { <ul class="entries">{lines.collect_view()}</ul> }.into_any()
}

fn rules_form(one: One, was: Rules, channel: bool) -> AnyView {
    let act = Act::new();
    let rules = RwSignal::new(was.clone());
    let reason = RwSignal::new(String::new());
    let before = StoredValue::new(was);
    let changed = Memo::new(move |_| rules.with(|rules| before.with_value(|before| rules != before)));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Load::There(group) = one.group.get_untracked() else {
            return;
        };
        let ask = Ask::put(format!("groups/{}/rules", group.id))
            .body(&rules.with_untracked(Rules::written))
            .seen(group.revision)
            .because(&reason.get_untracked());
        let undo = before.get_value();
        act.run(async move {
            trail::sent(ask, Some(&group.id)).await?;
            toast_with_undo(t!("leit-rules-saved"), t!("undo"), move || put_back(one, undo.clone()));
            one.read();
            Ok(())
        });
    };
    view! {
        <form class="stack" on:submit=send>
            {rules::fields(one.desk, rules, channel)}
            {move || changed.get().then(|| text_field("rules-reason", t!("leit-reason"), t!("leit-reason-hint"), reason, None))}
            {act.words_or(Callback::new(move |()| one.read()))}
            {move || changed.get().then(|| {
                view! {
                    <div class="actions">
                        {button("plain", "", t!("leit-discard"), move || rules.set(before.get_value()))}
                        {submit("main", t!("leit-rules-save").into(), act.busy)}
                    </div>
                }
            })}
        </form>
    }
    .into_any()
}

fn put_back(one: One, rules: Rules) {
    let Some(id) = one.id.try_get_value() else { return };
    let path = format!("groups/{id}/rules");
    spawn_local(async move {
        match Ask::put(path).body(&rules.written()).send().await {
            Ok(_) => {
                toast(t!("leit-undone"));
                one.read();
            }
            Err(problem) => say(&problem),
        }
    });
}

fn members(one: One, channel: bool, may: bool) -> AnyView {
    let query = RwSignal::new(String::new());
    let again = Callback::new(move |()| one.read());
    view! {
        <label class="search-field">
            <Icon name="search" />
            <span class="kern-sr-only">{t!("leit-member-find")}</span>
            <input
                type="search"
                autocomplete="off"
                placeholder=t!("leit-member-find")
                on:input=move |event| query.set(event_target_value(&event))
            />
        </label>
        {shown(one.members, again, move |all| member_list(one, all, channel, may, query))}
    }
    .into_any()
}

fn member_list(one: One, all: Vec<Member>, channel: bool, may: bool, query: RwSignal<String>) -> AnyView {
    const SHOWN: usize = 100;
    let count = all.len();
    let all = StoredValue::new(all);
    view! {
        <p class="muted small" role="status">{t!("leit-members-count", count = count)}</p>
        {move || {
            let wanted = findable(&query.get());
            let found: Vec<Member> = all.with_value(|all| {
                let fitting = all.iter().filter(|member| finds(&findable(&member.name), &wanted));
                fitting.cloned().collect()
            });
            let more = found.len().saturating_sub(SHOWN);
            let lines = found.into_iter().take(SHOWN).map(|member| untrack(|| one_member(one, member, channel, may)));
            view! {
                <ul class="entries">{lines.collect_view()}</ul>
                {(more > 0).then(|| view! { <p class="muted small">{t!("leit-bulk-more", count = more)}</p> })}
            }
        }}
    }
    .into_any()
}

fn one_member(one: One, member: Member, channel: bool, may: bool) -> AnyView {
    let Member {
        account,
        name,
        publisher,
        foreign,
    } = member;
    let role = match (publisher, channel) {
        (true, _) => t!("leit-role-publisher"),
        (false, true) => t!("leit-role-reader"),
        (false, false) => t!("leit-role-member"),
    };
    let (for_turn, for_leave) = (account.clone(), account.clone());
    let turn = move || {
        set_role(
            one,
            for_turn.clone(),
            if publisher { Role::Member } else { Role::Publisher },
        )
    };
    let leave = move || ask_leave(one, for_leave.clone());
    let word = if publisher {
        t!("leit-role-take")
    } else {
        t!("leit-role-give")
    };
    view! {
        <li class="entry">
            <Avatar name=name.clone() hue=avatar::hue(account.as_bytes()) size=36 />
            <span class="grow"><b>{name}</b><span class="muted small">{role}</span></span>
            {foreign.then(|| tag("quiet", "domain", t!("leit-foreign")))}
            {(may && channel).then(|| button("plain", "", word, turn))}
            {(may && foreign).then(|| button("danger-plain", "", t!("leit-take-out"), leave))}
        </li>
    }
    .into_any()
}

fn set_role(one: One, account: String, role: Role) {
    let path = format!("groups/{}/accounts/{account}", one.id.get_value());
    spawn_local(async move {
        match Ask::put(path)
            .body(&Object::new().value("role", role.name()))
            .send()
            .await
        {
            Ok(_) => {
                toast(t!("leit-saved"));
                one.read();
            }
            Err(problem) => say(&problem),
        }
    });
}

fn ask_leave(one: One, account: String) {
    let path = format!("groups/{}/accounts/{account}", one.id.get_value());
    one.desk.ask(Question {
        title: t!("leit-take-out-title"),
        lines: vec![t!("leit-take-out-about")],
        action: t!("leit-take-out"),
        danger: true,
        then: Callback::new(move |reason: String| {
            let ask = Ask::delete(path.clone()).because(&reason);
            spawn_local(async move {
                match ask.send().await {
                    Ok(_) => one.read(),
                    Err(problem) => say(&problem),
                }
            });
        }),
    });
}

fn ask_close(one: One, group: Group) {
    let members = one
        .members
        .with_untracked(|members| members.there().map_or(0, Vec::len));
    one.desk.ask(Question {
        title: t!("leit-group-close-title", name = &group.name),
        lines: vec![t!("leit-group-close-about", count = members)],
        action: t!("leit-group-close-go"),
        danger: true,
        then: Callback::new(move |reason: String| {
            let ask = Ask::post(format!("groups/{}/close", group.id))
                .seen(group.revision)
                .because(&reason);
            spawn_local(async move {
                match ask.send().await {
                    Ok(_) => {
                        toast(t!("leit-group-is-closed"));
                        one.desk.read_groups();
                        one.read();
                    }
                    Err(problem) => say(&problem),
                }
            });
        }),
    });
}

fn rename(one: One, group: Group, open: RwSignal<bool>) -> AnyView {
    let act = Act::new();
    let name = RwSignal::new(group.name.clone());
    let missing = RwSignal::new(None);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = name.get_untracked().trim().to_owned();
        if said.is_empty() {
            missing.set(Some(t!("leit-group-name-missing")));
            return;
        }
        let ask = Ask::patch(format!("groups/{}", group.id))
            .body(&Object::new().value("name", said))
            .seen(group.revision);
        let id = group.id.clone();
        act.run(async move {
            trail::sent(ask, Some(&id)).await?;
            toast(t!("leit-saved"));
            open.set(false);
            one.desk.read_groups();
            one.read();
            Ok(())
        });
    };
    view! {
        <form class="drawer__body stack" on:submit=send novalidate=true>
            {text_field("rename", t!("leit-group-name"), String::new(), name, Some(missing))}
            {act.words_or(Callback::new(move |()| {
                open.set(false);
                one.read();
            }))}
            <div class="actions">{submit("main", t!("save").into(), act.busy)}</div>
        </form>
    }
    .into_any()
}
