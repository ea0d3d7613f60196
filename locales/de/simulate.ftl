# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

cmd-simulate = Lässt viele Geräte und einen Server in einem Prozess leben und prüft, ob alle Versprechen halten.
    .long =
        Lässt viele Geräte und den echten Server in einem Prozess leben, mit eigener Uhr und einem schlechten Netz: Menschen
        kommen und gehen, Geräte gehen verloren, alles stürzt ab. Danach wird jedes Versprechen geprüft. Dieselbe Nummer gibt
        denselben Ablauf, Byte für Byte. Ein Fehler wird auf wenige Schritte gekürzt.
arg-seeds = Die Nummern der Abläufe, von..bis.
arg-simulate-devices = Menschen am Anfang, jeder mit einem Gerät.
arg-steps = Schritte in jedem Ablauf.
arg-threads = So viele Abläufe zugleich; sonst so viele, wie der Rechner Prozessoren hat.
arg-malicious-server = Ein Server, der lügt: In jedem Ablauf werden einige Angriffe gespielt, und es wird geprüft, was ehrliche Geräte sehen.
arg-malicious-member = Ein Mitglied, das die Regeln bricht, auf dieselbe Weise.
arg-bugs = Macht absichtliche Fehler, einen nach dem anderen, und zeigt, welche Nummer jeden findet.
arg-bug = Nur dieser Fehler; mehrmals möglich.
arg-trace = Schreibt den ganzen Ablauf der ersten Nummer in diese Datei.

simulate-progress = Abläufe
simulate-summary =
    { $held } Abläufe hielten alle Versprechen, { $failed } nicht.
    { $hours } Stunden in { $seconds } s: { $rate } simulierte Stunden je Minute. { $devices } Geräte, { $messages } Nachrichten, { $frames } Zeilen im Protokoll.
simulate-held = Nummer { $seed } hält alle Versprechen.
simulate-failed = Nummer { $seed } bricht ein Versprechen: { $what }
simulate-step = Bemerkt nach Schritt { $step }.
simulate-shortest = Diese Schritte genügen:
simulate-caught = { $bug }: gefunden von Nummer { $seed }: { $what }
simulate-caught-under-attack = { $bug }: gefunden von Nummer { $seed } unter Angriff ({ $attacker }: { $attack }): { $what }
simulate-missed = { $bug }: NICHT gefunden
simulate-mistakes = { $caught } von { $all } absichtlichen Fehlern gefunden.
simulate-head-bug = Fehler
simulate-head-seed = Nummer
simulate-head-life = Ablauf
simulate-head-promise = Versprechen
simulate-honest-life = ehrlich

simulate-malicious-server = Bösartiger Server
simulate-malicious-member = Bösartiges Mitglied
simulate-siege =
    { $held } Abläufe unter Angriff hielten alle Versprechen, { $failed } nicht. { $attacks } Angriffe; { $notices } verlangte Hinweise standen in den Chats; { $tried } Geheimtexte versuchte der Angreifer vergeblich zu öffnen.
    { $hours } Stunden in { $seconds } s: { $rate } simulierte Stunden je Minute.
simulate-deed = { $attack }: { $heard }
simulate-deed-unheard = { $attack }: nichts zu melden
simulate-reported = gemeldet: { $list }
simulate-said = in den Chats: { $list }
simulate-refused = abgelehnt: { $list }
simulate-failed-under-attack = Nummer { $seed } bricht ein Versprechen, Schritt { $step } ({ $attack }): { $what }
