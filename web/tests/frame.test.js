// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// The frame around all screens: the app loads under its policy, in both themes and sizes, without a network, and stays within
// its bounds.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join as path } from "node:path";
import { after, before, test } from "node:test";

import { PHONE, SIZES, calm, fits, inBothThemes, newCity, ready, until } from "./city.js";
import { word } from "./words.js";

let city;

before(async () => {
  city = await newCity();
});

after(() => city?.stop());

for (const [name, size] of SIZES) {
  test(`the app opens on a ${name}, nothing is forbidden or broken, and axe finds nothing in either theme`, async () => {
    const page = await city.page(size);
    await ready(page);
    await inBothThemes(page, "start");
    await fits(page);
    calm(page);
    await page.context().close();
  });
}

test("the policy is as strict as it says: no inline script, no foreign markup, no script from elsewhere", async () => {
  const page = await city.page();
  await ready(page);
  const tried = await page.evaluate(async () => {
    // Later, since what is evaluated from outside may do what the page may not.
    await new Promise((go) => setTimeout(go));
    const throws = (what) => {
      try {
        what();
        return false;
      } catch {
        return true;
      }
    };
    const element = document.createElement("div");
    const script = document.createElement("script");
    return {
      handler: throws(() => (element.innerHTML = "<img src=x onerror=alert(1)>")),
      script: throws(() => (element.innerHTML = "<script>alert(1)</script>")),
      style: throws(() => (element.innerHTML = '<p style="color:red">x</p>')),
      address: throws(() => (script.src = "https://other.example/x.js")),
      text: throws(() => (script.text = "globalThis.broken = true")),
      eval: throws(() => (0, eval)("1")),
      policy: throws(() => trustedTypes.createPolicy("another", {})),
      own: throws(() => (element.innerHTML = '<p class="x"><svg><use href="#i-close"></use></svg></p>')),
    };
  });
  const { own, ...refused } = tried;
  assert.equal(own, false, "the app's own markup");
  for (const [what, held] of Object.entries(refused)) assert.ok(held, what);
  await page.context().close();
});

test("the system's theme is followed while the app is open, and a choice wins over it", async () => {
  const page = await city.page(PHONE, { theme: "dark" });
  const theme = () => page.evaluate(() => document.documentElement.getAttribute("data-kern-theme"));
  await ready(page);
  assert.equal(await theme(), "dark");
  await page.emulateMedia({ colorScheme: "light" });
  await until("light", async () => (await theme()) === "light");
  await page.evaluate(() => localStorage.setItem("melder.theme", "dark"));
  await page.reload();
  assert.equal(await theme(), "dark");
  await page.context().close();
});

test("once loaded it opens without a network", async () => {
  const page = await city.page();
  await ready(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await until("the service worker has it", () => page.evaluate(() => navigator.serviceWorker.controller?.state === "activated"));
  city.network(false);
  try {
    await ready(page, "/contacts");
    assert.ok(await page.evaluate(() => document.fonts.load("16px 'Fira Sans'").then((faces) => faces.length > 0)));
    calm(page, { offline: true });
  } finally {
    city.network(true);
  }
  await page.context().close();
});

test("it can be installed, with a name, a start and pictures that are there", async () => {
  const page = await city.page();
  await ready(page);
  const manifest = await page.evaluate(async () => (await fetch("/manifest.webmanifest")).json());
  assert.equal(manifest.name, "Melder");
  assert.equal(manifest.display, "standalone");
  for (const icon of manifest.icons) {
    const size = await page.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return image.naturalWidth;
    }, icon.src);
    if (icon.sizes !== "any") assert.equal(`${size}x${size}`, icon.sizes, icon.src);
  }
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"), []);
  await page.context().close();
});

test("what is opened later is fetched later; when it does not come, that is said, and one can try again", async () => {
  const page = await city.page(PHONE, { context: { serviceWorkers: "block" } });
  const parts = [];
  page.on("request", (request) => {
    const part = /\/assets\/((split|chunk)_\w+)\./.exec(request.url())?.[1];
    if (part) parts.push(part);
  });
  await page.route("**/assets/split_first.*", (route) => route.abort());
  await page.goto("/");
  await page.getByRole("alert").filter({ hasText: word("part-failed") }).waitFor();
  assert.ok(parts.includes("split_first"));
  assert.ok(!parts.some((part) => ["split_places", "split_tools"].includes(part)), `${parts}`);
  await inBothThemes(page, "part-failed");
  await page.unroute("**/assets/split_first.*");
  await page.getByRole("button", { name: word("try-again") }).click();
  await page.locator("#first-title").waitFor();
  await page.context().close();
});

test("what a browser loads is within its bounds", async () => {
  const sizes = JSON.parse(await readFile(path(process.env.MELDER_SITE, "sizes.json"), "utf8"));
  for (const [name, { compressed, limit }] of Object.entries(sizes.parts)) {
    console.log(`    ${name}: ${compressed} of ${limit} bytes`);
    // A quick build is not made small.
    if (sizes.build === "web") assert.ok(compressed <= limit, name);
  }
});
