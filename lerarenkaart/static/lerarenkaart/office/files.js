// Sending a file in: drag it here, see which one and whether it is too large before it travels. Without this the form works too.

const KINDS = [
  [/afhaalpunt|points?\b/i, "afhaalpunten"],
  [/instelling/i, "instelling"],
  [/personeel|epd/i, "personeel"],
  [/abonnee/i, "abonnees"],
  [/kaarthouder/i, "kaarthouders"],
  [/histori/i, "historiek"],
];
const MEGABYTE = 1024 * 1024;

for (const zone of document.querySelectorAll("[data-drop]")) {
  drop(zone, zone.querySelector("input[type=file]"), zone.querySelector("[data-picked]"));
}

function drop(zone, input, picked) {
  zone.querySelector("[data-or]").hidden = false;
  const most = Number(zone.dataset.mostMb) * MEGABYTE;
  input.addEventListener("change", () => tell(input, picked, most));
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (happening) => {
      happening.preventDefault();
      zone.classList.add("over");
    });
  }
  zone.addEventListener("dragleave", (happening) => {
    if (!zone.contains(happening.relatedTarget)) zone.classList.remove("over");
  });
  zone.addEventListener("drop", (happening) => {
    happening.preventDefault();
    zone.classList.remove("over");
    if (happening.dataTransfer.files.length !== 1) {
      picked.textContent = "Sleep één bestand tegelijk.";
      return;
    }
    input.files = happening.dataTransfer.files;
    tell(input, picked, most);
  });
  input.form.addEventListener("submit", (happening) => {
    if (input.files[0] && input.files[0].size > most) {
      happening.preventDefault();
      input.focus();
      return;
    }
    const button = input.form.querySelector("button[type=submit]");
    button.textContent = "Bezig met versturen…";
    // After the form has gone, or the button would not be sent with it.
    setTimeout(() => (button.disabled = true));
  });
  // Back in this page by the browser's own button: as it was.
  addEventListener("pageshow", (happening) => {
    const button = input.form.querySelector("button[type=submit]");
    if (happening.persisted) {
      button.disabled = false;
      button.textContent = "Stuur in en kijk na";
    }
  });
}

/** Says which file it is; chooses its kind when nobody did and the name tells it. */
function tell(input, picked, most) {
  const file = input.files[0];
  if (!file) {
    picked.textContent = "";
    return;
  }
  const size = file.size < MEGABYTE ? `${Math.ceil(file.size / 1024)} kB` : `${Math.round(file.size / MEGABYTE)} MB`;
  const isTooLarge = file.size > most;
  picked.textContent = isTooLarge ? `${file.name} is te groot: ${size}.` : `${file.name}, ${size}`;
  input.toggleAttribute("aria-invalid", isTooLarge);
  const form = input.form;
  const found = KINDS.find(([words]) => words.test(file.name));
  if (found && !form.querySelector("input[name=soort]:checked")) {
    const choice = form.querySelector(`#soort-${found[1]}`);
    if (choice) {
      choice.checked = true;
      const title = form.querySelector(`label[for=${choice.id}]`).textContent;
      picked.textContent += `. Aan de naam te zien: ${title}. Klopt dat niet, kies dan iets anders.`;
    }
  }
}
