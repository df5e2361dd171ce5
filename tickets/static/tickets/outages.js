// Outages on a map: shown, or drawn corner by corner. The text of the form is what is sent.
(() => {
  "use strict";
  const desk = globalThis.deskMap;
  if (!desk) return;

  const shown = async (box) => {
    const here = desk.lay(box);
    const layer = L.geoJSON(null, {
      style: () => ({ className: "map-layer" }),
      onEachFeature: (feature, part) => {
        const words = document.createElement("span");
        words.textContent = feature.properties.name;
        part.bindPopup(words, { closeButton: false });
        part.on("add", () => { const path = part.getElement?.(); if (path) path.dataset.tone = feature.properties.tone; });
      },
    });
    const found = await desk.get(box.closest("[data-shown]").dataset.shown);
    await here.ready;
    layer.addTo(here.map);
    layer.addData(found);
    const bounds = layer.getBounds();
    if (bounds.isValid()) here.map.fitBounds(bounds, { maxZoom: 16, padding: [24, 24] });
    else desk.look(here, []);
  };

  const draw = async (box) => {
    const holder = box.closest("[data-words-of]");
    const words = document.getElementById(holder.dataset.wordsOf);
    const here = desk.lay(box);
    const figure = L.polygon([], { className: "map-layer", interactive: false }).addTo(here.map);
    const corners = L.layerGroup().addTo(here.map);
    let points = [];

    const paint = () => {
      figure.setLatLngs(points);
      corners.clearLayers();
      points.forEach((at, place) => {
        const corner = L.marker(at, { icon: desk.icon("busy", String(place + 1)), draggable: true, title: String(place + 1) });
        corner.on("dragend", () => { points[place] = corner.getLatLng(); paint(); write(); });
        corners.addLayer(corner);
      });
    };
    const write = () => {
      if (points.length < 3) { words.value = ""; return; }
      const ring = points.map((at) => [Number(at.wrap().lng.toFixed(6)), Number(at.lat.toFixed(6))]);
      words.value = JSON.stringify({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
    };
    // What was pasted shows on the map; only a plain polygon can be drawn on.
    const read = () => {
      let found;
      try { found = JSON.parse(words.value || "null"); } catch { found = null; }
      const rings = found?.type === "Polygon" ? found.coordinates : null;
      points = Array.isArray(rings) && rings.length === 1 ? rings[0].slice(0, -1).map(([lon, lat]) => L.latLng(lat, lon)) : [];
      paint();
    };
    here.map.on("click", (event) => { points.push(event.latlng); paint(); write(); });
    words.addEventListener("change", read);
    holder.querySelector("[data-draw=undo]").addEventListener("click", () => { points.pop(); paint(); write(); });
    holder.querySelector("[data-draw=clear]").addEventListener("click", () => { points = []; paint(); write(); });
    await here.ready;
    read();
    desk.look(here, points);
  };

  const kinds = { shown, draw };
  for (const box of document.querySelectorAll("[data-map]")) kinds[box.dataset.map]?.(box);
})();
