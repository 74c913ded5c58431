// What a script adds to pages that are whole without one: buttons that copy, a key that jumps to the search, and results
// while one types.

document.documentElement.classList.add("has-script");

const status = document.createElement("p");
status.className = "sr-only";
status.setAttribute("role", "status");
document.querySelector("main").append(status);

for (const code of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy: ${code.textContent}`);
  button.addEventListener("click", async () => {
    const done = await copied(code);
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    status.textContent = done ? "Copied" : "Selected; press Ctrl+C to copy";
    setTimeout(() => { button.textContent = "Copy"; status.textContent = ""; }, 2000);
  });
  code.closest(".command").append(button);
}

/** Copies the text of an element; where the browser does not let us, selects it for the reader to copy. */
async function copied(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    const selection = getSelection();
    selection.removeAllRanges();
    const range = document.createRange();
    range.selectNodeContents(element);
    selection.addRange(range);
    return false;
  }
}

// A lineage that is wider than its place starts at the product itself.
for (const place of document.querySelectorAll(".lineage")) {
  const root = place.querySelector(".is-root")?.getBoundingClientRect();
  if (root) place.scrollLeft += root.left + root.width / 2 - place.getBoundingClientRect().left - place.clientWidth / 2;
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = document.querySelector("[data-search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

for (const form of document.querySelectorAll("form[data-live]")) searchWhileTyping(form);

/** Shows what a search finds while one types: on the search's own page in place, elsewhere in a list below the field. */
function searchWhileTyping(form) {
  const field = form.querySelector("[data-search]");
  const inPlace = document.querySelector("#results");
  let list = null;
  let asked = 0;
  let timer = 0;

  const close = () => { list?.remove(); list = null; };
  const show = (html) => {
    if (inPlace) {
      inPlace.innerHTML = html;
    } else {
      if (!list) {
        list = document.createElement("div");
        list.className = "found";
        form.append(list);
      }
      list.innerHTML = html;
    }
    const found = (inPlace ?? list).querySelectorAll(".row-name").length;
    status.textContent = found === 1 ? "1 product" : `${found} products`;
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    const query = field.value.trim();
    const number = ++asked;
    if (!query && !inPlace) return close();
    timer = setTimeout(async () => {
      const address = new URL("/search/results", location.href);
      const narrowed = new URLSearchParams(inPlace ? location.search : "");
      for (const name of ["domain", "kind"]) if (narrowed.has(name)) address.searchParams.set(name, narrowed.get(name));
      address.searchParams.set("q", query);
      if (!inPlace) address.searchParams.set("limit", "6");
      try {
        const response = await fetch(address);
        if (!response.ok || number !== asked) return;
        show(await response.text());
        if (inPlace) {
          const here = new URL(location.href);
          here.searchParams.set("q", query);
          here.searchParams.delete("after");
          history.replaceState(null, "", here);
        }
      } catch {
        close();
      }
    }, 120);
  });

  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && list) {
      field.focus();
      close();
    }
    if (!list || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const stops = [field, ...list.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
  });
  form.addEventListener("focusout", (event) => { if (list && !form.contains(event.relatedTarget)) close(); });
}
