// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What people and programs want, one function each. What can be done offline is done offline.

use melder_content::{AckRequest, Attachments, Content, Expiry, GroupProfile, Message, Text};
use melder_mls::chain;
use melder_mls::roster;
use melder_protocol::chain::KeyUse;
use melder_protocol::request::Request;
use melder_protocol::roster::{Author, Authority, GroupKind, GroupTerms, Role, RosterMember};
use melder_protocol::{AccountId, GroupId, Index, Suite};
use rusqlite::params;

use crate::api::{Action, ActionError, ActionId, Draft, Event, FileId, Invalid, Outcome};
use crate::error::EngineError;
use crate::groups::{self, Status, founding};
use crate::outbox::{self, Letter};
use crate::pending::Pending;
use crate::store::int;
use crate::work::{Link, Work};
use crate::{again, duty, files, history, identity, linking, people, policy, rosters, screen, settings};

/// What an action needs.
fn needs(action: &Action) -> Needs {
    match action {
        Action::OpenInvitation(_) | Action::Join { .. } | Action::StartLink { .. } | Action::Recover { .. } => {
            Needs::Challenge
        }
        Action::AcceptInvitation(_)
        | Action::AnswerLink(_)
        | Action::ConfirmLink(_)
        | Action::CreateRecoveryCode
        | Action::RemoveDevice(_)
        | Action::RenameDevice { .. }
        | Action::ListDevices
        | Action::FindAccounts { .. }
        | Action::StartDirect(_)
        | Action::ChangeRoster { .. }
        | Action::LeaveGroup(_)
        | Action::AskReach { .. }
        | Action::AskOnDuty(_)
        | Action::FetchChunk { .. }
        | Action::AskPush
        | Action::Subscribe(_)
        | Action::TestPush
        | Action::DeleteAccount => Needs::Server,
        _ => Needs::Account,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// A connection on which the server has spoken; waits for it.
    Challenge,
    /// An authenticated connection.
    Server,
    /// An account on this device.
    Account,
}

/// Does it, or says why not.
pub(crate) fn perform(work: &mut Work<'_>, id: ActionId, action: Action) -> Result<(), EngineError> {
    let has_account = work.session.identity.is_some();
    match needs(&action) {
        Needs::Challenge if has_account && !matches!(action, Action::OpenInvitation(_)) => {
            work.failed(id, ActionError::Invalid(Invalid::AccountExists));
            return Ok(());
        }
        Needs::Challenge if !matches!(work.session.link, Link::Up(Some(_)) | Link::Ready) => {
            work.session.waiting.push((id, Box::new(action)));
            return Ok(());
        }
        Needs::Account | Needs::Server if !has_account => {
            work.failed(id, ActionError::Invalid(Invalid::NoAccountYet));
            return Ok(());
        }
        Needs::Server if !work.online() => {
            work.failed(id, ActionError::Offline);
            return Ok(());
        }
        _ => {}
    }
    match action {
        Action::OpenInvitation(token) => {
            work.request(Request::OpenInvitation(token.secret), Pending::Offer(id, token));
            Ok(())
        }
        Action::Join {
            token,
            device_name,
            name,
        } => {
            if crate::identity::claim_again(work, id, &token)? {
                return Ok(());
            }
            let request = Request::OpenInvitation(token.secret);
            work.request(request, Pending::OfferToJoin(id, token, device_name, name));
            Ok(())
        }
        Action::StartLink { device_name } => {
            linking::start(work, id, device_name);
            Ok(())
        }
        Action::Recover { words, device_name } => recover(work, id, &words, device_name),
        Action::AnswerLink(code) => {
            linking::answer(work, id, &code);
            Ok(())
        }
        Action::ConfirmLink(equal) => linking::confirm(work, id, equal),
        Action::CreateRecoveryCode => recovery_code(work, id),
        Action::RemoveDevice(device) => remove_device(work, id, device),
        Action::Send { group, draft } => send(work, id, group, *draft),
        Action::StartDirect(peer) => start_direct(work, id, peer),
        Action::CreateGroup {
            kind,
            name,
            description,
            members,
        } => create_group(work, id, kind, name, description, members),
        Action::ChangeRoster { group, set, unset } => {
            let set = set
                .into_iter()
                .map(|(account, role)| RosterMember { account, role })
                .collect();
            rosters::send(
                work,
                rosters::Change {
                    action: id,
                    group,
                    set,
                    unset,
                    attempts: 0,
                    from: Index(0),
                },
            )
        }
        Action::LeaveGroup(group) => {
            let unset = vec![work.identity()?.member.account];
            rosters::send(
                work,
                rosters::Change {
                    action: id,
                    group,
                    set: Vec::new(),
                    unset,
                    attempts: 0,
                    from: Index(0),
                },
            )
        }
        Action::RenameGroup {
            group,
            name,
            description,
        } => rename(work, id, group, name, description),
        Action::AllClear(message) => again::all_clear(work, id, message),
        Action::Forward { message, group } => again::forward(work, id, message, group),
        Action::StartFile { .. } | Action::AddFileChunk { .. } | Action::Download(_) => file(work, id, action),
        other => small(work, id, other),
    }
}

/// Actions that are one request or one statement.
fn small(work: &mut Work<'_>, id: ActionId, action: Action) -> Result<(), EngineError> {
    if let Action::FetchChunk { blob, index } = action {
        if let Err(invalid) = files::fetch(work, id, blob, index)? {
            work.failed(id, ActionError::Invalid(invalid));
        }
        return Ok(());
    }
    let (request, pending) = match action {
        Action::AcceptInvitation(token) => (Request::AcceptInvitation(token.secret), Pending::Simple(id)),
        Action::RenameDevice { device, name } => (Request::RenameDevice { device, name }, Pending::Simple(id)),
        Action::ListDevices => (Request::Devices, Pending::Devices(id)),
        Action::FindAccounts { query, after } => (Request::FindAccounts { query, after }, Pending::Directory(id)),
        Action::DeleteAccount => (Request::DeleteAccount, Pending::Simple(id)),
        Action::AskPush => (Request::Push, Pending::Push(id)),
        Action::AskOnDuty(group) => (Request::OnDuty(group), Pending::OnDuty(id)),
        Action::Subscribe(subscription) => (Request::Subscribe(subscription), Pending::Simple(id)),
        Action::TestPush => (Request::TestPush, Pending::Simple(id)),
        Action::AskReach { group, message } => {
            let own = work.identity()?.member.account;
            let sequence = history::message(work.tx, own, message)?.and_then(|message| message.sequence);
            let Some(sequence) = sequence else {
                work.failed(id, ActionError::Invalid(Invalid::UnknownMessage));
                return Ok(());
            };
            (Request::Reach { group, sequence }, Pending::Reach(id))
        }
        local => return self::local(work, id, local),
    };
    work.request(request, pending);
    Ok(())
}

fn local(work: &mut Work<'_>, id: ActionId, action: Action) -> Result<(), EngineError> {
    let failed = match action {
        Action::Mute { group, until } => (!settings::mute(work, group, until)?).then_some(Invalid::UnknownGroup),
        Action::Pin { group, pinned } => (!settings::pin(work, group, pinned)?).then_some(Invalid::UnknownGroup),
        Action::MarkRead { group, through } => {
            work.tx.execute(
                "UPDATE groups SET read = MAX(read, ?2) WHERE id = ?1",
                params![group.as_bytes(), int(through.0)],
            )?;
            history::read(work, group, through)?;
            work.event(Event::GroupChanged(group));
            None
        }
        Action::Verify { account, verified } => {
            (!people::set_verified(work, account, verified)?).then_some(Invalid::UnknownMessage)
        }
        Action::CancelScheduled(message) => (!outbox::cancel(work, message)?).then_some(Invalid::TooLate),
        Action::Cancel(message) => again::cancel(work, message)?,
        Action::SaveComposer {
            group,
            text,
            reply_to,
            known,
        } => match groups::load(work.tx, group)? {
            Some(_) => {
                screen::save_composer(work.tx, group, &text, reply_to, &known)?;
                None
            }
            None => Some(Invalid::UnknownGroup),
        },
        Action::Retry(message) => again::retry(work, message)?,
        Action::ForgetChat(group) => forget(work, group)?,
        Action::SetDuty { on } => {
            duty::set_duty(work, on)?;
            None
        }
        Action::SetQuietHours(quiet) => duty::set_quiet_hours(work, quiet)?,
        Action::SetAbsence(absence) => duty::set_absence(work, absence)?,
        _ => Some(Invalid::NotAllowed),
    };
    match failed {
        Some(invalid) => work.failed(id, ActionError::Invalid(invalid)),
        None => work.done(id, Outcome::Nothing),
    }
    Ok(())
}

fn forget(work: &mut Work<'_>, id: GroupId) -> Result<Option<Invalid>, EngineError> {
    match groups::load(work.tx, id)? {
        None => Ok(Some(Invalid::UnknownGroup)),
        Some(group) if group.status != Status::Left => Ok(Some(Invalid::NotAllowed)),
        Some(_) => {
            history::drop_group(work, id)?;
            for table in ["lines", "rosters", "outbox", "composers"] {
                work.tx
                    .execute(&format!("DELETE FROM {table} WHERE grp = ?1"), [id.as_bytes()])?;
            }
            work.tx.execute("DELETE FROM groups WHERE id = ?1", [id.as_bytes()])?;
            settings::forget_reached(work, id)?;
            work.session.rosters.remove(&id);
            work.event(Event::GroupChanged(id));
            Ok(None)
        }
    }
}

fn file(work: &mut Work<'_>, id: ActionId, action: Action) -> Result<(), EngineError> {
    let result = match action {
        Action::StartFile { size } => files::start(work, size)?.map(Outcome::File),
        Action::AddFileChunk { file, bytes } => files::add(work, file, &bytes)?.map(|()| Outcome::Nothing),
        Action::Download(blob) => files::download(work, blob)?.map(|()| Outcome::Nothing),
        _ => Err(Invalid::NotAllowed),
    };
    match result {
        Ok(outcome) => work.done(id, outcome),
        Err(invalid) => work.failed(id, ActionError::Invalid(invalid)),
    }
    Ok(())
}

/// Actions that waited for the server's challenge.
pub(crate) fn release_waiting(work: &mut Work<'_>) -> Result<(), EngineError> {
    for (id, action) in std::mem::take(&mut work.session.waiting) {
        perform(work, id, *action)?;
    }
    Ok(())
}

fn recover(work: &mut Work<'_>, id: ActionId, words: &str, device_name: String) -> Result<(), EngineError> {
    match (identity::recovery_words(words), work.session.link) {
        (Some(key), Link::Up(Some(nonce))) => identity::find_recovery(work, id, key, device_name, nonce),
        (None, _) => work.failed(id, ActionError::Invalid(Invalid::BadRecoveryWords)),
        _ => work.failed(id, ActionError::Offline),
    }
    Ok(())
}

/// A new recovery key comes into the chain; older ones go out.
fn recovery_code(work: &mut Work<'_>, id: ActionId) -> Result<(), EngineError> {
    let own = work.identity()?.clone();
    let Some(mut chain) = people::chain(work, own.member.account)? else {
        work.failed(id, ActionError::Offline);
        return Ok(());
    };
    let old: Vec<_> = chain.recovery_keys().map(melder_mls::sign::device_id).collect();
    for device in old {
        let link = chain::remove(&chain, &own.key, device, work.now);
        if chain.extend(&link).is_ok() {
            work.request(
                Request::ExtendChain {
                    link,
                    device_name: None,
                },
                Pending::Ignore,
            );
        }
    }
    let (words, key) = identity::new_recovery_code(work)?;
    let body = chain::add_body(&chain, own.member.device, key.public(), KeyUse::Recovery, work.now);
    let accept = chain::accept(&body, &key);
    let link = chain::finish_add(body, &own.key, accept);
    work.request(
        Request::ExtendChain {
            link,
            device_name: None,
        },
        Pending::RecoveryAdded(id, words),
    );
    Ok(())
}

fn remove_device(work: &mut Work<'_>, id: ActionId, device: melder_protocol::DeviceId) -> Result<(), EngineError> {
    let own = work.identity()?.clone();
    let chain = people::chain(work, own.member.account)?;
    let Some(chain) = chain.filter(|chain| chain.device_key(device).is_some()) else {
        work.failed(id, ActionError::Invalid(Invalid::NotAllowed));
        return Ok(());
    };
    let link = chain::remove(&chain, &own.key, device, work.now);
    work.request(
        Request::ExtendChain {
            link,
            device_name: None,
        },
        Pending::Simple(id),
    );
    Ok(())
}

fn terms(work: &Work<'_>, kind: GroupKind, suite: Suite) -> Result<GroupTerms, EngineError> {
    let organisation = &work.identity()?.organisation;
    Ok(GroupTerms {
        kind,
        authority: Authority::Private,
        organisation: organisation.id,
        organisation_key: organisation.key,
        suite,
    })
}

/// The account's own group, for its devices among themselves; the first device founds it.
pub(crate) fn found_own_group(work: &mut Work<'_>) -> Result<(), EngineError> {
    let identity = work.identity()?.clone();
    if groups::load(work.tx, identity.own_group)?.is_some() {
        return Ok(()); // Founded, and its Establish is sent again by `join::resume`.
    }
    let terms = terms(work, GroupKind::Own, Suite::Hybrid)?;
    let set = vec![RosterMember {
        account: identity.member.account,
        role: Role::Manage,
    }];
    let author = Author::Device(identity.member);
    let genesis = roster::genesis(identity.own_group, terms, set, None, author, work.now);
    founding::found_private(work, &genesis, GroupKind::Own, None)
}

fn start_direct(work: &mut Work<'_>, id: ActionId, peer: AccountId) -> Result<(), EngineError> {
    if people::record(work.tx, peer)?.is_some_and(|record| !record.chain.is_empty()) {
        return direct(work, id, peer);
    }
    work.request(Request::Accounts(vec![peer]), Pending::Accounts { action: id, peer });
    Ok(())
}

/// Founds the direct chat with `peer`, unless it is there.
pub(crate) fn direct(work: &mut Work<'_>, id: ActionId, peer: AccountId) -> Result<(), EngineError> {
    let identity = work.identity()?.clone();
    let own = identity.member.account;
    let group = roster::direct_group_id(own, peer);
    let known = groups::load(work.tx, group)?.is_some_and(|group| group.status != Status::Left);
    if known {
        work.done(id, Outcome::Group(group));
        return Ok(());
    }
    if people::record(work.tx, peer)?.is_none() || peer == own {
        work.failed(
            id,
            ActionError::Refused(melder_protocol::ErrorCode::UnknownAccount.into()),
        );
        return Ok(());
    }
    let terms = terms(work, GroupKind::Direct, Suite::Hybrid)?;
    let set = vec![
        RosterMember {
            account: own,
            role: Role::Manage,
        },
        RosterMember {
            account: peer,
            role: Role::Manage,
        },
    ];
    let genesis = roster::genesis(group, terms, set, None, Author::Device(identity.member), work.now);
    founding::found_private(work, &genesis, GroupKind::Direct, Some(id))
}

fn create_group(
    work: &mut Work<'_>,
    id: ActionId,
    kind: GroupKind,
    name: String,
    description: Option<String>,
    members: Vec<(AccountId, Role)>,
) -> Result<(), EngineError> {
    let policy = policy::current(work.tx)?;
    if policy.as_ref().is_some_and(|policy| !policy.private_groups) {
        work.failed(id, ActionError::Invalid(Invalid::ForbiddenByPolicy));
        return Ok(());
    }
    if !matches!(kind, GroupKind::Group | GroupKind::Channel) {
        work.failed(id, ActionError::Invalid(Invalid::NotAllowed));
        return Ok(());
    }
    let identity = work.identity()?.clone();
    let own = identity.member.account;
    let bound = policy.map_or(melder_protocol::limits::HYBRID_BOUND, |policy| policy.hybrid_bound);
    let suite = if members.len() < bound as usize {
        Suite::Hybrid
    } else {
        Suite::Classical
    };
    let mut set = vec![RosterMember {
        account: own,
        role: Role::Manage,
    }];
    for (account, role) in members {
        if !set.iter().any(|member| member.account == account) {
            set.push(RosterMember { account, role });
        }
    }
    let group = GroupId::from_bytes(work.random());
    let terms = terms(work, kind, suite)?;
    let genesis = roster::genesis(group, terms, set, None, Author::Device(identity.member), work.now);
    founding::found_private(work, &genesis, kind, Some(id))?;
    groups::set_name(work, group, Some(&name), description.as_deref())?;
    work.tx
        .execute("UPDATE groups SET profile = 1 WHERE id = ?1", [group.as_bytes()])?;
    Ok(())
}

fn rename(
    work: &mut Work<'_>,
    id: ActionId,
    group: GroupId,
    name: String,
    description: Option<String>,
) -> Result<(), EngineError> {
    let private = groups::roster(work, group)?.is_some_and(|roster| roster.terms().authority == Authority::Private);
    if !private || groups::own_role(work, group)? != Some(Role::Manage) {
        work.failed(id, ActionError::Invalid(Invalid::NotAllowed));
        return Ok(());
    }
    groups::renamed(work, group, None, &name, description.as_deref())?;
    outbox::queue_content(work, group, Content::GroupProfile(GroupProfile { name, description }))?;
    work.done(id, Outcome::Nothing);
    Ok(())
}

fn may_write(work: &mut Work<'_>, group: GroupId, content: &Content) -> Result<bool, EngineError> {
    let Some(row) = groups::load(work.tx, group)? else {
        return Ok(false);
    };
    let own = work.identity()?.member.account;
    let sealed = matches!(content.body(), Content::Acknowledgement(_));
    let may = groups::roster(work, group)?
        .is_some_and(|roster| roster.may_write(own) || (sealed && roster.role(own).is_some()));
    Ok(may && !matches!(row.status, Status::Left | Status::Halted) && row.kind != GroupKind::Own)
}

fn send(work: &mut Work<'_>, id: ActionId, group: GroupId, mut draft: Draft) -> Result<(), EngineError> {
    if groups::load(work.tx, group)?.is_none() {
        work.failed(id, ActionError::Invalid(Invalid::UnknownGroup));
        return Ok(());
    }
    if !may_write(work, group, &draft.content)? {
        work.failed(id, ActionError::Invalid(Invalid::NotAllowed));
        return Ok(());
    }
    draft.content = match attached(work, group, &draft)? {
        Ok(content) => content,
        Err(invalid) => {
            work.failed(id, ActionError::Invalid(invalid));
            return Ok(());
        }
    };
    let files = draft.files.iter().map(|file| file.file).collect();
    queue(work, id, group, draft, files)
}

/// May it be said, and by us? Then it waits in the outbox.
pub(crate) fn queue(
    work: &mut Work<'_>,
    id: ActionId,
    group: GroupId,
    draft: Draft,
    files: Vec<FileId>,
) -> Result<(), EngineError> {
    let content = draft.content;
    if !may_write(work, group, &content)? {
        work.failed(id, ActionError::Invalid(Invalid::NotAllowed));
        return Ok(());
    }
    let kind = groups::load(work.tx, group)?.map_or(GroupKind::Group, |group| group.kind);
    let role = groups::own_role(work, group)?;
    if let Err(invalid) = history::check(work, group, kind, role, &content)? {
        work.failed(id, ActionError::Invalid(invalid));
        return Ok(());
    }
    if let Content::Delete { replaces, .. } = &content
        && outbox::cancel(work, *replaces)?
    {
        // It had not gone yet (a photo that is still uploading): then nobody else need ever hear of it.
        work.done(id, Outcome::Queued(*replaces));
        return Ok(());
    }
    let mut message = Message::new(work.random(), content);
    message.expires = draft
        .expires_in_ms
        .and_then(|ms| u32::try_from(work.now.plus(ms).0 / 1000).ok())
        .map(Expiry::At);
    message.ack_request = draft.acknowledge.map(|by| AckRequest { by, key: None });
    let letter = Letter {
        group,
        message,
        at: draft.at,
        files,
    };
    match outbox::queue(work, letter)? {
        Ok(message) => work.done(id, Outcome::Queued(message)),
        Err(_) => work.failed(id, ActionError::Invalid(Invalid::ContentInvalid)),
    }
    Ok(())
}

/// The draft's content with its files attached.
fn attached(work: &mut Work<'_>, group: GroupId, draft: &Draft) -> Result<Result<Content, Invalid>, EngineError> {
    if draft.files.is_empty() {
        return Ok(Ok(draft.content.clone()));
    }
    let mut items = Vec::new();
    for file in &draft.files {
        match files::attach(work, group, file)? {
            Ok(attachment) => items.push(attachment),
            Err(invalid) => return Ok(Err(invalid)),
        }
    }
    Ok(match with_items(draft.content.clone(), items) {
        Some(content) => Ok(content),
        None => Err(Invalid::ContentInvalid),
    })
}

fn with_items(content: Content, items: Vec<melder_content::Attachment>) -> Option<Content> {
    match content {
        Content::Text(text) => {
            let caption: Option<Text> = (!text.text.is_empty()).then_some(text);
            Some(Content::Attachments(Attachments { caption, items }))
        }
        Content::Report(mut report) => {
            report.attachments.extend(items);
            Some(Content::Report(report))
        }
        Content::Reply { to, body } => {
            let body = Box::new(with_items(*body, items)?);
            Some(Content::Reply { to, body })
        }
        _ => None,
    }
}
