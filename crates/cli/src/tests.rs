// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The words are complete: everything that can be shown has a text, in both languages.

use std::collections::BTreeSet;

use clap::CommandFactory;
use melder_engine::api::{Invalid, Misbehaviour};
use melder_protocol::ErrorCode;

use crate::args::Cli;
use crate::error::Local;
use crate::help::{argument_ids, localize};
use crate::texts::{Language, Texts};

const LANGUAGES: [Language; 2] = [Language::De, Language::En];

/// Grows by the compiler's hand: a new variant does not compile here until it is in the list.
fn all_invalid() -> Vec<Invalid> {
    use Invalid::*;
    let all = vec![
        NoAccountYet,
        AccountExists,
        UnknownGroup,
        UnknownMessage,
        UnknownFile,
        FileIncomplete,
        ContentInvalid,
        NotAllowed,
        ForbiddenByPolicy,
        TooLarge,
        BadRecoveryWords,
        NoLinkRunning,
        LinkFailed,
        WrongOrganisation,
        ServerMisbehaves,
        TooLate,
    ];
    for one in &all {
        match one {
            NoAccountYet | AccountExists | UnknownGroup | UnknownMessage | UnknownFile | FileIncomplete
            | ContentInvalid | NotAllowed | ForbiddenByPolicy | TooLarge | BadRecoveryWords | NoLinkRunning
            | LinkFailed | WrongOrganisation | ServerMisbehaves | TooLate => {}
        }
    }
    all
}

fn missing(ids: impl IntoIterator<Item = String>) -> Vec<String> {
    let ids: Vec<String> = ids.into_iter().collect();
    LANGUAGES
        .into_iter()
        .flat_map(|language| {
            let texts = Texts::new(language);
            ids.iter()
                .filter(move |id| texts.find(id, &[]).is_none())
                .map(move |id| format!("{language:?}: {id}"))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn every_error_code_has_a_text() {
    assert_eq!(
        missing(ErrorCode::ALL.iter().map(|code| format!("error-{}", code.code()))),
        none()
    );
}

#[test]
fn every_invalid_action_has_a_text() {
    assert_eq!(
        missing(all_invalid().iter().map(|invalid| format!("invalid-{invalid}"))),
        none()
    );
}

#[test]
fn every_error_of_the_command_line_has_a_text() {
    assert_eq!(
        missing(Local::ALL.iter().map(|local| format!("local-{}", local.code()))),
        none()
    );
}

#[test]
fn every_misbehaviour_has_a_text() {
    let names = Misbehaviour::ALL
        .iter()
        .map(|one| serde_json::to_value(one).unwrap().as_str().unwrap().to_owned());
    assert_eq!(missing(names.map(|name| format!("misbehaviour-{name}"))), none());
}

#[test]
fn every_line_of_the_system_has_a_text() {
    let names = [
        "added",
        "removed",
        "left",
        "identity_changed",
        "device_added",
        "device_removed",
        "renamed",
        "gap",
        "gap_filled",
        "closed",
    ];
    assert_eq!(missing(names.iter().map(|name| format!("line-{name}"))), none());
}

#[test]
fn a_commands_help_names_it_as_it_is_typed() {
    let mut command = localize(Cli::command());
    for name in ["delete-account", "pin-code", "send"] {
        let usage = command.find_subcommand_mut(name).unwrap().render_usage().to_string();
        assert!(usage.contains(&format!("melder {name}")), "{usage}");
    }
}

#[test]
fn every_command_and_argument_has_a_text() {
    let command = localize(Cli::command());
    let mut found = Vec::new();
    for language in LANGUAGES {
        walk(&command, "", &Texts::new(language), language, &mut found);
    }
    assert_eq!(found, none());
}

fn walk(command: &clap::Command, path: &str, texts: &Texts, language: Language, found: &mut Vec<String>) {
    if command.is_hide_set() {
        return;
    }
    let id = if path.is_empty() {
        "cmd".to_owned()
    } else {
        format!("cmd-{path}")
    };
    if texts.find(&id, &[]).is_none() {
        found.push(format!("{language:?}: {id}"));
    }
    for argument in command.get_arguments() {
        let ids = argument_ids(path, argument.get_id().as_str());
        if ids.iter().all(|id| texts.find(id, &[]).is_none()) {
            found.push(format!("{language:?}: {}", ids.join(" or ")));
        }
    }
    for sub in command.get_subcommands() {
        let path = if path.is_empty() {
            sub.get_name().to_owned()
        } else {
            format!("{path}-{}", sub.get_name())
        };
        walk(sub, &path, texts, language, found);
    }
}

/// The ids in the Fluent sources, with their attributes.
fn ids(language: Language) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for source in language.sources() {
        let mut message = String::new();
        for line in source.lines() {
            let name = line.split('=').next().unwrap_or_default().trim_end();
            let is_name = |text: &str| {
                !text.is_empty()
                    && text
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            };
            if line.contains('=') && !line.starts_with([' ', '#']) && is_name(name) {
                message = name.to_owned();
                assert!(ids.insert(message.clone()), "{language:?}: {message} stands twice");
            } else if let Some(attribute) = name.trim_start().strip_prefix('.')
                && line.contains('=')
                && is_name(attribute)
            {
                ids.insert(format!("{message}.{attribute}"));
            }
        }
    }
    ids
}

#[test]
fn both_languages_have_the_same_texts() {
    let (german, english) = (ids(Language::De), ids(Language::En));
    let difference: Vec<&String> = german.symmetric_difference(&english).collect();
    assert!(difference.is_empty(), "{difference:?}");
    assert!(german.len() > 400, "{}", german.len());
}

#[test]
fn no_source_has_a_damaged_line() {
    for language in LANGUAGES {
        for source in language.sources() {
            if let Err((_, errors)) = fluent_bundle::FluentResource::try_new((*source).to_owned()) {
                panic!("{language:?}: {errors:?}");
            }
        }
    }
}

#[test]
fn every_text_that_the_program_names_exists() {
    let mut used = BTreeSet::new();
    collect(
        std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut used,
    );
    assert!(used.len() > 100, "{}", used.len());
    assert_eq!(missing(used), none());
}

/// What stands in `t!("…")`.
fn collect(folder: &std::path::Path, used: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, used);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            let source = std::fs::read_to_string(&path).unwrap();
            for part in source.split("t!(").skip(1) {
                if let Some(rest) = part.trim_start().strip_prefix('"')
                    && let Some((id, _)) = rest.split_once('"')
                    && id
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
                    && id.contains('-')
                {
                    used.insert(id.to_owned());
                }
            }
        }
    }
}

#[test]
fn the_command_line_is_well_formed() {
    localize(Cli::command()).debug_assert();
}

#[test]
fn help_has_no_english_of_its_own() {
    crate::texts::choose(Language::De);
    let mut command = localize(Cli::command());
    let help = command.render_long_help().to_string();
    for word in [
        "Usage:",
        "Options:",
        "Commands:",
        "Arguments:",
        "[default",
        "[env",
        "[possible",
    ] {
        assert!(!help.contains(word), "{word} in\n{help}");
    }
    assert!(help.contains("Aufruf:"), "{help}");
}
