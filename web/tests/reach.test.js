// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// The app is for everybody: the whole way by keyboard alone, at 320 px, with text twice as large, with the system's own colours,
// without motion, and in English without a German word.
import assert from "node:assert/strict";
import { after, before } from "node:test";

import { DESKTOP, PIN, calm, fits, join, newCity, shot, until } from "./city.js";
import { arrive, button, dialog, go, log, message, open, row, story } from "./steps.js";
import { word, words } from "./words.js";

const UNIT = "Verkehrsüberwachung";
const GROUP = "Bezirk 3 Maxvorstadt";
const NARROW = { width: 320, height: 640 };
const SCREENS = [
  ["/", "chats"],
  ["/contacts", "contacts"],
  ["/search", "search"],
  ["/new", "new"],
  ["/new/group", "new-group"],
  ["/new/channel", "new-channel"],
  ["/profile", "profile"],
  ["/devices", "devices"],
  ["/devices/link", "devices-link"],
  ["/security", "security"],
  ["/notifications", "notifications"],
  ["/help", "help"],
];

const step = story(() => city);
let city;
let cem;
let page;

before(async () => {
  city = await newCity({ groups: [{ name: GROUP, unit: UNIT }] });
  cem = await city.peer("Cem Aydin", { unit: UNIT });
  await until("Cem is in the group", async () => (await cem.run("members", GROUP).catch(() => "")).includes("Cem"));
});

after(() => city?.stop());

/** The keyboard goes on until it stands on what is asked for. */
async function tabTo(page, locator, key = "Tab") {
  for (let times = 0; times < 80; times += 1) {
    if (await locator.evaluateAll((all) => all.includes(document.activeElement))) return;
    await page.keyboard.press(key);
  }
  assert.fail(`the keyboard never came to ${locator}`);
}

const press = async (page, locator, key = "Enter") => {
  await locator.first().waitFor();
  await tabTo(page, locator);
  await page.keyboard.press(key);
};

const focused = (page, selector) =>
  until(`${selector} has the keyboard`, () => page.evaluate((selector) => document.activeElement?.matches(selector), selector));

step("by keyboard alone: in by an invitation, and a message is sent", async () => {
  page = await city.page(DESKTOP);
  await page.goto(await city.invite("Monika Huber", { unit: UNIT }));
  await press(page, button(page, "next"));
  for (const id of ["pin-choose", "pin-again"]) {
    await tabTo(page, page.locator(`input[aria-label="${word(id)}"]`));
    await page.keyboard.type(PIN);
  }
  await button(page, "done-go").waitFor({ timeout: 60_000 });
  await press(page, button(page, "done-go"));
  await row(page, GROUP).first().waitFor({ timeout: 60_000 });
  await press(page, row(page, GROUP).first());
  await page.locator(".composer textarea").waitFor({ timeout: 60_000 });
  await tabTo(page, page.locator(".composer textarea"));
  await page.keyboard.type("Mit der Tastatur.");
  await page.keyboard.press("Enter");
  await message(page, "Mit der Tastatur.").waitFor();
  await cem.reads(GROUP, "Mit der Tastatur.");
});

step("by keyboard alone: the menu of a message, a reaction, the search, an alarm", async () => {
  await cem.send(GROUP, "Schellingstraße ist frei.");
  await message(page, "Schellingstraße").waitFor();
  const menu = message(page, "Schellingstraße").getByRole("button", { name: word("message-menu") });
  for (let times = 0; times < 40 && !(await menu.evaluate((it) => it === document.activeElement)); times += 1) await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.locator("dialog.menu[open]").waitFor();
  await tabTo(page, button(dialog(page), "message-reply"), "ArrowDown");
  await page.keyboard.press("Enter");
  await focused(page, ".composer textarea");
  await page.keyboard.type("Danke.");
  await page.keyboard.press("Enter");
  await message(page, "Danke.").locator(".quote").waitFor();
  await page.keyboard.press("Control+k");
  await focused(page, "input");
  await page.keyboard.type("Schelling");
  await page.locator("a", { has: page.locator("mark") }).first().waitFor();
  await press(page, page.locator("a", { has: page.locator("mark") }).first());
  await message(page, "Schellingstraße").waitFor();
  await press(page, button(page, "composer-add"));
  await press(page, dialog(page).locator(".alarm-entry"));
  await tabTo(page, dialog(page).getByLabel(word("alarm-text")));
  await page.keyboard.type("Probealarm");
  await press(page, button(dialog(page), "alarm-next"));
  await press(page, button(dialog(page), "alarm-raise"));
  await message(page, "Probealarm").waitFor();
  await cem.reads(GROUP, "Probealarm");
  await cem.run("alarm", GROUP, "Gegenprobe");
  await page.locator("dialog.alarm[open]").waitFor();
  await press(page, button(page.locator("dialog.alarm"), "alarm-confirm"));
  await page.locator("dialog.alarm").waitFor({ state: "hidden" });
});

