"use strict";
(() => {
  const table = document.getElementById("rows");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);

  // Sorts numbers by their full value, absent ones last. A second click reverses the order.
  const collator = new Intl.Collator("en", { numeric: true });
  const value = (row, column, isNumber) => {
    const cell = row.cells[column];
    if (!isNumber) return cell.textContent;
    return cell.dataset.raw === "" ? null : Number(cell.dataset.raw);
  };
  const sort = (header, column) => {
    const isNumber = header.classList.contains("number");
    const before = header.getAttribute("aria-sort");
    // The first click sorts figures from the highest, and names from A.
    const order = before === "none" ? (isNumber ? "descending" : "ascending")
      : before === "ascending" ? "descending" : "ascending";
    const sign = order === "ascending" ? 1 : -1;
    rows.sort((one, other) => {
      const a = value(one, column, isNumber);
      const b = value(other, column, isNumber);
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (isNumber ? a - b : collator.compare(a, b));
    });
    body.append(...rows);
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    header.setAttribute("aria-sort", order);
  };
  Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    button.addEventListener("click", () => sort(header, column));
    header.replaceChildren(button);
    header.setAttribute("aria-sort", "none");
  });

  const filter = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const types = table.tHead.rows[0].cells;
  const typeColumn = Array.from(types).findIndex(header => header.textContent === "type");
  const show = () => {
    const name = filter.elements.name.value.toLowerCase();
    const type = filter.elements.type.value;
    // There is no choice of decisions where all are the same.
    const decision = filter.elements.decision ? filter.elements.decision.value : "";
    table.classList.toggle("brief", !filter.elements.details.checked);
    let count = 0;
    for (const row of rows) {
      row.hidden = !row.cells[0].textContent.toLowerCase().includes(name)
        || type !== "" && row.cells[typeColumn].textContent !== type
        || decision !== "" && row.classList.contains("goes") !== (decision === "goes");
      if (!row.hidden) count++;
    }
    shown.value = count + " of " + rows.length + " shown";
  };
  filter.addEventListener("input", show);
  filter.addEventListener("submit", event => event.preventDefault());
  filter.hidden = false;
  show();

  const chooser = document.querySelector(".chooser");
  if (chooser) {
    const choices = JSON.parse(document.getElementById("choices").textContent);
    const slider = document.getElementById("count");
    const here = document.getElementById("here");
    const chosen = Number(slider.defaultValue);
    const tell = () => {
      const [count, modules, share, threshold, x, y] = choices[Number(slider.value)];
      here.setAttribute("cx", x);
      here.setAttribute("cy", y);
      const words = "--count " + count
        + (threshold === "-" ? " (no threshold does the same, because of a tie)" : " or --threshold " + threshold)
        + " removes " + modules + (modules === 1 ? " module" : " modules") + " with " + share + " of ‖ΔW‖²"
        + (count === chosen ? ", as this report does." : ".");
      document.getElementById("choice").value = words;
      slider.setAttribute("aria-valuetext", words);
    };
    slider.addEventListener("input", tell);
    chooser.hidden = false;
    slider.value = chosen;
    tell();
  }
})();
