# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# The Leitstand: data protection, papers, the server's state.

leit-file-sheets = invitations
leit-file-letters = letters
leit-file-poster = poster
leit-as-pdf = As PDF
leit-as-json = As JSON
leit-as-pdf-short = PDF
leit-as-html-short = HTML
leit-export = Access by Art. 15
leit-export-about = Everything that the server stores of this person and can read. That you give it out stands in the audit log.
leit-did-account-export = gave out a person’s data
leit-did-privacy-contact = changed the details for data protection

leit-kept-readable = readable for the server
leit-kept-sealed = not readable for the server
leit-kept-by-policy = by your policy
leit-kept-by-program = fixed

leit-papers = Documents
leit-papers-about = Generated from the configuration that holds. Add what only you know.
leit-paper-record = Record of processing
leit-paper-record-about = Art. 30 GDPR
leit-paper-record-file = record-of-processing
leit-paper-measures = Technical and organisational measures
leit-paper-measures-about = Art. 32 GDPR
leit-paper-measures-file = measures
leit-paper-impact = Impact assessment, building blocks
leit-paper-impact-about = Art. 35 GDPR
leit-paper-impact-file = impact-assessment
leit-paper-notice = Privacy notice
leit-paper-notice-about = Art. 13 GDPR, also in the app
leit-paper-notice-file = privacy-notice

leit-contact = Details for the documents
leit-contact-about = Stand in the documents and in the app’s privacy notice.
leit-contact-controller = Controller
leit-contact-controller-hint = Name and address, on one line
leit-contact-officer = Data protection officer
leit-contact-officer-hint = How to reach them
leit-contact-authority = Supervisory authority
leit-contact-authority-hint = Whom people can complain to
leit-contact-basis = Legal basis
leit-contact-basis-hint = Empty: Art. 6(1)(e) GDPR with the law that applies
leit-contact-none = not entered yet
leit-contact-saved = The details are saved

leit-audit-verify = Verify now
leit-deletions-all = All as a file
leit-verify = How to verify a record
leit-verify-about = Without a server and without a network, on any computer with the program melder. The digits are your organisation’s fingerprint; the app shows the same.
leit-verify-copy = Copy the command
leit-verify-file = FILE

leit-how = How to
leit-health = State
leit-queue = Queue
leit-queue-oldest = { $entries } entries, the oldest waits for { $days }
leit-queue-none = nothing waits
leit-pushes = Pushes, 24 hours
leit-pushes-day = { $taken } delivered, { $failed } failed, { $gone } devices gone
leit-pushes-none = no numbers
leit-stored = Storage
leit-stored-both = messages { $messages }, files { $files }
leit-size-kb = { $count } kB
leit-size-mb = { $count } MB
leit-size-gb = { $count } GB
leit-certificate = Certificate valid until
leit-backup = Last backup
leit-backup-unknown = none known
leit-uptime = Running for
leit-version = Version

leit-todo-risk = { $count ->
        [one] One person could be locked out
       *[other] { $count } persons could be locked out
    }
leit-todo-risk-about = Only one passkey and no recovery code.
leit-todo-certificate = The certificate ends on { $day }
leit-todo-certificate-about = After that, nobody reaches the server.
leit-todo-certificate-how = Renew the certificate where TLS ends, mostly in the proxy before the server. If it renews by itself, look why it doesn’t.
leit-todo-unreached = The server’s address doesn’t answer with a certificate
leit-todo-unreached-about = The server doesn’t reach itself under its own address.
leit-todo-unreached-how = Check name, proxy and firewall. If people do reach the server, perhaps only the server itself may not call out.
leit-todo-backup-none = No backup is known
leit-todo-backup-old = The last backup is of { $day }
leit-todo-backup-about = Without a backup, accounts and groups are lost when a disk breaks.
leit-todo-backup-how = Have this run each night on the server, also while it works. The copy is as secret as the server.
leit-todo-backup-command = melder backup /srv/backup --data /srv/melder
leit-todo-pushes = { $count } pushes failed
leit-todo-pushes-about = Whoever hasn’t the app open learns of nothing new.
leit-todo-pushes-how = The server has to reach the browsers’ push services on port 443. Check firewall and name resolution.
leit-todo-waiting = { $count ->
    [one] Messages have been waiting for a day
   *[other] Messages have been waiting for { $count } days
 }
leit-todo-waiting-about = A device fetches nothing any more. If it is lost, reset the account.
leit-todo-contact = Details for data protection are missing
leit-todo-contact-about = Without them, the privacy notice names nobody.
leit-todo-contact-go = Enter them
