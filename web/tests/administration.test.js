// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// What a city's IT does beyond accounts: groups by function, a policy of a group, a lost device, a look of one's own, an operation with
// phases and an approval list; and two of them who change the same thing at once. The app stands beside it where people feel it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join as path } from "node:path";
import { after, before, test } from "node:test";
import { deflateSync } from "node:zlib";

import { DESKTOP, PHONE, PIN, axe, calm, fits, inBothThemes, join, newCity, ready, shot, unlock, until } from "./city.js";
import * as desk from "./desk.js";
import { button, dialog, field, menu, message, open, row, write } from "./steps.js";
import { word } from "./words.js";

const UNIT = "Verkehrsüberwachung";
const GROUP = "Bezirk 3";

let city;

before(async () => {
  city = await newCity({ organisation: "Stadt Musterhausen", units: [UNIT, "Wahlamt"], groups: [{ name: GROUP, unit: UNIT }] });
});

after(() => city?.stop());

/** The API, as a program of the other administrator uses it. */
const api = (method, where, body, headers) => desk.ask(city, method, `/v1/admin/${where}`, body, headers);
const called = async (list, name) => (await api("GET", `${list}?limit=1000`)).items.find((item) => item.name === name);

const enter = (address, size) => desk.enter(city, address, size);
const drawer = (page) => page.locator("dialog[open]").last();

/** The group's screen. */
async function group(page, name) {
  await page.getByRole("link", { name: new RegExp(name) }).first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await desk.quiet(page);
}

/** What is kept for a shorter time is deleted: that is asked first. */
async function keepShorter(page, count) {
  await drawer(page).getByText(word("leit-group-retention-shorter", { count })).waitFor();
  await button(drawer(page), "leit-retention-shorter-go").click();
}

test("a group follows a function, in at once and out again, and the person's drawer says why", async () => {
  const unit = await called("units", UNIT);
  const ada = await api("POST", "accounts", { kind: "staff", name: "Ada König", unit: unit.id, function: "Streife" });
  await api("POST", "groups", { kind: "channel", name: "Streifen" });
  const page = await enter("/leitstand/gruppen");
  await group(page, "Streifen");
  await page.locator("#rule-function").selectOption("Streife");
  await page.locator(".rule", { hasText: "Streife" }).waitFor();
  await button(page, "leit-rules-save").click();
  await page.getByText(word("leit-rules-saved")).waitFor();
  await until("Ada is in", async () => (await page.locator(".entry", { hasText: "Ada König" }).count()) === 1);
  await inBothThemes(page, "leit-function");
  calm(page);
  await page.context().close();

  const over = await enter(`/leitstand/konten/${ada.id}`);
  await drawer(over).getByRole("heading", { name: "Ada König" }).waitFor();
  await drawer(over).getByText(word("leit-because-function", { name: "Streife" }), { exact: false }).waitFor();
  await drawer(over).getByText(word("leit-because-unit", { name: UNIT }), { exact: false }).first().waitFor();
  await inBothThemes(over, "leit-belongings");
  await drawer(over).getByRole("button", { name: word("leit-edit"), exact: true }).click();
  await drawer(over).locator("#edit-function").fill("Innendienst");
  await button(drawer(over), "save").click();
  await until("she is out", async () => {
    const members = await api("GET", `groups/${(await called("groups", "Streifen")).id}/members`);
    return members.items.length === 0;
  });
  calm(over);
  await over.context().close();
});

