/* The line to the server: sends the person's messages in order, follows the conversation, survives interruptions.
 *
 * Every message has a client_id, so that sending again after a lost answer doubles nothing. POST replies and the
 * stream may both bring a message: `seq` tells. Only the stream and GET advance the cursor, because a POST reply
 * may overtake what a coordinator wrote meanwhile. `epoch` counts conversations: a new one starts again at seq 1.
 * While the server cannot be reached or asks to come later, what was said waits and is sent again by itself.
 */
import { Server, isBusy, isGone, isLost } from "./server.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
const STEADY_MS = 5000;
const ERASE_PAYLOAD = "erase:yes";

const fresh = () => ({ conversation: null, cursor: 0, epoch: 0, language: null, owner: "assistant", log: [] });

const uniqueId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Line extends EventTarget {
  constructor(address, store) {
    super();
    this.server = new Server(address);
    this.store = store;
    this.state = store.load() || fresh();
    this.hint = "en";
    this.hindrance = null;
    this.waking = new Set();
    this.mine = new Map();
    this.files = new Map();
    this.returned = new Map();
    store.watch(() => this.adopt());
    const hurry = () => this.waking.forEach((wake) => wake());
    addEventListener("online", () => {
      hurry();
      this.hangUp(); // a line from before may be dead without knowing it
    });
    document.addEventListener("visibilitychange", () => document.hidden || hurry());
    addEventListener("pagehide", () => (this.leaving = true));
    addEventListener("pageshow", () => (this.leaving = false));
  }

  /** Take up what an earlier visit left. */
  start() {
    this.state.log = this.state.log.filter((item) => !item.body?.file);
    this.work();
    this.follow();
  }

  get busy() {
    return this.state.log.some((item) => item.body);
  }

  /** The log in the order of the conversation. */
  get items() {
    const place = (item) => item.seq ?? item.after + 0.5;
    return [...this.state.log].sort((a, b) => a.epoch - b.epoch || place(a) - place(b));
  }

  /** Send {text} or {payload}; `shown` is what the log shows as the person's words. */
  send(body, shown, id = this.returned.get(JSON.stringify(body)) ?? uniqueId()) {
    this.returned.clear();
    const { epoch, log } = this.state;
    const after = Math.max(0, ...log.filter((i) => i.epoch === epoch && i.seq).map((i) => i.seq));
    const item = { id, epoch, after, shown, body };
    this.mine.set(id, item);
    log.push(item);
    this.changed();
    this.work();
  }

  /** Send a file in its turn. It waits in this page only: after a reload it has to be picked again. */
  attach(file) {
    const id = uniqueId();
    this.files.set(id, file);
    this.send({ file: file.name }, `📎 ${file.name}`, id);
  }

  /** Rate an answer "up" or "down" beside what is being said; gives whether the assistant answered to it. */
  async rate({ epoch, seq }, thumb) {
    const answer = () => this.state.log.find((item) => item.epoch === epoch && item.seq === seq);
    const before = answer().rating;
    const mark = (rating) => {
      if (answer()) answer().rating = rating;
      this.changed();
    };
    mark(thumb);
    try {
      const body = { payload: `rate:${thumb}:${seq}`, client_id: uniqueId() };
      const reply = await (await this.call("POST", "/messages", body, { keepalive: true })).json();
      if (this.state.epoch === epoch) this.apply(reply);
      return reply.messages.length > 0;
    } catch {
      // The page is left before the answer came: the rating still arrives.
      if (this.leaving) return false;
      mark(before);
      this.dispatchEvent(new CustomEvent("refused", { detail: {} }));
      return false;
    }
  }

  /** The person's own data as a Blob with a name. */
  async export() {
    const response = await this.call("GET", "/export");
    const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") || "");
    return { name: name ? name[1] : "data.json", blob: await response.blob() };
  }

  /** Forget everything here. */
  erase(kept = []) {
    this.leave();
    Object.assign(this.state, { log: kept.map((item) => ({ ...item, epoch: this.state.epoch - 1 })) });
    this.changed();
  }

  async work() {
    if (this.working) return;
    this.working = true;
    let wait = FIRST_WAIT_MS;
    for (let item; (item = this.next()); ) {
      try {
        await this.deliver(item);
        wait = FIRST_WAIT_MS;
      } catch (error) {
        if (await this.waits(item, error, wait)) wait = Math.min(wait * 2, LONGEST_WAIT_MS);
        else this.refuse(item, error);
      }
    }
    this.working = false;
  }

  /** What is sent next. A file that another page picked is sent by that page. */
  next() {
    return this.items.find((item) => item.body && (!item.body.file || this.files.has(item.id)));
  }

  async deliver(item) {
    if (!this.state.conversation) await this.open(item);
    const before = this.seqs();
    const mayErase = this.offersErasure();
    const reply = await (item.body.file ? this.upload(item) : this.post(item));
    // Another page may have written meanwhile: then the state holds a copy of the item.
    delete this.state.log.find((other) => other.id === item.id)?.body;
    this.done(item);
    this.apply(reply);
    if (mayErase) await this.noticeErasure(before, reply);
    this.follow();
  }

  done({ id }) {
    this.mine.delete(id);
    this.files.delete(id);
    this.hinder(null);
  }

  /** Whether the item is to be tried again: now, in a new conversation, or after a pause that ends with this call. */
  async waits(item, error, wait) {
    if (isGone(error) && this.state.conversation && this.renewedFor !== item.id) {
      this.renewedFor = item.id;
      this.leave();
      return true;
    }
    if (!isLost(error) && !isBusy(error)) return false;
    this.hinder(isLost(error) ? "offline" : error.status === 429 ? "rate_limited" : "unavailable");
    await this.pause(Math.max(wait, error.after || 0));
    return true;
  }

  /** The server is told of a second try: it stores that one first, should the message be what broke it. */
  async post(item) {
    const again = item.tried ? { again: true } : {};
    item.tried = true;
    this.store.save(this.state);
    return (await this.call("POST", "/messages", { ...item.body, ...again, client_id: item.id })).json();
  }

  upload(item) {
    const file = this.files.get(item.id);
    const tell = (share) => this.dispatchEvent(new CustomEvent("progress", { detail: { name: file.name, share } }));
    return this.server.upload(this.state.conversation, item.id, file, tell);
  }

  async open(item) {
    const response = await this.call("POST", "", { language: this.hint });
    this.state.conversation = await response.json();
    Object.assign(item, { epoch: this.state.epoch, after: 0 });
    this.changed();
  }

  /** What the server does not take leaves the log, with all that waits behind it: a text is given back to be typed,
   * a button can be pressed again. A file goes alone. */
  refuse(item, { status, code }) {
    const unsent = item.body.file ? [item] : this.items.filter((other) => other.body && !other.body.file);
    const ids = new Set(unsent.map((other) => other.id));
    this.state.log = this.state.log.filter((other) => !ids.has(other.id));
    unsent.forEach((other) => this.done(other));
    this.changed();
    // What was refused may have been stored before: sent again as it is, it is the same message.
    if (code !== "set_aside") this.returned = new Map(unsent.map((other) => [JSON.stringify(other.body), other.id]));
    const text = unsent.map((other) => other.body.text).filter((t) => t && !t.startsWith("/")).join("\n");
    this.dispatchEvent(new CustomEvent("refused", { detail: { status, code, text } }));
  }

  async follow() {
    if (this.following) return;
    this.following = true;
    for (let wait = FIRST_WAIT_MS; this.state.conversation; ) {
      const started = Date.now();
      const { id } = this.state.conversation;
      let asked = 0;
      try {
        await this.catchUp(id);
        if (this.hindrance === "offline") this.hinder(null);
        await this.stream(id);
      } catch (error) {
        asked = error.after || 0;
        if (isGone(error) && this.state.conversation?.id === id) this.leave();
        else if (isLost(error)) this.hinder("offline");
      }
      wait = Date.now() - started > STEADY_MS ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
      if (this.state.conversation) await this.pause(Math.max(wait, asked));
    }
    this.following = false;
  }

  /** Fetch what was said meanwhile, a page at a time. */
  async catchUp(id) {
    for (let more = true; more && this.state.conversation?.id === id; ) {
      const reply = await (await this.call("GET", `/messages?after=${this.state.cursor}`)).json();
      this.apply(reply, id);
      more = reply.more;
    }
  }

  /** Follow the conversation's stream until it ends. */
  stream(id) {
    return new Promise((resolve) => {
      if (this.state.conversation?.id !== id) return resolve();
      const socket = this.server.stream(this.state.conversation, this.state.cursor);
      this.hangUp = () => {
        socket.close();
        resolve();
      };
      socket.onmessage = (event) => {
        const frame = JSON.parse(event.data);
        if (frame.messages) this.apply(frame, id);
      };
      socket.onclose = resolve;
    });
  }

  /** End the stream, if there is one. */
  hangUp() {}

  /** Merge a reply. `complete` is the conversation's id when nothing is missing before its messages. */
  apply(reply, complete = null) {
    if (complete && this.state.conversation?.id !== complete) return;
    const { log, epoch } = this.state;
    const known = this.seqs();
    for (const message of reply.messages) {
      if (known.has(message.seq)) continue;
      const { seq, kind, text, buttons, topics, sources } = message;
      log.push({ epoch, seq, kind, text, buttons, topics, sources, owner: reply.owner, language: reply.language });
    }
    if (complete) this.state.cursor = Math.max(this.state.cursor, ...reply.messages.map((m) => m.seq));
    Object.assign(this.state, { language: reply.language, owner: reply.owner });
    this.changed();
  }

  seqs() {
    const { log, epoch } = this.state;
    return new Set(log.filter((item) => item.epoch === epoch && item.seq).map((item) => item.seq));
  }

  offersErasure() {
    const last = this.items.filter((item) => item.seq).pop();
    return Boolean(last?.buttons.some((button) => button.payload === ERASE_PAYLOAD));
  }

  /** After an answer to "delete everything?": when the server knows no earlier message, forget them here too. */
  async noticeErasure(before, reply) {
    if (await this.knowsAny(before)) return;
    const farewell = new Set(reply.messages.map((message) => message.seq));
    this.erase(this.state.log.filter((item) => farewell.has(item.seq)));
    this.dispatchEvent(new Event("erased"));
  }

  /** Whether the server still has one of these messages; asks until it answers. */
  async knowsAny(seqs) {
    for (let wait = FIRST_WAIT_MS; this.state.conversation; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        const { messages } = await (await this.call("GET", "/messages?after=0")).json();
        return messages.some((message) => seqs.has(message.seq));
      } catch (error) {
        if (isGone(error)) return false;
        await this.pause(Math.max(wait, error.after || 0));
      }
    }
    return false;
  }

  /** The conversation is over: the next message opens another. */
  leave() {
    Object.assign(this.state, { conversation: null, cursor: 0, epoch: this.state.epoch + 1, owner: "assistant" });
    this.hangUp();
  }

  /** Take up what another page wrote; what it did not know yet is kept. */
  adopt() {
    const { conversation } = this.state;
    this.state = this.store.load() || { ...fresh(), language: this.state.language };
    const known = new Set(this.state.log.map((item) => item.id));
    this.state.log.push(...[...this.mine.values()].filter((item) => !known.has(item.id)));
    if (conversation?.id !== this.state.conversation?.id) this.hangUp();
    this.dispatchEvent(new Event("change"));
    this.follow();
  }

  changed() {
    if (this.state.conversation || this.busy) this.store.save(this.state);
    else this.store.clear();
    this.dispatchEvent(new Event("change"));
  }

  /** Tell what keeps messages from being sent: "offline", "unavailable", "rate_limited", or null for nothing. */
  hinder(by) {
    if (by === this.hindrance) return;
    const detail = { by, before: this.hindrance };
    this.hindrance = by;
    this.dispatchEvent(new CustomEvent("status", { detail }));
  }

  /** Wait at least `ms`, or until the browser says that it is back. */
  pause(ms) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.waking.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms * (1 + Math.random() / 2));
      this.waking.add(wake);
    });
  }

  call(method, path, body, options) {
    return this.server.call(this.state.conversation, method, path, body, options);
  }
}
