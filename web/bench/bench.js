// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// How heavy and how quick the app is in a real browser, against a real server: `cargo xtask browser-bench`. Everything is
// what ships. Anna's browser writes the messages itself (they are real and go to the server), so that its database holds
// as many as wanted; then the app is opened over it. Bert's browser was away meanwhile and catches up.
//
//   --messages N   in each of two chats (50,000)       --missed N   that Bert catches up on (10,000)
//   --accounts N   in the Leitstand's table (50,000)
//   --seconds N    that scrolling and streaming take    --json FILE  the figures, too
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join as path } from "node:path";
import { parseArgs } from "node:util";

import { chromium } from "playwright-core";

import { DESKTOP, PIN, PHONE, newCity, until } from "../tests/city.js";
import { token, tokenField } from "../tests/desk.js";
import { button } from "../tests/steps.js";

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "50000" },
    missed: { type: "string", default: "10000" },
    accounts: { type: "string", default: "50000" },
    seconds: { type: "string", default: "10" },
    json: { type: "string" },
  },
});
const MESSAGES = Number(values.messages);
const MISSED = Number(values.missed);
const ACCOUNTS = Number(values.accounts);
const SECONDS = Number(values.seconds);
const SLOWED = 4;
const PER_SECOND = 20;

const SITE = process.env.MELDER_SITE;
const PROBE = process.env.MELDER_PROBE;
const HERE = import.meta.dirname;

/** Name, value, unit, target. */
const figures = [];
const add = (name, value, unit, target) => {
  figures.push({ name, value, unit, target });
  console.error(`  ${name}: ${shown(value)} ${unit}`);
};
const shown = (value) => (value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(value >= 10 ? 1 : 2));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** A person's browser: a process of its own with a folder on the disk, as an installed app has it. */
class Browser {
  static async open(city, name, viewport) {
    const browser = new Browser();
    browser.city = city;
    browser.folder = path(city.folder, `browser-${name}`);
    await mkdir(browser.folder);
    browser.context = await chromium.launchPersistentContext(browser.folder, {
      executablePath: process.env.MELDER_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"],
      viewport,
      locale: "de-DE",
      baseURL: city.url,
    });
    await browser.context.route("**/bench/**", (route) => bench(route));
    return browser;
  }

  /** The worker without the app. */
  async bare() {
    const worker = /name="melder-worker" content="([^"]+)"/.exec(await readFile(path(SITE, "index.html"), "utf8"))[1];
    const page = await this.context.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(`/bench/index.html?worker=${encodeURIComponent(worker)}`);
    await page.waitForFunction("globalThis.ready");
    return page;
  }

  async join(link) {
    const page = await this.bare();
    await ask(page, { OpenInvitation: { link } });
    await ask(page, { Join: { device_name: "Chromium", name: null, pin: PIN } });
    return page;
  }

  /** The app, watched. */
  async app() {
    const page = await this.context.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.addInitScript({ path: path(HERE, "watch.js") });
    return page;
  }

  /** Of all processes of this browser's pages and workers, resident. */
  async memory() {
    const all = new Map();
    for (const id of await readdir("/proc")) {
      if (!/^\d+$/.test(id)) continue;
      const [line, stat, statm] = await Promise.all(
        ["cmdline", "stat", "statm"].map((file) => readFile(`/proc/${id}/${file}`, "utf8").catch(() => "")),
      );
      const parent = stat.slice(stat.lastIndexOf(")")).split(" ")[2];
      all.set(id, { line, parent, bytes: Number(statm.split(" ")[1] ?? 0) * 4096 });
    }
    const ours = (id) => {
      const it = all.get(id);
      return it && (it.line.includes(`--user-data-dir=${this.folder}`) || ours(it.parent));
    };
    let bytes = 0;
    for (const [id, it] of all) if (it.line.includes("--type=renderer") && ours(id)) bytes += it.bytes;
    return bytes;
  }

  close() {
    return this.context.close();
  }
}

