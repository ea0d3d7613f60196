// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A report: what is the matter, at which car, where, and photos as evidence. It goes into the chat as one message that a
//! program can read field by field; where it belongs (the office, a colleague) is the chat's matter.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Busy, Dialog, Icon, t, toast};
use melder_port::view::DraftContent;

use crate::chat::composer::files::{self, PickedFiles, Way};
use crate::chat::composer::writing::Writing;
use crate::chat::{Jump, ctx, draft, over};

/// How a program knows it.
const FORM: &str = "melder.report.1";
/// No plate is longer.
const PLATE: usize = 16;

/// As it stands on a plate: capitals, single spaces.
#[must_use]
fn plate(typed: &str) -> String {
    let mut clean = String::new();
    for letter in typed.chars().flat_map(char::to_uppercase) {
        let gap = letter.is_whitespace();
        if (gap && (clean.is_empty() || clean.ends_with(' '))) || clean.chars().count() >= PLATE {
            continue;
        }
        clean.push(if gap { ' ' } else { letter });
    }
    clean
}

/// What was filled in.
#[must_use]
fn filled(fields: &[(&str, String, String)]) -> Vec<(String, String, String)> {
    fields
        .iter()
        .map(|(key, label, value)| ((*key).to_owned(), label.clone(), value.trim().to_owned()))
        .filter(|(_, _, value)| !value.is_empty())
        .collect()
}

#[derive(Clone, Copy)]
struct Form {
    /// Only its photos; what stands in the composer stays there.
    photos: Writing,
    title: RwSignal<String>,
    plate: RwSignal<String>,
    place: RwSignal<String>,
    note: RwSignal<String>,
    missing: RwSignal<bool>,
    busy: RwSignal<bool>,
    open: RwSignal<bool>,
}

impl Form {
    fn send(self) {
        let title = self.title.get_untracked().trim().to_owned();
        self.missing.set(title.is_empty());
        if title.is_empty() || self.busy.get_untracked() {
            return;
        }
        let fields = filled(&[
            ("plate", t!("report-plate"), self.plate.get_untracked()),
            ("place", t!("report-place"), self.place.get_untracked()),
            ("note", t!("report-note"), self.note.get_untracked()),
        ]);
        let form = FORM.to_owned();
        let report = draft(DraftContent::Report { form, title, fields });
        let picked = self.photos.picked.get_untracked();
        self.busy.set(true);
        spawn_local(async move {
            match self.photos.take_and_send(report, &picked).await {
                Ok(()) => {
                    self.photos.ctx.jump.try_set(Some(Jump::End));
                    self.open.try_set(false);
                }
                Err(why) => toast(why),
            }
            self.busy.try_set(false);
        });
    }
}

#[component]
pub fn ReportDialog() -> impl IntoView {
    let ctx = ctx();
    let form = Form {
        photos: Writing::new(ctx),
        title: RwSignal::new(String::new()),
        plate: RwSignal::new(String::new()),
        place: RwSignal::new(String::new()),
        note: RwSignal::new(String::new()),
        missing: RwSignal::new(false),
        busy: RwSignal::new(false),
        open: over::opened(ctx),
    };
    view! {
        <Dialog open=form.open title=t!("report-new") close_label=t!("close")>
            <Fields form />
        </Dialog>
    }
}

#[component]
fn Fields(form: Form) -> impl IntoView {
    provide_context(form.photos);
    let capture = move |_| files::choose(Way::Evidence, form.photos);
    let retype = move |event: leptos::ev::Event| form.plate.set(plate(&event_target_value(&event)));
    view! {
        {text(t!("report-title"), form.title)}
        <label class="field">
            <span class="label">{t!("report-plate")}" "<span class="muted">{t!("report-optional")}</span></span>
            <span class="plate">
                <span class="plate__band" aria-hidden="true">"D"</span>
                <input
                    class="plate__input"
                    autocapitalize="characters"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || form.plate.get()
                    on:input=retype
                />
            </span>
        </label>
        {text(t!("report-place"), form.place)}
        <fieldset class="report-photos">
            <legend class="label">{t!("report-photos")}</legend>
            <PickedFiles />
            <button type="button" class="button button--second" on:click=capture>
                <Icon name="add-a-photo-outline" />
                {t!("report-capture")}
            </button>
            <p class="small muted">{t!("report-original")}</p>
        </fieldset>
        {text(t!("report-note"), form.note)}
        {move || form.missing.get().then(|| view! {
            <p class="field__error" role="alert"><Icon name="error" />{t!("report-missing")}</p>
        })}
        <div class="actions">
            <button type="button" class="button button--plain" on:click=move |_| form.open.set(false)>{t!("cancel")}</button>
            <button type="button" class="button button--main" on:click=move |_| form.send()>
                {move || form.busy.get().then(|| view! { <Busy /> })}
                {t!("report-send")}
            </button>
        </div>
    }
}

fn text(label: String, value: RwSignal<String>) -> AnyView {
    view! {
        <label class="field">
            <span class="label">{label}</span>
            <input class="input" prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event)) />
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plate_is_written_as_on_the_car() {
        assert_eq!(plate(" m  vü 4711"), "M VÜ 4711");
        assert_eq!(plate("m vu "), "M VU ", "one is still typing");
        assert_eq!(plate(&"a".repeat(99)).len(), PLATE);
    }

    #[test]
    fn what_was_left_empty_is_not_sent() {
        let sent = filled(&[
            ("plate", "Kennzeichen".into(), " ".into()),
            ("place", "Ort".into(), "Tal 1 ".into()),
        ]);
        assert_eq!(sent, [("place".into(), "Ort".into(), "Tal 1".into())]);
    }
}
