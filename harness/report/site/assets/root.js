"use strict";
(() => {
  let language = null;
  try { language = localStorage.getItem("language"); } catch { /* a page from disk may not remember */ }
  language = language || ((navigator.language || "").startsWith("ko") ? "ko" : "en");
  location.replace(`${language === "ko" ? "ko" : "en"}/index.html`);
})();
