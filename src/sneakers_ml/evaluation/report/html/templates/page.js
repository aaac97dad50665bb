"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const pictures = read("pictures");
  for (const image of document.querySelectorAll("img[data-photo]")) image.src = pictures[image.dataset.photo];

  // The contents show where one is.
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      const link = links.get(entry.target.id), nav = link.closest("nav");
      link.setAttribute("aria-current", "true");
      nav.scrollLeft = link.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
    }
  }, { rootMargin: "-10% 0px -80% 0px" });
  for (const id of links.keys()) seen.observe(document.getElementById(id));

  const tiles = document.getElementById("failure-tiles");
  if (tiles) {
    const [source, brand] = ["failure-source", "failure-brand"].map((id) => document.getElementById(id));
    const filter = () => {
      let shown = 0;
      for (const tile of tiles.children) {
        tile.hidden = (source.value && tile.dataset.source !== source.value) || (brand.value && tile.dataset.brand !== brand.value);
        shown += !tile.hidden;
      }
      document.getElementById("failure-count").textContent = `${shown} shown`;
    };
    source.form.hidden = false;
    source.addEventListener("change", filter);
    brand.addEventListener("change", filter);
    filter();
  }

  const map = read("map-data");
  if (map) drawMap(map);

  function drawMap({ points, colours }) {
    const SVG = "http://www.w3.org/2000/svg";
    // Colour and shape both step with each value, so that no value differs from all others by its colour alone.
    const COLOURS = ["#3b82c4", "#d9772b", "#3f9f63", "#9a67bd", "#c3a11d", "#d0455a", "#23a6b5", "#d66fae", "#95694a", "#7fab2e", "#7f8df0"];
    const SHAPES = ["M-8 0a8 8 0 1 0 16 0a8 8 0 1 0 -16 0z", "M-7 -7h14v14h-14z", "M0 -10l9 16h-18z", "M0 -10l9 10l-9 10l-9 -10z"];
    const look = (code, values) => values[code] === "others" && code === values.length - 1 && code > 20
      ? { fill: "#8b949e", shape: SHAPES[0] }
      : { fill: COLOURS[code % COLOURS.length], shape: SHAPES[code % SHAPES.length] };
    const make = (name, attributes) => {
      const element = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      return element;
    };
    const svg = document.getElementById("map-svg"), card = document.getElementById("map-card");
    const legend = document.getElementById("map-legend"), frame = svg.parentElement;
    frame.closest(".map").hidden = false;
    const marks = points.map(([x, y]) => svg.appendChild(make("path", { class: "point", transform: `translate(${x} ${y})` })));
    let colour = colours[0], single = null, picked = -1;

    function paint() {
      marks.forEach((mark, number) => {
        const { fill, shape } = look(colour.codes[number], colour.values);
        mark.setAttribute("d", shape);
        mark.setAttribute("fill", fill);
        mark.classList.toggle("faded", single !== null && colour.codes[number] !== single);
      });
      for (const button of legend.querySelectorAll("button")) button.setAttribute("aria-pressed", String(Number(button.value) === single));
    }

    function list() {
      legend.replaceChildren(...colour.values.map((value, code) => {
        const { fill, shape } = look(code, colour.values), item = document.createElement("li");
        const button = item.appendChild(document.createElement("button"));
        button.type = "button";
        button.value = code;
        const sample = button.appendChild(make("svg", { viewBox: "-12 -12 24 24", "aria-hidden": "true" }));
        sample.append(make("path", { d: shape, fill }));
        button.append(`${value} (${colour.codes.filter((each) => each === code).length})`);
        button.addEventListener("click", () => { single = single === code ? null : code; paint(); });
        return item;
      }));
    }

    function show(number) {
      if (picked >= 0) marks[picked].classList.remove("picked");
      picked = number;
      card.hidden = number < 0;
      if (number < 0) return;
      marks[number].classList.add("picked");
      const [x, y, picture, title] = points[number];
      card.querySelector("img").src = pictures[picture];
      card.querySelector("img").alt = title;
      card.querySelector("figcaption").textContent = [title, ...colours.map((each) => `${each.name}: ${each.values[each.codes[number]]}`)].filter(Boolean).join(" · ");
      const scale = frame.clientWidth / svg.viewBox.baseVal.width;
      const left = (x - svg.viewBox.baseVal.x) * scale, top = (y - svg.viewBox.baseVal.y) * scale;
      const { offsetWidth: width, offsetHeight: height } = card;
      card.style.left = `${Math.max(0, Math.min(left + 14 + width > frame.clientWidth ? left - 14 - width : left + 14, frame.clientWidth - width))}px`;
      card.style.top = `${Math.max(0, Math.min(top - height / 2, frame.clientHeight - height))}px`;
    }

    const reachable = (number) => single === null || colour.codes[number] === single;
    function nearest(event, reach) {
      const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
      const x = (event.clientX - box.left) * scale + svg.viewBox.baseVal.x, y = (event.clientY - box.top) * scale + svg.viewBox.baseVal.y;
      let best = -1, distance = (reach * scale) ** 2;
      points.forEach(([px, py], number) => {
        const here = (px - x) ** 2 + (py - y) ** 2;
        if (here < distance && reachable(number)) [best, distance] = [number, here];
      });
      return best;
    }

    svg.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") show(nearest(event, 18)); });
    svg.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") show(-1); });
    svg.addEventListener("click", (event) => show(nearest(event, 30)));
    const order = points.map((_, number) => number).sort((a, b) => points[a][0] - points[b][0] || points[a][1] - points[b][1]);
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") show(-1);
      if (!step) return;
      event.preventDefault();
      const steps = order.filter(reachable), at = steps.indexOf(picked);
      show(steps[at < 0 ? 0 : (at + step + steps.length) % steps.length]);
    });
    for (const input of document.querySelectorAll('input[name="colour"]')) {
      input.addEventListener("change", () => { colour = colours[Number(input.value)]; single = null; list(); paint(); });
    }
    list();
    paint();
  }
})();