async function bench(route) {
  const name = new URL(route.request().url()).pathname.split("/").at(-1);
  const html = "<!doctype html><title>bench</title><script type=module src=page.js></script>";
  if (name === "index.html") return route.fulfill({ contentType: "text/html", body: html });
  return route.fulfill({ path: path(name.startsWith("probe") ? PROBE : HERE, name) });
}

const ask = (page, question) => page.evaluate((question) => ask(question), question);

const groupOf = (page, name) =>
  until(name, async () => {
    const { Chats } = await ask(page, "Chats");
    return Chats.find((chat) => chat.name === name && chat.status === "Active")?.group;
  }, { within: 60_000 });

const newest = async (page, group) => {
  const { Chat } = await ask(page, { Chat: group });
  return Chat?.last?.text ?? "";
};

/** Until nothing waits to be sent. */
const sent = (page, group) =>
  until("all is sent", async () => {
    const { Page } = await ask(page, { Page: { group, around: "End", limit: 1 } });
    return Page.items.at(-1)?.Message?.state !== "Pending";
  }, { within: 1_800_000 });

const unlock = (page) => page.locator('input[aria-label]').first().fill(PIN);

async function sizes() {
  const { parts } = JSON.parse(await readFile(path(SITE, "sizes.json"), "utf8"));
  add("ui.bytes", parts.ui.compressed / 1000, "kB", `≤ ${parts.ui.limit / 1000}`);
  add("engine.bytes", parts.engine.compressed / 1000, "kB", `≤ ${parts.engine.limit / 1000}`);
}

/** Messages are made one by one, and then as many as wanted. */
async function write(page, groups) {
  const alone = Math.min(500, MESSAGES);
  const ms = await page.evaluate((it) => pump(it), { group: groups[0], from: 0, count: alone, open: 1 });
  add("engine.create", ms / alone, "ms each", "≤ 2");
  let rate = 0;
  for (const [place, group] of groups.entries()) {
    const from = place === 0 ? alone : MESSAGES;
    const count = (place + 1) * MESSAGES - from;
    for (let done = 0; done < count; done += 5_000) {
      const now = Math.min(5_000, count - done);
      rate = now / (await page.evaluate((it) => pump(it), { group, from: from + done, count: now, open: 16 }));
    }
  }
  add("engine.create.rate", rate * 1000, "/s", "");
  for (const group of groups) await sent(page, group);
}

/** Bert was away; so long it takes until he has all of it. */
async function catchUp(bert, group, last, missed) {
  const page = await bert.bare();
  const begun = performance.now();
  await ask(page, { Unlock: PIN });
  const opened = performance.now();
  await until("all is there", async () => (await newest(page, group)) === last, { within: 1_800_000 });
  const ms = performance.now() - opened;
  add("engine.unlock", opened - begun, "ms", "");
  add("engine.catch-up", (missed * 1000) / ms, "messages/s", "≥ 1,000");
  add("engine.process", ms / missed, "ms each", "≤ 2");
  return page;
}

async function searchBare(page) {
  const times = [];
  for (const query of ["Marienplatz", "Sperrung Brücke", "Nummer 777", "nirgends", "st"]) {
    const ms = await page.evaluate(async (query) => {
      const begun = performance.now();
      await ask({ Search: { query, group: null, limit: 50 } });
      return performance.now() - begun;
    }, query);
    times.push(ms);
  }
  add("search.engine", median(times), "ms", "≤ 100");
  add("search.engine.worst", Math.max(...times), "ms", "≤ 100");
}

/** From nothing to the list, on a slowed processor, installed. */
async function coldOpen(anna) {
  // Once as it comes, so that the service worker keeps it.
  const first = await anna.app();
  await first.goto("/");
  await first.evaluate(() => navigator.serviceWorker.ready);
  await until("kept", () => first.evaluate(() => navigator.serviceWorker.controller?.state === "activated"));
  await first.close();
  for (const [name, rate] of [["", 1], [".slowed", SLOWED]]) {
    const page = await anna.app();
    const session = await anna.context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate });
    await page.goto("/");
    const lock = await until("the lock", () => page.evaluate("bench.shown.lock"));
    const begun = await page.evaluate("performance.now()");
    await unlock(page);
    const list = await until("the list", () => page.evaluate("bench.shown.list"));
    add(`open.lock${name}`, lock, "ms", "");
    add(`open.list${name}`, lock + (list - begun), "ms", rate === SLOWED ? "≤ 2,000" : "");
    await page.close();
  }
}

