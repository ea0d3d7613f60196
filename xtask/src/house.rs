// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The house rules that no compiler checks.

use std::fs;
use std::path::{Path, PathBuf};

use crate::layers;
use crate::metadata::Graph;
use crate::shell::{Result, root, step};

/// Put together here, so that a reader of licence headers doesn't take these for this file's.
const HEADER: [&str; 2] = [
    concat!("// SPDX-", "FileCopyrightText: Melder contributors"),
    concat!("// SPDX-", "License-Identifier: EUPL-1.2"),
];

/// Above this a file should be split by meaning, above the next it must.
const LONG: usize = 600;
const TOO_LONG: usize = 700;

/// Folders that hold no source of ours.
const SKIPPED: [&str; 5] = ["target", ".git", "node_modules", "dist", "tachys"];

/// The page that says what each dependency is for.
const DEPENDENCIES: &str = "docs/dependencies.md";

#[derive(Debug, Default)]
struct Findings {
    errors: Vec<String>,
    warnings: Vec<String>,
}

pub fn check() -> Result {
    step("house rules", || {
        let root = root();
        let mut findings = Findings::default();
        let mut files = Vec::new();
        rust_files(&root, &mut files)?;
        for path in &files {
            let name = path.strip_prefix(&root).unwrap_or(path).display().to_string();
            check_source(&name, &fs::read_to_string(path)?, &mut findings);
        }
        findings.errors.extend(layers::breaches(&Graph::load()?));
        findings.errors.extend(unexplained(
            &fs::read_to_string(root.join("Cargo.toml"))?,
            &fs::read_to_string(root.join(DEPENDENCIES))?,
        ));
        for warning in &findings.warnings {
            println!("    warning: {warning}");
        }
        for error in &findings.errors {
            println!("    error: {error}");
        }
        if findings.errors.is_empty() {
            println!("    {} Rust files and the layers are in order", files.len());
            return Ok(());
        }
        Err(format!("{} house rules broken", findings.errors.len()).into())
    })
}

/// The workspace's dependencies that the page doesn't explain.
fn unexplained(manifest: &str, page: &str) -> Vec<String> {
    manifest
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#') && !line.contains("path = "))
        .filter_map(|line| line.split_once(" = "))
        .filter(|(name, _)| !page.contains(&format!("`{name}`")))
        .map(|(name, _)| format!("{DEPENDENCIES} doesn't say what `{name}` is for"))
        .collect()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result {
    let mut entries = fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            if !SKIPPED.iter().any(|skipped| name == *skipped) {
                rust_files(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn check_source(name: &str, text: &str, findings: &mut Findings) {
    let mut lines = text.lines();
    if HEADER.iter().any(|header| lines.next() != Some(header)) {
        findings
            .errors
            .push(format!("{name}: does not start with the two SPDX lines"));
    }
    let length = text.lines().count();
    if length > TOO_LONG {
        findings.errors.push(format!(
            "{name}: {length} lines, more than {TOO_LONG}: split it by meaning"
        ));
    } else if length > LONG {
        findings
            .warnings
            .push(format!("{name}: {length} lines, more than {LONG}"));
    }
    // Put together here, so that this file doesn't find itself.
    let banned = [
        (
            concat!("#[", "allow("),
            "silences a lint; `#[expect(…, reason = …)]` says why and ends with its cause",
        ),
        (concat!("#![", "allow("), "silences a lint for a whole module"),
        (concat!("todo", "!("), "is unfinished"),
        (concat!("unimplemented", "!("), "is unfinished"),
    ];
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for (needle, why) in banned {
            if line.contains(needle) {
                findings
                    .errors
                    .push(format!("{name}:{}: `{needle}…` {why}", number + 1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Findings, HEADER, TOO_LONG, check_source, unexplained};

    fn findings(body: &str) -> Findings {
        let mut findings = Findings::default();
        check_source("x.rs", &format!("{}\n{body}", HEADER.join("\n")), &mut findings);
        findings
    }

    #[test]
    fn a_file_without_a_header_is_found() {
        let mut findings = Findings::default();
        check_source("x.rs", "fn main() {}\n", &mut findings);
        assert_eq!(findings.errors.len(), 1);
    }

    #[test]
    fn a_silenced_lint_and_an_unfinished_place_are_found_where_they_stand() {
        let body = concat!(
            "\n#[",
            "allow(dead_code)]\nfn f() { todo",
            "!() }\n// todo",
            "!() in words is fine\n"
        );
        let errors = findings(body).errors;
        assert_eq!(errors.len(), 2);
        assert!(errors[0].starts_with("x.rs:4:"), "{errors:?}");
        assert!(errors[1].starts_with("x.rs:5:"), "{errors:?}");
    }

    #[test]
    fn a_long_file_is_warned_of_and_a_longer_one_refused() {
        let long = findings(&"\n".repeat(650));
        assert_eq!((long.errors.len(), long.warnings.len()), (0, 1));
        let too_long = findings(&"\n".repeat(TOO_LONG));
        assert_eq!((too_long.errors.len(), too_long.warnings.len()), (1, 0));
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let manifest = "[package]\nname = \"x\"\n[workspace.dependencies]\nours = { path = \"ours\" }\n\n# Codecs\n\
            known = \"1\"\nnovel = { version = \"1\" }\n[profile.dev]\ndebug = 1\n";
        let found = unexplained(manifest, "| `known` | for this |");
        assert_eq!(found, ["docs/dependencies.md doesn't say what `novel` is for"]);
    }
}
