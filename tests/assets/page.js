// How a person finds things on a page: by what they are called and by what can be seen.
// Run through WebDriver, as the body of a function, with `return` of one of these behind it.

const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const unmarked = (text) => text.replace(/\s*(\*|\((required|optional)\))$/i, "");
const shown = (element) => element.checkVisibility({ visibilityProperty: true });

// While a modal dialog is open, nothing behind it can be reached.
const scope = () => [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;
const all = (selector) => [...scope().querySelectorAll(selector)].filter(shown);

// Text without icons and without the controls that a label wraps; `sighted` leaves out what only
// a screen reader is told, which pages hide by shrinking it to nothing.
function text(node, sighted) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  if (node.matches("select, textarea, datalist, [aria-hidden=true], [hidden]")) return "";
  if (node.matches("img")) return node.alt;
  if (sighted) {
    const { width, height } = node.getBoundingClientRect();
    if (width <= 1 && height <= 1 && getComputedStyle(node).display !== "contents") return "";
  }
  const inner = [...node.childNodes].map((child) => text(child, sighted)).join("");
  return getComputedStyle(node).display.startsWith("inline") ? inner : ` ${inner} `;
}

// What an element may be called: its accessible name (as in the W3C's "Accessible Name
// Computation", without the rare cases), and what the eye reads.
function names(element) {
  const referred = (element.getAttribute("aria-labelledby") ?? "")
    .split(/\s+/).map((id) => id && document.getElementById(id)).filter(Boolean);
  const labels = [...(element.labels ?? [])];
  const isButton = element.matches("input[type=submit], input[type=button], input[type=reset]");
  const own = isButton ? element.value : element.matches("input, select, textarea") ? "" : text(element);
  const accessible = [
    referred.map((part) => text(part)).join(" "),
    element.getAttribute("aria-label"),
    labels.map((label) => text(label)).join(" "),
    own,
    element.title,
  ].map(tidy).find(Boolean);
  const seen = [own && !isButton ? text(element, true) : own, ...labels.map((label) => text(label, true))];
  return [...new Set([accessible, ...seen.map(tidy)])].filter(Boolean);
}

function called(name, elements) {
  const exact = elements.filter((element) => names(element).includes(name));
  return exact.length ? exact
    : elements.filter((element) => names(element).some((other) => unmarked(other) === name));
}

const CONTROLS = "input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image]), select, textarea";
const BUTTONS = "button, input[type=submit], input[type=button], input[type=reset], summary, [role=button]";
const LINKS = "a[href]";
const GROUPS = "fieldset, [role=radiogroup], [role=group]";

const enabled = (element) => !element.matches(":disabled, [aria-disabled=true]");
const pressable = () => [...all(BUTTONS), ...all(LINKS)].filter(enabled);

// Of several, the one that stands nearest to `place`: fewest steps up to what holds that text.
function near(place, elements) {
  let best = null;
  for (const element of elements) {
    let steps = 0;
    for (let up = element.parentElement; up && !up.matches("main, body"); up = up.parentElement) {
      steps += 1;
      if (tidy(up.innerText).includes(place)) {
        if (!best || steps < best.steps) best = { element, steps };
        break;
      }
    }
  }
  return best?.element;
}

function centred(element) {
  element?.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
  return element ?? null;
}

const button = (name, place) => {
  const found = called(name, pressable());
  return centred(place ? near(place, found) : found[0]);
};

const control = (name, place) => {
  const found = called(name, all(CONTROLS).filter(enabled));
  return centred(place ? near(place, found) : found[0]);
};

// The option of a select, or the radio button of a group.
function option(name, wanted) {
  const select = called(name, all("select").filter(enabled))[0];
  if (select) {
    return [...select.options].find((one) => tidy(one.label) === wanted || tidy(one.text) === wanted) ?? null;
  }
  const legend = (group) => tidy(text(group.querySelector("legend") ?? document.createElement("i")));
  const group = all(GROUPS).find((one) => [legend(one), ...names(one)].some((other) => unmarked(other) === name || other === name));
  return centred(group && called(wanted, [...group.querySelectorAll("input[type=radio], input[type=checkbox]")])[0]);
}

const options = (name) => [...(called(name, all("select"))[0]?.options ?? [])].map((one) => tidy(one.label));

const labelOf = (element) => centred(element.labels?.[0]);

const seen = () => tidy(document.body?.innerText);

// For the report of a failure: what could have been called by name.
const offers = () => ({
  buttons: all(`${BUTTONS}, ${LINKS}`).map((one) => names(one)[0] + (enabled(one) ? "" : " (disabled)")),
  fields: all(CONTROLS).map((one) => names(one)[0] ?? `<${one.localName} name=${one.name}>`),
});
