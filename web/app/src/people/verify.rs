// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The check of who somebody is: both compare one number, by camera or by reading it aloud. What a person says here is
//! kept by the engine against the account's first key, so that a later change of keys takes the trust back.

use crate::first_run::scan::{PictureButton, Scanner};
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Dialog, Icon, SafetyNumber, TrustBadge, TrustShow, dom, safety, t, toast_with_undo};
use melder_port::view::{Card, Trust};
use melder_port::{AccountId, Answer, Ask};

use crate::fetch;
use crate::people::contact::{Changed, Head, PersonBar, card};
use crate::people::person::{Person, level, trust_word};
use crate::route::Route;
use crate::state::{App, act, act_then, app};

/// What a scan brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    Equal,
    Different,
    /// Not the code of such a number.
    Other,
}

/// Compares what a camera read with the number on this screen.
pub fn compare(read: &str, number: &str) -> Scan {
    let (plain, number) = (safety::digits(read), safety::digits(number));
    if plain.len() != read.trim().len() || plain.len() != number.len() || number.is_empty() {
        Scan::Other
    } else if plain == number {
        Scan::Equal
    } else {
        Scan::Different
    }
}

/// What the screen shares.
#[derive(Clone, Copy)]
struct Check {
    app: App,
    account: AccountId,
    card: RwSignal<Option<Option<Card>>>,
    number: RwSignal<Option<Option<String>>>,
    comparing: RwSignal<bool>,
    scanning: RwSignal<bool>,
    /// Somebody said that the numbers differ.
    differs: RwSignal<bool>,
}

impl Check {
    fn trust(self) -> Option<Trust> {
        self.card.with(|card| Some(card.as_ref()?.as_ref()?.contact.trust))
    }

    fn read(self) {
        let account = self.account;
        spawn_local(async move {
            let number = fetch!(Ask::SafetyNumber(account) => Answer::SafetyNumber).unwrap_or_default();
            self.number.try_set(Some(number));
            if let Ok(card) = fetch!(Ask::Contact(account) => Answer::Contact) {
                self.card.try_set(Some(card));
            }
        });
    }

    fn equal(self) {
        let account = self.account;
        self.comparing.set(false);
        self.scanning.set(false);
        self.differs.set(false);
        act_then(
            Ask::Verify {
                account,
                verified: true,
            },
            move |_| {
                self.read();
                toast_with_undo(t!("check-done"), t!("undo"), move || {
                    act(Ask::Verify {
                        account,
                        verified: false,
                    });
                    dom::after(300, move || self.read());
                });
            },
        );
    }

    fn different(self) {
        let account = self.account;
        self.comparing.set(false);
        self.scanning.set(false);
        self.differs.set(true);
        if self.trust() == Some(Trust::Personal) {
            act_then(
                Ask::Verify {
                    account,
                    verified: false,
                },
                move |_| self.read(),
            );
        }
        dom::focus_soon("#check-differs");
    }

    fn take_back(self) {
        let account = self.account;
        act_then(
            Ask::Verify {
                account,
                verified: false,
            },
            move |_| {
                self.read();
                toast_with_undo(t!("check-taken-back"), t!("undo"), move || {
                    act(Ask::Verify {
                        account,
                        verified: true,
                    });
                    dom::after(300, move || self.read());
                });
            },
        );
    }
}

#[component]
pub fn VerifyPane(account: AccountId) -> impl IntoView {
    let check = Check {
        app: app(),
        account,
        card: card(account),
        number: RwSignal::new(None),
        comparing: RwSignal::new(false),
        scanning: RwSignal::new(false),
        differs: RwSignal::new(false),
    };
    check.read();
    dom::focus_soon("#pane-title");
    view! {
        <PersonBar title=t!("check-title") back=Route::Contact(account) />
        // What it holds can only be read: the keyboard scrolls it as a whole.
        <div class="page" tabindex="0" role="region" aria-labelledby="pane-title">
            <div class="page__inner">
                <Who check />
                <Number check />
                <Ladder check />
            </div>
        </div>
        {move || check.number.with(|number| matches!(number, Some(Some(_)))).then(|| view! { <Actions check /> })}
        <Compare check />
        <ScanIt check />
    }
}

#[component]
fn Who(check: Check) -> impl IntoView {
    move || {
        let card = check.card.get()??;
        let own = check
            .app
            .own
            .with_untracked(|own| own.as_ref().map(|own| own.organisation_name.clone()));
        let trust = card.contact.trust;
        let changed = card.changed;
        let person = Person::known(card.contact, &own.unwrap_or_default());
        Some(view! {
            <Head person trust=Some(trust) />
            {changed.map(|time| view! { <Changed time /> })}
            {move || {
                check
                    .differs
                    .get()
                    .then(|| {
                        view! {
                            <div class="notice notice--danger" role="alert" id="check-differs" tabindex="-1">
                                <Icon name="gpp-maybe" />
                                <p>{t!("check-differs")}</p>
                            </div>
                        }
                    })
            }}
        })
    }
}

