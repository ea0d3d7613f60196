// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How a device gets its account: by invitation, by another device, by a recovery code.

use melder_client::{Events, Link};
use melder_engine::api::{Action, Event, Outcome};
use melder_protocol::invitation::{InvitationLink, InvitationOffer};
use melder_protocol::limits::MAILBOX_MS;
use melder_protocol::linking::LinkCode;

use crate::args::{Global, JoinArgs, LinkArgs, RecoverArgs};
use crate::error::{CliError, Exit, Local};
use crate::output::{self, ask, ask_secret, can_ask, confirm, line, note, qr, safe_line};
use crate::session::{Need, Session, with};
use crate::{t, times, words};

fn invitation(text: &str) -> Result<InvitationLink, CliError> {
    text.parse()
        .map_err(|error: melder_protocol::invitation::InvitationLinkError| {
            use melder_protocol::invitation::InvitationLinkError as Error;
            CliError::new(Local::BadLink).with(
                "detail",
                t!(match error {
                    Error::NoFragment => "link-no-fragment",
                    Error::BadToken => "link-bad-token",
                    Error::BadServer => "link-bad-server",
                }),
            )
        })
}

/// What this computer is called in the list of devices, when nothing is said.
fn device_name(given: Option<&String>) -> String {
    let host = || {
        let file = std::fs::read_to_string("/etc/hostname").ok();
        let name = file
            .or_else(|| std::env::var("HOSTNAME").ok())
            .or_else(|| std::env::var("COMPUTERNAME").ok());
        name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
    };
    given
        .cloned()
        .or_else(host)
        .unwrap_or_else(|| t!("device-name-default"))
}

/// Connects a fresh device to a server.
async fn reach(session: &Session, server: &str) -> Result<(), CliError> {
    session.client.set_server(server);
    session
        .link(Link::Open)
        .await
        .map_err(|error| error.line(server.to_owned()))
}

pub async fn join(global: &Global, args: JoinArgs) -> Result<Exit, CliError> {
    let link = invitation(&args.link)?;
    with(global, Need::Fresh, async |session| {
        reach(session, &link.server).await?;
        let token = link.token.clone();
        let Outcome::Offer(offer) = session.act_anyhow(Action::OpenInvitation(token.clone())).await? else {
            return Err(CliError::new(Local::NotMelder).with("server", &link.server));
        };
        if !session.json() {
            show_offer(&offer);
        }
        let name = match (&offer.name, &args.name) {
            (Some(_), _) => None,
            (None, Some(name)) => Some(name.clone()),
            (None, None) if can_ask() => Some(ask(&t!("join-ask-name"))?),
            (None, None) => return Err(CliError::new(Local::Usage).with("detail", t!("join-name-needed"))),
        };
        let device_name = device_name(args.device_name.as_ref());
        session
            .act_anyhow(Action::Join {
                token,
                device_name,
                name,
            })
            .await?;
        arrived(session).await
    })
    .await
}

fn show_offer(offer: &InvitationOffer) {
    line(t!("join-offer", organisation = safe_line(&offer.organisation.name)));
    if let Some(name) = &offer.name {
        line(t!("join-offer-name", name = safe_line(name)));
    }
    line(t!("join-offer-kind", kind = words::account_kind(offer.kind)));
    if let Some(ends) = offer.ends {
        line(t!("join-offer-ends", time = times::long(ends)));
    }
}

/// After joining: the device proves itself, hands in its key packages and is added to its groups.
async fn arrived(session: &Session) -> Result<Exit, CliError> {
    session.online().await?;
    session.settle().await;
    let (own, chats) = session.read(|engine| Ok((engine.own()?, engine.chats()?))).await?;
    let name = own.as_ref().map(|own| safe_line(&own.name)).unwrap_or_default();
    if session.json() {
        output::json(&own);
    } else {
        line(t!("join-done", name = name, count = chats.len()));
    }
    Ok(Exit::Ok)
}

pub async fn accept(global: &Global, link: &str) -> Result<Exit, CliError> {
    let link = invitation(link)?;
    with(global, Need::Account, async |session| {
        session.online().await?;
        session.settle().await;
        let before = session.read(|engine| engine.chats()).await?.len();
        session.act(Action::AcceptInvitation(link.token.clone())).await?;
        session.settle().await;
        let after = session.read(|engine| engine.chats()).await?.len();
        line(t!("accept-done", count = after.saturating_sub(before)));
        Ok(Exit::Ok)
    })
    .await
}

pub async fn link(global: &Global, args: LinkArgs) -> Result<Exit, CliError> {
    match &args.code {
        Some(code) => link_other(global, code, args.number.as_deref()).await,
        None => link_this(global, &args).await,
    }
}

