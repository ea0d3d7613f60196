// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Where one is: once, or as it moves until a time. A live position is told by this page as long as it is open; it ends by
//! itself, by a press, or when the page goes.

use std::cell::RefCell;
use std::collections::HashMap;

use futures_channel::oneshot;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Dialog, Icon, dom, t, times, toast};
use melder_port::view::{DraftContent, Place};
use melder_port::{Answer, Ask, GroupId, MessageId, Time};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Geolocation, Position, PositionError, PositionOptions};

use crate::chat::body::coordinates;
use crate::chat::{Jump, ctx, draft, over};
use crate::port;
use crate::state::{act_then, say};

const MINUTE: u64 = 60_000;
/// A live position is told at most this often.
const PAUSE_MS: u64 = 15_000;

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum No {
    Denied,
    Unknown,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "degrees and metres, in range"
)]
fn place(position: &Position) -> Place {
    let at = position.coords();
    Place {
        latitude: (at.latitude().clamp(-90.0, 90.0) * 1e7).round() as i32,
        longitude: (at.longitude().clamp(-180.0, 180.0) * 1e7).round() as i32,
        accuracy: Some(at.accuracy().clamp(0.0, 1e6).round() as u32),
    }
}

fn geolocation() -> Option<Geolocation> {
    dom::window().navigator().geolocation().ok()
}

fn options() -> PositionOptions {
    let options = PositionOptions::new();
    options.set_enable_high_accuracy(true);
    options.set_timeout(20_000);
    options.set_maximum_age(10_000);
    options
}

/// Where the device is now; the browser may ask the person.
async fn now() -> Result<Place, No> {
    let geolocation = geolocation().ok_or(No::Unknown)?;
    let (sender, receiver) = oneshot::channel();
    let sender = std::rc::Rc::new(RefCell::new(Some(sender)));
    let other = std::rc::Rc::clone(&sender);
    let found = Closure::once(move |position: Position| {
        if let Some(sender) = sender.borrow_mut().take() {
            let _ = sender.send(Ok(place(&position)));
        }
    });
    let failed = Closure::once(move |error: PositionError| {
        let why = if error.code() == PositionError::PERMISSION_DENIED {
            No::Denied
        } else {
            No::Unknown
        };
        if let Some(sender) = other.borrow_mut().take() {
            let _ = sender.send(Err(why));
        }
    });
    geolocation
        .get_current_position_with_error_callback_and_options(
            found.as_ref().unchecked_ref(),
            Some(failed.as_ref().unchecked_ref()),
            &options(),
        )
        .map_err(|_| No::Unknown)?;
    receiver.await.unwrap_or(Err(No::Unknown))
}

/// For evidence: the place if the person lets us, else none.
pub async fn now_if_allowed() -> Option<Place> {
    now().await.ok()
}

struct Watch {
    number: i32,
    last: Place,
    group: GroupId,
    until: Time,
    told: u64,
    _moved: Closure<dyn Fn(Position)>,
}

thread_local! {
    static LIVE: RefCell<HashMap<MessageId, Watch>> = RefCell::new(HashMap::new());
}

/// Tells where one goes, until the time is over.
fn follow(id: MessageId, group: GroupId, first: Place, until: Time) {
    let Some(geolocation) = geolocation() else { return };
    let moved = Closure::<dyn Fn(Position)>::new(move |position: Position| moved(id, place(&position)));
    let watching =
        geolocation.watch_position_with_error_callback_and_options(moved.as_ref().unchecked_ref(), None, &options());
    let Ok(number) = watching else { return };
    let watch = Watch {
        number,
        last: first,
        group,
        until,
        told: times::now(),
        _moved: moved,
    };
    LIVE.with(|live| live.borrow_mut().insert(id, watch));
}

fn moved(id: MessageId, to: Place) {
    let now = times::now();
    let step = LIVE.with(|live| {
        let mut live = live.borrow_mut();
        let watch = live.get_mut(&id)?;
        if now >= watch.until.0 {
            return Some(None);
        }
        if to == watch.last || now < watch.told + PAUSE_MS {
            return None;
        }
        watch.last = to;
        watch.told = now;
        Some(Some((watch.group, watch.until)))
    });
    match step {
        None => {}
        // A watch cannot end inside its own call.
        Some(None) => dom::after(0, move || drop(end(id))),
        Some(Some((group, until))) => spawn_local(async move {
            let content = DraftContent::MoveLocation {
                of: id,
                place: to,
                live_until: Some(until),
            };
            // Without a connection it waits in the outbox; the next one follows anyway.
            let _ = port::ask(Ask::Send {
                group,
                draft: draft(content),
            })
            .await;
        }),
    }
}

