// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The table over all accounts. Only the rows that can be seen are there; the scroll bar is that of all.

use leptos::html;
use leptos::prelude::*;
use melder_kit::{Avatar, Icon, avatar, dom, t, times};

use crate::accounts::view::{Sort, View, kind_word, status_tag};
use crate::model::Account;
use crate::state::{Desk, desk};

/// Rows above and below what is seen, so that keys and scrolling find them.
const AROUND: usize = 8;
/// Heights of a row and, on a phone, of a card; the style sheet has the same.
const ROW: f64 = 3.5;
const CARD: f64 = 6.5;

/// A rem and whether it is narrow, now.
fn measure() -> (f64, bool) {
    let window = dom::window();
    let size = dom::document()
        .document_element()
        .and_then(|html| window.get_computed_style(&html).ok()?)
        .and_then(|style| style.get_property_value("font-size").ok())
        .and_then(|size| size.trim_end_matches("px").parse().ok());
    let narrow = window.match_media("(max-width: 767px)").ok().flatten();
    (size.unwrap_or(16.0), narrow.is_some_and(|query| query.matches()))
}

#[derive(Clone, Copy)]
struct Place {
    top: RwSignal<f64>,
    height: RwSignal<f64>,
    row: RwSignal<f64>,
    node: NodeRef<html::Div>,
}

impl Place {
    fn new() -> Self {
        Self {
            top: RwSignal::new(0.0),
            height: RwSignal::new(900.0),
            row: RwSignal::new(ROW * 16.0),
            node: NodeRef::new(),
        }
    }

