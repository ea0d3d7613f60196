// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

mod acting;
mod keeping;
mod sealing;
mod searching;
