use super::{
    add_attr::AddAnyAttr, Mountable, Position, PositionState, Render,
    RenderHtml,
};
use crate::{
    html::attribute::{
        any_attribute::{AnyAttribute, AnyAttributeState, IntoAnyAttribute},
        Attribute,
    },
    hydration::Cursor,
    renderer::Rndr,
    ssr::StreamBuilder,
};
use futures::future::{join, join_all};
use std::{any::{Any, TypeId}, fmt::Debug};

/// A type-erased view. This can be used if control flow requires that multiple different types of
/// view must be received, and it is either impossible or too cumbersome to use the `EitherOf___`
/// enums.
///
/// It can also be used to create recursive components, which otherwise cannot return themselves
/// due to the static typing of the view tree.
///
/// Melder: one word, which is handed on in a register, and one table a type, where the original has a pointer to each
/// function: it is made and moved at every place of every view.
pub struct AnyView(Box<Box<dyn ErasedView>>);

/// What [`AnyView`] asks of a view.
trait ErasedView: Send {
    fn build(self: Box<Self>) -> AnyViewState;
    fn rebuild(self: Box<Self>, state: &mut AnyViewState);
    fn id(&self) -> TypeId;
}

impl<T: RenderHtml + 'static> ErasedView for T {
    fn build(self: Box<Self>) -> AnyViewState {
        finish(TypeId::of::<T>(), Box::new(Render::build(*self)), T::EXISTS)
    }

    fn rebuild(self: Box<Self>, state: &mut AnyViewState) {
        let state: *mut dyn Mountable = &mut *state.state;
        // SAFETY: who calls has compared the types' ids, and `build` put just this type's state there. The state is
        // borrowed mutably for as long as the reference lives.
        let state = unsafe { &mut *state.cast::<T::State>() };
        Render::rebuild(*self, state);
    }

    fn id(&self) -> TypeId {
        TypeId::of::<T>()
    }
}

/// The same for what a function gives and is drawn at once: it need not be able to change threads.
pub(crate) struct LocalView(Box<dyn LocalErased>);

trait LocalErased {
    fn build(self: Box<Self>) -> AnyViewState;
    fn rebuild(self: Box<Self>, state: &mut AnyViewState);
}

impl<T: Render + 'static> LocalErased for T {
    fn build(self: Box<Self>) -> AnyViewState {
        finish(TypeId::of::<T>(), Box::new(Render::build(*self)), true)
    }

    fn rebuild(self: Box<Self>, state: &mut AnyViewState) {
        let state: *mut dyn Mountable = &mut *state.state;
        // SAFETY: as in `ErasedView`.
        let state = unsafe { &mut *state.cast::<T::State>() };
        Render::rebuild(*self, state);
    }
}

impl LocalView {
    pub fn new<T: Render + 'static>(view: T) -> Self {
        Self(Box::new(view))
    }

    pub fn build(self) -> AnyViewState {
        self.0.build()
    }

    pub fn rebuild(self, state: &mut AnyViewState) {
        // A function gives one type only, so the state is that type's.
        self.0.rebuild(state);
    }
}

#[inline(never)]
fn finish(
    type_id: TypeId,
    state: Box<dyn Mountable>,
    exists: bool,
) -> AnyViewState {
    let placeholder = (!exists).then(Rndr::create_placeholder);
    AnyViewState {
        type_id,
        state,
        placeholder,
    }
}

impl AnyView {
    #[doc(hidden)]
    pub fn as_type_id(&self) -> TypeId {
        (**self.0).id()
    }
}

impl Debug for AnyView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnyView").finish_non_exhaustive()
    }
}
/// Retained view state for [`AnyView`].
pub struct AnyViewState {
    type_id: TypeId,
    state: Box<dyn Mountable>,
    placeholder: Option<crate::renderer::types::Placeholder>,
}

impl Debug for AnyViewState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnyViewState").finish_non_exhaustive()
    }
}

/// Allows converting some view into [`AnyView`].
pub trait IntoAny {
    /// Converts the view into a type-erased [`AnyView`].
    fn into_any(self) -> AnyView;
}

/// A more general version of [`IntoAny`] that allows into [`AnyView`],
/// but also erasing other types that don't implement [`RenderHtml`] like routing.
pub trait IntoMaybeErased {
    /// The type of the output.
    type Output: IntoMaybeErased;

    /// Converts the view into a type-erased view if in erased mode.
    fn into_maybe_erased(self) -> Self::Output;
}

