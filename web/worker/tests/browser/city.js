// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// A real server behind a small front that also hands out the page, people with real devices, and a browser.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { chromium } from "playwright-core";

const run = promisify(execFile);
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};
// As strict as the app's.
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self'";

/** Where the page's files are, in the order in which they are looked for. */
const FOLDERS = process.env.MELDER_WEB.split(":");
const MELDER = process.env.MELDER_BIN;

export class City {
  static async start() {
    const city = new City();
    city.folder = await mkdtemp(join(tmpdir(), "melder-worker-"));
    city.open = true;
    city.sockets = new Set();
    city.front = createServer((request, response) => city.#hand(request, response));
    city.front.on("upgrade", (request, socket, head) => city.#join(request, socket, head));
    await new Promise((done) => city.front.listen(0, "127.0.0.1", done));
    city.url = `http://127.0.0.1:${city.front.address().port}`;
    const setup = await city.#serve();
    await city.admin("setup", setup, "--organisation", "Kreisverwaltungsreferat");
    city.browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    return city;
  }

  async #serve() {
    const data = join(this.folder, "server");
    this.server = spawn(MELDER, ["--json", "serve", "--data", data, "--listen", "127.0.0.1:0", "--url", this.url], {
      env: { HOME: this.folder, LANG: "en_GB.UTF-8" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: this.server.stdout });
    return await new Promise((found, failed) => {
      this.server.on("exit", () => failed(new Error("the server ended")));
      lines.once("line", (line) => {
        const ready = JSON.parse(line);
        this.port = Number(ready.address.split(":")[1]);
        found(ready.setup);
      });
    });
  }

  async #hand(request, response) {
    const path = new URL(request.url, this.url).pathname;
    const name = path === "/" ? "index.html" : path.slice(1);
    for (const folder of FOLDERS) {
      const bytes = name.includes("..") || name.includes("/") ? null : await readFile(join(folder, name)).catch(() => null);
      if (!bytes) continue;
      response.writeHead(200, {
        "content-type": TYPES[extname(name)] ?? "application/octet-stream",
        "content-security-policy": POLICY,
      });
      response.end(bytes);
      return;
    }
    const body = [];
    for await (const piece of request) body.push(piece);
    const { host, connection, ...headers } = request.headers;
    const passed = await fetch(`http://127.0.0.1:${this.port}${request.url}`, {
      method: request.method,
      headers,
      body: body.length ? Buffer.concat(body) : undefined,
    });
    response.writeHead(passed.status, { "content-type": passed.headers.get("content-type") ?? "text/plain" });
    response.end(Buffer.from(await passed.arrayBuffer()));
  }

  /** The stream goes through byte by byte, as long as the network is there. */
  #join(request, socket, head) {
    if (!this.open) return socket.destroy();
    const server = connect(this.port, "127.0.0.1", () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let at = 0; at < request.rawHeaders.length; at += 2) {
        lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
      }
      server.write(`${lines.join("\r\n")}\r\n\r\n`);
      server.write(head);
      socket.pipe(server).pipe(socket);
    });
    this.sockets.add(socket);
    const end = () => {
      this.sockets.delete(socket);
      socket.destroy();
      server.destroy();
    };
    for (const side of [socket, server]) side.on("error", end).on("close", end);
  }

  /** The network of the browser goes away, or comes back. */
  network(open) {
    this.open = open;
    if (!open) for (const socket of this.sockets) socket.destroy();
  }

  async melder(...args) {
    const { stdout } = await run(MELDER, ["--lang", "en", ...args], {
      env: { HOME: this.folder, LANG: "en_GB.UTF-8", MELDER_ADMIN_CONFIG: join(this.folder, "admin.json") },
    });
    return stdout;
  }

  admin(...args) {
    return this.melder("admin", ...args);
  }

  profile(name, ...args) {
    return this.melder("--profile", join(this.folder, name), ...args);
  }

  /** A person of the organisation and the link that makes a device theirs. */
  async invite(name) {
    const account = await this.admin("--json", "accounts", "create", name, "--invite", "--unit", "Verkehr");
    return JSON.parse(account.split("\n")[0]).link;
  }

  async page(context) {
    const page = await context.newPage();
    page.on("console", (message) => console.log(`    page: ${message.text()}`));
    page.on("pageerror", (error) => console.log(`    page broke: ${error.message}`));
    await page.goto(this.url);
    await this.ready(page);
    return page;
  }

  /** The page has loaded. (Its policy lets nothing be evaluated in it, so it is asked from outside.) */
  async ready(page) {
    while (!(await page.evaluate(() => globalThis.ready === true))) {
      await new Promise((go) => setTimeout(go, 20));
    }
  }

  async stop() {
    await this.browser?.close();
    this.server?.removeAllListeners("exit");
    this.server?.kill();
    for (const socket of this.sockets) socket.destroy();
    this.front.closeAllConnections();
    this.front.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
