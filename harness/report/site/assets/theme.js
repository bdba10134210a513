"use strict";
// Runs before the page is drawn, so that it never shows in the wrong theme. What cannot be remembered is forgotten.
(() => {
  const names = ["auto", "light", "dark"];
  const read = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const write = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a page from disk may not */ } };
  let theme = names.includes(read("theme")) ? read("theme") : "auto";
  const apply = () => { document.documentElement.dataset.theme = theme; };
  apply();
  write("language", document.documentElement.lang);
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const label = () => { button.textContent = button.dataset.names.split("|")[names.indexOf(theme)]; };
    button.hidden = false;
    label();
    button.addEventListener("click", () => {
      theme = names[(names.indexOf(theme) + 1) % names.length];
      write("theme", theme);
      apply();
      label();
    });
    // The other language keeps the place and the state of the page.
    const other = document.getElementById("language");
    other.addEventListener("click", () => { other.hash = location.hash; });
  });
})();
