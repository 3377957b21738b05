/* The looks, in the shadow root: nothing leaks out and nothing of the page leaks in. */
export const sheet = new CSSStyleSheet();

sheet.replaceSync(`
:host {
  all: initial;
  color-scheme: light dark;
  --accent: #0b6b4f;
  --accent-ink: #fff;
  --paper: #fff;
  --ink: #16241e;
  --soft: #4d6057;
  --line: #d9e4de;
  --said: #f0f5f2;
  --own: #0b6b4f;
  --own-ink: #fff;
  --colleague: #fff4e0;
  --grave: #a3261d;
  --shade: 0 1px 2px rgb(10 40 30 / 8%), 0 12px 40px rgb(10 40 30 / 18%);
}

@media (prefers-color-scheme: dark) {
  :host {
    --accent: #6fd3ae;
    --accent-ink: #06261b;
    --paper: #141c18;
    --ink: #e8f0eb;
    --soft: #a7b8af;
    --line: #2d3c34;
    --said: #1f2b25;
    --own: #17593f;
    --own-ink: #f2fbf7;
    --colleague: #3a2f18;
    --grave: #ff9a91;
    --shade: 0 1px 2px rgb(0 0 0 / 30%), 0 12px 40px rgb(0 0 0 / 55%);
  }
}

*, ::before { box-sizing: border-box; }
[hidden] { display: none !important; }

aside {
  position: fixed;
  inset: auto 20px 20px auto;
  z-index: 2147483000;
  color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  -webkit-text-size-adjust: 100%;
}

aside:lang(zh-Hant) { font-family: system-ui, -apple-system, "Segoe UI", "PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC", sans-serif; }

button, textarea { font: inherit; color: inherit; margin: 0; }
button { cursor: pointer; border: 0; background: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
svg { width: 22px; height: 22px; fill: none; stroke: currentcolor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; display: block; }

.unseen, .author { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher {
  position: relative;
  display: grid;
  place-items: center;
  width: 60px;
  height: 60px;
  border-radius: 22px;
  background: var(--accent);
  color: var(--accent-ink);
  box-shadow: var(--shade);
  transition: transform 0.15s;
}
.launcher:hover { transform: translateY(-2px); }
.launcher svg { width: 28px; height: 28px; }
.badge {
  position: absolute;
  inset: -5px -5px auto auto;
  min-width: 22px;
  padding: 0 6px;
  border-radius: 11px;
  background: #b3261e;
  color: #fff;
  font-size: 13px;
  font-weight: 600;
  line-height: 22px;
  text-align: center;
}

.panel {
  display: flex;
  flex-direction: column;
  width: min(400px, calc(100vw - 40px));
  height: min(660px, calc(100vh - 40px));
  height: min(660px, calc(100dvh - 40px));
  overflow: hidden;
  border: 1px solid var(--line);
  border-radius: 20px;
  background: var(--paper);
  box-shadow: var(--shade);
  animation: rise 0.18s ease-out;
}
.panel:focus { outline: none; }

header { position: relative; display: flex; align-items: center; gap: 2px; padding: 14px 10px 12px 20px; border-bottom: 1px solid var(--line); }
.names { flex: 1; min-width: 0; }
h2 { margin: 0; font-size: 16px; font-weight: 650; line-height: 1.3; overflow-wrap: anywhere; }
.subtitle { display: flex; align-items: baseline; gap: 7px; margin: 1px 0 0; color: var(--soft); font-size: 13px; line-height: 1.35; }
.subtitle::before { content: ""; flex: none; width: 8px; height: 8px; border-radius: 50%; background: var(--accent); }
.coordinator .subtitle::before { background: #d98a00; }
.icon { display: grid; place-items: center; flex: none; width: 40px; height: 40px; border-radius: 12px; color: var(--soft); }
.icon[aria-controls="actions"] svg { stroke-width: 3; }
.icon:hover, .icon[aria-expanded="true"] { background: var(--said); color: var(--ink); }

.menu {
  position: absolute;
  z-index: 2;
  inset: calc(100% - 6px) 12px auto auto;
  display: grid;
  min-width: 180px;
  padding: 6px;
  border: 1px solid var(--line);
  border-radius: 14px;
  background: var(--paper);
  box-shadow: var(--shade);
}
.menu button { min-height: 40px; padding: 8px 14px; border-radius: 9px; text-align: start; }
.menu button:hover { background: var(--said); }
.menu button[aria-pressed="true"] { color: var(--accent); font-weight: 650; }
.menu .grave { color: var(--grave); }

.scroll { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 20px 16px; scroll-behavior: smooth; }
.scroll:focus-visible { outline-offset: -3px; }
.lines { display: flex; flex-direction: column; gap: 14px; }
.line { scroll-margin: 16px; display: flex; flex-direction: column; align-items: flex-start; gap: 8px; max-width: 100%; }
.person { align-items: flex-end; border-radius: 16px; }
.bubble { max-width: 88%; padding: 10px 14px; border-radius: 4px 16px 16px; background: var(--said); overflow-wrap: anywhere; }
.person .bubble { border-radius: 16px 16px 4px; background: var(--own); color: var(--own-ink); }
.colleague .bubble { background: var(--colleague); }
.colleague .author { position: static; width: auto; height: auto; clip-path: none; color: var(--soft); font-size: 13px; margin-bottom: -4px; }
.waiting { margin-top: -4px; color: var(--soft); font-size: 13px; }
.bubble p, .bubble ul { margin: 0 0 8px; }
.bubble > :last-child { margin-bottom: 0; }
.bubble ul { padding-inline-start: 18px; }
.bubble li { margin: 2px 0; }
.bubble li::marker { color: var(--accent); }
a { color: var(--accent); text-underline-offset: 0.2em; overflow-wrap: anywhere; }
.person a { color: inherit; }

.foot { display: flex; align-items: flex-start; gap: 8px; width: 88%; }
.sources { flex: 1; min-width: 0; padding-top: 4px; padding-inline-start: 4px; color: var(--soft); font-size: 13px; }
.sources summary { width: fit-content; padding: 2px 4px; border-radius: 6px; cursor: pointer; }
.sources ul { margin: 4px 0 0; padding-inline-start: 22px; overflow-wrap: anywhere; }
.sources li { margin: 3px 0; }

.rating { display: flex; gap: 2px; }
.coordinator .rating { display: none; }
.thumb { display: grid; place-items: center; width: 32px; height: 32px; padding: 0; border-radius: 10px; color: var(--soft); }
.thumb:hover { background: var(--said); color: var(--ink); }
.thumb[aria-pressed="true"] { background: var(--said); color: var(--accent); }
.thumb[aria-pressed="true"] svg { fill: currentcolor; fill-opacity: 0.3; }
.thumb svg { width: 18px; height: 18px; }
.thumb.down svg { transform: scaleY(-1); }
@media (pointer: coarse) {
  .thumb { width: 40px; height: 40px; }
  .sources { padding-top: 8px; }
}

.choices { display: flex; flex-wrap: wrap; gap: 8px; max-width: 100%; }
.choice {
  max-width: 100%;
  min-height: 38px;
  padding: 7px 15px;
  border: 1.5px solid var(--accent);
  border-radius: 19px;
  color: var(--accent);
  font-weight: 500;
  line-height: 1.35;
  text-align: start;
  overflow-wrap: anywhere;
  transition: background 0.12s, color 0.12s;
}
.choice.quiet { border-color: var(--line); color: var(--soft); }
.choice.ticked { background: var(--said); font-weight: 650; }
@media (hover: hover) {
  .choice:hover:enabled { border-color: var(--accent); background: var(--accent); color: var(--accent-ink); }
}
.choice:disabled { display: none; }
.choices:not(:has(:enabled)) { display: none; }
.choice.main { background: var(--accent); color: var(--accent-ink); }

.typing { width: fit-content; margin-top: 14px; padding: 13px 16px; border-radius: 4px 16px 16px; background: var(--said); animation: appear 0.2s 0.25s both; }
.dots { display: flex; gap: 5px; }
.dots i { width: 7px; height: 7px; border-radius: 50%; background: var(--soft); animation: breathe 1.2s infinite; }
.dots i:nth-child(2) { animation-delay: 0.15s; }
.dots i:nth-child(3) { animation-delay: 0.3s; }

.status { margin: 0; padding: 8px 20px; border-top: 1px solid var(--line); background: var(--said); font-size: 13px; }
.status:empty { padding: 0; border: 0; }

progress { width: 100%; height: 4px; border: 0; appearance: none; background: var(--said); accent-color: var(--accent); color: var(--accent); }
progress::-webkit-progress-bar { background: var(--said); }
progress::-webkit-progress-value { background: var(--accent); }
progress::-moz-progress-bar { background: var(--accent); }
.composer { display: grid; grid-template-columns: auto 1fr auto; align-items: end; gap: 0 6px; padding: 12px; border-top: 1px solid var(--line); padding-bottom: max(12px, env(safe-area-inset-bottom)); }
textarea {
  width: 100%;
  max-height: 140px;
  min-height: 44px;
  padding: 10px 14px;
  border: 1px solid #7d9187;
  border-radius: 16px;
  background: var(--paper);
  font-size: 16px;
  line-height: 22px;
  resize: none;
}
textarea::placeholder { color: var(--soft); opacity: 1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
textarea:focus-visible { outline-offset: -1px; outline-width: 2px; border-color: transparent; }
.attach { width: 44px; height: 44px; border-radius: 16px; }
.send { display: grid; place-items: center; width: 44px; height: 44px; border-radius: 16px; background: var(--accent); color: var(--accent-ink); }
.counter { grid-column: 1 / -1; margin: 0; padding: 4px 4px 0; color: var(--soft); font-size: 13px; }
.counter:empty { padding: 0; }
.counter.over { color: var(--grave); font-weight: 600; }

@media (max-width: 480px) {
  aside:has(.panel:not([hidden])) { inset: 0; }
  .panel { width: 100%; height: 100%; border: 0; border-radius: 0; }
}

@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@keyframes appear { from { opacity: 0; } }
@keyframes breathe { 0%, 60%, 100% { opacity: 0.35; } 30% { opacity: 1; } }

@media (prefers-reduced-motion: reduce) {
  * { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
}
`);
