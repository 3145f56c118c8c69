// The browser of examples. All text from the data is set as text, never as HTML, and only one page
// of pairs is in the document at a time.
"use strict";
(() => {
  const PER_PAGE = 10;
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const names = new Map(data.languages.map((one) => [one.code, one.name]));
  const seeds = [...new Set(data.runs.map((run) => run.seed))];
  const methods = [...new Set(data.runs.map((run) => run.method))];
  const lowered = new Map();
  let found = [];
  let page = 0;

  function make(tag, text, attributes = {}) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  function fill(select, choices) {
    const before = select.value;
    select.replaceChildren(...choices.map(([value, text]) => make("option", text, { value })));
    if (choices.some(([value]) => value === before)) select.value = before;
  }

  function runOf(method, language) {
    const seed = Number(at("seed").value);
    return data.runs.find(
      (run) => run.method === method && run.language === language && run.seed === seed,
    );
  }

  function languagesOf(method) {
    const known = new Set(
      data.runs.filter((run) => run.method === method).map((run) => run.language),
    );
    return data.languages.filter((one) => known.has(one.code));
  }

  function offerLanguages() {
    fill(at("language"), languagesOf(at("method").value).map((one) => [one.code, one.name]));
  }

  function begin() {
    const labels = data.labels.map((label, number) => [String(number), label]);
    fill(at("method"), methods.map((name) => [name, name]));
    fill(at("seed"), seeds.map((seed) => [String(seed), String(seed)]));
    fill(at("label"), [["any", "any"], ...labels]);
    fill(at("said"), [["any", "anything"], ...labels]);
    fill(at("template"), [
      ["any", "any"],
      ...data.templates.map((name, number) => [String(number), name.replaceAll("_", " ")]),
    ]);
    at("of-seed").hidden = seeds.length < 2;
    at("of-template").hidden = data.templates.length === 0;
    start();
  }

  function start() {
    at("method").value = data.start.method;
    offerLanguages();
    at("language").value = data.start.language;
    at("seed").value = String(data.start.seed);
  }

  function texts(code) {
    if (!lowered.has(code)) {
      lowered.set(code, data.sentences[code].map((text) => text.toLowerCase()));
    }
    return lowered.get(code);
  }

  // Which sentences hold the words, in any language; null where none are asked for.
  function withWords() {
    const words = at("words").value.trim().toLowerCase();
    if (words === "") return null;
    const columns = data.languages.map((one) => texts(one.code));
    return columns[0].map((_, number) => columns.some((column) => column[number].includes(words)));
  }

  function search() {
    const run = runOf(at("method").value, at("language").value);
    const [outcome, label, said, template, held] = ["outcome", "label", "said", "template", "held"]
      .map((id) => at(id).value);
    const worded = withWords();
    found = [];
    let right = 0;
    for (let pair = 0; pair < data.label.length; pair += 1) {
      const sentence = data.sentence[pair];
      if (label !== "any" && data.label[pair] !== label) continue;
      if (template !== "any" && data.template[sentence] !== Number(template)) continue;
      if (held !== "any" && data.held_out[sentence] !== held) continue;
      if (worded !== null && !worded[sentence]) continue;
      const isRight = run !== undefined && run.said[pair] === data.label[pair];
      if (outcome !== "any" && (run === undefined || isRight !== (outcome === "right"))) continue;
      if (said !== "any" && (run === undefined || run.said[pair] !== said)) continue;
      found.push(pair);
      if (isRight) right += 1;
    }
    const all = data.label.length.toLocaleString("en");
    const share = found.length ? ((100 * right) / found.length).toFixed(1) : "0.0";
    const told = run !== undefined && found.length > 0 && outcome === "any";
    at("count").textContent = `${found.length.toLocaleString("en")} of ${all} pairs` + (
      told ? `; ${run.method} has ${share} % of them right.` : "."
    );
    show(0);
  }

  function badge(run, pair) {
    if (run === undefined) return make("span", "", {});
    const right = run.said[pair] === data.label[pair];
    const mark = right ? "✓ " : "✗ ";
    const element = make("span", mark + data.labels[run.said[pair]], {
      class: `said ${right ? "right" : "wrong"}`,
    });
    element.append(make("span", right ? " (right)" : " (wrong)", { class: "quiet" }));
    return element;
  }

  function cell(row, content, tag = "td") {
    // Said, as a narrow screen lays them out as blocks, which are no table to a screen reader.
    const element = make(tag, undefined, { role: tag === "th" ? "rowheader" : "cell" });
    element.append(content);
    row.append(element);
  }

  function picture(pair) {
    const image = data.images[data.image[pair]];
    if (image === "") return make("div", "no picture", { class: "missing" });
    return make("img", undefined, {
      src: `data:image/webp;base64,${image}`,
      alt: `Picture ${data.image[pair] + 1} of the test set`,
      width: 144,
      height: 144,
    });
  }

  function sentences(pair) {
    const method = at("method").value;
    const table = make("table", undefined, { role: "table" });
    table.append(make("caption", `What ${method} says`, { class: "quiet" }));
    const teacher = data.runs.find((run) => run.language === "en" && run.method !== method);
    for (const { code, name } of data.languages) {
      const row = make("tr", undefined, { role: "row" });
      let run = runOf(method, code);
      cell(row, name, "th");
      cell(row, make("span", data.sentences[code][data.sentence[pair]], { lang: code, dir: "auto" }));
      const said = make("span");
      if (run === undefined && code === "en" && teacher !== undefined) {
        run = runOf(teacher.method, "en");
        said.append(badge(run, pair), make("span", ` ${teacher.method}`, { class: "quiet" }));
      } else {
        said.append(badge(run, pair));
      }
      cell(row, said);
      table.append(row);
    }
    return table;
  }

  function everyMethod(pair) {
    const details = make("details");
    details.append(make("summary", "What every model says"));
    details.addEventListener("toggle", () => {
      if (!details.open || details.querySelector("table")) return;
      const frame = make("div", undefined, {
        class: "scrolled", role: "region", tabindex: "0", "aria-label": "What every model says",
      });
      const table = make("table", undefined, { role: "table" });
      const seed = Number(at("seed").value);
      for (const run of data.runs.filter((one) => one.seed === seed)) {
        const row = make("tr", undefined, { role: "row" });
        cell(row, run.method, "th");
        cell(row, names.get(run.language));
        cell(row, badge(run, pair));
        table.append(row);
      }
      frame.append(table);
      details.append(frame);
    });
    return details;
  }

  function card(pair) {
    const article = make("article", undefined, { class: "pair" });
    const words = make("div");
    const sentence = data.sentence[pair];
    const facts = [data.held_out[sentence] === "1" ? "held-out sentence" : "sentence seen in training"];
    const template = data.templates[data.template[sentence]];
    if (template !== undefined) facts.push(template.replaceAll("_", " "));
    const heading = make("h3", `Label: ${data.labels[data.label[pair]]} `);
    heading.append(make("span", facts.join(", "), { class: "quiet" }));
    words.append(heading, sentences(pair), everyMethod(pair));
    const frame = make("div");
    frame.append(picture(pair));
    article.append(frame, words);
    return article;
  }

  function show(number) {
    const pages = Math.max(1, Math.ceil(found.length / PER_PAGE));
    page = Math.min(Math.max(0, number), pages - 1);
    at("pairs").replaceChildren(...found.slice(page * PER_PAGE, (page + 1) * PER_PAGE).map(card));
    at("page").value = String(page + 1);
    at("page").max = String(pages);
    at("pages").textContent = `of ${pages.toLocaleString("en")}`;
    at("first").disabled = at("previous").disabled = page === 0;
    at("last").disabled = at("next").disabled = page === pages - 1;
    at("pager").hidden = found.length === 0;
  }

  function turn(number) {
    show(number);
    // A reader who turns the page wants its beginning.
    at("count").scrollIntoView({ block: "start" });
  }

  begin();
  at("filters").hidden = false;
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  at("filters").addEventListener("reset", () => setTimeout(() => { start(); search(); }));
  at("method").addEventListener("change", offerLanguages);
  at("filters").addEventListener("change", search);
  at("words").addEventListener("input", search);
  at("first").addEventListener("click", () => turn(0));
  at("previous").addEventListener("click", () => turn(page - 1));
  at("next").addEventListener("click", () => turn(page + 1));
  at("last").addEventListener("click", () => turn(Math.ceil(found.length / PER_PAGE) - 1));
  at("page").addEventListener("change", () => turn(Number(at("page").value) - 1));
  search();
})();
