// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// The app's words as the tests look for them: from the same files, so that a better word breaks no test.
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const LOCALES = fileURLToPath(new URL("../../locales/", import.meta.url));
const texts = new Map();

function load(language) {
  const all = new Map();
  const files = readdirSync(LOCALES + language).filter((name) => /^(app|leit)/.test(name) || name === "errors.ftl");
  for (const file of files) {
    let id;
    for (const line of readFileSync(`${LOCALES}${language}/${file}`, "utf8").split("\n")) {
      const found = /^([a-z][\w-]*) = (.*)$/.exec(line);
      if (found) {
        id = found[1];
        all.set(id, found[2].trim());
      } else if (/^\s+\S/.test(line) && id) {
        all.set(id, `${all.get(id)}\n${line.trim()}`);
      }
    }
  }
  return all;
}

/** The form for a number, of a text that has several. */
function chosen(text, values) {
  return text.replace(/\{ ?\$(\w+) ->\n([^]*?)\n\}/g, (_, name, forms) => {
    const count = Number(values[name]);
    const all = new Map(forms.split("\n").map((form) => /^\*?\[(\w+)\] ?(.*)$/.exec(form)?.slice(1)).filter(Boolean));
    return all.get(String(count)) ?? (count === 1 ? all.get("one") : undefined) ?? all.get("other");
  });
}

/** The word with this id. What would be filled in is given, `{ $name }` by `{ name: … }`. */
export function word(id, values = {}, language = "de") {
  if (!texts.has(language)) texts.set(language, load(language));
  const text = texts.get(language).get(id);
  if (text === undefined) throw new Error(`there is no text \`${id}\``);
  return chosen(text, values).replace(/\{ ?\$(\w+) ?\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`\`${id}\` needs \`${name}\``);
    return String(values[name]);
  });
}

/** All texts of a language, by their ids. */
export function words(language) {
  if (!texts.has(language)) texts.set(language, load(language));
  return texts.get(language);
}
