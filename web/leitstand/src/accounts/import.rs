// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Accounts from a table: the file or what was pasted, which column is what, a try that changes nothing and names every bad row, then all
//! of them or none.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, dom, t};
use wasm_bindgen::JsCast;

use crate::accounts::csv::{self, Table};
use crate::accounts::mapping::{self, Field};
use crate::accounts::sheets;
use crate::accounts::view::kind_word;
use crate::api::{Ask, BadRow, Problem};
use crate::json::Json;
use crate::model::Link;
use crate::parts::{Act, Choice, button, check, choose, drawer, heading, long_field, steps, tag};
use crate::state::{Desk, desk};

/// What is being imported, and how far it is.
#[derive(Clone, Copy)]
struct Work {
    step: RwSignal<usize>,
    /// Its name, and its encoding in words.
    file: RwSignal<(String, String)>,
    table: RwSignal<Option<Table>>,
    fields: RwSignal<Vec<Field>>,
    kind: RwSignal<String>,
    create_units: RwSignal<bool>,
    invite: RwSignal<bool>,
    skip_doubles: RwSignal<bool>,
    tried: RwSignal<Option<Result<Tried, Problem>>>,
    trying: RwSignal<bool>,
    done: RwSignal<Option<Done>>,
    operation: StoredValue<Option<String>>,
}

/// What the dry run said.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tried {
    good: u32,
    bad: Vec<BadRow>,
    doubles: Vec<BadRow>,
    units: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Done {
    accounts: u32,
    units: Vec<String>,
    links: Vec<Link>,
}

/// `operation`: whose guests they become.
pub fn over(open: RwSignal<bool>, operation: Option<String>) -> AnyView {
    let title = if operation.is_some() {
        t!("leit-import-guests")
    } else {
        t!("leit-import")
    };
    drawer(open, title.into(), move || body(open, operation.clone()))
}

fn body(open: RwSignal<bool>, operation: Option<String>) -> AnyView {
    let desk = desk();
    let kind = if operation.is_some() { "guest" } else { "staff" };
    let work = Work {
        step: RwSignal::new(1),
        file: RwSignal::new(Default::default()),
        table: RwSignal::new(None),
        fields: RwSignal::new(Vec::new()),
        kind: RwSignal::new(kind.to_owned()),
        create_units: RwSignal::new(true),
        invite: RwSignal::new(true),
        skip_doubles: RwSignal::new(true),
        tried: RwSignal::new(None),
        trying: RwSignal::new(false),
        done: RwSignal::new(None),
        operation: StoredValue::new(operation),
    };
    let words = [
        t!("leit-import-step-file"),
        t!("leit-import-step-check"),
        t!("leit-import-step-done"),
    ];
    view! {
        {steps(words, work.step.into())}
        <div class="drawer__body stack">
            {move || {
                let step = work.step.get();
                untrack(|| match step {
                    1 => choose_file(work),
                    2 => check_columns(desk, work),
                    _ => report(work, open),
                })
            }}
        </div>
    }
    .into_any()
}

/// Takes the text of a table, if it is one.
fn take(work: Work, name: String, text: &str, encoding: &str, act: Act) {
    match csv::parse(text) {
        Some(table) if !table.rows.is_empty() => {
            work.fields.set(mapping::guessed(&table));
            work.file.set((name, encoding.to_owned()));
            work.table.set(Some(table));
            work.tried.set(None);
            work.step.set(2);
        }
        _ => act.problem.set(Some(Problem::own("no_table"))),
    }
}

fn read_file(work: Work, file: &web_sys::File, act: Act) {
    let (name, reading) = (file.name(), file.array_buffer());
    act.run(async move {
        let buffer = wasm_bindgen_futures::JsFuture::from(reading).await;
        let buffer = buffer.map_err(|_| Problem::own("unreadable"))?;
        let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
        let (text, encoding) = csv::decoded(&bytes);
        take(work, name, &text, encoding, act);
        Ok(())
    });
}

fn choose_file(work: Work) -> AnyView {
    let act = Act::new();
    let pasted = RwSignal::new(String::new());
    let chosen = move |event: leptos::ev::Event| {
        let input: Option<web_sys::HtmlInputElement> = event.target().and_then(|target| target.dyn_into().ok());
        if let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) {
            read_file(work, &file, act);
        }
    };
    let dropped = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        let files = event.data_transfer().and_then(|data| data.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            read_file(work, &file, act);
        }
    };
    let paste = move || pasted.with_untracked(|text| take(work, t!("leit-import-pasted"), text, "UTF-8", act));
    view! {
        <label class="drop" on:dragover=move |event| event.prevent_default() on:drop=dropped>
            <Icon name="upload-file-outline" class="icon--large" />
            <span class="strong">{t!("leit-import-choose")}</span>
            <span class="muted small">{t!("leit-import-kinds")}</span>
            <input type="file" class="kern-sr-only" accept=".csv,.tsv,.txt,text/csv" on:change=chosen />
        </label>
        {act.words()}
        {long_field("paste", t!("leit-import-paste"), t!("leit-import-paste-hint"), pasted)}
        <div class="actions">{button("second", "", t!("leit-import-take"), paste)}</div>
    }
    .into_any()
}

