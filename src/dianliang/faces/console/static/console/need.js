// Opening a part by its key puts the cursor into its first field.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".acts details[open], .aspect details[open], .job-acts details[open]")) {
    event.target.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  }
}, true);
