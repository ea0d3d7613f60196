# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Der Leitstand: Datenschutz, Papiere, Zustand des Servers.

leit-file-sheets = einladungen
leit-file-letters = schreiben
leit-file-poster = aushang
leit-as-pdf = Als PDF
leit-as-json = Als JSON
leit-as-pdf-short = PDF
leit-as-html-short = HTML
leit-export = Auskunft nach Art. 15
leit-export-about = Alles, was der Server zu dieser Person speichert und lesen kann. Dass Sie es ausgeben, steht im Protokoll.
leit-did-account-export = hat eine Auskunft ausgegeben
leit-did-privacy-contact = hat die Angaben zum Datenschutz geändert

leit-kept-readable = für den Server lesbar
leit-kept-sealed = für den Server nicht lesbar
leit-kept-by-policy = nach Ihrer Richtlinie
leit-kept-by-program = fest

leit-papers = Unterlagen
leit-papers-about = Aus der geltenden Konfiguration erzeugt. Ergänzen Sie, was nur Sie wissen.
leit-paper-record = Verzeichnis der Verarbeitung
leit-paper-record-about = Art. 30 DSGVO
leit-paper-record-file = verarbeitungsverzeichnis
leit-paper-measures = Technische und organisatorische Maßnahmen
leit-paper-measures-about = Art. 32 DSGVO
leit-paper-measures-file = massnahmen
leit-paper-impact = Folgenabschätzung, Bausteine
leit-paper-impact-about = Art. 35 DSGVO
leit-paper-impact-file = folgenabschaetzung
leit-paper-notice = Datenschutzhinweise
leit-paper-notice-about = Art. 13 DSGVO, auch in der App
leit-paper-notice-file = datenschutzhinweise

leit-contact = Angaben für die Unterlagen
leit-contact-about = Stehen in den Unterlagen und in den Datenschutzhinweisen der App.
leit-contact-controller = Verantwortliche Stelle
leit-contact-controller-hint = Name und Anschrift, in einer Zeile
leit-contact-officer = Datenschutzbeauftragte Person
leit-contact-officer-hint = Wie man sie erreicht
leit-contact-authority = Aufsichtsbehörde
leit-contact-authority-hint = Bei wem man sich beschweren kann
leit-contact-basis = Rechtsgrundlage
leit-contact-basis-hint = Leer: Art. 6 Abs. 1 Buchst. e DSGVO mit dem geltenden Recht
leit-contact-none = noch nicht eingetragen
leit-contact-saved = Die Angaben sind gespeichert

leit-audit-verify = Jetzt prüfen
leit-deletions-all = Alle als Datei
leit-verify = So prüfen Sie einen Nachweis
leit-verify-about = Ohne Server und ohne Netz, auf jedem Rechner mit dem Programm melder. Die Ziffern sind der Fingerabdruck Ihrer Organisation; die App zeigt dieselben.
leit-verify-copy = Befehl kopieren
leit-verify-file = DATEI

leit-how = So geht es
leit-health = Zustand
leit-queue = Warteschlange
leit-queue-oldest = { $entries } Einträge, der älteste wartet { $days }
leit-queue-none = nichts wartet
leit-pushes = Weckrufe, 24 Stunden
leit-pushes-day = { $taken } zugestellt, { $failed } gescheitert, { $gone } Geräte weg
leit-pushes-none = keine Zahlen
leit-stored = Speicher
leit-stored-both = Nachrichten { $messages }, Dateien { $files }
leit-size-kb = { $count } kB
leit-size-mb = { $count } MB
leit-size-gb = { $count } GB
leit-certificate = Zertifikat gilt bis
leit-backup = Letzte Sicherung
leit-backup-unknown = keine bekannt
leit-uptime = Läuft seit
leit-version = Fassung

leit-todo-risk = { $count ->
        [one] Eine Person könnte sich aussperren
       *[other] { $count } Personen könnten sich aussperren
    }
leit-todo-risk-about = Nur ein Passkey und kein Wiederherstellungscode.
leit-todo-certificate = Das Zertifikat endet am { $day }
leit-todo-certificate-about = Danach erreicht niemand mehr den Server.
leit-todo-certificate-how = Erneuern Sie das Zertifikat dort, wo TLS endet, meist im Proxy vor dem Server. Erneuert er selbst, prüfen Sie, warum er es nicht tut.
leit-todo-unreached = Die Adresse des Servers antwortet nicht mit einem Zertifikat
leit-todo-unreached-about = Der Server erreicht sich unter seiner eigenen Adresse nicht.
leit-todo-unreached-how = Prüfen Sie Namen, Proxy und Firewall. Erreichen Personen den Server, darf vielleicht nur der Server selbst nicht nach außen.
leit-todo-backup-none = Es ist keine Sicherung bekannt
leit-todo-backup-old = Die letzte Sicherung ist vom { $day }
leit-todo-backup-about = Ohne Sicherung sind Konten und Gruppen bei einem Defekt verloren.
leit-todo-backup-how = Lassen Sie das jede Nacht auf dem Server laufen, auch während er arbeitet. Die Kopie ist so geheim wie der Server.
leit-todo-backup-command = melder backup /srv/sicherung --data /srv/melder
leit-todo-pushes = { $count } Weckrufe sind gescheitert
leit-todo-pushes-about = Wer die App nicht offen hat, erfährt nichts von Neuem.
leit-todo-pushes-how = Der Server muss die Weckdienste der Browser über Port 443 erreichen. Prüfen Sie Firewall und Namensauflösung.
leit-todo-waiting = { $count ->
    [one] Nachrichten warten seit einem Tag
   *[other] Nachrichten warten seit { $count } Tagen
 }
leit-todo-waiting-about = Ein Gerät holt nichts mehr ab. Ist es verloren, setzen Sie das Konto zurück.
leit-todo-contact = Angaben zum Datenschutz fehlen
leit-todo-contact-about = Die Datenschutzhinweise nennen sonst niemanden.
leit-todo-contact-go = Eintragen
