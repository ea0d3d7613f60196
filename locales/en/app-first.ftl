# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# From an invitation to the first chat; the lock; what is said when nothing goes on.

next = Continue
try-again = Try again
reload = Reload
copy = Copy
copied = Copied
copy-failed = Copying did not work. Please write the text down.
print = Print
first-step = Step { $at } of { $of }
first-wait = Please wait

# Start
first-start = Welcome to Melder
first-start-lead = With an invitation from your organisation you are in within a minute.
first-scan = Scan QR code
first-paste = Enter link or code
first-paste-short = Enter code
first-have-account = Already have an account?
first-way-link = Connect your account on this device
first-way-link-detail = You use Melder on another device
first-way-recover = With a recovery code
first-way-recover-detail = Your other device is gone
first-scan-title = Scan invitation
first-scan-lead = Hold the QR code of your letter in front of the camera.
first-paste-title = Enter invitation
first-paste-lead = Paste the link from your letter or e-mail.
first-link-label = Link or code
first-link-empty = The link or code is still missing here.
first-open-invitation = Open invitation
first-no-code = There is no invitation to be seen in this. Hold the whole QR code into the picture in good light, or enter the link.
first-new-device-code = This code is shown by a new device. Scan it with the device on which you already use Melder. If this device is to belong to your account, it shows you a code itself.
first-elsewhere = This invitation belongs to another server: { $server }
first-elsewhere-open = Open it there
first-opening = Checking the invitation …
first-opening-lead = The server is about to say who invites you.
first-refused = The invitation can’t be opened
first-refused-used = Did you use it yourself on another device? Then connect this device to your account.
first-other-invitation = Open another invitation
first-failed = That did not work yet
first-check-entries = Check what you entered
first-from-start = Start over
first-offline = The server can’t be reached right now. Check the connection; your invitation stays valid.
first-wrong-invitation = This invitation is for people who already have an account. First connect this device to your account, then open it again.
first-wrong-organisation = Careful: the server identifies itself differently from what the invitation says. Somebody may be in between. Don’t join, and ask whoever invited you.
first-bad-words = This is not a recovery code: a word is missing, misplaced or misspelt.
first-unknown-recovery = There is no account for these words on this server. Perhaps a new code was made since, or the account is deleted.
first-link-failed = The connection between the devices broke off; nothing was changed. Start again on both devices.
first-account-exists = There is already an account on this device. Reload the page.
first-too-many-devices = The account already has ten devices. First remove one of them on another device.

# Invitation
offer-from = Invitation
offer-staff = Invitation for staff
offer-guest = Invitation as a guest
offer-private = Invitation for a private account
offer-bot = Invitation for a service
offer-fingerprint = Fingerprint of the organisation
offer-fingerprint-detail = Does your letter show it, too? The same digits mean: nobody is in between.
offer-promise = Your phone number and your address book are not needed.
offer-promise-ends = Your phone number and your address book are not needed. The account ends by itself on { $date }.
first-right = Is this right?
first-right-lead = This is how others see you. Please check your name.
first-who = Who are you?
first-who-lead = Others see you under this name.
first-name = First and last name
first-name-hint = As your colleagues know you
first-name-given = Set by your organisation
first-name-empty = Please enter your name.
first-device = Name of this device
first-device-hint = Seen only in your list of devices
first-device-empty = Please give the device a name.
first-device-default = { $browser } on { $system }
first-device-unknown = Browser
first-working = Setting up your account …
first-working-lead = Your keys are being made on this device. It takes only a few seconds.

# PIN
pin-choose = Choose a PIN
pin-choose-lead = The PIN protects your messages on this device. It stays here only.
pin-first = Choose six digits.
pin-again = Repeat the PIN
pin-count = { $count } of { $of } digits
pin-delete-digit = Delete last digit
pin-no-run = Not a simple sequence
pin-repeats = This PIN is among the first to be guessed: its digits repeat. Choose another.
pin-run = This PIN is among the first to be guessed: its digits follow each other. Choose another.
pin-date = This looks like a date. Whoever knows you guesses birthdays first.
pin-insist = Use it anyway
pin-other = Choose another PIN
pin-differs = That was not the same PIN twice. Start again.

# Camera
camera-asking = The browser asks about the camera. Allow it.
camera-looking = The camera is looking for a QR code.
camera-refused = The camera is not allowed. Allow it in this page’s settings (symbol beside the address), choose a picture of the code, or enter it.
camera-missing = This device has no camera. Choose a picture of the code, or enter it.
camera-busy = The camera does not answer; perhaps another program uses it. Close that, choose a picture of the code, or enter it.
camera-unsupported = This browser gives Melder no camera. Choose a picture of the code, or enter it.
camera-again = Try the camera again
camera-light = Light
picture-choose = Choose picture

# Connect a new device
link-title = Connect to your account
link-lead = Have a device at hand on which you already use Melder.
link-show-title = Scan the code on the other device
link-qr = QR code to connect this device
link-copy = Copy code
link-valid = Valid for { $time } minutes
link-expired = The code has expired. Go back and start again.
link-how-1 = Open Melder on your other device.
link-how-2 = Choose “Profile”, “Devices”, “Link device” there.
link-how-3 = Scan this code or type it in.
link-compare-new = Does the other device show the same number?
link-compare-wait = Confirm there. It then goes on here by itself.

