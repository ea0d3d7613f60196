# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Directory: LDAP and SCIM.

leit-directory = Directory
leit-directory-about = Accounts and groups from your own directory. Whoever leaves there leaves here. Accounts made by hand are not touched.
leit-right-directory = Directory (SCIM)
leit-dir-ldap = LDAP and Active Directory
leit-dir-ldap-set-up = Connect a directory
leit-dir-owner-only = Somebody with the right “Everything” can connect it.
leit-dir-empty = No directory is connected yet. Two ways lead here:
leit-dir-way-ldap = LDAP pull
leit-dir-way-ldap-about = The server reads OpenLDAP or Active Directory itself, at fixed times and at the press of a button. Right when it can reach the directory in the network. You see first what changes.
leit-dir-way-scim = SCIM
leit-dir-way-scim-about = Your identity service (Keycloak, Microsoft Entra ID) reports changes by itself and at once. Right when it speaks SCIM, or when the server may not reach the directory.
leit-dir-way-csv = Neither of them?
leit-dir-way-csv-about = A CSV file under “Accounts” is enough to begin with.
leit-dir-server = Server
leit-dir-secured = encrypted
leit-dir-open = not encrypted
leit-dir-schedule = Schedule
leit-dir-next = Next pull
leit-dir-leaving = Whoever leaves
leit-dir-keep-none = is deleted at once
leit-dir-keep-some = { $days ->
    [one] is suspended at once and deleted after 1 day
   *[other] is suspended at once and deleted after { $days } days
 }
leit-dir-brake = Brake
leit-dir-brake-fact = stops when more than { $percent } % of the accounts would be suspended or deleted, or as many groups or memberships would go (never up to { $floor })
leit-dir-forget = Remove the connection
leit-dir-forget-title = Remove the connection?
leit-dir-forget-about = Settings and password are deleted. All accounts stay, but follow the directory no more.
leit-dir-look = See the preview
leit-dir-held = The last pull was stopped: { $count ->
    [0] Many groups of the directory, or memberships in them, would go.
    [one] 1 of { $known } accounts would be suspended or deleted ({ $percent } %).
   *[other] { $count } of { $known } accounts would be suspended or deleted ({ $percent } %).
 } Look at the preview and decide.

# Preview
leit-dir-plan = Preview: what would change
leit-dir-plan-empty = Everything is as the directory says. There is nothing to take over.
leit-dir-plan-held = That is a lot: { $count ->
    [0] Many groups of the directory, or memberships in them, would go.
    [one] 1 of { $known } accounts would be suspended or deleted ({ $percent } %).
   *[other] { $count } of { $known } accounts would be suspended or deleted ({ $percent } %).
 } The schedule does not take this over by itself.
leit-dir-take-over = Take over
leit-dir-take-over-held = Take over nevertheless
leit-dir-applied = The directory is taken over.
leit-dir-brake-title = Take over so much at once?
leit-dir-gone-title = Suspend or delete accounts?
leit-dir-brake-ask = { $count ->
    [0] Many groups of the directory, or memberships in them, go.
    [one] 1 of { $known } accounts from the directory will be suspended or deleted, that is { $percent } %.
   *[other] { $count } of { $known } accounts from the directory will be suspended or deleted, that is { $percent } %.
 } Check whether something is missing in the directory that should not be.
leit-dir-brake-later = { $days ->
    [one] Whoever is only suspended is deleted after 1 day, unless the directory names them again by then.
   *[other] Whoever is only suspended is deleted after { $days } days, unless the directory names them again by then.
 }
leit-dir-brake-go = { $count ->
    [0] Take over nevertheless
    [one] Suspend or delete 1 account
   *[other] Suspend or delete { $count } accounts
 }
leit-dir-kind-delete = Deleted
leit-dir-kind-delete-about = with all data, as the time is over
leit-dir-kind-leave = Left
leit-dir-kind-leave-about = suspended, deleted later
leit-dir-kind-suspend = Suspended
leit-dir-kind-suspend-about = switched off in the directory
leit-dir-kind-resume = Back again
leit-dir-kind-move = Moved
leit-dir-kind-change = Changed
leit-dir-kind-add = New
leit-dir-new-units = New units
leit-dir-groups = Groups of the directory
leit-dir-joined = New memberships
leit-dir-parted = Ended memberships
leit-dir-units-made = These units are made: { $units }
leit-dir-more = Show { $count } more
leit-dir-from-to = { $from } → { $to }
leit-dir-field-name = Name
leit-dir-field-user = Log-in name
leit-dir-field-function = Function
leit-dir-field-unit = Unit
leit-dir-field-status = State
leit-dir-group-add = New
leit-dir-group-change = Changed
leit-dir-group-delete = Gone
leit-dir-joins = { $count } come in
leit-dir-leaves = { $count } leave
leit-dir-problems = { $count ->
    [one] 1 entry can't be taken over
   *[other] { $count } entries can't be taken over
 }
leit-dir-problems-about = These accounts and groups stay as they are. All else is taken over.
leit-dir-trouble-no_user_name = The user name is missing.
leit-dir-trouble-no_name = The name is missing.
leit-dir-trouble-value = A value can’t be taken over like this ({ $detail }).
leit-dir-trouble-same_id = Another entry has the same id.
leit-dir-trouble-same_name = Another entry has the same name. Whom a group means by it is not certain; nobody comes into a group by this name.
leit-dir-trouble-user_name_taken = Another account has this user name.
leit-dir-trouble-unit_unknown = There is no unit “{ $detail }”. The person is taken over without it.
leit-dir-trouble-unit_ambiguous = Several units are called “{ $detail }”. The directory has to name the whole path.
leit-dir-trouble-unit_too_deep = The unit “{ $detail }” is too deep: at most 12 levels are possible.
leit-dir-trouble-unit_name = A unit can’t be called “{ $detail }”.
leit-dir-trouble-group_same_id = Another group has the same id.
leit-dir-trouble-group_name = A group can’t be called this.
leit-dir-trouble-group_name_taken = Another group has this name.
leit-dir-trouble-group_too_large = The group has more than 10,000 accounts.

