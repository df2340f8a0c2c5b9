// --- What is predicted, and what was, for each task -------------------------------------------------------------------

const ofTarget = (target) => target.name + ": "
  + (target.classes.length ? "one of " + target.classes.join(", ") : "a number");

function predicts(model) {
  const [first] = model.targets;
  switch (model.task) {
    case "outlier_detection": return "Tells outliers from inliers.";
    case "clustering": return "Predicts the number of a cluster.";
    case "multilabel": return "Predicts " + first.name + ": any of " + first.classes.join(", ") + ".";
    default: return "Predicts " + model.targets.map(ofTarget).join("; ") + ".";
  }
}

const plain = (value) => (typeof value === "number" ? round(value) : value);

function predictionText(prediction) {
  if (Array.isArray(prediction)) return prediction.join(", ") || "no label";
  if (typeof prediction !== "object") return plain(prediction);
  return Object.entries(prediction).map(([target, value]) => target + ": " + plain(value)).join(" · ");
}

// One line for each probability or score: its name, its share of a bar or null, and its text.
function lines(body) {
  const shares = Object.entries(body.probabilities ?? {}).flatMap(([name, share]) => (typeof share === "number"
    ? [[name, share]]
    : Object.entries(share).map(([label, one]) => [name + ": " + label, one])));
  const scores = Object.entries(body.scores ?? (body.score === undefined ? {} : { score: body.score }));
  return [
    ...shares.map(([name, share]) => [name, share, percent(share)]),
    ...scores.map(([name, score]) => [name, null, String(round(score))]),
  ];
}

function showAnswer(body) {
  at("prediction").textContent = predictionText(body.prediction);
  const list = at("probabilities");
  const shown = lines(body);
  if (list.children.length !== 3 * shown.length) {
    list.replaceChildren(...shown.flatMap(([name]) => [
      make("dt", { textContent: name }),
      make("dd", { className: "track" }, make("div")),
      make("dd", { className: "share" }),
    ]));
  }
  shown.forEach(([, share, text], i) => {
    const [, track, number] = [...list.children].slice(3 * i, 3 * i + 3);
    track.style.visibility = share === null ? "hidden" : "visible";
    track.firstChild.style.width = 100 * share + "%";
    number.textContent = text;
  });
}
