// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// What a test of the app needs: a server with the app in a folder of its own, people with real devices on the command line, and
// a browser. `cargo xtask browser` says where things are.
//
//   const city = await newCity({ units: ["Verkehr"], groups: [{ name: "Lage", unit: "Verkehr" }] });
//   const cem = await city.peer("Cem", { unit: "Verkehr" });          // joined, on the command line
//   const page = await city.page(PHONE, { theme: "dark" });
//   await join(page, await city.invite("Monika Huber", { unit: "Verkehr" }), "739415");
//   await cem.send("Lage", "Sperrung am Marienplatz");
//   await axe(page); await shot(page, "chat");
//   await city.stop();
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { chromium } from "playwright-core";

import { word } from "./words.js";

const run = promisify(execFile);
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const MELDER = process.env.MELDER_BIN;
const SITE = process.env.MELDER_SITE;
const SHOTS = process.env.MELDER_SHOTS;

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };
export const SIZES = [
  ["phone", PHONE],
  ["desktop", DESKTOP],
];
export const PIN = "739415";

/** Waits until something holds; a browser that has not come to it by then never will. */
export async function until(what, holds, { within = 30_000 } = {}) {
  const end = Date.now() + within;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}

/** A server with an organisation, its units and groups, and a browser beside it. */
export async function newCity(options = {}) {
  const city = new City();
  await city.start(options);
  return city;
}

/** The system's browser. */
function launch(browserArgs = []) {
  return chromium.launch({
    executablePath: process.env.MELDER_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // A camera and a microphone of its own, as far as a test allows them.
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      ...browserArgs,
    ],
  });
}

export class City {
  units = new Set();

  async start({ organisation = "Kreisverwaltungsreferat", units = [], groups = [], browserArgs = [], serve = [], bare = false } = {}) {
    this.serveArgs = serve;
    this.folder = await mkdtemp(path(tmpdir(), "melder-app-"));
    await this.#front();
    // Bare: an empty server, whose one-time link somebody else opens.
    this.setup = await this.#serve();
    if (!bare) await this.admin("setup", this.setup, "--organisation", organisation);
    for (const unit of units) await this.unit(unit);
    for (const group of groups) await this.group(group);
    this.browser = await launch(browserArgs);
  }

