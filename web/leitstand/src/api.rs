// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The only way to the server: `/v1/admin/…` with the session's cookie, or with a token that is kept in memory alone.
//!
//! What comes back is JSON or a [`Problem`]. A session that has ended is told to whoever asked to hear of it.

use std::cell::RefCell;

use js_sys::encode_uri_component;
use melder_kit::{dom, t, texts};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Headers, Request, RequestCredentials, RequestInit, Response};
use zeroize::Zeroizing;

use crate::json::{Json, Object};

thread_local! {
    static TOKEN: RefCell<Option<Zeroizing<String>>> = const { RefCell::new(None) };
    static ENDED: RefCell<Option<Box<dyn Fn()>>> = const { RefCell::new(None) };
}

/// From now on, speak with this token. It is gone when the page is.
pub fn use_token(token: Option<String>) {
    TOKEN.with(|kept| *kept.borrow_mut() = token.map(Zeroizing::new));
}

pub fn has_token() -> bool {
    TOKEN.with(|kept| kept.borrow().is_some())
}

/// Does this when the server no longer knows who asks.
pub fn on_ended(then: impl Fn() + 'static) {
    ENDED.with(|kept| *kept.borrow_mut() = Some(Box::new(then)));
}

/// A place in a table that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    pub line: u32,
    pub column: String,
    pub reason: String,
}

impl BadRow {
    pub fn read(json: &Json) -> Self {
        Self {
            line: json.count("line"),
            column: json.text("column"),
            reason: json.text("reason"),
        }
    }
}

/// Why something did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// 0: the server was not reached.
    pub status: u16,
    pub code: String,
    pub message: String,
    pub field: Option<String>,
    pub rows: Vec<BadRow>,
}

impl Problem {
    /// Something that is not the server's.
    pub fn own(code: &str) -> Self {
        Self {
            status: 1,
            ..Self::offline()
        }
        .coded(code)
    }

    fn coded(mut self, code: &str) -> Self {
        code.clone_into(&mut self.code);
        self
    }

    fn offline() -> Self {
        Self {
            status: 0,
            code: "offline".into(),
            message: String::new(),
            field: None,
            rows: Vec::new(),
        }
    }

    /// Somebody else was faster.
    pub const fn is_overtaken(&self) -> bool {
        self.status == 412
    }

    /// What is in the way, in words; the server's own words where ours are too general.
    pub fn say(&self) -> String {
        if self.status == 0 {
            return t!("leit-offline");
        }
        if self.is_overtaken() {
            // What stands there then is a name, of us.
            return match self.message.as_str() {
                who if !who.is_empty() && self.field.is_none() => t!("leit-overtaken-by", who = who),
                _ => t!("leit-overtaken"),
            };
        }
        let own = format!("leit-error-{}", self.code);
        let id = if texts::has(&own) {
            own
        } else {
            format!("error-{}", self.code)
        };
        let words = if texts::has(&id) {
            t!(&id)
        } else {
            t!("leit-error-unknown")
        };
        if self.message.is_empty() || matches!(self.code.as_str(), "unauthorized" | "forbidden" | "not_found") {
            words
        } else {
            t!("leit-error-detail", words = words, detail = &self.message)
        }
    }
}

/// One request.
#[derive(Debug, Clone)]
pub struct Ask {
    method: &'static str,
    path: String,
    body: Option<String>,
    csv: bool,
    /// Bytes as they are, instead of a body.
    bytes: Option<js_sys::ArrayBuffer>,
    seen: Option<u32>,
    reason: Option<String>,
}

