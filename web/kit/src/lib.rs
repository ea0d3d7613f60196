// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The accessible components of both web apps, on the HTML and CSS of KERN, the German administration's UX standard.
//!
//! What KERN has is used as it is, by its classes (`kern-btn`, `kern-alert`, …). Ours stand here: a component is a function
//! from values and signals to HTML, holds no data of its own beyond what is open or pressed, and asks nobody. Words come
//! in from outside, save those of [`texts`], which reads the Fluent files for both apps. The looks are in `css/`, by roles
//! and tokens; the drawings of [`icon`] are put together into one sprite by `cargo xtask web`.

pub mod avatar;
pub mod bars;
pub mod camera;
pub mod dialog;
pub mod dom;
pub mod fields;
pub mod icon;
pub mod order;
pub mod pin_pad;
pub mod place;
pub mod qr;
pub mod safety;
pub mod stepper;
pub mod texts;
pub mod times;
pub mod toast;
pub mod trust;
pub mod words;

pub use avatar::{Avatar, Shape};
pub use bars::{BarKind, StackBar, TrustBar};
pub use dialog::{Dialog, Sheet};
pub use fields::{Busy, Switch};
pub use icon::Icon;
pub use pin_pad::PinPad;
pub use qr::QrCode;
pub use safety::SafetyNumber;
pub use stepper::Stepper;
pub use toast::{Toasts, toast, toast_with_undo};
pub use trust::{TrustBadge, TrustLevel, TrustShow};
