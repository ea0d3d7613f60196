// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Cuts a program into what is loaded at first and parts that are fetched later: at the functions that the source marks
//! with `wasm_split` (`web/app/src/later.rs`). A program without any stays as it is.
//!
//! What fetches the parts is written into the program's own script, so that it is one file whose name can carry its
//! content's hash.

use std::fs;
use std::path::{Path, PathBuf};

use wasm_split_cli_support::{Options, transform};

use crate::shell::{Result, step};

/// Under this name the program asks for what fetches its parts.
const LINK: &str = "./parts.js";
/// In the names of all functions where a program can be cut.
const MARK: &[u8] = b"__wasm_split_00";

/// What a program was cut into.
#[derive(Debug)]
pub struct Split {
    /// For wasm-bindgen.
    pub main: PathBuf,
    pub parts: Vec<PathBuf>,
    link: PathBuf,
}

/// Cuts a program, if it is to be cut.
pub fn cut(program: &Path, out: &Path) -> Result<Option<Split>> {
    let bytes = fs::read(program)?;
    if !bytes.windows(MARK.len()).any(|window| window == MARK) {
        return Ok(None);
    }
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    let main = out.join("main.wasm");
    let mut parts = step("its parts", || {
        let mut options = Options::new(&bytes);
        options.output_dir = out;
        options.main_out_path = &main;
        options.link_name = LINK;
        let split = transform(options).map_err(|error| format!("wasm-split: {error:#}"))?;
        split.split_modules.iter().try_for_each(|part| make_small(part))?;
        Ok(split.split_modules)
    })?;
    parts.sort();
    Ok(Some(Split {
        main,
        parts,
        link: out.join(LINK),
    }))
}

/// The linker leaves room in each number, for whoever changes it; and names.
fn make_small(part: &Path) -> Result {
    let mut config = walrus::ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut module = config
        .parse(&fs::read(part)?)
        .map_err(|error| format!("{}: {error:#}", part.display()))?;
    fs::write(part, module.emit_wasm())?;
    Ok(())
}

impl Split {
    /// Puts what fetches the parts into the script that wasm-bindgen made.
    pub fn link(&self, script: &Path) -> Result {
        let linked = linked(&super::read(script)?, &super::read(&self.link)?)?;
        fs::write(script, linked)?;
        Ok(())
    }
}

/// `import * as NAME from "./parts.js"`, once for each that is asked for, become constants of these names.
fn linked(script: &str, link: &str) -> Result<String> {
    let from = format!(" from \"{LINK}\"");
    let mut first = None;
    let mut lines = Vec::new();
    for line in script.lines() {
        let import = line.strip_prefix("import * as ");
        let name = import.and_then(|rest| rest.trim_end_matches(';').strip_suffix(&from));
        lines.push(match (name, first) {
            (None, _) => line.to_owned(),
            (Some(name), None) => {
                first = Some(name);
                constant(name, link)
            }
            (Some(name), Some(first)) => format!("const {name} = {first};"),
        });
    }
    if first.is_none() {
        return Err("the script does not ask for its parts".into());
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

fn constant(name: &str, link: &str) -> String {
    let mut names = Vec::new();
    let mut body = String::new();
    // What the parts are given stands in the same script.
    for line in link.lines().filter(|line| !line.starts_with("import { initSync }")) {
        let exported = line.strip_prefix("export ");
        if let Some(rest) = exported.and_then(|line| line.strip_prefix("const ")) {
            names.push(rest.split(' ').next().unwrap_or_default());
        }
        body.push_str(exported.unwrap_or(line));
        body.push('\n');
    }
    format!(
        "const {name} = (() => {{\n{body}return {{ {} }};\n}})();",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::linked;

    #[test]
    fn what_fetches_the_parts_stands_in_the_script() {
        let script = "import * as a1 from \"./parts.js\"\nimport * as a2 from \"./parts.js\"\nlet wasm;\n";
        let link = "import { initSync } from \"./main.js\";\nlet a = 1;\nexport const load_x = a;\n";
        assert_eq!(
            linked(script, link).unwrap(),
            "const a1 = (() => {\nlet a = 1;\nconst load_x = a;\nreturn { load_x };\n})();\nconst a2 = a1;\nlet wasm;\n"
        );
        assert!(linked("let wasm;", link).is_err());
    }
}