# Last pulls
leit-dir-runs = Last pulls
leit-dir-runs-none = There was none yet. Look at the preview first.
leit-dir-runs-all = Show all
leit-dir-run-applied = taken over
leit-dir-run-unchanged = unchanged
leit-dir-run-held = stopped
leit-dir-run-failed = not read
leit-dir-by-schedule = by schedule
leit-dir-by-admin = by hand
leit-dir-count-added = { $count } new
leit-dir-count-changed = { $count } changed
leit-dir-count-resumed = { $count } back again
leit-dir-count-suspended = { $count } suspended
leit-dir-count-deleted = { $count } deleted
leit-dir-count-groups = { $count ->
    [one] 1 group
   *[other] { $count } groups
 }
leit-dir-count-problems = { $count ->
    [one] 1 entry passed over
   *[other] { $count } entries passed over
 }

# Setting it up
leit-dir-step-server = Server
leit-dir-step-people = People
leit-dir-step-groups = Units and groups
leit-dir-step-when = Schedule and brake
leit-dir-missing = Please fill this in.
leit-dir-save = Save
leit-dir-saved = The directory is connected. The preview shows what would change.
leit-dir-kind = Kind of directory
leit-dir-host = The server's name
leit-dir-host-hint = For instance ldap.city.example, with the port if it is not the usual one.
leit-dir-security = Connection
leit-dir-security-tls = LDAPS (encrypted)
leit-dir-security-start = StartTLS (encrypted)
leit-dir-security-plain = Not encrypted
leit-dir-plain-warning = Password and names go through the network for all to read. Only for a trial on the same machine.
leit-dir-bind = Log in as
leit-dir-bind-hint = The whole name of an account that may only read: cn=melder,dc=city,dc=example. Empty: without a log-in.
leit-dir-password = That account's password
leit-dir-password-hint = It stays on the server and is never shown again.
leit-dir-password-kept = A password is kept. Leave this empty to keep it.
leit-dir-ca = Your own certificate authority
leit-dir-ca-label = Certificate (PEM)
leit-dir-ca-hint = Needed when the server's certificate comes from your own authority.
leit-dir-base = Where the people are
leit-dir-base-hint = For instance ou=people,dc=city,dc=example
leit-dir-filter = Which entries are people
leit-dir-filter-hint = An LDAP filter. Empty: as is usual.
leit-dir-attributes = Adjust attributes
leit-dir-attributes-about = Empty: as is usual for this kind of directory. E-mail addresses and telephone numbers are not read.
leit-dir-at-user = Log-in name
leit-dir-at-name = Whole name
leit-dir-at-given = Given name
leit-dir-at-family = Family name
leit-dir-at-function = Function
leit-dir-at-id = Id that never changes
leit-dir-at-disabled = Switched off
leit-dir-unit = A person's unit
leit-dir-unit-place = by their place in the tree (OU)
leit-dir-unit-attribute = by an attribute
leit-dir-unit-nowhere = not from the directory
leit-dir-unit-name = Attribute
leit-dir-unit-hint = For instance department. The value is a name, or a path with slashes.
leit-dir-create-units = Make units that are missing
leit-dir-with-groups = Take over groups
leit-dir-groups-base = Where the groups are
leit-dir-groups-base-hint = Empty: in the same place as the people.
leit-dir-groups-filter = Which entries are groups
leit-dir-members = Who is in a group
leit-dir-members-usual = as is usual
leit-dir-members-group = stands in the group (member)
leit-dir-members-person = stands with the person (memberOf)
leit-dir-every-off = only by hand
leit-dir-every-hour = every hour
leit-dir-every-day = daily at { $hour }
leit-dir-every-day-at = once a day
leit-dir-hour = Time of day
leit-dir-keep = Delete those who left after days
leit-dir-keep-hint = They are suspended at once. 0: deleted at once as well, with no way back.
leit-dir-percent = Brake in percent
leit-dir-percent-hint = When more accounts would be suspended or deleted, or more memberships would go, the pull waits for you.
leit-dir-floor = So many always without the brake
leit-dir-floor-hint = So that in small places it does not stop for everybody who leaves.
leit-dir-number = Please enter whole numbers.
leit-dir-test = Test the connection
leit-dir-found-people = { $count ->
    [0] Connected, but nobody found
    [one] Connected: 1 person found
   *[other] Connected: { $count } people found
 }
leit-dir-found-groups = { $count ->
    [one] 1 group
   *[other] { $count } groups
 }

# SCIM
leit-dir-scim = SCIM: the directory reports by itself
leit-dir-scim-about = Your identity service makes, changes and suspends accounts. Enter this address and a token there.
leit-dir-scim-address = Address
leit-dir-scim-auth = Log-in
leit-dir-scim-auth-about = Token with the right “Directory (SCIM)”, as a bearer token
leit-dir-scim-keycloak = Set up the SCIM extension: address as “SCIM Endpoint”, authentication “Bearer”.
leit-dir-scim-entra = Enterprise application, provisioning: address as “Tenant URL”, token as “Secret token”.
leit-dir-scim-copy = Copy the address
leit-dir-scim-token = Make a token

# In the audit log
leit-did-account-provision = took an account over from the directory
leit-did-ldap-change = changed how the directory is connected
leit-did-ldap-remove = removed the directory's connection
leit-did-ldap-test = tested how the directory is connected
leit-did-ldap-pull = took the directory over
