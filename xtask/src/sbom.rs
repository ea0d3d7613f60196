// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The list of everything that `melder` is made of, as CycloneDX 1.5. The same tree gives the same bytes.
//!
//! It covers what ships, on every platform: the crates of the workspace, all they need, and what builds them (the C
//! sources of SQLCipher and OpenSSL travel in such packages). Tests and this tool are left out.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::metadata::{Graph, Kind, Package};
use crate::shell::{Result, root, step, target_dir};

const SHIPS: [Kind; 2] = [Kind::Normal, Kind::Build];

pub fn write() -> Result {
    step("list of components (SBOM)", || {
        let graph = Graph::load()?;
        let lock = fs::read_to_string(root().join("Cargo.lock"))?;
        let document = document(&graph, &checksums(&lock))?;
        let folder = target_dir()?;
        fs::create_dir_all(&folder)?;
        let path = folder.join("sbom.cdx.json");
        fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&document)?))?;
        let count = document["components"].as_array().map_or(0, Vec::len);
        println!("    {count} components in {}", path.display());
        Ok(())
    })
}

/// The checksum of each package in a lock file, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for block in lock.split("[[package]]").skip(1) {
        let field = |key: &str| {
            block
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'))
                .map(str::to_owned)
        };
        if let (Some(name), Some(version), Some(sum)) = (field("name"), field("version"), field("checksum")) {
            found.insert((name, version), sum);
        }
    }
    found
}

fn document(graph: &Graph, checksums: &BTreeMap<(String, String), String>) -> Result<Value> {
    let (product, about) = graph
        .own()
        .find(|(_, package)| package.name == "melder-cli")
        .ok_or("the workspace has no melder-cli")?;
    let roots = graph.own().map(|(id, _)| id);
    let shipped = graph.reach(roots, &SHIPS);
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    for id in &shipped {
        let Some(package) = graph.packages.get(*id) else {
            return Err(format!("cargo metadata names {id} but doesn't describe it").into());
        };
        if *id != product {
            let sum = checksums.get(&(package.name.clone(), package.version.clone()));
            components.push(component(package, "library", sum));
        }
        let mut needs: Vec<String> = graph
            .direct(id, &SHIPS)
            .filter_map(|to| graph.packages.get(to))
            .map(purl)
            .collect();
        needs.sort_unstable();
        needs.dedup();
        dependencies.push(json!({"ref": purl(package), "dependsOn": needs}));
    }
    for list in [&mut components, &mut dependencies] {
        list.sort_by_cached_key(|entry| entry["bom-ref"].as_str().or(entry["ref"].as_str()).map(str::to_owned));
    }
    let mut main = component(about, "application", None);
    main["name"] = json!("melder");
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": main,
            "tools": {"components": [{"type": "application", "name": "melder xtask", "version": env!("CARGO_PKG_VERSION")}]},
        },
        "components": components,
        "dependencies": dependencies,
    }))
}

fn component(package: &Package, kind: &str, checksum: Option<&String>) -> Value {
    let mut entry = json!({
        "type": kind,
        "bom-ref": purl(package),
        "name": package.name,
        "version": package.version,
        "purl": purl(package),
    });
    if let Some(description) = &package.description {
        let words: Vec<&str> = description.split_whitespace().collect();
        entry["description"] = json!(words.join(" "));
    }
    if let Some(license) = &package.license {
        // Older packages write the choice of licences with a stroke.
        entry["licenses"] = json!([{"expression": license.replace('/', " OR ")}]);
    }
    if let Some(sum) = checksum {
        entry["hashes"] = json!([{"alg": "SHA-256", "content": sum}]);
    }
    entry
}

/// The package's address: for one of ours or a patched one, which no registry has, without a registry's namespace.
fn purl(package: &Package) -> String {
    let version = package.version.replace('+', "%2B");
    match &package.source {
        Some(_) => format!("pkg:cargo/{}@{version}", package.name),
        None => format!("pkg:generic/{}@{version}", package.name),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Graph, checksums, document};

    const LOCK: &str = r#"
version = 4

[[package]]
name = "melder-cli"
version = "0.1.0"
dependencies = ["ssl-src"]

[[package]]
name = "ssl-src"
version = "300.1.0+3.1.0"
source = "registry"
checksum = "ab12"
"#;

    fn graph() -> Graph {
        let dep = |to: &str, kind: Value| json!({"pkg": to, "dep_kinds": [{"kind": kind}]});
        Graph::read(&json!({
            "packages": [
                {"id": "cli", "name": "melder-cli", "version": "0.1.0", "license": "EUPL-1.2"},
                {"id": "ssl", "name": "ssl-src", "version": "300.1.0+3.1.0", "license": "MIT/Apache-2.0", "source": "registry"},
                {"id": "check", "name": "check", "version": "1.0.0", "source": "registry"},
            ],
            "workspace_members": ["cli"],
            "resolve": {"nodes": [
                {"id": "cli", "deps": [dep("ssl", json!("build")), dep("check", json!("dev"))]},
                {"id": "ssl", "deps": []},
                {"id": "check", "deps": []},
            ]},
        }))
        .expect("metadata")
    }

    #[test]
    fn what_ships_is_listed_with_licence_address_and_checksum() {
        let document = document(&graph(), &checksums(LOCK)).expect("document");
        assert_eq!(
            document["components"],
            json!([{
                "type": "library",
                "bom-ref": "pkg:cargo/ssl-src@300.1.0%2B3.1.0",
                "name": "ssl-src",
                "version": "300.1.0+3.1.0",
                "purl": "pkg:cargo/ssl-src@300.1.0%2B3.1.0",
                "licenses": [{"expression": "MIT OR Apache-2.0"}],
                "hashes": [{"alg": "SHA-256", "content": "ab12"}],
            }])
        );
        assert_eq!(
            document["dependencies"],
            json!([
                {"ref": "pkg:cargo/ssl-src@300.1.0%2B3.1.0", "dependsOn": []},
                {"ref": "pkg:generic/melder-cli@0.1.0", "dependsOn": ["pkg:cargo/ssl-src@300.1.0%2B3.1.0"]},
            ])
        );
    }
}
