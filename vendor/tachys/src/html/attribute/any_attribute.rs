use super::{Attribute, NextAttribute};
use crate::{
    html::attribute::NamedAttributeKey,
    renderer::{dom::Element, Rndr},
};
use std::{any::{Any, TypeId}, fmt::Debug, mem};

/// A type-erased container for any [`Attribute`].
///
/// Melder: one word and one table a type, where the original has a pointer to each function.
pub struct AnyAttribute(Box<Box<dyn ErasedAttribute>>);

#[inline(never)]
fn thin(attribute: Box<dyn ErasedAttribute>) -> AnyAttribute {
    AnyAttribute(Box::new(attribute))
}

/// What [`AnyAttribute`] asks of an attribute.
trait ErasedAttribute: Send {
    fn copy(&self) -> AnyAttribute;
    fn build(self: Box<Self>, el: Element) -> AnyAttributeState;
    fn names(&self) -> Vec<NamedAttributeKey>;
}

impl<T: Attribute + Clone + 'static> ErasedAttribute for T {
    fn copy(&self) -> AnyAttribute {
        thin(Box::new(self.clone()))
    }

    fn build(self: Box<Self>, el: Element) -> AnyAttributeState {
        AnyAttributeState {
            keys: self.keys(),
            state: Box::new(Attribute::build(*self, &el)),
            el,
        }
    }

    fn names(&self) -> Vec<NamedAttributeKey> {
        self.keys()
    }
}

fn remove(el: &Element, key: NamedAttributeKey) {
    match key {
        NamedAttributeKey::InnerHtml => Rndr::set_inner_html(el, ""),
        NamedAttributeKey::Property(name) => {
            Rndr::set_property(el, &name, &wasm_bindgen::JsValue::UNDEFINED)
        }
        NamedAttributeKey::Attribute(name) => Rndr::remove_attribute(el, &name),
    }
}

/// What is only kept, and dropped.
trait Kept {}

impl<T> Kept for T {}

impl Clone for AnyAttribute {
    fn clone(&self) -> Self {
        (**self.0).copy()
    }
}

impl Debug for AnyAttribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnyAttribute").finish_non_exhaustive()
    }
}

/// View state for [`AnyAttribute`].
pub struct AnyAttributeState {
    /// Held for what it does when it goes.
    #[allow(dead_code)]
    state: Box<dyn Kept>,
    el: crate::renderer::types::Element,
    keys: Vec<NamedAttributeKey>,
}

/// Converts an [`Attribute`] into [`AnyAttribute`].
pub trait IntoAnyAttribute {
    /// Wraps the given attribute.
    fn into_any_attr(self) -> AnyAttribute;
}

impl<T> IntoAnyAttribute for T
where
    Self: Send,
    T: Attribute,
    crate::renderer::types::Element: Clone,
{
    fn into_any_attr(self) -> AnyAttribute {
        if TypeId::of::<T::CloneableOwned>() == TypeId::of::<AnyAttribute>() {
            let mut attribute = Some(self.into_cloneable_owned());
            let attribute: &mut dyn Any = &mut attribute;
            // One around another would do nothing.
            if let Some(attribute) = attribute
                .downcast_mut::<Option<AnyAttribute>>()
                .and_then(Option::take)
            {
                return attribute;
            }
            unreachable!()
        }
        thin(Box::new(self.into_cloneable_owned()))
    }
}

impl NextAttribute for AnyAttribute {
    type Output<NewAttr: Attribute> = Vec<AnyAttribute>;

    fn add_any_attr<NewAttr: Attribute>(
        self,
        new_attr: NewAttr,
    ) -> Self::Output<NewAttr> {
        vec![self, new_attr.into_any_attr()]
    }
}

impl Attribute for AnyAttribute {
    const MIN_LENGTH: usize = 0;

    type AsyncOutput = AnyAttribute;
    type State = AnyAttributeState;
    type Cloneable = AnyAttribute;
    type CloneableOwned = AnyAttribute;

    fn html_len(&self) -> usize {
        0
    }

    fn to_html(
        self,
        _: &mut String,
        _: &mut String,
        _: &mut String,
        _: &mut String,
    ) {
        only_in_browsers()
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Element) -> Self::State {
        only_in_browsers()
    }

    #[inline(never)]
    fn build(self, el: &Element) -> Self::State {
        (*self.0).build(el.clone())
    }

    fn rebuild(self, state: &mut Self::State) {
        // As a list of them does: what was goes, and the new is built.
        for key in mem::take(&mut state.keys) {
            remove(&state.el, key);
        }
        let el = state.el.clone();
        *state = (*self.0).build(el);
    }

