// Put the phone's place into the form before it goes: without a place there is no check-in.
import { spot } from "./spot.js";

const form = document.querySelector("[data-presence]");
form?.addEventListener("submit", async (event) => {
  if (form.dataset.located) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const here = await spot();
  if (here) {
    form.elements.lat.value = here.lat;
    form.elements.lon.value = here.lon;
    form.elements.accuracy.value = here.accuracy;
  }
  form.dataset.located = "1";
  form.submit();
});
