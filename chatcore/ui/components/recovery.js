// Loads the page anew when Streamlit has given up its connection for good, as after a message that it can't read.
// Nothing is lost: the chat is stored, and its answer goes on at the server. It does not where something is not stored
// or is being written, or where it has just done so: then Streamlit's own note about the connection stays.
const STATE = "data-test-connection-state";
const KEY = "chatcore-recovered";
const AGAIN_MS = 60_000;
const UNSAVED = ".st-key-download, .st-key-unsaved-chat";

export default function () {
  const app = document.querySelector("[data-testid=stApp]");
  const look = () => {
    if (app.getAttribute(STATE) !== "DISCONNECTED_FOREVER" || document.querySelector(UNSAVED)) return;
    if (document.querySelector("[data-testid=stChatInputTextArea]")?.value) return;
    if (Date.now() - (sessionStorage.getItem(KEY) ?? 0) < AGAIN_MS) return;
    sessionStorage.setItem(KEY, Date.now());
    location.reload();
  };
  const watch = new MutationObserver(look);
  watch.observe(app, { attributes: true, attributeFilter: [STATE] });
  look();
  return () => watch.disconnect();
}
