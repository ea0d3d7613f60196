// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What is being written, before it is a message: text, files, and how it is to be sent. The text is kept by the engine as
//! one types, so that it survives everything.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{dom, t, toast};
use melder_port::view::{Body, Draft, DraftContent, DraftFile};
use melder_port::{AccountId, Answer, Ask, Failure, MessageId, Time};
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use crate::chat::body::text;
use crate::chat::composer::files::Picked;
use crate::chat::composer::mentions;
use crate::chat::{Ctx, Jump, media};
use crate::fetch;
use crate::port;
use crate::state::{App, app, say};

/// The text is kept this long after the last letter.
const SAVE_MS: i32 = 400;
/// A piece of a file for the engine.
const CHUNK: u64 = 1 << 20;

type Kept = (String, Option<MessageId>);

/// What is being written. A handle: it is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Writing {
    pub ctx: Ctx,
    app: App,
    pub text: RwSignal<String>,
    /// Who was chosen behind an `@`.
    pub named: RwSignal<Vec<(String, AccountId)>>,
    pub picked: RwSignal<Vec<Picked>, LocalStorage>,
    /// Asks for a confirmation, by this time if given.
    pub confirm: RwSignal<Option<Option<Time>>>,
    pub expires_in: RwSignal<Option<u64>>,
    pub at: RwSignal<Option<Time>>,
    /// Files go to the engine: bytes done, of how many.
    pub taking: RwSignal<Option<(u64, u64)>>,
    /// Where the caret stood last, in the browser's count.
    pub caret: StoredValue<u32>,
    saving: StoredValue<u32>,
    /// What the engine keeps now; `None` until it is known.
    kept: StoredValue<Option<Kept>>,
}

impl Writing {
    pub fn new(ctx: Ctx) -> Self {
        Self {
            ctx,
            app: app(),
            text: RwSignal::new(String::new()),
            named: RwSignal::new(Vec::new()),
            picked: RwSignal::new_local(Vec::new()),
            confirm: RwSignal::new(None),
            expires_in: RwSignal::new(None),
            at: RwSignal::new(None),
            taking: RwSignal::new(None),
            caret: StoredValue::new(0),
            saving: StoredValue::new(0),
            kept: StoredValue::new(None),
        }
    }

