# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Mitteilungen des Systems. Sie sagen nichts vom Inhalt. Jeder Text steht auf einer Zeile, ohne Platzhalter.

push-message-title = Neue Nachricht
push-message-text = Zum Lesen Melder öffnen.
push-alarm-title = ALARM
push-alarm-text = Bitte sofort Melder öffnen und bestätigen.
push-test-title = Probe von Melder
push-test-text = Mitteilungen erreichen Sie auf diesem Gerät.
push-quiet-title = Neue Nachricht
push-quiet-text = In einem stummgeschalteten Chat.
