// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Where the administrator's token is kept, and the set-up that makes the first one.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::api::Api;
use super::args::{Connection, SetupArgs};
use crate::args::Global;
use crate::error::{CliError, Exit, Local};
use crate::output::{self, line, note};
use crate::t;

/// What stands in the file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Config {
    pub server: String,
    /// Scope `owner` of an organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Scope `server`: makes organisations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_token: Option<String>,
}

/// `--config`, else `$XDG_CONFIG_HOME/melder/admin.json`.
fn path(connection: &Connection) -> Result<PathBuf, CliError> {
    if let Some(path) = &connection.config {
        return Ok(path.clone());
    }
    std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".config")))
        .map(|folder| folder.join("melder/admin.json"))
        .ok_or_else(|| CliError::new(Local::NoToken))
}

/// Writes the file so that only its owner reads it.
pub(crate) fn save(path: &Path, config: &Config) -> Result<(), CliError> {
    let failed = |error: std::io::Error| {
        CliError::new(Local::FileUnwritable)
            .with("path", path.display().to_string())
            .with("detail", error.to_string())
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let text = serde_json::to_string_pretty(config).map_err(CliError::other)?;
    options
        .open(path)
        .and_then(|mut file| writeln!(file, "{text}").and_then(|()| file.sync_all()))
        .map_err(failed)
}

fn load(path: &Path) -> Result<Option<Config>, CliError> {
    match std::fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| {
            CliError::new(Local::FileUnreadable)
                .with("path", path.display().to_string())
                .with("detail", error.to_string())
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CliError::new(Local::FileUnreadable)
            .with("path", path.display().to_string())
            .with("detail", error.to_string())),
    }
}

/// The server and the right token for the command.
pub(crate) fn connect(global: &Global, connection: &Connection, server_wide: bool) -> Result<Api, CliError> {
    let config = load(&path(connection)?)?.unwrap_or_default();
    let server = connection
        .server
        .clone()
        .or_else(|| (!config.server.is_empty()).then(|| config.server.clone()));
    let saved = if server_wide { config.server_token } else { config.token };
    let token = connection.token.clone().or(saved);
    match (server, token) {
        (Some(server), Some(token)) => Api::new(&server, Some(token), global.timeout),
        _ => Err(CliError::new(Local::NoToken)),
    }
}

/// Takes the set-up link of an empty server, and keeps the tokens.
pub(crate) fn setup(global: &Global, connection: &Connection, args: &SetupArgs) -> Result<Exit, CliError> {
    let bad = || CliError::new(Local::BadSetupLink);
    let (address, token) = args.link.trim().split_once('#').ok_or_else(bad)?;
    let server = address.strip_suffix("/setup").ok_or_else(bad)?;
    if token.is_empty() {
        return Err(bad());
    }
    let path = path(connection)?;
    if let Some(config) = load(&path)?
        && config.server != server
    {
        output::confirm(
            &t!(
                "setup-overwrite",
                path = path.display().to_string(),
                server = config.server
            ),
            global.yes,
        )?;
    }
    let api = Api::new(server, None, global.timeout)?;
    let answer = api.post(
        "/v1/admin/setup",
        &json!({ "token": token, "organisation": args.organisation }),
    )?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    let config = Config {
        server: server.to_owned(),
        token: text("owner_token"),
        server_token: text("server_token"),
    };
    save(&path, &config)?;
    if global.json {
        output::json(&answer);
    } else {
        line(t!("setup-done", organisation = &args.organisation));
        note(t!("setup-saved", path = path.display().to_string()));
    }
    Ok(Exit::Ok)
}
