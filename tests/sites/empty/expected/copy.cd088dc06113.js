"use strict";
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const anchor = event.target.closest(".anchor");
  if (!navigator.clipboard || !(button ?? anchor)) return;
  const pressed = button ?? anchor;
  await navigator.clipboard.writeText(button ? button.parentElement.querySelector("code").textContent : anchor.href);
  const { copied } = document.body.dataset;
  document.querySelector("[role=status]").textContent = copied;
  const content = [...pressed.childNodes];
  pressed.textContent = copied;
  setTimeout(() => pressed.replaceChildren(...content), 2000);
});
