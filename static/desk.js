// Enhances the pages of those who are signed in; candidates' pages have no use for it. Nothing here is needed.
// Keys: "/" to the search, "g" and a letter to a page (data-go), "j" and "k" through the rows of a list, "?" shows
// them. Who uses letters for something else (speech input, say) turns them off in that dialog.
const KEYS_OFF = "keys-off";
const keysOn = document.getElementById("keys-on");
if (keysOn) {
  keysOn.checked = localStorage.getItem(KEYS_OFF) === null;
  keysOn.addEventListener("change", () => {
    keysOn.checked ? localStorage.removeItem(KEYS_OFF) : localStorage.setItem(KEYS_OFF, "yes");
  });
}
let goUntil = 0;
const step = (by) => {
  const rows = [...document.querySelectorAll("table.rows a.opens")];
  const at = rows.findIndex((row) => row.closest("tr").contains(document.activeElement));
  rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by]?.focus();
};
const search = () => {
  const field = document.querySelector("form.filters input[type=search]");
  const box = field?.closest("details");
  if (box && !field.checkVisibility({ contentVisibilityAuto: true })) box.open = true;
  field?.focus();
  return field;
};
document.addEventListener("keydown", (event) => {
  if (!keysOn?.checked || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable], dialog")) return;
  const { key } = event;
  if (performance.now() < goUntil) {
    goUntil = 0;
    document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
  } else if (key === "g") {
    goUntil = performance.now() + 1500;
  } else if (key === "j" || key === "k") {
    step(key === "j" ? 1 : -1);
  } else if (key === "?") {
    document.getElementById("keys").showModal();
  } else if (key === "/" && search()) {
    event.preventDefault();
  }
});

// What was typed into a form[data-unsaved] outlives a session that ended meanwhile: it waits in this tab while one
// logs in, and is put back. Passwords and signing tokens are not kept.
const DRAFT = "draft";
const SECRET = /csrf|token|secret|password|version|shown/;
const readDraft = () => {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT));
  } catch {
    return null;
  }
};
document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (defaultPrevented || !("unsaved" in target.dataset)) return;
  const fields = [...target.elements].filter((field) => {
    return field.name && !SECRET.test(field.name) && !["hidden", "password", "file", "submit"].includes(field.type);
  }).map(({ name, type, value, checked }) => [name, type, value, checked]);
  sessionStorage.setItem(DRAFT, JSON.stringify({ page: location.pathname, action: target.getAttribute("action"), fields }));
});
const putBack = ({ action, fields }) => {
  const form = document.querySelector(`form[data-unsaved][action="${CSS.escape(action)}"]`);
  if (!form) return;
  for (const [name, type, value, checked] of fields) {
    const isTicked = type === "checkbox" || type === "radio";
    const field = [...form.elements].find((one) => one.name === name && (!isTicked || one.value === value));
    if (!field) continue;
    if (isTicked) field.checked = checked;
    else field.value = value;
  }
  // As typing does: what is not saved is asked about before it is left.
  form.elements[0].dispatchEvent(new Event("input", { bubbles: true }));
  const note = Object.assign(document.createElement("div"), { className: "banner attention", id: "put-back" });
  note.setAttribute("role", "status");
  note.append(Object.assign(document.createElement("p"), { textContent: "What you typed is back in the form. It is not saved yet." }));
  form.before(note);
  note.scrollIntoView({ block: "center" });
};
const draft = readDraft();
if (draft) {
  const isOnTheWay = document.body.classList.contains("plain");
  if (isOnTheWay) {
    sessionStorage.setItem(DRAFT, JSON.stringify({ ...draft, ended: true }));
  } else {
    sessionStorage.removeItem(DRAFT);
    if (draft.ended && draft.page === location.pathname) putBack(draft);
  }
}
