/*
 * track.js - an extra: every page works without it. Keys (/ searches, the
 * arrows go one period back and forward), what a column holds written below
 * its chart, and a page that follows the database: it asks again at most every
 * 5 seconds, never in a hidden tab, and takes over what the server answers.
 */
(function () {
  "use strict";

  var every = 5000, asked = 0, tag = null, busy = false;

  function typing(e) {
    return e.target.closest && e.target.closest("input,select,textarea,[contenteditable]");
  }

  document.addEventListener("keydown", function (e) {
    var go;
    if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || typing(e)) return;
    if (e.key === "/") {
      go = document.querySelector(".find input");
      if (go) { e.preventDefault(); go.focus(); }
      return;
    }
    /* a table that can be scrolled keeps its arrows */
    if (e.target.closest && e.target.closest(".scroll,details,summary")) return;
    go = e.key === "ArrowLeft" ? "prev" : e.key === "ArrowRight" ? "next" : null;
    go = go && document.querySelector(".range a[rel=" + go + "]");
    if (go) { e.preventDefault(); go.click(); }
  });

  function readouts() {
    document.querySelectorAll("figure").forEach(function (figure) {
      var line;
      if (!figure.querySelector(".hit")) return;
      line = document.createElement("p");
      line.className = "read";
      line.setAttribute("aria-hidden", "true"); /* the table says the same */
      figure.appendChild(line);
      figure.addEventListener("pointerover", function (e) {
        var a = e.target.closest("a"), title = a && a.querySelector("title");
        line.textContent = title ? title.textContent : "";
      });
      figure.addEventListener("pointerleave", function () { line.textContent = ""; });
    });
  }

  /* Something on the page is being used: it must not change below the hand. */
  function inUse() {
    var a = document.activeElement;
    return document.hidden || document.querySelector("main details[open], .filter[open]") ||
      (a && a.closest("main form, .filter, .find")) || String(window.getSelection()) !== "";
  }

  function take(text) {
    var page = new DOMParser().parseFromString(text, "text/html");
    ["header", "main", "footer"].forEach(function (name) {
      var now = document.querySelector(name), next = page.querySelector(name);
      if (now && next) now.replaceWith(document.adoptNode(next));
    });
    document.title = page.title;
    document.body.dataset.generation = page.body.dataset.generation || "";
    readouts();
  }

  function look() {
    if (busy || inUse() || Date.now() - asked < every) return;
    busy = true;
    asked = Date.now();
    fetch(location.href, { cache: "no-cache", credentials: "same-origin", headers: { Accept: "text/html" } })
      .then(function (r) {
        var seen = r.headers.get("ETag");
        if (!r.ok || !seen || seen === tag) return;
        return r.text().then(function (text) {
          /* the first answer is the page itself, unless something came in between */
          var same = tag === null && text.indexOf('data-generation="' + document.body.dataset.generation + '"') >= 0;
          if (!same && inUse()) return;
          if (!same) take(text);
          tag = seen;
        });
      })
      .catch(function () { /* the server is away: the page stays as it is */ })
      .then(function () { busy = false; });
  }

  readouts();
  if (document.body.dataset.generation && /^https?:$/.test(location.protocol) &&
      !document.querySelector("meta[http-equiv=refresh]")) {
    look();
    setInterval(look, 1000);
    document.addEventListener("visibilitychange", look);
  }
}());
