# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

part-failed = This part of the app could not be loaded. What you have written stays.
