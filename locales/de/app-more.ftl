# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

part-failed = Dieser Teil der App konnte nicht geladen werden. Was Sie geschrieben haben, bleibt.