test("a group's own policy is kept, and what holds is told with since when and whom it meets", async () => {
  const page = await enter("/leitstand/gruppen");
  await group(page, GROUP);
  await page.locator("#group-retention").fill("viele");
  await button(page, "leit-group-policy-save").click();
  await page.getByText(word("leit-policy-whole")).waitFor();
  // A thousand days are not one.
  await page.locator("#group-retention").fill("1.000");
  await button(page, "leit-group-policy-save").click();
  await page.getByText(word("leit-policy-whole")).waitFor();
  assert.equal((await called("groups", GROUP)).policy.retention_days, null);
  await page.locator("#group-retention").fill("5");
  await page.locator("#group-attachment").fill("0");
  await page.locator("#group-alarms").selectOption("publishers");
  await button(page, "leit-group-policy-save").click();
  await drawer(page).getByText(word("leit-group-retention-shorter", { count: 5 })).waitFor();
  await inBothThemes(page, "leit-retention-shorter");
  await button(drawer(page), "cancel").click();
  assert.equal((await called("groups", GROUP)).policy.retention_days, null, "nothing is applied that was not confirmed");
  await button(page, "leit-group-policy-save").click();
  await keepShorter(page, 5);
  await page.getByText(word("leit-saved")).first().waitFor();
  await inBothThemes(page, "leit-group-policy");
  await fits(page);
  calm(page);
  await page.context().close();
  const policy = (await called("groups", GROUP)).policy;
  assert.deepEqual(policy, { retention_days: 5, max_attachment: 0, alarms: "publishers" });
  for (const size of [PHONE, DESKTOP]) {
    const facts = await enter("/leitstand/richtlinien", size);
    const table = facts.locator(".facts-table");
    await table.first().getByText(word("leit-policy-receipts")).waitFor();
    await table.last().getByText(GROUP).waitFor();
    await table.last().getByText(word("leit-group-no-attachments"), { exact: false }).waitFor();
    await table.first().getByText(word("leit-fact-council")).first().waitFor();
    await inBothThemes(facts, "leit-facts");
    await fits(facts);
    calm(facts);
    await facts.context().close();
  }
});

test("a lost device is told to delete its data, and does so at once", async () => {
  const link = await city.invite("Elif Demir", { unit: UNIT });
  const phone = await city.page(PHONE);
  await join(phone, link);
  await row(phone, GROUP).first().waitFor({ timeout: 60_000 });
  // Which chats are muted, and what the service worker asks the server with.
  const kept = () => phone.evaluate(async () => Promise.all(["/muted", "/ticket"].map(async (path) => !!(await caches.match(path)))));
  await phone.evaluate(async () => (await caches.open("melder-settings")).put("/ticket", new Response("ticket")));
  await until("the service worker knows what is muted", async () => (await kept()).every(Boolean));
  const elif = await called("accounts", "Elif Demir");
  const page = await enter(`/leitstand/konten/${elif.id}`);
  const device = drawer(page).locator(".device");
  await device.waitFor();
  await inBothThemes(page, "leit-devices");
  await device.getByRole("button", { name: word("leit-device-wipe"), exact: true }).click();
  await page.getByText(word("leit-device-remove-last")).waitFor();
  await axe(page);
  await page.locator("#reason").fill("Telefon gestohlen");
  await button(page, "leit-device-wipe-go").click();
  await drawer(page).getByText(word("leit-device-wiped")).waitFor();
  await until("the keyboard is where the device was", () => page.evaluate(() => document.activeElement?.closest("#devices") !== null));
  // The telephone begins anew, without a chat, as if nobody had ever been there.
  await phone.getByRole("button", { name: new RegExp(word("first-way-link")) }).waitFor({ timeout: 60_000 });
  await shot(phone, "wiped");
  await phone.reload();
  await phone.getByRole("button", { name: new RegExp(word("first-way-link")) }).waitFor({ timeout: 60_000 });
  assert.deepEqual(await kept(), [false, false], "nothing is kept of what was muted");
  const audit = await api("GET", "audit?limit=1000");
  const line = audit.items.find((item) => item.action === "device.wipe");
  assert.equal(line.reason, "Telefon gestohlen");
  calm(page);
  await page.context().close();
  await phone.context().close();
});

