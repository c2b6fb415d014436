"use strict";

// The form of a self-assessment. What is typed stays in this browser, saved at each keystroke, and leaves it as a
// file of answers. It computes no score: the program does, and says how.

(() => {
  const { lisible, objet } = outils;
  const TEXTES = ["raison", "commentaire", "preuves"];
  const JOUR = /^\d{4}-\d{2}-\d{2}$/;

  const vierge = () => ({ niveau: null, raison: null, commentaire: null, preuves: null });
  const repondue = (ligne) => page.lire(ligne).niveau !== null;
  const raisonManque = (ligne, reponse) => reponse.niveau === SANS_OBJET && !(reponse.raison ?? "").trim();
  const remplie = (reponse) => reponse.niveau !== null || TEXTES.some((cle) => reponse[cle]);

  const suivi = (ligne, reponse) => {
    const manque = raisonManque(ligne, reponse);
    const niveau = typeof reponse.niveau === "number" ? `${reponse.niveau} – ` : "";
    let mot = `✓ ${niveau}${NIVEAUX.get(reponse.niveau)}`;
    if (manque) mot = "! raison à écrire";
    else if (reponse.niveau === null) mot = "□ sans réponse";
    return { fait: reponse.niveau !== null, manque, mot, besoin: "« Sans objet » demande une raison." };
  };

  const noter = (reponse, champ) => {
    const cle = champ.dataset.champ;
    if (cle === "niveau") {
      reponse.niveau = champ.value === "" ? null : champ.value === SANS_OBJET ? SANS_OBJET : Number(champ.value);
    } else {
      reponse[cle] = champ.value || null;
    }
    return false;
  };

  const fichier = () => ({
    ...page.donnees.tete, ...page.autres(), fait_le: page.tete().fait_le || null,
    reponses: page.lignes.map((ligne) => ({ id: ligne.id, ...page.lire(ligne) })),
  });

  /** One entry of the file as it is kept here; what is wrong with it goes to `refus`. */
  const entree = (brut, refus) => {
    const ligne = page.designee(objet(brut).id);
    const { niveau = null } = objet(brut);
    if (!ligne) {
      refus.push(`ligne inconnue : « ${lisible(objet(brut).id)} »`);
      return null;
    }
    if (niveau !== null && !NIVEAUX.has(niveau)) {
      refus.push(`ligne ${ligne.numero} : le niveau « ${lisible(niveau)} » n’existe pas`);
    }
    const reponse = { ...vierge(), niveau };
    for (const cle of TEXTES) {
      reponse[cle] = brut[cle] ?? null;
      if (reponse[cle] !== null && typeof reponse[cle] !== "string") {
        refus.push(`ligne ${ligne.numero} : ${cle} a une forme inattendue`);
      }
    }
    return [ligne.id, reponse];
  };

  const reste = (lu, refus, reponses) => {
    for (const [id, reponse] of reponses) if (!remplie(reponse)) reponses.delete(id);
    const faitLe = lu.fait_le ?? "";
    if (faitLe && !JOUR.test(faitLe)) refus.push("fait_le n’est pas une date");
    const connues = [...Object.keys(page.donnees.tete), "reponses", "fait_le"];
    const autres = Object.fromEntries(Object.entries(lu).filter(([cle]) => !connues.includes(cle)));
    return { tete: { fait_le: faitLe }, autres };
  };

  const page = saisie({
    cle: "autodiagnostic",
    liste: "reponses",
    champs: ["fait_le"],
    motive: "raison",
    mots: {
      quoi: "les réponses", fichier: "réponses", faite: "répondue", toutEstFait: "Tout est répondu", importe: "réponse",
      manque: ["raison manque", "raisons manquent"], tout: "toutes les réponses",
    },
    vierge, rempli: remplie, noter, suivi, fichier, reste,
    valeur: (reponse, cle) => reponse[cle],
    dits: (reponse) => TEXTES.map((cle) => reponse[cle] ?? ""),
    compte: () => true,
    faite: repondue,
    manque: raisonManque,
    resteAFaire: (ligne) => !repondue(ligne) || raisonManque(ligne, page.lire(ligne)),
    entrees: (lu, refus) => lu.reponses.map((brut) => entree(brut, refus)),
  });
  const SANS_OBJET = page.donnees.sans_objet;
  const NIVEAUX = new Map([...page.donnees.niveaux.map(({ valeur, titre }) => [valeur, titre]), [SANS_OBJET, "sans objet"]]);
  page.ouvrir();
})();
