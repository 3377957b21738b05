/* What the browser remembers of a conversation: its id and token, how far it was read, and its lines.
 *
 * It stays in localStorage, because a coordinator may answer days later and a proposal may be finished tomorrow.
 * It goes when the person deletes their data, and thirty days after the last message. Where a browser forbids
 * storage, the conversation lasts as long as the page.
 */
const KEPT_MS = 30 * 24 * 3600 * 1000;
const VERSION = 1;

export class Store {
  constructor(server) {
    this.key = `i2pcc-chat ${server}`;
  }

  load() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      if (kept?.version === VERSION && Date.now() - kept.at < KEPT_MS) return kept.state;
      localStorage.removeItem(this.key);
    } catch {
      // Forbidden storage or unreadable content: start afresh.
    }
    return null;
  }

  save(state) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ version: VERSION, at: Date.now(), state }));
    } catch {
      // Forbidden or full: the conversation then lasts as long as the page.
    }
  }

  clear() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Forbidden storage holds nothing.
    }
  }

  /** Call back when another tab wrote. */
  watch(callback) {
    addEventListener("storage", (event) => {
      if (event.key === this.key) callback();
    });
  }
}