/// The rows that are sent: without those that are there already, if they are to be left out.
fn table_of(work: Work, all: bool) -> Option<Table> {
    let mut table = work.table.get_untracked()?;
    let doubles: Vec<usize> = match work.tried.get_untracked() {
        Some(Ok(tried)) if !all && work.skip_doubles.get_untracked() => {
            let lines = tried
                .doubles
                .iter()
                .filter_map(|bad| usize::try_from(bad.line).ok()?.checked_sub(2));
            lines.collect()
        }
        _ => Vec::new(),
    };
    let mut at = 0..;
    table
        .rows
        .retain(|_| !at.next().is_some_and(|at| doubles.contains(&at)));
    Some(table)
}

fn request(work: Work, dry: bool) -> Option<Ask> {
    let table = table_of(work, dry)?;
    let written = work
        .fields
        .with_untracked(|fields| mapping::written(&table, fields, &work.kind.get_untracked()));
    let operation = work
        .operation
        .get_value()
        .map(|id| format!("&operation={id}"))
        .unwrap_or_default();
    let path = format!(
        "accounts/import?dry_run={dry}&create_units={}&invitations={}{operation}",
        work.create_units.get_untracked(),
        !dry && work.invite.get_untracked(),
    );
    Some(Ask::post(path).table(written))
}

/// Asks the server what it would do. It changes nothing.
fn dry_run(work: Work) {
    if !work.fields.with_untracked(|fields| mapping::names_somebody(fields)) {
        work.tried.set(None);
        return;
    }
    let Some(ask) = request(work, true) else { return };
    let before = (work.fields.get_untracked(), work.table.get_untracked());
    work.trying.set(true);
    spawn_local(async move {
        let answer = ask.send().await;
        // Meanwhile something else may have been chosen; then that is being tried.
        if work.fields.try_get_untracked().zip(work.table.try_get_untracked()) != Some(before) {
            return;
        }
        let _ = work.trying.try_set(false);
        let _ = work.tried.try_set(Some(match answer {
            Ok(json) => Ok(tried(&json)),
            Err(problem) if problem.code == "invalid_csv" => Ok(Tried {
                good: 0,
                bad: problem.rows,
                doubles: Vec::new(),
                units: Vec::new(),
            }),
            Err(problem) => Err(problem),
        }));
    });
}

fn tried(json: &Json) -> Tried {
    let rows = |name: &str| json.list(name).iter().map(BadRow::read).collect();
    Tried {
        good: json.count("accounts"),
        bad: rows("bad_rows"),
        doubles: rows("warnings"),
        units: json.texts("units"),
    }
}

fn check_columns(desk: Desk, work: Work) -> AnyView {
    let act = Act::new();
    Effect::new(move |_| {
        work.fields.track();
        work.table.track();
        work.kind.track();
        work.create_units.track();
        dry_run(work);
    });
    let kinds = Signal::derive(|| {
        ["staff", "guest", "private"]
            .map(|kind| (kind.to_owned(), kind_word(kind)))
            .to_vec()
    });
    let ready = Memo::new(move |_| ready_count(work));
    let go = move || import(desk, work, act, ready.get_untracked());
    view! {
        {file_line(work)}
        {columns(work)}
        <p class="field__error" role="alert">
            {move || {
                (!work.fields.with(|fields| mapping::names_somebody(fields)))
                    .then(|| view! { <Icon name="error-outline" />{t!("leit-import-no-name")} })
            }}
        </p>
        {choose("import-kind", t!("leit-import-kind"), work.kind, kinds)}
        {check(t!("leit-import-units"), work.create_units)}
        {check(t!("leit-import-invite"), work.invite)}
        {move || work.tried.get().map(|tried| untrack(|| verdict(work, tried)))}
        {act.words()}
        <div class="actions drawer__actions">
            {button("plain", "", t!("back"), move || work.step.set(1))}
            <button type="button" class="button button--main" aria-busy=move || act.busy.get().then_some("true") on:click=move |_| go()>
                {move || act.busy.get().then(|| view! { <melder_kit::Busy /> })}
                {move || t!("leit-import-go", count = ready.get())}
            </button>
        </div>
    }
    .into_any()
}

