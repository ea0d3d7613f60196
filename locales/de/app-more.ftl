# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

part-failed = Dieser Teil der App konnte nicht geladen werden. Was Sie geschrieben haben, bleibt.

# The clock
clock-ahead = { $count ->
    [one] Die Uhr dieses Geräts geht einen Tag vor. Bitte stellen Sie sie richtig: Zeiten und Fristen stimmen sonst nicht.
   *[other] Die Uhr dieses Geräts geht { $count } Tage vor. Bitte stellen Sie sie richtig: Zeiten und Fristen stimmen sonst nicht.
 }
clock-behind = { $count ->
    [one] Die Uhr dieses Geräts geht einen Tag nach. Bitte stellen Sie sie richtig: Zeiten und Fristen stimmen sonst nicht.
   *[other] Die Uhr dieses Geräts geht { $count } Tage nach. Bitte stellen Sie sie richtig: Zeiten und Fristen stimmen sonst nicht.
 }

# One's own alarms, over a whole desk
alarms-title = Alarme
alarms-none = Sie haben noch keinen Alarm ausgelöst.
alarms-latest = Ihre letzten Alarme
alarms-meta = { $time } · { $chat }
alarms-chat = Zum Chat
alarms-on-duty = Nur für alle im Dienst: Wer nicht im Dienst ist, wird nicht gerufen und kann deshalb unter „Nicht erreicht“ stehen.
alarms-reached = Erreicht, noch nicht bestätigt
alarms-help = { $count ->
    [one] 1 Person braucht Hilfe
   *[other] { $count } Personen brauchen Hilfe
 }
alarms-by-unit = Nach Dienststelle
alarms-person = Person
alarms-unit = Dienststelle
alarms-confirmed-at = Bestätigt um
alarms-no-unit = Ohne Dienststelle
alarms-of = { $done } von { $of } bestätigt
alarms-all = Große Ansicht
alarms-print = Liste drucken
alarms-course = Verlauf
alarms-course-none = Noch hat niemand bestätigt.
alarms-course-said = { $done } von { $of } bestätigt: die erste Bestätigung nach { $first }, die letzte nach { $last } Minuten.
