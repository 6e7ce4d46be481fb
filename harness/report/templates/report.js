
"use strict";
// Sorting, filtering and the choice of a baseline. The page is whole without this; its state stands in the address, so
// that a view can be sent to someone. Texts of the run are only ever set as text.
// While it opens, nothing is done that nobody has asked for yet: of a large page, that would keep readers waiting.
document.documentElement.classList.add("scripted");
addEventListener("DOMContentLoaded", () => {
  const MISSING = new Set(["", "–", "unknown", "not run", "not measured", "to come", "not reached"]);
  const byName = new Intl.Collator("en", { numeric: true });
  const query = new URLSearchParams(location.search);
  const said = document.getElementById("said");
  const filter = document.getElementById("filter");
  const baseline = document.getElementById("baseline");
  const data = {};
  const dataOf = id => (data[id] ??= JSON.parse(document.getElementById(id).textContent));

  // What a subject is to another, as [value, interval, tint, whether they are tied]. Of two, the page has one ratio, as
  // `value|spread|tint`, whose digits were chosen so that both directions are read as the run has them
  // (harness/report/view/both_ways.py); or it has each as it is read, `value|low|high|tint`.
  function ratioOf(of, subject, to) {
    const ratios = dataOf("ratios");
    const told = (one, other) => ratios.texts[of]?.[ratios.to.indexOf(one)]?.split(";")[ratios.to.indexOf(other)];
    const own = told(subject, to);
    const parts = (own || told(to, subject) || "").split("|");
    const tied = parts.at(-1) === "=";
    const step = tied ? 0 : own ? Number(parts.at(-1)) : -parts.at(-1);
    if (parts.length < 3) return undefined;
    if (parts.length > 3) return [parts[0], `${parts[1]}–${parts[2]}`, step, tied];
    const [value, spread] = parts.map(Number);
    const [lowest, highest] = [value / (1 + spread), value * (1 + spread)];
    const [number, low, high] = own ? [value, lowest, highest] : [1 / value, 1 / highest, 1 / lowest];
    const places = 2 - Number(Math.max(number, (high - low) / 2).toExponential().split("e")[1]);
    return [number.toFixed(places), `${low.toFixed(places)}–${high.toFixed(places)}`, step, tied];
  }

  const isCompared = (of, subject) => typeof dataOf("ratios").texts[of]?.[dataOf("ratios").to.indexOf(subject)] === "string";

  function remember() {
    const state = new URLSearchParams();
    if (filter.value.trim()) state.set("show", filter.value.trim());
    if (baseline.value) state.set("baseline", baseline.value);
    for (const table of tables.values()) if (table.sorted) state.append("sort", `${table.name}:${table.sorted}`);
    for (const [place, select] of chosen.entries()) if (select && "chosen" in select.dataset) state.set("ab"[place], select.value);
    const text = state.toString();
    try {
      history.replaceState(null, "", (text ? `?${text}` : location.pathname) + location.hash);
    } catch {
      // A browser that lets no file rewrite its address: the view holds, it only can't be sent.
    }
  }

  // What a row is sorted by in one column: a number where the cell begins with one, else its text, null where it has none.
  function keyOf(row, column) {
    let at = 0;
    for (const cell of row.cells) {
      if (at === column) {
        if ((cell.classList.contains("invalid") || cell.classList.contains("unmeasured")) && cell.colSpan > 1) return null;
        const strong = cell.tagName === "TD" ? cell.querySelector("b") : null;
        const text = (cell.dataset.key ?? (strong ?? cell).textContent).trim();
        if (MISSING.has(text)) return null;
        const number = text.replace(/[,\s]/g, "").replace("−", "-").match(/^[<>≥≤~±]?(-?(?:\d+\.?\d*|∞))/);
        return { text, number: number ? Number(number[1].replace("∞", "Infinity")) : NaN };
      }
      at += cell.colSpan;
      if (at > column) return null;
    }
    return null;
  }

  function made(table) {
    const body = table.tBodies[0];
    const name = table.id.replace(/^table-/, "");
    // A row without a heading of its own belongs to the row above it and goes where that one goes.
    const groups = [];
    for (const row of body.rows) {
      if (row.querySelector("th[scope=row]") || groups.length === 0) groups.push([row]);
      else groups.at(-1).push(row);
    }
    const heads = [...table.tHead.rows[0].cells];
    // Columns are counted without those of figures, which can't be sorted.
    const columns = heads.flatMap((head, at) => ("still" in head.dataset ? [] : [at]));
    const self = { name, columns, sorted: "" };

    self.sort = (column, direction) => {
      const order = groups.map((group, place) => ({ group, place, key: keyOf(group[0], columns[column]) }));
      if (direction) {
        const known = order.filter(each => each.key);
        const numeric = known.every(each => !Number.isNaN(each.key.number));
        const sign = direction === "down" ? -1 : 1;
        order.sort((a, b) => {
          if (!a.key || !b.key) return (a.key ? 0 : 1) - (b.key ? 0 : 1) || a.place - b.place; // missing is never zero
          const apart = numeric ? a.key.number - b.key.number : byName.compare(a.key.text, b.key.text);
          return (Number.isNaN(apart) ? 0 : sign * apart) || a.place - b.place;
        });
      }
      body.append(...order.flatMap(each => each.group));
      self.sorted = direction ? `${column}:${direction}` : "";
      heads.forEach((head, at) => {
        if (direction && at === columns[column]) head.setAttribute("aria-sort", direction === "up" ? "ascending" : "descending");
        else head.removeAttribute("aria-sort");
      });
    };

    self.filter = alternatives => {
      const own = groups.filter(group => group[0].querySelector("th[data-subject]"));
      if (own.length === 0) return [0, 0];
      let shown = 0;
      for (const group of own) {
        const head = group[0].querySelector("th[data-subject]");
        const words = `${dataOf("ratios").words[head.dataset.subject] ?? ""} ${head.dataset.words ?? ""}`;
        const text = `${head.textContent} ${words}`.toLowerCase();
        const fits = alternatives.length === 0 || alternatives.some(words => words.every(word => text.includes(word)));
        for (const row of group) row.hidden = !fits;
        if (fits) shown += 1;
      }
      bandAgain(body.rows);
      note.textContent = shown < own.length ? ` (${shown} of ${own.length} rows shown)` : "";
      tellEmpty(table, shown ? "" : filter.value.trim(), clearFilter);
      return [shown, own.length];
    };

    const note = document.createElement("span");
    note.className = "shown";
    table.caption?.append(note);
    if (groups.length > 1) {
      columns.forEach((at, column) => {
        const head = heads[at];
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener("click", () => {
          const before = self.sorted.startsWith(`${column}:`) ? self.sorted.split(":")[1] : "";
          const next = { "": "up", up: "down", down: "" }[before];
          self.sort(column, next);
          const way = { "": "as written", up: "ascending", down: "descending" }[next];
          say(`Sorted by ${button.textContent.trim()}: ${way}.`);
          remember();
        });
      });
    }
    return self;
  }

  const say = words => { said.textContent = words; };

  let isFiltered = false;

  function applyFilter() {
    const alternatives = filter.value.toLowerCase().split(",").map(part => part.split(/\s+/).filter(Boolean));
    const wanted = alternatives.filter(words => words.length > 0);
    isFiltered = wanted.length > 0;
    let shown = 0;
    let all = 0;
    for (const table of sortables(document)) {
      const [some, every] = table.filter(wanted);
      shown += some;
      all += every;
    }
    filterPictures(wanted, dataOf("ratios").words, filter.value.trim(), clearFilter);
    return `${shown} of ${all} rows shown.`;
  }

  const clearFilter = () => { filter.value = ""; say(applyFilter()); remember(); };

  // The ratios are the run's own, interval included: none is made of two numbers of the page.
  let ratioCells;
  let ratioHeads;
  const keepAsWritten = () => {
    ratioCells = [...document.querySelectorAll("td[data-ratio]")].map(cell => ({
      cell,
      of: cell.dataset.ratio,
      subject: cell.parentElement.querySelector("th[data-subject]")?.dataset.subject,
      written: [...cell.childNodes],
      key: cell.dataset.key,
      step: cell.dataset.step,
    }));
    ratioHeads = [...document.querySelectorAll("[data-baseline]")].map(span => [span, span.textContent]);
  };

  function applyBaseline() {
    const chosen = baseline.value;
    if (!ratioCells) keepAsWritten();
    const mirror = document.getElementById("baseline-here");
    if (mirror) mirror.value = chosen;
    for (const { cell, of, subject, written, key, step } of ratioCells) {
      const found = chosen ? ratioOf(of, subject, chosen) : undefined;
      const own = subject === chosen && isCompared(of, subject);
      delete cell.dataset.key;
      if (own || (key && !chosen)) cell.dataset.key = "1";
      if (!chosen) cell.replaceChildren(...written);
      else if (own) cell.textContent = "baseline";
      else if (!found) cell.textContent = "–";
      else {
        const value = document.createElement("b");
        const interval = document.createElement("i");
        value.textContent = `${found[0]}×`;
        interval.textContent = found[1];
        cell.replaceChildren(value, " ", interval);
      }
      if (step !== undefined) cell.dataset.step = chosen ? String(found?.[2] ?? 0) : step;
    }
    const name = chosen ? baseline.selectedOptions[0].textContent.trim() : "";
    for (const [span, best] of ratioHeads) span.textContent = chosen ? name : best;
    for (const table of tables.values()) if (table.sorted) table.sort(...sorting(table.sorted));
    return chosen ? `Ratios are to ${name}.` : "Ratios are to the best.";
  }

  const sorting = text => text.split(":").map((part, place) => (place ? part : Number(part)));

  // Those tables that can be sorted and filtered by now.
  const tables = new Map();
  const canBeSorted = table => table?.matches(".scroll > table:not(#beside-table)") && table.tHead && table.tBodies[0];

  function sortable(table) {
    if (!tables.has(table)) tables.set(table, made(table));
    return tables.get(table);
  }

  const sortables = within => [...within.querySelectorAll("table")].filter(canBeSorted).map(sortable);

  function restore(state) {
    filter.value = state.get("show") ?? "";
    baseline.value = state.get("baseline") ?? "";
    if (baseline.selectedIndex < 0) baseline.value = "";
    if (filter.value.trim() || isFiltered) applyFilter();
    if (baseline.value || ratioCells) applyBaseline();
    for (const table of tables.values()) if (table.sorted) table.sort(0, "");
    for (const text of state.getAll("sort")) {
      const parts = text.match(/^(.+):(\d+):(up|down)$/);
      const named = parts && document.getElementById(`table-${parts[1]}`);
      const table = canBeSorted(named) ? sortable(named) : undefined;
      if (table && Number(parts[2]) < table.columns.length) table.sort(Number(parts[2]), parts[3]);
    }
  }

  // Two apps side by side: every text is the run's own; bounds are only held against each other.
  const beside = document.getElementById("beside");
  const chosen = ["a", "b"].map(name => document.getElementById(`beside-${name}`));

  // The interval of `5,210 (5,000–5,400)` or `−3 (−8 to 2)`; of an exact value, twice that.
  function boundsIn(text) {
    const bounds = text.match(/\((.+?)(?:–| to )(.+)\)$/)?.slice(1) ?? [text.split(" (")[0], text.split(" (")[0]];
    return bounds.map(number => Number(number.replace(/,/g, "").replace("−", "-")));
  }

  function better([, way, of], keys, [one, other], names) {
    const ratio = ratioOf(of, ...keys);
    if (ratio) {
      const more = Number(ratio[0].replace(/,/g, "")) > 1;
      return [ratio[3] ? "tied" : names[more === (way === "more") ? 0 : 1], `${ratio[0]}× (${ratio[1]})`];
    }
    if (!one || !other || one.startsWith("~") || other.startsWith("~")) return ["", ""];
    const [[figure, from], [otherFigure, otherFrom]] = [one.split("|"), other.split("|")];
    if (from !== otherFrom) return ["different baselines", ""];
    const [[low, high], [otherLow, otherHigh]] = [boundsIn(figure), boundsIn(otherFigure)];
    if (low > otherHigh) return [names[way === "more" ? 0 : 1], ""];
    if (otherLow > high) return [names[way === "more" ? 1 : 0], ""];
    return ["not told apart", ""];
  }

  function applyBeside() {
    const facts = dataOf("facts");
    const keys = chosen.map(select => select.value);
    const places = keys.map(key => facts.of.indexOf(key));
    const names = chosen.map(select => select.selectedOptions[0].textContent.trim());
    const table = document.getElementById("beside-table");
    names.forEach((name, place) => { table.tHead.rows[0].cells[place + 1].textContent = name; });
    table.tHead.rows[0].cells[4].textContent = `${names[0]} over ${names[1]}`;
    table.tBodies[0].replaceChildren(...facts.rows.flatMap(each => {
      const known = places.map(place => each[3][place]);
      if (!known.some(Boolean)) return [];
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = each[0];
      const cells = [...known.map(each => each?.replace(/^~|\|.*/g, "") || "–"), ...better(each, keys, known, names)].map((text, place) => {
        const cell = document.createElement("td");
        if (place === 2) cell.className = "words";
        cell.textContent = text;
        return cell;
      });
      row.append(head, ...cells);
      return [row];
    }));
    return `${names[0]} beside ${names[1]}.`;
  }

  if (beside && chosen[0].options.length > 1) {
    beside.hidden = false;
    for (const [place, select] of chosen.entries()) {
      const app = value => value.split("/")[0];
      const other = [...select.options].find(each => app(each.value) !== app(select.options[0].value)) ?? select.options[1];
      select.value = query.get("ab"[place]) ?? "";
      if (select.selectedIndex < 0) select.value = (place ? other : select.options[0]).value;
      select.addEventListener("change", () => { say(applyBeside()); select.dataset.chosen = ""; remember(); });
      if (query.has("ab"[place])) select.dataset.chosen = "";
    }
  }

  // The matrix has its own choice of a baseline; both say the same.
  const choice = document.getElementById("overview-choice");
  const here = baseline.cloneNode(true);
  here.id = "baseline-here";
  if (choice) {
    const label = document.createElement("label");
    label.htmlFor = here.id;
    label.textContent = "Ratios to ";
    choice.append(label, here);
    choice.hidden = false;
    here.addEventListener("change", () => { baseline.value = here.value; baseline.dispatchEvent(new Event("change")); });
  }
  const controls = document.getElementById("controls");
  controls.hidden = false;
  restore(query);
  controls.open = Boolean(filter.value || baseline.value);

  // What a link leads into is opened, what is shown is named, and made ready to be sorted.
  function arrive() {
    let name = location.hash.slice(1);
    try {
      name = decodeURIComponent(name);
    } catch {
      // No such place, whatever was meant: the summary is shown.
    }
    const target = name ? document.getElementById(name) : null;
    tellLost(target ? "" : name);
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    const part = target?.querySelector(":scope > details.part");
    if (part) part.open = true;
    const place = target?.closest(".view, #all") ?? document.getElementById("summary");
    const view = place.id;
    for (const link of document.querySelectorAll("nav a")) {
      if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const shown = CSS.supports("selector(:has(*))") ? place : document;
    sortables(shown);
    if (beside && !beside.hidden && shown.contains(beside)) applyBeside();
  }
  addEventListener("hashchange", arrive);
  arrive();
  filter.addEventListener("input", () => { say(applyFilter()); remember(); });
  baseline.addEventListener("change", () => { say(applyBaseline()); remember(); });
  document.getElementById("reset").addEventListener("click", () => {
    restore(new URLSearchParams());
    say("All rows are shown as written.");
    remember();
  });
});
