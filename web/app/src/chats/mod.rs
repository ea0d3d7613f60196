// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The list of chats, the search over everything, and whom to write to.

mod list;
mod new;
mod row;
mod search;

pub use list::ListPane;
pub use new::NewPane;
pub use row::{chat_hue, gist, mark, shape};
pub use search::SearchPane;
