// The fields of one move, and what was put into them.
const LONG = 120;

function control(field) {
  const control = document.createElement(field.kind === "text" && field.most > LONG ? "textarea" : field.kind === "choice" ? "select" : "input");
  control.className = "input";
  if (field.kind === "choice") control.append(...[["", "—"], ...field.choices].map(([code, name]) => new Option(name, code)));
  else if (field.kind === "text") control.maxLength = field.most;
  else if (field.kind === "flag") { control.type = "checkbox"; control.className = ""; }
  else if (field.kind === "date") control.type = "date";
  else control.inputMode = "decimal";
  return control;
}

function camera(field, many) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/*";
  input.multiple = many;
  return input;
}

// A canvas to sign on; its value is a PNG, or nothing while nobody has signed.
function pad(name) {
  const part = document.getElementById("crew-sign").content.cloneNode(true);
  const [canvas, clear] = [part.querySelector("canvas"), part.querySelector("button")];
  const pen = canvas.getContext("2d");
  let signed = false;
  const blank = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#111" });
    signed = false;
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...at(event));
    pen.stroke();
    signed = true;
  });
  clear.addEventListener("click", blank);
  blank();
  const file = () => signed ? new Promise((done) => canvas.toBlob(done, "image/png")) : null;
  return { part, file: async () => { const blob = await file(); return blob ? [{ name, file: blob, called: "signature.png" }] : []; } };
}

// Has a code sent to the customer; that alone needs the network.
function sender(send) {
  const part = document.getElementById("crew-code").content.cloneNode(true);
  const [button, told] = [part.querySelector("button"), part.querySelector("p")];
  button.addEventListener("click", async () => {
    button.disabled = true;
    told.textContent = await send();
    button.disabled = false;
  });
  return part;
}

// Draws the fields into `into`; the answer reads them: {changes, files}, or throws what is wrong.
export function build(into, move, prefix, words, send) {
  const readers = move.fields.map((field) => {
    const box = document.createElement("div");
    box.className = "field";
    const label = document.createElement("label");
    label.className = "field-label";
    label.textContent = field.label;
    const help = document.createElement("p");
    help.className = "field-help";
    help.textContent = field.help;
    const isPhotos = field.kind === "photos";
    const input = isPhotos ? camera(field, field.name !== "signature") : control(field);
    label.htmlFor = input.id = `${prefix}-${field.name}`;
    input.name = field.name;
    box.append(label);
    const signing = field.name === "signature" ? pad(field.name) : null;
    if (signing) box.append(signing.part);
    box.append(input, ...(field.help ? [help] : []));
    if (field.name === "code") { input.inputMode = "numeric"; box.append(sender(send)); }
    into.append(box);
    return { field, input, isPhotos, signing };
  });
  return async () => {
    const changes = {}, files = [];
    for (const { field, input, isPhotos, signing } of readers) {
      if (isPhotos) {
        const taken = [...input.files].map((file) => ({ name: field.name, file, called: file.name }));
        if (signing) taken.push(...await signing.file());
        if (taken.length > words.most) throw new Error(words.many);
        if (taken.some(({ file }) => file.size > words.bytes)) throw new Error(words.large);
        if (field.required && !taken.length) throw new Error(words.empty.replace("{label}", field.label));
        files.push(...taken);
      } else {
        const value = field.kind === "flag" ? input.checked : input.value.trim();
        if (field.required && value === "") throw new Error(words.empty.replace("{label}", field.label));
        if (value !== "") changes[field.name] = value;
      }
    }
    return { changes, files };
  };
}