#[inline(never)]
fn thin(view: Box<dyn ErasedView>) -> AnyView {
    AnyView(Box::new(view))
}

impl<T> IntoMaybeErased for T
where
    T: RenderHtml,
{
    #[cfg(not(erase_components))]
    type Output = Self;

    #[cfg(erase_components)]
    type Output = AnyView;

    fn into_maybe_erased(self) -> Self::Output {
        #[cfg(not(erase_components))]
        {
            self
        }
        #[cfg(erase_components)]
        {
            self.into_owned().into_any()
        }
    }
}

impl<T> IntoAny for T
where
    T: Send,
    T: RenderHtml,
{
    fn into_any(self) -> AnyView {
        if TypeId::of::<T::Owned>() == TypeId::of::<AnyView>() {
            let mut view = Some(self.into_owned());
            let view: &mut dyn Any = &mut view;
            // One around another would do nothing.
            if let Some(view) =
                view.downcast_mut::<Option<AnyView>>().and_then(Option::take)
            {
                return view;
            }
            unreachable!()
        }
        thin(Box::new(self.into_owned()))
    }
}

impl Render for AnyView {
    type State = AnyViewState;

    #[inline(never)]
    fn build(self) -> Self::State {
        (*self.0).build()
    }

    #[inline(never)]
    fn rebuild(self, state: &mut Self::State) {
        if (**self.0).id() == state.type_id {
            (*self.0).rebuild(state)
        } else {
            let mut new = (*self.0).build();
            if let Some(placeholder) = &mut state.placeholder {
                placeholder.insert_before_this(&mut new);
                placeholder.unmount();
            } else {
                state.insert_before_this(&mut new);
            }
            state.unmount();
            *state = new;
        }
    }
}

impl AddAnyAttr for AnyView {
    type Output<SomeNewAttr: Attribute> = AnyViewWithAttrs;

    #[allow(unused_variables)]
    fn add_any_attr<NewAttr: Attribute>(
        self,
        attr: NewAttr,
    ) -> Self::Output<NewAttr>
    where
        Self::Output<NewAttr>: RenderHtml,
    {
        AnyViewWithAttrs {
            view: self,
            attrs: vec![attr.into_cloneable_owned().into_any_attr()],
        }
    }
}

impl RenderHtml for AnyView {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        only_in_browsers()
    }

    async fn resolve(self) -> Self::AsyncOutput {
        only_in_browsers()
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
        only_in_browsers()
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        _: &mut StreamBuilder,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) where
        Self: Sized,
    {
        only_in_browsers()
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        _: &Cursor,
        _: &PositionState,
    ) -> Self::State {
        only_in_browsers()
    }

    async fn hydrate_async(
        self,
        _: &Cursor,
        _: &PositionState,
    ) -> Self::State {
        only_in_browsers()
    }

    fn into_owned(self) -> Self::Owned {
        self
    }
}

/// Melder draws in the browser only, and so does this copy: the features `ssr` and `hydrate` are gone from it.
fn only_in_browsers() -> ! {
    panic!("views are drawn in the browser only")
}

impl Mountable for AnyViewState {
    fn unmount(&mut self) {
        self.state.unmount();
        if let Some(placeholder) = &mut self.placeholder {
            placeholder.unmount();
        }
    }

