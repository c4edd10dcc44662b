// Enhances pages that work without it. Nothing here is needed to use the portal.
const find = (element, selector) => element.closest?.(selector);

// A message that screen readers speak and no one else notices.
const speak = (text) => {
  let region = document.getElementById("spoken");
  if (!region) {
    region = Object.assign(document.createElement("div"), { id: "spoken", className: "visually-hidden" });
    region.setAttribute("role", "status");
    (document.querySelector("main") ?? document.body).append(region);
  }
  region.textContent = text;
};

// data-copy="#id": copies the value or the text of that element.
const copy = async (button) => {
  const source = document.querySelector(button.dataset.copy);
  const text = source?.value ?? source?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text.trim());
  } catch {
    // Without permission, or over plain http: the way that browsers have always had.
    if (!source?.select) return;
    source.select();
    document.execCommand("copy");
  }
  const label = (button.dataset.label ??= button.textContent);
  button.textContent = "Copied";
  speak("Copied");
  clearTimeout(button.timer);
  button.timer = setTimeout(() => { button.textContent = label; }, 2000);
};

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const copier = find(event.target, "[data-copy]");
  if (copier) return void copy(copier);

  // data-open="#dialog": the dialog on this page in place of the page that the link leads to.
  const opener = find(event.target, "[data-open]");
  const dialog = opener && document.querySelector(opener.dataset.open);
  if (dialog?.showModal) {
    event.preventDefault();
    find(opener, "dialog")?.close();
    dialog.showModal();
    dialog.querySelector("input:not([type=hidden], [readonly]), select, textarea")?.focus();
    return;
  }

  const closer = find(event.target, "[data-close]");
  const open = closer && find(closer, "dialog[open]");
  if (open) {
    event.preventDefault();
    open.close();
  } else if (event.target instanceof HTMLDialogElement && event.target.open) {
    // The backdrop belongs to the dialog; the dialog's own area does not.
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});

// form[data-confirm-form="#dialog"]: asks in that dialog first. Its [data-confirmed] button goes ahead.
// form[data-once]: a second click sends nothing, until there was no answer for long: whoever stops a slow
// page, or whose browser stays on it when the line breaks, can send it again.
// form[data-offline="words"]: without a line the page stays, says these words, and sends the form when the
// line is back, in place of giving way to the browser's error page.
const PATIENCE = 20000;
const kept = new Map();
const keep = (form, send) => {
  kept.set(form, send);
  if (form.querySelector("[data-kept]")) return;
  const note = Object.assign(document.createElement("div"), { className: "banner attention" });
  note.dataset.kept = "";
  note.setAttribute("role", "alert");
  note.append(Object.assign(document.createElement("p"), { textContent: form.dataset.offline }));
  const actions = form.querySelector(".actions");
  actions ? actions.before(note) : form.append(note);
};
addEventListener("online", () => {
  for (const [form, send] of kept) {
    kept.delete(form);
    form.querySelector("[data-kept]")?.remove();
    send();
  }
});
const hasNoLine = (form) => form.dataset.offline && navigator.onLine === false;
for (const form of document.querySelectorAll("form[data-unsaved][data-once]")) {
  form.dataset.offline ??= "You are offline. This is saved as soon as you are back online.";
}
const release = (form) => {
  delete form.dataset.sent;
  for (const one of form.elements) one.removeAttribute("aria-busy");
};
const confirmed = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = event.target;
  const ask = form.dataset.confirmForm && document.querySelector(form.dataset.confirmForm);
  if (ask?.showModal && !confirmed.has(form)) {
    event.preventDefault();
    const submitter = event.submitter;
    ask.querySelector("[data-confirmed]")?.addEventListener("click", (click) => {
      click.preventDefault();
      confirmed.add(form);
      ask.close();
      form.requestSubmit(submitter);
    }, { once: true });
    ask.showModal();
    return;
  }
  if ("once" in form.dataset) {
    if (form.dataset.sent) return event.preventDefault();
    if (hasNoLine(form)) {
      event.preventDefault();
      const { submitter } = event;
      return keep(form, () => form.requestSubmit(submitter));
    }
    form.dataset.sent = "yes";
    setTimeout(release, PATIENCE, form);
    const button = event.submitter ?? form.querySelector("button:not([type=button])");
    button?.setAttribute("aria-busy", "true");
  }
  unsaved.delete(form);
});

// Coming back with the browser's "back" shows the page as it was left: ready to be sent again.
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach(release);
});

// form[data-unsaved]: asks before what was typed is left behind.
const unsaved = new Set();
document.addEventListener("input", (event) => {
  // A control may stand outside of its form.
  const { form } = event.target;
  if (form && "unsaved" in form.dataset) unsaved.add(form);
});
addEventListener("beforeunload", (event) => {
  if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
});

// On a phone a navigation is one row that is scrolled.
for (const one of document.querySelectorAll(":is(.side nav, nav.parts) [aria-current]")) {
  one.scrollIntoView({ block: "nearest", inline: "center" });
}

// The summary of a form's errors takes the focus.
document.querySelector(".error-summary")?.focus();

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
  if (said && said.textContent !== old.querySelector("[data-announce]")?.textContent) speak(said.textContent);
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

// data-count-leaving: counts how often the page is left while it is open.
for (const field of document.querySelectorAll("[data-count-leaving]")) {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !field.form.dataset.sent) field.value = Number(field.value) + 1;
  });
}

// form[data-opened]: sent once, without leaving the page, at the first sign of a person: what scans mails
// opens pages, and some run their scripts, but moves nothing.
for (const form of document.querySelectorAll("form[data-opened]")) {
  const signs = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"];
  const tell = (event) => {
    if (!event.isTrusted) return;
    for (const sign of signs) removeEventListener(sign, tell);
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => {});
  };
  for (const sign of signs) addEventListener(sign, tell, { passive: true });
}

// data-countdown="113": counts the seconds down. At 20 it says so; at 0 the form is sent as it stands.
for (const clock of document.querySelectorAll("[data-countdown]")) {
  const end = performance.now() + 1000 * clock.dataset.countdown;
  const form = document.querySelector(clock.dataset.form);
  let warned = clock.dataset.countdown <= 20;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left <= 20 && !warned) {
      warned = true;
      speak(clock.dataset.warning);
    }
    if (left > 0) return;
    clearInterval(timer);
    if (!form || form.dataset.sent) return;
    const send = () => {
      form.dataset.sent = "yes";
      form.elements.time_up.value = "yes";
      form.submit();
    };
    hasNoLine(form) ? keep(form, send) : send();
  };
  const timer = setInterval(tick, 250);
  tick();
}
