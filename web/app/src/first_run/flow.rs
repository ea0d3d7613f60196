// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The first run as a row of steps, for its three ways: an invitation, linking to an account, a recovery code. What was
//! entered stays here until the worker has taken it; then it is forgotten.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::t;
use melder_port::ask::Pin;
use melder_port::view::{Lock, Offer};
use melder_port::{Answer, Ask, Failure};

use crate::fetch;
use crate::first_run::address::{self, Brought, Reading};
use crate::first_run::choose_pin::ChoosePin;
use crate::first_run::{device_name, done, frame, join, link, recover, start};
use crate::route::Route;
use crate::state::{App, app, say};

/// How this device gets its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Join,
    Link,
    Recover,
}

/// The screen that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Start,
    Scan,
    Paste,
    /// The invitation is looked at on the server.
    Opening,
    /// The invitation could not be opened.
    Refused,
    /// Who, and what the device is called.
    Person,
    Words,
    Device,
    Pin,
    /// The worker sets the account up.
    Working,
    /// It could not.
    Failed,
    LinkCode,
    Done,
}

/// What the steps share.
#[derive(Debug, Clone, Copy)]
pub struct Flow {
    app: App,
    pub step: RwSignal<Step>,
    pub way: RwSignal<Way>,
    pub offer: RwSignal<Option<Offer>>,
    pub name: RwSignal<String>,
    pub device: RwSignal<String>,
    pub words: RwSignal<String>,
    pub pin: RwSignal<String>,
    /// The invitation that is being opened.
    link: RwSignal<String>,
    pub failure: RwSignal<Option<Failure>>,
    /// What is wrong with what was scanned or typed.
    pub wrong: RwSignal<Option<Wrong>>,
}

/// What was brought is not for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    NoCode,
    Elsewhere {
        server: String,
        link: String,
    },
    /// A new device's code, scanned on another new device.
    NewDevice,
    /// The city's log-in brought no invitation.
    City(String),
}

/// What all steps share.
///
/// # Panics
/// Outside of the first run.
#[must_use]
pub fn flow() -> Flow {
    expect_context()
}

impl Flow {
    fn new(app: App) -> Self {
        Self {
            app,
            step: RwSignal::new(Step::Start),
            way: RwSignal::new(Way::Join),
            offer: RwSignal::new(None),
            name: RwSignal::new(String::new()),
            device: RwSignal::new(device_name::default()),
            words: RwSignal::new(String::new()),
            pin: RwSignal::new(String::new()),
            link: RwSignal::new(String::new()),
            failure: RwSignal::new(None),
            wrong: RwSignal::new(None),
        }
    }

    pub fn go(self, step: Step) {
        self.wrong.set(None);
        self.step.set(step);
    }

    /// Begins one of the ways that need no invitation.
    pub fn begin(self, way: Way) {
        self.way.set(way);
        self.go(if way == Way::Recover { Step::Words } else { Step::Device });
    }

    /// Takes what was scanned, pasted or typed.
    pub fn take(self, text: &str) {
        match address::read(text, &address::origin()) {
            Reading::Here(Brought::Invitation(link)) => self.open(link),
            Reading::Here(Brought::NewDevice(_)) => self.wrong.set(Some(Wrong::NewDevice)),
            Reading::Elsewhere { server, link } => self.wrong.set(Some(Wrong::Elsewhere { server, link })),
            Reading::Nothing => self.wrong.set(Some(Wrong::NoCode)),
        }
    }

    /// Looks at an invitation.
    pub fn open(self, link: String) {
        self.way.set(Way::Join);
        self.link.set(link);
        self.open_again();
    }

    pub fn open_again(self) {
        self.go(Step::Opening);
        spawn_local(async move {
            let link = self.link.get_untracked();
            match fetch!(Ask::OpenInvitation { link } => Answer::Offer) {
                Ok(offer) => {
                    self.offer.set(Some(offer));
                    self.go(Step::Person);
                }
                Err(failure) => {
                    self.failure.set(Some(failure));
                    self.go(Step::Refused);
                }
            }
        });
    }

    /// The PIN is chosen: asks the worker for the account.
    pub fn set_up(self) {
        if self.way.get_untracked() == Way::Link {
            self.go(Step::LinkCode);
            return;
        }
        self.go(Step::Working);
        self.app.arriving.set(true);
        let pin = Pin(self.pin.get_untracked());
        let device_name = self.device.get_untracked().trim().to_owned();
        let ask = match self.way.get_untracked() {
            Way::Recover => Ask::Recover {
                words: recover::tidy(&self.words.get_untracked()),
                device_name,
                pin,
            },
            _ => {
                let open = self
                    .offer
                    .with_untracked(|offer| offer.as_ref().is_some_and(|offer| offer.name.is_none()));
                let name = open.then(|| self.name.get_untracked().trim().to_owned());
                Ask::Join { device_name, name, pin }
            }
        };
        spawn_local(async move {
            match fetch!(ask => Answer::Lock) {
                Ok(lock) => self.arrived(lock),
                Err(failure) => self.fail(failure),
            }
        });
    }

