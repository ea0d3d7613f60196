// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What only a browser has. Everything that happens (a page's question, a frame, a timer, a word of another tab) comes into
//! one queue and is taken from it in order; questions first, so that no page waits behind a night's worth of messages.

mod drive;
mod js;
mod net;
mod owner;
mod questions;
mod reached;
mod store;
mod tabs;
mod zone;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use futures_channel::mpsc;
use futures_util::StreamExt as _;
use js_sys::Uint8Array;
use melder_port::{Answer, Ask, AskId, Question, Reply};
use rand_core::{OsRng, RngCore as _};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::MessageEvent;

use crate::code;
use crate::envelope::{Envelope, Relayed, Tab};
use crate::vault::Key;
use owner::{From, Out, Owner};

/// Frames of the server that are taken before a page gets its turn again, in bytes.
const TURN: usize = 128 * 1024;

/// Something happened.
pub(crate) enum Incoming {
    /// From this tab's page.
    Question(Vec<u8>),
    /// From another tab.
    Word(Box<Envelope>),
    /// This tab owns the database now.
    Granted,
    /// The pause before a connection is over.
    Dial(u64),
    Up(u64),
    Frame(u64, Vec<u8>),
    Down(u64),
    /// Time to look whether the connection lives.
    Look(u64),
    /// Time for the engine.
    Timer,
    /// What the browser thinks of the network.
    Online(bool),
    /// Time to ask again whom the last own message has reached.
    Reached,
    /// The server was not reached in time for this question.
    TooLong(u64),
}

/// Where everything comes in.
#[derive(Clone)]
pub(crate) struct Inlet(mpsc::UnboundedSender<Incoming>);

impl Inlet {
    pub fn send(&self, incoming: Incoming) {
        let _ = self.0.unbounded_send(incoming);
    }
}

/// Runs the worker. Returns at once; the browser's events do the rest.
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        web_sys::console::error_1(&JsValue::from_str(&format!("the worker broke at {place}")));
    }));
    let (sender, receiver) = mpsc::unbounded();
    let inlet = Inlet(sender);
    listen(&inlet);
    wasm_bindgen_futures::spawn_local(Worker::new(inlet).run(receiver));
}

/// Hears this tab's page, and the network.
fn listen(inlet: &Inlet) {
    let scope = js::scope();
    let pages = inlet.clone();
    let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Ok(bytes) = event.data().dyn_into::<Uint8Array>() {
            pages.send(Incoming::Question(bytes.to_vec()));
        }
    });
    // What came before this program was there was kept by the script that loaded it.
    let early = js::property(&scope, "early");
    scope.set_onmessage(Some(message.as_ref().unchecked_ref()));
    if let Ok(early) = early.dyn_into::<js_sys::Array>() {
        for bytes in early.iter().filter_map(|data| data.dyn_into::<Uint8Array>().ok()) {
            inlet.send(Incoming::Question(bytes.to_vec()));
        }
    }
    message.forget();
    for (event, online) in [("online", true), ("offline", false)] {
        let inlet = inlet.clone();
        let heard = Closure::<dyn FnMut()>::new(move || inlet.send(Incoming::Online(online)));
        let _ = scope.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
        heard.forget();
    }
}

struct Worker {
    inlet: Inlet,
    tab: Tab,
    channel: Rc<tabs::Channel>,
    breath: js::Breath,
    owner: Option<Owner>,
    /// From the owner, for the case that this tab is the next.
    key: Option<Key>,
    /// What this tab's page asked, while another tab owns the database.
    waiting: BTreeMap<u64, (AskId, Ask)>,
    next: u64,
}

impl Worker {
    fn new(inlet: Inlet) -> Self {
        let mut tab = [0; 8];
        // Without randomness nothing else works either, and says so.
        let _ = OsRng.try_fill_bytes(&mut tab);
        Self {
            channel: Rc::new(tabs::Channel::open(&inlet)),
            tab: Tab(tab),
            breath: js::Breath::new(),
            inlet,
            owner: None,
            key: None,
            waiting: BTreeMap::new(),
            next: 1,
        }
    }

