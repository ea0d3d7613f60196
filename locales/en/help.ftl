# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Headings of the help
help-usage = Usage:
help-usage-options = [OPTIONS]
help-commands = Commands
help-command-name = COMMAND
help-arguments = Arguments
help-options = Options
help-options-everywhere = Options of all commands
help-values = [possible: { $values }]
help-default = [otherwise: { $value }]
help-environment = [also from the environment: { $name }]
help-after =
    A chat, a person or a device can be given by name, by the unique beginning of the name, or by number; a message by
    the number in square brackets.

      Times:      14:30 · 2029-06-10 14:30 · 10.6.2029 14:30 · +2h
      Durations:  90s · 15m · 2h · 1d · 1h30m

      Exit with:  0  done
                  1  failed
                  2  wrong usage
                  3  no connection, or out of time
                  4  refused by the server

# In general
cmd = Melder: the end-to-end encrypted messenger of your administration.
arg-profile = Which profile of this computer: a name or a folder.
arg-json = Output as JSON, for programs.
arg-lang = The language of the output.
arg-timeout = Wait this many seconds for the server.
arg-offline = Do not connect: work with what is on this device.
arg-yes = Answer questions with yes.
arg-help = Show this help.
arg-version = Show the version.

# Arguments of several commands
arg-chat = The chat: name, unique beginning of the name, or number.
arg-person = The person: name, unique beginning of the name, or number.
arg-persons = The people: name, unique beginning of the name, or number.
arg-message = The message: the number in square brackets.
arg-link = The link from the invitation. Put it in quotes.
arg-device-name = What this device is called in your list of devices; otherwise like the computer.
arg-server = The server's address, for example https://melder.example.
arg-device = The device: name or number.
arg-role = What the people may do in the chat.
arg-limit = Show at most this many.
arg-off = Undo it.
arg-words = The words.
arg-watch = Watch until everybody has confirmed (end with Ctrl-C).
arg-output = Where to.

# Server
cmd-serve = Run a server.
    .long =
        Run a server.

        On its first start it shows a set-up link that works once. The short way:

          melder serve
          melder admin setup 'LINK' --organisation 'District Department'

        The server speaks HTTP. In operation, put a TLS proxy in front of it and say with --url under which address people
        reach it. Ctrl-C stops the server in good order.
arg-serve-data = The folder in which the server keeps everything.
arg-serve-listen = The address and port at which it takes connections.
arg-serve-url = The address under which people reach it, for invitation links.
arg-serve-no-push = Send no notifications. Otherwise the server calls the browsers’ push services by HTTPS.
arg-serve-push-contact = Whom a push service writes to when something is wrong: a mail or https address. Without it: --url.
arg-serve-push-allow-local = For tests only: also push services in one’s own network and without TLS.
arg-serve-web = The web app's folder as built by “cargo xtask web”. Unless given: web beside the program, if there is one.

# Account and devices
cmd-join = Join by invitation: this device becomes the first of your account.
    .long =
        Join by invitation: this device becomes the first of your account.

          melder join 'https://melder.example/join#…'

        The keys are made on this device and never leave it. For a second device use melder link.
arg-join-name = Your name, when the invitation has none (poster).
cmd-link = Link another device to your account.
    .long =
        Link another device to your account.

          On the new device:       melder link --server https://melder.example
          On the existing device:  melder link CODE

        With the QR code, or the long code in quotes, the connection is verified. With the short code both devices show a
        number; confirm only when both are equal.
arg-link-code = The code that the new device shows. Without a code this is the new device.
arg-link-server = The server's address (on the new device only).
arg-link-number = The number that the new device shows, instead of the question.
cmd-recover = Come back with the recovery code when all devices are lost.
arg-recover-words = The words. Without them you are asked (or MELDER_RECOVERY_WORDS), so that they stand in no history.
cmd-recovery = The recovery code.
cmd-recovery-create = Make a new recovery code. The old one is then void.
cmd-devices = Your devices.
cmd-devices-list = Show your devices.
cmd-devices-rename = Rename a device.
arg-devices-rename-name = The new name.
cmd-devices-remove = Remove a device. It gets nothing from now on.
cmd-accept = Take an invitation with your existing account.
cmd-whoami = Who am I: account, organisation, device.
cmd-delete-account = Delete your account with all its data (not for staff).
cmd-pin-code = The PIN that protects this profile.
    .long =
        The PIN that protects this profile.

        Without a PIN the operating system alone protects the database's key. With a PIN it is wrapped by Argon2id and
        AES-256-GCM. Programs give the PIN in MELDER_PIN, a new one in MELDER_NEW_PIN.
cmd-pin-code-set = Set or change the PIN.
cmd-pin-code-remove = Take the PIN away.

