# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# The city's own log-in in the first run, and why it led to no invitation.

first-city = With the city’s log-in
first-city-about = { $organisation } · for your first device only. Further devices are connected from this one afterwards.
first-city-unknown = You have logged in, but there is no account for you in Melder yet. Please ask your IT.
first-city-suspended = Your account in Melder is suspended. Please ask your IT.
first-city-ended = Your account in Melder has ended. Please ask your IT.
first-city-joined = Your account is set up on a device already. Connect this device from there. If you no longer have it, your IT resets the account.
first-city-cancelled = You have cancelled the log-in.
first-city-over = This log-in is over or was used already. Please log in again.
first-city-unreachable = The city’s log-in can’t be reached at the moment. Try again later, or use an invitation.
first-city-failed = The log-in did not work. Try again. If it fails again, please ask your IT.
first-city-busy = There are too many log-ins at the moment. Please wait some minutes.
first-city-off = The city’s log-in is not switched on. Please use your invitation.