fn end(id: MessageId) -> Option<Watch> {
    let watch = LIVE.with(|live| live.borrow_mut().remove(&id))?;
    if let Some(geolocation) = geolocation() {
        geolocation.clear_watch(watch.number);
    }
    Some(watch)
}

/// Ends a live position now, for all who see it.
pub fn stop(id: MessageId, group: GroupId, seen: Place) {
    let last = end(id).map_or(seen, |watch| watch.last);
    let content = DraftContent::MoveLocation {
        of: id,
        place: last,
        live_until: Some(Time(times::now())),
    };
    act_then(
        Ask::Send {
            group,
            draft: draft(content),
        },
        |_| toast(t!("location-stopped")),
    );
}

/// How long a position is live, in minutes; `None`: once.
const TIMES: [Option<u32>; 4] = [None, Some(15), Some(60), Some(480)];

#[component]
pub fn PlaceDialog() -> impl IntoView {
    let ctx = ctx();
    let open = over::opened(ctx);
    let found = RwSignal::new(None::<Result<Place, No>>);
    let live = RwSignal::new(None::<u32>);
    let label = RwSignal::new(String::new());
    let look = move || {
        found.set(None);
        spawn_local(async move {
            let place = now().await;
            let _ = found.try_set(Some(place));
        });
    };
    look();
    let send = move |_| {
        let Some(Ok(place)) = found.get_untracked() else {
            toast(t!("location-searching"));
            return;
        };
        let label = Some(label.get_untracked().trim().to_owned()).filter(|label| !label.is_empty());
        let live_until = live
            .get_untracked()
            .map(|minutes| Time(times::now() + u64::from(minutes) * MINUTE));
        let group = ctx.group;
        let content = DraftContent::Location {
            place,
            label,
            live_until,
        };
        open.set(false);
        spawn_local(async move {
            match port::ask(Ask::Send {
                group,
                draft: draft(content),
            })
            .await
            {
                Ok(Answer::Queued(id)) => {
                    if let Some(until) = live_until {
                        follow(id, group, place, until);
                    }
                    let _ = ctx.jump.try_set(Some(Jump::End));
                }
                Ok(_) => {}
                Err(failure) => toast(say(&failure)),
            }
        });
    };
    view! {
        <Dialog open title=t!("location-send-title") close_label=t!("close")>
            {move || match found.get() {
                None => view! { <p class="row" role="status"><span class="busy" aria-hidden="true"></span>{t!("location-searching")}</p> }.into_any(),
                Some(Ok(place)) => view! {
                    <p class="row">
                        <Icon name="my-location" />
                        <span>
                            <span class="strong">{coordinates(place)}</span>
                            {place.accuracy.map(|metres| format!(" · ± {metres} m"))}
                        </span>
                    </p>
                }.into_any(),
                Some(Err(why)) => view! {
                    <div class="notice notice--warning" role="alert">
                        <Icon name="location-on-outline" />
                        <div class="stack stack--tight">
                            <p>{if why == No::Denied { t!("location-denied") } else { t!("location-unknown") }}</p>
                            <button class="button button--second" on:click=move |_| look()>{t!("chat-try-again")}</button>
                        </div>
                    </div>
                }.into_any(),
            }}
            <label class="field">
                <span class="label">{t!("location-label")}</span>
                <input
                    class="input"
                    autocomplete="street-address"
                    prop:value=move || label.get()
                    on:input=move |event| label.set(event_target_value(&event))
                />
            </label>
            <div class="field">
                <span class="label">{t!("location-how-long")}</span>
                <div class="chips chips--wrap" role="group" aria-label=t!("location-how-long")>
                    {TIMES.into_iter().map(|this| {
                        let word = match this {
                            None => t!("location-once-choice"),
                            Some(minutes) if minutes < 60 => t!("span-minutes", count = minutes),
                            Some(minutes) => t!("span-hours", count = minutes / 60),
                        };
                        view! {
                            <button
                                type="button"
                                class="chip"
                                aria-pressed=move || if live.get() == this { "true" } else { "false" }
                                on:click=move |_| live.set(this)
                            >
                                {word}
                            </button>
                        }
                    }).collect_view()}
                </div>
            </div>
            {move || live.get().is_some().then(|| view! { <p class="small muted">{t!("location-live-hint")}</p> })}
            <div class="actions">
                <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                <button class="button button--main" on:click=send>{t!("location-send")}</button>
            </div>
        </Dialog>
    }
}
