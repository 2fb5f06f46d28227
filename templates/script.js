{# Show times in the reader's time zone, update durations and maintenance by the clock, explain the
   days of a bar, and load new content. The page is complete without this script. Its texts are data
   attributes of the body. Template comments are not served, which keeps the script small. #}
"use strict";
(() => {
  const words = document.body.dataset;
  const record = new URL("build.json", document.currentScript.src);
  {# Use the calendar and digits that the page uses. #}
  const locale = document.documentElement.lang + "-u-ca-gregory-nu-latn";
  const rtl = document.documentElement.dir === "rtl";
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const icon = all("link[rel=icon]").pop();
  const setIcon = (href) => { if (icon && href && icon.href !== href) icon.href = href; };
  const make = (tag, className) => Object.assign(document.createElement(tag), { className, hidden: true });

  const unit = (n, name) => n.toLocaleString(locale, { style: "unit", unit: name });
  const duration = (s) => {
    if (s < 60) return unit(s, "second");
    const minutes = Math.floor(s / 60);
    const parts = [["day", Math.floor(minutes / 1440)], ["hour", Math.floor(minutes / 60) % 24], ["minute", minutes % 60]];
    const first = parts.findIndex(([, n]) => n);
    return parts.slice(first, first + 2).map(([name, n]) => (n ? unit(n, name) : "")).join(" ").trim();
  };
  const ago = (s) => {
    const [size, name] = s < 3600 ? [60, "minute"] : s < 86400 ? [3600, "hour"] : [86400, "day"];
    return new Intl.RelativeTimeFormat(locale, { style: "short" }).format(-Math.floor(s / size) || -1, name);
  };

  {# Resolve aliases of a time zone. A zone that the browser does not know equals no other. #}
  const zone = (timeZone) => {
    try {
      return new Intl.DateTimeFormat(locale, { timeZone }).resolvedOptions().timeZone;
    } catch {}
  };
  const localise = () => {
    if (zone() === zone(words.zone)) return;
    {# Keep the width of each time, to prevent layout shifts. #}
    const times = all("time[datetime*=T]").map((time) => [time, time.offsetWidth]);
    for (const [time, width] of times) {
      time.title = time.textContent;
      time.textContent = new Date(time.dateTime).toLocaleString(locale, {
        day: "numeric", month: "short", year: /\d{4}/.test(time.title) ? "numeric" : undefined,
        hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
      });
      time.style.minInlineSize = `${width}px`;
    }
    for (const one of all("[data-local]")) one.textContent = one.dataset.local;
  };

  {# The clock: durations, and maintenance that starts or ends. #}
  const stateOf = (work, now) => {
    if (now < Date.parse(work.dataset.starts)) return "scheduled";
    return now < Date.parse(work.dataset.ends ?? "9999") ? "in_progress" : "completed";
  };
  const move = (now) => {
    const busy = new Set();
    for (const work of all("[data-work]")) {
      const state = stateOf(work, now);
      if (state === "in_progress") busy.add(work.dataset.work);
      for (const one of all("[data-state]", work)) one.hidden = one.dataset.state !== state;
      const place = document.getElementById(state);
      if (place && work.localName === "article" && work.dataset.now !== state) {
        const left = work.closest("section");
        place.after(work);
        place.closest("section").hidden = false;
        left.hidden = !left.querySelector("article");
      }
      work.dataset.now = state;
    }
    for (const place of all("[data-works]")) {
      const isBusy = place.dataset.works.split(" ").some((one) => busy.has(one));
      [place.children[0].hidden, place.children[1].hidden] = [isBusy, !isBusy];
      const since = place.nextElementSibling; {# duration of the current state #}
      if (since?.matches(".clock,:has(.clock)")) since.hidden = !isBusy;
    }
    const banner = all(".banner").find((one) => !one.hidden);
    if (banner) {
      document.title = banner.dataset.title;
      setIcon(icon?.href.replace(/favicon-(none|maintenance|degraded|partial|major)\.svg$/, `favicon-${banner.dataset.severity}.svg`));
    }
    const news = banner ? [banner.querySelector("h1")] : all("[data-news] :is(.label, .pill)").filter((one) => one.offsetParent);
    if (news.length) announce(news.map((one) => one.textContent.trim()).join(" "));
  };
  const tick = () => {
    const now = Date.now();
    move(now);
    for (const clock of all("[data-clock]")) {
      let { clock: kind, at } = clock.dataset;
      const work = clock.closest("[data-work]")?.dataset;
      if (work && kind !== "ago") [kind, at] = work.now === "scheduled" ? ["starts", work.starts] : ["ends", work.ends];
      const s = Math.floor((now - Date.parse(at)) / 1000);
      const past = /for|ago/.test(kind);
      if (!at || (past ? s < 0 : s >= 0)) clock.textContent = "";
      else clock.textContent = kind === "ago" ? ago(s) : words[kind].replace("{duration}", duration(past ? s : -s));
    }
    const age = (now - made) / 1000;
    if (digest && age >= 0) for (const one of all(".fresh")) one.textContent = words.fresh.replace("{ago}", ago(age));
    old.hidden = !(words.old && age > 86400);
    if (!old.hidden) old.textContent = words.old.replace("{ago}", ago(age));
  };

  {# The days of a bar: the pointer or the arrow keys select one, and a tooltip describes it. #}
  const explore = (bar) => {
    const chart = bar.parentElement;
    const days = +words.days;
    const bad = new Map(all("li[data-day]", chart.parentElement).map((item) => [+item.dataset.day, item]));
    const mark = make("i", "mark");
    const tip = make("div", "tip");
    bar.append(mark);
    chart.append(tip);
    let day = +(bar.dataset.day ?? days - 1);
    const shown = () => (matchMedia("(max-width:40rem)").matches ? 30 : days);
    const hide = () => { mark.hidden = tip.hidden = true; };
    const show = (wanted) => {
      const n = shown();
      day = Math.min(days - 1, Math.max(days - n, wanted));
      const item = bad.get(day);
      {# Each path draws the days of a severity, which is its class. #}
      const severity = all("path", bar).find((path) => path.isPointInStroke({ x: day * 5 + 1, y: 30 }))?.classList;
      const date = new Date(Date.parse(words.today) - (days - 1 - day) * 864e5).toLocaleString(locale, { day: "numeric", month: "short", timeZone: "UTC" });
      const plain = `${date}: ${words[severity] ?? document.querySelector(`.legend .${severity}`)?.innerText}`;
      tip.replaceChildren(...(item ? item.cloneNode(true).childNodes : [plain]));
      const place = (day - days + n) / n * 100;
      mark.style.inlineSize = `${100 / n}%`;
      mark.style.insetInlineStart = tip.style.insetInlineStart = `${place}%`;
      tip.style.translate = `${rtl ? place : -place}%`;
      mark.hidden = tip.hidden = false;
      bar.ariaValueMin = days - n;
      bar.ariaValueNow = bar.dataset.day = day;
      bar.ariaValueText = tip.textContent;
    };
    const at = (event) => {
      const { left, width } = bar.getBoundingClientRect();
      const share = (event.clientX - left) / width;
      return days - shown() + Math.floor((rtl ? 1 - share : share) * shown());
    };
    const open = () => tip.querySelector("a")?.click();
    Object.assign(bar, { role: "slider", tabIndex: 0, ariaReadOnly: true, ariaValueMax: days - 1, ariaValueNow: day });
    bar.onpointermove = (event) => show(at(event));
    bar.onclick = (event) => {
      show(at(event));
      if (event.pointerType === "mouse") open();
    };
    bar.onfocus = () => show(day);
    chart.addEventListener("focusout", (event) => { if (!chart.contains(event.relatedTarget)) hide(); });
    chart.onpointerleave = (event) => { if (event.pointerType === "mouse" && !chart.contains(document.activeElement)) hide(); };
    bar.onkeydown = (event) => {
      const ahead = rtl ? -1 : 1;
      const steps = { ArrowRight: ahead, ArrowLeft: -ahead, ArrowUp: 1, ArrowDown: -1, PageUp: 7, PageDown: -7, Home: -days, End: days };
      if (event.key in steps) show(day + steps[event.key]);
      else if (event.key === "Enter") open();
      else return;
      event.preventDefault();
    };
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.activeElement.closest(".tip")?.previousElementSibling.focus();
    for (const one of all(".mark, .tip")) one.hidden = true;
  });

  {# Updates: poll a small file. If its digest changes, replace the content in place. #}
  const old = make("p", "old");
  const status = make("p", "hidden");
  status.hidden = false;
  status.role = "status";
  document.body.prepend(status);
  let made = Date.parse(words.today) + 864e5; {# an upper bound; NaN on pages that do not change #}
  let spoken;
  const announce = (text) => {
    if (spoken !== undefined && spoken !== text) status.textContent = text;
    spoken = text;
  };
  {# Find the counterpart of an element in the new page. Several elements may have one key. #}
  const key = (one) => one.id || [one.closest("[id]").id, one.getAttribute("href"), (one.matches("summary") ? one.querySelector("h3") : one)?.textContent].join();
  const alike = (inside, one) => all(one.localName, inside).filter((other) => key(other) === key(one));
  const find = (main, fresh, one) => alike(fresh, one)[alike(main, one).indexOf(one)];
  const exchange = (page) => {
    const main = document.querySelector("main");
    const fresh = document.adoptNode(page.querySelector("main"));
    const focused = main.contains(document.activeElement) ? document.activeElement : null;
    const bars = all(".bar", main).indexOf(focused);
    const twin = (one) => (one === focused && bars >= 0 ? all(".bar", fresh)[bars] : find(main, fresh, one));
    const top = (one) => one.getBoundingClientRect().top;
    {# Keep what the reader is looking at in the same place on the screen. #}
    const fixed = [focused, ...(scrollY ? all("[id], .text *", main) : [])].find((one) => one && top(one) > 0 && top(one) < innerHeight && twin(one));
    const before = fixed && top(fixed);
    for (const one of all("summary, input", main)) {
      const same = find(main, fresh, one);
      if (same) [same.parentElement.open, same.checked] = [one.parentElement.open, one.checked];
    }
    if (bars >= 0 && twin(focused)) twin(focused).dataset.day = focused.dataset.day;
    main.replaceWith(fresh);
    document.title = page.title;
    setIcon(all("link[rel=icon]", page).pop()?.href);
    start();
    if (focused) twin(focused)?.focus({ preventScroll: true });
    if (fixed) scrollBy(0, top(twin(fixed)) - before);
  };
  {# Names and hashes of our style and script, without those that a browser extension adds. #}
  const look = (html) => html.match(/(style|script)\.\w+\.(css|js)|sha256-[\w+/=]+/g)?.join();
  const looks = look(document.documentElement.outerHTML);
  let shown = document.querySelector("main").outerHTML;
  let digest;
  let tries = 1; {# The file may be published before the page. #}
  let failures = 0;
  let timer;
  const ask = async (url) => {
    const answer = await fetch(url, { cache: "no-cache" });
    if (!answer.ok) throw url;
    return answer;
  };
  const check = async () => {
    try {
      const news = await (await ask(record)).json();
      made = Date.parse(news.now);
      if (digest && digest !== news.digest) tries = 3;
      if (digest && tries) {
        tries -= 1;
        const text = await (await ask(location.href.split("#")[0])).text();
        if (look(text) !== looks) return location.reload();
        const page = new DOMParser().parseFromString(text, "text/html");
        const main = page.querySelector("main").outerHTML;
        if (main !== shown) {
          [shown, tries] = [main, 0];
          exchange(page);
        }
      }
      digest = news.digest;
      failures = 0;
      tick();
    } catch {
      failures = Math.min(failures + 1, 5);
    }
    wait();
  };
  const live = +words.refresh && location.protocol !== "file:";
  const wait = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(check, words.refresh * 1000 * 2 ** failures);
  };

  const start = () => {
    document.querySelector("main").prepend(old);
    localise();
    all(".bar").forEach(explore);
    tick();
  };
  start();
  setInterval(tick, 5000);
  document.addEventListener("visibilitychange", () => {
    tick();
    if (live) document.hidden ? clearTimeout(timer) : check();
  });
  if (live) check();
})();
