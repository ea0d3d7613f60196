# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Regeln nach Funktion und Verzeichnis, Geräte, Richtlinien je Gruppe, Erscheinungsbild, Einsätze.

leit-rule-function = Funktion hinzufügen
leit-rule-function-choose = Funktion wählen
leit-rule-function-count = { $name } ({ $count })
leit-rule-is-function = Funktion, in allen Dienststellen
leit-rule-directory = Gruppe aus dem Verzeichnis hinzufügen
leit-rule-directory-choose = Gruppe wählen
leit-rule-is-directory = Gruppe aus dem Verzeichnis

# Geräte
leit-devices-seen = Mehr als Name und Tag weiß der Server nicht: keinen Ort, keine Adresse, kein Modell.
leit-device-unnamed = Gerät ohne Namen
leit-device-remove = Entfernen
leit-device-wipe = Daten löschen
leit-device-removed = Entfernt
leit-device-wiped = Löschauftrag verschickt
leit-device-wipe-waits = Bekommt den Löschauftrag, sobald es sich meldet
leit-device-remove-title = Gerät „{ $name }“ entfernen?
leit-device-remove-about = Das Gerät wird sofort abgemeldet und bekommt vom Server nichts mehr.
leit-device-remove-others = { $count ->
    [one] Aus den Gruppen nimmt es das andere Gerät der Person, sobald es verbunden ist: Die Liste der Geräte unterschreiben nur Geräte.
   *[other] Aus den Gruppen nimmt es eines der { $count } anderen Geräte der Person, sobald es verbunden ist: Die Liste der Geräte unterschreiben nur Geräte.
 }
leit-device-remove-last = Ein anderes Gerät hat die Person nicht. In den Gruppen bleibt dieses daher verzeichnet, bis Sie die Geräte zurücksetzen; bekommen kann es trotzdem nichts mehr.
leit-device-remove-go = Gerät entfernen
leit-device-wipe-title = Melder-Daten auf „{ $name }“ löschen?
leit-device-wipe-about = Nachrichten, Dateien und Schlüssel von Melder werden auf dem Gerät gelöscht, sobald es sich meldet. Meldet es sich nie mehr, bleiben sie dort, verschlüsselt. Der Auftrag lässt sich nicht zurücknehmen.
leit-device-wipe-go = Entfernen und Daten löschen
leit-device-is-out = Ein Gerät von { $name } ist entfernt
leit-device-wipe-now = Das Gerät von { $name } war verbunden; der Löschauftrag ist verschickt
leit-device-wipe-later = Das Gerät von { $name } bekommt den Löschauftrag, sobald es sich meldet

# Konflikte
leit-read-anew = Aktuellen Stand laden

# Gruppen eines Kontos
leit-belongings = Gruppen
leit-belongings-none = In keiner Gruppe der Organisation.
leit-belonging = { $role }, { $because }
leit-because-unit = über Dienststelle { $name }
leit-because-function = über Funktion { $name }
leit-because-directory = über Verzeichnisgruppe { $name }
leit-because-named = einzeln benannt

# Richtlinie einer Gruppe
leit-group-policy-title = Richtlinie der Gruppe
leit-group-policy-about = Es gilt immer das Strengere: diese Angaben oder die Richtlinie der Organisation. Wer schreiben darf, sagen die Art der Gruppe und ihre Regeln.
leit-group-policy-save = Richtlinie speichern
leit-group-as-organisation = wie in der Organisation
leit-group-retention = Aufbewahrung auf dem Server (Tage)
leit-group-retention-hint = Leer: wie in der Organisation.
leit-group-retention-shorter = { $count ->
    [one] Was älter ist als 1 Tag, wird sofort für alle vom Server gelöscht. Geräte, die es noch nicht geholt haben, bekommen es nicht mehr.
   *[other] Was älter ist als { $count } Tage, wird sofort für alle vom Server gelöscht. Geräte, die es noch nicht geholt haben, bekommen es nicht mehr.
 }
leit-retention-shorter-title = Kürzer aufbewahren?
leit-retention-shorter-go = Kürzer aufbewahren
leit-group-attachment = Größter Anhang (MB)
leit-group-attachment-hint = 0: keine Anhänge. Leer: wie in der Organisation.
leit-group-no-attachments = keine Anhänge
leit-group-attachment-most = höchstens { $size } MB
leit-group-days = { $count ->
    [one] 1 Tag
   *[other] { $count } Tage
 }
leit-group-alarms = Alarme wecken
leit-group-alarms-everyone = von allen, die schreiben dürfen
leit-group-alarms-publishers = nur von denen, die veröffentlichen
leit-group-alarms-nobody = von niemandem

