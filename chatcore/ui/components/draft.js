// Keeps the text in the message field while another page is shown: Streamlit forgets a field that is not drawn.
export default function () {
  let field;
  let timer;
  const begin = () => {
    field = document.querySelector("[data-testid=stChatInputTextArea]");
    if (!field) {
      timer = setTimeout(begin, 50);
      return;
    }
    if (window.chatcoreDraft && !field.value) {
      // React takes a value only from an event of the field, after the field's own setter was called.
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, window.chatcoreDraft);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    window.chatcoreDraft = "";
  };
  begin();
  return () => {
    clearTimeout(timer);
    if (field) window.chatcoreDraft = field.value;
  };
}
