// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What people do: one module for each kind of thing, one function for each command.

pub mod account;
pub mod alarm;
pub mod chats;
pub mod devices;
pub mod download;
pub mod export;
pub mod groups;
pub mod joining;
pub mod listen;
pub mod reading;
pub mod sending;
pub mod show;

use crate::args::{Cli, Command};
use crate::error::{CliError, Exit};

/// Runs a person's command.
///
/// # Errors
/// What went wrong.
pub async fn run(cli: Cli) -> Result<Exit, CliError> {
    let Cli { global, command } = cli;
    match command {
        Command::Join(args) => joining::join(&global, args).await,
        Command::Link(args) => joining::link(&global, args).await,
        Command::Recover(args) => joining::recover(&global, args).await,
        Command::Accept(args) => joining::accept(&global, &args.link).await,
        Command::Chats(args) => chats::list(&global, &args).await,
        Command::Members(args) => chats::members(&global, &args.chat).await,
        Command::Contacts(args) => chats::contacts(&global, &args.words.join(" ")).await,
        Command::Mute(args) => chats::mute(&global, &args).await,
        Command::Pin(args) => chats::pin(&global, &args).await,
        Command::Verify(args) => chats::verify(&global, &args).await,
        Command::Direct(args) => groups::direct(&global, &args.person).await,
        Command::Group(args) => groups::run(&global, args.command).await,
        Command::Leave(args) => groups::leave(&global, &args.chat).await,
        Command::Send(args) => sending::send(&global, args).await,
        Command::React(args) => sending::react(&global, &args).await,
        Command::Edit(args) => sending::edit(&global, &args).await,
        Command::Delete(args) => sending::delete(&global, &args.message).await,
        Command::Scheduled(args) => sending::scheduled(&global, args.command).await,
        Command::Alarm(args) => alarm::alarm(&global, &args).await,
        Command::Confirm(args) => alarm::confirm(&global, args).await,
        Command::AllClear(args) => alarm::all_clear(&global, &args).await,
        Command::Reach(args) => alarm::reach(&global, &args).await,
        Command::Read(args) => reading::read(&global, &args).await,
        Command::Search(args) => reading::search(&global, &args).await,
        Command::Listen(args) => listen::listen(&global, &args).await,
        Command::Download(args) => download::download(&global, &args).await,
        Command::Export(args) => export::export(&global, &args).await,
        Command::Devices(args) => devices::run(&global, args.command).await,
        Command::Recovery(_) => devices::create_recovery_code(&global).await,
        Command::Whoami => account::whoami(&global).await,
        Command::DeleteAccount => account::delete(&global).await,
        Command::PinCode(args) => account::pin_code(&global, args.command).await,
        // These have their own entry in `main`.
        Command::Serve(_)
        | Command::Backup(_)
        | Command::VerifyDeletion(_)
        | Command::Demo(_)
        | Command::Replay(_)
        | Command::ReplayWorker
        | Command::Admin(_)
        | Command::Bench(_)
        | Command::Simulate(_)
        | Command::Completions(_) => Ok(Exit::Usage),
    }
}
