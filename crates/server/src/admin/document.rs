// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What holds for every operation of the OpenAPI document: how to authenticate, what an error looks like.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, PartialSchema, ToSchema};

use super::answer::{BadRow, ErrorBody};

pub struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut OpenApi) {
        document.info = InfoBuilder::new()
            .title("Melder administration")
            .version("1")
            .description(Some(
                "Everything that an administrator does. Ids are 32 hexadecimal characters, times are RFC 3339 in UTC. \
                 Lists take `limit` and `after` and answer with `next`. Things that change carry an `ETag`; sent back \
                 as `If-Match`, a change that somebody else has overtaken is refused with 412. A request may name its reason in \
                 `Melder-Reason` (percent-encoded UTF-8, up to 200 characters): it stands in the audit log. Errors have a stable \
                 `code`: docs/errors.md. A short tour: docs/admin-api.md.",
            ))
            .build();
        let mut components = document
            .components
            .take()
            .unwrap_or_else(|| ComponentsBuilder::new().build());
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API token: `melder_<id>_<secret>`."))
            .build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        let session = "An admin's session, by passkey. On http://localhost the cookie is called `melder-admin`. A request \
            that changes something also needs the server's own `Origin` and the header `Melder-Csrf: 1`.";
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description("__Host-melder-admin", session));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
        components
            .schemas
            .insert(ErrorBody::name().into_owned(), ErrorBody::schema());
        components.schemas.insert(BadRow::name().into_owned(), BadRow::schema());
        document.components = Some(components);
        for (path, item) in &mut document.paths.paths {
            let operations = [
                ("get", &mut item.get),
                ("post", &mut item.post),
                ("put", &mut item.put),
                ("patch", &mut item.patch),
                ("delete", &mut item.delete),
            ];
            for (method, operation) in operations {
                if let Some(operation) = operation {
                    common(operation, is_open(method, path));
                }
            }
        }
        super::shapes::tell(document);
    }
}

/// The doors: whoever comes here has neither token nor session yet.
pub fn is_open(method: &str, path: &str) -> bool {
    let doors = [
        "/setup",
        "/passkeys/registration",
        "/passkeys",
        "/session/challenge",
        "/session",
        "/recovery",
    ];
    method == "post" && doors.iter().any(|door| path.ends_with(door))
}

fn common(operation: &mut Operation, open: bool) {
    let error = ResponseBuilder::new()
        .description("An error with a stable code.")
        .content(
            "application/json",
            ContentBuilder::new()
                .schema(Some(RefOr::Ref(Ref::from_schema_name(ErrorBody::name()))))
                .build(),
        )
        .build();
    operation
        .responses
        .responses
        .insert("default".to_owned(), RefOr::T(error));
    if !open {
        operation.security = Some(vec![
            SecurityRequirement::new::<_, [&str; 0], &str>("token", []),
            SecurityRequirement::new::<_, [&str; 0], &str>("session", []),
        ]);
    }
}
