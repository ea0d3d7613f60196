// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Help and usage errors in the chosen language.
//!
//! clap knows the shape of the command line; this walks its tree and puts the words in. The text of a command is
//! `cmd-<path>` (with `.long` for `--help`), of an argument `arg-<path>-<name>`, or `arg-<name>` where one text does for
//! several commands. Nothing of clap's own English is left: headings, defaults and errors are ours too.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

use crate::error::{CliError, Local};
use crate::t;
use crate::texts::find;

/// The command line with all its words.
#[must_use]
pub fn localize(command: Command) -> Command {
    let command = command
        .arg(
            Arg::new("help")
                .long("help")
                .short('h')
                .action(ArgAction::Help)
                .global(true),
        )
        .arg(
            Arg::new("version")
                .long("version")
                .short('V')
                .action(ArgAction::Version),
        );
    walk(command, "", "melder").after_help(reflow(&t!("help-after")))
}

/// Joins the lines of a paragraph, so that the terminal's width decides where they end. Indented lines stay.
fn reflow(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut flowing = false;
    for line in text.lines() {
        let stands = line.is_empty() || line.starts_with(' ');
        if !result.is_empty() {
            result.push(if flowing && !stands { ' ' } else { '\n' });
        }
        result.push_str(line);
        flowing = !stands;
    }
    result
}

fn walk(command: Command, path: &str, called: &str) -> Command {
    let id = if path.is_empty() {
        "cmd".to_owned()
    } else {
        format!("cmd-{path}")
    };
    let mut command = command
        .about(find(&id, &[]).unwrap_or_default())
        .help_template(template(path.is_empty()))
        .subcommand_help_heading(t!("help-commands"))
        .subcommand_value_name(t!("help-command-name"))
        .disable_help_subcommand(true);
    if let Some(long) = find(&format!("{id}.long"), &[]) {
        command = command.long_about(reflow(&long));
    }
    command = command.mut_args(|argument| argument_texts(argument, path));
    command = with_usage(command, called);
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}-{name}")
        };
        let called = format!("{called} {name}");
        command = command.mut_subcommand(name, |sub| walk(sub, &path, &called));
    }
    command
}

/// The line of usage with our word for options; `called` is how the command is typed.
fn with_usage(command: Command, called: &str) -> Command {
    let mut copy = command.clone().bin_name(called).disable_help_flag(true);
    let usage = copy.render_usage().to_string();
    let usage = usage
        .trim_start_matches("Usage:")
        .trim()
        .replace("[OPTIONS]", &t!("help-usage-options"));
    command.override_usage(usage)
}

fn template(root: bool) -> String {
    let usage = t!("help-usage");
    if root {
        format!("{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}\n\n{{after-help}}")
    } else {
        format!("{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}")
    }
}

/// `SECONDS` in the chosen language: the text `value-seconds`, if there is one.
fn value_name(name: &str) -> String {
    let id = format!("value-{}", name.to_lowercase().replace(['|', '='], "-"));
    find(&id, &[]).unwrap_or_else(|| name.to_owned())
}

/// The ids under which an argument's text may stand, the particular one first.
#[must_use]
pub fn argument_ids(path: &str, argument: &str) -> [String; 2] {
    let name = argument.replace('_', "-");
    let own = if path.is_empty() {
        format!("arg-{name}")
    } else {
        format!("arg-{path}-{name}")
    };
    [own, format!("arg-{name}")]
}

fn argument_texts(argument: Arg, path: &str) -> Arg {
    let [own, shared] = argument_ids(path, argument.get_id().as_str());
    let mut help = find(&own, &[]).or_else(|| find(&shared, &[])).unwrap_or_default();
    let values = argument.get_possible_values();
    if !argument.is_hide_possible_values_set() && argument.get_action().takes_values() && !values.is_empty() {
        let names: Vec<&str> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
        help.push(' ');
        help.push_str(&t!("help-values", values = names.join(", ")));
    }
    let defaults: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    if argument.get_action().takes_values() && !defaults.is_empty() {
        help.push(' ');
        help.push_str(&t!("help-default", value = defaults.join(", ")));
    }
    if let Some(name) = argument.get_env() {
        help.push(' ');
        help.push_str(&t!("help-environment", name = name.to_string_lossy().into_owned()));
    }
    let heading = match (argument.is_positional(), argument.is_global_set()) {
        (true, _) => "help-arguments",
        (false, true) => "help-options-everywhere",
        (false, false) => "help-options",
    };
    let takes_values = argument.get_action().takes_values();
    let names: Vec<String> = argument
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .map(|name| value_name(name.as_str()))
        .collect();
    let argument = if takes_values && !names.is_empty() {
        argument.value_names(names)
    } else {
        argument
    };
    argument
        .help(help)
        .help_heading(t!(heading))
        .hide_possible_values(takes_values)
        .hide_default_value(takes_values)
        .hide_env(takes_values)
}

/// A usage error in the chosen language. `None`: it is no error but help or the version, which clap prints itself.
#[must_use]
pub fn usage_error(error: &clap::Error) -> Option<CliError> {
    let id = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return None;
        }
        ErrorKind::UnknownArgument => "usage-unknown-argument",
        ErrorKind::InvalidSubcommand => "usage-unknown-command",
        ErrorKind::MissingRequiredArgument => "usage-missing-argument",
        ErrorKind::MissingSubcommand => "usage-missing-command",
        ErrorKind::InvalidValue if context(error, ContextKind::InvalidValue).is_empty() => "usage-missing-value",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "usage-invalid-value",
        ErrorKind::ArgumentConflict => "usage-conflict",
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => "usage-number-of-values",
        ErrorKind::InvalidUtf8 => "usage-utf8",
        _ => "usage-other",
    };
    let subject = match error.kind() {
        ErrorKind::InvalidSubcommand => context(error, ContextKind::InvalidSubcommand),
        _ => context(error, ContextKind::InvalidArg),
    };
    let detail = t!(
        id,
        subject = subject,
        value = context(error, ContextKind::InvalidValue),
        other = context(error, ContextKind::PriorArg),
    );
    let mut result = CliError::new(Local::Usage).with("detail", detail);
    let values = context(error, ContextKind::ValidValue);
    if !values.is_empty() {
        result = result.line(t!("usage-values", values = values));
    }
    let suggestions: Vec<String> = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .map(|kind| context(error, kind))
    .filter(|text| !text.is_empty())
    .collect();
    if !suggestions.is_empty() {
        result = result.line(t!("usage-suggestion", values = suggestions.join(", ")));
    }
    let usage = context(error, ContextKind::Usage);
    let usage = usage.trim_start_matches("Usage:").trim();
    if !usage.is_empty() {
        result = result.line(format!("{} {usage}", t!("help-usage")));
    }
    Some(result)
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => plain(text),
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(plain).collect::<Vec<_>>().join(", "),
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn plain(text: &StyledStr) -> String {
    console::strip_ansi_codes(&text.ansi().to_string()).into_owned()
}
