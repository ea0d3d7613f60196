# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

replay-title = { $title }: { $people } Menschen, { $devices } Geräte, { $groups } Gruppen und Kanäle, { $messages } Nachrichten (Startzahl { $seed })
replay-line = { $phase } · { $messages }/{ $of } Nachrichten · { $deliveries } zugestellt · { $devices } Geräte · { $joins } Beitritte · { $left } gegangen
replay-phase-server = Server und Geräteprozesse starten
replay-phase-people = Konten, Einladungen, Geräte
replay-phase-groups = Gruppen und Kanäle
replay-phase-rest = Warten, bis alles angekommen ist
replay-phase-collect = Verläufe aller Geräte lesen
replay-phase-end = Gastkonten laufen ab
replay-phase-check = Vergleichen

replay-accounts = Konten
replay-devices = Geräte
replay-groups = Gruppen und Kanäle
replay-messages = Nachrichten geschrieben
replay-actions = Reaktionen, Änderungen, Bestätigungen
replay-photos = Fotos geschickt / geöffnet
replay-deliveries = Zustellungen gelesen / erwartet
replay-lost = verloren
replay-duplicated = doppelt
replay-out-of-order = in falscher Reihenfolge
replay-undecryptable = nicht lesbar
replay-forged = gefälscht und angenommen
replay-stale = in überholtem Stand
replay-after-leaving = nach dem Ausscheiden gelesen
replay-before-joining = von vor dem Beitritt gelesen
replay-mls = Commits / Beitritte / Reparaturen
replay-alarm = Alarm erreicht / nicht erreicht / bestätigt
replay-guests = Gäste abgelaufen / Löschnachweise
replay-latency = Zustellzeit p50 / p95 / p99
replay-duration = Dauer: Vorbereitung + Tag
replay-ok = In Ordnung: Nichts ging verloren, nichts kam doppelt, niemand las mit.
replay-not-ok = Nicht in Ordnung. Gefunden wurde:

demo-ready = Die Demostadt läuft auf { $server } – beenden mit Strg+C.
demo-admin = Verwaltung: Token { $token }
demo-join = { $role }: { $command }
demo-join-poster = { $role } (QR-Einladung, mehrmals nutzbar): { $command }
demo-how = Öffnen Sie ein zweites Terminal und treten Sie bei, mit einem dieser Befehle:
demo-then = Danach: melder --profile { $profile } chats
demo-colleagues = { $count } Kolleginnen und Kollegen sind im Dienst und schreiben.
demo-quiet = Niemand schreibt von selbst (--quiet).
demo-data = Daten: { $path }