  /** The city of `melder demo`, with colleagues of its own, who write. */
  async startDemo() {
    this.folder = await mkdtemp(path(tmpdir(), "melder-demo-"));
    this.server = spawn(MELDER, ["--json", "demo", "--data", path(this.folder, "city"), "--listen", "127.0.0.1:0", "--web", SITE], {
      env: { HOME: this.folder, LANG: "de_DE.UTF-8" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const lines = createInterface({ input: this.server.stdout });
    this.demo = await new Promise((found, failed) => {
      this.server.on("exit", () => failed(new Error("the demo ended")));
      lines.once("line", (line) => found(JSON.parse(line)));
    });
    this.url = this.demo.url.replace("127.0.0.1", "localhost");
    this.browser = await launch();
  }

  /**
   * A door before the server that can be shut: that is what a lost network is. Somebody else may stand behind it (`city.instead`),
   * who gets the sockets.
   */
  async #front() {
    this.open = true;
    this.sockets = new Set();
    this.front = createServer((socket) => {
      if (!this.open) return socket.destroy();
      if (this.instead) return this.instead(socket);
      const server = connect(this.port, "127.0.0.1");
      socket.pipe(server).pipe(socket);
      this.sockets.add(socket);
      const end = () => {
        this.sockets.delete(socket);
        socket.destroy();
        server.destroy();
      };
      for (const side of [socket, server]) side.on("error", end).on("close", end);
    });
    await new Promise((done) => this.front.listen(0, "127.0.0.1", done));
    this.url = `http://localhost:${this.front.address().port}`;
  }

  async #serve() {
    const args = ["--json", "serve", "--data", path(this.folder, "server"), "--listen", "127.0.0.1:0"];
    this.server = spawn(MELDER, [...args, "--url", this.url, "--web", SITE, ...this.serveArgs], {
      env: { HOME: this.folder, LANG: "en_GB.UTF-8" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: this.server.stdout });
    return new Promise((found, failed) => {
      this.server.on("exit", () => failed(new Error("the server ended")));
      lines.once("line", (line) => {
        const ready = JSON.parse(line);
        this.port = Number(ready.address.split(":").at(-1));
        found(ready.setup);
      });
    });
  }

  /** The network between the browser and the server goes away (`false`), or comes back. */
  network(open) {
    this.open = open;
    if (!open) for (const socket of this.sockets) socket.destroy();
  }

  /** The server is stopped, and started again over the same folder. */
  async restart() {
    await this.#end();
    await this.#serve();
  }

  async #end() {
    if (!this.server || this.server.exitCode !== null) return;
    this.server.removeAllListeners("exit");
    const ended = new Promise((done) => this.server.once("exit", done));
    this.server.kill();
    await ended;
  }

  /** `melder …`, as one types it; what it prints. */
  async melder(...args) {
    const { stdout } = await run(MELDER, ["--lang", "en", ...args], {
      env: { HOME: this.folder, LANG: "en_GB.UTF-8", MELDER_ADMIN_CONFIG: path(this.folder, "admin.json") },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  admin(...args) {
    return this.melder("admin", ...args);
  }

  /** A unit, once. */
  async unit(name) {
    if (!name || this.units.has(name)) return;
    this.units.add(name);
    await this.admin("units", "create", name);
  }

  /** A managed group or channel of a unit. */
  async group({ name, unit, args = [] }) {
    await this.unit(unit);
    await this.admin("groups", "create", name, ...(unit ? ["--unit", unit] : []), ...args);
  }

  /** A person of the organisation; the answer is the link that makes a device theirs. */
  async invite(name, { unit, args = [] } = {}) {
    await this.unit(unit);
    const of = unit ? ["--unit", unit] : [];
    const account = await this.admin("--json", "accounts", "create", name, "--invite", ...of, ...args);
    return JSON.parse(account.split("\n")[0]).link;
  }

  /** A colleague who has joined with a device on the command line. */
  async peer(name, options = {}) {
    const peer = new Peer(this, name);
    await peer.run("join", await this.invite(name, options));
    return peer;
  }

  /** The same person with a device that begins anew, after a reset. */
  async again(name, link) {
    const peer = new Peer(this, name, "anew");
    await peer.run("join", link);
    return peer;
  }

  /**
   * A page in a browser of its own. What breaks in it, and what the policy forbids, is kept in `page.wrong`, and `calm(page)` says that
   * there was nothing.
   */
  async page(viewport = PHONE, { theme = "light", language = "de-DE", context = {} } = {}) {
    const own = await this.browser.newContext({
      viewport,
      locale: language,
      colorScheme: theme,
      baseURL: this.url,
      hasTouch: viewport.width < 600,
      ...context,
    });
    const page = await own.newPage();
    watch(page);
    return page;
  }

  async stop() {
    await this.browser?.close();
    await this.#end();
    for (const socket of this.sockets ?? []) socket.destroy();
    this.front?.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A colleague's device, driven by the command line. */
class Peer {
  constructor(city, name, device = "peer") {
    this.city = city;
    this.name = name;
    this.profile = path(city.folder, `${device}-${name}`);
  }

  run(...args) {
    return this.city.melder("--profile", this.profile, ...args);
  }

  /** What a command answers with `--json`: one value for each line. */
  async json(...args) {
    const lines = (await this.run("--json", ...args)).split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line));
  }

  send(chat, text) {
    return this.run("send", chat, text);
  }

  read(chat) {
    return this.run("read", chat);
  }

  /** Until a text has come here. */
  reads(chat, text) {
    return until(`${this.name} reads “${text}”`, async () => (await this.read(chat)).includes(text));
  }
}

/** Keeps what goes wrong in a page. */
export function watch(page) {
  page.wrong = [];
  page.on("console", (message) => {
    // Of browsers of their own, which is what a test's are.
    if (message.text().includes("Push API in incognito mode")) return;
    if (message.type() === "error") page.wrong.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => {
    const said = [error.name, error.message].filter(Boolean).join(": ");
    // What a page had asked for when it was left comes to nothing; and a browser has been seen to tell of that without a word.
    if (!error.stack && (!said || /AbortError|Failed to fetch|aborted/.test(said))) {
      console.log(`    when a page was left: ${said}`);
      return;
    }
    page.wrong.push(error.stack || said);
  });
  page.on("response", (response) => {
    const { status, url } = { status: response.status(), url: response.url() };
    if (status >= 400) page.wrong.push(`${status} ${url}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["blob:", "data:"].includes(url.protocol) && url.hostname !== "localhost") {
      page.wrong.push(`asked somewhere else: ${request.url()}`);
    }
  });
}

/** Nothing broke, and the policy had nothing to forbid. A lost network may be spoken of. */
export function calm(page, { offline = false } = {}) {
  const wrong = page.wrong.filter((line) => !offline || !/ERR_|WebSocket|Failed to fetch/.test(line));
  assert.deepEqual(wrong, []);
}

/** The app is there: it knows what to show. */
export async function ready(page, address = "/") {
  await page.goto(address);
  await page.waitForFunction(() => {
    const app = document.getElementById("app");
    return app.childElementCount > 0 && !app.querySelector(".starting, noscript");
  });
}

/** axe finds nothing on what is shown now. */
export async function axe(page, { except = [] } = {}) {
  // Text that fades in has not its colour yet. What goes round for ever is not waited for.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((it) => Number.isFinite(it.effect.getComputedTiming().endTime));
    return Promise.all(ending.map((it) => it.finished.catch(() => {})));
  });
  // By the protocol, not by the page: its policy allows no foreign script.
  const { violations } = await evaluated(page, await readFile(AXE, "utf8"), except);
  const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => `${node.target} ${node.failureSummary}`) }));
  assert.deepEqual(found, []);
}

async function evaluated(page, source, except) {
  const session = await page.context().newCDPSession(page);
  try {
    const options = {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      rules: Object.fromEntries(except.map((rule) => [rule, { enabled: false }])),
      resultTypes: ["violations"],
    };
    const expression = `${source};axe.run(document, ${JSON.stringify(options)}).then((all) => JSON.stringify({ violations: all.violations }))`;
    const done = await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (done.exceptionDetails) throw new Error(done.exceptionDetails.exception?.description ?? "axe broke");
    return JSON.parse(done.result.value);
  } finally {
    await session.detach();
  }
}

/** A picture of what is shown, into the folder that is kept: `NAME-390-light.png`. */
export async function shot(page, name) {
  await mkdir(SHOTS, { recursive: true });
  const theme = await page.evaluate(() => document.documentElement.getAttribute("data-kern-theme"));
  const { width } = page.viewportSize();
  await page.screenshot({ path: path(SHOTS, `${name}-${width}-${theme}.png`), animations: "disabled" });
}

/** The same in both themes, each clean by axe, each with its picture. */
export async function inBothThemes(page, name, options) {
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme });
    await until(theme, () => page.evaluate((theme) => document.documentElement.getAttribute("data-kern-theme") === theme, theme));
    await axe(page, options);
    await shot(page, name);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** Nothing is cut off or has to be pushed sideways. */
export async function fits(page) {
  const wide = await page.evaluate(() => {
    const root = document.documentElement;
    return root.scrollWidth > root.clientWidth + 1 ? root.scrollWidth : 0;
  });
  assert.equal(wide, 0, "wider than the window");
}

/** From an invitation to the chats, as a person goes: link, name, PIN twice, done. */
export async function join(page, link, { pin = PIN, name, language = "de" } = {}) {
  const w = (id) => word(id, {}, language);
  await page.goto(link);
  const next = page.getByRole("button", { name: w("next"), exact: true });
  await next.waitFor();
  if (name) await page.getByLabel(w("first-name")).fill(name);
  await next.click();
  await page.locator(`input[aria-label="${w("pin-choose")}"]`).fill(pin);
  await page.locator(`input[aria-label="${w("pin-again")}"]`).fill(pin);
  await page.getByRole("button", { name: w("done-go"), exact: true }).click({ timeout: 60_000 });
  await page.getByRole("heading", { level: 1 }).first().waitFor();
}

/** After a reload, or when it locked itself. */
export async function unlock(page, { pin = PIN, language = "de" } = {}) {
  await page.locator(`input[aria-label="${word("lock-label", {}, language)}"]`).fill(pin);
  await page.locator(".shell").waitFor();
}
