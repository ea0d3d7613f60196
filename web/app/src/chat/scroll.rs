// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Where the timeline stands. It holds on to the first row that is seen, or to the end; whatever changes above, below or
//! around it, [`Place::keep`] puts that row back to where it was before the browser paints.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Nearer to the end than this is at the end.
const NEAR_END: f64 = 48.0;

/// What the timeline holds on to. All of it is looked up in the page, nothing of it is truth.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    scroller: StoredValue<Option<HtmlElement>, LocalStorage>,
    anchor: StoredValue<Option<(Element, f64)>, LocalStorage>,
    /// Is the end seen?
    pub at_end: RwSignal<bool>,
}

impl Place {
    pub fn new() -> Self {
        Self {
            scroller: StoredValue::new_local(None),
            anchor: StoredValue::new_local(None),
            at_end: RwSignal::new(true),
        }
    }

    pub fn set_scroller(self, element: HtmlElement) {
        self.scroller.set_value(Some(element));
    }

    pub fn scroller(self) -> Option<HtmlElement> {
        self.scroller.try_get_value().flatten()
    }

    /// Pixels above and below what is seen, and what is seen itself.
    pub fn reach(self) -> Option<(f64, f64, f64)> {
        let scroller = self.scroller()?;
        let (top, height) = (f64::from(scroller.scroll_top()), f64::from(scroller.client_height()));
        Some((top, f64::from(scroller.scroll_height()) - top - height, height))
    }

    /// Remembers what is seen now.
    pub fn note(self, end_is_loaded: bool) {
        let Some((_, below, _)) = self.reach() else { return };
        let at_end = end_is_loaded && below < NEAR_END;
        if self.at_end.get_untracked() != at_end {
            self.at_end.set(at_end);
        }
        self.anchor.set_value(self.first_seen());
    }

    /// Puts what was seen back to where it was.
    pub fn keep(self) {
        let Some(scroller) = self.scroller() else { return };
        if self.at_end.try_get_untracked() == Some(true) {
            scroller.set_scroll_top(scroller.scroll_height());
            return;
        }
        let Some((element, offset)) = self.anchor.try_get_value().flatten() else {
            return;
        };
        if !element.is_connected() {
            return;
        }
        let moved = top(&element) - top(&scroller) - offset;
        if moved.abs() >= 1.0 {
            #[expect(clippy::cast_possible_truncation, reason = "pixels")]
            scroller.set_scroll_top(scroller.scroll_top() + moved.round() as i32);
        }
    }

    /// Goes to the end.
    pub fn end(self) {
        self.at_end.set(true);
        self.keep();
    }

    /// Brings an element to a share of the seen height from above.
    pub fn show(self, element: &Element, share: f64, end_is_loaded: bool) {
        let Some(scroller) = self.scroller() else { return };
        let wanted = f64::from(scroller.client_height()) * share;
        let moved = top(element) - top(&scroller) - wanted;
        #[expect(clippy::cast_possible_truncation, reason = "pixels")]
        scroller.set_scroll_top(scroller.scroll_top() + moved.round() as i32);
        self.note(end_is_loaded);
    }

    /// The first row that reaches into what is seen, and where it stands.
    fn first_seen(self) -> Option<(Element, f64)> {
        let scroller = self.scroller()?;
        let edge = top(&scroller);
        let rows = self.rows()?;
        let at = search(&rows, |rect| rect.bottom() > edge)?;
        let element = rows.item(at)?;
        let offset = top(&element) - edge;
        Some((element, offset))
    }

    /// The last row that is seen down to its middle.
    pub fn last_seen(self) -> Option<Element> {
        let scroller = self.scroller()?;
        let edge = scroller.get_bounding_client_rect().bottom();
        let rows = self.rows()?;
        let below = search(&rows, |rect| rect.top() + rect.height() / 2.0 > edge).unwrap_or(rows.length());
        below.checked_sub(1).and_then(|at| rows.item(at))
    }

    fn rows(self) -> Option<web_sys::HtmlCollection> {
        Some(self.scroller()?.first_element_child()?.children())
    }
}

fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

/// The first row that fits; rows stand in order, so it is found by halves.
fn search(rows: &web_sys::HtmlCollection, fits: impl Fn(&web_sys::DomRect) -> bool) -> Option<u32> {
    let (mut low, mut high) = (0, rows.length());
    while low < high {
        let middle = low + (high - low) / 2;
        if fits(&rows.item(middle)?.get_bounding_client_rect()) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    (low < rows.length()).then_some(low)
}

/// Does something before the next painting.
pub fn before_painting(then: impl FnOnce() + 'static) {
    let closure = wasm_bindgen::closure::Closure::once_into_js(then);
    let _ = melder_kit::dom::window().request_animation_frame(closure.unchecked_ref());
}
