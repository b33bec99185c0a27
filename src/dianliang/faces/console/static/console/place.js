// A long list of places becomes a field to type in: characters, or first letters of their pinyin.
const collator = new Intl.Collator("zh-u-co-pinyin");
// Where each letter begins in that order: 12 of the 20 902 common characters come out wrong.
const BOUNDS = [..."吖丷嚓咑妸发旮過丌咔垃呣拏喔妑七呥仨他屲夕丫帀"];
const LETTERS = "abcdefghjklmnopqrstwxyz";
const MOST = 12;
let serial = 0;

// The first letter follows from where the browser's own collation sorts a character.
function letter(character) {
  if (!/[\u3400-\u9fff]/.test(character)) return character.toLowerCase();
  let found = "";
  BOUNDS.forEach((bound, i) => { if (collator.compare(character, bound) >= 0) found = LETTERS[i]; });
  return found;
}
const initials = (text) => [...text].map(letter).join("").replace(/[^a-z0-9]/g, "");

function rank(place, typed) {
  const own = place.own.indexOf(typed);
  if (own >= 0) return own;
  if (place.name.includes(typed)) return 20;
  if (!/^[a-z]+$/.test(typed)) return -1;
  const first = place.ownInitials.indexOf(typed);
  if (first >= 0) return 30 + first;
  return place.initials.includes(typed) ? 60 : -1;
}

function build(select) {
  const places = [...select.options].filter((o) => o.value).map((o) => {
    const own = o.text.split(" · ").at(-1);
    return { code: o.value, name: o.text, own, ownInitials: initials(own), initials: initials(o.text) };
  });
  const id = `pick-${serial += 1}`;
  const box = document.createElement("div");
  box.className = "pick-box";
  const input = document.createElement("input");
  Object.assign(input, { type: "text", id: select.id, autocomplete: "off", placeholder: select.dataset.pick });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": id })) input.setAttribute(name, value);
  const label = select.getAttribute("aria-label");
  if (label) input.setAttribute("aria-label", label);
  const list = document.createElement("ul");
  Object.assign(list, { id, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label || select.labels[0]?.textContent || "");
  select.removeAttribute("id");
  select.hidden = true;
  select.tabIndex = -1;
  select.before(box);
  box.append(input, list, select);
  let at = 0;

  const show = () => { input.value = select.value ? select.selectedOptions[0].text : ""; };
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const point = (next) => {
    const items = [...list.children];
    if (!items.length) return;
    at = (next + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    items[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", items[at].id);
  };
  const take = (code) => {
    select.value = code;
    show();
    close();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const offer = () => {
    const typed = input.value.trim().toLowerCase();
    const found = places.map((place) => [typed ? rank(place, typed) : 0, place]).filter(([r]) => r >= 0)
      .sort((a, b) => a[0] - b[0]).slice(0, MOST);
    list.replaceChildren(...found.map(([, place], i) => {
      const item = document.createElement("li");
      item.id = `${id}-${i}`;
      item.setAttribute("role", "option");
      item.textContent = place.name;
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(place.code); });
      return item;
    }));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    point(0);
  };
  input.addEventListener("input", () => { if (!input.value.trim()) select.value = ""; offer(); });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => { show(); close(); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { list.hidden ? offer() : point(at + 1); event.preventDefault(); }
    else if (event.key === "ArrowUp") { point(at - 1); event.preventDefault(); }
    else if (event.key === "Enter" && !list.hidden) {
      const name = list.children[at]?.textContent;
      const place = places.find((one) => one.name === name);
      if (place) take(place.code);
      event.preventDefault();
    } else if (event.key === "Escape" && !list.hidden) { show(); close(); event.preventDefault(); }
  });
  select.addEventListener("picked", show);
  show();
}
for (const select of document.querySelectorAll("select[data-pick]")) build(select);

// A hint is taken over with one press.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set]");
  if (!button) return;
  const select = document.querySelector(`#intake select[name="${CSS.escape(button.dataset.set)}"]`);
  select.value = button.dataset.value;
  select.dispatchEvent(new Event("picked"));
  select.dispatchEvent(new Event("change", { bubbles: true }));
});
