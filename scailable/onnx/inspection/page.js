// Zoom, pan, search and details for the drawing. Everything that it shows is in the page already.
(() => {
  const canvas = document.querySelector(".canvas");
  const svg = canvas && canvas.querySelector("svg");
  if (!svg) return;
  const section = document.querySelector(".graph");
  const details = document.getElementById("details");
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const boxes = [...svg.querySelectorAll(".box")];
  const lines = [...svg.querySelectorAll(".line")];
  const whole = svg.viewBox.baseVal;
  const full = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let view = { ...full };

  section.classList.add("live");
  document.querySelector(".tools").hidden = false;
  svg.removeAttribute("width");
  svg.removeAttribute("height");

  const show = () => svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  const scale = () => Math.max(view.width / canvas.clientWidth, view.height / canvas.clientHeight);

  // At first the boxes are as large as text, with the first of them in the middle.
  function start() {
    const width = canvas.clientWidth;
    view = { x: full.x, y: full.y, width, height: canvas.clientHeight };
    const area = boxes.length ? boxes[0].querySelector("rect").getBBox() : full;
    view.x = area.x + area.width / 2 - width / 2;
    show();
  }
  function fit() {
    view = { ...full };
    show();
  }
  function zoom(factor, clientX, clientY) {
    const area = canvas.getBoundingClientRect();
    const across = clientX === undefined ? 0.5 : (clientX - area.left) / area.width;
    const along = clientY === undefined ? 0.5 : (clientY - area.top) / area.height;
    const width = view.width * factor;
    if (width < 60 || width > full.width * 4 + 4000) return;
    const height = view.height * factor;
    view = {
      x: view.x + (view.width - width) * across,
      y: view.y + (view.height - height) * along,
      width,
      height,
    };
    show();
  }
  function move(x, y) {
    view.x += x;
    view.y += y;
    show();
  }
  function middleOf(box) {
    const area = box.querySelector("rect").getBBox();
    view.x = area.x + area.width / 2 - view.width / 2;
    view.y = area.y + area.height / 2 - view.height / 2;
    show();
  }
  function choose(box) {
    boxes.forEach((each) => each.classList.toggle("chosen", each === box));
    const number = box && box.dataset.box;
    lines.forEach((line) => {
      line.classList.toggle("near", line.dataset.from === number || line.dataset.to === number);
    });
    details.hidden = !box;
    details.textContent = box ? box.dataset.about : "";
  }

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.12 : 1 / 1.12, event.clientX, event.clientY);
  }, { passive: false });
  let drag = null;
  canvas.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, moved: false };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const x = event.clientX - drag.x;
    const y = event.clientY - drag.y;
    if (!drag.moved && Math.hypot(x, y) < 4) return;
    drag = { x: event.clientX, y: event.clientY, moved: true };
    move(-x * scale(), -y * scale());
  });
  window.addEventListener("pointerup", () => {
    setTimeout(() => { drag = null; });
  });
  canvas.addEventListener("click", (event) => {
    if (drag && drag.moved) return;
    choose(event.target.closest(".box"));
  });
  canvas.addEventListener("keydown", (event) => {
    const step = 60 * scale();
    const ways = {
      ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step],
    };
    if (ways[event.key]) move(...ways[event.key]);
    else if (event.key === "+" || event.key === "=") zoom(1 / 1.2);
    else if (event.key === "-") zoom(1.2);
    else if (event.key === "0") fit();
    else if (event.key === "Escape") choose(null);
    else if (event.key === "Enter") choose(event.target.closest(".box"));
    else return;
    event.preventDefault();
  });
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    const hits = boxes.filter((box) => {
      const text = `${box.textContent} ${box.dataset.about}`.toLowerCase();
      const hit = !wanted || text.includes(wanted);
      box.classList.toggle("dim", !hit);
      return hit;
    });
    found.textContent = wanted ? `${hits.length} of ${boxes.length} boxes` : "";
    if (wanted && hits.length) middleOf(hits[0]);
  });
  document.getElementById("in").addEventListener("click", () => zoom(1 / 1.25));
  document.getElementById("out").addEventListener("click", () => zoom(1.25));
  document.getElementById("fit").addEventListener("click", fit);
  start();
})();
