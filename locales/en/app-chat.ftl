# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# The head of a chat
chat-menu = Chat menu
chat-managed = Managed
chat-repairing = Being repaired …
chat-member-count = { $count ->
    [one] 1 member
   *[other] { $count } members
 }
chat-on-duty = · { $count } on duty
chat-reader-count = { $count ->
    [one] Channel · 1 member
   *[other] Channel · { $count } members
 }
chat-mute = Mute
chat-unmute = Unmute
chat-muted-toast = Chat muted. You will still hear alarms.
chat-unmuted-toast = Chat no longer muted.
chat-pin = Pin
chat-unpin = Unpin
trust-line-unconfirmed = Unconfirmed
trust-line-service = Confirmed by the service
trust-line-personal = Checked in person
search-chat = Search in this chat
search-none = Nothing found
search-at = { $at } of { $count }
search-older = Older hit
search-newer = Newer hit

# Timeline
chat-messages = Messages
new-messages = New messages
chat-loading = Loading messages
chat-empty = No messages yet. Write the first one.
chat-try-again = Try again
unread-from-here = Unread from here
to-newest = To the newest message
to-newest-unread = { $count ->
    [one] To the newest message, 1 unread
   *[other] To the newest message, { $count } unread
 }
announce-from-one = { $count } new messages from { $name }
announce-from-many = { $count } new messages from { $name } and others
announce-failed = { $count ->
    [one] 1 message was not sent.
   *[other] { $count } messages were not sent.
 }
line-names-two = { $first } and { $second }
line-names-more = { $first }, { $second } and { $count } more
line-added = { $count ->
    [one] { $names } was added
   *[other] { $names } were added
 }
line-removed = { $count ->
    [one] { $names } was removed
   *[other] { $names } were removed
 }
line-left = { $name } left the chat
line-identity-changed = The account of { $name } was set up anew. Make sure that you are writing with the same person.
line-check-person = Check the person
line-device-added = { $name } uses a new device
line-device-removed = { $name } removed a device
line-renamed = The chat is now called “{ $name }”
line-gap = { $count ->
    [one] 1 message is missing and being fetched
   *[other] { $count } messages are missing and being fetched
 }
line-gap-filled = { $count ->
    [one] 1 missing message was fetched
   *[other] { $count } missing messages were fetched
 }
line-closed = The chat is closed
line-refused = A change was refused because it was not valid

# Message
sender-unconfirmed = Unconfirmed: your service has not confirmed this person
message-edited = edited
expires-at = Disappears: { $time }
state-confirmed = Confirmed by all
quote-missing = This message is not on this device.
quote-label = Reply to:
unknown-content = This message needs a newer app. It is kept.
reaction-by = by { $names }
send-again = Send again
message-delete = Delete
message-menu = More about this message
message-menu-of = Message: { $text }
message-reply = Reply
message-copy = Copy
message-copied = Copied
message-forward = Forward
message-edit = Edit
message-reach = Who has it?
do-not-send = Do not send
not-sent-now = The message will not be sent.
react = React
react-with = React with { $emoji }
react-more = More emoji
export-forbidden = Your organisation does not allow content to leave Melder.
browser-refused = The browser did not allow this.
delete-message-title = Delete message?
delete-message-text = It disappears for everybody once their devices are online. Who has read it, knows it.
delete-for-all = Delete for everybody
discard-title = Delete the message that was not sent?
discard-text = Nobody has it. After this it is gone.
forward-title = Forward
forward-find = Find a chat
forward-choose = Choose at least one chat.
forward-most = At most { $count } chats at once.
forward-to = { $count ->
    [0] Forward
    [one] Forward to 1 chat
   *[other] Forward to { $count } chats
 }
forwarded = { $count ->
    [one] Forwarded to 1 chat
   *[other] Forwarded to { $count } chats
 }

# Who has a message
confirm-needed = Confirmation needed
confirm-needed-by = Confirmation needed by { $time }
confirmed-of = { $count } of { $of } confirmed
who-confirmed = Who confirmed?
you-confirmed-at = You confirmed at { $time }
message-confirm = Confirm
confirm-deadline-over = Deadline over
minutes-left = { $count } min left
hours-left = { $count } h left
days-left = { $count ->
    [one] 1 day left
   *[other] { $count } days left
 }

# Contents
urgency-notice = Notice
urgency-urgent = Urgent
urgency-emergency = Emergency
alarm-title = ALARM · { $urgency }
alarm-on-duty = Only for those on duty
alarm-over = All clear
report-new = New report
report-title = What is the matter?
report-plate = Number plate
report-optional = – if there is one
report-place = Place
report-photos = Evidence photos
report-capture = Take a photo
report-original = Evidence photos stay as they were taken: with time, checksum and, if allowed, place.
report-note = Note
report-missing = Write what is the matter.
report-send = Send report
report-details = All details
location-once = shared once
location-live-until = live until { $time }
location-live-over = was live, ended
location-stop = Stop sharing
location-stopped = Your location is no longer shared.
route = Route
route-hint = Opens a map outside of Melder
north = N
south = S
east = E
west = W
decimal-mark = .
poll-one = One answer
poll-several = Several answers
poll-voters = { $count ->
    [0] nobody has voted yet
    [one] 1 person has voted
   *[other] { $count } people have voted
 }
