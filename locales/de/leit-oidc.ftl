# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Die Anmeldung der Stadt (OIDC) im Leitstand.

leit-oidc = Anmeldung der Stadt (OIDC)
leit-oidc-about = Beschäftigte richten ihr erstes Gerät mit der Anmeldung der Stadt ein, ohne Einladung. Das Konto legt Ihr Verzeichnis an.
leit-oidc-set-up = Einrichten
leit-oidc-on = Eingeschaltet
leit-oidc-off = Ausgeschaltet
leit-oidc-unset = Nicht eingerichtet
leit-oidc-redirect = Weiterleitungs-URI für den Anmeldedienst
leit-oidc-link = Link für Ihr Intranet
leit-oidc-link-about = Der Link öffnet Melder gleich mit der Anmeldung Ihrer Organisation. Gibt es auf dem Server nur eine, genügt die Adresse des Servers.
leit-oidc-issuer = Adresse des Anmeldedienstes (Issuer)
leit-oidc-issuer-hint = So, wie der Dienst sich selbst nennt, zum Beispiel https://sso.stadt.de/realms/stadt
leit-oidc-issuer-wrong = Geben Sie eine https-Adresse ohne Fragezeichen ein; http geht nur für localhost.
leit-oidc-client = Client-ID
leit-oidc-client-hint = Unter diesem Namen kennt der Anmeldedienst Melder.
leit-oidc-client-wrong = Geben Sie die Client-ID ein.
leit-oidc-secret = Client-Secret
leit-oidc-secret-hint = Leer, wenn der Dienst keines vergibt (öffentlicher Client mit PKCE).
leit-oidc-secret-kept = Eines ist gespeichert und wird nicht gezeigt. Leer: Es bleibt.
leit-oidc-secret-wrong = Das gespeicherte Secret gehört zum bisherigen Dienst. Geben Sie das neue ein, oder wählen Sie „Ohne Secret“.
leit-oidc-no-secret = Ohne Secret
leit-oidc-names = Das Konto wird gefunden über
leit-oidc-names-about = Verglichen wird mit dem, was Ihr Verzeichnis (SCIM oder LDAP) zum Konto gesagt hat. Eine E-Mail-Adresse zählt nur, wenn der Dienst sie als bestätigt meldet.
leit-oidc-by-external = { $claim } = externe ID im Verzeichnis
leit-oidc-by-user = { $claim } = Anmeldename im Verzeichnis
leit-oidc-authority = Zertifikat der eigenen Stammstelle (PEM)
leit-oidc-authority-hint = Nur, wenn der Dienst ein Zertifikat Ihrer eigenen Zertifizierungsstelle hat.
leit-oidc-enabled = Im Erststart anbieten
leit-oidc-first = Die Anmeldung richtet nur das erste Gerät eines Kontos ein (auch nach einem Zurücksetzen). Weitere Geräte verbindet jede Person von ihrem ersten aus.
leit-oidc-test = Prüfen
leit-oidc-testing = Wird geprüft …
leit-oidc-save = Speichern
leit-oidc-saved = Gespeichert
leit-oidc-good = Der Anmeldedienst antwortet, wie er soll. Ob er die Weiterleitungs-URI kennt, zeigt die erste Anmeldung.
leit-oidc-found-address = Diese Adresse darf nicht aufgerufen werden: { $detail }
leit-oidc-found-certificate = Dem Zertifikat des Dienstes wird nicht vertraut: { $detail }
leit-oidc-found-unreachable = Der Dienst ist vom Server aus nicht erreichbar: { $detail }
leit-oidc-found-too-long = Der Dienst antwortet nicht rechtzeitig.
leit-oidc-found-status = Unter dieser Adresse antwortet kein Anmeldedienst (HTTP { $detail }). Stimmt der Pfad?
leit-oidc-found-no-json = Die Antwort ist keine, wie sie ein Anmeldedienst gibt.
leit-oidc-found-lacks = In der Selbstauskunft des Dienstes fehlt: { $detail }
leit-oidc-found-other-issuer = Der Dienst nennt sich anders: { $detail } – tragen Sie genau das ein.
leit-oidc-found-endpoint = Diese Adresse des Dienstes ist nicht verschlüsselt (https): { $detail }
leit-oidc-found-no-keys = Der Dienst zeigt keinen Schlüssel für RS256, ES256 oder EdDSA.
leit-oidc-found-algorithms = Der Dienst unterschreibt nicht mit RS256, ES256 oder EdDSA.
leit-oidc-found-no-pkce = Der Dienst kann PKCE mit S256 nicht.
leit-oidc-found-client = Der Dienst kennt Melder nicht: Client-ID oder Secret stimmt nicht.
leit-oidc-found-refused = Der Dienst lehnt ab: { $detail }
leit-did-oidc-set = hat die Anmeldung der Stadt geändert
leit-did-oidc-test = hat die Anmeldung der Stadt geprüft
leit-did-oidc-log-in = hat jemanden mit der Anmeldung der Stadt eingelassen
