// Tells a screen reader in which language the page is, so that it is read with that language's sounds.
export default function ({ data }) {
  document.documentElement.lang = data.language;
}
