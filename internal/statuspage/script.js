"use strict";
// The page is whole without this. With it, the main part is replaced every 15
// seconds, unless nobody looks.
(function () {
  var every = 15000, patience = 10000, timer = 0;
  var live = document.getElementById("live");
  var answered = new Date();

  function lost(why) {
    live.className = "lost";
    live.textContent = why + " What you see is of " + answered.toLocaleTimeString() + ".";
    document.querySelector("main").className = "old";
  }

  // The element that has the focus is found again by its place among those that
  // can have it.
  function focusable() { return Array.prototype.slice.call(document.querySelectorAll("main a")); }

  function replace(text) {
    var next = new DOMParser().parseFromString(text, "text/html");
    var main = next.querySelector("main");
    if (!main) { return lost("The answer is not the status page: log in again, or reload."); }
    var x = window.scrollX, y = window.scrollY, links = focusable(), focused = links.indexOf(document.activeElement);
    var href = focused < 0 ? "" : links[focused].href;
    document.querySelector("main").replaceWith(document.adoptNode(main));
    document.title = next.title;
    links = focusable();
    if (href) {
      var again = links[focused] && links[focused].href === href ? links[focused] : links.find(function (a) { return a.href === href; });
      if (again) { again.focus({ preventScroll: true }); }
    }
    window.scrollTo(x, y);
    answered = new Date();
    live.className = live.textContent = "";
  }

  function refresh() {
    clearTimeout(timer);
    if (document.hidden) { return; } // goes on when it is seen again
    var abort = new AbortController();
    var limit = setTimeout(function () { abort.abort(); }, patience);
    fetch(location.href, { cache: "no-store", credentials: "same-origin", signal: abort.signal }).then(function (answer) {
      if (!answer.ok) { throw new Error("The exporter answers " + answer.status + "."); }
      return answer.text();
    }).then(replace).catch(function (error) {
      lost(/^The exporter/.test(error.message) ? error.message : "The exporter does not answer.");
    }).then(function () {
      clearTimeout(limit);
      timer = setTimeout(refresh, every);
    });
  }

  document.addEventListener("visibilitychange", function () { if (!document.hidden) { refresh(); } });
  timer = setTimeout(refresh, every);
})();
