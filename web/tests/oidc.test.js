// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// The city's own log-in, with a real provider: set up in the Leitstand, from the first screen to a chat, and every way that ends
// somewhere else: nobody's account, turned round, the same answer twice, a further device, a provider that is away. And those who
// administer: their log-in is linked, lets them in, and lets in nobody else.
import assert from "node:assert/strict";
import { after, before } from "node:test";

import { DESKTOP, PHONE, PIN, calm, fits, inBothThemes, newCity, ready, until } from "./city.js";
import { ask, enter, passkeys } from "./desk.js";
import { newProvider } from "./provider.js";
import { button, open, row, story, write } from "./steps.js";
import { word } from "./words.js";

let city;
let provider;
let redirect;

const step = story(() => city);

before(async () => {
  city = await newCity({
    organisation: "Kreisverwaltungsreferat",
    units: ["Verkehr"],
    groups: [{ name: "Lage", unit: "Verkehr" }],
  });
  redirect = (await ask(city, "GET", "/v1/admin/directory/oidc")).redirect_uri;
  provider = await newProvider({ redirects: [redirect] });
  for (const [external, name] of [
    ["ada-1", "Ada König"],
    ["bo-2", "Bo Adam"],
  ]) {
    await ask(city, "POST", "/v1/scim/v2/Users", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
      userName: `${external}@stadt.example`,
      externalId: external,
      displayName: name,
      active: true,
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: "Verkehr" },
    });
  }
});

after(async () => {
  await provider?.stop();
  await city?.stop();
});

const cityButton = (page) => page.getByRole("link", { name: word("first-city"), exact: true });

/** From the first screen to the provider. */
async function leave(page) {
  await ready(page);
  await cityButton(page).click();
  await page.getByRole("heading", { name: "Anmeldung der Stadt" }).waitFor();
}

/** There, under a name. */
async function logIn(page, name) {
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Anmelden" }).click();
}

/** Back on the first screen, which says why. */
async function told(page, id) {
  await page.getByRole("alert").getByText(word(id)).waitFor();
  await cityButton(page).waitFor();
  assert.ok(!page.url().includes("login="), "the address forgets why");
}

step("before it is set up, nothing is offered", async () => {
  const page = await city.page(PHONE);
  const answered = page.waitForResponse((response) => response.url().endsWith("/v1/log-in"));
  await ready(page);
  assert.deepEqual(await (await answered).json(), {});
  await button(page, "first-scan").waitFor();
  assert.equal(await cityButton(page).count(), 0);
  calm(page);
  await page.context().close();
});

step("in the Leitstand it is set up, tried, and switched on", async () => {
  const page = await enter(city, "/leitstand/verzeichnis");
  const card = page.locator("section.card", { has: page.getByRole("heading", { name: word("leit-oidc") }) });
  await card.getByText(word("leit-oidc-unset")).waitFor();
  await card.getByText(redirect).waitFor();
  await button(card, "leit-oidc-set-up").click();
  const drawer = page.locator("dialog[open]");
  await drawer.locator("#oidc-issuer").fill("http://sso.stadt.example");
  await drawer.locator("#oidc-client").fill("melder");
  await button(drawer, "leit-oidc-test").click();
  await drawer.getByText(word("leit-oidc-issuer-wrong")).waitFor();
  await drawer.locator("#oidc-issuer").fill(`${provider.issuer}/`);
  await button(drawer, "leit-oidc-test").click();
  await drawer.getByText(word("leit-oidc-found-other-issuer", { detail: provider.issuer })).waitFor();
  await inBothThemes(page, "leit-oidc-wrong");
  await drawer.locator("#oidc-issuer").fill(provider.issuer);
  await button(drawer, "leit-oidc-test").click();
  await drawer.getByText(word("leit-oidc-good")).waitFor();
  await drawer.getByText(word("leit-oidc-enabled"), { exact: true }).click();
  await inBothThemes(page, "leit-oidc-form");
  await button(drawer, "leit-oidc-save").click();
  await card.getByText(word("leit-oidc-on")).waitFor();
  await inBothThemes(page, "leit-oidc");
  // Somebody else was faster: it is said, and what holds is one press away.
  await button(card, "leit-oidc-set-up").click();
  const held = { issuer: provider.issuer, client_id: "melder", claim: "sub", matches: "external_id", enabled: true };
  await ask(city, "PUT", "/v1/admin/directory/oidc", held);
  await button(drawer, "leit-oidc-save").click();
  await button(drawer, "leit-read-anew").click();
  await drawer.waitFor({ state: "detached" });
  page.wrong = page.wrong.filter((line) => !/412/.test(line));
  await page.setViewportSize(PHONE);
  await fits(page);
  // What was refused on purpose: settings that can't be.
  page.wrong = page.wrong.filter((line) => !/422/.test(line));
  calm(page);
  await page.context().close();
});