    fn look(self) {
        let (rem, narrow) = measure();
        self.row.set(rem * if narrow { CARD } else { ROW });
        if let Some(node) = self.node.get_untracked() {
            self.height.set(f64::from(node.client_height()));
            self.top.set(f64::from(node.scroll_top()));
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rows; `as` keeps to the type's bounds"
)]
const fn whole(number: f64) -> usize {
    number as usize
}

#[expect(clippy::cast_precision_loss, reason = "rows")]
const fn real(number: usize) -> f64 {
    number as f64
}

pub fn table(view: View) -> AnyView {
    let desk = desk();
    let place = Place::new();
    Effect::new(move |_| {
        if place.node.get().is_some() {
            place.look();
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| place.look());
    on_cleanup(move || resized.remove());
    // Another choice begins at its top.
    Effect::new(move |before: Option<()>| {
        view.query.track();
        view.unit.track();
        view.status.track();
        view.kind.track();
        view.sort.track();
        if let (Some(()), Some(node)) = (before, place.node.get_untracked()) {
            node.set_scroll_top(0);
        }
    });
    let count = Memo::new(move |_| view.rows.with(Vec::len));
    let seen = Memo::new(move |_| {
        let row = place.row.get().max(1.0);
        let first = whole(place.top.get() / row).saturating_sub(AROUND);
        let last = whole((place.top.get() + place.height.get()) / row) + AROUND;
        (first.min(count.get()), last.min(count.get()))
    });
    let rows = move || {
        let (first, last) = seen.get();
        desk.book.with(|book| {
            view.rows.with(|rows| {
                let seen = rows.get(first..last.min(rows.len())).unwrap_or_default();
                let accounts = seen.iter().zip(first..).filter_map(|(at, number)| {
                    let at = usize::try_from(*at).ok()?;
                    Some((number, book.accounts.get(at)?.clone()))
                });
                accounts.collect::<Vec<_>>()
            })
        })
    };
    view! {
        <div class="table" role="table" aria-label=t!("leit-accounts") aria-rowcount=move || (count.get() + 1).to_string()>
            {head(view)}
            <div
                class="table__scroll"
                role="rowgroup"
                node_ref=place.node
                on:scroll=move |_| place.look()
            >
                <div
                    class="table__all"
                    role="presentation"
                    style:height=move || format!("{}px", place.row.get() * real(count.get()))
                >
                    <div
                        class="table__seen"
                        role="presentation"
                        style:transform=move || format!("translateY({}px)", place.row.get() * real(seen.get().0))
                    >
                        <For each=rows key=|(number, it)| (*number, it.id.clone(), it.revision, it.status.clone()) let:row>
                            {untrack(|| line(desk, view, row.0, row.1))}
                        </For>
                    </div>
                </div>
            </div>
        </div>
        <p class="accounts__foot muted small" role="status">
            {move || t!("leit-accounts-shown", count = count.get())}
        </p>
    }
    .into_any()
}

fn head(view: View) -> AnyView {
    let desk = desk();
    let all = move || {
        let count = view.rows.with(Vec::len);
        count > 0 && view.chosen.with(|chosen| chosen.len() >= count)
    };
    let choose_all = move |on: bool| {
        let ids = desk.book.with_untracked(|book| {
            view.rows.with_untracked(|rows| {
                let accounts = rows
                    .iter()
                    .filter_map(|at| book.accounts.get(usize::try_from(*at).ok()?));
                accounts.map(|account| account.id.clone()).collect()
            })
        });
        view.chosen.set(if on { ids } else { Default::default() });
    };
    view! {
        <div class="table__head" role="rowgroup">
            <div class="table__row" role="row">
                <span class="table__check" role="columnheader">
                    <label class="check">
                        <input
                            type="checkbox"
                            aria-label=t!("leit-choose-all")
                            prop:checked=all
                            on:change=move |event| choose_all(event_target_checked(&event))
                        />
                        <span class="check__box" aria-hidden="true"><Icon name="check" /></span>
                    </label>
                </span>
                {column(view, Sort::Name, t!("leit-column-name"))}
                {column(view, Sort::Status, t!("leit-status"))}
                {column(view, Sort::Unit, t!("leit-unit"))}
                <span class="table__cell" role="columnheader">{t!("leit-kind")}</span>
                {column(view, Sort::Ends, t!("leit-ends"))}
            </div>
        </div>
    }
    .into_any()
}

fn column(view: View, by: Sort, word: String) -> AnyView {
    let state = move || match view.sort.get() {
        (sort, true) if sort == by => Some("ascending"),
        (sort, false) if sort == by => Some("descending"),
        _ => None,
    };
    let turn = move |_| {
        view.sort.update(|(sort, up)| {
            *up = *sort != by || !*up;
            *sort = by;
        })
    };
    view! {
        <span class="table__cell" role="columnheader" aria-sort=state>
            <button type="button" class="table__sort" on:click=turn>
                {word}
                {move || state().map(|state| {
                    let icon = if state == "ascending" { "arrow-upward" } else { "arrow-downward" };
                    view! { <Icon name=icon class="icon--small" /> }
                })}
            </button>
        </span>
    }
    .into_any()
}

fn line(desk: Desk, view: View, number: usize, account: Account) -> AnyView {
    let id = account.id.clone();
    let (for_check, for_change, for_open) = (id.clone(), id.clone(), id.clone());
    let chosen = Memo::new(move |_| view.chosen.with(|chosen| chosen.contains(&for_check)));
    let choose = move |on: bool| {
        view.chosen.update(|chosen| {
            if on {
                chosen.insert(for_change.clone());
            } else {
                chosen.remove(&for_change);
            }
        });
    };
    let of = account.unit.clone();
    let unit = move || desk.unit_name(of.as_deref());
    let ends = account.ends.map(times::long_date).unwrap_or_default();
    let Account {
        name,
        function,
        kind,
        status,
        ..
    } = account;
    view! {
        <div
            class="table__row"
            role="row"
            aria-rowindex=(number + 2).to_string()
            data-chosen=move || if chosen.get() { "true" } else { "false" }
        >
            <span class="table__check" role="cell">
                <label class="check">
                    <input
                        type="checkbox"
                        aria-label=t!("leit-choose-one", name = &name)
                        prop:checked=move || chosen.get()
                        on:change=move |event| choose(event_target_checked(&event))
                    />
                    <span class="check__box" aria-hidden="true"><Icon name="check" /></span>
                </label>
            </span>
            <span class="table__cell table__cell--name" role="cell">
                <Avatar name=name.clone() hue=avatar::hue(id.as_bytes()) size=36 />
                <span class="table__who">
                    <button
                        type="button"
                        class="table__name"
                        on:click=move |_| crate::accounts::open(desk, &for_open)
                        on:keydown=|event| dom::walk(&event, ".table__seen", ".table__name")
                    >
                        {name}
                    </button>
                    {(!function.is_empty()).then(|| view! { <span class="muted small cut">{function}</span> })}
                </span>
            </span>
            <span class="table__cell" role="cell">{status_tag(&status)}</span>
            <span class="table__cell table__cell--unit" role="cell"><span class="cut">{unit}</span></span>
            <span class="table__cell table__cell--kind muted" role="cell">{kind_word(&kind)}</span>
            <span class="table__cell table__cell--ends muted" role="cell">{ends}</span>
        </div>
    }
    .into_any()
}
