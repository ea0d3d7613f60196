// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The page's end of the port: starts the worker, sends what is asked, hands each answer to who asked, and news to all who
//! listen. It keeps nothing else.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use futures_channel::oneshot;
use js_sys::{ArrayBuffer, Uint8Array};
use melder_port::{Answer, Ask, AskId, Failure, News, Question, Reply};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

type Waiting = HashMap<AskId, oneshot::Sender<Result<Answer, Failure>>>;

struct Port {
    worker: Worker,
    next: Cell<u32>,
    waiting: RefCell<Waiting>,
}

thread_local! {
    static PORT: RefCell<Option<Port>> = const { RefCell::new(None) };
}

/// Starts the worker at `url`; `listen` hears all news, in order.
///
/// # Errors
/// When the browser does not let us start it.
pub fn start(url: &str, listen: impl Fn(News) + 'static) -> Result<(), Failure> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(url, &options).map_err(|_| Failure::NoStorage)?;
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| hear(&event, &listen));
    worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget();
    PORT.with(|port| {
        *port.borrow_mut() = Some(Port {
            worker,
            next: Cell::new(1),
            waiting: RefCell::default(),
        });
    });
    Ok(())
}

fn hear(event: &MessageEvent, listen: &impl Fn(News)) {
    let data = event.data();
    let bytes = match data.dyn_into::<Uint8Array>() {
        Ok(bytes) => bytes.to_vec(),
        Err(other) => match other.dyn_into::<ArrayBuffer>() {
            Ok(buffer) => Uint8Array::new(&buffer).to_vec(),
            Err(_) => return,
        },
    };
    match melder_port::decode(&bytes) {
        Ok(Reply::Answer { id, result }) => {
            let waiting = PORT.with(|port| {
                port.borrow()
                    .as_ref()
                    .and_then(|port| port.waiting.borrow_mut().remove(&id))
            });
            if let Some(waiting) = waiting {
                let _ = waiting.send(result);
            }
        }
        Ok(Reply::News(news)) => listen(news),
        Err(_) => {}
    }
}

/// Asks, and waits for the answer.
///
/// # Errors
/// What the worker says, or [`Failure::Internal`] when it is gone.
pub async fn ask(ask: Ask) -> Result<Answer, Failure> {
    let receiver = PORT.with(|port| {
        let port = port.borrow();
        let port = port.as_ref().ok_or(Failure::Internal)?;
        let id = AskId(port.next.get());
        port.next.set(id.0.wrapping_add(1));
        let bytes = melder_port::encode(&Question { id, ask }).map_err(|_| Failure::Internal)?;
        let (sender, receiver) = oneshot::channel();
        port.waiting.borrow_mut().insert(id, sender);
        let array = Uint8Array::from(bytes.as_slice());
        if port.worker.post_message(&array).is_err() {
            port.waiting.borrow_mut().remove(&id);
            return Err(Failure::Internal);
        }
        Ok(receiver)
    })?;
    receiver.await.unwrap_or(Err(Failure::Internal))
}

/// Asks, and takes the answer out of its variant: `fetch!(Ask::Own => Answer::Own)`.
#[macro_export]
macro_rules! fetch {
    ($ask:expr => $answer:path) => {
        match $crate::port::ask($ask).await {
            Ok($answer(value)) => Ok(value),
            Ok(_) => Err(melder_port::Failure::Internal),
            Err(failure) => Err(failure),
        }
    };
}
