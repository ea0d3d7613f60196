# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Gruppen, Kanäle, Einsätze.

leit-groups-all = Alle Gruppen
leit-groups-closed = Geschlossen
leit-groups-none = Hier ist noch keine Gruppe.
leit-group-find = Gruppe suchen
leit-group-make = Gruppe anlegen
leit-group-made = Angelegt: { $name }
leit-group-name = Name der Gruppe
leit-group-name-missing = Geben Sie der Gruppe einen Namen.
leit-group-lasting = Keiner, die Gruppe bleibt
leit-group-closed = Geschlossen
leit-group-closed-title = { $name } (geschlossen)
leit-group-close = Schließen
leit-group-close-title = { $name } schließen?
leit-group-close-about = { $count ->
    [one] Die Gruppe nimmt keine Nachrichten mehr an. Das 1 Mitglied kann den Verlauf lesen, bis er abläuft. Das lässt sich nicht rückgängig machen.
   *[other] Die Gruppe nimmt keine Nachrichten mehr an. Die { $count } Mitglieder können den Verlauf lesen, bis er abläuft. Das lässt sich nicht rückgängig machen.
 }
leit-group-close-go = Gruppe schließen
leit-group-is-closed = Die Gruppe ist geschlossen
leit-kind-group = Gruppe
leit-kind-channel = Kanal
leit-encryption = Verschlüsselung
leit-suite-hybrid = Ende-zu-Ende, auch gegen Quantenrechner
leit-suite-classical = Ende-zu-Ende
leit-rename = Umbenennen
leit-discard = Verwerfen
leit-rules = Wer dabei ist
leit-rules-save = Regeln speichern
leit-rules-saved = Die Regeln gelten ab sofort
leit-rules-none = Niemand: Es gibt noch keine Regel.
leit-rules-meet = { $count ->
    [one] Diese Regeln treffen auf 1 Konto zu. Die Gruppe folgt im selben Moment.
   *[other] Diese Regeln treffen auf { $count } Konten zu. Die Gruppe folgt im selben Moment.
 }
leit-rule-unit = Dienststelle hinzufügen
leit-rule-unit-choose = Dienststelle wählen
leit-rule-person = Person hinzufügen
leit-rule-below = mit allen darunter
leit-rule-role = Rolle von { $name }
leit-rule-remove = { $name } aus den Regeln nehmen
leit-role-member = Mitglied
leit-role-reader = Liest mit
leit-role-publisher = Veröffentlicht
leit-role-give = Veröffentlichen lassen
leit-role-take = Nur mitlesen lassen
leit-nobody = Niemand heißt so.
leit-members = Mitglieder
leit-members-count = { $count ->
    [one] 1 Mitglied
   *[other] { $count } Mitglieder
 }
leit-member-find = Mitglied suchen
leit-foreign = Andere Organisation
leit-take-out = Aus der Gruppe nehmen
leit-take-out-title = Person aus der Gruppe nehmen?
leit-take-out-about = Die Person gehört zu einer anderen Organisation. Sie kommt nur mit eigener Zustimmung wieder hinein.

# Einsätze
leit-operations-all = Alle Einsätze
leit-operations-none = Noch keine Einsätze. Legen Sie einen für Helferinnen und Helfer auf Zeit an.
leit-operation-make = Einsatz anlegen
leit-operation-made = Einsatz angelegt: { $name }
leit-operation-name = Name des Einsatzes
leit-operation-name-hint = Zum Beispiel „Europawahl 2029“.
leit-operation-name-missing = Geben Sie dem Einsatz einen Namen.
leit-operation-end = Ende
leit-operation-end-hint = Am Ende dieses Tages werden alle Gastkonten des Einsatzes gelöscht und seine Gruppen geschlossen.
leit-operation-move-hint = Die Gastkonten, die mit dem Einsatz enden, gehen mit.
leit-operation-day-missing = Wählen Sie einen Tag.
leit-operation-template = Vorlage
leit-operation-blank = Ohne Vorlage
leit-operation-copies = { $count ->
    [one] 1 Gruppe wird mit ihren Regeln neu angelegt. Personen werden nicht übernommen.
   *[other] { $count } Gruppen werden mit ihren Regeln neu angelegt. Personen werden nicht übernommen.
 }
