// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The server's answers, and what they mean.

use melder_protocol::request::Response;
use melder_protocol::{ErrorCode, LogId, Refusal};

use crate::api::{ActionError, ActionId, Invalid, Misbehaviour, Outcome};
use crate::error::EngineError;
use crate::groups::{self, commits, founding, join};
use crate::pending::Pending;
use crate::work::Work;
use crate::{actions, files, identity, linking, outbox, people, policy, rosters, sync};

/// An answer of another kind than the question asks for.
fn odd() -> ActionError {
    ActionError::Invalid(Invalid::ServerMisbehaves)
}

/// The same, where nobody waits for it. What was asked stays open, and is asked again with the next connection.
fn wrong(work: &mut Work<'_>, group: Option<melder_protocol::GroupId>) -> Result<(), EngineError> {
    work.misbehaviour(group, Misbehaviour::WrongAnswer);
    Ok(())
}

fn unit(answer: Result<Response, Refusal>) -> Result<(), Refusal> {
    answer.map(|_| ())
}

pub(crate) fn answered(
    work: &mut Work<'_>,
    pending: Pending,
    answer: Result<Response, Refusal>,
) -> Result<(), EngineError> {
    match pending {
        Pending::Ignore => {
            if let Ok(Response::Accounts(records)) = answer {
                for record in &records {
                    people::learn(work, record, None)?;
                }
            }
            Ok(())
        }
        Pending::Append {
            outbox: row,
            group,
            counter,
        } => match answer {
            Ok(Response::Appended { sequence, time }) => {
                outbox::answered(work, row, group, counter, Ok((sequence, time)))
            }
            Ok(_) => wrong(work, Some(group)),
            Err(refusal) => outbox::answered(work, row, group, counter, Err(refusal)),
        },
        Pending::Seal { row } => match answer {
            Ok(Response::Appended { time, .. }) => outbox::seal_answered(work, row, Ok(time)),
            Ok(_) => wrong(work, None),
            Err(refusal) => outbox::seal_answered(work, row, Err(refusal)),
        },
        Pending::Commit { group, hash, external } => commits::answered(work, group, hash, external, unit(answer)),
        Pending::Establish { group, action } => founding::established(work, group, action, unit(answer)),
        Pending::Roster(change) => rosters::answered(work, change, unit(answer)),
        Pending::GroupState(group, purpose) => match answer {
            Ok(Response::GroupState(state)) => join::state(work, group, purpose, Ok(state)),
            Ok(_) => {
                wrong(work, Some(group))?;
                join::state(work, group, purpose, Err(Refusal::new(ErrorCode::Internal)))
            }
            Err(refusal) => join::state(work, group, purpose, Err(refusal)),
        },
        Pending::Follow(log) => followed(work, log, answer),
        Pending::Policy => match answer {
            Ok(Response::Policy(signed)) => policy::take(work, &signed),
            Ok(_) => wrong(work, None),
            Err(_) => Ok(()),
        },
        Pending::PushRules(rules) => crate::duty::sent(work, rules, unit(answer)),
        Pending::AdoptRules => match answer {
            Ok(Response::Push(state)) => crate::duty::adopt(work, state.rules),
            Ok(_) => wrong(work, None),
            Err(_) => Ok(()),
        },
        Pending::Push(action) => finish(work, action, answer, |response| match response {
            Response::Push(state) => Some(Outcome::Push(state)),
            _ => None,
        }),
        Pending::OnDuty(action) => finish(work, action, answer, |response| match response {
            Response::OnDuty(count) => Some(Outcome::OnDuty(count)),
            _ => None,
        }),
        Pending::File(pending) => files::answered(work, pending, answer),
        Pending::Claim(_)
        | Pending::Offer(..)
        | Pending::OfferToJoin(..)
        | Pending::Recovery(..)
        | Pending::Recovered(..) => arrival(work, pending, answer),
        Pending::Mailbox(action) => match answer {
            Ok(Response::Mailbox { code, .. }) => linking::opened(work, code),
            Ok(_) => no_linking(work, action, odd()),
            Err(refusal) => no_linking(work, action, refusal.into()),
        },
        Pending::MailboxJoined(action) => match answer {
            Ok(_) => Ok(()),
            Err(refusal) => no_linking(work, action, refusal.into()),
        },
        Pending::LinkExtended(action) => {
            linking::extended(work, action, unit(answer));
            Ok(())
        }
        Pending::Simple(action) => finish(work, action, answer, |_| Some(Outcome::Nothing)),
        Pending::RecoveryAdded(action, words) => finish(work, action, answer, |_| Some(Outcome::RecoveryCode(words))),
        Pending::Devices(action) => finish(work, action, answer, |response| match response {
            Response::Devices(devices) => Some(Outcome::Devices(devices)),
            _ => None,
        }),
        Pending::Directory(action) => finish(work, action, answer, |response| match response {
            Response::Directory(entries) => Some(Outcome::Directory(entries)),
            _ => None,
        }),
        Pending::Reach(action) => finish(work, action, answer, |response| match response {
            Response::Reach { reached, missing } => Some(Outcome::Reach { reached, missing }),
            _ => None,
        }),
        Pending::Accounts { action, peer } => match answer {
            Ok(Response::Accounts(records)) => {
                for record in &records {
                    people::learn(work, record, None)?;
                }
                actions::direct(work, action, peer)
            }
            Ok(_) => {
                work.failed(action, odd());
                Ok(())
            }
            Err(refusal) => {
                work.failed(action, refusal);
                Ok(())
            }
        },
    }
}

