// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a browser loads: the app and the engine's worker as programs, and around them one style sheet, the fonts, the
//! drawings and the page. All of it is put into `target/www`, under names that carry their content's hash, compressed
//! once; what has not changed is not made again.
//!
//! The folder can't be `target/web`: there cargo keeps what the profile `web` builds for this machine.

pub mod browser;
mod css;
mod fluent;
mod fonts;
mod icons;
mod leitstand;
mod packages;
mod page;
mod site;
mod sources;
mod split;
pub mod wasm;
pub mod worker;

use std::fs;
use std::path::{Path, PathBuf};

use self::packages::Packages;
use self::site::Site;
use self::sources::Sources;
use self::wasm::Program;
use crate::setup::{self, Need};
use crate::shell::{Result, root, step, target_dir};

/// What people load is optimised for size; quick tries are not, and compressed less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    Shipped,
    Quick,
}

impl Build {
    pub fn from_args(args: &[String]) -> Self {
        if args.iter().any(|arg| arg == "--quick") {
            Self::Quick
        } else {
            Self::Shipped
        }
    }

    const fn profile(self) -> &'static str {
        match self {
            Self::Shipped => "web",
            Self::Quick => "release",
        }
    }
}

/// Where the server finds it.
pub fn folder() -> Result<PathBuf> {
    Ok(target_dir()?.join("www"))
}

/// Where the parts lie that are put together.
pub fn parts() -> Result<PathBuf> {
    Ok(target_dir()?.join("www-parts"))
}

/// Builds all of it; what is answered is its folder.
pub fn build(build: Build) -> Result<PathBuf> {
    setup::ensure(&[Need::Wasm, Need::Node])?;
    let packages = Packages::install()?;
    let parts = parts()?;
    let app = wasm::build(
        "melder-app",
        Program::Bin("melder-app"),
        build.profile(),
        &parts.join("app"),
    )?;
    let leit = wasm::build(
        "melder-leitstand",
        Program::Bin("melder-leitstand"),
        build.profile(),
        &parts.join("leit"),
    )?;
    let worker = worker::build(build.profile(), &parts.join("worker"))?;
    step("the page and what it loads", || {
        let app_sources = ["app", "kit", "port"].map(|part| root().join("web").join(part));
        let sources = Sources::read(&app_sources)?;
        let mut site = Site::new(folder()?, build);
        let program = site.asset("app.wasm", &fs::read(&app.program)?)?;
        let script = add_script(&mut site, &app)?;
        let worker = add_worker(&mut site, &worker)?;
        let fonts = fonts::add(&mut site, &packages)?;
        let css = css::bundle(
            &packages,
            &sources,
            &fonts.css,
            &css::files(&root().join("web/kit/css"))?,
        )?;
        let page = page::Page {
            program,
            script,
            worker,
            preload: fonts.first,
            css: site.asset("app.css", css.as_bytes())?,
            sprite: icons::sprite(&packages, &sources)?,
        };
        page.add(&mut site)?;
        leitstand::add(&mut site, &packages, &leit, &fonts.css)?;
        site.finish()
    })?;
    folder()
}

/// The app's script, with the addresses of what it fetches later.
fn add_script(site: &mut Site, app: &wasm::Module) -> Result<String> {
    let mut script = read(&app.script)?;
    for part in &app.parts {
        let name = part.file_name().unwrap_or_default().to_string_lossy();
        let address = site.asset(&name, &fs::read(part)?)?;
        let place = format!("\"./{name}\"");
        if !script.contains(&place) {
            return Err(format!("app.js does not fetch {name}").into());
        }
        script = script.replace(&place, &format!("\"{address}\""));
    }
    site.asset("app.js", script.as_bytes())
}

/// The engine: its script names its program, the script that starts it names both.
fn add_worker(site: &mut Site, built: &wasm::Module) -> Result<String> {
    let program = site.asset("engine.wasm", &fs::read(&built.program)?)?;
    let script = site.asset("engine.js", &fs::read(&built.script)?)?;
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    site.asset("worker.js", worker::start(&name(&script), &name(&program)).as_bytes())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
