const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const percent = (share) => (100 * share).toFixed(1) + " %";
const round = (number) => Number(number.toPrecision(4));

// --- What the model is -----------------------------------------------------------------------------------------------

let controls = [];

function showModel(model) {
  at("name").textContent = model.name;
  at("target").textContent = predicts(model);
  document.title = "Try " + model.name;
  at("version").textContent = "Version " + model.version + ", " + model.estimator;
  at("metrics").textContent = Object.entries(model.metrics)
    .map(([name, value]) => name.replaceAll("_", " ") + " " + round(value)).join(" · ");
  controls = model.features.map((feature, i) => controlOf(feature, i, model.example.features[i]));
  for (const element of document.querySelectorAll("#model, footer")) element.hidden = false;
  predict();
}

// --- One control for each feature ------------------------------------------------------------------------------------

// How the training data lay: eleven quantiles bound ten boxes of equal weight, so a narrow box is a tall one;
// boxes too narrow to see are drawn 2 % wide.
function distribution(feature) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 100 100");
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("aria-hidden", "true");
  const edges = feature.quantiles.map((edge) => 100 * (edge - feature.minimum) / (feature.maximum - feature.minimum));
  const boxes = edges.slice(1).map((edge, i) => ({ x: edges[i], width: Math.max(edge - edges[i], 2) }));
  const tallest = Math.max(...boxes.map((box) => 1 / box.width));
  for (const { x, width } of boxes) {
    const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const height = 100 / width / tallest;
    for (const [name, value] of Object.entries({ x, width, y: 100 - height, height })) box.setAttribute(name, value);
    picture.append(box);
  }
  return picture;
}

function numberControl(feature, id, value) {
  const span = feature.maximum - feature.minimum;
  const exact = make("input", { type: "number", id, step: "any", value: value ?? "" });
  const parts = [make("div", { className: "head" }, make("label", { htmlFor: id, textContent: feature.name }), exact)];
  if (span > 0) {
    const slider = make("input", { type: "range", min: feature.minimum, max: feature.maximum, step: "any" });
    slider.value = value ?? feature.mean;
    slider.setAttribute("aria-label", feature.name + ", from " + round(feature.minimum) + " to " + round(feature.maximum));
    slider.addEventListener("input", () => {
      const value = Number(slider.value);
      // Rounded, but never past the ends.
      exact.value = Math.min(Math.max(round(value), feature.minimum), feature.maximum);
    });
    exact.addEventListener("input", () => { if (exact.value !== "") slider.value = exact.value; });
    parts.push(distribution(feature), slider);
  }
  return { parts, input: exact, read: () => (exact.value === "" ? null : Number(exact.value)) };
}

function categoryControl(feature, id, value) {
  const input = make("select", { id });
  for (const category of feature.categories) input.append(new Option(category));
  if (feature.nullable) input.append(new Option("(missing)", ""));
  input.value = value ?? "";
  return {
    parts: [make("label", { htmlFor: id, textContent: feature.name }), input],
    input,
    read: () => (feature.nullable && input.selectedIndex === feature.categories.length ? null : input.value),
  };
}

function controlOf(feature, i, value) {
  const id = "feature-" + i;
  const control = (feature.kind === "number" ? numberControl : categoryControl)(feature, id, value);
  const problem = make("p", { className: "problem", id: id + "-problem" });
  control.input.setAttribute("aria-describedby", problem.id);
  at("features").append(make("div", { className: "feature" }, ...control.parts, problem));
  return { ...control, name: feature.name, problem };
}

// --- Ask, and show what comes ----------------------------------------------------------------------------------------

// One request at a time; what changes meanwhile is asked for after it. So dragging costs no more calls than are answered.
let asking = false;
let changed = false;

async function predict() {
  changed = true;
  if (asking) return;
  asking = true;
  while (changed) {
    changed = false;
    await predictOnce(controls.map((control) => control.read()));
  }
  asking = false;
}

async function predictOnce(features) {
  showRequest(features);
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await ask("predict", { method: "POST", headers, body: JSON.stringify({ features }) });
    if (answer.ok) return showPrediction(await answer.json());
    const { body, sentence, needsKey } = await refusal(answer);
    showJson(body);
    showProblem(sentence, body.details ?? []);
    at("again").hidden = !(answer.status === 429 || answer.status >= 500);
    if (needsKey) stop(sentence, true, () => { clear(); predict(); });
  } catch {
    showProblem(UNREACHABLE, []);
    at("again").hidden = false;
  }
}

const showJson = (body) => { at("json").textContent = JSON.stringify(body, null, 2); };

function showPrediction(body) {
  showJson(body);
  at("result").classList.remove("stale");
  showAnswer(body);
  at("warnings").replaceChildren(...(body.warnings ?? []).map((warning) =>
    make("p", { textContent: warning.feature + ": " + warning.problem + "." })));
  mark("", []);
}

function showProblem(sentence, details) {
  at("result").classList.add("stale");
  at("warnings").replaceChildren();
  mark(sentence, details);
}

function mark(sentence, details) {
  at("problem").textContent = sentence;
  at("again").hidden = true;
  for (const control of controls) {
    const found = details.find((detail) => detail.feature === control.name);
    control.problem.textContent = found ? found.problem : "";
    control.input.setAttribute("aria-invalid", Boolean(found));
  }
}

at("features").addEventListener("submit", (event) => event.preventDefault());
at("features").addEventListener("input", predict);
at("again").addEventListener("click", predict);
