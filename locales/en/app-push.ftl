# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# The system's notifications. They say nothing of the content. Each text stands on one line, without placeholders.

push-message-title = New message
push-message-text = Open Melder to read it.
push-alarm-title = ALARM
push-alarm-text = Please open Melder at once and confirm.
push-test-title = Test by Melder
push-test-text = Notifications reach you on this device.
push-quiet-title = New message
push-quiet-text = In a muted chat.
