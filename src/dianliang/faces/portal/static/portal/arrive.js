// Put the phone's place into a check-in before it goes; without a place it goes all the same.

const PATIENCE_MS = 5000;

function spot() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    const found = ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude, accuracy: Math.round(coords.accuracy) });
    navigator.geolocation.getCurrentPosition(found, () => resolve(null), { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 60_000 });
    // A question that nobody answers must not hold the button.
    return setTimeout(() => resolve(null), 2 * PATIENCE_MS);
  });
}

for (const form of document.querySelectorAll("[data-arrive]")) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.located) return;
    event.preventDefault();
    form.querySelector("button").disabled = true;
    const here = await spot();
    if (here) for (const name of ["lat", "lon", "accuracy"]) form.elements[name].value = here[name];
    form.dataset.located = "1";
    form.submit();
  });
}
