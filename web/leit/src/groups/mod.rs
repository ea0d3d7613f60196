use leptos::prelude::*;
pub fn groups() -> AnyView { ().into_any() }
