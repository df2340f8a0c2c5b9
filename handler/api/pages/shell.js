"use strict";
// What each page begins with: it holds nothing of the model, and asks the service for what it shows. The first request
// carries no key; where the service asks for one, the person is asked. The key stays in this variable and nowhere else.
let key = "";
let goOn = () => {};
const at = (id) => document.getElementById(id);
const UNREACHABLE = "The service could not be reached, or its answer not be read.";

async function ask(path, options = {}) {
  const headers = { ...options.headers, ...(key ? { "x-api-key": key } : {}) };
  return fetch(base + path, { cache: "no-store", signal: AbortSignal.timeout(30000), ...options, headers });
}

// The gateway does not say which of the two it is.
const aboutKey = () => (key ? "The service does not know this API key." : "The service asks for an API key.");

// What a refusal means to a person: the key, or what the service or the gateway before it says.
async function refusal(answer) {
  const body = await answer.json().catch(() => ({}));
  const needsKey = answer.status === 401 || answer.status === 403;
  const said = body.error ?? body.message ?? "The service answered " + answer.status + ".";
  return { body, needsKey, sentence: needsKey ? aboutKey() : said };
}

// Say why it does not go on; what the person then does leads to `next`.
function stop(sentence, needsKey, next) {
  at("says").textContent = sentence;
  at("key-form").hidden = !needsKey;
  at("retry").hidden = needsKey;
  at("gate").hidden = false;
  goOn = next;
  if (needsKey) at("key").focus();
}

const clear = () => { at("gate").hidden = true; at("says").textContent = ""; };

// Ask for the JSON at `path` until there is an answer, and give it to `show`.
async function load(path, show) {
  const again = () => load(path, show);
  let loaded;
  try {
    const answer = await ask(path);
    if (!answer.ok) {
      const { sentence, needsKey } = await refusal(answer);
      return stop(sentence, needsKey, again);
    }
    loaded = await answer.json();
  } catch {
    return stop(UNREACHABLE, false, again);
  }
  clear();
  show(loaded);
}

at("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  key = at("key").value.trim();
  at("key").value = "";
  // A header holds no other characters, so no key does.
  if (/^[!-~]+$/.test(key)) goOn();
  else stop(aboutKey(), true, goOn);
});
at("retry").addEventListener("click", () => goOn());
