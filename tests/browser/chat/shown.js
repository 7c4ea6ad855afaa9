// What an element shows, as short HTML: no classes, no wrappers; a formula is its source.
element => {
  const names = {STRONG: 'b', EM: 'i', DEL: 's'};
  const kept = ['P', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'UL', 'OL', 'LI', 'TABLE', 'TR', 'TH', 'TD', 'BLOCKQUOTE', 'CODE'];
  const escape = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  const inside = node => [...node.childNodes].map(show).join('');
  const show = node => {
    if (node.nodeType === Node.TEXT_NODE) return escape(node.data.replace(/\n/g, ' '));
    if (node.nodeType !== Node.ELEMENT_NODE || node.dataset.testid === 'stHeaderActionElements') return '';
    if (node.matches('[data-testid=stCode]')) return `<pre>${escape(node.querySelector('code').textContent)}</pre>`;
    if (node.matches('[data-testid*=ermaid]')) return `<drawing>${node.querySelectorAll('svg, img').length && 1}</drawing>`;
    if (node.matches('.katex-display')) return `<display>${escape(node.querySelector('annotation').textContent)}</display>`;
    if (node.matches('.katex')) return `<math>${escape(node.querySelector('annotation').textContent)}</math>`;
    if (node.matches('.katex-error')) return `<mistake>${escape(node.textContent)}</mistake>`;
    if (node.matches('span[role=img]')) return node.textContent === 'image' ? '<picture>' : '<icon>';
    if (node.tagName === 'INPUT') return node.checked ? '[x]' : '[ ]';
    if (node.tagName === 'BR') return '<br>';
    if (node.tagName === 'HR') return '<hr>';
    if (node.tagName === 'IMG') return `<img src="${node.getAttribute('src').slice(0, 40)}" alt="${node.alt}">`;
    if (node.tagName === 'A') return `<a href="${node.getAttribute('href')}">${inside(node)}</a>`;
    const name = names[node.tagName] || (kept.includes(node.tagName) && node.tagName.toLowerCase());
    const start = node.tagName === 'OL' && node.start !== 1 ? ` start="${node.start}"` : '';
    return name ? `<${name}${start}>${inside(node)}</${name}>` : inside(node);
  };
  return inside(element);
}