async function inTheApp(anna, bert, names, groups) {
  const page = await anna.app();
  await page.goto("/");
  await until("the lock", () => page.evaluate("bench.shown.lock"));
  await unlock(page);
  await until("the list", () => page.evaluate("bench.shown.list"));
  await openChats(page, names);
  await searchInApp(page);
  const name = page.locator(".chat-row__name", { hasText: new RegExp(`^${names[0]}$`) });
  await page.locator(".chat-row", { has: name }).click();
  await page.waitForSelector("[data-place]");
  const frames = await page.evaluate((ms) => bench.scroll(document.querySelector(".timeline"), { ms, step: 40 }), SECONDS * 1000);
  const late = frames.filter((ms) => ms > 25).length;
  add("scroll.frames", frames.length, "", "");
  add("scroll.dropped", (100 * late) / frames.length, "%", "");
  await stream(page, bert, groups[0]);
  add("memory", (await anna.memory()) / 1e6, "MB", "");
}

async function openChats(page, names) {
  const times = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const name = names[turn % 2];
    times.push(
      await page.evaluate(async (name) => {
        const rows = [...document.querySelectorAll(".chat-row")];
        const row = rows.find((row) => row.querySelector(".chat-row__name")?.textContent === name);
        for (const old of document.querySelectorAll("[data-place]")) old.classList.add("bench-old");
        return bench.press(row, "[data-place]:not(.bench-old)");
      }, name),
    );
  }
  add("chat.open", median(times), "ms", "≤ 150");
  add("chat.open.worst", Math.max(...times), "ms", "≤ 150");
}

async function searchInApp(page) {
  await page.goto("/search").catch(() => {});
  await until("the lock", () => page.evaluate("bench.shown.lock ?? bench.shown.list"));
  if (await page.locator("nav").first().isHidden()) await unlock(page);
  const field = page.locator("input[type=search], .search input").first();
  await field.waitFor();
  const times = [];
  for (const query of ["Marienplatz", "Streife Tor", "Ablösung"]) {
    await field.fill("");
    await page.evaluate(() => bench.until("mark", { gone: true }));
    const ms = page.evaluate(async () => {
      const field = document.querySelector("input[type=search], .search input");
      const begun = await new Promise((go) => field.addEventListener("input", () => go(performance.now()), { once: true }));
      return (await bench.until("mark")) - begun;
    });
    await field.fill(query);
    times.push(await ms);
  }
  add("search.shown", median(times), "ms", "");
}

/** Messages come while a chat is open. */
async function stream(page, bert, group) {
  await page.evaluate("void (bench.long.length = 0)");
  await bert.evaluate((it) => trickle(it), { group, from: 10_000_000, count: SECONDS * PER_SECOND, perSecond: PER_SECOND });
  await page.waitForTimeout(1_000);
  const long = await page.evaluate("bench.long.map(({ ms }) => ms)");
  add("stream.long-tasks", long.length, "", "0");
  add("stream.longest", long.length ? Math.max(...long) : 0, "ms", "≤ 50");
}

const FIRST = ["Anna", "Bela", "Cem", "Dora", "Elif", "Fritz", "Gül", "Hanna", "Ivo", "Jana"];
const LAST = ["Huber", "Berger", "Yılmaz", "König", "Maier", "Novak", "Petrović", "Schuster", "Wimmer", "Zellner"];

/** So many accounts, by tables as long as one may be. */
async function importAccounts(city) {
  const MOST = 10_000;
  for (let done = 0; done < ACCOUNTS; done += MOST) {
    const rows = Array.from({ length: Math.min(MOST, ACCOUNTS - done) }, (_, row) => {
      const number = done + row;
      return `${FIRST[number % 10]} ${LAST[Math.floor(number / 10) % 10]} ${number};Streife`;
    });
    const answer = await fetch(`${city.url}/v1/admin/accounts/import`, {
      method: "POST",
      headers: { authorization: `Bearer ${await token(city)}`, "content-type": "text/csv" },
      body: `name;function\n${rows.join("\n")}\n`,
    });
    if (!answer.ok) throw new Error(`import: ${answer.status} ${await answer.text()}`);
  }
}

