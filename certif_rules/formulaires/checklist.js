"use strict";

// The form of an audit. What is typed stays in this browser, saved at each keystroke, and leaves it as a
// findings file. Whatever was typed or read goes into the page as a text or a value, never as markup.
// The domain is data: this script knows no finding by name but the one that says « not assessed yet ».

(() => {
  const { element, noeud, lisible, objet } = outils;
  const JOUR = /^\d{4}-\d{2}-\d{2}$/;
  // The fields of a line are those of the table of columns, which the page holds; a finding is lifted elsewhere.
  const champsDe = (...genres) =>
    donnees.champs.filter(({ genre }) => genres.includes(genre)).map(({ nom }) => nom);
  const signature = (voulu) => donnees.champs.find((champ) => champ.signature && champ.genre === voulu)?.nom;
  const DITS = ["constats", "verifications"];

  // ---- what is recorded ------------------------------------------------------------------------------

  const vierge = () => ({
    ...Object.fromEntries(donnees.champs.map(({ nom }) => [nom, LISTES.includes(nom) ? [] : null])),
    constat: A_EVALUER, leve_le: null, leve_par: null,
    ...(donnees.complements.length ? { complements: {} } : {}),
  });

  const rempli = (releve) =>
    releve.constat !== A_EVALUER ||
    TEXTES.some((cle) => releve[cle]) || LISTES.some((cle) => releve[cle].length > 0) ||
    Object.values(releve.complements ?? {}).some(Boolean);

  /** What was typed in a column that the body adds. */
  const dit = (releve, cle) => (Object.hasOwn(releve.complements ?? {}, cle) ? releve.complements[cle] : "");

  /** The key of a column that the body adds, when a field is one: « complements.cle ». */
  const complement = (cle) => (cle.startsWith("complements.") ? cle.slice("complements.".length) : null);

  const valeur = (releve, cle) => (complement(cle) === null ? releve[cle] : dit(releve, complement(cle)));

  const commentaireManque = (ligne, releve) =>
    ligne.saisie && ligne.a_motiver.includes(releve.constat) && !(releve.commentaire ?? "").trim();

  const aVoir = (ligne) => ligne.etat !== "non_applicable";
  const evalue = (ligne) => page.lire(ligne).constat !== A_EVALUER;
  const resteAFaire = (ligne) =>
    ligne.saisie && ((aVoir(ligne) && !evalue(ligne)) || commentaireManque(ligne, page.lire(ligne)));

  /** A check as the findings file holds it: what was found of it is its result. */
  const verification = (ligne) => {
    const { constat: resultat, ...suite } = page.lire(ligne);
    return { id: ligne.verification, resultat, ...suite };
  };

  /** The findings file: every line due, and the others where something was recorded; the checks apart. */
  const fichier = () => {
    const { format, referentiel, audit, ...suite } = donnees.tete;
    const verifications = page.lignes.filter((ligne) => ligne.verification);
    const dites = page.lignes.filter(
      (ligne) => !ligne.verification && (ligne.etat === "a_auditer" || rempli(page.lire(ligne))),
    );
    return {
      format, referentiel, audit, ...page.autres(), ...suite,
      ecarts_notifies_le: page.tete().notification || null,
      constats: dites.map((ligne) => ({ id: ligne.id, ...page.lire(ligne) })),
      ...(verifications.length ? { verifications: verifications.map(verification) } : {}),
    };
  };

  // ---- from what is recorded to the page -------------------------------------------------------------

  const suivi = (ligne, releve) => {
    const manque = commentaireManque(ligne, releve);
    const fait = releve.constat !== A_EVALUER;
    let mot = aVoir(ligne) ? "□ à évaluer" : "";
    if (manque) mot = "! commentaire à écrire";
    else if (fait) mot = `✓ ${TITRES.get(releve.constat) ?? releve.constat}`;
    const besoin = aVoir(ligne) ? "Ce constat demande un commentaire." : "Revenir sur cet état demande une note.";
    return { fait, manque, mot, besoin };
  };

  /** How many lines stand under each finding. */
  const compter = () => {
    const effectifs = new Map([...TITRES.keys()].map((constat) => [constat, 0]));
    for (const ligne of page.saisies) {
      if (aVoir(ligne) || evalue(ligne)) {
        const { constat } = page.lire(ligne);
        effectifs.set(constat, (effectifs.get(constat) ?? 0) + 1);
      }
    }
    const comptes = [...effectifs].map(([constat, n]) => {
      const item = noeud("li");
      item.append(noeud("strong", String(n)), ` ${TITRES.get(constat) ?? constat}`);
      return item;
    });
    element("comptes").replaceChildren(...comptes);
  };

  // ---- import ----------------------------------------------------------------------------------------

  /** One entry of the file as it is kept here; what is wrong with it goes to `refus`. */
  const entree = (brut, refus, { controle = false } = {}) => {
    const { id } = objet(brut);
    const ligne = controle ? page.parId.get(`verification:${id}`) : page.designee(id);
    if (!ligne) {
      refus.push(`${controle ? "vérification" : "ligne"} inconnue : « ${lisible(id)} »`);
      return null;
    }
    const releve = { ...vierge(), ...brut };
    if (controle) releve.constat = brut.resultat ?? A_EVALUER;
    delete releve.id;
    delete releve.resultat;
    const fautif = (champ) => refus.push(`ligne ${ligne.numero} : ${champ} a une forme inattendue`);
    if (releve.constat !== A_EVALUER && !ligne.constats.includes(releve.constat)) {
      refus.push(`ligne ${ligne.numero} : le constat « ${lisible(releve.constat)} » n’est pas permis`);
    }
    for (const cle of TEXTES) {
      if (releve[cle] !== null && typeof releve[cle] !== "string") fautif(cle);
      else if (releve[cle] && JOURS.includes(cle) && !JOUR.test(releve[cle])) fautif(cle);
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

  const entrees = (lu, refus) => {
    const controles = lu.verifications ?? [];
    if (!Array.isArray(controles)) {
      refus.push("« verifications » n’est pas une liste");
      return [];
    }
    const lues = controles.map((brut) => entree(brut, refus, { controle: true }));
    return [...lu.constats.map((brut) => entree(brut, refus)), ...lues];
  };

  const reste = (lu, refus) => {
    const notification = lu.ecarts_notifies_le ?? "";
    if (notification && !JOUR.test(notification)) refus.push("ecarts_notifies_le n’est pas une date");
    const autres = Object.fromEntries(
      Object.entries(lu).filter(([cle]) => !(cle in donnees.tete) && !DITS.includes(cle)),
    );
    return { tete: { auditeur: page.tete().auditeur, notification }, autres };
  };

  // ---- what people do --------------------------------------------------------------------------------

  const aujourdHui = () => {
    const jour = new Date();
    return [jour.getFullYear(), jour.getMonth() + 1, jour.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  };

  /** What was typed, in `releve`; whether another field follows: who and when, which can be written over. */
  const noter = (releve, champ) => {
    const cle = champ.dataset.champ;
    const ajoutee = complement(cle);
    if (ajoutee !== null) {
      const { [ajoutee]: _, ...autres } = releve.complements ?? {};
      releve.complements = champ.value ? { ...autres, [ajoutee]: champ.value } : autres;
    } else if (champ.type === "checkbox") {
      const autres = releve[cle].filter((mot) => mot !== champ.value);
      releve[cle] = champ.checked ? [...autres, champ.value] : autres;
    } else if (LISTES.includes(cle)) {
      releve[cle] = champ.value.split("\n").map((texte) => texte.trim()).filter(Boolean);
    } else {
      releve[cle] = champ.value || (cle === "constat" ? A_EVALUER : null);
    }
    const { auditeur } = page.tete();
    const [par, le] = [signature("texte"), signature("jour")];
    const signe = cle === "constat" && champ.value !== A_EVALUER && auditeur && !releve[par];
    if (signe) {
      releve[par] = auditeur;
      releve[le] ??= aujourdHui();
    }
    return signe;
  };

  const page = saisie({
    cle: "constats",
    liste: "constats",
    champs: ["auditeur", "notification"],
    motive: "commentaire",
    mots: {
      quoi: "les constats", fichier: "constats", faite: "évaluée", toutEstFait: "Tout est évalué", importe: "ligne",
      manque: ["commentaire manque", "commentaires manquent"], tout: "tout ce qui est saisi pour ce dossier",
    },
    vierge, rempli, valeur, suivi, compter, entrees, reste, noter, fichier, resteAFaire,
    dits: (releve) => [
      ...champsDe("texte").filter((cle) => cle !== signature("texte")).map((cle) => releve[cle] ?? ""),
      ...champsDe("liste").flatMap((cle) => releve[cle]), ...Object.values(releve.complements ?? {}),
    ],
    compte: (ligne) => ligne.saisie && aVoir(ligne),
    faite: evalue,
    manque: commentaireManque,
  });
  const { donnees } = page;
  const A_EVALUER = donnees.a_evaluer;
  const LISTES = champsDe("liste", "annotations");
  const JOURS = [...champsDe("jour"), "leve_le"];
  const TEXTES = [...champsDe("texte", "jour"), "leve_le", "leve_par"];
  const TITRES = new Map([
    [A_EVALUER, "À évaluer"], ...[...donnees.constats, ...donnees.resultats].map(({ id, titre }) => [id, titre]),
  ]);

  if (matchMedia("(min-width: 76rem)").matches) {
    document.querySelectorAll(".lire > details").forEach((volet) => { volet.open = true; });
  }
  element("notification").min = donnees.tete.audit.date;
  page.ouvrir();
})();
