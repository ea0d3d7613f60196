// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What administrators send: tables of accounts, and requests of the REST API as they come off the wire (path, query,
//! headers, body), against a real server with an organisation in it.
//!
//! Whatever comes, the answer is one of the API's own: never a fault of the server, never something that is no JSON.

use std::cell::OnceCell;
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use melder_protocol::Time;
use melder_server::admin::{ROUTES, router};
use melder_server::directory::csv::{self, Encoding};
use melder_server::directory::{calendar, tokens};
use melder_server::{ServerConfig, ServerHandle, serve};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::input::{Input, put_piece};
use crate::names::Names;
use crate::town::{Files, Site, machine_time};

/// Requests of one input.
const MAX_REQUESTS: usize = 6;

/// An organisation as it lies on the disk, and how to get in.
struct Office {
    files: Files,
    owner: String,
    server: String,
    names: Names,
    /// Ids for paths: of a unit, an account, a group and so on.
    ids: Vec<String>,
    /// A day in a month's time.
    soon: String,
}

/// The first byte selects: a table, or requests.
pub fn feed(bytes: &[u8]) {
    let mut input = Input(bytes);
    match input.choice(4) {
        0 => table(input.rest(), Encoding::Utf8),
        1 => table(input.rest(), Encoding::Windows1252),
        _ => on_runtime(requests(input)),
    }
}

fn table(bytes: &[u8], encoding: Encoding) {
    match csv::parse(bytes, encoding) {
        Ok(rows) => {
            assert!(rows.len() <= csv::MAX_ROWS);
            assert!(
                rows.windows(2).all(|pair| pair[0].line < pair[1].line),
                "lines are counted on"
            );
        }
        Err(bad) => assert!(!bad.is_empty(), "who refuses says where"),
    }
}

fn on_runtime<T>(work: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
    }
    RUNTIME.with(|runtime| {
        let runtime = runtime.get_or_init(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
        });
        runtime.block_on(work)
    })
}

fn office() -> &'static Office {
    static OFFICE: OnceLock<Office> = OnceLock::new();
    OFFICE.get_or_init(|| {
        let made = std::thread::spawn(|| on_runtime(founded())).join();
        made.expect("an office")
    })
}

async fn start(folder: &std::path::Path) -> ServerHandle {
    let mut config = ServerConfig::new(folder.to_owned(), ([127, 0, 0, 1], 0).into());
    config.seed = Some([6; 32]);
    serve(config).await.expect("a server in a temporary folder")
}

/// Requests against a server on a copy of the office.
async fn requests(mut input: Input<'_>) {
    let office = office();
    let folder = tempfile::tempdir().expect("a temporary folder");
    office.files.write_to(folder.path());
    let server = start(folder.path()).await;
    let app = router(server.handle().clone());
    for _ in 0..MAX_REQUESTS {
        if input.is_empty() {
            break;
        }
        let Some(request) = next(office, &mut input) else {
            continue;
        };
        let shown = format!("{request:?}");
        let response = app.clone().oneshot(request).await.expect("a service that answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body in memory").to_bytes();
        assert!(!parts.status.is_server_error(), "{} {shown}", parts.status);
        let is_json = parts
            .headers
            .get("content-type")
            .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.contains("json")));
        if is_json {
            let _read: Value = serde_json::from_slice(&body).expect("JSON is JSON");
        }
    }
    server.stop().await;
}

