// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// The Leitstand, as a city's IT uses it: in by passkey or token, an account, many by a table, groups, an operation from its beginning to its
// end, rules, the log. Each screen is looked at by axe in both themes, on a phone and on a desk.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { DESKTOP, PHONE, SIZES, axe, calm, fits, inBothThemes, newCity, until } from "./city.js";
import * as desk from "./desk.js";
import { button } from "./steps.js";
import { word } from "./words.js";

let city;

before(async () => {
  city = await newCity({
    organisation: "Kreisverwaltungsreferat",
    units: ["Verkehrsüberwachung", "Wahlamt"],
    groups: [{ name: "Bezirk 3", unit: "Verkehrsüberwachung" }],
  });
  for (const name of ["Anna Huber", "Jonas Berger", "Elif Demir"]) await city.invite(name, { unit: "Verkehrsüberwachung" });
});

after(() => city?.stop());

const main = (page) => page.locator("#main");

const enter = (size, address) => desk.enter(city, address, size);

/** By the side bar, which is a menu on a phone. */
async function visit(page, id) {
  const menu = page.locator("#menu");
  if (await menu.isVisible()) await menu.click();
  await page.locator(".side").getByRole("link", { name: word(id), exact: true }).click();
  await page.getByRole("heading", { level: 1, name: word(id), exact: true }).waitFor();
}

for (const [name, size] of SIZES) {
  test(`${name}: every screen is there, clean in both themes, and nothing is cut off`, async () => {
    const page = await enter(size);
    for (const id of ["leit-overview", "leit-accounts", "leit-units", "leit-groups", "leit-operations", "leit-privacy", "leit-policy", "leit-access"]) {
      await visit(page, id);
      await until(`${id} has come`, async () => (await main(page).locator("[aria-busy]").count()) === 0);
      await inBothThemes(page, `leit-${id.slice(5)}`);
      await fits(page);
    }
    calm(page);
    await page.context().close();
  });
}