fn ready_count(work: Work) -> u32 {
    let skip = work.skip_doubles.get();
    work.tried.with(|tried| match tried {
        Some(Ok(tried)) if tried.bad.is_empty() => {
            let doubles = u32::try_from(tried.doubles.len()).unwrap_or_default();
            tried.good.saturating_sub(if skip { doubles } else { 0 })
        }
        _ => 0,
    })
}

fn import(desk: Desk, work: Work, act: Act, count: u32) {
    if count == 0 {
        let bad = work
            .tried
            .with_untracked(|tried| matches!(tried, Some(Ok(tried)) if !tried.bad.is_empty()));
        let code = if bad { "import_first" } else { "import_nothing" };
        act.problem.set(Some(Problem::own(code)));
        dom::focus(".verdict");
        return;
    }
    let Some(ask) = request(work, false) else { return };
    act.run(async move {
        let json = ask.send().await?;
        work.done.set(Some(Done {
            accounts: json.count("accounts"),
            units: json.texts("units"),
            links: json.list("invitations").iter().map(Link::imported).collect(),
        }));
        work.step.set(3);
        desk.read_units();
        desk.read_accounts();
        Ok(())
    });
}

fn file_line(work: Work) -> AnyView {
    let about = move || {
        let (name, encoding) = work.file.get();
        work.table.with(|table| {
            let table = table.as_ref()?;
            let separator = match table.separator {
                ';' => t!("leit-import-semicolon"),
                '\t' => t!("leit-import-tab"),
                _ => t!("leit-import-comma"),
            };
            let about = t!(
                "leit-import-file",
                rows = table.rows.len(),
                encoding = encoding,
                separator = separator
            );
            Some(view! { <span class="grow"><b>{name}</b><span class="muted small">{about}</span></span> })
        })
    };
    view! {
        <div class="panel entry entry--file">
            <Icon name="csv-outline" />
            {about}
            {button("plain", "", t!("leit-import-other"), move || work.step.set(1))}
        </div>
    }
    .into_any()
}

/// Each column of the file, its first value, and what it is.
fn columns(work: Work) -> AnyView {
    let head = work.table.with_untracked(|table| {
        let table = table.as_ref();
        let first = table
            .and_then(|table| table.rows.first())
            .map(|(_, row)| row.clone())
            .unwrap_or_default();
        let head = table.map(|table| table.head.clone()).unwrap_or_default();
        head.into_iter()
            .enumerate()
            .map(|(at, name)| (name, first.get(at).cloned().unwrap_or_default()))
            .collect::<Vec<_>>()
    });
    let choices: Vec<Choice> = Field::ALL.map(|field| (field.id().to_owned(), field.word())).to_vec();
    let lines = head.into_iter().enumerate().map(|(at, (name, example))| {
        let options = choices.clone();
        let chosen = move || work.fields.with(|fields| fields.get(at).copied().unwrap_or(Field::Skip)).id();
        let set = move |event: leptos::ev::Event| {
            let field = Field::of(&event_target_value(&event));
            work.fields.update(|fields| {
                // A field stands once.
                for other in fields.iter_mut().filter(|other| **other == field) {
                    *other = Field::Skip;
                }
                if let Some(place) = fields.get_mut(at) {
                    *place = field;
                }
            });
        };
        let options = options
            .into_iter()
            .map(|(id, word)| view! { <option selected=id == untrack(chosen) value=id>{word}</option> })
            .collect_view();
        view! {
            <div class="mapping__line">
                <span class="mapping__column"><b class="mono">{name.clone()}</b><span class="muted small cut">{example}</span></span>
                <Icon name="arrow-forward" />
                <span class="select">
                    <select class="input" aria-label=t!("leit-import-column", name = &name) prop:value=chosen on:change=set>
                        {options}
                    </select>
                    <Icon name="expand-more" />
                </span>
            </div>
        }
    });
    view! {
        <section class="mapping">
            <p class="mapping__head small muted"><span>{t!("leit-import-columns")}</span><span>{t!("leit-import-fields")}</span></p>
            {lines.collect_view()}
        </section>
    }
    .into_any()
}

