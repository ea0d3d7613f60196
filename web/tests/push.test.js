// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Notifications, duty and absence, all the way: the browser's subscription leads to a push service of the test's own, the
// server calls it, and what it would deliver is handed to the service worker by the browser's protocol.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { DESKTOP, PHONE, axe, calm, inBothThemes, join, newCity, unlock, until } from "./city.js";
import { word } from "./words.js";

const UNIT = "Verkehrsüberwachung";
const GROUP = "Bezirk 3 Maxvorstadt";

let city;
let cem;
let service;

/** A push service that writes down what it is asked, and answers as it is told. */
async function pushService() {
  const own = { seen: [], answer: 201 };
  own.server = createServer((request, response) => {
    let body = 0;
    request.on("data", (data) => (body += data.length));
    request.on("end", () => {
      own.seen.push({ path: request.url, headers: request.headers, body, method: request.method });
      response.writeHead(own.answer).end();
    });
  });
  await new Promise((done) => own.server.listen(0, "127.0.0.1", done));
  own.url = `http://127.0.0.1:${own.server.address().port}`;
  return own;
}

before(async () => {
  service = await pushService();
  city = await newCity({ groups: [{ name: GROUP, unit: UNIT }], serve: ["--push-allow-local"] });
  cem = await city.peer("Cem Aydin", { unit: UNIT });
});

after(async () => {
  await city?.stop();
  service?.server.close();
});

const go = (page, address) =>
  page.evaluate((address) => {
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
  }, address);

const button = (page, id) => page.getByRole("button", { name: word(id), exact: true });
const topics = (path) => service.seen.filter((seen) => seen.path === path).map((seen) => seen.headers.topic);

/** The browser's own subscription would lead to its maker. `broken`: it does not come about. */
function subscribing({ endpoint, broken }) {
  const subscription = {
    endpoint,
    unsubscribe: async () => {
      localStorage.removeItem("test.subscribed");
      return true;
    },
  };
  const has = () => localStorage.getItem("test.subscribed") !== null;
  PushManager.prototype.subscribe = async () => {
    if (broken) throw new DOMException("Registration failed", "AbortError");
    localStorage.setItem("test.subscribed", "1");
    return subscription;
  };
  PushManager.prototype.getSubscription = async () => (has() ? subscription : null);
}

/** A person with the app, who allowed notifications. */
async function person(name, { size = DESKTOP, context = {}, broken = false, allowed = true } = {}) {
  const page = await city.page(size, { context });
  page.path = `/${encodeURIComponent(name)}`;
  if (allowed) await page.context().grantPermissions(["notifications"], { origin: city.url });
  await page.addInitScript(subscribing, { endpoint: service.url + page.path, broken });
  await join(page, await city.invite(name, { unit: UNIT }));
  await page.locator(".chat-row", { hasText: GROUP }).first().waitFor({ timeout: 60_000 });
  return page;
}

/** Hands an empty push to the page's service worker, as the browser would; gives what it shows. */
async function deliver(page) {
  const [worker] = await until("the service worker", () => {
    const workers = page.context().serviceWorkers();
    return workers.length > 0 && workers;
  });
  await worker.evaluate(() => {
    if (self.shown) return;
    self.shown = [];
    const show = self.registration.showNotification.bind(self.registration);
    ServiceWorkerRegistration.prototype.showNotification = (title, options) => {
      self.shown.push({ title, body: options.body, tag: options.tag, path: options.data.path });
      return show(title, options).catch(() => {});
    };
  });
  const before = await worker.evaluate(() => self.shown.length);
  const session = await page.context().newCDPSession(page);
  const registered = new Promise((found) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const own = registrations.find((registration) => registration.scopeURL.startsWith(city.url) && !registration.isDeleted);
      if (own) found(own.registrationId);
    });
  });
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.deliverPushMessage", { origin: city.url, registrationId: await registered, data: "" });
  await session.detach();
  return until("the service worker shows it", () => worker.evaluate((before) => self.shown[before], before));
}

test("a notification goes all the way: subscribed without a word, pushed without content, shown, and the test says so", async () => {
  const page = await person("Monika Huber", { size: PHONE });
  await go(page, "/notifications");
  await page.getByText(word("push-all-good")).waitFor({ timeout: 30_000 });
  await inBothThemes(page, "push-good");
  await button(page, "test-send").click();
  await until("the push service is asked", () => topics(page.path).length > 0);
  const [push] = service.seen.filter((seen) => seen.path === page.path);
  assert.equal(push.method, "POST");
  assert.equal(push.body, 0);
  assert.equal(push.headers.topic, "test");
  assert.equal(push.headers.urgency, "high");
  assert.match(push.headers.authorization, /^vapid t=[\w-]+\.[\w-]+\.[\w-]+, k=[\w-]{87}$/);
  const shown = await deliver(page);
  assert.deepEqual(shown, { title: word("push-test-title"), body: word("push-test-text"), tag: "test", path: "/notifications" });
  await page.getByText(word("test-good")).waitFor();
  await axe(page);
  calm(page);
  await page.context().close();
});

