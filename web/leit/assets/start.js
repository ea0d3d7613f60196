// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

// Starts the Leitstand. It has no service worker: without the server there is nothing to administer.
import start from "{script}";

const root = document.getElementById("app");
start({ module_or_path: "{program}" }).catch((error) => {
  console.error(error);
  const language = navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
  const words = document.createElement("p");
  words.setAttribute("role", "alert");
  words.className = "empty";
  words.textContent = root.getAttribute(`data-failed-${language}`);
  root.replaceChildren(words);
});
