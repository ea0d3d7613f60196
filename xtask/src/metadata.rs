// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The graph of packages that ship.
//!
//! `cargo metadata` tells who needs whom, but also names optional packages that no feature turns on; `cargo tree` tells
//! exactly which are compiled. So the graph is the first, cut down to the second.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::shell::{self, Result, cargo, output};

#[derive(Debug)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub license: Option<String>,
    pub description: Option<String>,
    /// Where it comes from; a package of this workspace has no source.
    pub source: Option<String>,
}

/// Why one package needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Normal,
    Build,
    Dev,
}

#[derive(Debug, Default)]
pub struct Graph {
    /// By package id.
    pub packages: BTreeMap<String, Package>,
    pub members: BTreeSet<String>,
    edges: BTreeMap<String, Vec<(String, BTreeSet<Kind>)>>,
}

impl Graph {
    /// What the workspace's crates need on any platform, without their tests and without this tool.
    pub fn load() -> Result<Self> {
        let mut graph = Self::read(&shell::metadata(true)?)?;
        let tree = output(
            cargo(["tree", "--workspace", "--exclude", "xtask"])
                .args(["--target", "all", "--edges", "normal,build"])
                .args(["--prefix", "none", "--format", "{p}"]),
        )?;
        graph.keep(&compiled(&String::from_utf8(tree)?));
        Ok(graph)
    }

    fn keep(&mut self, compiled: &BTreeSet<(String, String)>) {
        self.packages
            .retain(|_, package| compiled.contains(&(package.name.clone(), package.version.clone())));
        let packages = &self.packages;
        self.members.retain(|id| packages.contains_key(id));
        self.edges.retain(|id, _| packages.contains_key(id));
        for edges in self.edges.values_mut() {
            edges.retain(|(to, _)| packages.contains_key(to));
        }
    }

    pub fn read(metadata: &Value) -> Result<Self> {
        let mut graph = Self::default();
        for package in list(&metadata["packages"])? {
            graph.packages.insert(
                text(&package["id"])?,
                Package {
                    name: text(&package["name"])?,
                    version: text(&package["version"])?,
                    license: text(&package["license"]).ok(),
                    description: text(&package["description"]).ok(),
                    source: text(&package["source"]).ok(),
                },
            );
        }
        for member in list(&metadata["workspace_members"])? {
            graph.members.insert(text(member)?);
        }
        for node in list(&metadata["resolve"]["nodes"])? {
            let mut edges = Vec::new();
            for dep in list(&node["deps"])? {
                let kinds = list(&dep["dep_kinds"])?
                    .iter()
                    .map(|kind| match kind["kind"].as_str() {
                        Some("dev") => Kind::Dev,
                        Some("build") => Kind::Build,
                        _ => Kind::Normal,
                    })
                    .collect();
                edges.push((text(&dep["pkg"])?, kinds));
            }
            graph.edges.insert(text(&node["id"])?, edges);
        }
        Ok(graph)
    }

    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.packages.get(id).map_or(id, |package| &package.name)
    }

    /// The workspace's own packages, with their ids.
    pub fn own(&self) -> impl Iterator<Item = (&str, &Package)> {
        self.packages
            .iter()
            .filter(|(id, _)| self.members.contains(*id))
            .map(|(id, package)| (id.as_str(), package))
    }

    /// What a package needs itself, for one of these reasons.
    pub fn direct<'a>(&'a self, id: &str, kinds: &'a [Kind]) -> impl Iterator<Item = &'a str> {
        self.edges
            .get(id)
            .into_iter()
            .flatten()
            .filter(|(_, why)| kinds.iter().any(|kind| why.contains(kind)))
            .map(|(to, _)| to.as_str())
    }

    /// The shortest way from a package to another of this name: the names on it, or nothing.
    pub fn way(&self, from: &str, to_name: &str, kinds: &[Kind]) -> Option<Vec<String>> {
        let mut ways = vec![vec![from]];
        let mut seen = BTreeSet::from([from]);
        let mut next = 0;
        while let Some(way) = ways.get(next).cloned() {
            next += 1;
            let end = way.last().copied().unwrap_or(from);
            for to in self.direct(end, kinds) {
                let mut longer = way.clone();
                longer.push(to);
                if self.name(to) == to_name {
                    return Some(longer.iter().map(|id| self.name(id).to_owned()).collect());
                }
                if seen.insert(to) {
                    ways.push(longer);
                }
            }
        }
        None
    }

    /// Everything that these packages need, themselves included.
    pub fn reach<'a>(&'a self, from: impl IntoIterator<Item = &'a str>, kinds: &'a [Kind]) -> BTreeSet<&'a str> {
        let mut open: Vec<&str> = from.into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(self.direct(id, kinds));
            }
        }
        seen
    }
}

/// The names and versions in lines like `serde v1.0.2 (proc-macro) (*)`.
fn compiled(tree: &str) -> BTreeSet<(String, String)> {
    tree.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next()?;
            let version = words.next()?.strip_prefix('v')?;
            Some((name.to_owned(), version.to_owned()))
        })
        .collect()
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value
        .as_array()
        .ok_or_else(|| "cargo metadata lacks a list that it should have".into())
}

fn text(value: &Value) -> Result<String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| "cargo metadata lacks a text that it should have".into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Graph, Kind, compiled};

    #[test]
    fn a_package_that_no_feature_turns_on_is_not_in_the_graph() {
        let dep = |to: &str| json!({"pkg": to, "dep_kinds": [{"kind": null}]});
        let package = |name: &str| json!({"id": name, "name": name, "version": "1.0.0"});
        let mut graph = Graph::read(&json!({
            "packages": [package("ours"), package("used"), package("optional")],
            "workspace_members": ["ours"],
            "resolve": {"nodes": [
                {"id": "ours", "deps": [dep("used"), dep("optional")]},
                {"id": "used", "deps": []},
                {"id": "optional", "deps": []},
            ]},
        }))
        .expect("metadata");
        graph.keep(&compiled(
            "ours v1.0.0 (/somewhere/ours)\nused v1.0.0 (proc-macro)\n\nused v1.0.0 (*)\n",
        ));
        assert_eq!(graph.packages.len(), 2);
        let reached: Vec<&str> = graph.reach(["ours"], &[Kind::Normal]).into_iter().collect();
        assert_eq!(reached, ["ours", "used"]);
    }
}
