/* The widget's own words, fetched per language, and the choice of the language to start in. */
const TRADITIONAL = /-(hant|tw|hk|mo)\b/i;

/** The served language of a tag, or null. */
function served(tag) {
  if (/^zh\b/i.test(tag)) return TRADITIONAL.test(tag) ? "zh-Hant" : "zh-Hans";
  return /^(en|nl)\b/i.exec(tag)?.[0].toLowerCase() ?? null;
}

/** The visitor's language: the embedding's choice, else the page's, else the browser's. */
export function visitorLanguage(chosen) {
  const wishes = [chosen, document.documentElement.lang, ...navigator.languages];
  return wishes.map((tag) => served(tag || "")).find(Boolean) || "en";
}

/** Fetches something per language once; what failed is asked for again next time. */
export class PerLanguage {
  constructor(address, read = (data) => data) {
    this.address = address;
    this.read = read;
    this.kept = new Map();
  }

  get(language) {
    if (!this.kept.has(language)) {
      const fetched = fetch(`${this.address}?language=${language}`, { credentials: "omit" }).then(async (response) => {
        if (!response.ok) throw new Error(response.statusText);
        return this.read(await response.json());
      });
      fetched.catch(() => this.kept.delete(language));
      this.kept.set(language, fetched);
    }
    return this.kept.get(language);
  }
}
