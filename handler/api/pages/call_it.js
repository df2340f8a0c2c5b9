// --- The request, to copy --------------------------------------------------------------------------------------------

const url = base + "predict";
const SNIPPETS = {
  curl: (body) => [
    "curl -X POST '" + url + "' \\",
    "  -H 'Content-Type: application/json' -H 'x-api-key: YOUR_KEY' \\",
    "  -d '" + body.replaceAll("'", "'\\''") + "'",
  ],
  python: (body) => [
    "import json, urllib.request", "",
    "request = urllib.request.Request(",
    "    " + JSON.stringify(url) + ",",
    "    data=json.dumps(json.loads(" + JSON.stringify(body) + ")).encode(),",
    '    headers={"Content-Type": "application/json", "x-api-key": "YOUR_KEY"},', ")",
    "print(json.load(urllib.request.urlopen(request)))",
  ],
  javascript: (body) => [
    "const answer = await fetch(" + JSON.stringify(url) + ", {",
    '  method: "POST",',
    '  headers: { "Content-Type": "application/json", "x-api-key": "YOUR_KEY" },',
    "  body: JSON.stringify(" + body + "),",
    "});",
    "console.log(await answer.json());",
  ],
};
const tabs = [...document.querySelectorAll("[role=tab]")];
let shown = "curl";

function showRequest(features = controls.map((control) => control.read())) {
  at("request").textContent = SNIPPETS[shown](JSON.stringify({ features })).join("\n");
}

function choose(tab) {
  shown = tab.textContent.toLowerCase();
  for (const other of tabs) {
    other.setAttribute("aria-selected", other === tab);
    other.tabIndex = other === tab ? 0 : -1;
  }
  at("request").setAttribute("aria-labelledby", tab.id);
  showRequest();
}

for (const [i, tab] of tabs.entries()) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(i + step + tabs.length) % tabs.length];
    choose(next);
    next.focus();
  });
}
at("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(at("request").textContent);
    at("copied").textContent = "Copied.";
  } catch { // browsers allow it on https and on localhost alone
    getSelection().selectAllChildren(at("request"));
    at("copied").textContent = "Selected: now press Ctrl+C.";
  }
});
