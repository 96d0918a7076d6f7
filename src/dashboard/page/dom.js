/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Child | readonly (Child | readonly (Child | readonly Child[])[])[]} Children */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Attributes */

/** Attributes that make a text into style, script or markup. Names that clients chose pass through here. */
const REFUSED = /^(style|srcdoc|innerhtml|outerhtml)$/i;

/**
 * An element. Texts become text nodes, never markup, whatever a report, a key or a user is called. An attribute that is
 * `false`, `null` or `undefined` is left out, `true` is set empty; `onclick: fn` listens.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {Children[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  append(element, children);
  return element;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {Attributes[string]} value
 */
function setAttribute(element, name, value) {
  if (value === false || value === null || value === undefined) return;
  if (REFUSED.test(name)) throw new Error(`h() sets no ${name}: use a class or a text`);
  if (typeof value === 'function') return element.addEventListener(name.replace(/^on/, ''), value);
  if (name.startsWith('on')) throw new Error(`${name} must be a function`);
  element.setAttribute(name, value === true ? '' : String(value));
}

/**
 * @param {Element} parent
 * @param {readonly Children[]} children
 */
export function append(parent, children) {
  parent.append(...flatten(children));
}

/**
 * Puts these in the place of all that was there.
 * @param {Element} parent
 * @param {Children[]} children
 */
export function replace(parent, ...children) {
  parent.replaceChildren(...flatten(children));
}

/**
 * @param {readonly Children[]} children
 * @returns {(Node | string)[]}
 */
function flatten(children) {
  const all = /** @type {Child[]} */ (children.flat(3));
  return all.flatMap((child) => {
    if (child === null || child === undefined || child === false) return [];
    return [typeof child === 'number' ? String(child) : child];
  });
}
