"use strict";
(() => {
  const follow = document.getElementById("follow");
  const badge = document.querySelector("[data-badge]");
  const show = () => {
    const { address, root } = follow.dataset;
    for (const code of document.querySelectorAll("[data-before]")) {
      code.textContent = `${code.dataset.before}${address}${follow.value}feed.atom`;
    }
    const [all] = follow.options;
    const chosen = follow.selectedOptions[0].dataset.snippet ? follow.selectedOptions[0] : all;
    document.querySelector("[data-snippet]:not(option)").textContent = chosen.dataset.snippet;
    badge.src = `${root}${chosen.value}badge.svg`;
    badge.alt = chosen === all ? badge.dataset.badge : chosen.textContent;
  };
  if (follow) {
    follow.onchange = show;
    show();   }
})();