poll-votes = { $count ->
    [one] 1 vote
   *[other] { $count } votes
 }
file-save = Save to disk
file-going = { $percent } % of { $size }
file-loading = Being fetched …
save-to-disk = Save
photo-open = Open photo: { $text }
photo-undescribed = Photo by { $name } without a description
photo-of = Photo by { $name }
evidence = Evidence photo
evidence-at = Evidence photo · { $time }
evidence-captured = Taken
evidence-place = Place
evidence-hash = SHA-256
evidence-with-place = with place
evidence-without-place = without place
voice-label = Voice message by { $name }, { $length }
voice-play = Play
voice-pause = Pause
voice-seek = Place in the voice message
voice-speed = Speed: { $speed }
voice-unplayable = The browser cannot play this recording.

# Writing
message-word = Message
message-to = Message to { $name }
composer-add = Add
composer-send = Send
composer-changed = { $name } is here with new keys, perhaps on a new device. Check that it is the same person before you write anything confidential.
composer-changed-check = Check contact
composer-changed-seen = Understood
composer-joining = This chat is still being set up. You can write here then.
composer-outdated = Your organisation asks for a newer version of Melder. Please update the app; you can go on reading.
composer-update = Update now
composer-left = You are no longer in this chat.
composer-channel = Only those who may publish write in this channel.
composer-no-right = You may not write here.
nothing-to-send = Write something, or add something.
edit-empty = The message would be empty. Delete it instead.
still-taking = The files of the last message are still being prepared.
taking-files = Preparing files: { $percent } %
editing = Edit message
replying-to = Reply to { $name }
take-off = Remove: { $what }
people-to-mention = People to mention
emoji = Emoji
emoji-faces = Faces
emoji-hands = Hands and people
emoji-signs = Signs
emoji-work = Work and tools
emoji-things = Weather, nature, things
take-photo = Take a photo
picked-files = Files of this message
photo-description = Description for those who cannot see it
file-too-large = { $name } is too large: at most { $most }.
files-most = At most { $count } files in one message.
add-photo = Photo
add-evidence = Evidence
add-gallery = Gallery
add-file = File
add-later = Send later
ask-confirmation = Ask for confirmation
ask-confirmation-all = { $count ->
    [one] 1 person is to confirm
   *[other] All { $count } other members are to confirm
 }
ask-confirmation-one = The other person is to confirm
ask-confirmation-hint = Who gets the message confirms it with one press. You see the names.
ask-confirmation-set = Ask for confirmation
way-confirm = With confirmation
way-confirm-by = Confirmation by { $time }
way-at = Scheduled: { $time }
confirm-deadline = Deadline
confirm-deadline-none = No deadline
confirm-deadline-at = Point in time …
expires-after = Disappears after
expires-fixed = Set for this chat
expires-hint = The next message disappears after this time on all devices.
expires-hint-fixed = { $count ->
    [one] In this chat everything disappears after 1 day. It can be shorter, not longer.
   *[other] In this chat everything disappears after { $count } days. It can be shorter, not longer.
 }
expires-set = Apply
composer-never = Never
span-days = { $count ->
    [one] 1 day
   *[other] { $count } days
 }
span-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
 }
span-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
 }
later-title = Send later
later-when = When?
later-hint = Your device sends it once it is online then.
later-set = Set the time
time-past = Choose a point in time that is still to come.
scheduled-toast = Will be sent: { $time }
poll-new = New poll
poll-question = Question
poll-answer = Answer { $number }
poll-add-answer = Add an answer
poll-multiple = Several answers possible
poll-missing = A poll needs a question and two different answers.
poll-most = At most { $count } answers.
poll-send = Send poll
contact-send-title = Send a contact
location-send-title = Send location
location-searching = Finding your location …
location-denied = The browser may not read your location. Allow it in this page's settings (lock beside the address), or write the address as a message.
location-unknown = Your location cannot be found now. Go outside or to a window, or write the address as a message.
location-forbidden = Your organisation does not allow locations.
location-label = Address or name (optional)
location-how-long = How long?
location-once-choice = Once
location-live-hint = Your location is shared while Melder is open, at most until then.
location-send = Send location
record-voice = Record a voice message
voice-asking = Waiting for the microphone …
voice-recording = Recording { $now } of { $most }
voice-stop = End recording
voice-discard = Discard recording
voice-ready = Recording, { $length }
voice-listen = Listen
voice-too-short = Too short. Press once to begin and once to end.
voice-refused = Melder gets no microphone. Allow it in this page's settings (lock beside the address), plug one in, or choose a sound file.
choose-sound = Choose a sound file

# Raising an alarm
alarm-raise = Raise an alarm
alarm-raise-detail = Sounds in a muted chat, too
alarm-urgency = Urgency
alarm-text = What is to be done?
alarm-text-missing = Write what happened or what is to be done.
alarm-for = For whom?
alarm-for-all = All in this chat
alarm-for-duty = All on duty
alarm-by = Confirmation within
alarm-next = Continue
alarm-goes-all = { $count ->
    [one] Goes to 1 person
   *[other] Goes to { $count } people
 }
alarm-goes-duty = { $count ->
    [one] Goes to the person, if on duty
   *[other] Goes to those of { $count } people who are on duty
 }
alarm-consequence = The alarm fills their screen and sounds until they confirm. It cannot be taken back; an all-clear ends it.
