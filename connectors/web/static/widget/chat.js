/* <i2pcc-chat>: the launcher and the panel. */
import { h, icon } from "./dom.js";
import { Line } from "./line.js";
import { Log } from "./log.js";
import { Store } from "./store.js";
import { sheet } from "./style.js";
import { PerLanguage, visitorLanguage } from "./words.js";

const ICONS = {
  attach: ["M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.5-8.4a3.3 3.3 0 0 1 4.7 4.7l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4l7.7-7.7"],
  chat: ["M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z", "M8.5 10h7"],
  close: ["M6 6l12 12M18 6L6 18"],
  globe: ["M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18", "M3 12h18", "M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9c-3-3-3.5-6-3.5-9s.5-6 3.5-9"],
  more: ["M12 5.5v.01M12 12v.01M12 18.5v.01"],
  send: ["M12 19V5", "M6 11l6-6 6 6"],
};
const ERRORS = { 409: "conflict", 413: "too_long", 422: "invalid" };
const RETRY_TEXTS_MS = 5000;
const NOTE_MS = 6000;
const NEAR_LIMIT = 0.9;

class Chat extends HTMLElement {
  connectedCallback() {
    if (this.line) return;
    const server = this.getAttribute("server");
    this.words = new PerLanguage(`${server}/widget/texts.json`);
    this.line = new Line(server, new Store(server));
    this.line.hint = this.line.state.language || visitorLanguage(this.dataset.language);
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    this.build(server);
    this.listen();
    this.speak(this.line.hint).then(() => {
      this.shadowRoot.append(this.frame);
      this.line.start();
      if ("open" in this.dataset) this.toggle(true, false);
    });
  }

  build(server) {
    const button = (name, onclick, attributes = {}) =>
      h("button", { type: "button", class: "icon", onclick, ...attributes }, icon(...ICONS[name]));
    this.launcher = button("chat", () => this.toggle(true), { class: "launcher", "aria-expanded": "false" });
    this.badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
    this.launcher.append(this.badge);
    this.heading = h("h2", { id: "title" });
    this.subtitle = h("p", { class: "subtitle" });
    this.languages = h("div", { class: "menu", id: "languages", hidden: true });
    this.actions = h("div", { class: "menu", id: "actions", hidden: true });
    this.languageButton = button("globe", () => this.menu(this.languages), { "aria-controls": "languages" });
    this.moreButton = button("more", () => this.menu(this.actions), { "aria-controls": "actions" });
    this.closeButton = button("close", () => this.toggle(false));
    this.log = new Log(new PerLanguage(`${server}/api/sources`, (data) => data.sources), (b) => this.press(b), (item, thumb) => this.rate(item, thumb));
    this.status = h("p", { class: "status", role: "status" });
    this.counter = h("p", { class: "counter", id: "counter", "aria-live": "polite" });
    this.input = h("textarea", { rows: "1", "aria-describedby": "counter", enterkeyhint: "send" });
    this.picker = h("input", { type: "file", multiple: true, hidden: true, onchange: () => this.attach() });
    this.attachButton = button("attach", () => this.picker.click(), { class: "icon attach" });
    this.progress = h("progress", { max: "1", value: "0", hidden: true });
    this.sendButton = button("send", () => this.submit(), { class: "send" });
    this.panel = h(
      "div",
      { class: "panel", role: "dialog", "aria-labelledby": "title", tabindex: "-1", hidden: true },
      h(
        "header",
        {},
        h("div", { class: "names" }, this.heading, this.subtitle),
        this.languageButton,
        this.moreButton,
        this.closeButton,
        this.languages,
        this.actions,
      ),
      this.log.element,
      this.status,
      this.progress,
      h("div", { class: "composer" }, this.picker, this.attachButton, this.input, this.sendButton, this.counter),
    );
    this.frame = h("aside", {}, this.launcher, this.panel);
  }