# Was gilt
leit-facts-policy = Was gilt, für wen und seit wann
leit-facts-policy-about = Zum Vorzeigen: jede Regel mit ihrem Wert, wen sie betrifft und seit welchem Tag.
leit-facts-groups = Gruppen mit eigener Richtlinie
leit-fact-rule = Regel
leit-fact-value = Gilt
leit-fact-meets = Betrifft
leit-fact-since = Seit
leit-fact-on = an
leit-fact-off = aus
leit-fact-none = ohne Grenze
leit-fact-any = jede
leit-fact-new-groups = Gruppen, die neu angelegt werden
leit-fact-changed = (vom Standard abweichend)
leit-fact-council = Mitbestimmung: ab Werk aus
leit-fact-alarms = Alarme wecken { $who }
leit-fact-numbers = Gezeigt werden nur Zahlen; wer etwas wie nutzt, weiß der Server nicht.
leit-policy-quiet = Ruhe auch vor Alarmen
leit-policy-quiet-about = Auch Alarme wecken niemanden außer Dienst oder in der Ruhezeit.
leit-policy-app = Mindestversion der App
leit-policy-app-about = Zum Beispiel 1.2.0. Ältere Apps lesen weiter, schreiben nicht und bitten um die Aktualisierung. Leer: jede Version.

# Erscheinungsbild
leit-appearance = Erscheinungsbild
leit-look-about = Alle sehen es, auch vor der Anmeldung: in der App, hier und auf der ersten Seite.
leit-look-logo = Logo
leit-look-logo-now = Das Logo, wie es jetzt ist
leit-look-logo-none = Noch kein Logo. Statt seiner steht das Zeichen von Melder.
leit-look-logo-about = PNG oder WebP, höchstens 64 KB, 16 bis 2048 Pixel je Seite. Texte und Kameradaten darin werden entfernt. SVG nimmt der Server nicht an: Darin können Programme stecken.
leit-look-logo-choose = Logo wählen
leit-look-logo-remove = Logo entfernen
leit-look-accent = Farbe
leit-look-accent-about = Alle Farben sind in hellem und dunklem Erscheinungsbild gut lesbar (Kontrast mindestens 4,5 zu 1). Die Farben von Rückmeldungen und Alarmen bleiben, wie sie sind.
leit-accent-blue = Blau
leit-accent-cyan = Petrol
leit-accent-green = Grün
leit-accent-violet = Violett
leit-accent-slate = Schiefer
leit-error-logo_too_large = Die Datei ist größer als 64 KB. Verkleinern Sie das Bild.
leit-error-file_unreadable = Die Datei lässt sich nicht lesen.
leit-setup-look = Erscheinungsbild
leit-setup-look-about = Wenn Sie mögen. Ändern können Sie es jederzeit.

# Einsätze: Phasen, Warnungen, Freigaben
leit-phases-edit = Phasen ändern
leit-phases-about = Was wann ist, zum Beispiel Schulung, Wahlsonntag, Auszählung. Eine Phase löst nichts aus. Eine Vorlage nimmt sie mit, im selben Abstand zum Ende.
leit-phase-half = Jede Phase braucht einen Namen und einen Tag.
leit-phase-add = Phase hinzufügen
leit-phase-name = Name der Phase
leit-phase-begins = Beginnt am
leit-phase-remove = Phase entfernen
leit-operation-near = { $count ->
    [one] Der Einsatz endet in 1 Tag. Danach sind die Gastkonten gelöscht.
   *[other] Der Einsatz endet in { $count } Tagen. Danach sind die Gastkonten gelöscht.
 }
leit-operation-ends-soon = Endet bald
leit-poster-approval = Erst nach Freigabe: Wer scannt, ist in keiner Gruppe, bis Sie zustimmen
leit-approvals = Wartet auf Freigabe
leit-approvals-none = Niemand wartet.
leit-approval-since = seit { $time }
leit-approval-give = Aufnehmen
leit-approval-given = { $name } ist dabei
leit-approval-refuse = Ablehnen
leit-approval-refuse-title = { $name } ablehnen?
leit-approval-refuse-newcomer = Das Gastkonto wird mit allen Daten gelöscht. Der Platz auf dem Aushang wird wieder frei.
leit-approval-refuse-existing = Das Konto bleibt, wie es ist; in die Gruppen kommt es nicht. Der Platz auf dem Aushang wird wieder frei.
leit-approval-refused = { $name } ist abgelehnt
