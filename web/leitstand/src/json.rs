// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! JSON as the browser has it: read by name, built by name. A reader of derived types would be larger than all screens' own
//! reading of the few fields that they show.

use js_sys::{Array, Object as Plain, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A value that came in. What is missing is nothing, an empty text, zero or false.
#[derive(Debug, Clone)]
pub struct Json(JsValue);

impl Json {
    pub const NOTHING: Self = Self(JsValue::UNDEFINED);

    pub fn parse(text: &str) -> Option<Self> {
        js_sys::JSON::parse(text).ok().map(Self)
    }

    pub const fn value(&self) -> &JsValue {
        &self.0
    }

    pub fn get(&self, name: &str) -> Self {
        let found = if self.0.is_object() {
            Reflect::get(&self.0, &JsValue::from_str(name)).ok()
        } else {
            None
        };
        Self(found.unwrap_or(JsValue::UNDEFINED))
    }

    pub fn is_there(&self) -> bool {
        !self.0.is_null() && !self.0.is_undefined()
    }

    pub fn maybe(&self, name: &str) -> Option<String> {
        self.get(name).0.as_string()
    }

    pub fn text(&self, name: &str) -> String {
        self.maybe(name).unwrap_or_default()
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name).0.as_f64()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count; `as` keeps to the type's bounds"
    )]
    pub fn count(&self, name: &str) -> u32 {
        self.number(name).unwrap_or_default() as u32
    }

    pub fn flag(&self, name: &str) -> bool {
        self.get(name).0.as_bool().unwrap_or_default()
    }

    pub fn list(&self, name: &str) -> Vec<Self> {
        self.get(name).items()
    }

    pub fn items(&self) -> Vec<Self> {
        match self.0.dyn_ref::<Array>() {
            Some(array) => array.iter().map(Self).collect(),
            None => Vec::new(),
        }
    }

    pub fn texts(&self, name: &str) -> Vec<String> {
        let list = self.list(name);
        list.iter().filter_map(|item| item.0.as_string()).collect()
    }

    /// As it is written down, to be read by people.
    pub fn pretty(&self) -> String {
        let indent = JsValue::from_f64(2.0);
        js_sys::JSON::stringify_with_replacer_and_space(&self.0, &JsValue::NULL, &indent)
            .map(String::from)
            .unwrap_or_default()
    }
}

impl From<JsValue> for Json {
    fn from(value: JsValue) -> Self {
        Self(value)
    }
}

/// What is sent, field by field.
#[derive(Debug, Clone)]
pub struct Object(Plain);

impl Object {
    pub fn new() -> Self {
        Self(Plain::new())
    }

    pub fn value(self, name: &str, value: impl Into<JsValue>) -> Self {
        let _ = Reflect::set(&self.0, &JsValue::from_str(name), &value.into());
        self
    }

    /// Without it, the field is missing.
    pub fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.value(name, value),
            None => self,
        }
    }

    /// Without it, the field is null: what was there goes.
    pub fn or_null(self, name: &str, value: Option<&str>) -> Self {
        self.value(name, value.map_or(JsValue::NULL, JsValue::from_str))
    }

    pub fn list(self, name: &str, items: impl IntoIterator<Item = JsValue>) -> Self {
        let array: Array = items.into_iter().collect();
        self.value(name, JsValue::from(array))
    }

    pub fn written(&self) -> String {
        js_sys::JSON::stringify(&self.0).map(String::from).unwrap_or_default()
    }
}

impl From<Plain> for Object {
    fn from(plain: Plain) -> Self {
        Self(plain)
    }
}

impl From<Object> for JsValue {
    fn from(object: Object) -> Self {
        object.0.into()
    }
}