    /// Is there nothing to send?
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.text.with(|text| text.trim().is_empty())
            && self.picked.with(Vec::is_empty)
            && self.ctx.edit.with(Option::is_none)
    }

    // --- Keeping ---

    /// Puts back what was kept, once the chat is known.
    pub fn restore(self) {
        let chat = self.ctx.chat;
        melder_kit::dom::effect(move || {
            if self.kept.with_value(Option::is_some) {
                return;
            }
            let Some(chat) = chat.get() else { return };
            let Some(kept) = chat.composer else {
                self.kept.set_value(Some(Kept::default()));
                return;
            };
            self.kept.set_value(Some((kept.text.clone(), kept.reply_to)));
            if self.text.with_untracked(String::is_empty) {
                self.caret.set_value(mentions::utf16_at(&kept.text, kept.text.len()));
                self.text.set(kept.text);
            }
            if let Some(id) = kept.reply_to {
                spawn_local(async move {
                    if let Ok(Some(message)) = fetch!(Ask::Message(id) => Answer::Message) {
                        let _ = self.ctx.reply.try_set(Some(std::sync::Arc::new(message)));
                    }
                });
            }
        });
        Effect::new(move |before: Option<()>| {
            self.ctx.reply.track();
            if before.is_some() {
                self.keep();
            }
        });
    }

    /// Keeps it soon.
    pub fn keep(self) {
        let number = self.saving.get_value().wrapping_add(1);
        self.saving.set_value(number);
        dom::after(SAVE_MS, move || {
            if self.saving.try_get_value() == Some(number) {
                self.keep_now();
            }
        });
    }

    /// Keeps it now; what edits a message is not kept, that message is there.
    pub fn keep_now(self) {
        // A field that loses the keyboard because its chat is gone has nothing to keep any more: it was kept on leaving.
        if self.ctx.edit.try_with_untracked(Option::is_some) != Some(false) {
            return;
        }
        let Some(text) = self.text.try_get_untracked() else {
            return;
        };
        let Some(reply_to) = self
            .ctx
            .reply
            .try_with_untracked(|reply| reply.as_ref().map(|message| message.id))
        else {
            return;
        };
        let now = (text.clone(), reply_to);
        let Some(before) = self.kept.get_value().filter(|kept| *kept != now) else {
            return;
        };
        let ask = Ask::SaveComposer {
            group: self.ctx.group,
            text,
            reply_to,
            known: before.0.clone(),
        };
        self.kept.set_value(Some(now.clone()));
        spawn_local(async move {
            // The list shows what is kept. What cannot be kept now is kept with the next letter.
            if port::ask(ask).await.is_ok() {
                self.app.refresh(self.ctx.group);
            } else if self.kept.try_get_value().flatten().as_ref() == Some(&now) {
                self.kept.set_value(Some(before));
            }
        });
    }

    // --- Writing ---

    /// Puts something where the caret stood.
    pub fn insert(self, what: &str) {
        let text = self.text.get_untracked();
        let at = mentions::byte_at(&text, self.caret.get_value());
        let (before, after) = text.split_at(at);
        let caret = mentions::utf16_at(&text, at) + mentions::utf16_at(what, what.len());
        self.text.set(format!("{before}{what}{after}"));
        self.put_caret(caret);
        self.keep();
    }

    /// Sets the caret once the text has been drawn.
    pub fn put_caret(self, at: u32) {
        self.caret.set_value(at);
        dom::after(0, move || {
            if let Some(field) = field() {
                let _ = field.focus();
                let _ = field.set_selection_range(at, at);
            }
        });
    }

    /// Begins to edit a message, or puts back what was written before.
    pub fn follow_edit(self) {
        let before = StoredValue::new(None::<String>);
        let edit = self.ctx.edit;
        melder_kit::dom::effect(move || match edit.get() {
            Some(message) => {
                if before.with_value(Option::is_none) {
                    before.set_value(Some(self.text.get_untracked()));
                }
                if let Body::Text(spans) = &message.body {
                    self.named.update(|named| {
                        for span in spans {
                            if let melder_port::view::Span::Mention { account, name, .. } = span {
                                named.push((name.clone(), *account));
                            }
                        }
                    });
                    let text = text::plain(spans);
                    self.caret.set_value(mentions::utf16_at(&text, text.len()));
                    self.text.set(text);
                }
            }
            None => {
                if let Some(text) = before.try_update_value(Option::take).flatten() {
                    self.text.set(text);
                }
            }
        });
    }

    /// The text as it is sent: with its people as links.
    fn linked(self) -> String {
        let text = self.text.get_untracked();
        let mut people = self.named.get_untracked();
        self.ctx.members.with_untracked(|members| {
            for member in members {
                let name = &member.contact.name;
                let is_only = members.iter().filter(|other| other.contact.name == *name).count() == 1;
                if is_only && !people.iter().any(|(known, _)| known == name) {
                    people.push((name.clone(), member.contact.account));
                }
            }
        });
        mentions::with_links(text.trim(), &people)
    }

    // --- Sending ---

    /// Sends what is written, or what was edited.
    pub fn send(self) {
        if self.taking.get_untracked().is_some() {
            toast(t!("still-taking"));
            return;
        }
        if let Some(message) = self.ctx.edit.get_untracked() {
            let text = self.linked();
            if text.is_empty() {
                toast(t!("edit-empty"));
                return;
            }
            self.ctx.send(DraftContent::Edit { of: message.id, text });
            self.ctx.edit.set(None);
            return;
        }
        if untrack(|| self.is_empty()) {
            toast(t!("nothing-to-send"));
            return;
        }
        let draft = Draft {
            content: DraftContent::Text(self.linked()),
            reply_to: self
                .ctx
                .reply
                .with_untracked(|reply| reply.as_ref().map(|message| message.id)),
            files: Vec::new(),
            expires_in_ms: self.expires_in.get_untracked(),
            confirm: self.confirm.get_untracked(),
            at: self.at.get_untracked(),
        };
        let text = self.text.get_untracked();
        let picked = self.picked.get_untracked();
        self.clear_text();
        spawn_local(async move {
            match self.take_and_send(draft, &picked).await {
                Ok(()) => self.sent(),
                Err(why) => {
                    // What was written stands there again, unless something new does.
                    if self.text.try_with_untracked(String::is_empty) == Some(true) {
                        self.text.set(text);
                        self.keep();
                    }
                    let _ = self.taking.try_set(None);
                    toast(why);
                }
            }
        });
    }

    fn clear_text(self) {
        self.text.set(String::new());
        self.named.set(Vec::new());
        self.caret.set_value(0);
    }

    fn sent(self) {
        if self.taking.try_set(None).is_some() {
            return;
        }
        self.picked.set(Vec::new());
        self.ctx.reply.set(None);
        self.confirm.set(None);
        self.expires_in.set(None);
        if let Some(at) = self.at.get_untracked() {
            toast(t!("scheduled-toast", time = melder_kit::times::at(at.0)));
        }
        self.at.set(None);
        self.keep_now();
        self.ctx.jump.set(Some(Jump::End));
    }

    /// Gives the engine each file, piece by piece, then the message.
    pub async fn take_and_send(self, mut draft: Draft, picked: &[Picked]) -> Result<(), String> {
        let of: u64 = picked.iter().map(Picked::size).sum();
        let mut done = 0;
        for file in picked {
            let id = fetch!(Ask::StartFile { size: file.size() } => Answer::File).map_err(|failure| say(&failure))?;
            let mut at = 0;
            while at < file.size() {
                let _ = self.taking.try_set(Some((done + at, of)));
                let end = (at + CHUNK).min(file.size());
                #[expect(clippy::cast_precision_loss, reason = "a file of a browser")]
                let bytes = media::slice(&file.blob, at as f64, end as f64)
                    .await
                    .map_err(|why| why.say())?;
                port::ask(Ask::AddFileChunk { file: id, bytes })
                    .await
                    .map_err(|failure| say(&failure))?;
                at = end;
            }
            done += file.size();
            draft.files.push(DraftFile {
                file: id,
                filename: file.filename.clone(),
                content_type: file.content_type.clone(),
                description: file.description.get_untracked(),
                preview: file.preview.clone(),
                dimensions: file.dimensions,
                duration_ms: file.duration_ms,
                evidence: file
                    .evidence
                    .as_ref()
                    .map(|evidence| (evidence.captured_at, evidence.place)),
            });
        }
        let group = self.ctx.group;
        match port::ask(Ask::Send { group, draft }).await {
            Ok(_) => Ok(()),
            Err(Failure::Refused(code)) => Err(say(&Failure::Refused(code))),
            Err(failure) => Err(say(&failure)),
        }
    }
}

/// The field one writes in.
pub fn field() -> Option<HtmlTextAreaElement> {
    dom::document()
        .query_selector(".composer textarea")
        .ok()
        .flatten()
        .and_then(|field| field.dyn_into().ok())
}

/// What is being written in this chat.
///
/// # Panics
/// Outside of a chat.
#[must_use]
pub fn writing() -> Writing {
    expect_context()
}
