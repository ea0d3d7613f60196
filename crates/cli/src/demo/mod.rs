// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder demo`: a small city that lives, to be tried out. The server runs in this process, a dozen colleagues too, each an engine
//! on a WebSocket like everybody else; what they write is end-to-end encrypted. One link per role lets the visitor in.
//!
//! With the web app's folder the links open in a browser; without it, the command line joins by them.
//!
//! It is not a test and proves nothing: that is `melder replay`. Its folder is kept, and used again at the next start.

mod city;
mod colleagues;
mod newcomers;
mod poster;
mod script;

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use melder_protocol::Refusal;
use melder_server::ServerConfig;
use melder_server::directory::tokens;

use self::city::City;
use self::script::Script;
use crate::args::Global;
use crate::error::{CliError, Exit, Local};
use crate::output::{line, note};
use crate::serve::web_folder;
use crate::t;

/// What can be typed. The words of help are in `locales/*/replay.ftl`.
#[derive(Debug, Clone, ClapArgs)]
pub struct DemoArgs {
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    #[arg(long, value_name = "FOLDER", default_value = "melder-demo")]
    pub data: PathBuf,
    #[arg(long, value_name = "FOLDER", env = "MELDER_WEB")]
    pub web: Option<PathBuf>,
    #[arg(long)]
    pub quiet: bool,
}

/// Where visitors reach it. A browser on this machine knows it as `localhost`, which alone may have passkeys without TLS.
fn public(listen: SocketAddr) -> String {
    if listen.ip().is_loopback() {
        format!("http://localhost:{}", listen.port())
    } else {
        format!("http://{listen}")
    }
}

/// Runs the city until it is interrupted.
///
/// # Errors
/// When the server can't start, or the folder is no demo's.
pub async fn run(global: &Global, args: DemoArgs) -> Result<Exit, CliError> {
    let script = Script::load()?;
    let mut config = ServerConfig::new(args.data.join("server"), args.listen);
    if args.listen.port() != 0 {
        config.public_url = Some(public(args.listen));
    }
    config.web = web_folder(args.web.as_ref());
    let has_app = config.web.is_some();
    let server = melder_server::serve(config)
        .await
        .map_err(|error| CliError::new(Local::ServerFailed).with("detail", error.to_string()))?;
    let setup = server
        .handle()
        .call(|work| tokens::ensure_setup(work).map_err(Refusal::from))
        .await?;
    let address = format!("http://{}", server.address());
    let mut city = City::open(&args.data, &address, setup.as_deref(), &script).await?;
    city.reached_at(&public(server.address()));
    let colleagues = colleagues::wake(&args.data, &address, &city, &script).await?;
    if global.json {
        tell(&address, &city, &script);
    } else if has_app {
        let poster = poster::write(&args.data, &city, &script)?;
        greet_in_browser(&args, &poster, &city, &script);
    } else {
        greet(&args, &address, &city, &script);
    }
    let interrupted = tokio::signal::ctrl_c();
    let bustle = async {
        if args.quiet {
            std::future::pending::<()>().await;
        }
        colleagues::bustle(&colleagues, &city, &script).await;
    };
    let ended = tokio::select! {
        ended = interrupted => ended,
        () = bustle => Ok(()),
        () = newcomers::receive(&colleagues, &city, &script, args.quiet) => Ok(()),
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

/// For programs.
fn tell(address: &str, city: &City, script: &Script) {
    let roles: serde_json::Map<String, serde_json::Value> = city
        .links(script)
        .map(|(role, link)| (role.key.clone(), link.into()))
        .collect();
    crate::output::json(&serde_json::json!({
        "event": "listening", "url": address, "token": city.token(), "admin": city.admin_link(), "invitations": roles,
    }));
}

/// For people with a browser: a link for each role, and a poster for a further one.
fn greet_in_browser(args: &DemoArgs, poster: &Path, city: &City, script: &Script) {
    let address = public(args.listen);
    line(t!("demo-ready", server = &address));
    line("");
    line(t!("demo-browser"));
    line("");
    for (role, link) in city.links(script) {
        line(t!("demo-join", role = &role.name));
        line(format!("  {link}"));
        line("");
    }
    line(t!("demo-leitstand", name = &script.administrator));
    line(format!("  {}", city.admin_link()));
    line("");
    line(t!("demo-poster"));
    line(format!("  file://{}", poster.display()));
    line("");
    admin(&address, city);
    people(args, script);
    if let Some((_, link)) = city.links(script).next() {
        open(link);
    }
}

/// Opens it in the browser of who sits here. Where there is none, the link stands above.
fn open(link: &str) {
    let has_screen = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    if has_screen && std::io::stdout().is_terminal() {
        let mut program = std::process::Command::new("xdg-open");
        program.arg(link);
        for stream in [std::process::Command::stdout, std::process::Command::stderr] {
            stream(&mut program, std::process::Stdio::null());
        }
        if let Err(error) = program.spawn() {
            tracing::debug!(%error, "xdg-open");
        }
    }
}

fn admin(address: &str, city: &City) {
    line(t!("demo-admin"));
    line(format!(
        "  MELDER_SERVER={address} MELDER_TOKEN={} {} admin accounts list",
        city.token(),
        program()
    ));
    line("");
}

fn people(args: &DemoArgs, script: &Script) {
    note(if args.quiet {
        t!("demo-quiet")
    } else {
        t!("demo-colleagues", count = script.person.len())
    });
}

fn greet(args: &DemoArgs, address: &str, city: &City, script: &Script) {
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
    admin(address, city);
    people(args, script);
}