/// This device is new: shows a code, waits for the other one.
async fn link_this(global: &Global, args: &LinkArgs) -> Result<Exit, CliError> {
    let server = match &args.server {
        Some(server) => server.trim_end_matches('/').to_owned(),
        None if can_ask() => ask(&t!("link-ask-server"))?,
        None => return Err(CliError::new(Local::Usage).with("detail", t!("link-server-needed"))),
    };
    with(global, Need::Fresh, async |session| {
        reach(session, &server).await?;
        let events = session.client.events();
        let start = session.client.start(Action::StartLink {
            device_name: device_name(args.device_name.as_ref()),
        });
        let shown = show_link(session, events);
        let limit = std::time::Duration::from_millis(MAILBOX_MS);
        tokio::select! {
            answer = start => answer.map_err(|_| CliError::new(Local::Unreachable))??,
            error = shown => return Err(error),
            () = tokio::time::sleep(limit) => return Err(CliError::new(Local::TimedOut)),
        };
        arrived(session).await
    })
    .await
}

/// Shows code and number as they come. Ends only with the connection.
async fn show_link(session: &Session, mut events: Events) -> CliError {
    while let Some(event) = events.next().await {
        match event.as_ref() {
            Event::LinkCode(code) if session.json() => {
                output::json(&serde_json::json!({ "code": code.code, "qr": code.to_string() }));
            }
            Event::LinkCode(code) => {
                if let Some(picture) = qr(&code.to_string()) {
                    line(picture);
                }
                line(t!("link-code", code = spaced(&code.code)));
                line(t!("link-how"));
                line(format!("  melder link '{code}'"));
            }
            Event::LinkNumber(number) if session.json() => {
                output::json(&serde_json::json!({ "number": number }));
            }
            Event::LinkNumber(number) => line(t!("link-number", number = number)),
            _ => {}
        }
    }
    CliError::new(Local::Unreachable)
}

/// `ABCD EFGH`
fn spaced(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters
        .chunks(4)
        .map(|chunk| chunk.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

/// This device has the account: lets the new one in.
async fn link_other(global: &Global, code: &str, number: Option<&str>) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.online().await?;
        session.settle().await;
        let server = session.read(|engine| engine.server()).await?.unwrap_or_default();
        let code = LinkCode::parse(code, &server).ok_or_else(|| CliError::new(Local::BadLinkCode))?;
        if code.server != server {
            return Err(CliError::new(Local::BadLinkCode).line(t!("link-other-server", server = &code.server)));
        }
        let limit = std::time::Duration::from_millis(MAILBOX_MS);
        let work = async {
            let by_qr = code.offer.is_some();
            let mut events = session.client.events();
            session.act_anyhow(Action::AnswerLink(code.clone())).await?;
            // A QR carries the new device's commitment; a typed code needs two people's eyes.
            if by_qr {
                Ok(())
            } else {
                compare(session, &next_number(&mut events).await?, number).await
            }
        };
        tokio::time::timeout(limit, work)
            .await
            .map_err(|_| CliError::new(Local::TimedOut))??;
        // The history goes to the new device.
        session.wait_sent(&[], session.limit()).await?;
        session.settle().await;
        line(t!("link-done"));
        Ok(Exit::Ok)
    })
    .await
}

async fn next_number(events: &mut Events) -> Result<String, CliError> {
    while let Some(event) = events.next().await {
        if let Event::LinkNumber(number) = event.as_ref() {
            return Ok(number.clone());
        }
    }
    Err(CliError::new(Local::Unreachable))
}

/// The person says whether the numbers are equal.
async fn compare(session: &Session, shown: &str, given: Option<&str>) -> Result<(), CliError> {
    if !session.json() {
        line(t!("link-number", number = shown));
    }
    let equal = match given {
        Some(given) => given.chars().filter(char::is_ascii_digit).collect::<String>() == shown,
        None => match confirm(&t!("link-compare"), session.global.yes) {
            Ok(()) => true,
            Err(error) if error.code() == Local::Declined.code() => false,
            Err(error) => return Err(error),
        },
    };
    let result = session.act_anyhow(Action::ConfirmLink(equal)).await;
    if equal {
        result.map(|_| ())
    } else {
        Err(CliError::new(Local::Declined).line(t!("link-differs")))
    }
}

pub async fn recover(global: &Global, args: RecoverArgs) -> Result<Exit, CliError> {
    let words = if args.words.is_empty() {
        match std::env::var("MELDER_RECOVERY_WORDS") {
            Ok(words) if !words.is_empty() => words,
            _ => ask_secret(&t!("recover-ask"))?.to_string(),
        }
    } else {
        args.words.join(" ")
    };
    let server = match &args.server {
        Some(server) => server.trim_end_matches('/').to_owned(),
        None if can_ask() => ask(&t!("link-ask-server"))?,
        None => return Err(CliError::new(Local::Usage).with("detail", t!("link-server-needed"))),
    };
    with(global, Need::Fresh, async |session| {
        reach(session, &server).await?;
        let device_name = device_name(args.device_name.as_ref());
        session
            .act_anyhow(Action::Recover {
                words: words.clone(),
                device_name,
            })
            .await?;
        note(t!("recover-done"));
        arrived(session).await
    })
    .await
}
