// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder admin`: an administrator's desk. A thin client of the documented HTTP API (`/v1/openapi.json`): it finds ids by
//! names, sends one request, and prints a table or, with `--json`, the answer as it came. It decides nothing.

mod accounts;
pub(crate) mod api;
mod args;
mod config;
mod directory;
mod groups;
mod show;

pub use args::AdminArgs;
use args::AdminCommand;

use crate::args::Global;
use crate::error::{CliError, Exit};
use crate::output::line;
use crate::t;
use api::Api;

/// What a command needs.
pub(crate) struct Desk<'a> {
    pub api: Api,
    pub global: &'a Global,
}

/// Runs an administrator's command. Blocking: it has one thing to do at a time.
///
/// # Errors
/// What the server said.
pub fn run(global: &Global, args: AdminArgs) -> Result<Exit, CliError> {
    let AdminArgs { connection, command } = args;
    if let AdminCommand::Setup(args) = &command {
        return config::setup(global, &connection, args);
    }
    let server_wide = matches!(&command, AdminCommand::Organisations(args) if args.is_server_wide());
    let desk = Desk {
        api: config::connect(global, &connection, server_wide)?,
        global,
    };
    match command {
        AdminCommand::Setup(_) => Ok(()),
        AdminCommand::Me => directory::me(&desk),
        AdminCommand::Organisations(args) => directory::organisations(&desk, args.command),
        AdminCommand::Units(args) => directory::units(&desk, args.command),
        AdminCommand::Operations(args) => directory::operations(&desk, args.command),
        AdminCommand::Policy(args) => directory::policy(&desk, args.command),
        AdminCommand::Tokens(args) => directory::tokens(&desk, args.command),
        AdminCommand::Deletions(args) => directory::deletions(&desk, args.account.as_deref()),
        AdminCommand::Audit(args) => directory::audit(&desk, args.check),
        AdminCommand::Accounts(args) => accounts::accounts(&desk, args.command),
        AdminCommand::Devices(args) => accounts::devices(&desk, &args.account),
        AdminCommand::Invitations(args) => accounts::invitations(&desk, args.command),
        AdminCommand::Groups(args) => groups::groups(&desk, args.command),
    }
    .map(|()| Exit::Ok)
}

impl Desk<'_> {
    /// The answer itself, or one line for a person.
    pub fn tell(&self, value: &serde_json::Value, text: impl FnOnce() -> String) {
        if self.global.json {
            crate::output::json(value);
        } else {
            line(text());
        }
    }

    /// Asks before something that can't be undone.
    pub fn ask(&self, question: &str) -> Result<(), CliError> {
        crate::output::confirm(question, self.global.yes)
    }

    pub fn done(&self, value: &serde_json::Value, id: &'static str, name: &str) {
        self.tell(value, || t!(id, name = crate::output::safe_line(name)));
    }
}
