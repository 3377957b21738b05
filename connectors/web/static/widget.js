/* The one script to embed: <script src="https://host/widget.js" async></script>
 *
 * data-language  en, nl, zh-Hans or zh-Hant; default: the page's language, else the browser's
 * data-server    address of the assistant; default: where this script came from
 * data-title     the name in the header
 * data-open      opens the panel at once
 */
(() => {
  const script = document.currentScript;
  const server = new URL(script.dataset.server || ".", script.src).href.replace(/\/$/, "");
  const place = () => {
    if (document.querySelector("i2pcc-chat")) return;
    const chat = document.createElement("i2pcc-chat");
    chat.setAttribute("server", server);
    for (const name of ["language", "title", "open"]) {
      if (name in script.dataset) chat.setAttribute(`data-${name}`, script.dataset[name]);
    }
    document.body.append(chat);
  };
  import(`${server}/static/widget/chat.js`).then(() => {
    if (document.body) place();
    else document.addEventListener("DOMContentLoaded", place);
  });
})();
