// A long list of villages becomes a field to type in: a name, its pinyin or the first letters.
function read(select) {
  const options = [...select.options].filter((option) => option.value);
  const names = options.map((option) => option.text);
  const keysOf = new Map(options.map((option) => [option.text, option.dataset.keys]));
  return options.map((option) => {
    const town = option.parentElement.label || "";
    const isShared = names.indexOf(option.text) !== names.lastIndexOf(option.text);
    return {
      code: option.value,
      name: option.text,
      town: town === option.text ? "" : town,
      full: isShared ? `${option.text} · ${town}` : option.text,
      keys: option.dataset.keys.split(" "),
      townKeys: (keysOf.get(town) || "").split(" "),
    };
  });
}

// Better matches first: the name begins so, its letters do, it only holds them, the township does.
function rank(place, asked) {
  if (place.name.startsWith(asked)) return 0;
  if (place.keys.some((key) => key.startsWith(asked))) return 1;
  if (place.name.includes(asked) || place.keys[0].includes(asked)) return 2;
  const isThere = `${place.town}${place.name}`.includes(asked) || place.townKeys.some((key) => key.startsWith(asked));
  return isThere ? 3 : null;
}

function matching(places, typed) {
  const asked = typed.trim().toLowerCase().replace(/['’·\s]/g, "");
  if (!asked) return places;
  return places.map((place) => [rank(place, asked), place]).filter(([score]) => score !== null)
    .sort((a, b) => a[0] - b[0]).map(([, place]) => place);
}

let serial = 0;

// Who picks a place makes the select change; `choose` sets it without a word, `set` tells too.
export function picker(select) {
  const places = read(select);
  const id = `villages-${serial += 1}`;
  const [box, input, list, clear] = ["div", "input", "ul", "button"].map((tag) => document.createElement(tag));
  const label = select.labels[0];
  box.className = "combo";
  Object.assign(input, { id: `${id}-typed`, type: "text", autocomplete: "off", placeholder: select.dataset.placeholder, enterKeyHint: "done" });
  const roles = { role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list", "aria-describedby": select.getAttribute("aria-describedby") };
  for (const [name, value] of Object.entries(roles)) if (value) input.setAttribute(name, value);
  Object.assign(list, { id, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label.textContent);
  Object.assign(clear, { type: "button", className: "clear", textContent: "×" });
  clear.setAttribute("aria-label", select.dataset.clear);
  label.htmlFor = input.id;
  select.hidden = true;
  box.append(input, clear, list);
  select.after(box);
  let shown = [];
  let at = -1;
  let before = "";

  function draw(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    input.removeAttribute("aria-activedescendant");
    if (!open) return;
    list.replaceChildren(...shown.map((place, i) => {
      const line = document.createElement("li");
      line.id = `${id}-${i}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", String(i === at));
      line.dataset.code = place.code;
      const town = document.createElement("small");
      town.textContent = place.town;
      line.append(place.name, town);
      return line;
    }));
    if (!shown.length) {
      const line = document.createElement("li");
      line.setAttribute("role", "option");
      line.setAttribute("aria-disabled", "true");
      line.textContent = select.dataset.none;
      list.append(line);
    }
    if (at < 0) return;
    input.setAttribute("aria-activedescendant", `${id}-${at}`);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function choose(code) {
    const place = places.find((one) => one.code === code);
    select.value = place ? code : "";
    input.value = place ? place.full : "";
    clear.hidden = !place;
    input.removeAttribute("aria-invalid");
    before = select.value;
    draw(false);
  }
  function set(code) {
    choose(code);
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function open() {
    shown = matching(places, input.value);
    at = input.value.trim() && shown.length ? 0 : -1;
    draw(true);
  }
  function leave() {
    draw(false);
    if (select.value || !input.value.trim()) return;
    const found = matching(places, input.value);
    if (found.length === 1 || found[0]?.full === input.value.trim()) set(found[0].code);
    else input.setAttribute("aria-invalid", "true");
  }
  input.addEventListener("input", () => { select.value = ""; clear.hidden = !input.value; input.removeAttribute("aria-invalid"); open(); });
  input.addEventListener("focus", () => { input.select(); shown = places; at = -1; draw(true); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) { open(); return; }
      at = (at + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % Math.max(1, shown.length);
      draw(true);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (shown[at]) set(shown[at].code);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      choose(before);
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const line = event.target.closest("[data-code]");
    if (line) set(line.dataset.code);
  });
  input.addEventListener("blur", leave);
  clear.addEventListener("click", () => { set(""); input.focus(); });
  choose(select.value);
  return { choose, set, has: (code) => places.some((place) => place.code === code) };
}