#[component]
fn Number(check: Check) -> impl IntoView {
    move || {
        match check.number.get() {
        None => view! { <p class="skeleton skeleton--card" aria-hidden="true"></p> }.into_any(),
        Some(None) => view! {
            <div class="notice">
                <Icon name="info-outline" />
                <p>{t!("check-none")}</p>
            </div>
        }
        .into_any(),
        Some(Some(number)) => view! {
            <SafetyNumber number=Signal::derive(move || number.clone()) label=t!("check-code") caption=t!("check-caption") />
        }
        .into_any(),
    }
    }
}

/// The three steps, and which one holds.
#[component]
fn Ladder(check: Check) -> impl IntoView {
    let steps = [
        (Trust::Unconfirmed, t!("check-step-unconfirmed")),
        (Trust::Service, t!("check-step-service")),
        (Trust::Personal, t!("check-step-personal")),
    ];
    view! {
        <ol class="ladder" aria-label=t!("check-steps")>
            {steps
                .into_iter()
                .map(|(trust, why)| {
                    let here = move || check.trust() == Some(trust);
                    view! {
                        <li class="ladder__step" aria-current=move || here().then_some("step")>
                            <TrustBadge level=level(trust) word="" show=TrustShow::Steps />
                            <span class="grow">
                                <b>{trust_word(trust)}</b>
                                <span class="small muted">{why}</span>
                            </span>
                            {move || here().then(|| view! { <span class="ladder__here">{t!("check-here")}</span> })}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}

#[component]
fn Actions(check: Check) -> impl IntoView {
    view! {
        <footer class="action-bar">
            {move || {
                if check.trust() == Some(Trust::Personal) {
                    view! {
                        <button type="button" class="button button--second" on:click=move |_| check.take_back()>
                            {t!("check-take-back")}
                        </button>
                    }
                        .into_any()
                } else {
                    view! {
                        <button type="button" class="button button--second" on:click=move |_| check.comparing.set(true)>
                            <Icon name="123" />
                            {t!("check-compare")}
                        </button>
                    }
                        .into_any()
                }
            }}
            <button type="button" class="button button--main grow" on:click=move |_| check.scanning.set(true)>
                <Icon name="qr-code-scanner" />
                {t!("check-scan")}
            </button>
        </footer>
    }
}

#[component]
fn Compare(check: Check) -> impl IntoView {
    let groups = move || {
        let number = check.number.get().flatten().unwrap_or_default();
        safety::groups(&number)
            .into_iter()
            .map(|group| view! { <span>{group}" "</span> })
            .collect_view()
    };
    view! {
        <Dialog open=check.comparing title=t!("check-compare-title") close_label=t!("close")>
            <p>{t!("check-compare-how")}</p>
            <p class="safety__digits mono">{groups}</p>
            <div class="actions">
                <button type="button" class="button button--second" on:click=move |_| check.different()>{t!("check-no")}</button>
                <button type="button" class="button button--main" on:click=move |_| check.equal()>
                    <Icon name="check" />
                    {t!("check-yes")}
                </button>
            </div>
        </Dialog>
    }
}

#[component]
fn ScanIt(check: Check) -> impl IntoView {
    let other = RwSignal::new(false);
    let found = Callback::new(move |text: String| {
        let number = check.number.get_untracked().flatten().unwrap_or_default();
        match compare(&text, &number) {
            Scan::Equal => check.equal(),
            Scan::Different => check.different(),
            Scan::Other => other.set(true),
        }
    });
    let picture = Callback::new(move |text: Option<String>| found.run(text.unwrap_or_default()));
    view! {
        <Dialog open=check.scanning title=t!("check-scan") close_label=t!("close")>
            <p>{t!("check-scan-how")}</p>
            <Scanner found />
            <PictureButton class="button button--second button-wide" found=picture />
            <p role="status">{move || other.get().then(|| t!("check-scan-other"))}</p>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_code_of_such_a_number_is_compared() {
        assert_eq!(compare("4821390557", "48213 90557"), Scan::Equal);
        assert_eq!(compare("4821390558", "48213 90557"), Scan::Different);
        assert_eq!(compare("https://example.org/4821390557", "48213 90557"), Scan::Other);
        assert_eq!(compare("482139055", "48213 90557"), Scan::Other);
        assert_eq!(compare("", ""), Scan::Other);
    }
}
