// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// The city's own directory, from the first connection to the day when somebody moves, somebody leaves and somebody deletes half
// of it by mistake. With a real slapd.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { DESKTOP, PHONE, SIZES, calm, fits, inBothThemes, newCity, until } from "./city.js";
import * as desk from "./desk.js";
import { BASE, PASSWORD, READER, Slapd } from "./slapd.js";
import { button } from "./steps.js";
import { word } from "./words.js";

const UNITS = ["Ordnungsamt", "Bauamt"];
const PEOPLE = [
  { uid: "ada", name: "Ada König", unit: "Ordnungsamt", title: "Streife" },
  ...["Bo Adam", "Cem Yılmaz", "Dora Frei", "Emil Groß", "Fina Horn", "Gerd Igel", "Hanna Jung"].map((name, number) => ({
    uid: `p${number}`,
    name,
    unit: "Ordnungsamt",
  })),
];
const GROUPS = [{ name: "Lage", members: ["ada", "p0"] }];

let city;
let slapd;

before(async () => {
  city = await newCity();
  slapd = await new Slapd().start({ units: UNITS, people: PEOPLE, groups: GROUPS });
});

after(async () => {
  await slapd?.stop();
  await city?.stop();
});

const drawer = (page) => page.locator("dialog.drawer[open]");
const plan = (page) => page.locator("#plan");

/** At the directory, when it has come. */
async function enter(size) {
  const page = await desk.enter(city, "/leitstand/verzeichnis", size);
  await page.getByRole("heading", { level: 1, name: word("leit-directory"), exact: true }).waitFor();
  await desk.quiet(page);
  return page;
}

/** The number that the plan says of a kind. */
const counted = async (page, id) => {
  const row = plan(page).getByRole("row", { name: new RegExp(`^${word(id)} \\d+$`) });
  return (await row.count()) === 0 ? 0 : Number(await row.getByRole("cell").textContent());
};

async function look(page) {
  await button(page, "leit-dir-look").click();
  await plan(page).waitFor();
}

for (const [name, size] of SIZES) {
  test(`${name}: before anything is connected, it says which way suits whom`, async () => {
    const page = await enter(size);
    await page.getByText(word("leit-dir-way-ldap-about")).waitFor();
    assert.equal(await page.locator("#scim-address").textContent(), `${city.url}/v1/scim/v2`);
    await inBothThemes(page, `directory-empty-${name}`);
    await fits(page);
    calm(page);
    await page.context().close();
  });
}

test("a directory is connected step by step, tried, looked at and taken over", async () => {
  const page = await enter();
  await button(page, "leit-dir-ldap-set-up").click();
  const form = drawer(page);
  // Without a server it does not get far.
  await form.locator("#dir-host").waitFor();
  await button(form, "leit-next").click();
  await form.locator("#dir-host-error").getByText(word("leit-dir-missing")).waitFor();
  await form.locator("#dir-host").fill(`127.0.0.1:${slapd.port}`);
  await form.locator("#dir-security").selectOption("plain");
  await form.getByText(word("leit-dir-plain-warning")).waitFor();
  await form.locator("#dir-bind").fill(READER);
  await form.locator("#dir-password").fill("falsch");
  await inBothThemes(page, "directory-server");
  await button(form, "leit-next").click();
  await until("the second step", () => form.locator("#dir-base").isVisible());
  await form.locator("#dir-base").fill(`ou=people,${BASE}`);
  // A wrong password is said in plain words, and mended on the first step.
  await button(form, "leit-dir-test").click();
  await form.getByText(word("error-directory_refused")).waitFor();
  await button(form, "back").click();
  await form.locator("#dir-password").fill(PASSWORD);
  await button(form, "leit-next").click();
  await button(form, "leit-dir-test").click();
  await form.getByText(word("leit-dir-found-people", { count: 8 })).waitFor();
  await form.getByText("Ada König").waitFor();
  await inBothThemes(page, "directory-people");
  await button(form, "leit-next").click();
  await until("the third step", () => form.locator("#dir-unit").isVisible());
  await form.getByText(word("leit-dir-with-groups"), { exact: true }).click();
  await form.locator("#dir-groups-base").fill(`ou=groups,${BASE}`);
  await inBothThemes(page, "directory-groups");
  await button(form, "leit-next").click();
  await until("the last step", () => form.locator("#dir-every").isVisible());
  await form.locator("#dir-every").selectOption("off");
  await inBothThemes(page, "directory-when");
  await button(form, "leit-dir-save").click();
  await form.waitFor({ state: "detached" });

  await look(page);
  assert.equal(await counted(page, "leit-dir-kind-add"), 8);
  await plan(page).getByText("Cem Yılmaz").waitFor();
  await inBothThemes(page, "directory-plan");
  await button(plan(page), "leit-dir-take-over").click();
  await plan(page).waitFor({ state: "detached" });
  await page.getByText(word("leit-dir-count-added", { count: 8 })).waitFor();
  await look(page);
  await page.getByText(word("leit-dir-plan-empty")).waitFor();
  await page.goto("/leitstand/konten");
  page.wrong = page.wrong.filter((line) => !/401|502/.test(line));
  calm(page);
  await page.context().close();
});

