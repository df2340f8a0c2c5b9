// Gives names to what the theme's scripts add to a page without one, and lets a table that scrolls be scrolled by keys.
const named = () => {
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
  for (const table of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) {
    table.tabIndex = 0;
    table.setAttribute("role", "group");
    table.setAttribute("aria-label", "Table");
  }
  for (const [place, buttons] of document.querySelectorAll(".md-code__nav").entries()) {
    buttons.setAttribute("aria-label", `Code ${place + 1}`);
  }
};
named();
new MutationObserver(named).observe(document.body, { childList: true, subtree: true });
