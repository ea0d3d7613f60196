# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

replay-title = { $title }: { $people } Menschen, { $devices } Geräte, { $groups } Gruppen und Kanäle, { $messages } Nachrichten (Startzahl { $seed })
replay-sources = Belegt: { $facts } ({ $source }) Alles andere ist angenommen; die { $assumptions } Annahmen stehen in der Szenariodatei unter [assumptions].
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
demo-data = Daten: { $path }
demo-how = Öffnen Sie ein zweites Terminal und treten Sie mit einem dieser Befehle bei:
demo-join = { $role }:
demo-join-poster = { $role }, als Gast wie mit dem QR-Code von einem Aushang:
demo-join-name = {" "}--name 'Ihr Name'
demo-then = Danach zum Beispiel: { $program } --profile { $profile } chats
demo-admin = Verwaltung (melder admin --help):
demo-colleagues = { $count } Kolleginnen und Kollegen sind im Dienst. Was sie schreiben, steht hier mit.
demo-quiet = Niemand schreibt von selbst (--quiet).

cmd-replay = Einen Tag aus der Praxis nachspielen, mit echtem Server und vielen Geräten
    .long = Einen Tag aus der Praxis nachspielen: mit einem eigenen Serverprozess und eigenen Geräteprozessen über echte Verbindungen, Ende zu Ende verschlüsselt. Am Ende steht eine Bilanz. Der Exit-Status ist 1, wenn etwas verloren ging, doppelt, in falscher Reihenfolge oder unlesbar ankam, oder wenn jemand mitlas, der gegangen war. Szenarien: europawahl-2019, landtagswahl-2018, schicht.
arg-replay-scenario = Name eines Szenarios oder eine Datei
arg-replay-json-file = Nach --json: Datei für die Bilanz als JSON
arg-replay-speed = So viel Mal schneller als das Leben: 1, 60, … oder max
arg-replay-seed = Startzahl des Zufalls
arg-replay-processes = Anzahl der Geräteprozesse
arg-replay-keep = Alles in diesem Ordner behalten, statt es wegzuwerfen
cmd-replay-worker = Intern: ein Prozess voller Geräte
cmd-demo = Eine kleine Stadt zum Ausprobieren starten
    .long = Eine kleine Stadt zum Ausprobieren: ein Server mit Kolleginnen und Kollegen, die schreiben, antworten, melden und bestätigen, bis Strg+C. Zeigt für jede Rolle einen Befehl zum Beitreten. Ein vorhandener Ordner wird weiterbenutzt.
arg-demo-listen = Adresse und Port
arg-demo-data = Ordner für alle Daten
arg-demo-quiet = Niemand schreibt von selbst
