// Solves the proof of work: find the number whose salted SHA-256 is the challenge.
const asked = JSON.parse(document.getElementById("challenge").textContent);
const bar = document.getElementById("solving");
const encoder = new TextEncoder();
const most = asked.max_number ?? asked.maxNumber ?? asked.maxnumber;

async function hash(number) {
  const bytes = await crypto.subtle.digest("SHA-256", encoder.encode(asked.salt + number));
  return [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

const started = performance.now();
for (let number = 0; number <= most; number += 1) {
  if (number % 500 === 0) {
    bar.value = number / most;
    await new Promise((next) => setTimeout(next));
  }
  if ((await hash(number)) === asked.challenge) {
    const took = Math.round(performance.now() - started);
    const { algorithm, challenge, salt, signature } = asked;
    document.getElementById("altcha").value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature, took }));
    bar.value = 1;
    document.getElementById("go").disabled = false;
    break;
  }
}
