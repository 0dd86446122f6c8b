// An address says only what was chosen.
(() => {
  "use strict";
  const form = document.querySelector("form[data-question]");
  if (!form) return;
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) if (!value) event.formData.delete(name);
  });
})();
