/* Building nodes. Data only ever becomes text nodes and checked addresses, never markup. */
const SVG = "http://www.w3.org/2000/svg";
const ADDRESS = /https?:\/\/[^\s<>"'，。；、（）《》]+/g;
const TRAILING = /[.,;:!?)\]]+$/;

/** An element: h("p", { class: "x", onclick: f }, "text", child). */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** A line drawing on a grid of 24. */
export function icon(...paths) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** A link that opens beside the page and tells nothing about it. */
export const link = (href, text) => h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);

/** Whether an address may be followed. */
export const isWeb = (address) => /^https?:\/\//.test(address || "");

/** Plain text as paragraphs and lists; web addresses become links. */
export function prose(text) {
  const blocks = [];
  for (const line of text.split("\n")) {
    const bullet = line.startsWith("• ");
    const last = blocks[blocks.length - 1];
    if (!line.trim()) blocks.push(null);
    else if (bullet && last?.tagName === "UL") last.append(h("li", {}, ...linked(line.slice(2))));
    else if (bullet) blocks.push(h("ul", {}, h("li", {}, ...linked(line.slice(2)))));
    else if (last?.tagName === "P") last.append(h("br"), ...linked(line));
    else blocks.push(h("p", {}, ...linked(line)));
  }
  return blocks.filter(Boolean);
}

function linked(line) {
  const nodes = [];
  let end = 0;
  for (const match of line.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, "");
    nodes.push(line.slice(end, match.index), link(address, address));
    end = match.index + address.length;
  }
  return [...nodes, line.slice(end)];
}
