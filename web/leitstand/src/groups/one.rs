// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One group: its rules, its members, what it is called, and its end.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Avatar, Icon, avatar, t, times, toast, toast_with_undo};

use crate::api::{self, Ask};
use crate::groups::rules::{self, Role, Rules};
use crate::groups::{following, policy};
use crate::json::Object;
use crate::model::{Group, GroupPolicy, Member, Right, findable, finds};
use crate::parts::{Act, button, card, drawer, line, screen, shown, submit, tag, text_field, waiting};
use crate::route::{self, Route};
use crate::state::{Desk, Load, Question, desk, say};
use crate::trail;

/// The group as it is now, its rules and its policy as they are being changed, and its members.
#[derive(Clone, Copy)]
struct One {
    desk: Desk,
    group: RwSignal<Load<Group>>,
    rules: RwSignal<Load<Rules>>,
    members: RwSignal<Load<Vec<Member>>>,
    draft: Draft,
    policy: policy::Draft,
    id: StoredValue<String>,
}

/// The rules in their fields, and as they were read. One form is saved while another is being filled.
#[derive(Clone, Copy)]
struct Draft {
    now: RwSignal<Rules>,
    before: RwSignal<Rules>,
    /// The group's revision that `before` was of.
    seen: StoredValue<u32>,
    reason: RwSignal<String>,
    /// What is read next is taken, whatever stands in the fields.
    yields: StoredValue<bool>,
}

impl Draft {
    fn new() -> Self {
        Self {
            now: RwSignal::new(Rules::default()),
            before: RwSignal::new(Rules::default()),
            seen: StoredValue::new(0),
            reason: RwSignal::new(String::new()),
            yields: StoredValue::new(true),
        }
    }

    fn is_changed(self) -> bool {
        self.now.with(|now| self.before.with(|before| now != before))
    }

    /// What was read. Fields that were changed stay, and are sent over what they were changed from.
    fn take(self, revision: u32, rules: &Rules) {
        if self.yields.get_value() || !untrack(|| self.is_changed()) {
            self.now.set(rules.clone());
            self.before.set(rules.clone());
            self.reason.set(String::new());
            self.yields.set_value(false);
        } else if self.before.with_untracked(|before| before != rules) {
            return;
        }
        self.seen.set_value(revision);
    }
}

impl One {
    fn new(desk: Desk, id: String) -> Self {
        Self {
            desk,
            group: RwSignal::new(Load::Waiting),
            rules: RwSignal::new(Load::Waiting),
            members: RwSignal::new(Load::Waiting),
            draft: Draft::new(),
            policy: policy::Draft::new(),
            id: StoredValue::new(id),
        }
    }

    fn may(self, group: &Group) -> bool {
        self.desk.may(Right::Groups) && !group.closed
    }

    /// What of the group is drawn anew when it changes. What its forms hold, their drafts have: a form that is saved stays, and the
    /// keyboard with it.
    fn drawn(self) -> Option<Group> {
        let group = self.group.with(|group| group.there().cloned())?;
        Some(if self.may(&group) {
            Group {
                revision: 0,
                policy: GroupPolicy::default(),
                ..group
            }
        } else {
            group
        })
    }

    fn revision(self) -> u32 {
        self.group
            .with_untracked(|group| group.there().map_or(0, |group| group.revision))
    }

    /// Reads group and rules before either is shown: what is changed is changed over what is seen.
    fn read(self) {
        // The screen may have been left meanwhile.
        let Some(id) = self.id.try_get_value() else { return };
        spawn_local(async move {
            let path = format!("groups/{id}");
            // The group first: rules that are newer than the revision that is sent are refused, older ones would not be.
            let group = Ask::get(path.clone()).send().await.map(|json| Group::read(&json));
            let rules = Ask::get(format!("{path}/rules"))
                .send()
                .await
                .map(|json| Rules::read(&json));
            self.take(group.into(), rules.into());
            let members = api::whole(&format!("{path}/members"), Member::read).await;
            renewed(self.members, members.into());
        });
    }

