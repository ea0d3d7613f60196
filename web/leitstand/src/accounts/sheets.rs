// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Invitations for many: as a table of links, as a letter for each, as sheets of eight to be cut. Printing is the browser's, from a page of its
//! own that screens don't show; the server sets the same as a PDF. The links are kept nowhere.

use leptos::prelude::*;
use melder_kit::{Icon, QrCode, dom, t, times};

use crate::accounts::csv;
use crate::model::Link;
use crate::parts::{self, Act, Print, button, drawer, save};

/// On one page.
const SHEET: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paper {
    Letters,
    Sheets,
}

/// What can be done with new links.
pub fn offer(links: Vec<Link>) -> AnyView {
    let open = RwSignal::new(false);
    let count = links.len();
    let for_file = links.clone();
    let file = move || {
        let head = [t!("leit-column-name"), t!("leit-link"), t!("leit-valid-until")];
        let mut text = String::from("\u{feff}");
        text.push_str(&csv::row(head.iter().map(String::as_str)));
        for link in &for_file {
            let until = times::full(link.expires);
            text.push_str(&csv::row([link.name.as_str(), link.link.as_str(), until.as_str()]));
        }
        save("melder-einladungen.csv", "text/csv;charset=utf-8", &text);
    };
    view! {
        <section class="card stack handed">
            <p class="notice notice--warning">
                <Icon name="qr-code-2" />
                <span>{t!("leit-links-once", count = count)}</span>
            </p>
            <div class="choices">
                {button("main", "print-outline", t!("leit-print"), move || open.set(true))}
                {button("second", "download", t!("leit-links-csv"), file)}
            </div>
        </section>
        {over(open, Signal::stored(links))}
    }
    .into_any()
}

/// The choice of paper, and what will come out.
pub fn over(open: RwSignal<bool>, links: Signal<Vec<Link>>) -> AnyView {
    drawer(open, Signal::derive(|| t!("leit-print-title")), move || {
        let links = links.get_untracked();
        let paper = RwSignal::new(if links.len() == 1 {
            Paper::Letters
        } else {
            Paper::Sheets
        });
        let count = links.len();
        let links = StoredValue::new(links);
        let act = Act::new();
        let pdf = move || {
            let print = match paper.get_untracked() {
                Paper::Sheets => Print::Sheets,
                Paper::Letters => Print::Letters,
            };
            let links = links.get_value();
            act.run(async move { parts::print(print, links.iter().map(|link| link.link.as_str())).await });
        };
        view! {
            <div class="drawer__body stack">
                <div class="chips no-print" role="group" aria-label=t!("leit-print-title")>
                    {choice(paper, Paper::Sheets, t!("leit-print-sheets", count = count.div_ceil(SHEET)))}
                    {choice(paper, Paper::Letters, t!("leit-print-letters", count = count))}
                </div>
                <p class="muted small no-print">{t!("leit-print-about")}</p>
                <div class="no-print">{act.words()}</div>
                <div class="actions no-print">
                    {button("second", "picture-as-pdf-outline", t!("leit-as-pdf"), pdf)}
                    {button("main", "print-outline", t!("leit-print"), || { let _ = dom::window().print(); })}
                </div>
                <div class="paper">
                    {move || {
                        let paper = paper.get();
                        links.with_value(|links| match paper {
                            Paper::Sheets => links.chunks(SHEET).map(sheet).collect_view().into_any(),
                            Paper::Letters => links.iter().map(letter).collect_view().into_any(),
                        })
                    }}
                </div>
            </div>
        }
        .into_any()
    })
}

fn choice(paper: RwSignal<Paper>, of: Paper, word: String) -> AnyView {
    view! {
        <button
            type="button"
            class="chip"
            aria-pressed=move || if paper.get() == of { "true" } else { "false" }
            on:click=move |_| paper.set(of)
        >
            {word}
        </button>
    }
    .into_any()
}

fn sheet(links: &[Link]) -> AnyView {
    let cards = links.iter().map(|link| {
        view! {
            <li class="sheet8__card">
                <QrCode text=link.link.clone() label=t!("leit-link-code", name = &link.name) />
                <div>
                    <p class="strong">{link.name.clone()}</p>
                    {(!link.about.is_empty()).then(|| view! { <p class="small">{link.about.clone()}</p> })}
                    <p class="small">{t!("leit-valid-until-day", day = times::long_date(link.expires))}</p>
                    <p class="sheet8__how small">{t!("leit-paper-how")}</p>
                </div>
            </li>
        }
    });
    view! { <ul class="sheet8">{cards.collect_view()}</ul> }.into_any()
}

fn letter(link: &Link) -> AnyView {
    view! {
        <article class="letter">
            <h3>{t!("leit-letter-title")}</h3>
            <p>{t!("leit-letter-hello", name = &link.name)}</p>
            <p>{t!("leit-letter-text")}</p>
            <ol class="letter__steps">
                <li>{t!("leit-letter-scan")}</li>
                <li>{t!("leit-letter-name")}</li>
                <li>{t!("leit-letter-pin")}</li>
            </ol>
            <div class="letter__code">
                <QrCode text=link.link.clone() label=t!("leit-link-code", name = &link.name) />
                <p class="mono small">{link.link.clone()}</p>
            </div>
            <p>{t!("leit-letter-until", day = times::full(link.expires))}</p>
            <p class="small">{t!("leit-letter-secret")}</p>
        </article>
    }
    .into_any()
}
