// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What holds for every operation of the OpenAPI document: how to authenticate, what an error looks like.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
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
                 as `If-Match`, a change that somebody else has overtaken is refused with 412. Errors have a stable \
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
        components
            .schemas
            .insert(ErrorBody::name().into_owned(), ErrorBody::schema());
        components.schemas.insert(BadRow::name().into_owned(), BadRow::schema());
        document.components = Some(components);
        for (path, item) in &mut document.paths.paths {
            let operations = [
                &mut item.get,
                &mut item.post,
                &mut item.put,
                &mut item.patch,
                &mut item.delete,
            ];
            for operation in operations.into_iter().flatten() {
                common(operation, path.ends_with("/setup"));
            }
        }
    }
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
        operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>("token", [])]);
    }
}
