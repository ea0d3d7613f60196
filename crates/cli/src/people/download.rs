// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Attachments: fetching them to disk, and the bars while bytes travel.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use melder_client::Events;
use melder_engine::api::{Action, AttachmentView, Event};
use melder_protocol::BlobId;
use melder_protocol::limits::BLOB_CHUNK;
use serde::Serialize;

use crate::args::{DownloadArgs, Global};
use crate::error::{CliError, Exit, Local};
use crate::find;
use crate::output::{self, line, note, progress, safe_line, size};
use crate::session::{Need, Session, with};
use crate::t;

#[derive(Serialize)]
struct Saved {
    blob: BlobId,
    path: PathBuf,
    size: u64,
}

pub async fn download(global: &Global, args: &DownloadArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let message = find::message(session, &args.message).await?;
        if message.attachments.is_empty() {
            note(t!("download-none"));
            return Ok(Exit::Ok);
        }
        for attachment in &message.attachments {
            if attachment.have < attachment.size {
                fetch(session, attachment).await?;
            }
            let path = free_path(&args.output, &attachment.filename, attachment.blob);
            write(session, attachment, &path).await?;
            if session.json() {
                output::json(&Saved {
                    blob: attachment.blob,
                    path,
                    size: attachment.size,
                });
            } else {
                line(t!(
                    "download-done",
                    path = path.display().to_string(),
                    size = size(attachment.size)
                ));
            }
        }
        Ok(Exit::Ok)
    })
    .await
}

async fn fetch(session: &Session, attachment: &AttachmentView) -> Result<(), CliError> {
    let mut events = session.client.events();
    session.act(Action::Download(attachment.blob)).await?;
    let bar = progress(safe_line(&attachment.filename), attachment.size, true, session.json());
    // The limit is for silence, not for the whole: a large file on a thin line takes its time.
    let silence = session.limit().max(Duration::from_secs(10));
    let last = u32::try_from(attachment.size.saturating_sub(1) / BLOB_CHUNK as u64).unwrap_or(u32::MAX);
    let blob = attachment.blob;
    loop {
        if session
            .read(move |engine| engine.file_chunk(blob, last))
            .await?
            .is_some()
        {
            bar.finish_and_clear();
            return Ok(());
        }
        match tokio::time::timeout(silence, events.next()).await {
            Ok(Some(event)) => {
                if let Event::Transfer {
                    blob,
                    done,
                    upload: false,
                    ..
                } = event.as_ref()
                    && *blob == attachment.blob
                {
                    bar.set_position(*done);
                }
            }
            Ok(None) => return Err(CliError::new(Local::Unreachable)),
            Err(_) => return Err(CliError::new(Local::TimedOut)),
        }
    }
}

async fn write(session: &Session, attachment: &AttachmentView, path: &Path) -> Result<(), CliError> {
    let failed = |error: &std::io::Error| {
        CliError::new(Local::FileUnwritable)
            .with("path", path.display().to_string())
            .with("detail", error.to_string())
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    let part = folder.join(format!(".{}.part", attachment.blob));
    let mut file = std::fs::File::create(&part).map_err(|error| failed(&error))?;
    let blob = attachment.blob;
    let mut index = 0;
    let mut written = 0;
    while written < attachment.size {
        let Some(bytes) = session.read(move |engine| engine.file_chunk(blob, index)).await? else {
            return Err(CliError::new(Local::TimedOut));
        };
        if bytes.is_empty() {
            break;
        }
        file.write_all(&bytes).map_err(|error| failed(&error))?;
        written += bytes.len() as u64;
        index += 1;
    }
    file.sync_all()
        .and_then(|()| std::fs::rename(&part, path))
        .map_err(|error| failed(&error))
}

/// A path in `folder` that nothing has yet. The name comes from somebody else, so only its harmless part counts.
fn free_path(folder: &Path, filename: &str, blob: BlobId) -> PathBuf {
    let name: String = filename
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|letter| !letter.is_control() && !matches!(letter, ':' | '*' | '?' | '"' | '<' | '>' | '|'))
        .collect();
    let name = name.trim_matches(['.', ' ']);
    let name = if name.is_empty() {
        blob.to_string()
    } else {
        name.to_owned()
    };
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) => (stem.to_owned(), format!(".{ending}")),
        None => (name.clone(), String::new()),
    };
    (1..)
        .map(|number| {
            if number == 1 {
                folder.join(&name)
            } else {
                folder.join(format!("{stem} ({number}){ending}"))
            }
        })
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(blob.to_string()))
}

/// Bars for what is being uploaded, until the task is aborted.
#[must_use]
pub fn watch_uploads(session: &Session) -> tokio::task::JoinHandle<()> {
    tokio::spawn(show_uploads(session.client.events(), session.json()))
}

async fn show_uploads(mut events: Events, hidden: bool) {
    let mut bars = HashMap::new();
    while let Some(event) = events.next().await {
        if let Event::Transfer {
            blob,
            done,
            of,
            upload: true,
        } = event.as_ref()
        {
            let bar = bars
                .entry(*blob)
                .or_insert_with(|| progress(t!("upload"), *of, true, hidden));
            bar.set_position(*done);
            if done >= of {
                bar.finish_and_clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_elsewhere_stays_in_the_folder() {
        let folder = Path::new("/nowhere");
        let blob = BlobId::from_bytes([7; 16]);
        for (name, expected) in [
            ("foto.jpg", "foto.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\x.dll", "x.dll"),
            ("..", "07070707070707070707070707070707"),
            ("", "07070707070707070707070707070707"),
            (".bashrc", "bashrc"),
        ] {
            assert_eq!(free_path(folder, name, blob), folder.join(expected), "{name:?}");
        }
    }
}
