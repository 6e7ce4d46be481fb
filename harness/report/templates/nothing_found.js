// What a reader is told where nothing was found. Texts of the address and of the filter are only ever set as text.
// An address that names no place: what it named, and the views that there are.
function tellLost(name) {
  document.getElementById("lost")?.remove();
  if (!name) return;
  const told = document.createElement("p");
  told.id = "lost";
  told.className = "lost";
  told.role = "status";
  told.append(`This report has no “${name}”. Its views: `);
  for (const [place, link] of document.querySelectorAll("nav a").entries()) {
    const view = document.createElement("a");
    view.href = link.hash;
    view.textContent = link.textContent;
    told.append(place ? ", " : "", view);
  }
  told.append(".");
  document.querySelector("main").before(told);
}

// A table of which no row fits what is filtered by.
function tellEmpty(table, words, clear) {
  table.parentElement.querySelector(".nothing")?.remove();
  if (!words) return;
  const told = document.createElement("p");
  told.className = "nothing";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Clear the filter";
  button.addEventListener("click", () => {
    table.parentElement.focus();
    clear();
  });
  told.append(`Nothing matches “${words}”. `, button);
  table.after(told);
}
