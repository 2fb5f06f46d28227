"use strict";
(() => {
  const ENOUGH = 20;
  const MOST = 200;   const AROUND = 60;   const byId = (id) => document.getElementById(id);
  const [input, severity, service, count, list] = ["q", "severity", "service", "found", "results"].map(byId);
  const fields = { q: input, severity, service };
  const words = document.body.dataset;
  const locale = document.documentElement.lang + "-u-ca-gregory-nu-latn";
  const dates = (options) => {
    try {
      return new Intl.DateTimeFormat(locale, { ...options, timeZone: words.zone });
    } catch {       return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
    }
  };
  const long = dates({ dateStyle: "long" });
  const make = (tag, className, ...content) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...content);
    return element;
  };
  const ESCAPED = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#34": '"' };
  const textOf = (html) => html.replace(/<[^>]*>/g, "").replace(/&([\w#]+);/g, (all, name) => ESCAPED[name] ?? all);

  const plain = (one) => one.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFC");
  const fold = (text) => Array.from(text, (one) => ([...plain(one)].length === 1 ? plain(one) : one)).join("");

  const incidents = new Map();
  const waiting = input.closest("[data-files]").dataset.files.split(" ");
  const load = async (path) => {
    const answer = await fetch(path);
    if (!answer.ok) throw path;
    for (const one of (await answer.json()).incidents) {
      const day = new Date(one.starts ?? one.started);
      const texts = [one.title, ...one.updates.map(({ html }) => textOf(html)), textOf(one.summary_html)].filter(Boolean);
      const names = one.services.map(({ name }) => name);
      if (!incidents.has(one.id)) incidents.set(one.id, { ...one, day, texts, names, folded: fold([...texts, ...names, long.format(day)].join("\n")) });
    }
  };

  const sentence = (text, wanted) => {
    const folded = fold(text);
    const word = wanted.find((one) => folded.includes(one));
    if (!word) return [];
    const characters = [...text];
    const place = [...folded.slice(0, folded.indexOf(word))].length;
    const end = place + [...word].length;
    const cut = (from, to) => characters.slice(Math.max(0, from), to).join("");
    const [before, after] = [cut(place - AROUND, place), cut(end, end + 2 * AROUND)];
    return [
      place > AROUND ? before.replace(/^\S*\s*/, "… ") : before,
      make("mark", "", cut(place, end)),
      end + 2 * AROUND < characters.length ? after.replace(/\s*\S*$/, " …") : after,
    ];
  };
  const result = (one, wanted) => {
    const link = make("a", "", one.title);
    link.href = `incidents/${one.slug}.html`;
    const icon = document.querySelector(`.filters [data-severity=${one.worst}] .icon`)?.cloneNode(true) ?? "";
    const name = [...severity.options].find(({ value }) => value === one.worst)?.textContent;
    const meta = [name, long.format(one.day), ...one.names].filter(Boolean).flatMap((text, n) => (n ? [" · ", make("bdi", "", text)] : [text]));
    const item = make("div", "", make("p", "title", link), make("p", "meta", ...meta));
    const found = one.texts.slice(1).map((text) => sentence(text, wanted)).find((parts) => parts.length);
    if (found) item.append(make("p", "", ...found));
    for (const part of item.children) part.dir = "auto";
    return make("li", "", icon, item);
  };

  const matches = (wanted) => [...incidents.values()]
    .filter((one) => (!severity.value || one.worst === severity.value)
      && (!service.value || one.services.some(({ id }) => id === service.value))
      && wanted.every((word) => one.folded.includes(word)))
    .sort((one, other) => other.day - one.day);
  const show = (hits, wanted, text) => {
    count.textContent = text;
    list.hidden = !hits.length;
    list.replaceChildren(...hits.slice(0, MOST).map((one) => result(one, wanted)));
  };
  const plural = new Intl.PluralRules(locale);
  const forms = { zero: "Zero", one: "One", two: "Two", few: "Few", many: "Many", other: "Other" };
  const counted = (n, isMore) => (words[`found${forms[plural.select(n)]}`] ?? words.foundOther).replace("{n}", n.toLocaleString(locale) + (isMore ? "+" : ""));

  const remember = (query) => history.replaceState(null, "", query ? `?${query}` : location.pathname);
  let later;
  let turn = 0;
  const search = async () => {
    const mine = ++turn;
    const chosen = Object.entries(fields).map(([name, field]) => [name, field.value.trim()]).filter(([, value]) => value);
    clearTimeout(later);
    later = setTimeout(remember, 300, new URLSearchParams(chosen).toString());
    if (!chosen.length) return show([], [], "");
    const wanted = fold(input.value).split(/\s+/).filter(Boolean);
    try {
      let hits = matches(wanted);
      while (waiting.length && hits.length < ENOUGH) {
        const [next] = waiting;
        await load(next);
        if (waiting[0] === next) waiting.shift();
        if (mine !== turn) return;         hits = matches(wanted);
      }
      show(hits, wanted, hits.length ? counted(hits.length, waiting.length) : words.missing);
    } catch {
      if (mine === turn) show([], [], words.failed);
    }
  };

  for (const [name, value] of new URLSearchParams(location.search)) if (fields[name]) fields[name].value = value;
  for (const one of [severity, service]) if (one.selectedIndex < 0) one.value = "";   for (const field of Object.values(fields)) field.addEventListener("input", search);
  if (Object.values(fields).some((field) => field.value)) search();
  input.focus({ preventScroll: true });
})();