/// What the try said.
fn verdict(work: Work, tried: Result<Tried, Problem>) -> AnyView {
    let tried = match tried {
        Ok(tried) => tried,
        Err(problem) => {
            return view! { <p class="notice notice--danger" role="alert"><Icon name="error-outline" /><span>{problem.say()}</span></p> }
                .into_any();
        }
    };
    const SHOWN: usize = 50;
    let rows = work
        .table
        .with_untracked(|table| table.as_ref().map_or(0, |table| table.rows.len()));
    let mut lines: Vec<u32> = tried.bad.iter().map(|bad| bad.line).collect();
    lines.sort_unstable();
    lines.dedup();
    let good = rows.saturating_sub(lines.len());
    let doubles = tried.doubles.len();
    let more = tried.bad.len().saturating_sub(SHOWN);
    view! {
        <section class="verdict stack" tabindex="-1" aria-live="polite">
            <div class="row row--wrap">
                {tag("good", "check-circle", t!("leit-import-good", count = good))}
                {(!lines.is_empty()).then(|| tag("danger", "error", t!("leit-import-bad", count = lines.len())))}
                {tag("quiet", "info", t!("leit-import-doubles", count = doubles))}
            </div>
            {(doubles > 0).then(|| check(t!("leit-import-skip-doubles"), work.skip_doubles))}
            {(!tried.units.is_empty()).then(|| {
                view! { <p class="muted small">{t!("leit-import-new-units", units = tried.units.join(", "))}</p> }
            })}
            {(!tried.bad.is_empty()).then(|| heading(t!("leit-import-bad-rows")))}
            {tried.bad.into_iter().take(SHOWN).map(|bad| bad_row(work, bad)).collect_view()}
            {(more > 0).then(|| view! { <p class="muted small">{t!("leit-bulk-more", count = more)}</p> })}
        </section>
    }
    .into_any()
}

/// The server's reason in the person's words.
fn reason(bad: &BadRow) -> String {
    let quoted = || bad.reason.split('"').nth(1).unwrap_or_default().to_owned();
    match (bad.column.as_str(), bad.reason.as_str()) {
        ("unit", reason) if reason.starts_with("there is no unit") => t!("leit-bad-unit", name = quoted()),
        ("groups", reason) if reason.starts_with("there is no group") => t!("leit-bad-group", name = quoted()),
        ("groups", reason) if reason.starts_with("there is more than one") => t!("leit-bad-groups", name = quoted()),
        ("kind", _) => t!("leit-bad-kind"),
        ("ends", reason) if reason.starts_with("is no day") => t!("leit-bad-day"),
        ("ends", reason) if reason.contains("end") => t!("leit-bad-end"),
        ("name", _) => t!("leit-bad-name"),
        _ => bad.reason.clone(),
    }
}

/// A bad row, with the cell that is wrong to be put right.
fn bad_row(work: Work, bad: BadRow) -> AnyView {
    let found = work.fields.with_untracked(|fields| mapping::place(&bad, fields));
    let (line, value) = work.table.with_untracked(|table| {
        let row = found.and_then(|(row, _)| table.as_ref()?.rows.get(row));
        let cell = row
            .zip(found.and_then(|(_, column)| column))
            .and_then(|((_, row), column)| row.get(column));
        (
            row.map_or(bad.line, |(line, _)| *line),
            cell.cloned().unwrap_or_default(),
        )
    });
    let set = move |text: String| {
        let Some((row, Some(column))) = found else { return };
        work.table.update(|table| {
            if let Some((_, cells)) = table.as_mut().and_then(|table| table.rows.get_mut(row)) {
                while cells.len() <= column {
                    cells.push(String::new());
                }
                if let Some(cell) = cells.get_mut(column) {
                    *cell = text;
                }
            }
        });
    };
    let can = matches!(found, Some((_, Some(_))));
    view! {
        <div class="bad">
            <Icon name="error" />
            <b>{t!("leit-import-line", line = line)}</b>
            <span class="grow">{reason(&bad)}</span>
            {can.then(|| {
                view! {
                    <input
                        class="input bad__cell"
                        aria-label=t!("leit-import-correct", line = line)
                        value=value
                        on:change=move |event| set(event_target_value(&event))
                    />
                }
            })}
        </div>
    }
    .into_any()
}

fn report(work: Work, open: RwSignal<bool>) -> AnyView {
    let Some(done) = work.done.get_untracked() else {
        return ().into_any();
    };
    dom::focus_soon(".report");
    view! {
        <section class="report stack" tabindex="-1">
            <p class="notice notice--success" role="status">
                <Icon name="check-circle-outline" />
                <span>{t!("leit-import-done", count = done.accounts)}</span>
            </p>
            {(!done.units.is_empty()).then(|| {
                view! { <p>{t!("leit-import-made-units", units = done.units.join(", "))}</p> }
            })}
            {(!done.links.is_empty()).then(|| sheets::offer(done.links))}
            <div class="actions">{button("main", "", t!("leit-done"), move || open.set(false))}</div>
        </section>
    }
    .into_any()
}
