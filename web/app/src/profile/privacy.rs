// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What is kept where and for how long, what Melder takes on this device, and the end of an account.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Dialog, Icon, dom, t, texts, toast};
use melder_port::view::{Policy, Storage};
use melder_port::{Answer, Ask};

use crate::fetch;
use crate::profile::Notice;
use crate::state::{act_then, app, say};

/// "12,4 MB"
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut tenths = count.div_ceil(100);
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths = tenths.div_ceil(1000);
        unit += 1;
    }
    let sign = if texts::language() == texts::Language::De {
        ','
    } else {
        '.'
    };
    let name = UNITS.get(unit).copied().unwrap_or_default();
    if tenths >= 1000 {
        format!("{} {name}", tenths / 10)
    } else {
        format!("{}{sign}{} {name}", tenths / 10, tenths % 10)
    }
}

#[component]
pub fn Privacy() -> impl IntoView {
    let app = app();
    let policy = RwSignal::new(None::<Policy>);
    let storage = RwSignal::new(None::<Storage>);
    spawn_local(async move {
        if let Ok(found) = fetch!(Ask::Policy => Answer::Policy) {
            let _ = policy.try_update(|policy| *policy = found);
        }
        if let Ok(found) = fetch!(Ask::Storage => Answer::Storage) {
            let _ = storage.try_update(|storage| *storage = Some(found));
        }
    });
    view! {
        <details class="panel privacy">
            <summary class="line">
                <Icon name="privacy-tip-outline" />
                <span class="grow">
                    <span class="strong line__word">{t!("privacy")}</span>
                    <span class="small muted line__word">
                        {move || storage.get().map_or_else(|| t!("privacy-detail"), |storage| t!("privacy-storage", size = bytes(storage.database)))}
                    </span>
                </span>
                <Icon name="keyboard-arrow-down" />
            </summary>
            <dl class="privacy__facts">
                <dt>{t!("privacy-device")}</dt>
                <dd>
                    {t!("privacy-device-text")}
                    " "
                    {move || policy.get().and_then(|policy| policy.device_retention_days).map(|days| t!("privacy-device-days", count = days))}
                </dd>
                <dt>{t!("privacy-server")}</dt>
                <dd>
                    {t!("privacy-server-text")}
                    " "
                    {move || policy.get().map(|policy| t!("privacy-server-days", count = policy.server_retention_days))}
                </dd>
                <dt>{t!("privacy-sees")}</dt>
                <dd>{t!("privacy-sees-text")}</dd>
                <dt>{t!("privacy-not")}</dt>
                <dd>{t!("privacy-not-text")}</dd>
                {move || {
                    storage
                        .get()
                        .map(|storage| {
                            view! {
                                <dt>{t!("privacy-space")}</dt>
                                <dd>{space(&storage)}</dd>
                            }
                        })
                }}
            </dl>
            {move || app.own.with(|own| own.as_ref().map(|own| own.organisation)).map(|organisation| view! { <Notice organisation /> })}
        </details>
    }
}

fn space(storage: &Storage) -> String {
    let used = match storage.quota {
        Some(quota) => t!("privacy-space-of", used = bytes(storage.database), of = bytes(quota)),
        None => bytes(storage.database),
    };
    if storage.persistent {
        used
    } else {
        format!("{used} {}", t!("privacy-not-persistent"))
    }
}

/// Deletes the account: everywhere, for good. Typed, so that it does not happen in passing.
#[component]
pub fn DeleteAccount() -> impl IntoView {
    let app = app();
    let open = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    melder_kit::dom::effect(move || {
        if !open.get() {
            typed.set(String::new());
            wrong.set(false);
        }
    });
    let delete = move || {
        let matches = typed.with_untracked(|typed| melder_kit::texts::lower(typed.trim()))
            == melder_kit::texts::lower(&t!("delete-word"));
        wrong.set(!matches);
        if !matches {
            dom::focus("#delete-word");
            return;
        }
        act_then(Ask::DeleteAccount, move |_| {
            open.set(false);
            spawn_local(async move {
                match fetch!(Ask::Standing => Answer::Lock) {
                    Ok(lock) => app.enter(lock),
                    Err(failure) => toast(say(&failure)),
                }
            });
        });
    };
    view! {
        <button class="line line--danger" on:click=move |_| open.set(true)>
            <Icon name="delete-forever-outline" />
            <span class="strong">{t!("delete-account")}</span>
        </button>
        <Dialog open title=t!("delete-account") close_label=t!("close")>
            <p>{t!("delete-consequence")}</p>
            <p class="muted">{t!("delete-others")}</p>
            <div class="field">
                <label for="delete-word">{t!("delete-type", word = t!("delete-word"))}</label>
                <input
                    class="input"
                    id="delete-word"
                    autocomplete="off"
                    autocapitalize="off"
                    aria-describedby="delete-error"
                    aria-invalid=move || if wrong.get() { "true" } else { "false" }
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                />
                <p class="field__error" id="delete-error" role="alert">
                    {move || wrong.get().then(|| t!("delete-type-first", word = t!("delete-word")))}
                </p>
            </div>
            <div class="actions">
                <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                <button class="button button--danger" on:click=move |_| delete()>{t!("delete-account")}</button>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn a_size_is_read_at_a_glance() {
        assert_eq!(bytes(0), "0,0 kB");
        assert_eq!(bytes(12_400), "12,4 kB");
        assert_eq!(bytes(12_400_000), "12,4 MB");
        assert_eq!(bytes(250_000_000), "250 MB");
        assert_eq!(bytes(3_000_000_000), "3,0 GB");
    }
}
