/* The requests of the web contract.
 *
 * What fails is an Error with `status` (none: no answer came), the `code` of the contract, and in `after` the
 * milliseconds that the server asks to wait.
 */
const TIMEOUT_MS = 30000;
const UPLOAD_TIMEOUT_MS = 120000;

/** Whether the conversation is no longer there. */
export const isGone = (error) => [401, 404, 410].includes(error.status);

/** Whether the server was not reached. */
export const isLost = (error) => !error.status || [408, 502, 504].includes(error.status);

/** Whether the server takes the same thing later. */
export const isBusy = (error) => error.status === 429 || (error.status === 503 && error.code !== "set_aside");

const failure = (status, body, seconds) =>
  Object.assign(new Error(`HTTP ${status}`), { status, code: body?.error?.code, after: 1000 * seconds || 0 });

export class Server {
  constructor(address) {
    this.address = address;
  }

  /** A request about a conversation; without one, it opens one. */
  async call(conversation, method, path, body, options = {}) {
    const place = conversation ? `/${conversation.id}${path}` : "";
    const headers = {};
    if (conversation) headers.Authorization = `Bearer ${conversation.token}`;
    if (body) headers["Content-Type"] = "application/json";
    const response = await fetch(`${this.address}/api/conversations${place}`, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...options,
    });
    if (response.ok) return response;
    throw failure(response.status, await response.json().catch(() => null), response.headers.get("Retry-After"));
  }

  /** Send a file as it is; `tell` hears which share of it is sent. Not by fetch, which cannot tell how far it is. */
  upload({ id, token }, clientId, file, tell) {
    const name = encodeURIComponent(file.name).replace(/['()*!]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${this.address}/api/conversations/${id}/files?client_id=${clientId}`);
      request.setRequestHeader("Authorization", `Bearer ${token}`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("Content-Disposition", `attachment; filename*=UTF-8''${name}`);
      request.responseType = "json";
      request.timeout = UPLOAD_TIMEOUT_MS;
      request.upload.onprogress = ({ loaded, total }) => tell(Math.min(loaded / total, 0.99));
      request.onloadend = () => {
        tell(1);
        if (request.status === 200) resolve(request.response);
        else reject(failure(request.status, request.response, request.getResponseHeader("Retry-After")));
      };
      tell(0);
      request.send(file);
    });
  }

  /** A stream of the conversation, from the cursor on. */
  stream({ id, token }, after) {
    const socket = new WebSocket(`${this.address.replace(/^http/, "ws")}/api/conversations/${id}/stream`);
    socket.onopen = () => socket.send(JSON.stringify({ token, after }));
    return socket;
  }
}