    fn take(self, group: Load<Group>, rules: Load<Rules>) {
        if self.id.try_get_value().is_none() {
            return;
        }
        if let Some(group) = group.there() {
            self.policy.take(group);
            if let Some(rules) = rules.there() {
                self.draft.take(group.revision, rules);
            }
        }
        renewed(self.group, group);
        renewed(self.rules, rules);
    }

    /// The same; what stands in the fields of the rules goes.
    fn read_rules(self) {
        let _ = self.draft.yields.try_set_value(true);
        self.read();
    }
}

/// What is the same is not drawn anew: whoever is there keeps their place.
fn renewed<T: PartialEq + Send + Sync + 'static>(load: RwSignal<Load<T>>, now: Load<T>) {
    if load.try_with_untracked(|before| *before != now) == Some(true) {
        load.set(now);
    }
}

pub fn group(id: String) -> AnyView {
    let desk = desk();
    let one = One::new(desk, id);
    one.read();
    let again = Callback::new(move |()| one.read());
    let drawn = Memo::new(move |_| one.drawn());
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
        {move || match drawn.get() {
            Some(group) => untrack(|| body(one, group)),
            None => waiting(one.group, again).unwrap_or_else(|| ().into_any()),
        }}
    }
    .into_any()
}

fn body(one: One, group: Group) -> AnyView {
    let may = one.may(&group);
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
                    if may { rules_form(one, channel) } else { rules_read(one.desk, rules) }
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
                    {if may {
                        policy::form(one.desk, for_policy.id, one.policy, Callback::new(move |()| one.read()))
                    } else {
                        policy::read(&for_policy.policy)
                    }}
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

fn rules_read(desk: Desk, rules: Rules) -> AnyView {
    let names = following::read_names();
    let list = move || {
        let units = rules.units.iter().map(|(unit, _, _)| desk.unit_path(Some(unit)));
        let functions = rules.functions.iter().map(|(name, _)| name.clone());
        let groups = rules.directory.iter().map(|(id, _)| {
            let name = names.with(|names| names.get(id).cloned());
            name.unwrap_or_else(|| t!("leit-rule-is-directory"))
        });
        let people = rules
            .accounts
            .iter()
            .filter_map(|(id, _)| desk.account(id))
            .map(|account| account.name);
        let all = units.chain(functions).chain(groups).chain(people);
        let lines: Vec<_> = all.map(|name| view! { <li class="entry">{name}</li> }).collect();
        if lines.is_empty() {
            return view! { <p class="muted">{t!("leit-rules-none")}</p> }.into_any();
        }
        view! { <ul class="entries">{lines}</ul> }.into_any()
    };
    list.into_any()
}

fn rules_form(one: One, channel: bool) -> AnyView {
    let act = Act::new();
    let Draft {
        now, before, reason, ..
    } = one.draft;
    let changed = Memo::new(move |_| one.draft.is_changed());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(id) = one.id.try_get_value() else { return };
        let ask = Ask::put(format!("groups/{id}/rules"))
            .body(&now.with_untracked(Rules::written))
            .seen(one.draft.seen.get_value())
            .because(&reason.get_untracked());
        let undo = before.get_untracked();
        act.run(async move {
            trail::sent(ask, Some(&id)).await?;
            toast_with_undo(t!("leit-rules-saved"), t!("undo"), move || put_back(one, undo.clone()));
            one.read_rules();
            Ok(())
        });
    };
    view! {
        <form class="stack" on:submit=send>
            {rules::fields(one.desk, now, channel)}
            {move || changed.get().then(|| text_field("rules-reason", t!("leit-reason"), t!("leit-reason-hint"), reason, None))}
            {act.words_or(Callback::new(move |()| one.read_rules()))}
            {move || changed.get().then(|| {
                view! {
                    <div class="actions">
                        {button("plain", "", t!("leit-discard"), move || now.set(before.get_untracked()))}
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
                .seen(one.revision())
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
            .seen(one.revision());
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
