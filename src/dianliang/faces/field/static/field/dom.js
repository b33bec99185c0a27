// Small tools for building the page.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  back: "M15 5l-7 7 7 7",
  call: "M6 3h3l2 5-2.500 1.500a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3Z",
  camera: "M4 8h3l2-3h6l2 3h3v11H4ZM12 16.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7Z",
  check: "M5 12.500l4.500 4.500L19 7.500",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3 2",
  cloud: "M7 18a4 4 0 0 1-.500-8 5.500 5.500 0 0 1 10.600 1A3.500 3.500 0 0 1 17 18Z",
  cross: "M6 6l12 12M18 6L6 18",
  bag: "M5 8h14l1 12H4ZM8 8V6a4 4 0 0 1 8 0v2",
  down: "M6 9l6 6 6-6",
  history: "M4 12a8 8 0 1 1 2.500 5.800M4 20v-4h4M12 8v4l3 2",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4Z",
  key: "M8 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM11 11l9 9M15.500 15.500l3-3",
  list: "M4 6h16M4 12h16M4 18h16",
  map: "M9 4L3 6.500v13L9 17l6 3 6-2.500v-13L15 7ZM9 4v13M15 7v13",
  meal: "M6 3v7a2 2 0 0 0 4 0V3M8 12v9M17 3c-2 1-3 4-3 7h3v11",
  navigate: "M12 3l7 18-7-4-7 4Z",
  people: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM2.500 20c0-4 3-6 6.500-6s6.500 2 6.500 6M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.500c2 .800 3.500 2.500 3.500 5.500",
  plus: "M12 5v14M5 12h14",
  pin: "M12 21c4-5 7-8 7-11a7 7 0 0 0-14 0c0 3 3 6 7 11ZM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  route: "M6 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM18 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 17h8a3 3 0 0 0 0-6H8a3 3 0 0 1 0-6h8",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2",
  warn: "M12 4l9 16H3ZM12 10v4M12 17v.010",
};

// h("button.primary", { onclick, disabled }, "words", node, …)
export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "onclick") node.addEventListener("click", (event) => press(node, () => value(event)));
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && typeof value !== "string") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const underway = new Set();

// Count a promise among what the person has asked for and is not done yet.
export function track(promise) {
  underway.add(promise);
  const done = () => underway.delete(promise);
  promise.then(done, done);
  return promise;
}

// Wait until everything that was asked for so far is done, or has failed.
export const settled = () => Promise.allSettled(underway);

// Run what a button does; until it is done, the button is busy and a second press does nothing.
export async function press(button, act) {
  if (button.getAttribute("aria-busy") === "true") return;
  const running = act();
  if (!(running instanceof Promise)) return;
  button.setAttribute("aria-busy", "true");
  try {
    await track(running);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// Build the screen anew where somebody may be in the middle of it: what he has unfolded stays
// unfolded, and the keyboard stays where it was.
export function replaceKeeping(screen, content) {
  const mark = (node) => `${node.tagName} ${node.getAttribute("aria-label") ?? node.textContent}`;
  const open = new Set([...screen.querySelectorAll("details[open] > summary")].map(mark));
  const active = screen.contains(document.activeElement) && document.activeElement !== screen ? mark(document.activeElement) : null;
  screen.replaceChildren(content);
  for (const summary of screen.querySelectorAll("summary")) if (open.has(mark(summary))) summary.parentElement.open = true;
  if (active) [...screen.querySelectorAll("a, button, summary, input")].find((node) => mark(node) === active)?.focus({ preventScroll: true });
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function toast(words, action) {
  const box = document.getElementById("toast");
  box.replaceChildren(words, action ? h("button", { type: "button", onclick: action.run }, action.label) : "");
  box.classList.add("shown");
  clearTimeout(toast.timer);
  if (!action) toast.timer = setTimeout(() => box.classList.remove("shown"), 4000);
}

// Ask in a dialog; resolves to what `content` was submitted as, or null when it is dismissed.
export function ask({ title, body = [], fields = [], confirm, cancel, danger = false }) {
  return new Promise((resolve) => {
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", { id: "dialog-title" }, title),
      body,
      fields,
      h(
        "div.dialog-actions",
        {},
        h("button.quiet", { type: "button", onclick: () => dialog.close("") }, cancel),
        confirm && h(`button.${danger ? "danger" : "primary"}`, { value: "yes" }, confirm),
      ),
    );
    const dialog = h("dialog", { "aria-labelledby": "dialog-title" }, form);
    dialog.addEventListener("close", () => {
      const said = dialog.returnValue === "yes";
      dialog.remove();
      resolve(said ? Object.fromEntries(new FormData(form)) : null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
