# SPDX-FileCopyrightText: Melder contributors
# SPDX-License-Identifier: EUPL-1.2

# The city's log-in (OIDC) in the Leitstand.

leit-oidc = The city’s log-in (OIDC)
leit-oidc-about = Staff set up their first device with the city’s log-in, without an invitation. Your directory makes the account.
leit-oidc-set-up = Set up
leit-oidc-on = Switched on
leit-oidc-off = Switched off
leit-oidc-unset = Not set up
leit-oidc-redirect = Redirect URI for the provider
leit-oidc-link = Link for your intranet
leit-oidc-link-about = The link opens Melder with your organisation’s log-in. If the server has only one, the server’s address will do.
leit-oidc-issuer = Address of the provider (issuer)
leit-oidc-issuer-hint = As the provider calls itself, for instance https://sso.city.example/realms/city
leit-oidc-issuer-wrong = Enter an https address without a question mark; http is for localhost only.
leit-oidc-client = Client ID
leit-oidc-client-hint = By this name the provider knows Melder.
leit-oidc-client-wrong = Enter the client ID.
leit-oidc-secret = Client secret
leit-oidc-secret-hint = Empty if the provider gives none (public client with PKCE).
leit-oidc-secret-kept = One is kept and not shown. Empty: it stays.
leit-oidc-secret-wrong = The kept secret is the old provider’s. Enter the new one, or choose “Without a secret”.
leit-oidc-no-secret = Without a secret
leit-oidc-names = The account is found by
leit-oidc-names-about = It is compared with what your directory (SCIM or LDAP) said of the account. An e-mail address counts only if the provider says that it is verified.
leit-oidc-by-external = { $claim } = external ID in the directory
leit-oidc-by-user = { $claim } = user name in the directory
leit-oidc-authority = Certificate of your own authority (PEM)
leit-oidc-authority-hint = Only if the provider has a certificate of your own certificate authority.
leit-oidc-enabled = Offer it in the first run
leit-oidc-first = The log-in sets up only the first device of an account (also after a reset). Further devices are connected by each person from their first.
leit-oidc-test = Test
leit-oidc-testing = Testing …
leit-oidc-save = Save
leit-oidc-saved = Saved
leit-oidc-good = The provider answers as it should. Whether it knows the redirect URI shows with the first log-in.
leit-oidc-found-address = This address may not be called: { $detail }
leit-oidc-found-certificate = The provider’s certificate is not trusted: { $detail }
leit-oidc-found-unreachable = The provider can’t be reached from the server: { $detail }
leit-oidc-found-too-long = The provider does not answer in time.
leit-oidc-found-status = No provider answers at this address (HTTP { $detail }). Is the path right?
leit-oidc-found-no-json = The answer is not one that a provider gives.
leit-oidc-found-lacks = What the provider says of itself lacks: { $detail }
leit-oidc-found-other-issuer = The provider calls itself differently: { $detail } – enter exactly that.
leit-oidc-found-endpoint = This address of the provider is not encrypted (https): { $detail }
leit-oidc-found-no-keys = The provider shows no key for RS256, ES256 or EdDSA.
leit-oidc-found-algorithms = The provider does not sign with RS256, ES256 or EdDSA.
leit-oidc-found-no-pkce = The provider does not know PKCE with S256.
leit-oidc-found-client = The provider does not know Melder: client ID or secret is wrong.
leit-oidc-found-refused = The provider refuses: { $detail }
leit-did-oidc-set = changed the city’s log-in
leit-did-oidc-test = tested the city’s log-in
leit-did-oidc-log-in = let somebody in by the city’s log-in
