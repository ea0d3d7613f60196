// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Dependencies point one way, and the server can't read a message because it lacks the code to.

use crate::metadata::{Graph, Kind};

/// The workspace's crates, from the ground up: each may need only those before it.
const ORDER: [&str; 17] = [
    "melder-bugs",
    "melder-protocol",
    "melder-content",
    "melder-mls",
    "melder-engine",
    "melder-client",
    "melder-papers",
    "melder-server",
    "melder-simulator",
    "melder-fuzzing",
    "melder-bench",
    "melder-cli",
    "melder-port",
    "melder-worker",
    "melder-kit",
    "melder-app",
    "melder-leitstand",
];

/// What a crate must not need, not even through others.
const NEVER: [(&str, &str); 10] = [
    ("melder-server", "melder-content"),
    ("melder-server", "melder-engine"),
    ("melder-protocol", "tokio"),
    ("melder-content", "tokio"),
    ("melder-mls", "tokio"),
    ("melder-engine", "tokio"),
    ("melder-protocol", "mio"),
    ("melder-content", "mio"),
    ("melder-mls", "mio"),
    ("melder-engine", "mio"),
];

/// Tests may look further: only what ships is held to the layers.
const SHIPS: [Kind; 2] = [Kind::Normal, Kind::Build];

/// Each breach, in words.
pub fn breaches(graph: &Graph) -> Vec<String> {
    let mut found = Vec::new();
    for (id, package) in graph.own() {
        let Some(place) = place(&package.name) else {
            found.push(format!(
                "{} has no place in the layers of xtask/src/layers.rs",
                package.name
            ));
            continue;
        };
        for to in graph.direct(id, &SHIPS).filter(|to| graph.members.contains(*to)) {
            let to = graph.name(to);
            if self::place(to).is_none_or(|below| below >= place) {
                found.push(format!("{} needs {to}, which stands above it", package.name));
            }
        }
        for (_, never) in NEVER.iter().filter(|(name, _)| *name == package.name) {
            if let Some(way) = graph.way(id, never, &SHIPS) {
                found.push(format!("{} must not need {never}: {}", package.name, way.join(" → ")));
            }
        }
    }
    found
}

fn place(name: &str) -> Option<usize> {
    ORDER.iter().position(|known| *known == name)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Graph, breaches};

    /// A workspace of crates that need each other as told: from, to, kind.
    fn breaches_of(edges: &[(&str, &str, Value)]) -> Vec<String> {
        let mut names: Vec<&str> = edges.iter().flat_map(|(from, to, _)| [*from, *to]).collect();
        names.sort_unstable();
        names.dedup();
        let metadata = json!({
            "packages": names.iter().map(|name| json!({"id": name, "name": name, "version": "1.0.0"})).collect::<Vec<_>>(),
            "workspace_members": names.iter().filter(|name| name.starts_with("melder-")).collect::<Vec<_>>(),
            "resolve": {"nodes": names.iter().map(|name| json!({
                "id": name,
                "deps": edges.iter().filter(|(from, _, _)| from == name).map(|(_, to, kind)| json!({
                    "pkg": to, "dep_kinds": [{"kind": kind}],
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>()},
        });
        breaches(&Graph::read(&metadata).expect("metadata"))
    }

    #[test]
    fn the_layers_as_meant_are_clean() {
        let found = breaches_of(&[
            ("melder-mls", "melder-protocol", Value::Null),
            ("melder-server", "melder-mls", Value::Null),
            ("melder-server", "tokio", Value::Null),
            ("melder-engine", "melder-content", Value::Null),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn a_server_that_reaches_content_through_another_is_found_with_the_way() {
        let found = breaches_of(&[
            ("melder-server", "melder-mls", Value::Null),
            ("melder-mls", "melder-content", Value::Null),
        ]);
        assert_eq!(
            found,
            ["melder-server must not need melder-content: melder-server → melder-mls → melder-content"]
        );
    }

    #[test]
    fn an_engine_on_tokio_is_found_but_not_in_its_tests() {
        let found = breaches_of(&[
            ("melder-engine", "helper", Value::Null),
            ("helper", "tokio", Value::Null),
        ]);
        assert_eq!(found.len(), 1);
        let in_tests = breaches_of(&[
            ("melder-engine", "helper", json!("dev")),
            ("helper", "tokio", Value::Null),
        ]);
        assert_eq!(in_tests, Vec::<String>::new());
    }

    #[test]
    fn a_crate_that_points_up_is_found() {
        let found = breaches_of(&[("melder-protocol", "melder-mls", Value::Null)]);
        assert_eq!(found, ["melder-protocol needs melder-mls, which stands above it"]);
    }

    #[test]
    fn a_new_crate_must_be_given_its_place() {
        let found = breaches_of(&[("melder-novel", "melder-mls", Value::Null)]);
        assert_eq!(
            found,
            ["melder-novel has no place in the layers of xtask/src/layers.rs"]
        );
    }
}
