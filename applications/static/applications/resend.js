// A form with data-resend outlives a lost connection: it is sent from the page, which stays as it is
// when nothing arrived. The same key goes with every try, so the desk takes it once. Without this
// script the browser sends it.
(() => {
  const PATIENCE = 20000;
  let sending = false;

  const send = async (form, button) => {
    const answer = await fetch(location.href, {
      method: "POST",
      body: new FormData(form, button),
      headers: { Accept: "application/json, text/html;q=0.9" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    // What stands between the page and the desk answers so while the desk is away.
    if (answer.status >= 502) throw new Error("away");
    return answer.ok ? (await answer.json()).there : "";
  };

  // The desk has something to say: the browser sends it and shows the page that comes.
  const show = (form, button) => {
    if (button?.name) {
      const said = document.createElement("input");
      Object.assign(said, { type: "hidden", name: button.name, value: button.value });
      form.append(said);
    }
    form.submit();
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-resend]")) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    const button = event.submitter;
    const note = document.getElementById(form.dataset.resend);
    note.hidden = true;
    button?.classList.add("is-busy");
    try {
      const there = await send(form, button);
      if (there) location.assign(there);
      else show(form, button);
    } catch {
      note.hidden = false;
      note.scrollIntoView({ block: "center" });
    } finally {
      sending = false;
      button?.classList.remove("is-busy");
    }
  }, true);
})();
