// Where the phone is, if it knows and may say; never more than a few seconds of waiting.

const PATIENCE_MS = 4000;
const FRESH_MS = 60_000;

export function spot() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    const found = ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude, accuracy: Math.round(coords.accuracy) });
    const options = { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: FRESH_MS };
    navigator.geolocation.getCurrentPosition(found, () => resolve(null), options);
    // A question that nobody answers must not hold the button.
    return setTimeout(() => resolve(null), 2 * PATIENCE_MS);
  });
}
