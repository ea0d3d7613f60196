// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The organisation's privacy notice (Art. 13 GDPR), which the server writes from the rules that hold. It is fetched when
//! somebody opens it, and set as plain paragraphs: few lines here, since everybody's app carries them.

use js_sys::{Array, Reflect};
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{dom, t, texts};
use melder_port::OrganisationId;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Response};

fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or_default()
}

async fn read(organisation: OrganisationId) -> Option<JsValue> {
    let path = format!("/v1/notice/{organisation}?language={}", texts::language().tag());
    let answer = JsFuture::from(dom::window().fetch_with_str(&path)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    JsFuture::from(answer.json().ok()?).await.ok()
}

fn line(place: &Element, tag: &str, text: &JsValue) -> Option<Element> {
    let element = dom::document().create_element(tag).ok()?;
    element.set_text_content(text.as_string().as_deref());
    place.append_child(&element).ok()?;
    Some(element)
}

/// Headings, paragraphs and lists, one after the other.
fn set(place: &Element, notice: &JsValue) {
    place.set_text_content(None);
    for block in Array::from(&get(notice, "blocks")).iter() {
        let heading = get(&block, "block").as_string().is_some_and(|kind| kind == "heading");
        let items = get(&block, "items");
        if Array::is_array(&items) {
            let list = line(place, "ul", &JsValue::UNDEFINED);
            for item in Array::from(&items).iter() {
                list.as_ref().and_then(|list| line(list, "li", &item));
            }
        } else {
            let element = line(place, "p", &get(&block, "text"));
            if let Some(element) = element.filter(|_| heading) {
                element.set_class_name("strong");
            }
        }
    }
    line(place, "p", &get(notice, "about"));
}

#[component]
pub fn Notice(organisation: OrganisationId) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let open = move |_: ev::Event| {
        let Some(place) = place.get_untracked() else { return };
        if place.child_element_count() > 0 {
            return;
        }
        spawn_local(async move {
            match read(organisation).await {
                Some(notice) => set(&place, &notice),
                None => place.set_text_content(Some(&t!("privacy-notice-failed"))),
            }
        });
    };
    view! {
        <details class="offer__proof notice-text" on:toggle=open>
            <summary class="small">{t!("privacy-notice")}</summary>
            <div class="small" node_ref=place></div>
        </details>
    }
}
