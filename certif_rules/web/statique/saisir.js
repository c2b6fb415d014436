// Saisir by the keyboard: digits on the findings, Tab to what comes next, Ctrl+Enter, Alt+arrows, Ctrl+K, Ctrl+Z;
// what was typed is recorded before another line is shown. Everything works without it.
import { envoyer, visiter } from "./espace.js";
import { proposer } from "./liste.js";

const id = (nom) => document.getElementById(nom);
const formulaire = () => id("constat");
let depart = "";
let ligne = "";
let essai;

const dit = () => {
  const donnees = new FormData(formulaire());
  return JSON.stringify([...donnees].filter(([nom]) => !["csrfmiddlewaretoken", "base", "chercher"].includes(nom)));
};
const change = () => formulaire().hasAttribute("data-saisie") || dit() !== depart;
const choisis = () => [...document.querySelectorAll("input[name=constat]")];
const choisi = () => choisis().find((un) => un.checked);

function viserConstats() {
  const tous = choisis();
  (choisi() ?? tous[0] ?? id("passer") ?? id("precedente"))?.focus({ preventScroll: true });
}

// What a finding would entail is asked for once the arrows rest.
function dire() {
  const voulu = choisi();
  const enonce = id("enonce");
  if (enonce) enonce.textContent = voulu?.hasAttribute("data-ecart") ? enonce.dataset.ecart : enonce.dataset.sinon;
  clearTimeout(essai);
  if (!voulu) return;
  const adresse = `${formulaire().dataset.effets}&constat=${encodeURIComponent(voulu.value)}`;
  essai = setTimeout(async () => {
    try {
      const reponse = await fetch(adresse);
      const page = new DOMParser().parseFromString(await reponse.text(), "text/html");
      if (reponse.ok && choisi() === voulu) id("effets").replaceChildren(...page.body.childNodes);
    } catch {
      // Said once it is recorded.
    }
  }, 120);
}

// After the findings: the statement of a gap, else the proofs.
function apresConstats() {
  const suite = choisi()?.hasAttribute("data-ecart") ? id("commentaire") : id("preuve");
  suite?.focus();
}

function poser(valeur, mots) {
  const champ = id("preuve");
  champ.value = "";
  if (!mots) return;
  const meme = [...document.querySelectorAll("#connues option")].find((un) => un.value === mots);
  const connue = valeur || meme?.dataset.id;
  const puce = document.createElement("li");
  puce.className = "puce";
  const texte = document.createElement("span");
  texte.textContent = mots;
  const cache = document.createElement("input");
  cache.type = "hidden";
  cache.name = connue ? "lier" : "nouvelle";
  cache.value = connue || mots;
  const retirer = document.createElement("button");
  retirer.type = "button";
  retirer.textContent = "×";
  retirer.setAttribute("aria-label", `Retirer ${mots}`);
  retirer.addEventListener("click", () => {
    puce.remove();
    champ.focus();
  });
  puce.append(texte, cache, retirer);
  id("puces").append(puce);
  champ.focus();
}

function aller(cible) {
  if (!change()) return visiter(cible.dataset.adresse);
  return envoyer(formulaire(), cible);
}

function brancher() {
  const ici = formulaire();
  if (!ici || ici.dataset.branche) return;
  ici.dataset.branche = "1";
  depart = dit();
  const champ = id("preuve");
  if (champ) {
    const connues = () => [...document.querySelectorAll("#connues option")].map((un) => [un.dataset.id, un.value]);
    proposer(champ, connues, poser);
    id("ajouter").addEventListener("click", (evenement) => {
      evenement.preventDefault();
      poser("", champ.value.trim());
    });
  }
  const constats = ici.querySelector(".constats");
  constats?.addEventListener("change", dire);
  constats?.addEventListener("click", (evenement) => {
    // A mouse goes on by itself; detail is 0 where an arrow chose.
    if (evenement.detail && evenement.target.matches("input")) apresConstats();
  });
  constats?.addEventListener("keydown", (evenement) => {
    const rang = /^(?:Digit|Numpad)(\d)$/.exec(evenement.code)?.[1];
    const voulu = rang && choisis().find((un) => un.dataset.rang === rang);
    if (evenement.ctrlKey || evenement.altKey || evenement.metaKey) return;
    if (voulu) {
      evenement.preventDefault();
      voulu.checked = true;
      voulu.focus();
      dire();
    } else if (evenement.key === "Tab" && !evenement.shiftKey && choisi()) {
      evenement.preventDefault();
      apresConstats();
    }
  });
  const autre = ici.dataset.ligne !== ligne;
  ligne = ici.dataset.ligne;
  const faute = ici.querySelector("[aria-invalid]");
  if (faute) faute.focus();
  else if (autre) viserConstats();
  document.querySelector(".damier [aria-current=true][data-ligne]")?.scrollIntoView({ block: "nearest" });
}

function chercher() {
  const champ = id("aller");
  if (!champ || champ.dataset.branche) return;
  champ.dataset.branche = "1";
  const cases = () => [...document.querySelectorAll(".damier [data-ligne]")];
  // Lines, then the questions whose answer may be corrected.
  const choix = () => [
    ...cases().map((une) => [une.dataset.ligne, une.getAttribute("aria-label")]),
    ...[...document.querySelectorAll("#faits option")].map((une) => [une.dataset.adresse, une.value]),
  ];
  proposer(champ, choix, (valeur) => {
    const voulue = cases().find((une) => une.dataset.ligne === valeur);
    champ.value = "";
    if (voulue) aller(voulue);
    else if (valeur) location.assign(valeur);
  });
}

const dansTexte = (element) => element.matches("textarea, select, input:not([type=radio], [type=checkbox])");

document.addEventListener("keydown", (evenement) => {
  if (!formulaire()) return;
  const commande = evenement.ctrlKey || evenement.metaKey;
  // Alt + ↓ opens a list of choices.
  const alternative = evenement.altKey && !evenement.target.matches("select");
  const gestes = [
    [commande && evenement.key === "Enter", () => formulaire().requestSubmit(id("suivante") ?? id("passer"))],
    [commande && evenement.code === "KeyK" && id("aller")?.offsetParent, () => id("aller").focus()],
    [commande && evenement.key.toLowerCase() === "z" && !evenement.shiftKey && !dansTexte(evenement.target), () => id("annuler").click()],
    [alternative && evenement.key === "ArrowUp", () => id("precedente")?.click()],
    [alternative && evenement.key === "ArrowDown", () => id("passer")?.click()],
  ];
  const geste = gestes.find(([quand]) => quand);
  if (geste) {
    evenement.preventDefault();
    geste[1]();
  }
});
document.addEventListener("click", (evenement) => {
  const cible = evenement.target.closest?.(".saisie button[data-ligne]");
  if (!cible) return;
  evenement.preventDefault();
  aller(cible);
});
window.addEventListener("beforeunload", (evenement) => {
  if (formulaire() && dit() !== depart) evenement.preventDefault();
});
const tout = () => {
  brancher();
  chercher();
};
document.addEventListener("montre", tout);
tout();