step("the shortcuts go where the help says, F6 from pane to pane, and they can be switched off", async () => {
  await page.keyboard.press("Alt+n");
  await page.getByRole("heading", { name: word("new-chat") }).waitFor();
  await page.keyboard.press("Alt+h");
  await page.getByRole("heading", { name: word("help-title") }).waitFor();
  await page.keyboard.press("Alt+ArrowDown");
  await page.locator(".chat__head-link").waitFor();
  await page.keyboard.press("Alt+i");
  await page.locator(".shell__info .info__head").waitFor();
  const panes = new Set();
  for (let times = 0; times < 3; times += 1) {
    await page.keyboard.press("F6");
    panes.add(await page.evaluate(() => document.activeElement.closest("[class^=shell__]")?.className));
  }
  assert.equal(panes.size, 3, [...panes].join());
  await page.keyboard.press("Alt+h");
  const keys = page.getByRole("switch", { name: word("help-keys-on") });
  await press(page, keys, "Space");
  await page.getByText(word("help-keys-are-off")).waitFor();
  await page.keyboard.press("Alt+n");
  assert.equal(await page.getByRole("heading", { name: word("new-chat") }).count(), 0);
  await press(page, keys, "Space");
  calm(page);
});

step("at 320 pixels, and with text twice as large, nothing is cut off or has to be pushed sideways", async () => {
  for (const [name, size, font] of [
    ["narrow", NARROW, "16px"],
    ["large", DESKTOP, "32px"],
    ["large-phone", { width: 390, height: 844 }, "32px"],
    ["narrow-large", NARROW, "32px"],
  ]) {
    await page.setViewportSize(size);
    await page.evaluate((font) => document.documentElement.style.setProperty("font-size", font), font);
    for (const [address, shown] of SCREENS) {
      await go(page, address);
      await page.locator("h1:visible").first().waitFor();
      await shot(page, `${name}-${shown}`);
      await fits(page).catch((error) => assert.fail(`${name} ${shown}: ${error.message}`));
    }
    await go(page, "/");
    await open(page, GROUP);
    await shot(page, `${name}-chat`);
    await fits(page);
    await button(page, "composer-add").click();
    await shot(page, `${name}-add`);
    await fits(page);
    await button(dialog(page), "close").click();
    await go(page, "/");
  }
  await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
  await page.setViewportSize(DESKTOP);
});

step("the system's own colours and its wish for no motion are followed", async () => {
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await open(page, GROUP);
  await shot(page, "forced-chat");
  const borders = await page.locator(".bubble").first().evaluate((it) => getComputedStyle(it).borderTopStyle);
  assert.notEqual(borders, "none", "a bubble has an edge");
  await cem.run("alarm", GROUP, "Stiller Alarm");
  await page.locator("dialog.alarm[open]").waitFor();
  await shot(page, "forced-alarm");
  const running = await page.evaluate(() => document.getAnimations().filter((it) => it.playState === "running" && !Number.isFinite(it.effect.getComputedTiming().endTime)).length);
  assert.equal(running, 0, "nothing moves for ever");
  await button(page.locator("dialog.alarm"), "alarm-confirm").click();
  await page.locator("dialog.alarm").waitFor({ state: "hidden" });
  await page.emulateMedia({ forcedColors: "none", reducedMotion: "no-preference" });
  await page.context().close();
});

/** What stands on the page and in its names, line by line. */
const said = (page) =>
  page.evaluate(() => {
    const names = [...document.querySelectorAll("[aria-label], [title], [placeholder]")].flatMap((it) =>
      ["aria-label", "title", "placeholder"].map((name) => it.getAttribute(name)),
    );
    return [...document.body.innerText.split("\n"), ...names].map((line) => line?.trim()).filter(Boolean);
  });

step("in English there is no German word left", async () => {
  const english = new Set(words("en").values());
  const german = new Set([...words("de").values()].filter((text) => !english.has(text) && !text.includes("{") && text.length > 3));
  const all = async (page, name) => {
    const left = (await said(page)).filter((line) => german.has(line));
    assert.deepEqual(left, [], name);
  };
  const page = await city.page(DESKTOP, { language: "en-GB" });
  await page.goto("/");
  await page.getByRole("heading", { name: word("first-start", {}, "en") }).waitFor();
  await all(page, "start");
  await join(page, await city.invite("John Miller", { unit: UNIT }), { language: "en" });
  await row(page, GROUP).first().waitFor({ timeout: 60_000 });
  assert.equal(await page.evaluate(() => document.documentElement.lang.slice(0, 2)), "en");
  for (const [address, shown] of SCREENS) {
    await go(page, address);
    await page.locator("h1:visible").first().waitFor();
    await shot(page, `english-${shown}`);
    await all(page, shown);
  }
  await go(page, "/");
  await open(page, GROUP);
  await log(page).waitFor();
  await button(page, "composer-add", {}, "en").click();
  await all(page, "chat");
  await button(dialog(page), "close", {}, "en").click();
  await button(page.locator(".bar--chat"), "group-info", {}, "en").click();
  await page.locator(".info__head").waitFor();
  await all(page, "info");
  calm(page);
});
