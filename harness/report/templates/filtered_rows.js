// The pictures of the first screen keep the rows that tables keep: by the names that stand in them, and by the words of a
// subject that stand nowhere (`words`, by its key, which the choice of two side by side has with its name).
function filterPictures(alternatives, words, filter, clear) {
  const keys = new Map([...document.querySelectorAll("#beside-a option")].map(each => [each.textContent.trim(), each.value]));
  for (const picture of document.querySelectorAll(".pictures .dots")) {
    const rows = [...picture.querySelectorAll("li")];
    for (const row of rows) {
      const [title, deployment] = [...row.querySelectorAll(".name > *")].map(each => each.textContent.replace(/[\u2020\u2021]+$/, ""));
      const text = `${title} ${deployment} ${words[keys.get(`${title} (${deployment})`)] ?? ""}`.toLowerCase();
      row.hidden = alternatives.length > 0 && !alternatives.some(each => each.every(word => text.includes(word)));
    }
    bandAgain(rows);
    tellEmpty(picture, rows.every(row => row.hidden) ? filter : "", clear);
  }
}

// Those that share a rank stand on one band: where its first row is not shown, the band begins at the next.
function bandAgain(rows) {
  let above;
  for (const row of [...rows].filter(each => !each.hidden)) {
    const rank = row.querySelector(".rank")?.textContent;
    row.classList.toggle("first", row.classList.contains("tied") && rank !== above);
    above = rank;
  }
}