/** Opened anew, as far as the PIN. */
async function opened(page) {
  await page.reload();
  await page.locator(`input[aria-label="${word("lock-label")}"]`).fill(PIN);
}

test("a device that was removed before still hears that it is to delete its data", async () => {
  const phone = await city.page(PHONE);
  await join(phone, await city.invite("Omar Haddad", { unit: UNIT }));
  const omar = await called("accounts", "Omar Haddad");
  const [device] = (await api("GET", `accounts/${omar.id}/devices`)).items;
  await api("DELETE", `accounts/${omar.id}/devices/${device.id}`);
  await phone.getByRole("heading", { name: word("gone-removed") }).waitFor({ timeout: 60_000 });
  await api("DELETE", `accounts/${omar.id}/devices/${device.id}?wipe=true`);
  await opened(phone);
  await phone.getByRole("button", { name: new RegExp(word("first-way-link")) }).waitFor({ timeout: 60_000 });
  calm(phone);
  await phone.context().close();
});

test("a suspension that is over lets the app in again, also after it was opened anew meanwhile", async () => {
  const phone = await city.page(PHONE);
  await join(phone, await city.invite("Pia Seidl", { unit: UNIT }));
  await city.admin("accounts", "suspend", "Pia Seidl");
  const suspended = phone.getByRole("heading", { name: word("gone-suspended") });
  await suspended.waitFor({ timeout: 60_000 });
  await opened(phone);
  await suspended.waitFor();
  await city.admin("accounts", "resume", "Pia Seidl");
  await opened(phone);
  await row(phone, GROUP).first().waitFor({ timeout: 60_000 });
  await phone.reload();
  await unlock(phone);
  calm(phone);
  await phone.context().close();
});

/** A picture, small and plain: the bytes of a PNG. */
function png(side) {
  const table = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce((c) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n));
  const crc = (bytes) => (bytes.reduce((c, byte) => table[(c ^ byte) & 0xff] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const out = Buffer.alloc(8 + data.length + 4);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), 8 + data.length);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(side * 3, 0x60)]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, () => line)));
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

/** How far apart two colours are for the eye (WCAG 2.2), as the browser draws them. */
const contrasts = (page) =>
  page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const probe = document.createElement("i");
    document.body.append(probe);
    const drawn = (name) => {
      probe.style.color = `var(${name})`;
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = getComputedStyle(probe).color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (rgb) => {
      const [r, g, b] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const pairs = [
      ["--on-action", "--action"],
      ["--on-action", "--action-strong"],
      ["--action", "--bg"],
      ["--action", "--card"],
      ["--action", "--tint"],
      ["--on-alarm", "--own"],
      ["--on-alarm", "--own-deep"],
      ["--on-alarm", "--brand"],
      ["--own-meta", "--own"],
    ];
    const found = pairs.map(([over, under]) => {
      const [a, b] = [light(drawn(over)), light(drawn(under))];
      return [`${over} on ${under}`, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    });
    const fixed = ["--danger", "--warning", "--success", "--alarm-top", "--alarm-button"].map((name) => drawn(name).join());
    probe.remove();
    return { found, fixed };
  });

test("logo and hue: checked, legible in both themes, feedback and alarm stay, and the app wears them", async () => {
  const page = await enter("/leitstand/erscheinungsbild");
  await page.locator("#logo").setInputFiles({ name: "logo.svg", mimeType: "image/png", buffer: Buffer.from("<svg onload='x()'/>") });
  await page.locator("#main .notice--danger").waitFor();
  await page.locator("#logo").setInputFiles({ name: "gross.png", mimeType: "image/png", buffer: Buffer.alloc(70_000) });
  await page.getByText(word("leit-error-logo_too_large")).waitFor();
  await page.locator("#logo").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: png(64) });
  await page.locator(".look__logo").waitFor();
  await page.locator(".side .logo-picture").waitFor();
  let before;
  for (const accent of ["cyan", "green", "violet", "slate", "blue"]) {
    await page.getByRole("button", { name: word(`leit-accent-${accent}`), exact: true }).click();
    await page.locator(`[data-accent="${accent}"]`).waitFor({ state: "attached" });
    // Drawn anew, it has the keyboard again.
    await page.locator(`[data-hue="${accent}"][aria-pressed="true"]:focus`).waitFor();
    for (const theme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: theme });
      await page.locator(`[data-kern-theme="${theme}"]`).waitFor({ state: "attached" });
      const { found, fixed } = await contrasts(page);
      for (const [what, ratio] of found) assert.ok(ratio >= 4.5, `${accent}, ${theme}: ${what} is ${ratio.toFixed(2)}`);
      before ??= {};
      before[theme] ??= fixed;
      assert.deepEqual(fixed, before[theme], "feedback and alarm keep their hues");
      await axe(page);
    }
    await page.emulateMedia({ colorScheme: "light" });
  }
  await page.getByRole("button", { name: word("leit-accent-violet"), exact: true }).click();
  await page.locator('[data-hue="violet"][aria-pressed="true"]').waitFor();
  await inBothThemes(page, "leit-look");
  page.wrong = page.wrong.filter((line) => !/422/.test(line));
  calm(page);
  await page.context().close();

  const first = await city.page(PHONE);
  await ready(first);
  await first.locator('.first .logo-picture[alt="Stadt Musterhausen"]').waitFor();
  await first.locator('[data-accent="violet"]').waitFor({ state: "attached" });
  await until("the picture is drawn", () => first.locator(".logo-picture").evaluate((picture) => picture.complete && picture.naturalWidth === 64));
  await inBothThemes(first, "first-look");
  calm(first);
  await first.context().close();
});