leit-operation-not-copied = Der Einsatz ist angelegt, aber nicht alle Gruppen der Vorlage: { $why }
leit-operation-runs = Läuft
leit-operation-over = Beendet
leit-operation-ends = endet am { $day }
leit-operation-ended = beendet am { $day }
leit-phases = Phasen
leit-phase-made = Angelegt
leit-phase-warning = { $count ->
    [one] Warnung, 1 Tag vorher
   *[other] Warnung, { $count } Tage vorher
 }
leit-phase-deletion = Löschung
leit-countdown = Bis zur Löschung
leit-countdown-until = Konten enden am { $day }
leit-guests = Helferinnen und Helfer
leit-guests-of = von { $count } beigetreten
leit-guests-joined = Beigetreten
leit-guests-open = Eingeladen, noch offen
leit-guests-late = Ohne gültige Einladung
leit-guests-renew = { $count } erneuern
leit-guests-print = { $count ->
    [one] 1 Einladung neu drucken
   *[other] { $count } Einladungen neu drucken
 }
leit-guests-print-title = { $count ->
    [one] 1 Einladung neu erzeugen?
   *[other] { $count } Einladungen neu erzeugen?
 }
leit-guests-print-about = Links werden nicht aufbewahrt. Es entstehen neue; was schon verteilt ist, gilt dann nicht mehr.
leit-guests-print-go = { $count } neu erzeugen
leit-operation-no-groups = Noch keine Gruppen.
leit-deletion-on = Löschung am { $day }
leit-deletion-planned = Geplant
leit-planned-rest = Schlüssel, Geräte, Nachrichten
leit-planned-all = alle
leit-planned-warning = Gäste werden vorher gewarnt, so wie die Richtlinie es sagt.
leit-operation-end-now = Jetzt beenden
leit-end-title = { $name } jetzt beenden?
leit-end-about = { $guests } Gastkonten werden gelöscht, { $groups } Gruppen geschlossen, alle Aushänge und offenen Einladungen ungültig.
leit-end-go = Einsatz endgültig beenden
leit-end-done = Der Einsatz ist beendet
leit-record = Löschnachweis
leit-signed = Unterschrieben
leit-records-save = Nachweise sichern
leit-record-signed = Jeder Nachweis trägt die Unterschrift der Organisation (Feld „signed“).
leit-summary-guests = Gastkonten gelöscht
leit-summary-left = Andere Konten ausgetreten
leit-summary-groups = Gruppen geschlossen
leit-summary-invitations = Einladungen ungültig
leit-poster = Aushang
leit-posters = Aushänge
leit-posters-none = Kein Aushang.
leit-poster-about = Ein QR-Code für viele: Wer ihn scannt, bekommt ein Gastkonto dieses Einsatzes und ist in den Gruppen.
leit-poster-limit = Höchstens so viele Personen
leit-poster-limit-hint = Danach gilt der Code nicht mehr.
leit-poster-limit-wrong = Geben Sie eine Zahl ab 1 ein.
leit-poster-groups = Gruppen
leit-poster-existing = Auch wer schon ein Konto hat, kann damit beitreten
leit-poster-make = Aushang erzeugen
leit-poster-title = Mit Melder dabei sein
leit-poster-code = QR-Code des Aushangs
leit-poster-once = Der Code wird nur jetzt gezeigt. Drucken Sie ihn.
leit-poster-open = Gültig
leit-poster-closed = Ungültig
leit-poster-used = { $used } von { $limit } beigetreten
leit-poster-void = Der Aushang gilt nicht mehr
