// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The alarm that fills the screen until it is confirmed. It lies above everything, also above other dialogs; Escape does
//! not put it away, and a stray Enter confirms nothing, since the heading has the keyboard first. It sounds and is
//! announced again every half minute. Which alarms wait is the engine's business: this shows what it says.

mod course;
pub mod desk;
mod frame;
mod locked;
mod over;
mod reach;
mod screen;
pub mod sound;

pub use locked::LockedAlarm;
pub use reach::ReachPane;
pub use screen::AlarmScreen;
