use leptos::prelude::*;
pub fn operations() -> AnyView { ().into_any() }
