// Runs before the first paint, as its own file because inline scripts are forbidden by the page's policy.
const chosen = localStorage.getItem("salescoach.theme");
if (["light", "dark", "contrast"].includes(chosen ?? "")) document.documentElement.dataset.theme = chosen;
