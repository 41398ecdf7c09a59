// The contents are open beside the text, and closed above it. The search index is loaded with the
// first use of the field: a script, because a page on disk may not read other files.
const contents = document.getElementById("contents");
const isWide = matchMedia("(min-width: 60.01rem)");
const fold = () => { contents.open = isWide.matches; };
isWide.addEventListener("change", fold);
fold();

const field = document.getElementById("search");
const found = document.getElementById("found");

function show() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  found.replaceChildren();
  found.hidden = words.length === 0 || typeof searchIndex === "undefined";
  if (found.hidden) return;
  const score = ([name, kind]) => {
    const lower = name.toLowerCase();
    return (kind === "guide" ? -20 : 0) + (lower.startsWith(words[0]) ? 0 : 50)
      + (lower.split(/[.(]/).includes(words[0]) ? 0 : 20) + lower.length;
  };
  const hits = searchIndex
    .filter(([name, , , summary]) =>
      words.every(word => `${name} ${summary}`.toLowerCase().includes(word)))
    .sort((one, other) => score(one) - score(other));
  for (const [name, kind, address, summary] of hits.slice(0, 30)) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = name;
    const note = document.createElement("small");
    note.textContent = `${kind}: ${summary}`;
    link.append(note);
    const item = document.createElement("li");
    item.append(link);
    found.append(item);
  }
  if (hits.length === 0) {
    const item = document.createElement("li");
    item.textContent = "Nothing found.";
    found.append(item);
  }
}

function load() {
  if (document.getElementById("search-index")) return;
  const script = document.createElement("script");
  script.id = "search-index";
  script.src = "search-index.js";
  script.onload = show;
  document.body.append(script);
}

field.addEventListener("focus", load);
field.addEventListener("input", () => { load(); show(); });
document.addEventListener("keydown", event => {
  if (event.key === "/" && document.activeElement !== field) {
    event.preventDefault();
    field.focus();
  } else if (event.key === "Escape") {
    field.value = "";
    show();
  } else if (event.key === "Enter" && document.activeElement === field) {
    found.querySelector("a")?.click();
  }
});
document.addEventListener("click", event => {
  if (!found.contains(event.target) && event.target !== field) found.hidden = true;
});
