// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Starts a page's program with its texts; both pages begin like this (`cargo xtask web`).
import start from "{script}";

const TEXTS = { de: "{texts_de}", en: "{texts_en}" };
const root = document.getElementById("app");

/** What the person chose, or what the browser says. */
const spoken = () => {
  try {
    return localStorage.getItem("melder.language") ?? navigator.language;
  } catch {
    // A browser that keeps nothing has the language of its own.
    return navigator.language;
  }
};
const language = spoken().toLowerCase().startsWith("de") ? "de" : "en";

/** The program and its texts at the same time; the program starts when both are there. */
const begin = async () => {
  const program = fetch("{program}");
  const texts = await fetch(TEXTS[language]);
  if (!texts.ok) throw new Error(`texts: ${texts.status}`);
  globalThis.melderLanguage = language;
  globalThis.melderTexts = await texts.text();
  await start({ module_or_path: program });
};
const started = begin();
started.catch((error) => {
  console.error(error);
  const words = document.createElement("p");
  words.setAttribute("role", "alert");
  words.className = "empty";
  words.textContent = root.getAttribute(`data-failed-${language}`);
  root.replaceChildren(words);
});
