# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Oneself: name, duty, devices, security, notifications, help.

profile-who = Your account
profile-settings = Settings
profile-devices-detail = Link, rename, remove
profile-security-detail = PIN, lock, recovery code
profile-notifications-detail = Does a notification arrive?
profile-help-detail = Shortcuts, version
profile-ends = Your account ends on { $date }. It is then deleted with all messages.
profile-lock = Lock now
kind-staff = Staff account
theme = Appearance
theme-system = System
theme-light = Light
theme-dark = Dark
language = Language

# Absence
absence = Absence
absence-detail = Whoever writes to you sees when you are back
absence-until = Not here until { $time }
absence-end = End
absence-ended = Absence ended
absence-note = Note
absence-note-hint = For example: on leave, Jonas Berger stands in
absence-end-label = Back from
absence-past = Please choose a time in the future.
absence-save = Set absence
absence-set = Absence set

# Privacy
privacy = Data protection
privacy-detail = What is kept where and how long
privacy-storage = { $size } on this device
privacy-device = On this device
privacy-device-text = Your messages and files, encrypted with a key that only your PIN opens.
privacy-device-days = { $count ->
    [one] They are deleted after 1 day.
   *[other] They are deleted after { $count } days.
 }
privacy-server = On the server
privacy-server-text = The same messages and files, encrypted so that the server can’t read them, until all devices have them.
privacy-server-days = { $count ->
    [one] At most 1 day.
   *[other] At most { $count } days.
 }
privacy-sees = What the server sees
privacy-sees-text = Who is in which group, which device was connected when, and how large and when something was sent.
privacy-not = What nobody gets
privacy-not-text = Your phone number and your address book. Melder does not ask for them.
privacy-notice = The organisation’s privacy notice
privacy-notice-failed = The notice can’t be reached right now. Open it again when you are connected.
privacy-space = Storage
privacy-space-of = { $used } of { $of } that the browser allows.
privacy-not-persistent = The browser has not promised to keep the data when space runs low. Install Melder as an app, then it does.
delete-account = Delete account
delete-consequence = Your account is deleted at once and for good, on the server and on all your devices. It can’t be undone.
delete-others = What you wrote to others stays on their devices until its time is over.
delete-word = delete
delete-type = To confirm, type: { $word }
delete-type-first = First type “{ $word }”.

# Devices
devices-title = Devices
devices-count = { $count ->
    [one] 1 of { $of } devices linked
   *[other] { $count } of { $of } devices linked
 }
devices-free = { $count } free
devices-equal = All devices are equal. Each has its own keys.
device-added = linked on { $date }
device-used = linked on { $added } · last used: { $day }
device-this = This device
device-menu = Actions for { $name }
device-rename = Rename
device-renamed = Device renamed
device-remove = Remove device
device-remove-text = “{ $name }” is removed from your account.
device-remove-consequence = From now on it gets no messages, and it deletes what it has when it next connects. If it is to belong again, link it anew.
device-removed = “{ $name }” is removed
device-link = Link device
device-lost = Lost a device?
device-lost-text = Remove it at once: it then gets nothing more, and the keys of your groups are renewed.
device-lost-1 = Open the device’s menu in the list and choose “Remove device”.
device-lost-2 = Tell your administration if it is a device of your office.
device-lost-3 = If you have no device left, your recovery code helps on a new one.
device-lost-list = To the list of devices

# Let a device in
link-new-1 = Open Melder on the new device.
link-new-2 = Choose “Connect your account on this device” there.
link-new-3 = Scan the code that it shows, or type it in here.
link-scan-instead = Scan the code instead
link-code-label = Code of the new device
link-code-hint = Eight letters and digits
link-code-wrong = This is not a code of a new device for this server.
link-talking = The devices are connecting …
link-compare = Does the new device show the same number?
link-compare-why = Only if both numbers are equal is nobody in between.
link-equal = Equal, link device
link-differs = Not equal, stop
link-differs-text = Stopped: the numbers were not equal. Nothing was changed. Start again on both devices; if it happens again, tell your administration.
link-done = Device linked
link-history = Your history goes over now. Keep Melder open here until it is on the new device.
link-history-progress = Transfer of the history
link-to-devices = To the devices
link-asked = A new device wants into your account
link-asked-text = It could read all your messages. Go on only if you yourself sit in front of the new device, never because somebody sent you a link.
link-asked-go = I sit in front of it: continue
link-asked-no = Don’t link

# Security
security-title = Security
pin-change = Change PIN
pin-change-detail = For this device only
passkey-title = Unlock with a passkey
passkey-detail = Fingerprint, face or security key
passkey-on = Set up. The PIN still works.
passkey-how = Your device asks for a fingerprint, your face or a security key. Then you confirm with your PIN.
passkey-pin-stays = The PIN stays valid, also if the passkey is lost.
passkey-make = Create passkey
passkey-confirm = The passkey is there. Confirm with your PIN that it may open Melder.
passkey-added = Passkey set up
passkey-remove = Remove passkey
passkey-remove-then = Then only the PIN opens Melder in this browser. The passkey itself is deleted in your device’s settings.
passkey-removed = Passkey removed
pin-old = Current PIN
pin-old-wrong = The current PIN is wrong.
pin-old-wrong-wait = The current PIN is wrong. Next try in { $time } min.
pin-changing = Changing the PIN …
pin-changed = PIN changed
lock-after = Lock automatically
lock-after-detail = When nobody does anything for so long
lock-minutes = { $count ->
    [one] after 1 minute
   *[other] after { $count } minutes
 }