test("somebody moves, somebody leaves a group: the plan says it, and it comes about", async () => {
  const people = PEOPLE.map((person) => (person.uid === "ada" ? { ...person, unit: "Bauamt" } : person));
  await slapd.become({ units: UNITS, people, groups: [{ name: "Lage", members: ["p0"] }] });
  const page = await enter(PHONE);
  await look(page);
  await plan(page).getByText(word("leit-dir-from-to", { from: "Ordnungsamt", to: "Bauamt" })).waitFor();
  assert.equal(await counted(page, "leit-dir-parted"), 1);
  await inBothThemes(page, "directory-moved-phone");
  await fits(page);
  await button(plan(page), "leit-dir-take-over").click();
  await plan(page).waitFor({ state: "detached" });
  page.wrong = page.wrong.filter((line) => !/401/.test(line));
  calm(page);
  await page.context().close();
});

test("half of it is gone: the brake holds, says how many, and goes on only with a word", async () => {
  await slapd.become({ units: UNITS, people: PEOPLE.slice(0, 3), groups: GROUPS });
  const page = await enter();
  await look(page);
  await plan(page).getByText(word("leit-dir-plan-held", { count: 5, known: 8, percent: 63 })).waitFor();
  await inBothThemes(page, "directory-brake");
  await button(plan(page), "leit-dir-take-over-held").click();
  const question = page.locator("dialog[open]").last();
  await question.getByText(word("leit-dir-brake-ask", { count: 5, known: 8, percent: 63 })).waitFor();
  await inBothThemes(page, "directory-brake-question");
  // Meanwhile somebody is back: it is another plan, and nothing of the old one happens.
  await slapd.become({ units: UNITS, people: PEOPLE.slice(0, 4), groups: GROUPS });
  await question.locator("#reason").fill("Umzug");
  await button(question, "leit-dir-brake-go", { count: 5 }).click();
  await page.getByText(word("error-plan_changed")).waitFor();
  await plan(page).getByText(word("leit-dir-plan-held", { count: 4, known: 8, percent: 50 })).waitFor();
  await button(plan(page), "leit-dir-take-over-held").click();
  await button(page.locator("dialog[open]").last(), "leit-dir-brake-go", { count: 4 }).click();
  await plan(page).waitFor({ state: "detached" });
  await page.getByText(word("leit-dir-count-suspended", { count: 4 })).waitFor();
  page.wrong = page.wrong.filter((line) => !/401|409/.test(line));
  calm(page);
  await page.context().close();
});

test("the rules that follow the directory are seen where they can only be looked at", async () => {
  const api = (method, where, body) => desk.ask(city, method, `/v1/admin/${where}`, body);
  const [lage] = (await api("GET", "directory")).items;
  const rules = { units: [], accounts: [], functions: [], directory: [{ group: lage.id, role: "member" }] };
  const group = await api("POST", "groups", { kind: "group", name: "Nach dem Verzeichnis", rules });
  await api("POST", `groups/${group.id}/close`);
  const page = await desk.enter(city, `/leitstand/gruppen/${group.id}`);
  await page.locator(".entries").first().getByText(lage.name, { exact: true }).waitFor();
  calm(page);
  await page.context().close();
});

test("nobody goes by one press, however few they are", async () => {
  await slapd.become({ units: UNITS, people: PEOPLE.slice(0, 3), groups: GROUPS });
  const page = await enter();
  await look(page);
  await button(plan(page), "leit-dir-take-over").click();
  const question = page.locator("dialog[open]").last();
  await question.getByText(word("leit-dir-gone-title"), { exact: true }).waitFor();
  await inBothThemes(page, "directory-gone-question");
  await button(question, "leit-dir-brake-go", { count: 1 }).click();
  await plan(page).waitFor({ state: "detached" });
  await until("the keyboard is where the plan came from", () => page.evaluate(() => document.activeElement?.id === "directory-look"));
  page.wrong = page.wrong.filter((line) => !/401/.test(line));
  calm(page);
  await page.context().close();
});

test("a directory that does not answer is said plainly, and nobody goes", async () => {
  await slapd.die();
  const page = await enter();
  await button(page, "leit-dir-look").click();
  await page.getByText(word("error-directory_unreachable")).first().waitFor();
  assert.equal(await plan(page).count(), 0);
  await inBothThemes(page, "directory-unreachable");
  page.wrong = page.wrong.filter((line) => !/401|502/.test(line));
  calm(page);
  await page.context().close();
});
