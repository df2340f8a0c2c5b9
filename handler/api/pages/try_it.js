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
