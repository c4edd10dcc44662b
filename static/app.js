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

document.addEventListener("speak", (event) => speak(event.detail));

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