/// The request that comes next; `None`: HTTP itself refuses it.
fn next(office: &Office, input: &mut Input<'_>) -> Option<Request<Body>> {
    let (method, path) = ROUTES[input.choice(ROUTES.len())];
    let mut uri = String::new();
    for segment in path.split('/').skip(1) {
        uri.push('/');
        if segment.starts_with('{') {
            let choice = input.choice(office.ids.len() + 2);
            match office.ids.get(choice) {
                Some(id) => uri.push_str(id),
                None => uri.push_str(&percent(input.piece())),
            }
        } else {
            uri.push_str(segment);
        }
    }
    let flags = input.byte();
    if flags & 1 != 0 {
        uri.push('?');
        uri.push_str(&String::from_utf8_lossy(&office.names.show(input.piece())));
    }
    let mut request = Request::builder()
        .method(method.to_uppercase().as_str())
        .uri(uri)
        .header("host", "melder.test:8080");
    request = match flags >> 1 & 7 {
        0..=4 => request.header("authorization", format!("Bearer {}", office.owner)),
        5 => request.header("authorization", format!("Bearer {}", office.server)),
        6 => request.header("authorization", input.piece()),
        _ => request,
    };
    if flags & 0x10 != 0 {
        request = request.header("if-match", input.piece());
    }
    request = request.header(
        "content-type",
        if flags & 0x20 == 0 {
            "application/json"
        } else {
            "text/csv"
        },
    );
    let body = if flags & 0x40 == 0 { &[][..] } else { input.piece() };
    request.body(Body::from(office.names.show(body))).ok()
}

fn percent(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}

/// Founds the office: by the API, as an administrator would.
async fn founded() -> Office {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = start(folder.path()).await;
    let setup = server
        .handle()
        .call(|work| Ok(tokens::ensure_setup(work)?))
        .await
        .ok()
        .flatten()
        .expect("a setup token");
    let app = router(server.handle().clone());
    let post = async |path: &str, token: &str, body: Value| -> Value {
        let request = Request::builder()
            .method("POST")
            .uri(format!("/v1/admin{path}"))
            .header("host", "melder.test:8080")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body.to_string()))
            .expect("a request");
        let response = app.clone().oneshot(request).await.expect("a service that answers");
        assert!(response.status().is_success(), "{path}: {}", response.status());
        let body = response
            .into_body()
            .collect()
            .await
            .expect("a body in memory")
            .to_bytes();
        serde_json::from_slice(&body).expect("JSON")
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let done = post("/setup", "", json!({"token": setup, "organisation": "Stadt"})).await;
    let owner = text(&done["owner_token"]);
    let id_of = async |path: &str, body: Value| text(&post(path, &owner, body).await["id"]);
    let unit = id_of("/units", json!({"name": "KVR"})).await;
    let account = id_of(
        "/accounts",
        json!({"name": "Anna Berger", "kind": "staff", "unit": unit}),
    )
    .await;
    let other = id_of("/accounts", json!({"name": "Bela Novak", "kind": "staff"})).await;
    let rules = json!({"units": [{"unit": unit}], "accounts": [{"account": other, "role": "member"}]});
    let group = id_of("/groups", json!({"kind": "group", "name": "Streife", "rules": rules})).await;
    let soon = calendar::format(machine_time().plus(30 * Time::DAY))[..10].to_owned();
    let operation = id_of("/operations", json!({"name": "Wahl", "ends": soon})).await;
    let invited = post(&format!("/accounts/{account}/invitations"), &owner, json!({})).await;
    let invitation = text(&invited["invitation"]["id"]);
    let organisation = text(&done["organisation"]["id"]);
    let second = json!({"name": "Zweiter", "scopes": ["owner"]});
    let token = text(&post("/tokens", &owner, second).await["token"]["id"]);
    let ids = vec![unit, account, other, group, operation, invitation, organisation, token];
    server.stop().await;
    Office {
        files: Site::files_in(folder.path()),
        owner,
        server: text(&done["server_token"]),
        names: Names::new(
            ids.iter()
                .chain([&soon])
                .map(|name| name.clone().into_bytes())
                .collect(),
        ),
        ids,
        soon,
    }
}

