# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Search
search-label = Chats, people, messages
search-where = The search runs on this device only. Nobody else learns what you search for.
search-within = Search in “{ $name }”
search-everywhere = Search everywhere
search-messages = Messages
search-more = Show more hits
search-hint = Search for a word, a name or a chat.
search-nothing = Nothing found for “{ $query }”.
search-count = { $count ->
    [0] No message found
    [one] 1 message found
   *[other] { $count } messages found
 }

# People
people-find = Person, unit, function
people-directory = In the directory
people-count = { $count ->
    [0] Nobody found
    [one] 1 person found
   *[other] { $count } people found
 }
people-more = { $count ->
    [one] Show 1 more person
   *[other] Show { $count } more people
 }
people-more-directory = More from the directory
people-offline = No connection. You see only people whom this device knows already.
people-asking = Searching the directory …
people-none = No contacts yet. Search above for somebody of your organisation.
people-none-found = Nobody found. Check the spelling.
filter-away = Other organisations
person-not-joined = has not joined yet
kind-guest = Guest
kind-bot = Bot
kind-private = Private person

# Trust
trust-unconfirmed = Unconfirmed
trust-service = Confirmed by the service
trust-personal = Checked in person
trust-service-short = Confirmed
trust-personal-short = Checked
trust-unconfirmed-why = Nobody has confirmed that this account really belongs to this person. Send no personal data until you have checked.
trust-service-why = Your organisation has confirmed whose account this is. It is safer still if you check it yourself.
trust-personal-why = You have compared the safety number yourself.
trust-bar-open = open
trust-bar-service = confirmed
trust-bar-personal = checked

# A person's profile
profile-title = Profile
profile-write = Write
profile-check = Check contact
profile-own = This is you.
profile-unknown = This device does not know the person yet. Once you write to them, you see more here.
profile-changed = This person's keys are others than before, since { $time }. That happens when somebody starts anew, but also in an attack. Check the contact before you send anything confidential.
profile-function = Function
profile-unit = Unit
profile-organisation = Organisation
profile-kind = Kind of account
profile-devices = Devices
profile-devices-count = { $count ->
    [one] 1 device
   *[other] { $count } devices
 }
profile-common = { $count ->
    [one] 1 group in common
   *[other] { $count } groups in common
 }

# Checking a contact
check-title = Check contact
check-code = QR code of the safety number
check-caption = Safety number · the same on both devices
check-none = There is no safety number for this person yet. Write to them first.
check-steps = Steps of trust
check-step-unconfirmed = Guest or other organisation
check-step-service = Valid service badge
check-step-personal = Number compared by yourself
check-here = Current
check-compare = Compare
check-scan = Scan QR code
check-take-back = Take check back
check-compare-title = Is the number the same?
check-compare-how = Read the number to each other, best face to face or by phone. Do not send it as a message.
check-yes = It is the same
check-no = It differs
check-scan-how = Point the camera at the code that the other person shows under “Check contact”.
check-scan-other = This is another code. Open “Check contact” on the other device.
check-done = Checked in person
check-taken-back = Check taken back
check-differs = The numbers differ. Somebody may be reading along. Send nothing confidential, and tell your administration.

# New group
new-found = Create a group or channel
new-group = New group
new-channel = New channel
new-group-what = Everybody may write.
new-channel-what = A few write, all read.
new-group-forbidden = In your organisation only the administration creates groups and channels.
new-group-members = Members
new-group-create = { $count ->
    [0] Create group
    [one] Create group with 1 person
   *[other] Create group with { $count } people
 }
new-channel-create = { $count ->
    [0] Create channel
    [one] Create channel with 1 person
   *[other] Create channel with { $count } people
 }
group-name = Name
group-name-missing = Enter a name.
group-description = Description (optional)
picked = Selected
picked-remove = Deselect { $name }

# About a chat
info-direct = Contact
info-channel = Channel info
info-members-title = Members
info-members = { $count ->
    [one] 1 member
   *[other] Members · { $count }
 }
info-all-members = Show all
info-find-member = Find member
info-managed = Managed by { $name }
info-private = Private group
info-private-by = Private · managed by { $names }
info-standing = Trust
info-check = Check
info-expiry = Disappears after
info-expiry-server = { $days ->
    [one] from the server after 1 day
   *[other] from the server after { $days } days
 }
info-expiry-days = { $days ->
    [one] 1 day
   *[other] { $days } days
 }
info-expiry-never = never by itself
info-notifications = Notifications
info-muted-always = muted until you change it
info-muted-until = muted until { $time }
info-pin = Pin to top
info-media = Photos and files
info-search = Search in chat
info-encryption = Encrypted
info-hybrid = From device to device, also against future quantum computers
info-classical = From device to device. This group is too large for the protection against future quantum computers.
info-edit = Change name and description
info-add = Add members
info-add-count = { $count ->
    [0] Add
    [one] Add 1 person
   *[other] Add { $count } people
 }
