// Streamlit takes the text of a text area or a number field when it is left, or at Ctrl+Enter. The editor checks it
// while it is typed: so this presses these keys a moment after the last key. The focus and the caret stay, and what is
// typed while the server thinks is not touched. The problems are told to a screen reader.
const EDITOR = ".st-key-persona-editor";
const CHAT = "[data-testid=stChatInputTextArea]"; // These keys would send its message.
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
    // Half a number ("1.", "-") has no value yet: Streamlit would take the field for empty.
    if (isComposing || target.validity?.badInput) return;
    timers.set(target, setTimeout(() => target.isConnected && commit(target), PAUSE_MS));
  }

  // When a click elsewhere begins, not when it ends: Streamlit drops a change that comes with a request for a page.
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