step("from the button on the first screen to being in a chat", async () => {
  const page = await city.page(PHONE);
  const seen = [];
  page.on("request", (request) => seen.push(request.url()));
  await ready(page);
  await cityButton(page).waitFor();
  await inBothThemes(page, "first-city");
  await fits(page);
  await leave(page);
  await logIn(page, "ada-1");
  // The name is given: it is the directory's.
  await page.getByText("Ada König").waitFor();
  assert.ok(!page.url().includes("#"), "the invitation is taken out of the address");
  await inBothThemes(page, "first-city-person");
  await button(page, "next").click();
  await page.locator(`input[aria-label="${word("pin-choose")}"]`).fill(PIN);
  await page.locator(`input[aria-label="${word("pin-again")}"]`).fill(PIN);
  await button(page, "done-go").click({ timeout: 60_000 });
  await row(page, "Lage").first().waitFor({ timeout: 60_000 });
  await open(page, "Lage");
  await write(page, "Guten Morgen");
  calm(page);

  // The answer that the provider gave counts once.
  const answer = seen.find((address) => address.includes("/oidc/callback/"));
  assert.match(answer, /code=/);
  const other = await city.page(PHONE);
  await other.goto(answer);
  await told(other, "first-city-over");
  calm(other);
  await other.context().close();
  await page.context().close();
});

step("a further device is not made by the log-in, but linked from the first", async () => {
  const page = await city.page(PHONE);
  await leave(page);
  await logIn(page, "ada-1");
  await told(page, "first-city-joined");
  await inBothThemes(page, "first-city-joined");
  await page.getByRole("alert").getByRole("button", { name: word("first-way-link") }).click();
  await button(page, "next").waitFor();
  calm(page);
  await page.context().close();
});

step("somebody who has no account is told so, and nothing else", async () => {
  const page = await city.page(DESKTOP);
  await leave(page);
  await logIn(page, "carla-3");
  await told(page, "first-city-unknown");
  await inBothThemes(page, "first-city-unknown");
  calm(page);
  await page.context().close();
});

step("who turns round at the provider is back where they began", async () => {
  const page = await city.page(PHONE);
  await leave(page);
  await page.getByRole("link", { name: "Abbrechen" }).click();
  await told(page, "first-city-cancelled");
  calm(page);
  await page.context().close();
});

step("a suspended account gets no device", async () => {
  const { items } = await ask(city, "GET", "/v1/admin/accounts?query=bo");
  const [{ id }] = items;
  await ask(city, "POST", `/v1/admin/accounts/${id}/suspend`, {});
  const page = await city.page(PHONE);
  await leave(page);
  await logIn(page, "bo-2");
  await told(page, "first-city-suspended");
  await ask(city, "POST", `/v1/admin/accounts/${id}/resume`, {});
  calm(page);
  await page.context().close();
});

const ownCard = (page) => page.locator("section.card", { has: page.getByRole("heading", { name: word("leit-city"), exact: true }) });
const linkToCity = (page) => page.getByRole("link", { name: word("leit-login-city"), exact: true });

/** The page of the log-in, where nobody is in: the question for who one is says so. */
async function door(page) {
  await button(page, "leit-login-passkey").waitFor();
  page.wrong = page.wrong.filter((line) => !/401/.test(line));
}

