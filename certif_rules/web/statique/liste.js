// A field that proposes as one types: a listbox of our own, where the first choice is taken by Enter.
const pli = (texte) => texte.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
let nombre = 0;

// « choix » gives the choices now, [value, words, start]; « prendre » takes one, or what was typed (value empty).
export function proposer(champ, choix, prendre) {
  nombre += 1;
  const liste = document.createElement("ul");
  liste.id = `liste-${nombre}`;
  liste.className = "liste";
  liste.hidden = true;
  liste.setAttribute("role", "listbox");
  liste.setAttribute("aria-label", "Propositions");
  champ.removeAttribute("list");
  champ.setAttribute("role", "combobox");
  champ.setAttribute("aria-autocomplete", "list");
  champ.setAttribute("aria-expanded", "false");
  champ.setAttribute("aria-controls", liste.id);
  champ.after(liste);
  let montres = [];
  let rang = -1;

  const viser = (un) => {
    rang = un;
    [...liste.children].forEach((ligne, ici) => ligne.setAttribute("aria-selected", String(ici === rang)));
    if (rang < 0) champ.removeAttribute("aria-activedescendant");
    else {
      champ.setAttribute("aria-activedescendant", liste.children[rang].id);
      liste.children[rang].scrollIntoView({ block: "nearest" });
    }
  };
  const fermer = () => {
    liste.hidden = true;
    montres = [];
    viser(-1);
    champ.setAttribute("aria-expanded", "false");
  };
  const ouvrir = () => {
    const cherche = pli(champ.value.trim());
    liste.replaceChildren();
    if (!cherche) return fermer();
    montres = choix().filter(([, mots]) => pli(mots).includes(cherche));
    montres.sort((un, deux) => Number(!pli(un[1]).startsWith(cherche)) - Number(!pli(deux[1]).startsWith(cherche)));
    montres = montres.slice(0, 8);
    montres.forEach(([, mots], ici) => {
      const ligne = document.createElement("li");
      ligne.id = `${liste.id}-${ici}`;
      ligne.setAttribute("role", "option");
      ligne.textContent = mots;
      // The field keeps the focus: a choice is taken before it would lose it.
      ligne.addEventListener("mousedown", (evenement) => {
        evenement.preventDefault();
        retenir(ici);
      });
      liste.append(ligne);
    });
    liste.hidden = !montres.length;
    champ.setAttribute("aria-expanded", String(!liste.hidden));
    viser(montres.length ? 0 : -1);
    return undefined;
  };
  const retenir = (ici) => {
    const [valeur, mots] = montres[ici] ?? ["", champ.value.trim()];
    fermer();
    prendre(valeur, mots);
  };
  champ.addEventListener("input", ouvrir);
  champ.addEventListener("blur", fermer);
  champ.addEventListener("keydown", (evenement) => {
    if (evenement.ctrlKey || evenement.metaKey || evenement.altKey) return;
    if (evenement.key === "Escape") fermer();
    else if (evenement.key === "Enter" && champ.value.trim()) {
      evenement.preventDefault();
      retenir(rang);
    } else if ((evenement.key === "ArrowDown" || evenement.key === "ArrowUp") && montres.length) {
      evenement.preventDefault();
      const pas = evenement.key === "ArrowDown" ? 1 : -1;
      viser((rang + pas + montres.length) % montres.length);
    }
  });
}
