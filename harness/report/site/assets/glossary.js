"use strict";
// The meaning of a word, beside it, while it is pointed at or has the focus. The tip can itself be pointed at, stays
// until the pointer and the focus are gone, and goes with Escape (WCAG 2.2, 1.4.13). Without scripts the word is a link.
(() => {
  const GAP = 6;
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.role = "tooltip";
  tip.hidden = true;
  document.getElementById("main").append(tip);
  let word = null;
  let leaving = 0;

  const hide = () => {
    clearTimeout(leaving);
    if (word) word.removeAttribute("aria-describedby");
    word = null;
    tip.hidden = true;
  };
  const put = () => {
    const place = word.getClientRects()[0];
    const room = document.documentElement.clientWidth - tip.offsetWidth - GAP;
    tip.style.left = `${Math.max(GAP, Math.min(place.left, room))}px`;
    const below = place.bottom + GAP;
    const fits = below + tip.offsetHeight <= window.innerHeight;
    tip.style.top = `${fits ? below : Math.max(GAP, place.top - GAP - tip.offsetHeight)}px`;
  };
  const show = (next) => {
    clearTimeout(leaving);
    if (word === next) return;
    hide();
    word = next;
    tip.textContent = word.dataset.means;
    tip.hidden = false;
    word.setAttribute("aria-describedby", "tip");
    put();
  };
  // Time to move from the word to the tip.
  const leave = () => {
    clearTimeout(leaving);
    leaving = setTimeout(() => { if (document.activeElement !== word) hide(); }, 250);
  };

  for (const each of document.querySelectorAll("a.term")) {
    each.addEventListener("mouseenter", () => show(each));
    each.addEventListener("mouseleave", leave);
    each.addEventListener("focus", () => show(each));
    each.addEventListener("blur", hide);
  }
  tip.addEventListener("mouseenter", () => clearTimeout(leaving));
  tip.addEventListener("mouseleave", leave);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  // A word that gets the focus below the fold is scrolled into view: its tip goes with it.
  window.addEventListener("scroll", () => {
    if (word && (document.activeElement === word || word.matches(":hover"))) put();
    else if (word) hide();
  }, { passive: true });
})();
