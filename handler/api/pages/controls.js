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

function choiceControl(feature, id, value, choices) {
  const input = make("select", { id });
  for (const choice of choices) input.append(new Option(choice));
  if (feature.nullable) input.append(new Option("(missing)", ""));
  input.selectedIndex = value === null ? choices.length : choices.indexOf(value);
  return {
    parts: [make("label", { htmlFor: id, textContent: feature.name }), input],
    input,
    read: () => choices[input.selectedIndex] ?? null,
  };
}

// The values themselves are sent: codes are numbers.
const categoryControl = (feature, id, value) => choiceControl(feature, id, value, feature.categories);

function booleanControl(feature, id, value) {
  if (feature.nullable) return choiceControl(feature, id, value, [true, false]);
  const input = make("input", { type: "checkbox", id, checked: value });
  const label = make("label", { htmlFor: id, textContent: feature.name });
  return { parts: [make("div", { className: "head" }, label, input)], input, read: () => input.checked };
}

function textControl(feature, id, value) {
  const input = make("textarea", { id, rows: 3, value: value ?? "" });
  if (feature.max_length !== null) input.maxLength = feature.max_length;
  const label = make("label", { htmlFor: id, textContent: feature.name });
  if (!feature.nullable) return { parts: [label, input], input, read: () => input.value };
  const missing = make("input", { type: "checkbox", id: id + "-missing", checked: value === null });
  const show = () => { input.disabled = missing.checked; };
  missing.addEventListener("input", show);
  show();
  const choice = make("span", {}, missing, " ", make("label", { htmlFor: missing.id, textContent: "(missing)" }));
  missing.setAttribute("aria-label", feature.name + " (missing)");
  return {
    parts: [make("div", { className: "head" }, label, choice), input],
    input,
    read: () => (missing.checked ? null : input.value),
  };
}

const CONTROLS = { number: numberControl, category: categoryControl, boolean: booleanControl, text: textControl };

function controlOf(feature, i, value) {
  const id = "feature-" + i;
  const control = CONTROLS[feature.kind](feature, id, value);
  const problem = make("p", { className: "problem", id: id + "-problem" });
  control.input.setAttribute("aria-describedby", problem.id);
  at("features").append(make("div", { className: "feature" }, ...control.parts, problem));
  return { ...control, name: feature.name, problem };
}
