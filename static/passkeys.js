// Passkeys: asks the browser to make one or to answer with one. What needs this script stays hidden without it.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

// What the portal writes in base64url, the browser takes as bytes; and back.
const decoded = ({ publicKey }) => {
  const ids = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  const { user, excludeCredentials, allowCredentials } = publicKey;
  return {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    ...(user && { user: { ...user, id: bytes(user.id) } }),
    ...(excludeCredentials && { excludeCredentials: ids(excludeCredentials) }),
    ...(allowCredentials && { allowCredentials: ids(allowCredentials) }),
  };
};
const encoded = ({ id, rawId, type, response }) => {
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (name in response) parts[name] = response[name] && text(response[name]);
  }
  return JSON.stringify({ id, rawId: text(rawId), type, response: parts });
};

const WORDS = {
  AbortError: "It was cancelled. Nothing has changed.",
  InvalidStateError: "This device has a passkey for your account already.",
  NotAllowedError: "It was cancelled, or took too long. Nothing has changed.",
  NotSupportedError: "This device makes no passkey that the portal takes. Use another one.",
  SecurityError: "The browser allows no passkey at this address. Open the portal at its own.",
};
const STALE = "The portal could not ask for it. Load this page again.";

const ask = async (form, path) => {
  const csrf = form.elements.csrf.value;
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams({ csrf }) });
  if (!answer.ok || !answer.headers.get("content-type")?.startsWith("application/json")) throw new Error(STALE);
  return answer.json();
};

// data-passkey: a button that asks; its value is where the question comes from, if it does not stand in the page.
const use = async (button) => {
  const { form, dataset } = button;
  const says = form.querySelector("[data-passkey-says]");
  says.hidden = button.disabled = true;
  try {
    const isNew = "passkeyOptions" in dataset;
    const publicKey = decoded(isNew ? JSON.parse(dataset.passkeyOptions) : await ask(form, dataset.passkey));
    const passkey = await (isNew ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
    form.querySelector("[data-passkey-answer]").value = encoded(passkey);
    form.submit();
  } catch (error) {
    says.textContent = WORDS[error.name] ?? (error.message === STALE ? STALE : `The browser says: ${error.message}`);
    says.hidden = false;
  } finally {
    button.disabled = false;
  }
};

if (window.PublicKeyCredential) {
  for (const none of document.querySelectorAll("[data-passkey-none]")) none.hidden = true;
  for (const button of document.querySelectorAll("button[data-passkey]")) {
    const hidden = button.closest("[hidden]");
    if (hidden) hidden.hidden = false;
    button.addEventListener("click", () => use(button));
  }
}