# Recover
recover-title = Recover
recover-lead = Enter the twelve words that you wrote down.
recover-words = Recovery code
recover-words-hint = Capitals or not, with or without numbers
recover-count = { $count } of { $of } words
recover-wrong-count = It must be { $of } words; there are { $count }.

# Done
done-title = Welcome, { $name }!
done-title-nameless = Welcome!
done-in = { $groups ->
    [0] { $channels ->
        [one] You are in 1 channel.
       *[other] You are in { $channels } channels.
     }
    [one] { $channels ->
        [0] You are in 1 group.
        [one] You are in 1 group and 1 channel.
       *[other] You are in 1 group and { $channels } channels.
     }
   *[other] { $channels ->
        [0] You are in { $groups } groups.
        [one] You are in { $groups } groups and 1 channel.
       *[other] You are in { $groups } groups and { $channels } channels.
     }
 }
done-none = Your groups appear as soon as your administration assigns you.
done-coming = Your chats come to this device bit by bit.
done-direct = Conversation
done-group = { $count ->
    [one] Group · 1 member
   *[other] Group · { $count } members
 }
done-channel-read = Channel · read only
done-history = Your history comes from the other device. Keep Melder open there for now.
done-go = Let’s go
push-off-title = Notifications are still off.
push-off-why = Without notifications no alarm reaches you while Melder is closed.
push-allow = Allow notifications
push-denied-later = Notifications are refused in this browser. How to change that stands under “Profile”, “Notifications”.

# Accept an invitation with an account
accept-title = Invitation
accept-lead = You accept it with your account: { $name }
accept-accept = Accept invitation
accept-done = Invitation accepted. The new chats appear in a moment.
accept-nothing = Open the invitation’s link or QR code once more: it is not kept anywhere.
accept-to-chats = To the chats
accept-needs-new = This invitation gives a new account. There is one on this device already; open it in another browser or on another device.

# Lock
lock-title = Melder is locked
lock-label = PIN
lock-lead = Enter your PIN.
lock-opening = Opening …
lock-wrong = The PIN is wrong.
lock-wrong-before = { $count ->
    [one] One wrong PIN.
   *[other] { $count } wrong PINs.
 }
lock-wait = Next try in { $time } min.
lock-wait-first = Not yet.
lock-left = { $count ->
    [one] 1 more try, then Melder is deleted on this device.
   *[other] { $count } more tries, then Melder is deleted on this device.
 }
lock-wiped = After too many wrong PINs Melder was deleted on this device.
lock-alarm = An alarm is waiting
lock-alarm-detail = Unlock to read and confirm it.
passkey-unlock = Unlock with a passkey
passkey-cancelled = The passkey was not confirmed. Try again, or use the PIN.
passkey-unable = This passkey can’t unlock Melder. Use the PIN.
passkey-other = That is another passkey. Use the PIN.
lock-forgot = Forgot PIN
forgot-lead = Nobody can read or reset the PIN, not even your administration. This is how you get back into your account:
forgot-recovery = with your recovery code (twelve words on paper),
forgot-device = with another device on which you can still open Melder,
forgot-office = or with a new invitation from your administration.
forgot-first-wipe = In each case you must first delete Melder on this device.
forgot-try-again = Try the PIN again
wipe-device = Delete Melder on this device
wipe-device-detail = Messages, files and keys of this device
wipe-consequence = All messages, files and keys on this device are deleted. What is only here is gone then. Your account and your other devices stay.
wipe-before = Without another device or your recovery code you can’t get into your account after that.
wipe-now = Delete now

# Nothing goes on
stopped-kept = What about the data?
stopped-next = What can you do?
start-over = Start over
gone-deleted = The account does not exist any more
gone-deleted-what = It was deleted, by you, by your organisation, or because its time was over.
gone-deleted-kept = Nothing of it is left on the server. What was on this device you can remove here.
gone-deleted-next = If you need an account again, ask your organisation for an invitation.
gone-suspended = The account is suspended
gone-suspended-what = Your organisation has suspended it. Until then no messages come in or go out.
gone-suspended-kept = Your messages stay encrypted on this device.
gone-suspended-next = Ask your administration. Once the suspension is lifted, it goes on here.
gone-removed = This device does not belong any more
gone-removed-what = It was removed from the account, by you on another device or by your administration.
gone-removed-kept = It gets no new messages. Your account and your other devices are not affected.
gone-removed-next = If it is your device, start over here and connect it to your account. If it was not you, tell your administration.
gone-reset = The account was begun anew
gone-reset-what = Your administration has begun it anew with a new invitation. The devices so far do not belong to it any more.
no-storage = This browser lets nothing be stored
no-storage-what = Melder keeps messages encrypted on this device. That does not work here.
no-storage-kept = Nothing was stored, and nothing is lost.
no-storage-next = Open Melder in a normal window, not a private one. If that does not help, update the browser, or use a recent version of Chrome, Edge, Firefox or Safari.
damaged = The data on this device can’t be read
damaged-what = The database is damaged, for example because the device went off while writing.
damaged-kept = Your account and your other devices are not affected. Messages that were only here may be lost.
damaged-next = Reload. If that does not help, start over here and connect this device to your account, or use your recovery code.
damaged-newer = Melder must be updated
damaged-newer-what = The data on this device were written by a newer version than the one that is running.
damaged-newer-kept = Nothing is lost.
damaged-newer-next = Reload; the new version then comes. If that does not help, close all windows of Melder and open it again.
