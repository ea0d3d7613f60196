# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# Die Anmeldung der Stadt im Erststart, und warum sie zu keiner Einladung geführt hat.

first-city = Mit der Anmeldung der Stadt
first-city-about = { $organisation } · nur für Ihr erstes Gerät. Weitere Geräte verbinden Sie danach von diesem aus.
first-city-unknown = Ihre Anmeldung hat geklappt, aber in Melder gibt es noch kein Konto für Sie. Bitte wenden Sie sich an Ihre IT.
first-city-suspended = Ihr Konto in Melder ist gesperrt. Bitte wenden Sie sich an Ihre IT.
first-city-ended = Ihr Konto in Melder ist abgelaufen. Bitte wenden Sie sich an Ihre IT.
first-city-joined = Ihr Konto ist schon auf einem Gerät eingerichtet. Verbinden Sie dieses Gerät von dort aus. Haben Sie das andere Gerät nicht mehr, setzt Ihre IT das Konto zurück.
first-city-cancelled = Sie haben die Anmeldung abgebrochen.
first-city-over = Diese Anmeldung ist abgelaufen oder wurde schon benutzt. Bitte melden Sie sich noch einmal an.
first-city-unreachable = Die Anmeldung der Stadt ist gerade nicht erreichbar. Versuchen Sie es später noch einmal, oder nehmen Sie eine Einladung.
first-city-failed = Die Anmeldung hat nicht geklappt. Versuchen Sie es noch einmal. Klappt es wieder nicht, wenden Sie sich an Ihre IT.
first-city-busy = Gerade sind es zu viele Anmeldungen. Bitte warten Sie einige Minuten.
first-city-off = Die Anmeldung der Stadt ist nicht eingeschaltet. Bitte nehmen Sie Ihre Einladung.
