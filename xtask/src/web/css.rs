// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One style sheet: the fonts, of KERN's what our source uses, and our own in the order of its files' names.
//!
//! KERN brings every component and every drawing; what we don't use is taken out rule by rule and variable by variable.
//! It is no CSS parser: it knows strings, brackets and comments, which is all that the cut needs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::packages::Packages;
use super::sources::Sources;
use crate::shell::Result;

const KERN: &str = "@kern-ux/native/dist/kern.css";
/// At-rules with rules inside.
const NESTED: [&str; 4] = ["@media", "@supports", "@layer", "@container"];

/// The style sheets of a folder, in the order of their names.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(folder)?.map(|file| Ok(file?.path()));
    let mut files = files.collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// The whole style sheet; `files`: our own, in their order.
pub fn bundle(packages: &Packages, sources: &Sources, fonts: &str, files: &[PathBuf]) -> Result<String> {
    let kern = parse(&uncommented(&super::read(&packages.path(KERN))?));
    let mut own = String::new();
    for file in files {
        own.push_str(&uncommented(&super::read(file)?));
        own.push('\n');
    }
    let own = written(&parse(&own));
    let words = sources.words();
    let mut rules = used_rules(kern, &words);
    // Also what a program sets or reads counts as used.
    let spoken: String = sources
        .literals
        .iter()
        .map(|literal| format!("var({literal})"))
        .collect();
    drop_variables(&mut rules, &format!("{own}{spoken}"));
    Ok(format!("{fonts}{}{own}", written(&rules)))
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// Selectors and declarations.
    Plain { selectors: String, body: String },
    /// An at-rule around others.
    Nested { prelude: String, rules: Vec<Rule> },
    /// An at-rule that is taken as it is.
    Whole(String),
}