step("the owner lets administrators come in with the city's log-in", async () => {
  const page = await enter(city, "/leitstand/verzeichnis");
  const card = page.locator("section.card", { has: page.getByRole("heading", { name: word("leit-oidc"), exact: true }) });
  await button(card, "leit-oidc-set-up").click();
  const drawer = page.locator("dialog[open]");
  await drawer.getByText(word("leit-oidc-admins"), { exact: true }).click();
  await drawer.getByText(word("leit-oidc-admins-about")).waitFor();
  await inBothThemes(page, "leit-oidc-admins-form");
  await button(drawer, "leit-oidc-save").click();
  await card.getByText(word("leit-oidc-admins-on")).waitFor();
  await inBothThemes(page, "leit-oidc-admins");
  assert.equal((await ask(city, "GET", "/v1/admin/directory/oidc")).admins, true);
  calm(page);
  await page.context().close();
});

step("an administrator links their log-in, and comes in with it instead of the passkey", async () => {
  const made = await ask(city, "POST", "/v1/admin/admins", { name: "Johanna Zellner", roles: [{ role: "owner" }] });
  const page = await city.page(DESKTOP);
  await passkeys(page);
  await page.goto(new URL(made.link).pathname + new URL(made.link).hash);
  await button(page, "leit-passkey-make").click();
  await button(page, "leit-recovery-kept").click();
  await page.getByRole("heading", { level: 1, name: word("leit-overview") }).waitFor();
  await page.goto("/leitstand/zugaenge");
  const card = ownCard(page);
  await button(card, "leit-city-link").click();
  await logIn(page, "johanna-9");
  const since = word("leit-city-linked", { day: "…" }).split("…")[0].trim();
  await card.getByText(since).waitFor();
  assert.equal(new URL(page.url()).pathname, "/leitstand/zugaenge");
  await inBothThemes(page, "leit-city-linked");
  await button(page, "leit-logout").click();
  await door(page);
  await linkToCity(page).waitFor();
  await inBothThemes(page, "leit-login-city");
  await linkToCity(page).click();
  // The provider still knows who it is: it asks no more.
  await page.getByRole("heading", { level: 1, name: word("leit-overview") }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/leitstand");
  await page.goto("/leitstand/datenschutz");
  await page.getByText(word("leit-did-session-oidc")).first().waitFor();
  await page.getByText(word("leit-did-admin-oidc-link")).first().waitFor();
  await page.setViewportSize(PHONE);
  await page.goto("/leitstand/zugaenge");
  await card.getByText(since).waitFor();
  await fits(page);
  // Unlinked, what came in by it is out.
  await button(card, "leit-city-unlink").click();
  await page.getByText(word("leit-session-ended")).waitFor();
  await door(page);
  calm(page);
  await page.context().close();
});

step("somebody whose log-in is linked to nobody is told so, and stays outside", async () => {
  const page = await city.page(PHONE);
  await page.goto("/leitstand");
  await door(page);
  await linkToCity(page).click();
  await logIn(page, "carla-3");
  await page.getByRole("alert").getByText(word("leit-city-why-unknown")).waitFor();
  await door(page);
  assert.ok(!page.url().includes("login="), "the address forgets why");
  await inBothThemes(page, "leit-login-unknown");
  await fits(page);
  await linkToCity(page).click();
  await page.getByRole("alert").getByText(word("leit-city-why-unknown")).waitFor();
  await door(page);
  calm(page);
  await page.context().close();
});

step("a provider that is away is said to be, and an invitation still does", async () => {
  await provider.stop();
  await city.restart();
  await until("the server is back", async () => (await fetch(`${city.url}/health`).catch(() => ({}))).ok);
  const page = await city.page(PHONE);
  await ready(page);
  await cityButton(page).click();
  await told(page, "first-city-unreachable");
  await button(page, "first-paste").waitFor();
  await page.goto("/leitstand");
  await door(page);
  await linkToCity(page).click();
  await page.getByRole("alert").getByText(word("leit-city-why-unreachable")).waitFor();
  await door(page);
  calm(page);
  await page.context().close();
});
