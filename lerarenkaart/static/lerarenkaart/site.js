// The pages work without this file. With it, a print button appears where printing makes sense.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
