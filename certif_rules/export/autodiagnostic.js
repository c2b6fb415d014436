"use strict";

// The form of a self-assessment. What is typed stays in this browser, saved at each keystroke, and leaves it as a
// file of answers. It computes no score: the program does, and says how.

(() => {
  const donnees = JSON.parse(document.getElementById("donnees").textContent);
  const { tete, sans_objet: SANS_OBJET } = donnees;
  const { element, prose, nombre, simple, noeud, ecrire, heure, lisible, objet, telecharger } = outils;
  const CLE = `certif-rules/autodiagnostic/${donnees.cle}`;
  const NIVEAUX = new Map([...donnees.niveaux.map(({ valeur, titre }) => [valeur, titre]), [SANS_OBJET, "sans objet"]]);
  const TEXTES = ["raison", "commentaire", "preuves"];
  const JOUR = /^\d{4}-\d{2}-\d{2}$/;
  const TROP_GROS = 10_000_000;

  const articles = [...document.querySelectorAll("article[data-ligne]")];
  const lignes = articles.map((article) => ({ article, ...donnees.lignes[Number(article.dataset.ligne)] }));
  const parId = new Map(lignes.map((ligne) => [ligne.id, ligne]));
  const sections = [...document.querySelectorAll("#indicateurs > section")].map((section) => ({
    section,
    titre: section.querySelector("h2"),
    lignes: lignes.filter((ligne) => section.contains(ligne.article)),
  }));

  /** `reponses` maps the id of a line to what was answered; `autres` holds what a file says besides. */
  const vierge = () => ({ reponses: new Map(), fait_le: "", autres: {} });
  const reponseVierge = () => ({ niveau: null, raison: null, commentaire: null, preuves: null });
  let etat = vierge();
  let stockage = true; // the browser keeps what we give it
  let exporte = true; // nothing was typed since the last export

  const lire = (ligne) => etat.reponses.get(ligne.id) ?? reponseVierge();
  const repondue = (ligne) => lire(ligne).niveau !== null;
  const raisonManque = (reponse) => reponse.niveau === SANS_OBJET && !(reponse.raison ?? "").trim();
  const remplie = (reponse) => reponse.niveau !== null || TEXTES.some((cle) => reponse[cle]);
  const resteAFaire = (ligne) => !repondue(ligne) || raisonManque(lire(ligne));

  const fichier = () => ({
    ...tete, ...etat.autres, fait_le: etat.fait_le || null,
    reponses: lignes.map((ligne) => ({ id: ligne.id, ...lire(ligne) })),
  });

  // ---- the browser's memory --------------------------------------------------------------------------

  const alerter = (texte) => {
    element("alerte").hidden = !texte;
    ecrire(element("alerte"), texte ? prose(texte) : "");
  };

  const sansStockage = () => {
    stockage = false;
    alerter(
      "Ce navigateur ne garde rien de ce qui est saisi ici : fermer ou recharger cette page perdrait tout. " +
      "Exporter les réponses avant de la quitter, ou ouvrir ce fichier dans un autre navigateur.",
    );
  };

  const enregistrer = () => {
    exporte = false;
    try {
      const { reponses, fait_le: faitLe, autres } = etat;
      localStorage.setItem(CLE, JSON.stringify({ reponses: [...reponses], fait_le: faitLe, autres }));
      if (!stockage) alerter("");
      stockage = true;
    } catch {
      sansStockage();
    }
    ecrire(
      element("etat"),
      stockage ? `Enregistré dans ce navigateur à ${heure()}` : "Non enregistré : exporter avant de quitter",
    );
  };

  /** What the browser kept. A memory that cannot be read is set aside, never written over. */
  const reprendre = () => {
    let texte = null;
    try {
      localStorage.setItem(`${CLE}/essai`, "1");
      localStorage.removeItem(`${CLE}/essai`);
      texte = localStorage.getItem(CLE);
    } catch {
      sansStockage();
      return;
    }
    etat = vierge();
    if (texte === null) return;
    try {
      const garde = JSON.parse(texte);
      for (const [id, reponse] of garde.reponses) {
        if (parId.has(id)) etat.reponses.set(id, { ...reponseVierge(), ...reponse });
      }
      Object.assign(etat, { fait_le: garde.fait_le, autres: garde.autres });
      ecrire(element("etat"), "Saisie reprise de ce navigateur");
    } catch {
      etat = vierge();
      localStorage.setItem(`${CLE}/illisible`, texte);
      alerter("Ce que ce navigateur avait gardé est illisible : la saisie repart de zéro.");
    }
  };

  // ---- from the answers to the page ------------------------------------------------------------------

  const montrer = (ligne) => {
    const reponse = lire(ligne);
    for (const champ of ligne.article.querySelectorAll("[data-champ]")) {
      if (champ.type === "radio") champ.checked = champ.value === String(reponse.niveau ?? "");
      else champ.value = reponse[champ.dataset.champ] ?? "";
    }
  };

  const suivi = (ligne) => {
    let mot = ligne.article.querySelector(".suivi");
    if (!mot) {
      mot = noeud("p", "", "suivi");
      ligne.article.querySelector(".cote").append(mot);
    }
    return mot;
  };

  const suivre = (ligne) => {
    const reponse = lire(ligne);
    const manque = raisonManque(reponse);
    const mot = suivi(ligne);
    if (manque) ecrire(mot, "! raison à écrire");
    else if (reponse.niveau === null) ecrire(mot, "□ sans réponse");
    else ecrire(mot, `✓ ${typeof reponse.niveau === "number" ? `${reponse.niveau} – ` : ""}${NIVEAUX.get(reponse.niveau)}`);
    ligne.article.classList.toggle("fait", repondue(ligne) && !manque);
    ligne.article.classList.toggle("incomplet", manque);
    const raison = ligne.article.querySelector("[data-champ=raison]");
    raison.required = manque;
    raison.setAttribute("aria-invalid", String(manque));
    ecrire(ligne.article.querySelector(".manque"), manque ? prose("« Sans objet » demande une raison.") : "");
  };

  const compter = () => {
    const faites = lignes.filter(repondue).length;
    ecrire(element("avancement"), `${faites} sur ${nombre(lignes.length, "répondue")}`);
    element("jauge").max = Math.max(lignes.length, 1);
    element("jauge").value = faites;
    for (const groupe of sections) {
      const n = groupe.lignes.filter(repondue).length;
      const texte = `${n} sur ${nombre(groupe.lignes.length, "répondue")}`;
      for (const mot of groupe.comptes) ecrire(mot, texte);
      ecrire(groupe.option, `${groupe.titre.textContent} (${texte})`);
    }
    avertirDuReste();
  };

  const toutMontrer = () => {
    element("fait_le").value = etat.fait_le;
    lignes.forEach((ligne) => { montrer(ligne); suivre(ligne); });
    compter();
  };

  // ---- filters ---------------------------------------------------------------------------------------

  const cherche = (ligne, texte) => {
    const numeros = lignes.filter((autre) => simple(autre.numero) === texte);
    if (numeros.length) return numeros.includes(ligne);
    ligne.texte ??= simple([...ligne.article.querySelectorAll("h3, .exigence, .bloc")].map((n) => n.textContent).join(" "));
    const reponse = lire(ligne);
    return `${ligne.texte} ${simple(TEXTES.map((cle) => reponse[cle] ?? "").join(" "))}`.includes(texte);
  };

  const filtrer = () => {
    const [critere, reste] = [element("critere").value, element("reste").checked];
    const texte = simple(element("texte").value);
    let affichees = 0;
    for (const groupe of sections) {
      let dansLeGroupe = 0;
      for (const ligne of groupe.lignes) {
        const vue = (!critere || groupe.titre.id === critere) && (!reste || resteAFaire(ligne)) &&
          (!texte || cherche(ligne, texte));
        ligne.article.hidden = !vue;
        dansLeGroupe += vue;
      }
      groupe.section.hidden = dansLeGroupe === 0;
      affichees += dansLeGroupe;
    }
    ecrire(element("affichees"), `${nombre(affichees, "ligne affichée", "lignes affichées")} sur ${lignes.length}`);
    avertirDuReste();
  };

  /** A line just answered stays where it is, or the page would move under the finger; a button takes it away. */
  const avertirDuReste = () => {
    const faites = lignes.some((ligne) => !ligne.article.hidden && !resteAFaire(ligne));
    element("rafraichir").hidden = !(element("reste").checked && faites);
  };

  const suivante = () => {
    const restent = lignes.filter(resteAFaire);
    if (!restent.length) {
      ecrire(element("etat"), "Tout est répondu");
      return;
    }
    if (!restent.some((ligne) => !ligne.article.hidden)) {
      element("critere").value = element("texte").value = "";
      filtrer();
    }
    const ici = document.activeElement?.closest("article[data-ligne]");
    const visibles = restent.filter((ligne) => !ligne.article.hidden && ligne.article !== ici);
    const apres = visibles.find(
      (ligne) => ici && ici.compareDocumentPosition(ligne.article) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    const cible = (apres ?? visibles[0] ?? restent[0]).article;
    cible.scrollIntoView({ block: "start" });
    cible.querySelector("input[type=radio]:checked")?.focus({ preventScroll: true });
  };

  // ---- import and export -----------------------------------------------------------------------------

  const designee = (nom) => {
    const memes = lignes.filter((ligne) => ligne.numero === String(nom));
    return parId.get(nom) ?? (memes.length === 1 ? memes[0] : undefined);
  };

  /** One entry of the file as it is kept here; what is wrong with it goes to `refus`. */
  const entree = (brut, refus) => {
    const ligne = designee(objet(brut).id);
    const { niveau = null } = objet(brut);
    if (!ligne) {
      refus.push(`ligne inconnue : « ${lisible(objet(brut).id)} »`);
      return null;
    }
    if (niveau !== null && !NIVEAUX.has(niveau)) {
      refus.push(`ligne ${ligne.numero} : le niveau « ${lisible(niveau)} » n’existe pas`);
    }
    const reponse = { ...reponseVierge(), niveau };
    for (const cle of TEXTES) {
      reponse[cle] = brut[cle] ?? null;
      if (reponse[cle] !== null && typeof reponse[cle] !== "string") {
        refus.push(`ligne ${ligne.numero} : ${cle} a une forme inattendue`);
      }
    }
    return [ligne.id, reponse];
  };

  /** The state told by a file of answers, or why it is refused: everything that is wrong, at once. */
  const comprendre = (texte) => {
    let lu;
    try {
      lu = JSON.parse(texte.replace(/^\ufeff/, ""));
    } catch {
      return { refus: ["ce fichier n’est pas du JSON"] };
    }
    if (!Array.isArray(objet(lu).reponses)) return { refus: ["ce fichier n’est pas un fichier de réponses"] };
    const refus = outils.differences(tete, lu, designee);
    if (lu.format !== tete.format) refus.push(`format « ${lisible(lu.format)} » inconnu`);
    if (refus.length) return { refus };
    const reponses = new Map();
    for (const trouve of lu.reponses.map((brut) => entree(brut, refus))) {
      if (trouve && reponses.has(trouve[0])) refus.push(`ligne ${parId.get(trouve[0]).numero} : deux réponses`);
      if (trouve) reponses.set(...trouve);
    }
    for (const [id, reponse] of reponses) if (!remplie(reponse)) reponses.delete(id);
    const faitLe = lu.fait_le ?? "";
    if (faitLe && !JOUR.test(faitLe)) refus.push("fait_le n’est pas une date");
    const connues = [...Object.keys(tete), "reponses", "fait_le"];
    const autres = Object.fromEntries(Object.entries(lu).filter(([cle]) => !connues.includes(cle)));
    return { refus, etat: { reponses, fait_le: faitLe, autres } };
  };

  const refuser = (nom, raisons) => {
    const boite = element("refus");
    const liste = noeud("ul");
    liste.append(...raisons.map((raison) => noeud("li", prose(raison))));
    boite.replaceChildren(noeud("p", prose(`« ${nom} » n’est pas importé ; rien n’a changé ici :`)), liste);
    boite.hidden = raisons.length === 0;
    if (raisons.length) boite.focus();
  };

  const importer = async () => {
    const [choisi] = element("fichier").files;
    if (!choisi) return;
    const { refus, etat: nouveau } =
      choisi.size > TROP_GROS ? { refus: ["ce fichier est trop gros"] } : comprendre(await choisi.text());
    element("fichier").value = ""; // the same file may be chosen again
    refuser(choisi.name, refus);
    if (refus.length) return;
    if (etat.reponses.size && !confirm(prose("Remplacer ce qui est saisi ici par le contenu du fichier ?"))) return;
    etat = nouveau;
    enregistrer();
    toutMontrer();
    filtrer();
    ecrire(element("etat"), `Importé : ${nombre(etat.reponses.size, "réponse")}`);
  };

  const exporter = () => {
    telecharger(donnees.nom_de_fichier, fichier());
    exporte = true;
    const manquent = lignes.filter((ligne) => raisonManque(lire(ligne))).length;
    const manque = manquent ? prose(` ; ${nombre(manquent, "raison manque", "raisons manquent")}`) : "";
    ecrire(element("etat"), `Exporté à ${heure()}${manque}`);
  };

  const effacer = () => {
    if (!confirm(prose("Effacer toutes les réponses ? Ce qui n’a pas été exporté sera perdu."))) return;
    etat = vierge();
    try {
      localStorage.removeItem(CLE);
      localStorage.removeItem(`${CLE}/illisible`);
    } catch {
      // Nothing was kept: nothing is left to erase.
    }
    exporte = true;
    toutMontrer();
    filtrer();
    ecrire(element("etat"), "Tout est effacé");
  };

  // ---- what people do --------------------------------------------------------------------------------

  const saisir = (champ) => {
    const ligne = lignes[articles.indexOf(champ.closest("article[data-ligne]"))];
    const reponse = { ...lire(ligne) };
    const cle = champ.dataset.champ;
    if (cle === "niveau") {
      reponse.niveau = champ.value === "" ? null : champ.value === SANS_OBJET ? SANS_OBJET : Number(champ.value);
    } else {
      reponse[cle] = champ.value || null;
    }
    etat.reponses.set(ligne.id, reponse);
    if (!remplie(reponse)) etat.reponses.delete(ligne.id);
    enregistrer();
    suivre(ligne);
    compter();
  };

  for (const groupe of sections) {
    groupe.comptes = [noeud("p", "", "compte faites"), noeud("span", "", "compte faites")];
    groupe.titre.after(groupe.comptes[0]);
    document.querySelector(`nav a[href="#${groupe.titre.id}"]`)?.after(groupe.comptes[1]);
    groupe.option = noeud("option");
    groupe.option.value = groupe.titre.id;
    element("critere").append(groupe.option);
  }

  element("indicateurs").addEventListener("input", (evenement) => {
    if (evenement.target.dataset.champ) saisir(evenement.target);
  });
  element("fait_le").addEventListener("input", () => {
    etat.fait_le = element("fait_le").value;
    enregistrer();
  });
  for (const nom of ["critere", "texte", "reste"]) element(nom).addEventListener("input", filtrer);
  element("rafraichir").addEventListener("click", () => { filtrer(); element("reste").focus(); });
  element("suivante").addEventListener("click", suivante);
  element("exporter").addEventListener("click", exporter);
  element("fichier").addEventListener("change", importer);
  element("effacer").addEventListener("click", effacer);
  addEventListener("beforeunload", (evenement) => {
    if (!stockage && !exporte) evenement.preventDefault();
  });
  // The same form in another tab: what was saved last is what both show.
  addEventListener("storage", (evenement) => {
    if (evenement.key !== CLE) return;
    reprendre();
    toutMontrer();
  });

  alerter(""); // what the page says as long as this script has not run
  reprendre();
  toutMontrer();
  filtrer();
})();
