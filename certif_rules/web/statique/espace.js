// A form marked « data-vif » posts without leaving the page: what changed in the answer takes the place of what is
// shown. Everything works without it. Pieces that may change are the elements marked « data-fragment », by their id.
const etat = document.getElementById("etat");
let envois = Promise.resolve();
let attendus = 0;
let perdu = false;
const sansAncre = (adresse) => adresse.split("#")[0];
// The page that is shown, without the place in it.
let montree = sansAncre(location.href);

const cle = (element) => element && (element.id ? `#${CSS.escape(element.id)}` : element.name
  ? `[name="${CSS.escape(element.name)}"]${element.type === "radio" ? `[value="${CSS.escape(element.value)}"]` : ""}` : null);

// Whether something was typed there that no form sent yet.
const saisi = (morceau) => [...morceau.querySelectorAll("input, select, textarea")].some((champ) =>
  champ.type === "checkbox" || champ.type === "radio" ? champ.checked !== champ.defaultChecked
    : champ.type === "file" ? champ.value !== ""
      : champ.options ? [...champ.options].some((un) => un.selected && !un.defaultSelected && un.index)
        : champ.value !== champ.defaultValue);

// Put the pieces of another page in the place of those of this one; the focus stays where it was. A piece marked
// « data-garde », where something is typed that is not in what was sent, stays.
export function montrer(page, adresse, remplace = false, envoye = null) {
  const ici = cle(document.activeElement);
  const morceaux = [...document.querySelectorAll("[data-fragment]")];
  const nouveaux = morceaux.map((un) => page.getElementById(un.id));
  if (morceaux.length && nouveaux.every(Boolean)) {
    morceaux.forEach((un, rang) => {
      const reste = "garde" in un.dataset && !un.contains(envoye) && saisi(un);
      if (un.isConnected && !reste) un.replaceWith(document.adoptNode(nouveaux[rang]));
    });
  } else {
    document.getElementById("contenu").replaceWith(document.adoptNode(page.getElementById("contenu")));
  }
  document.title = page.title;
  if (adresse && adresse !== montree) {
    montree = adresse;
    if (remplace) history.replaceState(null, "", adresse);
    else history.pushState(null, "", adresse);
  }
  if (ici) document.querySelector(ici)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("montre"));
}

async function poster(action, methode, corps, remplace, formulaire) {
  try {
    const reponse = await fetch(action, methode === "post" ? { method: "POST", body: corps } : undefined);
    const page = new DOMParser().parseFromString(await reponse.text(), "text/html");
    // The key is another run’s: its refusal would take the place of what is typed, and gives none of it back.
    if (reponse.status === 403 && page.querySelectorAll(".messages li").length === 1) {
      perdu = true;
      if (etat) etat.textContent = "Rien n’est enregistré : rouvrir l’espace par son adresse. La saisie reste ici.";
      return;
    }
    // What is still to be sent would be shown as it was before: the last answer alone is shown.
    if (attendus === 1) montrer(page, reponse.url, remplace, formulaire);
    if (etat && reponse.ok && methode === "post") etat.textContent = `Enregistré à ${new Date().toTimeString().slice(0, 5)}`;
    perdu = false;
  } catch {
    perdu = true;
    if (etat) etat.textContent = "Rien n’est enregistré : le programme ne répond plus. La saisie reste ici.";
  } finally {
    attendus -= 1;
  }
}

function suivre(action, methode, corps, remplace, formulaire) {
  attendus += 1;
  envois = envois.then(() => poster(action, methode, corps, remplace, formulaire));
  return envois;
}

export function envoyer(formulaire, bouton, remplace) {
  const corps = new FormData(formulaire, bouton ?? undefined);
  // A button may say where its form goes.
  const action = bouton?.hasAttribute("formaction") ? bouton.formAction : formulaire.action;
  return suivre(action, "post", corps, remplace, formulaire);
}

// Show another page in the place of this one, after what is still to be sent.
export function visiter(adresse) {
  return suivre(adresse, "get");
}

// What is still to be sent is sent before the page is left.
const ensuite = (evenement, geste) => {
  evenement.preventDefault();
  envois.then(() => perdu || geste());
};

document.addEventListener("submit", (evenement) => {
  const { target: formulaire, submitter: bouton } = evenement;
  if (evenement.defaultPrevented) return;
  if (formulaire.matches("[data-vif]")) {
    evenement.preventDefault();
    envoyer(formulaire, bouton);
  } else if (attendus) ensuite(evenement, () => formulaire.requestSubmit(bouton));
  else envoi = true;
});
document.addEventListener("click", (evenement) => {
  const lien = evenement.target.closest?.("a");
  const ailleurs = evenement.ctrlKey || evenement.metaKey || evenement.shiftKey || evenement.button;
  if (lien?.href && !lien.dataset.ligne && attendus && !ailleurs) ensuite(evenement, () => location.assign(lien.href));
});
// A text that no form sent yet is not left without asking; what the reader sends is not asked about.
let envoi = false;
const ecrit = () => [...document.querySelectorAll('form[method="post"] :is(textarea, input:not([type]))')]
  .some((champ) => champ.value !== champ.defaultValue);
window.addEventListener("beforeunload", (evenement) => (attendus || (!envoi && ecrit())) && evenement.preventDefault());
window.addEventListener("pageshow", () => { envoi = false; });
// The last row of a table of things to list is never the last: another comes when something is written in it.
document.addEventListener("input", (evenement) => {
  const rang = evenement.target.closest?.("table[data-allonge] tr:last-child");
  if (!rang) return;
  const suivant = rang.cloneNode(true);
  const numero = [...rang.parentNode.children].length;
  for (const champ of suivant.querySelectorAll("input")) {
    champ.name = champ.name.replace(/[0-9]+/, numero);
    champ.setAttribute("aria-label", champ.getAttribute("aria-label").replace(/[0-9]+/, numero + 1));
    champ.removeAttribute("checked");
    if (champ.type === "checkbox") champ.checked = false;
    else champ.value = "";
  }
  rang.after(suivant);
});
// « data-vif="change" »: each answer is sent when it is given.
document.addEventListener("change", (evenement) => {
  const formulaire = evenement.target.closest?.('[data-vif="change"]');
  // Back leads out of the page, not through each of its answers.
  if (formulaire) envoyer(formulaire, null, true);
});
// A way to a place of the same page is one too: what is typed there stays.
window.addEventListener("popstate", () => sansAncre(location.href) !== montree && location.reload());
