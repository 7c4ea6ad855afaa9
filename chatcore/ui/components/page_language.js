// Sets the language of the document, so that a screen reader speaks with its sounds.
export default function ({ data }) {
  document.documentElement.lang = data.language;
}