info-add-missing = Select at least one person.
mute-title = Notifications off
mute-alarms = Alarms still make themselves heard.
mute-hour = For 1 hour
mute-shift = For 8 hours
mute-always = Always
role-publisher = Writes
role-manage = Manages
role-set-member = Member
role-set-reader = Reads
role-set-publisher = May write
role-set-manage = May manage
role-changed = Changed what { $name } may do
member-menu = { $name }: change rights or remove
member-menu-title = Change rights or remove
member-remove = Remove
member-remove-title = Remove { $name }?
member-remove-then = From now on the person reads nothing new. They keep what they already have.
member-removed = { $name } was removed
group-check-title = Check group
group-check-open = { $count ->
    [one] 1 member is unconfirmed.
   *[other] { $count } members are unconfirmed.
 }
group-check-open-then = Send no personal data until all are checked.
group-check-all = All members are confirmed or checked.
group-number = Group check number
group-number-together = Check together on the spot
group-number-how = One person shows this code, the others scan it or read the number aloud, all at the same time.
group-number-code = QR code of the group check number
group-number-caption = The same on all devices until somebody comes or goes
group-number-scan-how = Point the camera at the code that the other person shows under “Check group”.
group-number-show = Show my code
group-number-equal = Equal: you are in the same group, with the same members and keys.
group-number-different = Different. Wait until both devices are connected and compare again. If it stays so, send nothing confidential, and tell your administration.
group-number-other = That is another code. Open “Check group” on the other device.
group-check-person = Check { $name }
leave = Leave group
leave-title = Leave the group?
leave-then = You get nothing new any more and cannot come back by yourself. What was said so far stays on this device.
leave-last = Only you manage this group. Pass that right on first, or nobody can change it any more.
leave-managed = Your organisation decides who is a member here.
left = You have left the group
forget = Delete chat
forget-title = Delete the chat from this device?
forget-then = The whole history is deleted from this device. This cannot be undone.
forgotten = Chat deleted
media-none = No photos or files yet.
media-photos = Photos
media-files = Files
media-more = Show older
media-photo-by = Photo by { $name }, { $time }
size-bytes = { $count } bytes
size-kilobytes = { $count } KB
size-megabytes = { $whole }.{ $tenth } MB

# Alarm
alarm-tag = ALARM
alarm-emergency = Emergency
alarm-urgent = Urgent
alarm-notice = Notice
alarm-said = Alarm from { $name }: { $text }
alarm-waiting = { $count } alarms wait for your confirmation
alarm-confirm = Confirm
alarm-help = I need help
alarm-help-note = I need help!
alarm-count = { $done } of { $of } have confirmed
alarm-sound-off = Sound off
alarm-sound-on = Sound on
alarm-no-sound = Your browser does not allow sound yet. Tap anywhere on the screen.
alarm-unconfirmed = Who sent this is unconfirmed.
alarm-confirmed = Confirmed at { $time }
alarm-confirmed-then = Whoever sent the alarm sees it.
alarm-over-said = All clear from { $name }
alarm-clear = Give the all-clear
alarm-clear-then = The alarm then sounds nowhere any more, and nobody has to confirm it. Everybody in the chat is notified.
alarm-cleared = You gave the all-clear.
alarm-left = { $count ->
    [one] 1 more alarm waits.
   *[other] { $count } more alarms wait.
 }
alarm-locked-title = Alarm – unlock to read it
alarm-locked-text = What it says is encrypted on this device. With the PIN you can read and confirm it.
alarm-locked-open = Unlock
alarm-locked-said = An alarm is waiting. Unlock to read it.
alarm-go-on = Go on

# Delivery
reach-title = Delivery
reach-sum = { $done } of { $of } have confirmed
reach-confirmed = Confirmed
reach-reached = Reached
reach-missing = Not reached
reach-find = Find person
reach-people = People
reach-none = Nobody is listed here.
reach-call = { $count ->
    [one] Call 1 missing person again
   *[other] Call { $count } missing people again
 }
reach-call-then = { $count ->
    [one] 1 person gets the message once more, as a message of its own from you.
   *[other] { $count } people get the message once more, each as a message of its own from you.
 }
reach-call-now = { $count ->
    [one] Call 1 person
   *[other] Call { $count } people
 }
reach-calling = { $done } of { $of } called
reach-called = { $count ->
    [one] Called 1 person again
   *[other] Called { $count } people again
 }
reach-called-some = Called { $count } of { $of }. The others were not possible; try again.