test("an operation with phases, and a poster whose takers wait until they are let in", async () => {
  const page = await enter("/leitstand/einsaetze");
  await button(page, "leit-operation-make").click();
  await page.locator("#operation-name").fill("Europawahl 2029");
  await drawer(page).getByRole("button", { name: word("leit-operation-make"), exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Europawahl 2029" }).waitFor();
  await button(page, "leit-phases-edit").click();
  await drawer(page).getByLabel(word("leit-phase-name")).first().fill("Schulung");
  const soon = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
  await drawer(page).getByLabel(word("leit-phase-begins")).first().fill(soon);
  await axe(page);
  await button(drawer(page), "save").click();
  await page.locator(".phase", { hasText: "Schulung" }).waitFor();
  const operation = await called("operations", "Europawahl 2029");
  await api("POST", "groups", { kind: "channel", name: "Wahlhelfer", operation: operation.id });
  calm(page);
  await page.context().close();

  const screen = await enter(`/leitstand/einsaetze/${operation.id}`);
  await button(screen, "leit-poster").click();
  await screen.locator("#poster-limit").fill("2");
  await drawer(screen).locator(".check", { hasText: word("leit-poster-approval") }).click();
  await button(screen, "leit-poster-make").click();
  const link = (await drawer(screen).locator(".poster .mono").textContent()).trim();
  await screen.keyboard.press("Escape");
  const guest = await city.page(PHONE);
  await join(guest, link, { name: "Gina Gast" });
  calm(screen);
  await screen.context().close();

  const again = await enter(`/leitstand/einsaetze/${operation.id}`);
  const waiting = again.locator(".device", { hasText: "Gina Gast" });
  await waiting.waitFor();
  assert.equal(await row(guest, "Wahlhelfer").count(), 0, "nobody is in before they are let in");
  await inBothThemes(again, "leit-approvals");
  await fits(again);
  await waiting.getByRole("button", { name: word("leit-approval-give"), exact: true }).click();
  await again.getByText(word("leit-approvals-none")).waitFor();
  await until("the keyboard is where they waited", () => again.evaluate(() => document.activeElement?.id === "approvals"));
  await row(guest, "Wahlhelfer").first().waitFor({ timeout: 60_000 });
  calm(again);
  await again.context().close();
  await guest.context().close();
});

test("a template takes groups with their policies and phases along, at the same distance to the end", async () => {
  const own = { retention_days: 7, max_attachment: null, alarms: "publishers" };
  await api("PUT", `groups/${(await called("groups", "Wahlhelfer")).id}/policy`, own);
  const page = await enter("/leitstand/einsaetze");
  await button(page, "leit-operation-make").click();
  await page.locator("#operation-name").fill("Landtagswahl 2030");
  const ends = new Date(Date.now() + 100 * 86_400_000).toISOString().slice(0, 10);
  await page.locator("#operation-ends").fill(ends);
  await page.locator("#operation-template").selectOption({ label: "Europawahl 2029" });
  await drawer(page).getByRole("button", { name: word("leit-operation-make"), exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Landtagswahl 2030" }).waitFor();
  await page.locator(".phase", { hasText: "Schulung" }).waitFor();
  await page.getByRole("link", { name: /Wahlhelfer/ }).first().waitFor();
  const [from, to] = [await called("operations", "Europawahl 2029"), await called("operations", "Landtagswahl 2030")];
  const left = (operation) => Math.round((Date.parse(operation.ends) - Date.parse(operation.phases[0].begins)) / 86_400_000);
  assert.equal(left(to), left(from));
  const copied = (await api("GET", "groups?limit=1000")).items.find((group) => group.operation === to.id);
  assert.deepEqual(copied.policy, own);
  calm(page);
  await page.context().close();
});

test("phases keep their time of day when one is renamed, and their days when the clock is changed in between", async () => {
  const year = new Date().getFullYear() + 1;
  // From summer time to winter time.
  const phases = [{ name: "Aufbau", begins: `${year}-10-19T22:00:00Z` }];
  const autumn = await api("POST", "operations", { name: "Herbstmesse", ends: `${year}-11-10T22:59:59Z`, phases });
  const there = (address) => desk.enter(city, address, DESKTOP, { context: { timezoneId: "Europe/Berlin" } });
  const page = await there("/leitstand/einsaetze");
  await button(page, "leit-operation-make").click();
  await page.locator("#operation-name").fill("Sommerfest");
  await page.locator("#operation-ends").fill(`${year}-06-30`);
  await page.locator("#operation-template").selectOption({ label: "Herbstmesse" });
  await drawer(page).getByRole("button", { name: word("leit-operation-make"), exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Sommerfest" }).waitFor();
  const begins = async (name) => Date.parse((await called("operations", name)).phases[0].begins);
  assert.equal(await begins("Sommerfest"), Date.parse(`${year}-06-08T22:00:00Z`), "21 days before its end, at midnight");
  calm(page);
  await page.context().close();

  const noon = `${year}-10-20T12:30:00Z`;
  await api("PATCH", `operations/${autumn.id}`, { phases: [{ name: "Aufbau", begins: noon }] });
  const fair = await there(`/leitstand/einsaetze/${autumn.id}`);
  await button(fair, "leit-phases-edit").click();
  await drawer(fair).getByLabel(word("leit-phase-name")).first().fill("Aufbau Nord");
  await button(drawer(fair), "save").click();
  await fair.locator(".phase", { hasText: "Aufbau Nord" }).waitFor();
  assert.equal(await begins("Herbstmesse"), Date.parse(noon));
  calm(fair);
  await fair.context().close();
});

test("while one form of a group is saved, what stands in another stays", async () => {
  const page = await enter("/leitstand/gruppen");
  await group(page, "Streifen");
  await page.locator("#rule-unit").selectOption({ label: "Wahlamt" });
  await until("two rules", async () => (await page.locator(".rule").count()) === 2);
  await page.locator("#group-attachment").fill("7");
  await button(page, "leit-group-policy-save").click();
  await page.getByText(word("leit-saved")).first().waitFor();
  const stored = async () => (await called("groups", "Streifen")).policy.max_attachment;
  await until("the policy is saved", async () => (await stored()) === 7 * 1024 * 1024);
  await desk.quiet(page);
  assert.equal(await page.locator(".rule").count(), 2, "the rule that was not saved yet is still there");
  assert.ok(await page.evaluate(() => document.activeElement?.matches("button[type=submit]")), "the keyboard stays with the form");
  await page.locator("#group-attachment").fill("9");
  await button(page, "leit-rules-save").click();
  await page.getByText(word("leit-rules-saved")).waitFor();
  await until("nothing is left to save", async () => (await button(page, "leit-rules-save").count()) === 0);
  assert.equal(await page.locator("#group-attachment").inputValue(), "9");
  await button(page, "leit-group-policy-save").click();
  await until("both are saved", async () => (await stored()) === 9 * 1024 * 1024);
  assert.equal(await page.locator(".rule").count(), 2);
  calm(page);
  await page.context().close();
});

test("a group that is only looked at says who is in by its rules, or that there is no rule", async () => {
  const none = await api("POST", "groups", { kind: "group", name: "Ohne Regel" });
  await api("POST", `groups/${none.id}/close`);
  const page = await enter(`/leitstand/gruppen/${none.id}`);
  await page.getByText(word("leit-rules-none")).waitFor();
  calm(page);
  await page.context().close();
});

test("two admins change the same thing: each hears of the other, nothing is lost, and what holds is one press away", async () => {
  const [ours, theirs] = [await enter("/leitstand/gruppen"), await enter("/leitstand/gruppen")];
  for (const page of [ours, theirs]) await group(page, GROUP);
  // A policy of the group.
  await theirs.locator("#group-retention").fill("9");
  await button(theirs, "leit-group-policy-save").click();
  await theirs.getByText(word("leit-saved")).first().waitFor();
  await ours.locator("#group-retention").fill("3");
  await button(ours, "leit-group-policy-save").click();
  await keepShorter(ours, 3);
  const told = ours.locator(".notice--warning", { has: ours.getByRole("button", { name: word("leit-read-anew") }) });
  await told.waitFor();
  await inBothThemes(ours, "leit-overtaken");
  assert.equal((await called("groups", GROUP)).policy.retention_days, 9, "nothing is overwritten");
  await button(ours, "leit-read-anew").click();
  await until("what holds stands there", async () => (await ours.locator("#group-retention").inputValue()) === "9");
  await ours.locator("#group-retention").fill("3");
  await button(ours, "leit-group-policy-save").click();
  await keepShorter(ours, 3);
  await until("the second try is taken", async () => (await called("groups", GROUP)).policy.retention_days === 3);
  // Its rules: the other one still has what was before.
  await theirs.locator("#rule-unit").selectOption({ label: "Wahlamt" });
  await button(theirs, "leit-rules-save").click();
  await button(theirs, "leit-read-anew").click();
  await until("the rules are as they were", async () => (await theirs.locator(".rule").count()) === 1);
  // A unit, an operation, the policy of all.
  const wahlamt = await called("units", "Wahlamt");
  await ours.context().close();
  await theirs.context().close();

  const page = await enter("/leitstand/dienststellen");
  await page.locator(".tree__row", { hasText: "Wahlamt" }).getByRole("button").click();
  await drawer(page).locator("#unit-name").fill("Wahlamt I");
  await api("PATCH", `units/${wahlamt.id}`, { name: "Wahlamt II" });
  await button(drawer(page), "save").click();
  await drawer(page).getByText(word("leit-read-anew")).waitFor();
  assert.equal((await called("units", "Wahlamt II")).id, wahlamt.id);
  page.wrong = page.wrong.filter((line) => !/412/.test(line));
  calm(page);
  await page.context().close();

  const policy = await enter("/leitstand/richtlinien");
  await policy.locator("#server_retention_days").fill("1.000");
  await button(policy, "leit-policy-save").click();
  await policy.getByText(word("leit-policy-whole")).waitFor();
  await policy.locator("#server_retention_days").fill("20");
  const before = await api("GET", "policy");
  await api("PUT", "policy", { ...before, server_retention_days: 60 });
  await button(policy, "leit-policy-save").click();
  await keepShorter(policy, 20);
  await button(policy, "leit-read-anew").click();
  await until("what holds stands there", async () => (await policy.locator("#server_retention_days").inputValue()) === "60");
  await policy.context().close();
});

/** The versions of the app that the browser keeps. */
const versions = (page) => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("melder-") && name !== "melder-settings"));

/** This version takes over, and the page is loaded anew. */
async function taken(page, version, press) {
  await page.evaluate(() => (globalThis.before = true));
  await press();
  await until("the new version has taken over", async () => {
    const now = await versions(page).catch(() => []);
    return now.length === 1 && now[0] === `melder-${version}`;
  });
  await until("the page is loaded anew", () => page.evaluate(() => !globalThis.before).catch(() => false));
}

/** A newer version of the app is at the server: by its service worker, the rest of it is the same. */
function newer(version) {
  city.instead = async (socket) => {
    const script = await readFile(path(process.env.MELDER_SITE, "sw.js"), "utf8");
    const other = script.replace(/const VERSION = "[^"]*"/, `const VERSION = "${version}"`);
    assert.notEqual(other, script);
    const server = connect(city.port, "127.0.0.1");
    server.pipe(socket);
    socket.on("data", (data) => {
      if (!data.toString("latin1").startsWith("GET /sw.js ")) return server.write(data);
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: text/javascript\r\ncontent-length: ${Buffer.byteLength(other)}\r\n\r\n${other}`);
    });
    city.sockets.add(socket);
    for (const side of [socket, server]) {
      side.on("error", () => {}).on("close", () => {
        city.sockets.delete(socket);
        socket.destroy();
        server.destroy();
      });
    }
  };
  // What is connected comes again, by the other door.
  city.network(false);
  city.network(true);
}

test("an app that is too old still reads, and asks to be updated", async () => {
  const phone = await city.page(PHONE);
  await join(phone, await city.invite("Cem Aydin", { unit: UNIT }));
  await open(phone, GROUP);
  await write(phone, "Noch geht es.");
  await api("PUT", "policy", { ...(await api("GET", "policy")), minimum_app: "99.0.0" });
  // The open chat has the policy from when it was opened; the next look at it has the new one.
  await until("the app has the policy", async () => {
    await phone.goto("/");
    await unlock(phone);
    await row(phone, GROUP).first().click();
    await message(phone, "Noch geht es.").waitFor();
    return phone.getByText(word("composer-outdated")).isVisible();
  });
  assert.equal(await field(phone).count(), 0);
  await inBothThemes(phone, "outdated");
  // It passes nothing on and answers nothing, either.
  await menu(phone, "Noch geht es.");
  await button(dialog(phone), "message-copy").waitFor();
  for (const id of ["message-forward", "message-reply", "message-edit"]) assert.equal(await button(dialog(phone), id).count(), 0, id);
  await phone.keyboard.press("Escape");
  // What the server has takes over by the button.
  newer("newer");
  await taken(phone, "newer", () => button(phone, "composer-update").click());
  await unlock(phone);
  // And what has come by itself, by the one beside the word of it.
  newer("newest");
  await phone.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await phone.locator(".toast", { hasText: word("update-there") }).waitFor();
  await taken(phone, "newest", () => phone.locator(".toast").getByRole("button", { name: word("composer-update") }).click());
  await unlock(phone);
  city.instead = undefined;
  await api("PUT", "policy", { ...(await api("GET", "policy")), minimum_app: null });
  await phone.context().close();
});
