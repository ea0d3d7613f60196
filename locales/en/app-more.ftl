# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

part-failed = This part of the app could not be loaded. What you have written stays.

# The clock
clock-ahead = { $count ->
    [one] This device's clock is one day ahead. Please set it right: times and deadlines are wrong otherwise.
   *[other] This device's clock is { $count } days ahead. Please set it right: times and deadlines are wrong otherwise.
 }
clock-behind = { $count ->
    [one] This device's clock is one day behind. Please set it right: times and deadlines are wrong otherwise.
   *[other] This device's clock is { $count } days behind. Please set it right: times and deadlines are wrong otherwise.
 }

# One's own alarms, over a whole desk
alarms-title = Alarms
alarms-none = You have not raised an alarm yet.
alarms-latest = Your latest alarms
alarms-meta = { $time } · { $chat }
alarms-chat = Go to the chat
alarms-on-duty = Only for those on duty: who is off duty is not called, and may therefore stand under “Not reached”.
alarms-reached = Reached, not confirmed yet
alarms-help = { $count ->
    [one] 1 person needs help
   *[other] { $count } people need help
 }
alarms-by-unit = By unit
alarms-person = Person
alarms-unit = Unit
alarms-confirmed-at = Confirmed at
alarms-no-unit = Without a unit
alarms-of = { $done } of { $of } confirmed
alarms-all = Large view
alarms-print = Print the list
alarms-course = Over time
alarms-course-none = Nobody has confirmed yet.
alarms-course-said = { $done } of { $of } confirmed: the first after { $first }, the last after { $last } minutes.
