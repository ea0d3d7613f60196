// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The few pages that a browser sees before there is an app: what this is, and what to do with an invitation. No
//! script and nothing from elsewhere, so what stands after `#` in a link never leaves the browser.

use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

const STYLE: &str = "body{font:1.125rem/1.6 system-ui,sans-serif;max-width:38rem;margin:0 auto;padding:2rem 1rem;\
color:#16212e;background:#fff}h1{font-size:1.75rem;line-height:1.25}code{font-size:1em}\
@media(prefers-color-scheme:dark){body{color:#e8edf3;background:#10161d}}";

const INDEX: &str = "<h1>Melder</h1><p>Hier läuft ein Melder-Server: der verschlüsselte Messenger Ihrer Verwaltung.</p>\
<p>Wenn Sie eingeladen sind, öffnen Sie den Link aus Ihrer Einladung oder scannen Sie den QR-Code.</p>";

const JOIN: &str = "<h1>Einladung zu Melder</h1><p>Sie sind eingeladen, mit Melder zu schreiben.</p>\
<p>Öffnen Sie Melder auf Ihrem Gerät, wählen Sie <strong>Einladung annehmen</strong> und fügen Sie den vollständigen \
Link aus der Adresszeile ein, oder scannen Sie den QR-Code Ihrer Einladung.</p>\
<p>Geben Sie den Link nicht weiter: Er gilt nur für Sie.</p>";

const LINK: &str = "<h1>Gerät verbinden</h1><p>Dieser Code verbindet ein neues Gerät mit Ihrem Konto.</p>\
<p>Öffnen Sie Melder auf dem Gerät, das Sie schon benutzen, wählen Sie <strong>Gerät hinzufügen</strong> und scannen \
Sie den Code.</p>";

fn page(title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"de\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\">\
<title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    );
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

pub(crate) async fn index() -> Response {
    page("Melder", INDEX)
}

pub(crate) async fn join() -> Response {
    page("Einladung zu Melder", JOIN)
}

pub(crate) async fn link() -> Response {
    page("Gerät verbinden", LINK)
}
