# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

cmd-bench = Misst, wie schnell Server und Geräte auf diesem Rechner sind.
    .long =
        Misst, wie schnell Server und Geräte auf diesem Rechner sind. Der Server läuft als eigener Prozess, alles liegt in
        einem Ordner, der danach verschwindet. Was der Rechner selbst kann, wird im selben Lauf gemessen, damit jede Zahl
        auch ein Verhältnis ist. Zahlen gelten nur für einen Release-Build auf einem Rechner, der sonst nichts zu tun hat.
arg-seconds = So viele Sekunden misst jeder Teil etwa.
arg-json-file = In diese Datei kommt das Ergebnis als JSON.

cmd-bench-ceiling = Was der Rechner selbst kann: ein Verteiler, der nichts speichert, und SQLite allein.
arg-bench-ceiling-members = Verbindungen des Verteilers.
cmd-bench-deliver = Die Schichtgruppe: wie lange bis zum Letzten, wie viele Zustellungen je Sekunde, was sie kosten.
arg-bench-deliver-members = Geräte in der Gruppe, jedes von einem anderen Menschen.
arg-bench-deliver-outstanding = Nachrichten, die gleichzeitig unterwegs sind; mehrere Werte durch Komma.
cmd-bench-accept = Gesicherte Nachrichten je Sekunde, während niemand liest.
arg-bench-accept-outstanding = Sender, die gleichzeitig auf ihre Antwort warten.
cmd-bench-drain = Jemand kommt zurück und holt, was liegen blieb.
arg-bench-drain-messages = Nachrichten, die liegen blieben.
cmd-bench-connect = Ruhende Geräte: Speicher für jedes, und wie lange nach einem Neustart, bis alle wieder da sind.
arg-bench-connect-devices = Geräte, jedes von einem anderen Menschen.
cmd-bench-growth = CPU je Zustellung, wenn Gruppen und Protokolle wachsen.
arg-bench-growth-members = Größen der Gruppe; mehrere Werte durch Komma.
arg-bench-growth-entries = Längen des Protokolls; mehrere Werte durch Komma.
arg-bench-growth-readers = Mitglieder der Gruppe, deren Protokoll lang ist.
cmd-bench-engine = Eine Nachricht durch das ganze Gerät: schreiben, empfangen, Verpasstes nachholen, suchen.
arg-bench-engine-members = Geräte in der Gruppe.
arg-bench-engine-voices = So viele von ihnen haben schon geschrieben.
arg-bench-engine-missed = Nachrichten, die nachzuholen sind.
cmd-bench-mls = MLS allein, in beiden Suiten: Nachrichten, Änderungen der Gruppe, Beitritt, und wie groß sie sind.
arg-bench-mls-devices = Größen der Gruppe; mehrere Werte durch Komma.
cmd-bench-join = Eine Einheit tritt einer neuen Gruppe bei: wie lange, bis alle die erste Nachricht lesen.
arg-bench-join-members = Menschen in der Einheit, jeder mit einem Gerät.
arg-bench-join-suite = Kryptographische Suite der Gruppe.
cmd-bench-admin = Was die Verwaltung kostet: eine Tabelle mit Konten, eine Dienststelle in eine Gruppe, Löschen, Suchen, Fragen eines Verzeichnisses.
arg-bench-admin-import = Konten der Tabelle, die importiert wird.
arg-bench-admin-unit = Konten der Dienststelle, die in eine Gruppe kommt und gelöscht wird.
arg-bench-admin-accounts = Konten insgesamt, während Listen und Suchen gemessen werden.
arg-bench-admin-users = Personen eines Verzeichnisses, während seine Filter gemessen werden.
cmd-bench-all = Alles davon, jedes mit seinen Vorgaben: die Tabelle in docs/performance.md.

bench-machine = { $processor }, { $cores } Kerne, { $build }-Build
bench-debug = Ein Debug-Build sagt nichts über die Geschwindigkeit.
bench-figure = Größe
bench-value = Wert
bench-unit = Einheit
bench-target = Ziel
bench-met = erreicht
bench-yes = ja
bench-no = nein
