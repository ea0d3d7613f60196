use leptos::prelude::*;
pub fn privacy() -> AnyView { ().into_any() }
pub fn policy() -> AnyView { ().into_any() }
pub fn access() -> AnyView { ().into_any() }
pub fn overview() -> AnyView { ().into_any() }