test("an alarm rings a locked app again and again, without its text, until it is fetched", async () => {
  const page = await person("Jonas Berger");
  await go(page, "/notifications");
  await page.getByText(word("push-all-good")).waitFor({ timeout: 30_000 });
  await go(page, "/profile");
  await button(page, "profile-lock").click();
  await page.locator(`input[aria-label="${word("lock-label")}"]`).waitFor();
  await until("Cem can sound it", () => cem.run("alarm", GROUP, "Sperrung Ludwigstraße").then(() => true, () => false));
  await until("it is repeated", () => topics(page.path).filter((topic) => topic === "alarm").length >= 2, { within: 60_000 });
  const shown = await deliver(page);
  assert.equal(shown.title, word("push-alarm-title"));
  assert.equal(shown.body, word("push-alarm-text"));
  await page.locator("[role=alertdialog]").getByRole("button", { name: word("alarm-locked-open") }).click();
  await unlock(page);
  await page.locator("[role=alertdialog]").getByText("Sperrung Ludwigstraße").first().waitFor({ timeout: 30_000 });
  await page.context().close();
});

test("off duty nothing comes but alarms", async () => {
  const page = await person("Petra Wimmer");
  await go(page, "/notifications");
  await page.getByText(word("push-all-good")).waitFor({ timeout: 30_000 });
  await go(page, "/profile");
  const duty = page.getByRole("switch", { name: word("duty-on") });
  await page.getByText(word("duty-unset"), { exact: true }).waitFor();
  await duty.click();
  await page.locator('.duty[data-on="true"]').waitFor();
  await inBothThemes(page, "duty");
  await duty.click();
  await page.getByText(word("duty-off"), { exact: true }).waitFor();
  // The server has heard it as soon as it answers what was asked after it.
  await go(page, "/devices");
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await go(page, "/profile");
  await button(page, "profile-lock").click();
  await page.locator(`input[aria-label="${word("lock-label")}"]`).waitFor();
  await until("Cem can write", () => cem.send(GROUP, "Nur zur Kenntnis").then(() => true, () => false));
  await cem.run("alarm", GROUP, "Alle zum Marienplatz");
  await until("the alarm rings", () => topics(page.path).includes("alarm"), { within: 60_000 });
  assert.deepEqual(
    topics(page.path).filter((topic) => topic !== "alarm"),
    [],
  );
  await unlock(page);
  await page.locator("[role=alertdialog]").first().waitFor({ timeout: 30_000 });
  await page.context().close();
});

test("a muted chat does not ring while the app is closed, and the server does not know that it is muted", async () => {
  const page = await person("Lena Vogt");
  await go(page, "/notifications");
  await page.getByText(word("push-all-good")).waitFor({ timeout: 30_000 });
  await go(page, "/");
  await page.locator(".chat-row", { hasText: GROUP }).first().click();
  await page.locator(".composer textarea").waitFor();
  await button(page, "chat-menu").click();
  await button(page.locator("dialog[open]").last(), "chat-mute").click();
  await page.locator(".toast", { hasText: word("chat-muted-toast") }).waitFor();
  await page.locator(".chat-row", { hasText: GROUP }).getByText(word("muted")).waitFor({ state: "attached" });
  const keeps = async () => (await page.evaluate(async () => (await (await caches.open("melder-settings")).match("/muted"))?.text())) ?? "[]";
  await until("the service worker knows it", async () => JSON.parse(await keeps()).length === 1);
  await go(page, "/profile");
  await button(page, "profile-lock").click();
  await page.locator(`input[aria-label="${word("lock-label")}"]`).waitFor();
  await until("Cem can write", () => cem.send(GROUP, "Nur zur Kenntnis").then(() => true, () => false));
  await until("it is pushed", () => topics(page.path).includes("message"), { within: 60_000 });
  // The app is closed: whoever looks at it is shown nothing.
  await page.goto("about:blank");
  const shown = await deliver(page);
  assert.deepEqual(shown, { title: word("push-quiet-title"), body: word("push-quiet-text"), tag: "quiet", path: "/" });
  await page.context().close();
});

test("quiet hours are set with their days, and are still there after a reload", async () => {
  const page = await person("Ayşe Demir", { size: PHONE });
  await go(page, "/notifications");
  await page.getByRole("switch", { name: word("quiet-hours") }).click();
  await page.locator("#quiet-from").fill("20:30");
  await page.locator("#quiet-from").dispatchEvent("change");
  const sunday = page.getByRole("button", { name: word("weekday-sunday"), exact: true });
  await sunday.click();
  await until("Sunday is out", async () => (await sunday.getAttribute("aria-pressed")) === "false");
  await inBothThemes(page, "quiet-hours");
  await page.reload();
  await unlock(page);
  await go(page, "/notifications");
  await until("they are kept", async () => (await page.locator("#quiet-from").inputValue()) === "20:30");
  assert.equal(await sunday.getAttribute("aria-pressed"), "false");
  await page.context().close();
});

