"use strict";
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const pressed = button ?? event.target.closest(".anchor");
  if (!pressed || pressed.dataset.busy) return;
  const code = button?.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code ? code.textContent : pressed.href);
  } catch {     if (code) getSelection().selectAllChildren(code);
    return;
  }
  const { copied } = document.body.dataset;
  document.querySelector("[role=status]").textContent = copied;
  const content = [...pressed.childNodes];
  pressed.dataset.busy = true;
  pressed.textContent = copied;
  setTimeout(() => {
    pressed.replaceChildren(...content);
    delete pressed.dataset.busy;
  }, 2000);
});
