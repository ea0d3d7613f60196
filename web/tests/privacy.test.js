// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Data protection, as a city's IT and its officer use it: one person's data as pages, documents, deletion records that prove
// themselves, the log verified; letters as PDF; what the overview says of the server; the notice in everybody's app.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join as path } from "node:path";
import { after, before, test } from "node:test";

import { DESKTOP, PHONE, SIZES, calm, fits, inBothThemes, newCity, until } from "./city.js";
import * as desk from "./desk.js";
import { button, go } from "./steps.js";
import { word } from "./words.js";

let city;

before(async () => {
  city = await newCity({ organisation: "Kreisverwaltungsreferat", units: ["Wahlamt"] });
  for (const name of ["Anna Huber", "Jonas Berger"]) await city.invite(name, { unit: "Wahlamt" });
});

after(() => city?.stop());

/** In the Leitstand, in Munich's time. */
const enter = (size, address) => desk.enter(city, address, size, { context: { timezoneId: "Europe/Berlin" } });

/** What a click saves. */
async function saved(page, click) {
  const download = page.waitForEvent("download");
  await click();
  return readFile(await (await download).path());
}

const isPdf = (bytes) => assert.equal(bytes.subarray(0, 8).toString(), "%PDF-1.7");
const card = (page, id) => page.locator("#main .card", { has: page.getByRole("heading", { name: word(id), exact: true }) });

for (const [name, size] of SIZES) {
  test(`${name}: data protection and overview are clean in both themes, and nothing is cut off`, async () => {
    const page = await enter(size, "/leitstand/datenschutz");
    await desk.quiet(page);
    await card(page, "leit-retention").locator("tbody tr").first().waitFor();
    await inBothThemes(page, "data-privacy");
    await fits(page);
    await go(page, "/leitstand");
    await card(page, "leit-health").locator("dl").waitFor();
    await inBothThemes(page, "data-overview");
    await fits(page);
    calm(page);
    await page.context().close();
  });
}

test("a person's data come as a readable PDF and as JSON, and that stands in the log", async () => {
  const page = await enter(DESKTOP, "/leitstand/konten");
  await page.locator(".table__name", { hasText: "Anna Huber" }).click();
  const drawer = page.locator("dialog[open]");
  const asked = drawer.locator(".card", { has: page.getByRole("heading", { name: word("leit-export"), exact: true }) });
  isPdf(await saved(page, () => button(asked, "leit-as-pdf").click()));
  const json = JSON.parse(await saved(page, () => button(asked, "leit-as-json").click()));
  assert.equal(json.account.name, "Anna Huber");
  await page.keyboard.press("Escape");
  await go(page, "/leitstand/datenschutz");
  await card(page, "leit-audit").getByText(word("leit-did-account-export")).first().waitFor();
  calm(page);
  await page.context().close();
});

test("a letter is saved as a PDF with its code", async () => {
  const page = await enter(DESKTOP, "/leitstand/konten");
  await button(page, "leit-invite-person").click();
  await page.locator("#new-name").fill("Łucja Özdemir");
  await button(page, "leit-create-invite").click();
  await button(page, "leit-print-letter").click();
  const paper = page.locator("dialog[open]").last();
  isPdf(await saved(page, () => button(paper, "leit-as-pdf").click()));
  calm(page);
  await page.context().close();
});

