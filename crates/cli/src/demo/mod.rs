// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder demo`: a small city that lives, to be tried out. The server runs in this process, a dozen colleagues too, each an engine
//! on a WebSocket like everybody else; what they write is end-to-end encrypted. One link per role lets the visitor in.
//!
//! It is not a test and proves nothing: that is `melder replay`. Its folder is kept, and used again at the next start.

mod city;
mod colleagues;
mod script;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args as ClapArgs;
use melder_protocol::Refusal;
use melder_server::ServerConfig;
use melder_server::directory::tokens;

use self::city::City;
use self::script::Script;
use crate::args::Global;
use crate::error::{CliError, Exit, Local};
use crate::output::{line, note};
use crate::t;

/// What can be typed. The words of help are in `locales/*/replay.ftl`.
#[derive(Debug, Clone, ClapArgs)]
pub struct DemoArgs {
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    #[arg(long, value_name = "FOLDER", default_value = "melder-demo")]
    pub data: PathBuf,
    #[arg(long)]
    pub quiet: bool,
}

/// Runs the city until it is interrupted.
///
/// # Errors
/// When the server can't start, or the folder is no demo's.
pub async fn run(global: &Global, args: DemoArgs) -> Result<Exit, CliError> {
    let script = Script::load()?;
    let server = melder_server::serve(ServerConfig::new(args.data.join("server"), args.listen))
        .await
        .map_err(|error| CliError::new(Local::ServerFailed).with("detail", error.to_string()))?;
    let setup = server
        .handle()
        .call(|work| tokens::ensure_setup(work).map_err(Refusal::from))
        .await?;
    let address = format!("http://{}", server.address());
    let city = City::open(&args.data, &address, setup.as_deref(), &script).await?;
    let colleagues = colleagues::wake(&args.data, &address, &city, &script).await?;
    greet(global, &args, &address, &city, &script);
    let interrupted = tokio::signal::ctrl_c();
    let ended = if args.quiet {
        interrupted.await
    } else {
        tokio::select! {
            ended = interrupted => ended,
            () = colleagues::bustle(&colleagues, &city, &script) => Ok(()),
        }
    };
    for colleague in &colleagues {
        colleague.client.close().await;
    }
    server.stop().await;
    ended.map_err(CliError::other)?;
    Ok(Exit::Ok)
}

/// How this program was called: a newcomer has not put it on the path.
fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "melder".to_owned())
}

fn greet(global: &Global, args: &DemoArgs, address: &str, city: &City, script: &Script) {
    if global.json {
        let roles: serde_json::Map<String, serde_json::Value> = city
            .links(script)
            .map(|(role, link)| (role.key.clone(), link.into()))
            .collect();
        crate::output::json(&serde_json::json!({
            "event": "listening", "url": address, "token": city.token(), "invitations": roles,
        }));
        return;
    }
    line(t!("demo-ready", server = address));
    line(t!("demo-data", path = args.data.display().to_string()));
    line("");
    line(t!("demo-how"));
    line("");
    for (role, link) in city.links(script) {
        let mut command = format!("{} --profile {} join '{link}'", program(), role.profile);
        let id = if role.groups.is_empty() {
            "demo-join"
        } else {
            command.push_str(&t!("demo-join-name"));
            "demo-join-poster"
        };
        line(t!(id, role = &role.name));
        line(format!("  {command}"));
        line("");
    }
    if let Some(role) = script.role.first() {
        line(t!("demo-then", program = program(), profile = &role.profile));
    }
    line("");
    line(t!("demo-admin"));
    line(format!(
        "  export MELDER_SERVER={address} MELDER_TOKEN={}",
        city.token()
    ));
    line("");
    note(if args.quiet {
        t!("demo-quiet")
    } else {
        t!("demo-colleagues", count = script.person.len())
    });
}