fn no_linking(work: &mut Work<'_>, action: ActionId, error: ActionError) -> Result<(), EngineError> {
    work.session.linking = None;
    work.failed(action, error);
    Ok(())
}

fn finish(
    work: &mut Work<'_>,
    action: ActionId,
    answer: Result<Response, Refusal>,
    outcome: impl FnOnce(Response) -> Option<Outcome>,
) -> Result<(), EngineError> {
    match answer.map(outcome) {
        Ok(Some(outcome)) => work.done(action, outcome),
        Ok(None) => {
            work.misbehaviour(None, Misbehaviour::WrongAnswer);
            work.failed(action, odd());
        }
        Err(refusal) => work.failed(action, refusal),
    }
    Ok(())
}

/// Answers on the way to an account.
fn arrival(work: &mut Work<'_>, pending: Pending, answer: Result<Response, Refusal>) -> Result<(), EngineError> {
    match (pending, answer) {
        (Pending::Claim(action), Ok(Response::Claimed { record })) => identity::claimed(work, action, Ok(record)),
        (Pending::Claim(action), Err(refusal)) => identity::claimed(work, action, Err(refusal)),
        (Pending::Offer(action, token), Ok(Response::Offer(offer))) => {
            match identity::check_offer(&token, &offer) {
                Ok(()) => work.done(action, Outcome::Offer(offer)),
                Err(error) => work.failed(action, error),
            }
            Ok(())
        }
        (Pending::OfferToJoin(action, token, device_name, name), Ok(Response::Offer(offer))) => {
            identity::claim(work, action, &token, &offer, device_name, name)
        }
        (Pending::Recovery(action, key, device_name), Ok(Response::Recovery { organisation, record })) => {
            identity::recover(work, action, &key, device_name, organisation, &record)
        }
        (Pending::Recovered(action, recovering), Ok(_)) => {
            let recovering = *recovering;
            identity::settle(work, recovering.key, recovering.account, recovering.organisation)?;
            work.done(action, Outcome::Joined);
            Ok(())
        }
        (
            Pending::Offer(action, _)
            | Pending::OfferToJoin(action, ..)
            | Pending::Recovery(action, ..)
            | Pending::Recovered(action, _),
            Err(refusal),
        ) => {
            work.failed(action, refusal);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn followed(work: &mut Work<'_>, log: LogId, answer: Result<Response, Refusal>) -> Result<(), EngineError> {
    let LogId::Group(id) = log else {
        if let Ok(Response::Following { head }) = answer
            && sync::served(work, log, head, None)?
        {
            work.session.inbox_head = Some(head);
            crate::inbox::caught_up(work)?;
        }
        return Ok(());
    };
    match answer {
        Ok(Response::Following { head }) => {
            if !sync::served(work, log, head, None)? {
                return Ok(());
            }
            let reached = groups::load(work.tx, id)?.is_some_and(|group| group.cursor >= head);
            if reached {
                sync::caught_up(work, id)
            } else {
                work.session.heads.insert(id, head);
                Ok(())
            }
        }
        Ok(_) => wrong(work, Some(id)),
        Err(refusal) => {
            if matches!(refusal.code, ErrorCode::UnknownLog | ErrorCode::UnknownGroup)
                && let Some(mut group) = groups::load(work.tx, id)?
            {
                // Taken out while we were away.
                join::shut_out(work, &mut group)?;
            }
            Ok(())
        }
    }
}
