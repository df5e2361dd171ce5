// Shows what the camera took, beside its button, before it is sent. Without it the form works as well.
const SIDE = 144; // pixels, drawn at half that

async function show(input) {
  const old = input.nextElementSibling;
  if (old?.matches("canvas.photo-taken")) old.remove();
  const [file] = input.files;
  if (!file) return;
  let image;
  try {
    image = await createImageBitmap(file);
  } catch {
    return; // no picture: the desk says so when it is sent
  }
  if (input.files[0] !== file) return;
  const canvas = document.createElement("canvas");
  canvas.className = "photo-taken";
  canvas.width = canvas.height = SIDE;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", file.name);
  const scale = Math.max(SIDE / image.width, SIDE / image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  canvas.getContext("2d").drawImage(image, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
  input.after(canvas);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-photo]")) show(event.target);
});
