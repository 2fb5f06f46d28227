// Shows a banner during incidents and maintenance: <script src=".../embed.js" async></script>
"use strict";
(() => {
  const now = Date.now();
  const open = [].filter((one) => !(Date.parse(one.from) > now) && !(Date.parse(one.to) <= now));
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
