"use strict";

// The form of an audit. What is typed stays in this browser, saved at each keystroke, and leaves it as a
// findings file. Whatever was typed or read goes into the page as a text or a value, never as markup.
// The domain is data: this script knows no finding by name but the one that says « not assessed yet ».

(() => {
  const donnees = JSON.parse(document.getElementById("donnees").textContent);
  const { a_evaluer: A_EVALUER, tete } = donnees;
  const { element, prose, nombre, simple, noeud, ecrire, heure, lisible, objet, telecharger } = outils;
  const MOTS = [...donnees.constats, ...donnees.resultats].map(({ id, titre }) => [id, titre]);
  const TITRES = new Map([[A_EVALUER, "À évaluer"], ...MOTS]);
  const CLE = `certif-rules/constats/${donnees.cle}`;
  const JOUR = /^\d{4}-\d{2}-\d{2}$/;
  const TEXTES = ["commentaire", "evalue_par", "evalue_le", "leve_le", "leve_par"];
  const LISTES = ["preuves_vues", "annotations", "echantillons"];
  const DITS = ["constats", "verifications"];
  const TROP_GROS = 10_000_000;

  const articles = [...document.querySelectorAll("article[data-ligne]")];
  const lignes = articles.map((article) => ({ article, ...donnees.lignes[Number(article.dataset.ligne)] }));
  const saisies = lignes.filter((ligne) => ligne.saisie);
  const parId = new Map(lignes.map((ligne) => [ligne.id, ligne]));
  const sections = [...document.querySelectorAll("#indicateurs > section")].map((section) => ({
    section,
    titre: section.querySelector("h2"),
    lignes: lignes.filter((ligne) => section.contains(ligne.article)),
  }));

  /** `constats` maps the id of a line to what was recorded; `autres` holds what a file says besides. */
  const vierge = () => ({ constats: new Map(), auditeur: "", notification: "", autres: {} });
  let etat = vierge();
  let stockage = true; // the browser keeps what we give it
  let exporte = true; // nothing was typed since the last export

  // ---- what is recorded ------------------------------------------------------------------------------

  const constatVierge = () => ({
    constat: A_EVALUER, commentaire: null, preuves_vues: [], annotations: [], echantillons: [],
    evalue_par: null, evalue_le: null, leve_le: null, leve_par: null,
    ...(donnees.complements.length ? { complements: {} } : {}),
  });

  const lire = (ligne) => etat.constats.get(ligne.id) ?? constatVierge();

  const rempli = (releve) =>
    releve.constat !== A_EVALUER ||
    TEXTES.some((cle) => releve[cle]) || LISTES.some((cle) => releve[cle].length > 0) ||
    Object.values(releve.complements ?? {}).some(Boolean);

  /** What was typed in a column that the body adds. */
  const dit = (releve, cle) => (Object.hasOwn(releve.complements ?? {}, cle) ? releve.complements[cle] : "");

  /** The key of a column that the body adds, when a field is one: « complements.cle ». */
  const complement = (cle) => (cle.startsWith("complements.") ? cle.slice("complements.".length) : null);

  const commentaireManque = (ligne, releve) =>
    ligne.a_motiver.includes(releve.constat) && !(releve.commentaire ?? "").trim();

  const aVoir = (ligne) => ligne.etat !== "non_applicable";
  const evalue = (ligne) => lire(ligne).constat !== A_EVALUER;
  const resteAFaire = (ligne) =>
    ligne.saisie &&
    ((aVoir(ligne) && !evalue(ligne)) || commentaireManque(ligne, lire(ligne)));

  /** A check as the findings file holds it: what was found of it is its result. */
  const verification = (ligne) => {
    const { constat: resultat, ...suite } = lire(ligne);
    return { id: ligne.verification, resultat, ...suite };
  };

  /** The findings file (contract §6): every line due, and the others where something was recorded; the checks apart. */
  const fichier = () => {
    const { format, referentiel, audit, ...suite } = tete;
    const verifications = lignes.filter((ligne) => ligne.verification);
    const dites = lignes.filter(
      (ligne) => !ligne.verification && (ligne.etat === "a_auditer" || rempli(lire(ligne))),
    );
    return {
      format, referentiel, audit, ...etat.autres, ...suite,
      ecarts_notifies_le: etat.notification || null,
      constats: dites.map((ligne) => ({ id: ligne.id, ...lire(ligne) })),
      ...(verifications.length ? { verifications: verifications.map(verification) } : {}),
    };
  };

  // ---- the browser's memory --------------------------------------------------------------------------

  const alerter = (texte) => {
    element("alerte").hidden = !texte;
    ecrire(element("alerte"), texte ? prose(texte) : "");
  };

  const sansStockage = () => {
    stockage = false;
    alerter(
      "Ce navigateur ne garde rien de ce qui est saisi ici : fermer ou recharger cette page perdrait tout. " +
      "Exporter les constats avant de la quitter, ou ouvrir ce fichier dans un autre navigateur.",
    );
  };

  const memoire = () =>
    JSON.stringify({
      constats: [...etat.constats], auditeur: etat.auditeur, notification: etat.notification, autres: etat.autres,
    });

  const enregistrer = () => {
    exporte = false;
    try {
      localStorage.setItem(CLE, memoire());
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
      for (const [id, releve] of garde.constats) {
        if (parId.has(id)) etat.constats.set(id, { ...constatVierge(), ...releve });
      }
      Object.assign(etat, { auditeur: garde.auditeur, notification: garde.notification, autres: garde.autres });
      ecrire(element("etat"), "Saisie reprise de ce navigateur");
    } catch {
      etat = vierge();
      localStorage.setItem(`${CLE}/illisible`, texte);
      alerter("Ce que ce navigateur avait gardé est illisible : la saisie repart de zéro.");
    }
  };

  // ---- from what is recorded to the page -------------------------------------------------------------

  const champs = (ligne) => [...ligne.article.querySelectorAll("[data-champ]")];

  const ajuster = (zone) => {
    if (zone.tagName !== "TEXTAREA" || CSS.supports("field-sizing", "content")) return;
    zone.style.height = "auto";
    zone.style.height = `${zone.scrollHeight + 2}px`;
  };

  const montrer = (ligne) => {
    const releve = lire(ligne);
    for (const champ of champs(ligne)) {
      const ajoutee = complement(champ.dataset.champ);
      const valeur = ajoutee === null ? releve[champ.dataset.champ] : dit(releve, ajoutee);
      if (champ.type === "radio") champ.checked = champ.value === valeur;
      else if (champ.type === "checkbox") champ.checked = valeur.includes(champ.value);
      else champ.value = Array.isArray(valeur) ? valeur.join("\n") : valeur ?? "";
      ajuster(champ);
    }
  };

  /** The word that says where a line stands, made once and then rewritten. */
  const suivi = (ligne) => {
    let mot = ligne.article.querySelector(".suivi");
    if (!mot) {
      mot = noeud("p", "", "suivi");
      ligne.article.querySelector(".cote").append(mot);
    }
    return mot;
  };

  const suivre = (ligne) => {
    const releve = lire(ligne);
    const manque = commentaireManque(ligne, releve);
    const fait = releve.constat !== A_EVALUER;
    const mot = suivi(ligne);
    if (manque) ecrire(mot, "! commentaire à écrire");
    else if (fait) ecrire(mot, `✓ ${TITRES.get(releve.constat) ?? releve.constat}`);
    else ecrire(mot, aVoir(ligne) ? "□ à évaluer" : "");
    ligne.article.classList.toggle("fait", fait && !manque);
    ligne.article.classList.toggle("incomplet", manque);
    const commentaire = ligne.article.querySelector("[data-champ=commentaire]");
    commentaire.required = manque;
    commentaire.setAttribute("aria-invalid", String(manque));
    const besoin = aVoir(ligne) ? "Ce constat demande un commentaire." : "Revenir sur cet état demande une note.";
    ecrire(ligne.article.querySelector(".manque"), manque ? besoin : "");
  };

  const part = (groupe) => {
    const vues = groupe.filter((ligne) => ligne.saisie && aVoir(ligne));
    return { faites: vues.filter(evalue).length, total: vues.length };
  };

  const compter = () => {
    const { faites, total } = part(lignes);
    ecrire(element("avancement"), `${faites} sur ${nombre(total, "évaluée")}`);
    element("jauge").max = Math.max(total, 1);
    element("jauge").value = faites;
    const effectifs = new Map([...TITRES.keys()].map((constat) => [constat, 0]));
    for (const ligne of saisies) {
      if (aVoir(ligne) || evalue(ligne)) {
        const { constat } = lire(ligne);
        effectifs.set(constat, (effectifs.get(constat) ?? 0) + 1);
      }
    }
    const comptes = [...effectifs].map(([constat, n]) => {
      const item = noeud("li");
      item.append(noeud("strong", String(n)), ` ${TITRES.get(constat) ?? constat}`);
      return item;
    });
    element("comptes").replaceChildren(...comptes);
    for (const groupe of sections) {
      const { faites: n, total: m } = part(groupe.lignes);
      const texte = m ? `${n} sur ${nombre(m, "évaluée")}` : "rien à évaluer";
      for (const mot of groupe.comptes) ecrire(mot, texte);
      ecrire(groupe.option, `${groupe.titre.textContent} (${texte})`);
    }
    avertirDuReste();
  };

  const toutMontrer = () => {
    element("auditeur").value = etat.auditeur;
    element("notification").value = etat.notification;
    saisies.forEach((ligne) => { montrer(ligne); suivre(ligne); });
    compter();
  };

  // ---- filters ---------------------------------------------------------------------------------------

  const cherche = (ligne, texte) => {
    const numeros = lignes.filter((autre) => simple(autre.numero) === texte);
    if (numeros.length) return numeros.includes(ligne);
    ligne.texte ??= simple([...ligne.article.querySelectorAll("h3, .exigence, .bloc")].map((n) => n.textContent).join(" "));
    const { commentaire, preuves_vues: preuves, echantillons, complements } = lire(ligne);
    const dits = [commentaire ?? "", ...preuves, ...echantillons, ...Object.values(complements ?? {})];
    return `${ligne.texte} ${simple(dits.join(" "))}`.includes(texte);
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

  /** A line just filled stays where it is, or the page would move under the finger; a button takes it away. */
  const avertirDuReste = () => {
    const faites = saisies.some((ligne) => !ligne.article.hidden && !resteAFaire(ligne));
    element("rafraichir").hidden = !(element("reste").checked && faites);
  };

  const suivante = () => {
    const restent = saisies.filter(resteAFaire);
    if (!restent.length) {
      ecrire(element("etat"), "Tout est évalué");
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
    cible.querySelectorAll("details").forEach((volet) => { volet.open ||= volet.contains(volet.querySelector(".saisie")); });
    cible.scrollIntoView({ block: "start" });
    (cible.querySelector("input[type=radio]:checked") ?? cible.querySelector("textarea"))?.focus({ preventScroll: true });
  };

  // ---- import and export -----------------------------------------------------------------------------

  /** The line that an entry names: by its id, or by its printed number where only one line has it. */
  const designee = (nom) => {
    const memes = lignes.filter((ligne) => !ligne.verification && ligne.numero === String(nom));
    return parId.get(nom) ?? (memes.length === 1 ? memes[0] : undefined);
  };

  const differences = (lu) => outils.differences(tete, lu, designee);

  /** One entry of the file as it is kept here; what is wrong with it goes to `refus`. */
  const entree = (brut, refus, { controle = false } = {}) => {
    const { id } = objet(brut);
    const ligne = controle ? parId.get(`verification:${id}`) : designee(id);
    if (!ligne) {
      refus.push(`${controle ? "vérification" : "ligne"} inconnue : « ${lisible(id)} »`);
      return null;
    }
    const releve = { ...constatVierge(), ...brut };
    if (controle) releve.constat = brut.resultat ?? A_EVALUER;
    delete releve.id;
    delete releve.resultat;
    const fautif = (champ) => refus.push(`ligne ${ligne.numero} : ${champ} a une forme inattendue`);
    if (releve.constat !== A_EVALUER && !ligne.constats.includes(releve.constat)) {
      refus.push(`ligne ${ligne.numero} : le constat « ${lisible(releve.constat)} » n’est pas permis`);
    }
    for (const cle of TEXTES) {
      if (releve[cle] !== null && typeof releve[cle] !== "string") fautif(cle);
      else if (releve[cle] && cle.endsWith("_le") && !JOUR.test(releve[cle])) fautif(cle);
    }
    for (const cle of LISTES) {
      releve[cle] ??= [];
      if (!Array.isArray(releve[cle]) || releve[cle].some((valeur) => typeof valeur !== "string")) fautif(cle);
    }
    const complements = releve.complements ?? {};
    if (objet(complements) !== complements || Object.values(complements).some((v) => typeof v !== "string")) {
      fautif("complements");
    }
    const inconnues = Array.isArray(releve.annotations) ? releve.annotations : [];
    for (const annotation of inconnues.filter((nom) => !donnees.annotations.includes(nom))) {
      refus.push(`ligne ${ligne.numero} : annotation inconnue, « ${lisible(annotation)} »`);
    }
    return [ligne.id, releve];
  };

  /** The state told by a findings file, or why it is refused: everything that is wrong, at once. */
  const comprendre = (texte) => {
    let lu;
    try {
      lu = JSON.parse(texte.replace(/^\ufeff/, ""));
    } catch {
      return { refus: ["ce fichier n’est pas du JSON"] };
    }
    if (!Array.isArray(objet(lu).constats)) return { refus: ["ce fichier n’est pas un fichier de constats"] };
    const refus = differences(lu);
    if (lu.format !== tete.format) refus.push(`format « ${lisible(lu.format)} » inconnu`);
    if (refus.length) return { refus };
    const constats = new Map();
    if (!Array.isArray(lu.verifications ?? [])) return { refus: ["« verifications » n’est pas une liste"] };
    const controles = (lu.verifications ?? []).map((brut) => entree(brut, refus, { controle: true }));
    for (const trouve of [...lu.constats.map((brut) => entree(brut, refus)), ...controles]) {
      if (trouve && constats.has(trouve[0])) refus.push(`ligne ${parId.get(trouve[0]).numero} : deux constats`);
      if (trouve) constats.set(...trouve);
    }
    const notification = lu.ecarts_notifies_le ?? "";
    if (notification && !JOUR.test(notification)) refus.push("ecarts_notifies_le n’est pas une date");
    const autres = Object.fromEntries(Object.entries(lu).filter(([cle]) => !(cle in tete) && !DITS.includes(cle)));
    return { refus, etat: { constats, notification, auditeur: etat.auditeur, autres } };
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
    if (etat.constats.size && !confirm(prose("Remplacer ce qui est saisi ici par le contenu du fichier ?"))) return;
    etat = nouveau;
    enregistrer();
    toutMontrer();
    filtrer();
    ecrire(element("etat"), `Importé : ${nombre(etat.constats.size, "ligne")}`);
  };

  const exporter = () => {
    telecharger(donnees.nom_de_fichier, fichier());
    exporte = true;
    const manquent = saisies.filter((ligne) => commentaireManque(ligne, lire(ligne))).length;
    const manque = manquent ? prose(` ; ${nombre(manquent, "commentaire manque", "commentaires manquent")}`) : "";
    ecrire(element("etat"), `Exporté à ${heure()}${manque}`);
  };

  const effacer = () => {
    if (!confirm(prose("Effacer tout ce qui est saisi pour ce dossier ? Ce qui n’a pas été exporté sera perdu."))) return;
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

  const aujourdHui = () => {
    const jour = new Date();
    return [jour.getFullYear(), jour.getMonth() + 1, jour.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  };

  const saisir = (champ) => {
    const ligne = lignes[articles.indexOf(champ.closest("article[data-ligne]"))];
    const releve = { ...lire(ligne) };
    const cle = champ.dataset.champ;
    const ajoutee = complement(cle);
    if (ajoutee !== null) {
      const { [ajoutee]: _, ...reste } = releve.complements ?? {};
      releve.complements = champ.value ? { ...reste, [ajoutee]: champ.value } : reste;
    } else if (champ.type === "checkbox") {
      const autres = releve[cle].filter((valeur) => valeur !== champ.value);
      releve[cle] = champ.checked ? [...autres, champ.value] : autres;
    } else if (LISTES.includes(cle)) {
      releve[cle] = champ.value.split("\n").map((texte) => texte.trim()).filter(Boolean);
    } else {
      releve[cle] = champ.value || (cle === "constat" ? A_EVALUER : null);
    }
    // Who and when follow a finding, once the auditor has said who they are; both can be written over.
    if (cle === "constat" && champ.value !== A_EVALUER && etat.auditeur && !releve.evalue_par) {
      releve.evalue_par = etat.auditeur;
      releve.evalue_le ??= aujourdHui();
      etat.constats.set(ligne.id, releve);
      montrer(ligne);
    }
    etat.constats.set(ligne.id, releve);
    if (!rempli(releve)) etat.constats.delete(ligne.id);
    ajuster(champ);
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
  for (const nom of ["auditeur", "notification"]) {
    element(nom).addEventListener("input", () => {
      etat[nom] = element(nom).value;
      enregistrer();
    });
  }
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

  if (matchMedia("(min-width: 60rem)").matches) {
    document.querySelectorAll(".a_auditer details, .a_confirmer details").forEach((volet) => { volet.open = true; });
  }
  element("notification").min = tete.audit.date;
  alerter(""); // what the page says as long as this script has not run
  reprendre();
  toutMontrer();
  filtrer();
})();