/// One request, as the input that makes it: route, ids (places in [`Office::ids`]), query, body.
fn seed(path: &str, method: &str, ids: &[u8], query: &str, kind: u8, body: &str) -> Vec<u8> {
    let number = ROUTES
        .iter()
        .position(|route| *route == (method, path))
        .unwrap_or_else(|| unreachable!("no route {method} {path}"));
    let mut seed = vec![2, u8::try_from(number).unwrap_or(0)];
    seed.extend(ids);
    seed.push(u8::from(!query.is_empty()) | kind | if body.is_empty() { 0 } else { 0x40 });
    if !query.is_empty() {
        put_piece(&mut seed, query.as_bytes());
    }
    if !body.is_empty() {
        put_piece(&mut seed, &office().names.hide(body.as_bytes()));
    }
    seed
}

/// Tables and requests.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = TABLES
        .iter()
        .flat_map(|table| [0, 1].map(|encoding| [&[encoding], table.as_bytes()].concat()))
        .collect();
    seeds.push([&[1][..], b"name;einheit\nJ\xf6rg M\xfcller;B\xfcro\n"].concat());
    seeds.push([&[0][..], b"\xef\xbb\xbfname,unit\nAnna,KVR\n"].concat());
    let ids = &office().ids;
    for (number, (_, path)) in ROUTES.iter().enumerate() {
        let mut bare = vec![2, u8::try_from(number).unwrap_or(0)];
        bare.extend((0..path.matches('{').count()).map(|_| 1_u8));
        bare.extend([0x41, 0, 7]);
        bare.extend(b"limit=2");
        put_piece(&mut bare, b"{\"name\":\"Neu\"}");
        seeds.push(bare);
    }
    let import = "/v1/admin/accounts/import";
    let soon = &office().soon;
    let account = format!(r#"{{"name":"Gast","kind":"guest","ends":"{soon}","function":"Helfer"}}"#);
    let operation = format!(r#"{{"name":"Fest","ends":"{soon}T10:00:00Z"}}"#);
    let rules = format!(
        r#"{{"units":[{{"unit":"{}","sub_units":false,"role":"publisher"}}],"accounts":[]}}"#,
        ids[0]
    );
    let policy = r#"{"server_retention_days":10,"device_retention_days":null,"max_attachment":1000,"read_receipts":true,
        "presence":false,"typing":false,"location":false,"hybrid_bound":10,"guest_warning_days":[7,1],
        "private_groups":true,"export":true}"#;
    let group = |name: &str| format!(r#"{{"kind":"channel","name":"{name}","suite":"classical","rules":{rules}}}"#);
    seeds.extend([
        seed("/v1/admin/accounts", "post", &[], "", 0, &account),
        seed(
            "/v1/admin/accounts/{id}",
            "patch",
            &[1],
            "",
            0,
            r#"{"unit":null,"function":"Leitung"}"#,
        ),
        seed("/v1/admin/groups", "post", &[], "", 0, &group("Neu")),
        seed("/v1/admin/groups/{id}/rules", "put", &[3], "", 0, &rules),
        seed("/v1/admin/policy", "put", &[], "", 0, policy),
        seed("/v1/admin/operations", "post", &[], "", 0, &operation),
        seed(
            "/v1/admin/tokens",
            "post",
            &[],
            "",
            0,
            r#"{"name":"Neu","scopes":["accounts","audit"],"expires":null}"#,
        ),
        seed(
            import,
            "post",
            &[],
            "dry_run=true&create_units=true&invite=true",
            0x20,
            TABLES[0],
        ),
        seed(import, "post", &[], "encoding=windows-1252", 0x20, TABLES[1]),
    ]);
    seeds
}

const TABLES: &[&str] = &[
    "name,unit,function,kind,ends,groups\nAnna Berger,KVR/Streife,Leitung,staff,,Streife\nMelder,,,bot,,\n",
    "Name;Einheit;Funktion\n\"Huber; Jonas\";KVR;\"sagt \"\"Servus\"\"\"\n",
    "name\tunit\nAnna\tKVR\n",
    "unit,name\r\n,\r\n\r\nKVR,Bela\r\n",
];
