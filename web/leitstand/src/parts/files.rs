// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What leaves the page: files to be saved, words for elsewhere.

use js_sys::Array;
use melder_kit::{dom, t, toast};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Saves a text as a file, as the browser saves files.
pub fn save(name: &str, kind: &str, text: &str) {
    if saved(name, kind, text).is_err() {
        toast(t!("leit-not-saved"));
    }
}

/// Saves what came as a file.
pub fn save_file(name: &str, file: &Blob) {
    if handed(name, file).is_err() {
        toast(t!("leit-not-saved"));
    }
}

fn saved(name: &str, kind: &str, text: &str) -> Result<(), JsValue> {
    let bag = BlobPropertyBag::new();
    bag.set_type(kind);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&JsValue::from_str(text)), &bag)?;
    handed(name, &blob)
}

fn handed(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = dom::document().create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser has begun by then.
    dom::after(60_000, move || {
        let _ = Url::revoke_object_url(&url);
    });
    Ok(())
}

/// Puts words on the clipboard, and says so.
pub fn copy(text: &str) {
    let promise = dom::window().navigator().clipboard().write_text(text);
    leptos::task::spawn_local(async move {
        let done = wasm_bindgen_futures::JsFuture::from(promise).await;
        toast(if done.is_ok() {
            t!("leit-copied")
        } else {
            t!("leit-not-copied")
        });
    });
}