    fn into_cloneable(self) -> Self::Cloneable {
        self
    }

    fn into_cloneable_owned(self) -> Self::CloneableOwned {
        self
    }

    fn dry_resolve(&mut self) {
        only_in_browsers()
    }

    async fn resolve(self) -> Self::AsyncOutput {
        only_in_browsers()
    }

    fn keys(&self) -> Vec<NamedAttributeKey> {
        (**self.0).names()
    }
}

/// Melder draws in the browser only, and so does this copy: the features `ssr` and `hydrate` are gone from it.
fn only_in_browsers() -> ! {
    panic!("views are drawn in the browser only")
}

impl NextAttribute for Vec<AnyAttribute> {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(
        mut self,
        new_attr: NewAttr,
    ) -> Self::Output<NewAttr> {
        self.push(new_attr.into_any_attr());
        self
    }
}

impl Attribute for Vec<AnyAttribute> {
    const MIN_LENGTH: usize = 0;

    type AsyncOutput = Vec<AnyAttribute>;
    type State = (Element, Vec<AnyAttributeState>);
    type Cloneable = Vec<AnyAttribute>;
    type CloneableOwned = Vec<AnyAttribute>;

    fn html_len(&self) -> usize {
        self.iter().map(|attr| attr.html_len()).sum()
    }

    #[allow(unused)] // they are used in SSR
    fn to_html(
        self,
        buf: &mut String,
        class: &mut String,
        style: &mut String,
        inner_html: &mut String,
    ) {
        only_in_browsers()
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        el: &crate::renderer::types::Element,
    ) -> Self::State {
        let _ = el;
        only_in_browsers()
    }

    fn build(self, el: &crate::renderer::types::Element) -> Self::State {
        (
            el.clone(),
            self.into_iter().map(|attr| attr.build(el)).collect(),
        )
    }

    fn rebuild(self, state: &mut Self::State) {
        let (el, state) = state;
        for old in mem::take(state) {
            for key in old.keys {
                remove(&old.el, key);
            }
        }
        *state = self.into_iter().map(|s| s.build(el)).collect();
    }

    fn into_any_attrs(self) -> Vec<AnyAttribute> {
        self
    }

    fn into_cloneable(self) -> Self::Cloneable {
        self
    }

    fn into_cloneable_owned(self) -> Self::CloneableOwned {
        self
    }

    fn dry_resolve(&mut self) {
        only_in_browsers()
    }

    async fn resolve(self) -> Self::AsyncOutput {
        only_in_browsers()
    }

    fn keys(&self) -> Vec<NamedAttributeKey> {
        self.iter().flat_map(|s| s.keys()).collect()
    }
}

/// Melder: an element's attributes while it is described, in one word.
#[derive(Debug, Clone)]
pub struct AnyAttributes(Box<Vec<AnyAttribute>>);

impl AnyAttributes {
    /// The first.
    #[inline(never)]
    pub fn first(attribute: AnyAttribute) -> Self {
        Self(Box::new(vec![attribute]))
    }

    #[inline(never)]
    fn and(mut self, attribute: AnyAttribute) -> Self {
        self.0.push(attribute);
        self
    }
}

impl NextAttribute for AnyAttributes {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(
        self,
        new_attr: NewAttr,
    ) -> Self::Output<NewAttr> {
        self.and(new_attr.into_any_attr())
    }
}

impl Attribute for AnyAttributes {
    const MIN_LENGTH: usize = 0;

    type AsyncOutput = Self;
    type State = <Vec<AnyAttribute> as Attribute>::State;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        0
    }

    fn to_html(
        self,
        _: &mut String,
        _: &mut String,
        _: &mut String,
        _: &mut String,
    ) {
        only_in_browsers()
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Element) -> Self::State {
        only_in_browsers()
    }

    fn build(self, el: &Element) -> Self::State {
        Attribute::build(*self.0, el)
    }

    fn rebuild(self, state: &mut Self::State) {
        Attribute::rebuild(*self.0, state);
    }

    fn into_any_attrs(self) -> Vec<AnyAttribute> {
        *self.0
    }

    fn into_cloneable(self) -> Self::Cloneable {
        self
    }

    fn into_cloneable_owned(self) -> Self::CloneableOwned {
        self
    }

    fn dry_resolve(&mut self) {
        only_in_browsers()
    }

    async fn resolve(self) -> Self::AsyncOutput {
        only_in_browsers()
    }

    fn keys(&self) -> Vec<NamedAttributeKey> {
        Attribute::keys(&*self.0)
    }
}