/** What a keystroke in the table of all accounts costs, until the frame after its answer is drawn. */
async function inTheLeitstand(city) {
  await importAccounts(city);
  const desk = await Browser.open(city, "desk", DESKTOP);
  open.push(desk);
  const page = await desk.app();
  await page.goto("/leitstand/konten");
  await (await tokenField(page)).fill(await token(city));
  const begun = performance.now();
  await button(page, "leit-login-go").click();
  const count = () =>
    page.evaluate(() => Number((/([\d.]+) Konten/.exec(document.querySelector("#main")?.textContent ?? "")?.[1] ?? "").replaceAll(".", "")));
  await until("all accounts are here", async () => (await count()) >= ACCOUNTS, { within: 120_000 });
  await until("all has come", async () => (await page.locator("#main [aria-busy]").count()) === 0, { within: 120_000 });
  add("table.read", performance.now() - begun, "ms", "");
  const field = page.locator("#main input[type=search]").first();
  const times = [];
  for (const query of ["huber", "cem k", "petrović 4", "streife"]) {
    await field.fill("");
    for (const letter of query) {
      const ms = page.evaluate(() => bench.keystroke(document.querySelector("#main input[type=search]")));
      await field.pressSequentially(letter);
      times.push(await ms);
    }
  }
  add("table.keystroke", median(times), "ms", "≤ 50");
  add("table.keystroke.worst", Math.max(...times), "ms", "≤ 50");
}

function table() {
  const rows = figures.map(({ name, value, unit, target }) => `| ${name} | ${target} | ${shown(value)} ${unit} |`);
  return ["| measure | target | stands at |", "|---|---|---|", ...rows].join("\n");
}

const names = ["Lage", "Archiv"];
const city = await newCity({ units: ["Verkehr"], groups: names.map((name) => ({ name, unit: "Verkehr" })) });
const open = [];
try {
  await city.browser.close();
  await sizes();
  const anna = await Browser.open(city, "anna", DESKTOP);
  const bert = await Browser.open(city, "bert", PHONE);
  open.push(anna, bert);
  const writing = await anna.join(await city.invite("Anna Kern", { unit: "Verkehr" }));
  const away = await bert.join(await city.invite("Bert Lang", { unit: "Verkehr" }));
  const groups = [];
  for (const name of names) groups.push(await groupOf(writing, name));
  for (const name of names) await groupOf(away, name);
  const both = async () => {
    const { Members } = await ask(writing, { Members: groups[1] });
    return Members.length > 1;
  };
  await until("Bert is in", both);
  // He sees all but the last of it as it comes: a mailbox holds only so much.
  await write(writing, groups);
  await until("Bert has it", async () => (await newest(away, groups[1])) === (await newest(writing, groups[1])), { within: 1_800_000 });
  await away.close();
  for (let done = 0; done < MISSED; done += 5_000) {
    const count = Math.min(5_000, MISSED - done);
    await writing.evaluate((it) => pump(it), { group: groups[1], from: 5_000_000 + done, count, open: 16 });
  }
  await sent(writing, groups[1]);
  const caughtUp = await catchUp(bert, groups[1], await newest(writing, groups[1]), MISSED);
  await searchBare(writing);
  await writing.close();
  await coldOpen(anna);
  await inTheApp(anna, caughtUp, names, groups);
  for (const browser of open.splice(0)) await browser.close();
  await inTheLeitstand(city);
  console.log(table());
  if (values.json) {
    await writeFile(values.json, `${JSON.stringify({ messages: MESSAGES, missed: MISSED, figures }, null, 2)}\n`);
  }
} finally {
  for (const browser of open) await browser.close().catch(() => {});
  await city.stop();
}
