// Solves the proof of work: find the number whose salted SHA-256 is the challenge.
// Without WebCrypto (a page that is not served over https) the sum by hand stays the way on.
const asked = JSON.parse(document.getElementById("challenge").textContent);
const bar = document.getElementById("solving");
const go = document.getElementById("go");
const byHand = document.getElementById("sum");
const encoder = new TextEncoder();
const most = asked.max_number ?? asked.maxNumber ?? asked.maxnumber;

async function hash(number) {
  const bytes = await crypto.subtle.digest("SHA-256", encoder.encode(asked.salt + number));
  return [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

async function solve() {
  const started = performance.now();
  for (let number = 0; number <= most; number += 1) {
    if (number % 500 === 0) {
      bar.value = number / most;
      await new Promise((next) => setTimeout(next));
    }
    if ((await hash(number)) !== asked.challenge) continue;
    const took = Math.round(performance.now() - started);
    const { algorithm, challenge, salt, signature } = asked;
    document.getElementById("altcha").value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature, took }));
    bar.value = 1;
    go.disabled = false;
    return;
  }
}

if (globalThis.crypto?.subtle) {
  document.getElementById("computing").hidden = false;
  go.disabled = true;
  byHand.addEventListener("input", () => { go.disabled = !byHand.value && bar.value < 1; });
  solve();
}
