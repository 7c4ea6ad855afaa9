// Keeps what stands in the message field while another page is shown: a field that is not drawn is gone.
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
      // React takes a value that comes with an event of the field, if the field's own setter has set it.
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