test("an absence is seen by those who write to one, and goes when it is over", async () => {
  const [away, other] = [await person("Lukas Steiner"), await person("Nora Fuchs")];
  await go(away, "/profile");
  await away.locator(".absence button.line").click();
  await away.locator("#absence-note").fill("Urlaub; Vertretung: Cem Aydin");
  await button(away, "absence-save").click();
  await away.locator(".absence").getByText("Urlaub; Vertretung: Cem Aydin").waitFor();
  await inBothThemes(away, "absence");

  await go(other, "/contacts");
  await other.getByText("Lukas Steiner").first().click();
  await other.locator(".away").getByText("Urlaub; Vertretung: Cem Aydin").waitFor({ timeout: 30_000 });
  await inBothThemes(other, "absence-profile");
  await button(other, "profile-write").click();
  await other.locator(".chat .away").getByText("Urlaub; Vertretung: Cem Aydin").waitFor({ timeout: 30_000 });
  await inBothThemes(other, "absence-chat");

  await button(away, "absence-end").click();
  await other.locator(".chat .away").waitFor({ state: "detached", timeout: 30_000 });
  await away.context().close();
  await other.context().close();
});

test("whoever comes later sees an absence too", async () => {
  const away = await person("Ralf Seidl");
  await go(away, "/profile");
  await away.locator(".absence button.line").click();
  await away.locator("#absence-note").fill("Kur bis Monatsende");
  await button(away, "absence-save").click();
  await away.locator(".absence").getByText("Kur bis Monatsende").waitFor();
  const late = await person("Olga Reiter");
  await go(late, "/contacts");
  await late.getByText("Ralf Seidl").first().click();
  await late.locator(".away").getByText("Kur bis Monatsende").waitFor({ timeout: 60_000 });
  await away.context().close();
  await late.context().close();
});

test("the self-test names what is wrong, and how to mend it", async (t) => {
  await t.test("the push service can't be reached, knows the device no more, or nothing comes", async () => {
    const page = await person("Stefan Koch");
    await go(page, "/notifications");
    await page.getByText(word("push-all-good")).waitFor({ timeout: 30_000 });
    service.answer = 500;
    try {
      await button(page, "test-send").click();
      await page.getByText(word("test-unreachable")).waitFor();
      await axe(page);
      service.answer = 410;
      await until("it may be tried again", async () => {
        await button(page, "test-again").click();
        await page.waitForTimeout(1_000);
        return page.getByText(word("test-gone")).count();
      });
    } finally {
      service.answer = 201;
    }
    await button(page, "check-register").first().click();
    await page.getByText(word("push-all-good")).waitFor();
    await until("it may be tried again", async () => {
      const again = button(page, "test-again").or(button(page, "test-send")).first();
      await again.click();
      await page.waitForTimeout(1_000);
      return page.getByText(word("test-sent")).count();
    });
    await page.getByText(word("test-missing-system")).waitFor({ timeout: 40_000 });
    await inBothThemes(page, "push-missing");
    await page.context().close();
  });

  await t.test("the browser does not subscribe", async () => {
    const page = await person("Eva Lang", { broken: true });
    await go(page, "/notifications");
    await page.getByText(word("check-registered-bad")).waitFor({ timeout: 30_000 });
    await button(page, "check-register").click();
    await page.getByText(word("check-push-service")).waitFor();
    await axe(page);
    await page.context().close();
  });

  await t.test("the person has said no", async () => {
    const page = await city.page(DESKTOP);
    await page.addInitScript(() => Object.defineProperty(Notification, "permission", { get: () => "denied" }));
    await join(page, await city.invite("Tom Beck", { unit: UNIT }));
    await go(page, "/notifications");
    await page.getByText(word("check-allowed-denied")).waitFor();
    await axe(page);
    await page.context().close();
  });

  await t.test("there is no service worker", async () => {
    const page = await person("Ida Wolf", { context: { serviceWorkers: "block" } });
    await go(page, "/notifications");
    await page.getByText(word("check-worker-bad")).waitFor();
    await axe(page);
    await page.context().close();
  });
});

test("a server without push says so", async () => {
  const quiet = await newCity({ groups: [{ name: GROUP, unit: UNIT }], serve: ["--no-push"] });
  try {
    const page = await quiet.page(PHONE);
    await page.context().grantPermissions(["notifications"], { origin: quiet.url });
    await join(page, await quiet.invite("Monika Huber", { unit: UNIT }));
    await go(page, "/notifications");
    await page.getByText(word("check-server-none")).waitFor({ timeout: 30_000 });
    await axe(page);
    await page.context().close();
  } finally {
    await quiet.stop();
  }
});