  listen() {
    this.line.addEventListener("change", () => this.show());
    this.line.addEventListener("status", ({ detail }) => this.showLine(detail));
    this.line.addEventListener("erased", () => this.note(this.text.erased));
    this.line.addEventListener("progress", ({ detail }) => this.showProgress(detail));
    this.line.addEventListener("refused", ({ detail }) => this.refused(detail));
    this.input.addEventListener("input", () => this.measure());
    this.input.addEventListener("keydown", (event) => this.typed(event));
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      if (!this.closeMenus(true)) this.toggle(false);
    });
    this.shadowRoot.addEventListener("click", (event) => {
      const inMenu = event.composedPath().some((n) => n.classList?.contains("menu") || n.hasAttribute?.("aria-controls"));
      if (!inMenu) this.closeMenus();
    });
  }

  /** Show all chrome in a language; tries until its words are there. */
  async speak(language) {
    this.wanted = language;
    while (this.wanted === language) {
      try {
        const words = await this.words.get(language);
        if (this.wanted !== language) return;
        this.language = language;
        this.line.hint = language;
        this.text = words;
        this.label();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_TEXTS_MS));
      }
    }
  }

  label() {
    const { text } = this;
    this.frame.lang = this.language;
    this.frame.setAttribute("aria-label", this.dataset.title || text.title);
    this.heading.textContent = this.dataset.title || text.title;
    const named = [
      [this.languageButton, text.language],
      [this.moreButton, text.menu],
      [this.closeButton, text.close],
      [this.attachButton, text.attach],
      [this.sendButton, text.send],
      [this.input, text.input],
    ];
    for (const [element, name] of named) element.setAttribute("aria-label", name);
    for (const element of [this.languageButton, this.moreButton, this.closeButton, this.attachButton, this.sendButton]) {
      element.title = element.getAttribute("aria-label");
    }
    this.input.placeholder = text.placeholder;
    this.picker.accept = text.file_endings.join(",");
    this.languages.replaceChildren(
      ...text.languages.map(({ code, name }) =>
        h("button", { type: "button", lang: code, "aria-pressed": String(code === this.language), onclick: () => this.choose(code, name) }, name),
      ),
    );
    this.actions.replaceChildren(
      h("button", { type: "button", onclick: () => this.download() }, text.export),
      h("button", { type: "button", class: "grave", onclick: () => this.delete() }, text.delete),
    );
    this.log.speak(text, this.language);
    this.measure();
    this.show();
  }

  show() {
    const { state } = this.line;
    if (state.language && state.language !== this.wanted && state.conversation) this.speak(state.language);
    if (!this.text) return;
    const coordinator = state.owner === "coordinator";
    this.panel.classList.toggle("coordinator", coordinator);
    this.subtitle.textContent = coordinator ? this.text.subtitle_coordinator : this.text.subtitle;
    const news = this.log.show(this.line.items, this.line.busy, Boolean(this.line.hindrance), state.epoch);
    if (this.panel.hidden && this.seen !== undefined) this.seen += news;
    else this.seen = 0;
    this.showLauncher();
  }

  showLauncher() {
    const unread = this.panel.hidden ? this.seen || 0 : 0;
    this.badge.hidden = !unread;
    this.badge.textContent = unread;
    const name = unread ? this.text.open_unread.replace("{count}", unread) : this.text.open;
    this.launcher.setAttribute("aria-label", name);
  }

  showLine({ by, before }) {
    if (by) this.note(by === "offline" ? this.text.offline : this.text.errors[by], Infinity);
    else this.note(before === "offline" ? this.text.online : "");
    this.show();
  }

  note(text, ms = NOTE_MS) {
    clearTimeout(this.noteTimer);
    this.status.textContent = text;
    if (ms < Infinity) this.noteTimer = setTimeout(() => (this.status.textContent = ""), ms);
  }

  toggle(open, focus = true) {
    this.panel.hidden = !open;
    this.launcher.hidden = open;
    this.launcher.setAttribute("aria-expanded", String(open));
    this.closeMenus();
    if (open) this.seen = 0;
    this.showLauncher();
    if (open) this.log.toEnd();
    if (!focus) return;
    if (!open) this.launcher.focus();
    else if (matchMedia("(pointer: coarse)").matches) this.panel.focus();
    else this.input.focus();
  }

  menu(which) {
    const open = which.hidden;
    this.closeMenus();
    which.hidden = !open;
    this.expanded();
    if (open) which.querySelector("button").focus();
  }

  closeMenus(focus = false) {
    const open = [this.languages, this.actions].find((menu) => !menu.hidden);
    if (!open) return false;
    open.hidden = true;
    this.expanded();
    if (focus) (open === this.languages ? this.languageButton : this.moreButton).focus();
    return true;
  }

  expanded() {
    this.languageButton.setAttribute("aria-expanded", String(!this.languages.hidden));
    this.moreButton.setAttribute("aria-expanded", String(!this.actions.hidden));
  }

  typed(event) {
    // While a Chinese word is being composed, Enter picks a candidate. Safari tells it by key code 229 alone.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  /** Grow with the text and count what is left near the limit. */
  measure() {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight}px`;
    const left = this.text.max_text - [...this.input.value].length;
    const near = left < this.text.max_text * (1 - NEAR_LIMIT);
    const words = left < 0 ? this.text.characters_over : this.text.characters_left;
    this.counter.textContent = near ? words.replace("{count}", Math.abs(left)) : "";
    this.counter.classList.toggle("over", left < 0);
    this.tooLong = left < 0;
  }

  submit() {
    const text = this.input.value.trim();
    this.input.focus();
    if (!text) return;
    if (this.tooLong) {
      this.note(this.text.errors.too_long);
      return;
    }
    this.input.value = "";
    this.measure();
    this.send({ text }, text);
  }

  /** Send the files that were picked; what is surely refused is not sent at all. */
  attach() {
    const files = [...this.picker.files];
    this.picker.value = "";
    if (!this.line.hindrance) this.note("");
    for (const file of files) {
      if (file.size > this.text.max_file) this.refused({ code: "file_too_large" });
      else if (!file.size) this.refused({ code: "file_empty" });
      else this.line.attach(file);
    }
    this.log.toEnd();
  }

  /** Say once that a file is being sent; how far it is shows in the bar, which is not read out each time. */
  showProgress({ name, share }) {
    const words = this.text.sending.replace("{name}", name);
    if (share < 1 && this.progress.hidden) this.note(words, Infinity);
    if (share === 1 && !this.progress.hidden) this.note("");
    this.progress.setAttribute("aria-label", words);
    this.progress.value = share;
    this.progress.hidden = share === 1;
  }

  press({ title, payload }) {
    this.send({ payload }, title);
    this.log.focusLast();
  }

  /** What the assistant says to a thumb is brought into sight, wherever the answer stands. */
  async rate(item, thumb) {
    if (await this.line.rate(item, thumb)) this.log.showLast();
  }

  send(body, shown) {
    if (!this.line.hindrance) this.note("");
    this.line.send(body, shown);
    this.log.toEnd();
  }

  refused({ status, code, text }) {
    this.note(this.text.errors[code] || this.text.errors[ERRORS[status] || "failed"], Infinity);
    if (!text) return;
    this.input.value = [text, this.input.value].filter(Boolean).join("\n");
    this.measure();
  }

  choose(code, name) {
    this.closeMenus(true);
    if (this.line.state.conversation) this.send({ text: `/language ${code}` }, name);
    else this.speak(code);
  }

  delete() {
    this.closeMenus(true);
    if (this.line.state.conversation) {
      this.send({ text: "/delete" }, this.text.delete);
      return;
    }
    this.line.erase();
    this.note(this.text.erased);
  }

  async download() {
    this.closeMenus(true);
    if (!this.line.state.conversation) {
      this.note(this.text.nothing_to_export);
      return;
    }
    try {
      const { name, blob } = await this.line.export();
      const address = URL.createObjectURL(blob);
      h("a", { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 0);
      this.note(this.text.exported);
    } catch {
      this.note(this.text.errors.failed);
    }
  }
}

if (!customElements.get("i2pcc-chat")) customElements.define("i2pcc-chat", Chat);