    fn mount(
        &mut self,
        parent: &crate::renderer::types::Element,
        marker: Option<&crate::renderer::types::Node>,
    ) {
        self.state.mount(parent, marker);
        if let Some(placeholder) = &mut self.placeholder {
            placeholder.mount(parent, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        if self.state.insert_before_this(child) {
            return true;
        }
        match &self.placeholder {
            Some(placeholder) => placeholder.insert_before_this(child),
            None => false,
        }
    }

    fn elements(&self) -> Vec<crate::renderer::types::Element> {
        self.state.elements()
    }
}

/// wip
pub struct AnyViewWithAttrs {
    view: AnyView,
    attrs: Vec<AnyAttribute>,
}

impl Render for AnyViewWithAttrs {
    type State = AnyViewWithAttrsState;

    fn build(self) -> Self::State {
        let view = self.view.build();
        let elements = view.elements();
        let mut attrs = Vec::with_capacity(elements.len() * self.attrs.len());
        for attr in self.attrs {
            for el in &elements {
                attrs.push(attr.clone().build(el))
            }
        }
        AnyViewWithAttrsState { view, attrs }
    }

    fn rebuild(self, state: &mut Self::State) {
        self.view.rebuild(&mut state.view);

        // at this point, we have rebuilt the inner view
        // now we need to update attributes that were spread onto this
        // this approach is not ideal, but it avoids two edge cases:
        // 1) merging attributes from two unrelated views (https://github.com/leptos-rs/leptos/issues/4268)
        // 2) failing to re-create attributes from the same view (https://github.com/leptos-rs/leptos/issues/4512)
        for element in state.elements() {
            // first, remove the previous set of attributes
            self.attrs
                .clone()
                .rebuild(&mut (element.clone(), Vec::new()));
            // then, add the new set of attributes
            self.attrs.clone().build(&element);
        }
    }
}

impl RenderHtml for AnyViewWithAttrs {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        self.view.dry_resolve();
        for attr in &mut self.attrs {
            attr.dry_resolve();
        }
    }

    async fn resolve(self) -> Self::AsyncOutput {
        let resolve_view = self.view.resolve();
        let resolve_attrs =
            join_all(self.attrs.into_iter().map(|attr| attr.resolve()));
        let (view, attrs) = join(resolve_view, resolve_attrs).await;
        Self { view, attrs }
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        mut extra_attrs: Vec<AnyAttribute>,
    ) {
        // `extra_attrs` will be empty here in most cases, but it will have
        // attributes in it already if this is, itself, receiving additional attrs
        extra_attrs.extend(self.attrs);
        self.view.to_html_with_buf(
            buf,
            position,
            escape,
            mark_branches,
            extra_attrs,
        );
    }

    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        mut extra_attrs: Vec<AnyAttribute>,
    ) where
        Self: Sized,
    {
        extra_attrs.extend(self.attrs);
        self.view.to_html_async_with_buf::<OUT_OF_ORDER>(
            buf,
            position,
            escape,
            mark_branches,
            extra_attrs,
        );
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        let view = self.view.hydrate::<FROM_SERVER>(cursor, position);
        let elements = view.elements();
        let mut attrs = Vec::with_capacity(elements.len() * self.attrs.len());
        for attr in self.attrs {
            for el in &elements {
                attrs.push(attr.clone().hydrate::<FROM_SERVER>(el));
            }
        }
        AnyViewWithAttrsState { view, attrs }
    }

    async fn hydrate_async(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        let view = self.view.hydrate_async(cursor, position).await;
        let elements = view.elements();
        let mut attrs = Vec::with_capacity(elements.len() * self.attrs.len());
        for attr in self.attrs {
            for el in &elements {
                attrs.push(attr.clone().hydrate::<true>(el));
            }
        }
        AnyViewWithAttrsState { view, attrs }
    }

    fn html_len(&self) -> usize {
        self.view.html_len()
            + self.attrs.iter().map(|attr| attr.html_len()).sum::<usize>()
    }

    fn into_owned(self) -> Self::Owned {
        self
    }
}

impl AddAnyAttr for AnyViewWithAttrs {
    type Output<SomeNewAttr: Attribute> = AnyViewWithAttrs;

    fn add_any_attr<NewAttr: Attribute>(
        mut self,
        attr: NewAttr,
    ) -> Self::Output<NewAttr>
    where
        Self::Output<NewAttr>: RenderHtml,
    {
        self.attrs.push(attr.into_cloneable_owned().into_any_attr());
        self
    }
}

/// State for any view with attributes spread onto it.
pub struct AnyViewWithAttrsState {
    view: AnyViewState,
    #[allow(dead_code)] // keeps attribute states alive until dropped
    attrs: Vec<AnyAttributeState>,
}

impl Mountable for AnyViewWithAttrsState {
    fn unmount(&mut self) {
        self.view.unmount();
    }

    fn mount(
        &mut self,
        parent: &crate::renderer::types::Element,
        marker: Option<&crate::renderer::types::Node>,
    ) {
        self.view.mount(parent, marker)
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.view.insert_before_this(child)
    }

    fn elements(&self) -> Vec<crate::renderer::types::Element> {
        self.view.elements()
    }
}

/*
#[cfg(test)]
mod tests {
    use super::IntoAny;
    use crate::{
        html::element::{p, span},
        renderer::mock_dom::MockDom,
        view::{any_view::AnyView, RenderHtml},
    };

    #[test]
    fn should_handle_html_creation() {
        let x = 1;
        let mut buf = String::new();
        let view: AnyView<MockDom> = if x == 0 {
            p((), "foo").into_any()
        } else {
            span((), "bar").into_any()
        };
        view.to_html(&mut buf, &Default::default());
        assert_eq!(buf, "<span>bar</span><!>");
    }
}
 */