# Chats
cmd-chats = Your chats, groups and channels.
arg-chats-unread = Only those with unread messages.
cmd-read = Read the messages of a chat.
arg-read-before = Only before this place (sequence number) in the chat.
arg-read-keep-unread = Do not mark them as read.
cmd-members = Who is in a chat.
cmd-contacts = Search your organisation's directory.
arg-contacts-words = Name, unit or function; everybody when nothing is said.
cmd-direct = Start a chat with one person.
cmd-group = Private groups and channels.
cmd-group-create = Make a private group. You manage it.
arg-group-create-name = What the group is called.
arg-group-create-channel = A channel: only those who may publish write.
arg-group-create-description = What it is about.
cmd-group-add = Add people, or give them another role.
cmd-group-remove = Remove people. They get nothing from now on.
cmd-group-rename = Rename a private group.
arg-group-rename-name = The new name.
arg-group-rename-description = What it is about.
cmd-group-leave = Leave a private group.
cmd-leave = Leave a private group.
cmd-mute = Mute a chat. Alarms come all the same.
arg-mute-duration = Only for this long, for example 8h.
cmd-pin = Pin a chat to the top.
cmd-verify = Compare the safety number with a person.
    .long =
        Compare the safety number with a person.

        When both of you see the same number, nobody reads along. Compare in person or by phone; then the person counts as
        personally verified.
arg-verify-number = The number that the other person sees, instead of the question.
arg-verify-revoke = Take the verification back.

# Messages
cmd-send = Send a message.
    .long =
        Send a message.

          melder send Status 'On site.'
          melder send Status 'Barrier is up' --file photo.jpg --evidence
          echo 'End of shift' | melder send Status -
          melder send Status 'Relief' --at 14:30 --ack

        Without a connection the message waits, encrypted, in the outbox and goes with the next call that has one.
        @Name mentions a member.
arg-send-text = The text; - reads from standard input.
arg-send-files = Attach a file (can be repeated).
arg-send-evidence = The files are evidence photos: capture time and checksum stay with them.
arg-send-reply = An answer to this message.
arg-send-expires = Delete it on all devices after this long.
arg-send-at = Send it at this time.
arg-send-ack = Ask for confirmation, by a time if you like: --ack=14:30.
arg-send-wait = Wait this many seconds until everything is sent; otherwise exit with 3.
cmd-react = React to a message with a sign.
arg-react-emoji = The sign, for example 👍.
cmd-edit = Change a message of your own.
arg-edit-text = The new text; - reads from standard input.
cmd-delete = Delete a message of your own for everybody.
cmd-scheduled = Messages that wait for their time.
cmd-scheduled-list = Show waiting messages.
cmd-scheduled-cancel = Withdraw a waiting message.
cmd-alarm = Raise an alarm: loud until everybody has confirmed.
    .long =
        Raise an alarm: loud until everybody has confirmed.

          melder alarm 'District Centre' 'Storm: break off at once' --urgency emergency --watch

        Shows by name who has confirmed, who is reached, and who is not.
arg-alarm-text = The text; - reads from standard input.
arg-alarm-urgency = How urgent.
arg-alarm-by = By when it should be confirmed.
cmd-confirm = Confirm an alarm or a message.
arg-confirm-message = The message; the only open alarm when nothing is said.
arg-confirm-note = A word with it.
cmd-all-clear = Give the all-clear: an alarm of yours ends for everybody.
arg-all-clear-message = The alarm that you sent.
cmd-reach = Whom a message of your own has reached, and who confirmed it.
cmd-listen = Listen: everything that happens, line by line.
arg-listen-chat = This chat only; all when nothing is said.
arg-listen-count = Stop after this many new messages from others.
arg-listen-duration = Stop after this long. With --count: exit with 3 when not enough came by then.
arg-listen-unread = The unread messages first.
cmd-download = Download the files of a message.
arg-download-output = Into this folder.
cmd-search = Search all messages on this device.
cmd-export = Write out a chat.
arg-export-format = As text or as JSON.
arg-export-output = Into this file; otherwise to standard output.
cmd-completions = Write completions for your shell.
arg-completions-shell = The shell.

# Administration
cmd-admin = Administer: accounts, units, groups, invitations, operations.

# Placeholders
value-name-path = NAME|PATH
value-seconds = SECONDS
value-person = PERSON
value-message = MESSAGE
value-name = NAME
value-digits = DIGITS
value-number = NUMBER
value-sequence = SEQUENCE
value-words = WORDS
value-role = ROLE
value-path = PATH
value-duration = DURATION
value-time = TIME
value-emoji = SIGN
value-urgency = URGENCY
value-folder = FOLDER
value-format = FORMAT
value-file = FILE
value-device = DEVICE
value-address = ADDRESS
value-unit = UNIT
value-account = ACCOUNT
value-kind = KIND
value-status = STATUS
value-operation = OPERATION
value-encoding = ENCODING
value-invitation = INVITATION
value-group = GROUP
value-suite = SUITE
value-organisation = ORGANISATION
value-field-value = FIELD=VALUE
value-scope = SCOPE
value-token-name = TOKEN
value-account-id = ACCOUNT-ID
value-name-file = NAME|FILE
value-n-max = N|max
