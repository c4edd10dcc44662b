// Enhances pages that work without it: copy buttons, dragging on the board, leaving no form twice sent.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copying is not allowed here";
    }
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// Dragging a card submits the very form its Move button submits.
let lifted = null;
for (const card of document.querySelectorAll(".person[data-id]")) {
  card.draggable = true;
  card.addEventListener("dragstart", (event) => {
    lifted = card;
    card.classList.add("lifted");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.id);
  });
  card.addEventListener("dragend", () => {
    card.classList.remove("lifted");
    lifted = null;
  });
}
for (const column of document.querySelectorAll(".column[data-stage]")) {
  column.addEventListener("dragover", (event) => {
    if (!lifted || column.contains(lifted)) return;
    event.preventDefault();
    column.classList.add("over");
  });
  column.addEventListener("dragleave", (event) => {
    if (!column.contains(event.relatedTarget)) column.classList.remove("over");
  });
  column.addEventListener("drop", (event) => {
    event.preventDefault();
    column.classList.remove("over");
    const form = lifted?.querySelector("form[data-move]");
    if (!form) return;
    form.elements.stage.value = column.dataset.stage;
    form.requestSubmit();
  });
}

// One submission per click, and back again when the page is returned to.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
