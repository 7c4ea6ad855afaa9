// The rows of small buttons under the messages. The page has this code once, with what all rows share: the words, and
// who else can be asked. Each row calls it with the data of its own message.
const rows = new Set();
const edits = new Map(); // By message id the edited text that is not sent yet, for as long as the page is open.
const DONE_MS = 1500;
let shared;
let voice;
let browsed; // The place whose versions are gone through, and the button, until the visitor does something else.

const ANSWER = [
  ["copy", "content_copy", copy],
  ["good", "thumb_up", rate],
  ["bad", "thumb_down", rate],
  ["again", "refresh", send],
  ["other", "swap_horiz", openModels],
  ["numbers", "speed", openNumbers],
  ["sent", "outbox", open],
  ["delete", "delete", send],
];
const QUESTION = [
  ["edit", "edit", edit],
  ["copy", "content_copy", copy],
  ["delete", "delete", send],
];

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const isBusy = () => document.querySelector(".st-key-stop") !== null;

function button(row, act, icon, onclick) {
  const made = make("button", { type: "button", "data-act": act });
  made.append(make("span", { class: "chat-icon", "aria-hidden": "true" }, icon));
  made.onclick = () => onclick(row, act);
  row.buttons[act] = made;
  return made;
}

function build(here) {
  const row = { root: make("div", { class: "chat-row" }), buttons: {} };
  const { root, buttons } = row;
  button(row, "previous", "chevron_left", show);
  row.version = make("span", { class: "chat-version" });
  button(row, "next", "chevron_right", show);
  root.append(buttons.previous, row.version, buttons.next);
  for (const [act, icon, onclick] of here.data.asked ? QUESTION : ANSWER) root.append(button(row, act, icon, onclick));
  here.parentElement.append(root);
  return row;
}

// Called again whenever the data of the row change. What the visitor has open in it stays.
function draw(here) {
  const row = (here.parentElement.chatRow ??= build(here));
  const isNew = !row.here;
  row.here = here;
  rows.add(row);
  label(row);
  if (isNew && here.data.place === browsed?.place) focusOn(row, browsed.act);
  const id = here.data.id;
  if (isNew && edits.get(id)?.sent) edits.delete(id);
  else if (isNew && edits.has(id)) edit(row);
}

function label({ buttons, version, here: { data } }) {
  for (const [act, element] of Object.entries(buttons)) {
    element.title = shared.words[act];
    element.setAttribute("aria-label", shared.words[act]);
  }
  const [at, count, said] = data.version ?? [1, 1, ""];
  version.textContent = said;
  for (const element of [buttons.previous, version, buttons.next]) element.hidden = count < 2;
  buttons.previous.disabled = at === 1;
  buttons.next.disabled = at === count;
  if (data.asked) return;
  const rating = data.rating;
  for (const act of ["good", "bad"]) {
    const given = rating?.good === (act === "good");
    buttons[act].setAttribute("aria-pressed", given);
    if (given && rating.reason) buttons[act].title += `: ${rating.reason}`;
  }
  buttons.again.hidden = !data.again;
  buttons.other.hidden = !data.asks;
  buttons.numbers.hidden = !data.numbers.length;
}

function focusOn({ buttons }, act) {
  const other = act === "next" ? "previous" : "next";
  (buttons[act].disabled ? buttons[other] : buttons[act]).focus({ preventScroll: true });
}

function tell(row, what) {
  if (!isBusy()) row.here.setTriggerValue("act", what);
}

function send(row, act) {
  tell(row, { do: act });
}

function open(row, act) {
  if (!isBusy()) row.here.setTriggerValue("open", act);
}

// The other version has a row of its own: it gets the focus, so that the next version is one key away.
function show(row, act) {
  browsed = { act, place: row.here.data.place };
  send(row, act);
}

async function copy(row) {
  const done = await written(row.here.data.text);
  const icon = row.buttons.copy.firstChild;
  icon.textContent = done ? "check" : "error";
  voice.textContent = shared.words[done ? "copied" : "refused"];
  setTimeout(() => {
    icon.textContent = "content_copy";
    voice.textContent = "";
  }, DONE_MS);
}

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // The only clipboard of a page without TLS.
    const field = make("textarea", { readonly: "", class: "chat-clipboard" });
    field.value = text;
    const before = document.activeElement;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus({ preventScroll: true });
    return done;
  }
}

