// Digits choose a finding while the focus is on the findings; Ctrl+Enter records. Everything works without it.
const constat = document.getElementById("constat");
if (constat) {
  const choix = [...constat.querySelectorAll("input[name=constat]")];
  (choix.find((un) => un.checked) ?? choix[0])?.focus();
  constat.querySelector(".choix")?.addEventListener("keydown", (evenement) => {
    const rang = /^(?:Digit|Numpad)([1-9])$/.exec(evenement.code)?.[1];
    const voulu = rang && choix.find((un) => un.dataset.rang === rang);
    if (voulu) {
      evenement.preventDefault();
      voulu.checked = true;
      voulu.focus();
    }
  });
  document.addEventListener("keydown", (evenement) => {
    if (evenement.key === "Enter" && (evenement.ctrlKey || evenement.metaKey)) {
      constat.requestSubmit();
    }
  });
}
