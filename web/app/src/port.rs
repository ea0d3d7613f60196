// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The page's end of the port: starts the worker, sends what is asked, hands each answer to who asked, and news to all who
//! listen. It keeps nothing else.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::Pin;
use std::task::{Context, Poll};

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

/// Asks; what is answered is waited for with `.await`: what the worker says, or [`Failure::Internal`] when it is gone.
///
/// No `async fn`: those who wait would each carry the question with them.
pub fn ask(ask: Ask) -> Asked {
    Asked(send(ask))
}

fn send(ask: Ask) -> Option<Waited> {
    PORT.with(|port| {
        let port = port.borrow();
        let port = port.as_ref()?;
        let id = AskId(port.next.get());
        port.next.set(id.0.wrapping_add(1));
        let bytes = melder_port::encode(&Question { id, ask }).ok()?;
        let (sender, receiver) = oneshot::channel();
        port.waiting.borrow_mut().insert(id, sender);
        let array = Uint8Array::from(bytes.as_slice());
        if port.worker.post_message(&array).is_err() {
            port.waiting.borrow_mut().remove(&id);
            return None;
        }
        Some(receiver)
    })
}

type Waited = oneshot::Receiver<Result<Answer, Failure>>;

/// An answer that may come.
#[must_use = "who asks waits for the answer"]
pub struct Asked(Option<Waited>);

impl Future for Asked {
    type Output = Result<Answer, Failure>;

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            None => Poll::Ready(Err(Failure::Internal)),
            Some(waited) => Pin::new(waited)
                .poll(context)
                .map(|answer| answer.unwrap_or(Err(Failure::Internal))),
        }
    }
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
