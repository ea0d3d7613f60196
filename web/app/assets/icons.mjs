// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Draws the pictures of `icon.svg` that phones want as pixels: `node web/app/assets/icons.mjs`, after a change of it.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const svg = await readFile(here("icon.svg"), "utf8");
const full = svg.replace(' rx="112"', "");
const mark = svg.replace(/<rect[^>]*\/>/, "");
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

for (const [name, size, picture] of [
  ["icon-192.png", 192, svg],
  ["icon-512.png", 512, svg],
  // Cut to any shape by the phone: colour to the edge.
  ["icon-maskable.png", 512, full],
  ["icon-touch.png", 180, full],
  // One colour, for the bar.
  ["badge.png", 96, mark],
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${picture}`);
  await writeFile(here(name), await page.screenshot({ omitBackground: true }));
}
await browser.close();
