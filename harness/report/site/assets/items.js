"use strict";
// The items of a run: all, or only those with a wrong, cut-off or changing answer; the choice is in the address.
(() => {
  const form = document.getElementById("show");
  const rows = [...document.querySelectorAll("#items tbody tr")];
  const count = document.getElementById("count");
  const apply = () => {
    const wanted = new URLSearchParams(location.hash.slice(1)).get("show") || "all";
    let shown = 0;
    for (const row of rows) {
      row.hidden = wanted !== "all" && !row.classList.contains(wanted);
      shown += row.hidden ? 0 : 1;
    }
    for (const choice of form.elements.show) choice.checked = choice.value === wanted;
    count.textContent = count.dataset.found.replace("{n}", shown.toLocaleString("en")).replace("{of}", rows.length.toLocaleString("en"));
  };
  form.hidden = false;
  form.addEventListener("change", () => { location.hash = `show=${form.elements.show.value}`; });
  window.addEventListener("hashchange", apply);
  apply();
})();
