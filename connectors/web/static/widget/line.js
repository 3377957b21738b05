/* The line to the server: sends the person's messages in order, follows the conversation, survives interruptions.
 *
 * Every message has a client_id, so that sending again after a lost answer doubles nothing. POST replies and the
 * stream may both bring a message: `seq` tells. Only the stream and GET advance the cursor, because a POST reply
 * may overtake what a coordinator wrote meanwhile. `epoch` counts conversations: a new one starts again at seq 1.
 */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
const STEADY_MS = 5000;
const TIMEOUT_MS = 30000;
const UPLOAD_TIMEOUT_MS = 120000;
const ERASE_PAYLOAD = "erase:yes";

const fresh = () => ({ conversation: null, cursor: 0, epoch: 0, language: null, owner: "assistant", log: [] });
const isGone = (error) => [401, 404, 410].includes(error.status);
const isLost = (error) => !error.status || error.status === 502 || error.status === 504;

const uniqueId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Line extends EventTarget {
  constructor(server, store) {
    super();
    this.server = server;
    this.store = store;
    this.state = store.load() || fresh();
    this.hint = "en";
    this.online = true;
    this.waking = new Set();
    this.files = new Map();
    this.returned = new Map();
    store.watch(() => this.adopt());
    const hurry = () => this.waking.forEach((wake) => wake());
    addEventListener("online", hurry);
    document.addEventListener("visibilitychange", () => document.hidden || hurry());
    addEventListener("pagehide", () => (this.leaving = true));
    addEventListener("pageshow", () => (this.leaving = false));
  }

  /** Take up what an earlier visit left. */
  start() {
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
  send(body, shown, id = this.returned.get(body.text) ?? uniqueId()) {
    this.returned.clear();
    const { epoch, log } = this.state;
    const after = Math.max(0, ...log.filter((i) => i.epoch === epoch && i.seq).map((i) => i.seq));
    log.push({ id, epoch, after, shown, body });
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
    } catch (error) {
      // The page is left before the answer came: the rating still arrives.
      if (this.leaving) return false;
      mark(before);
      this.dispatchEvent(new CustomEvent("refused", { detail: { status: error.status } }));
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
    for (let item; (item = this.items.find((i) => i.body)); ) await this.deliver(item);
    this.working = false;
  }

  async deliver(item) {
    if (item.body.file && !this.files.has(item.id)) return this.drop(item);
    for (let wait = FIRST_WAIT_MS, renewed = false; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        if (!this.state.conversation) await this.open(item);
        const before = this.seqs();
        const mayErase = this.offersErasure();
        const reply = await (item.body.file ? this.upload(item) : this.post(item));
        delete item.body;
        this.files.delete(item.id);
        this.connected(true);
        this.apply(reply);
        if (mayErase) await this.noticeErasure(before, reply);
        this.follow();
        return;
      } catch (error) {
        if (isGone(error) && this.state.conversation && !renewed) {
          renewed = true;
          this.leave();
        } else if (isLost(error)) {
          this.connected(false);
          await this.pause(wait);
        } else if (item.body.file) {
          this.drop(item);
          this.dispatchEvent(new CustomEvent("refused", { detail: error }));
          return;
        } else {
          this.takeBack(error.status);
          return;
        }
      }
    }
  }

  async post(item) {
    return (await this.call("POST", "/messages", { ...item.body, client_id: item.id })).json();
  }

  /** Send a file as it is. Not by fetch, which cannot tell how far it is. */
  upload(item) {
    const file = this.files.get(item.id);
    const { id, token } = this.state.conversation;
    const tell = (share) => this.dispatchEvent(new CustomEvent("progress", { detail: { name: file.name, share } }));
    const name = encodeURIComponent(file.name).replace(/['()*!]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${this.server}/api/conversations/${id}/files?client_id=${item.id}`);
      request.setRequestHeader("Authorization", `Bearer ${token}`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("Content-Disposition", `attachment; filename*=UTF-8''${name}`);
      request.responseType = "json";
      request.timeout = UPLOAD_TIMEOUT_MS;
      request.upload.onprogress = ({ loaded, total }) => tell(Math.min(loaded / total, 0.99));
      request.onloadend = () => {
        tell(1);
        if (request.status === 200) resolve(request.response);
        else reject({ status: request.status, code: request.response?.error?.code });
      };
      tell(0);
      request.send(file);
    });
  }

  async open(item) {
    const response = await this.call("POST", "", { language: this.hint });
    this.state.conversation = await response.json();
    Object.assign(item, { epoch: this.state.epoch, after: 0 });
    this.changed();
  }

  /** A file that cannot be sent leaves the log. */
  drop(item) {
    this.files.delete(item.id);
    this.state.log = this.state.log.filter((other) => other.id !== item.id);
    this.changed();
  }

  /** Unsent lines leave the log; what was typed is given back. */
  takeBack(status) {
    const unsent = this.items.filter((item) => item.body);
    this.state.log = this.state.log.filter((item) => !item.body);
    this.changed();
    // What was refused may have been stored before: sent again as it is, it is the same message.
    this.returned = new Map(unsent.filter((item) => item.body.text).map((item) => [item.body.text, item.id]));
    const text = unsent.map((item) => item.body.text).filter((t) => t && !t.startsWith("/")).join("\n");
    this.dispatchEvent(new CustomEvent("refused", { detail: { status, text } }));
  }

  async follow() {
    if (this.following) return;
    this.following = true;
    for (let wait = FIRST_WAIT_MS; this.state.conversation; ) {
      const started = Date.now();
      const { id } = this.state.conversation;
      try {
        const response = await this.call("GET", `/messages?after=${this.state.cursor}`);
        this.apply(await response.json(), id);
        this.connected(true);
        await this.stream(id);
      } catch (error) {
        if (isGone(error) && this.state.conversation?.id === id) this.leave();
        else if (isLost(error)) this.connected(false);
      }
      wait = Date.now() - started > STEADY_MS ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
      if (this.state.conversation) await this.pause(wait);
    }
    this.following = false;
  }

  /** Follow the conversation's stream until it ends. */
  stream(id) {
    return new Promise((resolve) => {
      if (this.state.conversation?.id !== id) return resolve();
      const { token } = this.state.conversation;
      const socket = new WebSocket(`${this.server.replace(/^http/, "ws")}/api/conversations/${id}/stream`);
      this.socket = socket;
      socket.onopen = () => socket.send(JSON.stringify({ token, after: this.state.cursor }));
      socket.onmessage = (event) => {
        const frame = JSON.parse(event.data);
        if (frame.messages) this.apply(frame, id);
      };
      socket.onclose = resolve;
    });
  }

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
    try {
      const response = await this.call("GET", "/messages?after=0");
      if ((await response.json()).messages.some((message) => before.has(message.seq))) return;
    } catch (error) {
      if (!isGone(error)) return;
    }
    const farewell = new Set(reply.messages.map((message) => message.seq));
    this.erase(this.state.log.filter((item) => farewell.has(item.seq)));
    this.dispatchEvent(new Event("erased"));
  }

  /** The conversation is over: the next message opens another. */
  leave() {
    Object.assign(this.state, { conversation: null, cursor: 0, epoch: this.state.epoch + 1, owner: "assistant" });
    this.socket?.close();
  }

  adopt() {
    const { conversation } = this.state;
    this.state = this.store.load() || { ...fresh(), language: this.state.language };
    if (conversation?.id !== this.state.conversation?.id) this.socket?.close();
    this.dispatchEvent(new Event("change"));
    this.follow();
  }

  changed() {
    if (this.state.conversation || this.busy) this.store.save(this.state);
    else this.store.clear();
    this.dispatchEvent(new Event("change"));
  }

  connected(online) {
    if (online === this.online) return;
    this.online = online;
    this.dispatchEvent(new Event("status"));
  }

  /** Wait about `ms`, or until the browser says that it is back. */
  pause(ms) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.waking.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms * (0.75 + Math.random() / 2));
      this.waking.add(wake);
    });
  }

  async call(method, path, body, options = {}) {
    const { conversation } = this.state;
    const place = conversation ? `/${conversation.id}${path}` : "";
    const headers = {};
    if (conversation) headers.Authorization = `Bearer ${conversation.token}`;
    if (body) headers["Content-Type"] = "application/json";
    const response = await fetch(`${this.server}/api/conversations${place}`, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...options,
    });
    if (!response.ok) throw Object.assign(new Error(response.statusText), { status: response.status });
    return response;
  }
}