    /// The account is on this device.
    pub fn arrived(self, lock: Lock) {
        self.forget();
        if matches!(lock, Lock::Open(_)) {
            self.go(Step::Done);
        } else {
            self.app.arriving.set(false);
        }
        self.app.enter(lock);
    }

    pub fn fail(self, failure: Failure) {
        self.app.arriving.set(false);
        self.failure.set(Some(failure));
        self.go(Step::Failed);
    }

    fn forget(self) {
        for secret in [self.pin, self.words, self.link] {
            secret.set(String::new());
        }
    }

    /// Back to the beginning, with nothing kept.
    pub fn over(self) {
        self.forget();
        self.go(Step::Start);
    }
}

/// Why the first run did not go on, in words that name a way on.
#[must_use]
pub fn why(failure: &Failure) -> String {
    let Failure::Refused(code) = failure else {
        return match failure {
            Failure::Offline => t!("first-offline"),
            Failure::OtherServer(server) => t!("first-elsewhere", server = server),
            other => say(other),
        };
    };
    match code.as_str() {
        "wrong_invitation" => t!("first-wrong-invitation"),
        "wrong_organisation" => t!("first-wrong-organisation"),
        "bad_recovery_words" => t!("first-bad-words"),
        "unknown_recovery" => t!("first-unknown-recovery"),
        "link_failed" | "no_link_running" | "mailbox_unknown" | "mailbox_taken" => t!("first-link-failed"),
        "account_exists" => t!("first-account-exists"),
        "too_many_devices" => t!("first-too-many-devices"),
        _ => say(failure),
    }
}

#[component]
pub fn FirstRun() -> impl IntoView {
    let app = app();
    let flow = Flow::new(app);
    provide_context(flow);
    // What the address brought, now or while this stands.
    melder_kit::dom::effect(move || match app.carried.get() {
        Some(Brought::Invitation(link)) if !app.arriving.get_untracked() => {
            app.carried.set(None);
            flow.open(link);
        }
        Some(Brought::NewDevice(_)) => {
            app.carried.set(None);
            flow.wrong.set(Some(Wrong::NewDevice));
        }
        _ => {}
    });
    if app.route.get_untracked() == Route::LinkDevice && app.carried.with_untracked(Option::is_none) {
        flow.begin(Way::Link);
    }
    move || match flow.step.get() {
        Step::Start => view! { <start::StartScreen /> }.into_any(),
        Step::Scan => view! { <start::ScanScreen /> }.into_any(),
        Step::Paste => view! { <start::PasteScreen /> }.into_any(),
        Step::Opening => view! { <Waiting title=t!("first-opening") lead=t!("first-opening-lead") /> }.into_any(),
        Step::Refused => view! { <join::Refused /> }.into_any(),
        Step::Person => view! { <join::Person /> }.into_any(),
        Step::Words => view! { <recover::Words /> }.into_any(),
        Step::Device => view! { <link::DeviceName /> }.into_any(),
        Step::Pin => view! { <PinStep /> }.into_any(),
        Step::Working => view! { <Waiting title=t!("first-working") lead=t!("first-working-lead") /> }.into_any(),
        Step::Failed => view! { <join::Failed /> }.into_any(),
        Step::LinkCode => view! { <link::ShowCode /> }.into_any(),
        Step::Done => view! { <done::Done /> }.into_any(),
    }
}

#[component]
fn PinStep() -> impl IntoView {
    let flow = flow();
    let steps = match flow.way.get_untracked() {
        Way::Join => (3, 4),
        Way::Link | Way::Recover => (2, 3),
    };
    let back = Callback::new(move |()| {
        flow.go(match flow.way.get_untracked() {
            Way::Join => Step::Person,
            Way::Link => Step::Device,
            Way::Recover => Step::Words,
        });
    });
    let chosen = Callback::new(move |pin: String| {
        flow.pin.set(pin);
        flow.set_up();
    });
    view! {
        <frame::Frame title=t!("pin-choose") lead=t!("pin-choose-lead") steps back focus=".pin__field">
            <ChoosePin chosen />
        </frame::Frame>
    }
}

/// Something goes on; it says what, and moves.
#[component]
pub fn Waiting(title: String, lead: String) -> impl IntoView {
    view! {
        <frame::Frame title lead>
            <div class="first__wait" role="status">
                <span class="moving" aria-hidden="true"></span>
                <span class="kern-sr-only">{t!("first-wait")}</span>
            </div>
        </frame::Frame>
    }
}