lock-after-policy = { $count ->
    [one] Your organisation allows at most 1 minute
   *[other] Your organisation allows at most { $count } minutes
 }
wipe-after = { $count ->
    [one] After 1 wrong PIN Melder deletes everything on this device; your organisation wants it so.
   *[other] After { $count } wrong PINs Melder deletes everything on this device; your organisation wants it so.
 }
lock-never = only when closed

# Recovery code
recovery-title = Recovery code
recovery-why = Twelve words on paper bring you back into your account when your devices are lost.
recovery-lead = You get twelve words. Whoever has them gets into your account: write them on paper, and keep it like a key.
recovery-replaces = Your present code is then no longer valid. Destroy the old paper.
recovery-make = Make a code
recovery-once = Write these words down now. They are shown only this once.
recovery-paper = Melder recovery code for { $organisation }, server { $server }
recovery-care = Don’t photograph them, don’t keep them in an e-mail or a note.
recovery-done = Written down
recovery-written = The code is written down. Keep it well.
recovery-copied = Copied. Empty the clipboard as soon as the code is safe.
recovery-there = There is a code. If you can’t find it, make a new one.
recovery-missing = You have no recovery code yet.
recovery-now = Write the code down now
recovery-new = Make a new code
recovery-forbidden = Your organisation allows no recovery codes. If your devices are lost, your administration helps with a new invitation.

# Notifications
notifications-title = Notifications
push-all-good = Notifications are on
push-not-yet = Notifications do not arrive yet
push-private = A notification carries no content: it only wakes Melder on your device.
check-good = Fine:
check-bad = Missing:
check-later = Still open:
check-browser = This browser can show notifications
check-browser-bad = This browser can’t. Use a recent version of Chrome, Edge, Firefox or Safari, in a normal window.
check-browser-install = On iPhone and iPad it works only once Melder is on the home screen: “Share”, “Add to Home Screen”, then open Melder from there.
check-allowed = You have allowed notifications
check-allowed-open = The browser is about to ask you.
check-allowed-denied = Notifications are refused for this page. Open the settings of this page (symbol beside the address), allow “Notifications”, and reload.
check-worker = Melder can wake in the background
check-worker-bad = Melder’s background part is not set up. Reload the page; it does not work in a private window.
check-server = The server sends notifications
check-server-none = This server sends no notifications. As long as Melder is open, everything arrives at once all the same. Ask your administration.
check-registered = This device is registered
check-registered-bad = The server does not know yet where to send the notification.
check-register = Register device
check-push-service = The browser’s notification service does not answer. Check the connection and try again.
test-title = Does a notification arrive?
test-lead = The server sends a notification to this device. It must appear within 20 seconds.
test-send = Send a test
test-sending = The test goes to the server …
test-sent = The push service has the test. It must appear within 20 seconds …
test-good = Arrived. Alarms reach you on this device.
test-again = Send again
test-gone = The push service does not know this device any more. Register it anew.
test-unreachable = The server can’t reach your browser’s push service. Your device is not the cause: tell your administration.
test-too-soon = There was a test a moment ago. Wait a few seconds.
test-missing = Nothing has arrived after 20 seconds. All is well up to the push service; then the device holds it back. Check one after the other:
test-missing-system = Settings of the device: may the browser or the app Melder show notifications?
test-missing-focus = Is “Do not disturb”, “Focus” or a quiet mode on?
test-missing-battery = Android: exempt the browser from battery optimisation.
test-missing-browser = Computer: is the browser still running, even without a window?
quiet-hours = Quiet hours
quiet-hours-detail = Only alarms come then that your organisation allows
quiet-from = From
quiet-to = To
quiet-days = They begin on these days
weekday-monday = Mon
weekday-tuesday = Tue
weekday-wednesday = Wed
weekday-thursday = Thu
weekday-friday = Fri
weekday-saturday = Sat
weekday-sunday = Sun

# Help
help-title = Help
help-what = Melder is your organisation’s messenger: messages, alarms and confirmations, on a server of its own.
help-who-reads = Only the people in a chat can read it; the server sees only what is encrypted.
help-ask = If something does not work, what to do stands beside it; else your administration helps.
help-keys = Shortcuts
help-keys-on = Use shortcuts
help-keys-are-on = They are on. If they disturb another program, switch them off.
help-keys-are-off = They are off.
help-key-search = Search
help-key-new = New chat
help-key-previous = Previous chat
help-key-next = Next chat
help-key-confirm = Next open confirmation
help-key-info = Show chat info
help-key-help = This help
help-key-pane = Next pane
help-key-back = Back
key-ctrl = Ctrl
key-alt = Alt
help-about = About Melder
help-version = Version
help-licence = Licence
help-licence-text = Melder is free software under the European Union Public Licence.
