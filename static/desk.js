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

// data-live="/path", or "" for the page itself: every two seconds (data-every: so many), while the page is seen, takes
// the element of the same id from there, and what is live with it (data-live-with="id"). What has the focus or is
// open stays so.
const look = async (path) => {
  const answer = await fetch(path, { headers: { accept: "text/html", "x-by-script": "yes" } });
  if (!answer.ok || answer.redirected) throw new Error("no answer");
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};
const REACHED = "a, button, summary";
// Somebody is at it, or has changed it.
const isTouched = (field) =>
  field === document.activeElement ||
  (field.options
    ? field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected))
    : /^(checkbox|radio)$/.test(field.type)
      ? field.checked !== field.defaultChecked
      : field.type !== "hidden" && field.value !== field.defaultValue);
const refresh = (element, page) => {
  const fresh = page.getElementById(element.id);
  const old = document.getElementById(element.id);
  if (!fresh || !old || fresh.outerHTML === old.lastSeen) return;
  if ([...old.querySelectorAll("input, select, textarea")].some(isTouched)) return;
  const focused = old.contains(document.activeElement) && document.activeElement;
  const place = focused ? [...old.querySelectorAll(REACHED)].indexOf(focused) : -1;
  const opened = [...old.querySelectorAll("details[open][id]")].map((details) => details.id);
  fresh.lastSeen = fresh.outerHTML;
  old.replaceWith(fresh);
  for (const part of document.querySelectorAll("[data-live-with]")) {
    const renewed = page.getElementById(part.id);
    if (part.dataset.liveWith === fresh.id && renewed) part.replaceWith(renewed);
  }
  if (fresh.dataset.windowTitle) document.title = fresh.dataset.windowTitle;
  if (fresh.dataset.icon) document.querySelector("link[rel=icon]").href = fresh.dataset.icon;
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  const again = focused && ((focused.id && document.getElementById(focused.id)) || fresh.querySelectorAll(REACHED)[place]);
  again?.focus?.({ preventScroll: true });
  const said = fresh.querySelector("[data-announce]");
  if (said && said.textContent !== old.querySelector("[data-announce]")?.textContent) document.dispatchEvent(new CustomEvent("speak", { detail: said.textContent }));
};

// A page that is live says when it is not.
const sayLive = (isLive) => {
  const badges = document.querySelectorAll(".badge.live");
  const lost = document.getElementById("not-live");
  if (isLive) lost?.remove();
  else if (!badges.length && !lost) {
    const badge = Object.assign(document.createElement("span"), { id: "not-live", className: "badge attention" });
    badge.textContent = "not live: no connection";
    (document.querySelector(".page-head") ?? document.querySelector("main")).append(badge);
  }
  for (const badge of badges) {
    badge.textContent = isLive ? "live" : "not live: no connection";
    badge.classList.toggle("good", isLive);
    badge.classList.toggle("attention", !isLive);
  }
};
let ticks = 0;
const watch = async () => {
  if (!document.hidden) {
    const due = [...document.querySelectorAll("[data-live][id]")].filter(
      ({ dataset }) => ticks % Math.ceil((dataset.every ?? 2) / 2) === 0,
    );
    const pages = new Map(due.map(({ dataset }) => [dataset.live || location.href, null]));
    const answers = await Promise.allSettled(
      [...pages.keys()].map(async (path) => pages.set(path, await look(path))),
    );
    // By id: one of them may have been replaced with another.
    for (const { id, dataset } of due) {
      const [page, part] = [pages.get(dataset.live || location.href), document.getElementById(id)];
      if (page && part) refresh(part, page);
    }
    if (due.length) sayLive(answers.every(({ status }) => status === "fulfilled"));
    ticks += 1;
  }
  setTimeout(watch, 2000);
};
if (document.querySelector("[data-live][id]")) setTimeout(watch, 2000);
