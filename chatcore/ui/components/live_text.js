// Streamlit takes what is typed into a text area or a number field when it is left, or at Ctrl+Enter. In the editor it
// is to be checked while it is typed: so a moment after the last key this presses those keys. The focus and the caret
// stay, and what is typed while the server thinks is not touched. What is wrong is said to who can't see it.
const EDITOR = ".st-key-persona-editor";
const CHAT = "[data-testid=stChatInputTextArea]"; // Those keys would send what is in it.
const FIELDS = `${EDITOR} :is(textarea:not(${CHAT}), input[type=number])`;
const PAUSE_MS = 300;

export default function ({ data, parentElement }) {
  const status = parentElement.querySelector("[role=status]");
  if (status.textContent !== data.said) status.textContent = data.said;
  const timers = new Map();

  function commit(field) {
    clearTimeout(timers.get(field));
    timers.delete(field);
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
  }

  function later({ target, isComposing }) {
    if (!target.matches?.(FIELDS)) return;
    clearTimeout(timers.get(target));
    // Half a number ("1.", "-") has no value yet, and would be taken for an empty field.
    if (isComposing || target.validity?.badInput) return;
    timers.set(target, setTimeout(() => target.isConnected && commit(target), PAUSE_MS));
  }

  // When a click elsewhere begins, not when it ends: Streamlit forgets what comes together with the wish for a page.
  function leave({ target }) {
    const field = document.activeElement;
    if (field?.closest(EDITOR) && field !== target && field.matches(`textarea:not(${CHAT}), input`)) commit(field);
  }

  document.addEventListener("pointerdown", leave, true);
  document.addEventListener("input", later);
  document.addEventListener("compositionend", later);
  return () => {
    timers.forEach((timer) => clearTimeout(timer));
    document.removeEventListener("pointerdown", leave, true);
    document.removeEventListener("input", later);
    document.removeEventListener("compositionend", later);
  };
}
