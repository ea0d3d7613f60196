// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder serve`: starts the server in this process and stops it cleanly.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use melder_protocol::Refusal;
use melder_server::directory::tokens;
use melder_server::{PushMode, ServeError, ServerConfig};

use crate::args::Global;
use crate::error::{CliError, Exit, Local};
use crate::output::{self, line, note};
use crate::t;

#[derive(Debug, Args)]
pub struct ServeArgs {
    #[arg(long, value_name = "FOLDER", env = "MELDER_DATA", default_value = "melder-data")]
    pub data: PathBuf,
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "MELDER_LISTEN",
        default_value = "127.0.0.1:7700"
    )]
    pub listen: SocketAddr,
    #[arg(long, value_name = "URL", env = "MELDER_URL")]
    pub url: Option<String>,
    #[arg(long, value_name = "FOLDER", env = "MELDER_WEB")]
    pub web: Option<PathBuf>,
    #[arg(long, env = "MELDER_NO_PUSH", conflicts_with = "push_allow_local")]
    pub no_push: bool,
    #[arg(long, value_name = "ADDRESS", env = "MELDER_PUSH_CONTACT")]
    pub push_contact: Option<String>,
    #[arg(long, env = "MELDER_PUSH_ALLOW_LOCAL")]
    pub push_allow_local: bool,
}

impl ServeArgs {
    const fn push(&self) -> PushMode {
        if self.no_push {
            PushMode::Off
        } else if self.push_allow_local {
            PushMode::AllowLocal
        } else {
            PushMode::Public
        }
    }
}

/// Whom push services write to: a bare mail address is taken as one.
fn contact(named: &str) -> String {
    if named.contains(':') {
        named.to_owned()
    } else {
        format!("mailto:{named}")
    }
}

/// The web app's folder: the one named, or `web` beside the program, as it is installed.
#[must_use]
pub fn web_folder(named: Option<&PathBuf>) -> Option<PathBuf> {
    named.cloned().or_else(|| {
        let beside = std::env::current_exe().ok()?.parent()?.join("web");
        beside.join("index.html").is_file().then_some(beside)
    })
}

fn failed(error: &ServeError, args: &ServeArgs) -> CliError {
    let reason = match error {
        ServeError::InUse => t!("serve-in-use"),
        ServeError::Listen(error) => {
            t!(
                "serve-listen",
                address = args.listen.to_string(),
                detail = error.to_string()
            )
        }
        ServeError::Folder(error) => {
            t!(
                "serve-folder",
                folder = args.data.display().to_string(),
                detail = error.to_string()
            )
        }
        ServeError::Web(error) => t!("serve-web", detail = error.to_string()),
        other => other.to_string(),
    };
    CliError::new(Local::ServerFailed).with("detail", reason)
}

/// Runs the server until it is interrupted.
///
/// # Errors
/// When it can't start.
pub async fn run(global: &Global, args: ServeArgs) -> Result<Exit, CliError> {
    let mut config = ServerConfig::new(args.data.clone(), args.listen);
    let public = args.url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
    config.public_url.clone_from(&public);
    config.push = args.push();
    config.push_contact = args.push_contact.as_deref().map(contact);
    config.web = web_folder(args.web.as_ref());
    let has_app = config.web.is_some();
    let server = melder_server::serve(config)
        .await
        .map_err(|error| failed(&error, &args))?;
    let address = server.address();
    let url = public.unwrap_or_else(|| format!("http://{address}"));
    let setup = server
        .handle()
        .call(|work| tokens::ensure_setup(work).map_err(Refusal::from))
        .await?;
    let link = setup.map(|token| format!("{url}/setup#{token}"));
    if global.json {
        output::json(&serde_json::json!({
            "event": "listening", "address": address.to_string(), "url": url, "setup": link,
        }));
    } else {
        line(t!(
            "serve-listening",
            url = &url,
            data = args.data.display().to_string()
        ));
        if !has_app {
            note(t!("serve-no-web"));
        }
        if let Some(link) = &link {
            line("");
            line(t!("serve-setup"));
            line("");
            line(format!(
                "  melder admin setup '{link}' --organisation '{}'",
                t!("serve-organisation")
            ));
            line("");
            note(t!("serve-setup-once"));
        }
        if args.push_allow_local {
            note(t!("serve-push-local"));
        }
        if url.starts_with("http://") && !address.ip().is_loopback() {
            note(t!("serve-no-tls"));
        }
    }
    wait_for_the_end().await?;
    if !global.json {
        note(t!("serve-stopping"));
    }
    server.stop().await;
    Ok(Exit::Ok)
}

/// Ctrl-C, or what a service manager sends.
async fn wait_for_the_end() -> Result<(), CliError> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(CliError::other)?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result.map_err(CliError::other),
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(CliError::other)
}