/// Without comments, outside of strings.
fn uncommented(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    let mut quote = None;
    while let Some(c) = rest.chars().next() {
        match quote {
            Some(_) if c == '\\' => {
                let end = rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
                continue;
            }
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if rest.starts_with("/*") => {
                rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
                continue;
            }
            _ => {}
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// Where the first of `ends` stands outside of strings and brackets.
fn find(css: &str, ends: &[char]) -> Option<usize> {
    let (mut quote, mut depth, mut escaped) = (None, 0_usize, false);
    for (at, c) in css.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if let Some(open) = quote {
            if c == open {
                quote = None;
            }
        } else if depth == 0 && ends.contains(&c) {
            return Some(at);
        } else {
            match c {
                '"' | '\'' => quote = Some(c),
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    None
}

fn parse(css: &str) -> Vec<Rule> {
    let (mut rules, mut rest) = (Vec::new(), css.trim());
    while let Some(at) = find(rest, &['{', ';']) {
        let prelude = squeezed(&rest[..at]);
        if rest[at..].starts_with(';') {
            // What one file says of its encoding has no place amid others.
            if !prelude.starts_with("@charset") {
                rules.push(Rule::Whole(format!("{prelude};")));
            }
            rest = rest[at + 1..].trim_start();
            continue;
        }
        let inside = &rest[at + 1..];
        let end = find(inside, &['}']).unwrap_or(inside.len());
        let body = &inside[..end];
        rules.push(if NESTED.iter().any(|nested| prelude.starts_with(nested)) {
            Rule::Nested {
                prelude,
                rules: parse(body),
            }
        } else if prelude.starts_with('@') {
            Rule::Whole(format!("{prelude}{{{}}}", squeezed(body)))
        } else {
            Rule::Plain {
                selectors: prelude,
                body: squeezed(body),
            }
        });
        rest = inside.get(end + 1..).unwrap_or_default().trim_start();
    }
    rules
}

/// With one space where there is room.
fn squeezed(css: &str) -> String {
    css.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn written(rules: &[Rule]) -> String {
    let mut out = String::new();
    for rule in rules {
        match rule {
            Rule::Plain { selectors, body } => out.push_str(&format!("{selectors}{{{body}}}\n")),
            Rule::Nested { prelude, rules } => out.push_str(&format!("{prelude}{{\n{}}}\n", written(rules))),
            Rule::Whole(text) => {
                out.push_str(text);
                out.push('\n');
            }
        }
    }
    out
}

/// Those of whose selectors one can match.
fn used_rules(rules: Vec<Rule>, words: &BTreeSet<&str>) -> Vec<Rule> {
    let kept = rules.into_iter().filter_map(|rule| match rule {
        Rule::Plain { selectors, body } => {
            let used: Vec<String> = split(&selectors, ',')
                .into_iter()
                .filter(|selector| classes(selector).iter().all(|class| words.contains(class.as_str())))
                .collect();
            (!used.is_empty()).then(|| Rule::Plain {
                selectors: used.join(","),
                body,
            })
        }
        Rule::Nested { prelude, rules } => {
            let rules = used_rules(rules, words);
            (!rules.is_empty()).then_some(Rule::Nested { prelude, rules })
        }
        // KERN's own fonts lie elsewhere; ours are named before.
        Rule::Whole(text) => (!text.starts_with("@font-face")).then_some(Rule::Whole(text)),
    });
    kept.collect()
}

/// At each `separator` outside of brackets and strings.
fn split(text: &str, separator: char) -> Vec<String> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some(at) = find(rest, &[separator]) {
        parts.push(rest[..at].trim().to_owned());
        rest = &rest[at + separator.len_utf8()..];
    }
    parts.push(rest.trim().to_owned());
    parts.retain(|part| !part.is_empty());
    parts
}

/// The classes without which a selector matches nothing: not those in `:not(…)`, nor in a choice.
fn classes(selector: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut rest = selector;
    while let Some(at) = [":not(", ":is(", ":where("].iter().filter_map(|it| rest.find(it)).min() {
        plain.push_str(&rest[..at]);
        let open = rest[at..].find('(').map_or(rest.len(), |open| at + open + 1);
        let close = find(&rest[open..], &[')']).map_or(rest.len(), |close| open + close + 1);
        rest = &rest[close..];
    }
    plain.push_str(rest);
    let mut found = Vec::new();
    // Numbers after a point stand in brackets or after a digit, never after a name.
    for part in plain.split('.').skip(1) {
        let end = part
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
            .unwrap_or(part.len());
        if part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-' || c == '_') {
            found.push(part[..end].to_owned());
        }
    }
    found
}

/// Takes out declarations of variables that nothing asks for, until none is left that only such ones ask for.
fn drop_variables(rules: &mut Vec<Rule>, own: &str) {
    loop {
        let all = format!("{}{own}", written(rules));
        let asked: BTreeSet<&str> = all
            .match_indices("var(")
            .map(|(at, _)| {
                let name = all[at + 4..].trim_start();
                let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
                &name[..end.unwrap_or(name.len())]
            })
            .collect();
        if !drop_unasked(rules, &asked) {
            return;
        }
    }
}

/// Whether anything went.
fn drop_unasked(rules: &mut Vec<Rule>, asked: &BTreeSet<&str>) -> bool {
    let mut gone = false;
    for rule in rules.iter_mut() {
        match rule {
            Rule::Plain { body, .. } => {
                let all = split(body, ';');
                let count = all.len();
                let kept: Vec<String> = all
                    .into_iter()
                    .filter(|declaration| {
                        let name = declaration.split(':').next().unwrap_or_default().trim();
                        !name.starts_with("--") || asked.contains(name)
                    })
                    .collect();
                if kept.len() < count {
                    gone = true;
                    *body = kept.join(";");
                }
            }
            Rule::Nested { rules, .. } => gone |= drop_unasked(rules, asked),
            Rule::Whole(_) => {}
        }
    }
    rules.retain(|rule| match rule {
        Rule::Plain { body, .. } => !body.is_empty(),
        Rule::Nested { rules, .. } => !rules.is_empty(),
        Rule::Whole(_) => true,
    });
    gone
}

#[cfg(test)]
mod tests {
    use super::{classes, drop_variables, parse, uncommented, used_rules, written};

    fn purged(css: &str, words: &[&str], own: &str) -> String {
        let mut rules = used_rules(parse(&uncommented(css)), &words.iter().copied().collect());
        drop_variables(&mut rules, own);
        written(&rules)
    }

    #[test]
    fn only_rules_that_can_match_are_kept() {
        let css = "@charset \"UTF-8\"; /* .a */ .a, .b > p { color: red } .c{} @media print { .b { top: 0 } .a:hover { x: url(\"};\") } }";
        assert_eq!(
            purged(css, &["a"], ""),
            ".a{color: red}\n@media print{\n.a:hover{x: url(\"};\")}\n}\n"
        );
    }

    #[test]
    fn a_class_that_is_excluded_need_not_exist() {
        assert_eq!(classes("a.b:not(.c):is(.d,.e) .f-g__h--i"), ["b", "f-g__h--i"]);
        assert_eq!(classes("[x=\"1.5\"]"), Vec::<String>::new());
    }

    #[test]
    fn variables_that_only_unused_ones_ask_for_go_too() {
        let css = ":root { --a: 1; --b: var(--a); --c: 2; --d: var(--c) }";
        assert_eq!(purged(css, &[], "p{top:var(--d)}"), ":root{--c: 2;--d: var(--c)}\n");
        assert_eq!(purged(css, &[], ""), "");
    }

    #[test]
    fn a_comment_in_a_string_is_none() {
        assert_eq!(uncommented("a{b:\"/* x */\"}/* y */"), "a{b:\"/* x */\"}");
    }
}