test("Strg+K finds a person, a group or a screen from anywhere, by keys alone", async () => {
  const page = await enter(DESKTOP, "/leitstand/richtlinien");
  await page.keyboard.press("Control+k");
  const field = page.locator("#find-all");
  await field.fill("hub");
  await page.locator(".find .line", { hasText: "Anna Huber" }).getByText("Verkehrsüberwachung").waitFor();
  await inBothThemes(page, "leit-find");
  await page.keyboard.press("Enter");
  await page.locator("dialog.drawer[open]").getByText("Anna Huber").first().waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await field.fill("bez");
  await page.locator(".find .line", { hasText: "Bezirk 3" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Bezirk 3" }).waitFor();
  await page.locator(".above__find").click();
  await field.fill("xyz");
  await page.getByText(word("leit-found-nothing")).waitFor();
  await page.keyboard.press("Escape");
  await page.setViewportSize(PHONE);
  await page.locator(".above__find").click();
  await field.fill("daten");
  await page.locator(".find .line", { hasText: word("leit-privacy") }).click();
  await page.getByRole("heading", { level: 1, name: word("leit-privacy"), exact: true }).waitFor();
  await fits(page);
  calm(page);
  await page.context().close();
});

test("a token that is none is refused in words, and is nowhere kept", async () => {
  const page = await city.page(DESKTOP);
  await page.goto("/leitstand");
  const field = await desk.tokenField(page);
  await axe(page);
  await field.fill("melder_falsch");
  await button(page, "leit-login-go").click();
  await page.getByText(word("leit-error-unauthorized")).waitFor();
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  assert.ok(!kept.includes("melder_falsch"));
  await page.context().close();
});

test("a new colleague is invited in one go: account, link, code, words for an e-mail", async () => {
  const page = await enter(DESKTOP, "/leitstand/konten");
  await button(page, "leit-invite-person").click();
  await page.locator("#new-name").fill("Fatima Yıldız");
  await button(page, "leit-create-invite").click();
  const link = page.locator(".handed .once");
  await link.waitFor();
  assert.match(await link.textContent(), /\/join#/);
  await page.locator(".handed svg.qr").waitFor();
  await inBothThemes(page, "leit-invited");
  await page.keyboard.press("Escape");
  await page.locator(".table__name", { hasText: "Fatima Yıldız" }).waitFor();
  calm(page);
  await page.context().close();
});

test("a search answers in what is here, a suspension can be taken back, a deletion gives its record", async () => {
  const page = await enter(DESKTOP, "/leitstand/konten");
  await page.locator("#find").fill("hub");
  await until("one row", async () => (await page.locator(".table__name").count()) === 1);
  await page.locator(".table__name").click();
  const drawer = page.locator("dialog[open]");
  await drawer.getByRole("heading", { name: "Anna Huber" }).waitFor();
  await button(drawer, "leit-suspend").click();
  await drawer.getByText(word("leit-status-suspended"), { exact: true }).waitFor();
  await button(page, "undo").click();
  await drawer.getByText(word("leit-status-invited"), { exact: true }).waitFor();
  await inBothThemes(page, "leit-account");
  await button(drawer, "leit-delete").click();
  await page.getByText(word("leit-delete-final")).waitFor();
  await page.locator("#reason").fill("Austritt");
  await button(page, "leit-delete-go").click();
  await drawer.getByText(word("leit-delete-done")).waitFor();
  const download = page.waitForEvent("download");
  await button(drawer, "leit-record-save").click();
  const record = JSON.parse(await readFile(await (await download).path(), "utf8"));
  assert.equal(record.reason, "administrator");
  assert.ok(record.signed);
  calm(page);
  await page.context().close();
});

test("two admins at once: nothing is overwritten, both are shown, one is chosen", async () => {
  const page = await enter(DESKTOP, "/leitstand/konten");
  await page.locator(".table__name", { hasText: "Jonas Berger" }).click();
  const drawer = page.locator("dialog[open]");
  await button(drawer, "leit-edit").click();
  await drawer.locator("#edit-function").fill("Leitung");
  // The other one is the command line.
  const id = new URL(page.url()).pathname.split("/").at(-1);
  await desk.ask(city, "PATCH", `/v1/admin/accounts/${id}`, { function: "Streife" });
  await button(drawer, "save").click();
  await drawer.locator(".compare").waitFor();
  await drawer.locator(".compare").getByText("Streife").waitFor();
  await axe(page);
  await button(drawer, "leit-keep-mine").click();
  await drawer.locator(".facts").getByText("Leitung").waitFor();
  page.wrong = page.wrong.filter((line) => !/412/.test(line));
  calm(page);
  await page.context().close();
});

test("a table from Windows with semicolons: mapped, a bad row put right on the spot, imported, printed", async () => {
  const page = await enter(DESKTOP, "/leitstand/konten");
  await button(page, "leit-import").click();
  const drawer = page.locator("dialog[open]");
  const table = "VORNAME;NACHNAME;Dienststelle;Telefon;Art\r\nNadia;Rossi;Wahlamt;089;\r\nJürgen;Größ;Wahlamt;089;Chef\r\n";
  const bytes = Buffer.from([...table].map((letter) => letter.charCodeAt(0)));
  await drawer.locator("input[type=file]").setInputFiles({ name: "helfer.csv", mimeType: "text/csv", buffer: bytes });
  await drawer.getByText("Windows-1252", { exact: false }).waitFor();
  await drawer.getByText(word("leit-import-bad", { count: 1 })).waitFor();
  await inBothThemes(page, "leit-import");
  await drawer.locator(".bad__cell").fill("staff");
  await drawer.locator(".bad__cell").press("Tab");
  await drawer.getByText(word("leit-import-good", { count: 2 })).waitFor();
  await drawer.getByRole("button", { name: /^2 / }).click();
  await drawer.locator(".report").waitFor();
  page.wrong = page.wrong.filter((line) => !/422/.test(line));
  await drawer.getByRole("button", { name: word("leit-print"), exact: true }).first().click();
  await until("two cards on a sheet", async () => (await page.locator(".sheet8__card").count()) === 2);
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator(".sheet8").isVisible());
  assert.ok(!(await page.locator(".side").isVisible()));
  await page.emulateMedia({ media: "screen" });
  await inBothThemes(page, "leit-paper");
  await page.keyboard.press("Escape");
  await button(page.locator("dialog[open]").first(), "leit-done").click();
  await page.locator(".table__name", { hasText: "Jürgen Größ" }).waitFor();
  calm(page);
  await page.context().close();
});

test("a group follows its rules, and the rules can be taken back", async () => {
  const page = await enter(DESKTOP, "/leitstand/gruppen");
  await page.getByRole("link", { name: /Bezirk 3/ }).click();
  await page.getByRole("heading", { level: 1, name: "Bezirk 3" }).waitFor();
  await page.locator("#rule-unit").selectOption({ label: "Wahlamt" });
  await button(page, "leit-rules-save").click();
  await page.getByText(word("leit-rules-saved")).waitFor();
  await inBothThemes(page, "leit-group");
  await button(page, "undo").click();
  await page.getByText(word("leit-undone")).waitFor();
  await until("one rule", async () => (await page.locator(".rule").count()) === 1);
  calm(page);
  await page.context().close();
});

for (const [name, size] of SIZES) {
  test(`${name}: an operation, from its beginning by a poster to its end`, async () => {
    const page = await enter(size, "/leitstand/einsaetze");
    await button(page, "leit-operation-make").click();
    await page.locator("#operation-name").fill(`Europawahl ${name}`);
    await page.locator("dialog[open]").getByRole("button", { name: word("leit-operation-make"), exact: true }).click();
    await page.getByRole("heading", { level: 1, name: `Europawahl ${name}` }).waitFor();
    await button(page, "leit-poster").click();
    await page.locator("#poster-limit").fill("5");
    await button(page, "leit-poster-make").click();
    await page.locator("dialog[open] .poster svg.qr").waitFor();
    await axe(page);
    await page.keyboard.press("Escape");
    await inBothThemes(page, "leit-operation");
    await fits(page);
    await button(page, "leit-operation-end-now").click();
    await button(page, "leit-end-go").click();
    await page.getByText(word("leit-operation-over"), { exact: true }).first().waitFor();
    calm(page);
    await page.context().close();
  });
}

test("the session's way in: set-up by the one-time link, passkey, recovery code, and in again", async (t) => {
  const own = await newCity({ bare: true });
  t.after(() => own.stop());
  const page = await own.page(PHONE);
  await page.goto(own.setup.replace(/^https?:\/\/[^/]+/, own.url));
  await page.locator("#organisation").fill("Stadt Musterhausen");
  // Before the authenticator is there: axe's way into the page takes it away.
  await axe(page);
  await desk.passkeys(page);
  await page.locator("#own-name").fill("Johanna Zellner");
  assert.equal(await page.evaluate(() => location.hash), "", "the secret does not stay in the address");
  await button(page, "leit-setup-go").click();
  await button(page, "leit-passkey-make").click();
  await page.locator(".once").waitFor();
  await page.locator(".check").click();
  await button(page, "leit-next").click();
  // The look: whoever wants none goes on.
  await page.getByText(word("leit-look-accent-about")).waitFor();
  await button(page, "leit-next").click();
  await page.locator("#unit-name").fill("Ordnungsamt");
  await button(page, "leit-unit-make").click();
  await page.locator("#people").fill("Ada König\nCem Aydin");
  await button(page, "leit-setup-people-go").click();
  await page.getByText(word("leit-print"), { exact: true }).first().waitFor();
  await button(page, "leit-setup-done").click();
  await page.getByRole("heading", { level: 1, name: word("leit-overview") }).waitFor();
  await page.locator("#menu").click();
  await button(page, "leit-logout").click();
  await button(page, "leit-login-passkey").click();
  await page.getByRole("heading", { level: 1, name: word("leit-overview") }).waitFor();
  await page.context().close();
});