impl Ask {
    fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            body: None,
            csv: false,
            bytes: None,
            seen: None,
            reason: None,
        }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    pub fn post(path: impl Into<String>) -> Self {
        Self::new("POST", path)
    }

    pub fn put(path: impl Into<String>) -> Self {
        Self::new("PUT", path)
    }

    pub fn patch(path: impl Into<String>) -> Self {
        Self::new("PATCH", path)
    }

    pub fn delete(path: impl Into<String>) -> Self {
        Self::new("DELETE", path)
    }

    pub fn body(mut self, body: &Object) -> Self {
        self.body = Some(body.written());
        self
    }

    pub fn table(mut self, csv: String) -> Self {
        self.body = Some(csv);
        self.csv = true;
        self
    }

    pub fn bytes(mut self, bytes: js_sys::ArrayBuffer) -> Self {
        self.bytes = Some(bytes);
        self
    }

    /// Only if it still is as it was seen.
    pub const fn seen(mut self, revision: u32) -> Self {
        self.seen = Some(revision);
        self
    }

    /// Why, for the audit log.
    pub fn because(mut self, reason: &str) -> Self {
        let reason = reason.trim();
        if !reason.is_empty() {
            self.reason = Some(reason.chars().take(200).collect());
        }
        self
    }

    fn headers(&self) -> Result<Headers, JsValue> {
        let headers = Headers::new()?;
        headers.set("accept", "application/json, */*;q=0.5")?;
        if self.body.is_some() {
            let kind = if self.csv {
                "text/csv; charset=utf-8"
            } else {
                "application/json"
            };
            headers.set("content-type", kind)?;
        }
        if self.bytes.is_some() {
            headers.set("content-type", "application/octet-stream")?;
        }
        if let Some(revision) = self.seen {
            headers.set("if-match", &format!("\"{revision}\""))?;
        }
        if let Some(reason) = &self.reason {
            headers.set("melder-reason", &String::from(encode_uri_component(reason)))?;
        }
        if self.method != "GET" {
            headers.set("melder-csrf", "1")?;
        }
        TOKEN.with(|token| match token.borrow().as_ref() {
            Some(token) => headers.set("authorization", &format!("Bearer {}", token.as_str())),
            None => Ok(()),
        })?;
        Ok(headers)
    }

    async fn fetch(&self) -> Result<Response, JsValue> {
        let init = RequestInit::new();
        init.set_method(self.method);
        init.set_credentials(RequestCredentials::SameOrigin);
        let headers: JsValue = self.headers()?.into();
        init.set_headers(&headers);
        if let Some(body) = &self.body {
            init.set_body(&JsValue::from_str(body));
        }
        if let Some(bytes) = &self.bytes {
            init.set_body(bytes);
        }
        let request = Request::new_with_str_and_init(&format!("/v1/admin/{}", self.path), &init)?;
        JsFuture::from(dom::window().fetch_with_request(&request))
            .await?
            .dyn_into()
    }

    /// Asks for a file.
    pub async fn file(self) -> Result<Blob, Problem> {
        let response = self.fetch().await.map_err(|_| Problem::offline())?;
        if !response.ok() {
            return Err(self.read(response).await.err().unwrap_or_else(Problem::offline));
        }
        let blob = response.blob().map_err(|_| Problem::offline())?;
        let blob = JsFuture::from(blob).await.map_err(|_| Problem::offline())?;
        blob.dyn_into().map_err(|_| Problem::offline())
    }

    /// Asks, and reads the answer. An answer without a body is [`Json::NOTHING`].
    pub async fn send(self) -> Result<Json, Problem> {
        let response = self.fetch().await.map_err(|_| Problem::offline())?;
        self.read(response).await
    }

    async fn read(&self, response: Response) -> Result<Json, Problem> {
        let text = match response.text() {
            Ok(text) => JsFuture::from(text).await.map_err(|_| Problem::offline())?,
            Err(_) => return Err(Problem::offline()),
        };
        let json = text
            .as_string()
            .and_then(|text| Json::parse(&text))
            .unwrap_or(Json::NOTHING);
        if response.ok() {
            return Ok(json);
        }
        let status = response.status();
        // Who is refused at the door was not inside.
        if status == 401 && !matches!(self.path.as_str(), "session" | "session/challenge") {
            ENDED.with(|ended| {
                if let Some(ended) = ended.borrow().as_ref() {
                    ended();
                }
            });
        }
        Err(Problem {
            status,
            code: json.text("code"),
            message: json.text("message"),
            field: json.maybe("field"),
            rows: json.list("rows").iter().map(BadRow::read).collect(),
        })
    }
}

/// A part of a query, made fit for it.
pub fn quoted(text: &str) -> String {
    encode_uri_component(text).into()
}

/// The whole of a list, page by page; `told` hears of each page, for what is long.
pub async fn list(path: &str, told: impl Fn(Vec<Json>)) -> Result<(), Problem> {
    let mut after = None::<String>;
    let join = if path.contains('?') { '&' } else { '?' };
    loop {
        let from = after
            .map(|after| format!("&after={}", quoted(&after)))
            .unwrap_or_default();
        let answer = Ask::get(format!("{path}{join}limit=1000{from}")).send().await?;
        told(answer.list("items"));
        match answer.maybe("next") {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// A list that comes as a whole.
pub async fn whole_of<T>(path: &str, read: fn(&Json) -> T) -> Result<Vec<T>, Problem> {
    let answer = Ask::get(path).send().await?;
    Ok(answer.list("items").iter().map(read).collect())
}

/// The same, all at once, each read by `read`.
pub async fn whole<T>(path: &str, read: fn(&Json) -> T) -> Result<Vec<T>, Problem> {
    let all = RefCell::new(Vec::new());
    list(path, |items| all.borrow_mut().extend(items.iter().map(read))).await?;
    Ok(all.into_inner())
}
