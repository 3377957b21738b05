/* The log of the conversation: messages, their buttons and sources. */
import { h, icon, isWeb, link, prose } from "./dom.js";

const NEAR_END_PX = 80;
const GAP_PX = 16;
const MAIN = ["form:confirm", "form:done"];
const QUIET = ["form:back", "form:cancel", "form:skip"];
const THUMB = ["M7.5 11l4-7c1.6 0 2.6 1 2.6 2.6V10h4.3a2 2 0 0 1 2 2.3l-1 6a2 2 0 0 1-2 1.7H7.5z", "M7.5 11H4v9h3.5"];

/** How a button looks: what goes on stands out, what is ticked is marked, what leads elsewhere holds back. */
function look({ title, payload }) {
  if (MAIN.includes(payload)) return "choice main";
  if (QUIET.includes(payload)) return "choice quiet";
  return title.startsWith("✓") ? "choice ticked" : "choice";
}

export class Log {
  /** `sources` gives the sources of a language; `press` is called with a button's {title, payload}, `rate` with an
   * item and "up" or "down". */
  constructor(sources, press, rate) {
    this.sources = sources;
    this.press = press;
    this.rate = rate;
    this.nodes = new Map();
    this.welcome = h("div", { class: "line assistant" });
    this.lines = h("div", { class: "lines", role: "log", "aria-live": "polite" });
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    this.typingText = h("span", { class: "unseen" });
    this.typing = h("div", { class: "typing", hidden: true }, dots, this.typingText);
    this.element = h("div", { class: "scroll", tabindex: "0", role: "region" }, this.lines, this.typing);
  }

  /** Use the words of a language. What stands in the log is drawn again, without being announced again. */
  speak(text, language) {
    this.text = text;
    this.language = language;
    this.lines.setAttribute("aria-live", "off");
    setTimeout(() => this.lines.setAttribute("aria-live", "polite"), 100);
    this.element.setAttribute("aria-label", text.conversation);
    this.lines.setAttribute("aria-label", text.conversation);
    this.typingText.textContent = text.typing;
    this.nodes.clear();
    this.welcome.replaceChildren(this.author(text.assistant), this.bubble(text.welcome), this.choices(text.starters));
    this.lines.replaceChildren(this.welcome);
  }

  /** Draw the items that are new and return how many of them came from the other side. `busy`: an answer is to come,
   * `hindered`: not now, what is unsent waits. Answers of `epoch` can be rated. */
  show(items, busy, hindered, epoch) {
    const typing = busy && !hindered;
    const atEnd = this.isAtEnd();
    const keys = items.map((item) => item.id || `${item.epoch}:${item.seq}`);
    const wanted = new Set(keys);
    for (const [key, node] of this.nodes) {
      if (wanted.has(key)) continue;
      node.remove();
      this.nodes.delete(key);
    }
    let before = this.welcome;
    let news = 0;
    let own = false;
    items.forEach((item, index) => {
      let node = this.nodes.get(keys[index]);
      if (!node) {
        node = this.draw(item);
        this.nodes.set(keys[index], node);
        news += item.seq ? 1 : 0;
        own ||= Boolean(item.id);
      }
      if (item.id) node.lastChild.hidden = !(item.body && hindered);
      if (before.nextSibling !== node) before.after(node);
      before = node;
    });
    this.enableLatest(items, keys);
    items.forEach((item, index) => this.showRating(this.nodes.get(keys[index]), item, epoch));
    this.typing.hidden = !typing;
    // What answers the person is brought into sight wherever they pressed; other news only at the end.
    if ((own || this.awaited || atEnd) && (own || news || typing)) this.toEnd();
    this.awaited = typing;
    return news;
  }

  draw(item) {
    if (item.id) return this.own(item);
    const byPerson = item.owner === "coordinator" && item.kind === "notice";
    return h(
      "div",
      { class: `line ${byPerson ? "colleague" : "assistant"}`, lang: item.language },
      this.author(byPerson ? this.text.coordinator : this.text.assistant),
      this.bubble(item.text),
      this.foot(item),
      item.buttons.length ? this.choices(item.buttons) : null,
    );
  }

  own({ shown }) {
    const waiting = h("span", { class: "waiting", hidden: true }, this.text.waiting);
    return h("div", { class: "line person", tabindex: "-1" }, this.author(this.text.you), this.bubble(shown), waiting);
  }

  author(name) {
    return h("span", { class: "author" }, `${name}: `);
  }

  bubble(text) {
    return h("div", { class: "bubble" }, ...prose(text));
  }

  choices(buttons) {
    const make = (button) => h("button", { type: "button", class: look(button), onclick: () => this.press(button) }, button.title);
    return h("div", { class: "choices", role: "group", "aria-label": this.text.choices }, ...buttons.map(make));
  }

  /** What stands below an answer: its sources, and thumbs. Small talk has none. */
  foot(item) {
    const rated = item.kind === "answer" && !item.topics?.[0]?.startsWith("smalltalk:");
    if (!rated && !item.sources.length) return null;
    return h("div", { class: "foot" }, item.sources.length ? this.sourceList(item.sources) : null, rated ? this.thumbs(item) : null);
  }

  thumbs(item) {
    const make = (thumb) => {
      const name = this.text[`rate_${thumb}`];
      const attributes = { type: "button", class: `thumb ${thumb}`, "aria-label": name, title: name };
      return h("button", { ...attributes, onclick: () => this.rate(item, thumb) }, icon(...THUMB));
    };
    return h("div", { class: "rating", role: "group", "aria-label": this.text.rate }, make("up"), make("down"));
  }

  showRating(node, item, epoch) {
    const rating = node.querySelector(".rating");
    if (!rating) return;
    rating.hidden = item.epoch !== epoch;
    for (const thumb of rating.children) thumb.setAttribute("aria-pressed", String(thumb.classList.contains(item.rating)));
  }

  sourceList(keys) {
    const list = h("ul");
    this.sources.get(this.language).then(
      (all) => {
        for (const { title, url } of keys.map((key) => all.find((source) => source.key === key)).filter(Boolean)) {
          list.append(h("li", {}, isWeb(url) ? link(url, title) : title));
        }
      },
      () => list.append(...keys.map((key) => h("li", {}, key))),
    );
    const shown = () => list.scrollIntoView({ block: "nearest" });
    const summary = h("summary", {}, this.text.sources.replace("{count}", keys.length));
    return h("details", { class: "sources", ontoggle: shown }, summary, list);
  }

  /** Only what was said after the person's last line may still be pressed; the rest is out of sight. */
  enableLatest(items, keys) {
    const last = items.findLastIndex((item) => item.id);
    const set = (node, enabled) => node.querySelectorAll(".choice").forEach((choice) => (choice.disabled = !enabled));
    set(this.welcome, items.length === 0);
    items.forEach((item, index) => item.seq && set(this.nodes.get(keys[index]), index > last));
  }

  isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  /** Scroll to the newest, but keep the person's own last line in sight above a long answer. */
  toEnd() {
    const own = [...this.lines.querySelectorAll(".person")].pop();
    const end = this.element.scrollHeight - this.element.clientHeight;
    this.element.scrollTop = own ? Math.min(end, own.offsetTop - GAP_PX) : end;
  }

  showLast() {
    this.lines.lastElementChild.scrollIntoView({ block: "nearest" });
  }

  /** Put the focus where the answer to a pressed button will follow. */
  focusLast() {
    [...this.lines.querySelectorAll(".person")].pop()?.focus({ preventScroll: true });
  }
}
