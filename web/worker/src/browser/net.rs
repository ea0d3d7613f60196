// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One connection to the server at a time. A browser's WebSocket can't ping, so silence is broken by a small question to the
//! server ([`melder_engine::Input::Probe`]); without an answer to that, or to anything else, the connection is given up.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use melder_protocol::{STREAM_PATH, SUBPROTOCOL};
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore as _;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, MessageEvent, WebSocket};

use super::js::{self, Timer};
use super::{Incoming, Inlet};

const FIRST_PAUSE_MS: f64 = 200.0;
const LONGEST_PAUSE_MS: f64 = 30_000.0;
/// Longest pause after a connection that the server took, however soon it fell.
const PAUSE_IF_TAKEN_MS: f64 = 2_000.0;
/// A connection that stood this long was a good one: the next is made at once.
const STOOD_MS: f64 = 10_000.0;
/// Four round trips on the slowest network.
const DIAL_MS: f64 = 30_000.0;
/// Something was sent, nothing has come since, and nothing more went out either.
const ANSWER_MS: f64 = 15_000.0;
/// All is quiet.
const SILENCE_MS: f64 = 40_000.0;
const LOOK_MS: u64 = 5_000;

#[derive(Default)]
struct Pulse {
    heard: f64,
    /// When the first thing was sent that nothing has come after.
    asked: Option<f64>,
    /// What waited to go out at the last look.
    buffered: u32,
}

struct Socket {
    socket: WebSocket,
    pulse: Rc<RefCell<Pulse>>,
    open: bool,
    _up: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _down: Closure<dyn FnMut()>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

/// The connection, and the next one.
pub(super) struct Net {
    inlet: Inlet,
    /// Of the current connection. What an older one says is not heard.
    pub number: u64,
    socket: Option<Socket>,
    dialling: Option<Timer>,
    look: Option<Timer>,
    pause: f64,
    ready: Option<f64>,
    pub wanted: bool,
}

impl Net {
    pub fn new(inlet: Inlet) -> Self {
        Self {
            inlet,
            number: 0,
            socket: None,
            dialling: None,
            look: None,
            pause: 0.0,
            ready: None,
            wanted: false,
        }
    }

    pub fn is_up(&self) -> bool {
        self.socket.as_ref().is_some_and(|socket| socket.open)
    }

    /// Starts a connection after the pause, if there is to be one and there is none.
    pub fn connect(&mut self, rng: &mut ChaCha20Rng) {
        if !self.wanted || self.socket.is_some() || self.dialling.is_some() {
            return;
        }
        self.number += 1;
        let number = self.number;
        let pause = self.pause * (0.5 + f64::from(rng.next_u32()) / f64::from(u32::MAX));
        self.pause = (self.pause * 2.0).clamp(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
        let inlet = self.inlet.clone();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 45000"
        )]
        let wait = pause as u64;
        self.dialling = Some(Timer::after(wait, move || inlet.send(Incoming::Dial(number))));
    }

    /// The pause is over.
    pub fn dial(&mut self, number: u64, server: &str) {
        if number != self.number || self.socket.is_some() {
            return;
        }
        self.dialling = None;
        match self.socket(number, server) {
            Some(socket) => {
                self.socket = Some(socket);
                self.look_later();
            }
            None => self.inlet.send(Incoming::Down(number)),
        }
    }

    fn socket(&self, number: u64, server: &str) -> Option<Socket> {
        let address = match server.split_once("://") {
            Some(("https", host)) => format!("wss://{host}{STREAM_PATH}"),
            Some((_, host)) => format!("ws://{host}{STREAM_PATH}"),
            None => format!("wss://{server}{STREAM_PATH}"),
        };
        let socket = WebSocket::new_with_str(&address, SUBPROTOCOL).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let pulse = Rc::new(RefCell::new(Pulse {
            heard: js::ticks(),
            asked: Some(js::ticks()),
            buffered: 0,
        }));
        let inlet = self.inlet.clone();
        let up = Closure::<dyn FnMut()>::new(move || inlet.send(Incoming::Up(number)));
        let (inlet, heard) = (self.inlet.clone(), Rc::clone(&pulse));
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let mut pulse = heard.borrow_mut();
            pulse.heard = js::ticks();
            pulse.asked = None;
            if let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() {
                inlet.send(Incoming::Frame(number, Uint8Array::new(&buffer).to_vec()));
            }
        });
        let inlet = self.inlet.clone();
        let down = Closure::<dyn FnMut()>::new(move || inlet.send(Incoming::Down(number)));
        socket.set_onopen(Some(up.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(down.as_ref().unchecked_ref()));
        Some(Socket {
            socket,
            pulse,
            open: false,
            _up: up,
            _message: message,
            _down: down,
        })
    }

    /// The transport stands.
    pub fn opened(&mut self) {
        if let Some(socket) = &mut self.socket {
            socket.open = true;
            socket.pulse.borrow_mut().heard = js::ticks();
        }
    }

    /// The server took the device in.
    pub fn taken(&mut self) {
        self.ready = Some(js::ticks());
        self.pause = self.pause.min(PAUSE_IF_TAKEN_MS);
    }

    pub fn send(&self, frame: &[u8]) {
        if let Some(socket) = self.socket.as_ref().filter(|socket| socket.open) {
            // A connection that is over is reported as such; the engine keeps what it needs, and sends again.
            let _ = socket.socket.send_with_u8_array(frame);
            let mut pulse = socket.pulse.borrow_mut();
            pulse.asked = pulse.asked.or_else(|| Some(js::ticks()));
        }
    }

    /// Ends the connection. True: it stood.
    pub fn disconnect(&mut self) -> bool {
        self.number += 1;
        if self.ready.take().is_some_and(|ready| js::ticks() - ready >= STOOD_MS) {
            self.pause = 0.0;
        }
        self.dialling = None;
        self.look = None;
        self.socket.take().is_some_and(|socket| socket.open)
    }

    /// Whoever says that the network is back does not want to sit out a pause.
    pub fn hurry(&mut self) {
        if !self.is_up() {
            self.disconnect();
            self.pause = 0.0;
        }
    }

    fn look_later(&mut self) {
        let (inlet, number) = (self.inlet.clone(), self.number);
        self.look = Some(Timer::after(LOOK_MS, move || inlet.send(Incoming::Look(number))));
    }

    /// Is the other side still there?
    pub fn look(&mut self, number: u64) -> Sign {
        if number != self.number {
            return Sign::Alive;
        }
        let Some(socket) = &self.socket else {
            return Sign::Alive;
        };
        let now = js::ticks();
        let buffered = socket.socket.buffered_amount();
        let mut pulse = socket.pulse.borrow_mut();
        if buffered < pulse.buffered {
            // What waited goes out: slow, not dead.
            pulse.asked = pulse.asked.map(|_| now);
        }
        pulse.buffered = buffered;
        let patience = if socket.open { ANSWER_MS } else { DIAL_MS };
        let sign = if pulse.asked.is_some_and(|asked| now - asked > patience) {
            Sign::Dead
        } else if socket.open && pulse.asked.is_none() && now - pulse.heard > SILENCE_MS {
            Sign::Silent
        } else {
            Sign::Alive
        };
        drop(pulse);
        self.look_later();
        sign
    }
}

/// How the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Alive,
    Silent,
    Dead,
}