test("the documents are saved as PDF and HTML, and name whom the organisation named", async () => {
  const page = await enter(DESKTOP, "/leitstand/datenschutz");
  const contact = card(page, "leit-contact");
  await contact.locator("#contact-controller").fill("Stadt Musterstadt, Rathausplatz 1");
  await contact.locator("#contact-officer").fill("datenschutz@musterstadt.example");
  await button(contact, "save").click();
  await page.locator(".toast", { hasText: word("leit-contact-saved") }).waitFor();
  await until("the keyboard stays with the form", () => page.evaluate(() => document.activeElement?.matches("#contact [type=submit]")));
  // Somebody else was faster: it is said, and what holds is one press away.
  await desk.ask(city, "PUT", "/v1/admin/privacy/contact", {
    controller: "Stadt Musterstadt, Rathausplatz 1",
    officer: "datenschutz@musterstadt.example",
    authority: "Landesbeauftragte",
    basis: "",
  });
  await contact.locator("#contact-authority").fill("Niemand");
  await button(contact, "save").click();
  await button(contact, "leit-read-anew").click();
  await until("what holds stands there", async () => (await contact.locator("#contact-authority").inputValue()) === "Landesbeauftragte");
  page.wrong = page.wrong.filter((line) => !/412/.test(line));
  const papers = card(page, "leit-papers");
  for (const kind of ["record", "measures", "impact", "notice"]) {
    const line = papers.locator(".entry", { has: page.getByText(word(`leit-paper-${kind}`), { exact: true }) });
    isPdf(await saved(page, () => button(line, "leit-as-pdf-short").click()));
    const html = (await saved(page, () => button(line, "leit-as-html-short").click())).toString();
    assert.match(html, /Kreisverwaltungsreferat/);
    if (kind === "record" || kind === "notice") assert.match(html, /datenschutz@musterstadt\.example/);
  }
  calm(page);
  await page.context().close();
});

test("deletion records are saved in the browser and proved on the command line", async () => {
  await city.admin("--yes", "accounts", "delete", "Jonas Berger");
  const page = await enter(DESKTOP, "/leitstand/datenschutz");
  const deletions = card(page, "leit-deletions");
  await deletions.locator("summary").first().click();
  const one = await saved(page, () => button(deletions, "leit-record-save").first().click());
  const all = await saved(page, () => button(deletions, "leit-deletions-all").click());
  await deletions.getByText(word("leit-verify"), { exact: true }).click();
  const command = await deletions.locator(".once").textContent();
  const [, key] = command.match(/--key "([\d ]+)"/);
  for (const [name, bytes] of Object.entries({ one, all })) {
    const file = path(city.folder, `${name}.json`);
    await writeFile(file, bytes);
    assert.match(await city.melder("verify-deletion", file, "--key", key), /whole and unchanged/);
    await writeFile(file, bytes.toString().replace("administrator", "own_wish"));
    await assert.rejects(city.melder("verify-deletion", file, "--key", key), /deletion_record_changed/);
  }
  await button(card(page, "leit-audit"), "leit-audit-verify").click();
  await card(page, "leit-audit").getByText(word("leit-audit-whole")).waitFor();
  calm(page);
  await page.context().close();
});

test("the overview asks for a backup until there is one", async () => {
  const page = await enter(PHONE, "/leitstand");
  const todo = card(page, "leit-todo");
  await todo.getByText(word("leit-todo-backup-none"), { exact: true }).click();
  await todo.getByText(word("leit-todo-backup-command"), { exact: true }).waitFor();
  await city.melder("backup", path(city.folder, "copies"), "--data", path(city.folder, "server"));
  await go(page, "/leitstand/konten");
  await go(page, "/leitstand");
  await card(page, "leit-health").locator("dl").waitFor();
  await until("no backup is asked for", async () => (await todo.getByText(word("leit-todo-backup-none")).count()) === 0);
  calm(page);
  await page.context().close();
});

test("whoever is invited reads the privacy notice before they join, and finds it again in their profile", async () => {
  const page = await city.page(PHONE);
  await page.goto(await city.invite("Dilan Kaya", { unit: "Wahlamt" }));
  const notice = page.locator("details.notice-text");
  await notice.locator("summary").click();
  await notice.getByText(/Ende-zu-Ende verschlüsselt/).waitFor();
  await inBothThemes(page, "data-notice-first");
  await fits(page);
  await button(page, "next").click();
  for (const id of ["pin-choose", "pin-again"]) await page.locator(`input[aria-label="${word(id)}"]`).fill("739415");
  await button(page, "done-go").click({ timeout: 60_000 });
  await page.locator(".shell").waitFor();
  await go(page, "/profile");
  await page.locator("details.privacy > summary").click();
  await notice.locator("summary").click();
  await notice.getByText(/Ende-zu-Ende verschlüsselt/).waitFor();
  await inBothThemes(page, "data-notice-profile");
  calm(page);
  await page.context().close();
});
