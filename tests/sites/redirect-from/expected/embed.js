// Shows a banner during incidents and maintenance: <script src=".../embed.js" async></script>
"use strict";
(() => {
  const now = Date.now();
  const open = [{"colour": "#cf222e", "from": null, "state": "Major outage", "title": "Errors \u0026 \u003cb\u003edelays\u003c/b\u003e", "to": null, "url": "https://acme.example/status/incidents/2026-11-20-errors.html"}, {"colour": "#0969da", "from": "2026-11-25T22:00:00Z", "state": "Under maintenance", "title": "Database upgrade", "to": "2026-11-25T23:00:00Z", "url": "https://acme.example/status/incidents/2026-11-18-upgrade.html"}].filter((one) => !(Date.parse(one.from) > now) && !(Date.parse(one.to) <= now));
  if (!open.length) return;
  const host = document.createElement("div");
  const list = document.createElement("div");
  list.setAttribute("role", "region");
  list.setAttribute("aria-label", "Acme Status");
  list.dir = "ltr";
  for (const one of open) {
    const link = document.createElement("a");
    link.href = one.url;
    link.textContent = `${one.state}: ${one.title}`;
    link.style.cssText = `display:block;padding:.6em 1em;background:${one.colour};color:#fff;font:600 1rem/1.4 system-ui,sans-serif;text-decoration:underline`;
    list.append(link);
  }
  host.attachShadow({ mode: "open" }).append(list);
  host.id = "statusgen-banner";
  const put = () => document.body.prepend(host);
  document.body ? put() : addEventListener("DOMContentLoaded", put);
})();
