// --- The report ------------------------------------------------------------------------------------------------------

// This page holds the key, and nothing vouches for the report: the frame's empty sandbox lets it run nothing and reach
// nobody. The frame inherits this page's policy, which allows no inline style sheet but our own; so the report's go in as
// data, which the policy allows.
function showReport(html) {
  const sheets = /<style[^>]*>([^]*?)<\/style>/gi;
  const rules = [...html.matchAll(sheets)].map(([, text]) => text).join("\n");
  const link = '<link rel="stylesheet" href="data:text/css;charset=utf-8,' + encodeURIComponent(rules) + '">';
  at("report").srcdoc = html.replace(sheets, "").replace(/<\/head>/i, link + "$&");
  at("report").hidden = false;
}

async function loadReport() {
  at("report-says").textContent = "";
  try {
    const answer = await ask("report");
    if (answer.ok) return showReport(await answer.text());
    const { sentence, needsKey } = await refusal(answer);
    at("report-says").textContent = sentence;
    if (needsKey) stop(sentence, true, () => { clear(); loadReport(); });
  } catch {
    at("report-says").textContent = UNREACHABLE;
  }
}

at("show-report").addEventListener("click", loadReport);