    async fn run(mut self, mut receiver: mpsc::UnboundedReceiver<Incoming>) {
        self.channel.say(&Envelope::Hello);
        tabs::claim(&self.inlet);
        let mut net = VecDeque::new();
        loop {
            // Frames go in lumps, and whatever came meanwhile goes first.
            if net.is_empty() {
                let Some(incoming) = receiver.next().await else { return };
                self.sort(incoming, &mut net).await;
            }
            self.breath.take().await;
            while let Ok(incoming) = receiver.try_recv() {
                self.sort(incoming, &mut net).await;
            }
            if let Some(owner) = &mut self.owner {
                owner.take_net(&mut net, TURN).await;
            } else {
                net.clear();
            }
        }
    }

    /// What is of the network waits in its own order; everything else is done now.
    async fn sort(&mut self, incoming: Incoming, net: &mut VecDeque<Incoming>) {
        match incoming {
            Incoming::Question(bytes) => self.question(&bytes).await,
            Incoming::Word(envelope) => self.word(*envelope).await,
            Incoming::Granted => self.granted().await,
            other => net.push_back(other),
        }
    }

    async fn question(&mut self, bytes: &[u8]) {
        let Ok(Question { id, ask }) = melder_port::decode(bytes) else {
            js::log("a page of another version asks; it has to be loaded anew");
            return;
        };
        let coded = match &ask {
            Ask::ReadCode { width, light } => Some(Answer::Code(code::read(*width, light))),
            Ask::DrawCode(text) => Some(Answer::Drawn(code::draw(text))),
            _ => None,
        };
        if let Some(answer) = coded {
            return post(&Reply::Answer { id, result: Ok(answer) });
        }
        match &mut self.owner {
            Some(owner) => owner.question(From::Page(id, None), ask).await,
            None => {
                let number = self.next;
                self.next += 1;
                self.waiting.insert(number, (id, ask));
                self.relay(number);
            }
        }
    }

    fn relay(&self, number: u64) {
        if let Some((_, ask)) = self.waiting.get(&number) {
            let id = Relayed { from: self.tab, number };
            let ask = Box::new(ask.clone());
            self.channel.say(&Envelope::Ask { id, ask });
        }
    }

    async fn word(&mut self, envelope: Envelope) {
        match (envelope, &mut self.owner) {
            (Envelope::Ask { id, ask }, Some(owner)) => owner.question(From::Tab(id), *ask).await,
            (Envelope::Hello, Some(owner)) => owner.share_key(),
            (Envelope::Owner, None) => self.waiting.keys().for_each(|number| self.relay(*number)),
            (Envelope::Key(key), None) => self.key = key,
            (Envelope::Answer { id, result }, None) if id.from == self.tab => {
                if let Some((ask, _)) = self.waiting.remove(&id.number) {
                    post(&Reply::Answer {
                        id: ask,
                        result: *result,
                    });
                }
            }
            (Envelope::News(news), None) => post(&Reply::News(news)),
            _ => {}
        }
    }

    async fn granted(&mut self) {
        let out = Out {
            channel: Rc::clone(&self.channel),
        };
        let mut owner = Owner::begin(self.inlet.clone(), out, self.key.take()).await;
        // What this tab's own page waits for, the last owner may have done.
        for (number, (id, ask)) in std::mem::take(&mut self.waiting) {
            let relayed = Relayed { from: self.tab, number };
            owner.question(From::Page(id, Some(relayed.token())), ask).await;
        }
        self.channel.say(&Envelope::Owner);
        owner.tell_lock();
        self.owner = Some(owner);
    }
}

/// To this tab's page.
pub(crate) fn post(reply: &Reply) {
    match melder_port::encode(reply) {
        Ok(bytes) => {
            let _ = js::scope().post_message(&Uint8Array::from(bytes.as_slice()));
        }
        Err(_) => js::log("an answer could not be written"),
    }
}