// Opens a box beside a button. It closes by Escape or a click elsewhere.
function unfold(row, act, ...content) {
  row.fold?.remove();
  const fold = make("div", { popover: "auto", role: "dialog", "aria-label": shared.words[act], class: "chat-fold" });
  fold.append(...content);
  const by = row.buttons[act];
  const place = () => {
    const at = by.getBoundingClientRect();
    const below = at.bottom + fold.offsetHeight + 8 < innerHeight;
    fold.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - fold.offsetHeight - 4)}px`;
    fold.style.left = `${Math.max(8, Math.min(at.left, innerWidth - fold.offsetWidth - 8))}px`;
  };
  fold.ontoggle = (event) => {
    if (event.newState === "open") return;
    removeEventListener("scroll", place, true);
    by.closedAt = Date.now();
    fold.remove();
  };
  row.fold = fold;
  row.root.append(fold);
  fold.showPopover();
  place();
  addEventListener("scroll", place, true);
  return fold;
}

// A press on the button closes its box by itself. The click that follows must not open it again.
const wasOpen = (row, act) => Date.now() - (row.buttons[act].closedAt ?? 0) < 300;

function rate(row, act) {
  const { rating } = row.here.data;
  const good = act === "good";
  if (rating?.good === good) return tell(row, { do: "unrate" });
  tell(row, { do: "rate", good, reason: "" });
  const field = make("input", { type: "text", maxlength: "500", "aria-label": shared.words.reason });
  field.placeholder = shared.words.reason;
  const save = make("button", { class: "chat-main" }, shared.words.save);
  const form = make("form", {}, field, save);
  const fold = unfold(row, act, form);
  form.onsubmit = (event) => {
    event.preventDefault();
    if (field.value.trim()) tell(row, { do: "rate", good, reason: field.value });
    fold.hidePopover();
    row.buttons[act].focus();
  };
  field.focus();
}

function openModels(row, act) {
  if (wasOpen(row, act)) return;
  const choice = (name, onclick) => {
    const made = make("button", { type: "button" }, name);
    made.onclick = () => {
      row.fold.hidePopover();
      onclick();
    };
    return made;
  };
  const choices = shared.models.map(({ provider, model, name }) =>
    choice(name, () => tell(row, { do: "again", provider, model })),
  );
  const more = choice(shared.words.more, () => open(row, "models"));
  const personas = shared.personas.map(({ persona, name }) => choice(name, () => tell(row, { do: "again", persona })));
  const heads = ["model", "persona"].map((name) => make("strong", {}, shared.words[name]));
  const fold = unfold(row, act, heads[0], ...choices, more, heads[1], ...personas);
  fold.querySelector("button").focus();
}

function openNumbers(row, act) {
  if (wasOpen(row, act)) return;
  const facts = row.here.data.numbers.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
  const fold = unfold(row, act, make("dl", { tabindex: "-1" }, ...facts));
  fold.firstChild.focus({ preventScroll: true });
}

function edit(row) {
  if (row.editor) return;
  const { data } = row.here;
  const field = make("textarea", { "aria-label": shared.words.editing, rows: "2" });
  field.value = edits.get(data.id)?.text ?? data.text;
  const submit = make("button", { type: "submit", class: "chat-main" }, shared.words.send);
  const cancel = make("button", { type: "button" }, shared.words.cancel);
  const editor = make("form", { class: data.attached ? "chat-editor" : "chat-editor chat-alone" }, field, make("div", {}, cancel, submit));
  const check = () => (submit.disabled = !field.value.trim() && !data.attached);
  field.oninput = () => {
    edits.set(data.id, { text: field.value });
    check();
  };
  field.onkeydown = (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) editor.requestSubmit();
  };
  editor.onsubmit = (event) => {
    event.preventDefault();
    if (isBusy() || submit.disabled) return;
    // Kept until the new question is drawn: it may be refused.
    edits.set(data.id, { text: field.value, sent: true });
    tell(row, { do: "edit", text: field.value });
  };
  cancel.onclick = () => {
    edits.delete(data.id);
    editor.remove();
    row.editor = null;
    row.buttons.edit.focus();
  };
  row.editor = editor;
  row.root.before(editor);
  check();
  field.focus({ preventScroll: true });
}

["keydown", "pointerdown"].forEach((name) => addEventListener(name, () => (browsed = undefined), true));

export default function ({ data, parentElement }) {
  shared = data;
  voice = parentElement.querySelector("[role=status]");
  for (const row of rows) row.root.isConnected ? label(row) : rows.delete(row);
  window.chatcoreActions = { row: draw };
}
