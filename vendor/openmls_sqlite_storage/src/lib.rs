// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An empty stand-in for an optional dependency of OpenMLS that Melder never enables (docs/decisions/0002).
