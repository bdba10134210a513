"use strict";
// The list of claims. Its state is the part of the address behind #, so that a link or the back button brings it back.
(() => {
  const { rows, words, verdicts, ...lists } = window.CLAIMS;
  const [ID, SAYS, MODEL, BENCHMARK, SOURCE, KIND, LANES, MEASURED, DESK, VALUE, NUMBER, EXACT] = rows.length ? [...rows[0].keys()] : [];
  const SHAPES = { reproduced: "●", contradicted: "✕", undecided: "◐", protocol_dependent: "⇄", not_testable: "∅", not_measured: "○" };
  const FIELDS = ["model", "benchmark", "source", "kind", "lane", "verdict"];
  const COLUMN = { model: MODEL, benchmark: BENCHMARK, source: SOURCE, kind: KIND };
  const LIST = { model: lists.models, benchmark: lists.benchmarks, source: lists.sources, kind: lists.kinds };
  const PAGE = 50;
  const $ = (id) => document.getElementById(id);
  const plain = (text) => text.normalize("NFC").toLowerCase();
  const haystack = rows.map((row) => plain([
    row[ID], row[SAYS], lists.models[row[MODEL]][1], lists.benchmarks[row[BENCHMARK]][1], lists.sources[row[SOURCE]][1],
  ].join("\n")));
  let found = [];
  let shown = 0;

  const option = (select, value, text) => {
    const made = document.createElement("option");
    made.value = value;
    made.textContent = text;
    select.append(made);
  };
  for (const [field, list] of Object.entries(LIST)) {
    const named = list.filter(([name]) => name).sort((a, b) => a[1].localeCompare(b[1]));
    for (const [name, text] of named) option($(field), name, text);
  }
  for (const [name, text] of Object.entries(verdicts)) option($("verdict"), name, `${SHAPES[name]} ${text}`);

  const state = () => new URLSearchParams(location.hash.slice(1));

  const matches = (wanted) => {
    const terms = plain(wanted.get("q") || "").split(/\s+/).filter(Boolean);
    const allowed = Object.entries(COLUMN).filter(([field]) => wanted.get(field)).map(([field, column]) => {
      const names = new Set(wanted.get(field).split(","));
      return [column, new Set(LIST[field].flatMap(([name], i) => (names.has(name) ? [i] : [])))];
    });
    const lane = wanted.get("lane");
    const verdict = wanted.get("verdict");
    const standing = { measured: [MEASURED], desk: [DESK] }[lane] || [MEASURED, DESK];
    const hits = [];
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i];
      if (allowed.every(([column, numbers]) => numbers.has(row[column]))
        && (!lane || (lane === "none" ? row[LANES] === "" : lane === "desk" ? row[LANES].includes("d") || row[DESK] : row[LANES].includes("m")))
        && (!verdict || standing.some((column) => row[column] === verdict) || (verdict === "not_testable" && row[LANES] === "" && lane !== "measured" && lane !== "desk"))
        && terms.every((term) => haystack[i].includes(term))) hits.push(row);
    }
    return hits;
  };

  const cell = (kind, text) => {
    const made = document.createElement(kind);
    made.textContent = text;
    return made;
  };
  const mark = (name) => {
    const made = document.createElement("td");
    if (!name) { made.textContent = "–"; return made; }
    const inner = document.createElement("span");
    inner.className = `mark ${name}`;
    const shape = cell("span", SHAPES[name]);
    shape.setAttribute("aria-hidden", "true");
    inner.append(shape, ` ${verdicts[name]}`);
    made.append(inner);
    return made;
  };
  const line = (row) => {
    const made = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    const link = cell("a", row[SAYS]);
    link.href = `claims/${row[ID]}.html`;
    head.append(link);
    const numbers = [row[VALUE] || "–", row[NUMBER] || "–"].map((text) => {
      const number = cell("td", text);
      number.className = "number";
      return number;
    });
    const desk = mark(row[DESK]);
    desk.className = "ruled-cell";
    made.append(head, cell("td", lists.models[row[MODEL]][1]), cell("td", lists.benchmarks[row[BENCHMARK]][1] || "–"), ...numbers, mark(row[MEASURED]), desk);
    return made;
  };
  const more = () => {
    const next = document.createDocumentFragment();
    for (const row of found.slice(shown, shown + PAGE)) next.append(line(row));
    $("rows").append(next);
    shown = Math.min(found.length, shown + PAGE);
    $("more").hidden = shown >= found.length;
    const fill = (text) => text.replace("{n}", found.length.toLocaleString("en")).replace("{of}", rows.length.toLocaleString("en")).replace("{shown}", shown.toLocaleString("en"));
    $("count").textContent = fill(words.found) + (shown < found.length ? ` ${fill(words.shown)}` : "");
  };

  // What each column of the table is sorted by; nothing is null and comes last.
  const RANK = Object.keys(SHAPES);
  const rank = (verdict) => (verdict ? RANK.indexOf(verdict) : null);
  const plainNumber = (text) => (text === "" || Number.isNaN(Number(text.replaceAll(",", ""))) ? null : Number(text.replaceAll(",", "")));
  const COLUMNS = [
    ["claim", (row) => row[SAYS]],
    ["model", (row) => lists.models[row[MODEL]][1]],
    ["benchmark", (row) => lists.benchmarks[row[BENCHMARK]][1] || null],
    ["claimed", (row) => row[EXACT] ?? plainNumber(row[VALUE])],
    ["measured", (row) => plainNumber(row[NUMBER])],
    ["verdict-measured", (row) => rank(row[MEASURED])],
    ["verdict-desk", (row) => rank(row[DESK])],
  ];
  const heads = [...document.querySelectorAll("#table thead th")];
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  let sorted = "";
  const inOrder = (rowsFound, wanted) => {
    const descending = wanted.startsWith("-");
    const column = COLUMNS.findIndex(([name]) => name === wanted.replace(/^-/, ""));
    heads.forEach((head, i) => (i === column ? head.setAttribute("aria-sort", descending ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
    if (column < 0) return rowsFound;
    const keyed = rowsFound.map((row) => [COLUMNS[column][1](row), row]);
    const compare = (a, b) => (typeof a === "number" ? a - b : collator.compare(a, b));
    keyed.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : (descending ? -1 : 1) * compare(a, b)));
    return keyed.map(([, row]) => row);
  };
  document.querySelector("#table table").addEventListener("sort", (event) => {
    event.preventDefault();
    sorted = (event.detail.descending ? "-" : "") + COLUMNS[event.detail.column][0];
    say(true);
  });
  const draw = () => {
    const wanted = state();
    sorted = wanted.get("sort") || "";
    found = inOrder(matches(wanted), sorted);
    shown = 0;
    $("rows").replaceChildren();
    more();
  };

  // A filter may hold several names, which a link can say and a select cannot: it is then left as it is.
  const restore = () => {
    const wanted = state();
    if (document.activeElement !== $("q")) $("q").value = wanted.get("q") || "";
    for (const field of FIELDS) {
      const value = wanted.get(field) || "";
      const select = $(field);
      for (const each of select.querySelectorAll("option[data-several]")) each.remove();
      if (value.includes(",")) {
        option(select, value, value.split(",").map((name) => (LIST[field].find(([id]) => id === name) || [0, name])[1]).join(", "));
        select.lastElementChild.dataset.several = "";
      }
      select.value = value;
    }
    draw();
  };
  const say = (replace) => {
    const wanted = new URLSearchParams();
    if ($("q").value.trim()) wanted.set("q", $("q").value.trim());
    for (const field of FIELDS) if ($(field).value) wanted.set(field, $(field).value);
    if (sorted) wanted.set("sort", sorted);
    const hash = `#${wanted.toString().replaceAll("%2C", ",")}`;
    if (replace) { history.replaceState(null, "", hash); draw(); } else location.hash = hash;
  };

  $("q").addEventListener("input", () => say(true));
  for (const field of FIELDS) $(field).addEventListener("change", () => say(false));
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("reset", () => setTimeout(() => say(false)));
  $("more").addEventListener("click", more);
  window.addEventListener("hashchange", restore);
  $("plain").remove();
  $("filters").hidden = false;
  $("table").hidden = false;
  restore();
})();
