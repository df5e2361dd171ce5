// Maps: of the cases, of one place, and one to pick a place on. Every page works without them.
// Leaflet sets styles by the object model, which the content security policy allows.
(() => {
  "use strict";
  if (!globalThis.L) return;
  // Where nothing is drawn and nothing is marked: the middle of the country.
  const NOWHERE = { at: [34.3, 108.9], zoom: 4 };
  const CLOSE = 16;

  const get = async (address) => {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.json();
  };

  const icon = (mark, letter) => {
    const sign = document.createElement("span");
    sign.className = "map-mark";
    sign.dataset.mark = mark;
    sign.textContent = letter;
    return L.divIcon({ html: sign, className: "", iconSize: [28, 28], iconAnchor: [14, 14] });
  };

  // A map with the areas on it; `settle` looks at all of them unless something else was looked at.
  const lay = (box) => {
    const map = L.map(box, { zoomControl: false, attributionControl: Boolean(box.dataset.tilesFrom), zoomSnap: 0.25 });
    L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
    // Below the points: a name never hides a sign.
    map.createPane("names").style.zIndex = 450;
    map.setView(NOWHERE.at, NOWHERE.zoom);
    if (box.dataset.tiles) {
      map.attributionControl?.setPrefix(false);
      const from = document.createElement("span");
      from.textContent = box.dataset.tilesFrom || "";
      L.tileLayer(box.dataset.tiles, { attribution: from.innerHTML, maxZoom: 19 }).addTo(map);
    }
    const areas = L.geoJSON(null, {
      interactive: false,
      style: { className: "map-area", stroke: true, fill: true },
      onEachFeature: (feature, layer) => {
        if (feature.properties.level !== "grid") return;
        const name = document.createElement("span");
        name.textContent = feature.properties.name;
        layer.bindTooltip(name, { pane: "names", permanent: true, direction: "center", className: "map-name" });
      },
    }).addTo(map);
    const ready = get(box.dataset.areas).then((found) => areas.addData(found)).catch((fault) => console.warn(fault));
    return { map, areas, ready };
  };

  const look = ({ map, areas }, points) => {
    const bounds = areas.getBounds();
    for (const point of points) bounds.extend(point);
    if (bounds.isValid()) map.fitBounds(bounds, { maxZoom: CLOSE, padding: [12, 12] });
  };

  const pointOf = (element) => (element.dataset.lat ? [Number(element.dataset.lat), Number(element.dataset.lon)] : null);

  const ofCases = async (box) => {
    const here = lay(box);
    const points = L.layerGroup().addTo(here.map);
    const list = () => document.getElementById("map-list");
    const draw = () => {
      points.clearLayers();
      const rows = [...list().querySelectorAll("[data-lat]")];
      for (const row of rows) {
        const link = row.querySelector("a");
        const marker = L.marker(pointOf(row), {
          icon: icon(row.dataset.mark, row.dataset.letter),
          title: row.querySelector(".map-words").innerText.replace(/\s+/g, " "),
          riseOnHover: true,
          zIndexOffset: ["late", "urgent"].includes(row.dataset.mark) ? 1000 : 0,
        });
        marker.bindPopup(() => link.cloneNode(true), { closeButton: false });
        marker.on("popupopen", () => row.classList.add("is-shown"));
        marker.on("popupclose", () => row.classList.remove("is-shown"));
        points.addLayer(marker);
      }
      return rows.map(pointOf);
    };
    const drawn = draw();
    await here.ready;
    look(here, drawn);
    document.addEventListener("htmx:afterSettle", (event) => event.target.id === "map-list" && draw());
    for (const box of document.querySelectorAll("[data-layer]")) follow(here.map, box);
  };

  // A layer of another part, fetched anew each minute as the list is.
  const follow = (map, box) => {
    const layer = L.geoJSON(null, {
      style: { className: "map-layer" },
      pointToLayer: (feature, at) => L.marker(at, { icon: icon("spot", feature.properties.letter || ""), title: feature.properties.name }),
      onEachFeature: (feature, part) => {
        const link = document.createElement(feature.properties.url ? "a" : "span");
        if (feature.properties.url) link.href = feature.properties.url;
        link.textContent = feature.properties.name;
        part.bindPopup(link, { closeButton: false });
      },
    });
    const fill = () => get(box.dataset.layer).then((found) => { layer.clearLayers(); layer.addData(found); }).catch((fault) => console.warn(fault));
    const show = () => (box.checked ? layer.addTo(map) : layer.remove());
    box.addEventListener("change", show);
    setInterval(() => document.hidden || fill(), 60_000);
    fill();
    show();
  };

  const ofSpot = async (box) => {
    const here = lay(box);
    const at = pointOf(box);
    L.marker(at, { icon: icon("spot", ""), title: box.dataset.here }).addTo(here.map);
    here.map.setView(at, CLOSE - 1);
  };

  // The place is in two fields of the form; the map writes them and follows them.
  const toPick = (box) => {
    const form = box.closest("form");
    const { lat, lon } = form.elements;
    const marker = L.marker([0, 0], { icon: icon("spot", ""), title: box.dataset.here, draggable: true, autoPan: true });
    let here;
    const set = (at, tell) => {
      marker.setLatLng(at).addTo(here.map);
      if (!tell) return;
      lat.value = at.lat.toFixed(6);
      lon.value = at.wrap().lng.toFixed(6);
      lon.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const follow = () => {
      const at = [Number(lat.value), Number(lon.value)];
      if (lat.value && lon.value && at.every(Number.isFinite)) set(L.latLng(at), false);
      else marker.remove();
    };
    const open = async () => {
      if (here) return;
      here = lay(box);
      here.map.on("click", (event) => set(event.latlng, true));
      marker.on("dragend", () => set(marker.getLatLng(), true));
      for (const field of [lat, lon]) field.addEventListener("change", follow);
      await here.ready;
      look(here, []);
      follow();
    };
    const details = box.closest("details");
    if (!details || details.open) open();
    details?.addEventListener("toggle", () => details.open && open());
  };

  // Other parts lay maps of their own with these.
  globalThis.deskMap = { lay, look, get, icon };

  const kinds = { cases: ofCases, spot: ofSpot, pick: toPick };
  for (const box of document.querySelectorAll("[data-map]")) kinds[box.dataset.map]?.(box);
})();
