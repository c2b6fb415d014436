"use strict";

// What the forms share: words, the page, and how a file that is read is compared with the form. Texts go into the
// page as texts, never as markup.

const outils = (() => {
  const element = (id) => document.getElementById(id);

  /** The no-break blanks of French, in our own sentences. */
  const prose = (texte) =>
    texte.replace(/(?<=\p{L})'(?=[\p{L}\p{N}«])/gu, "’").replace(/(?<=\bn°) (?=[\p{L}\p{N}])/gu, "\u00a0")
      .replace(/ (?=[;!?])/g, "\u202f").replace(/ (?=[:»])/g, "\u00a0").replace(/« /g, "«\u00a0");

  const nombre = (n, singulier, pluriel = `${singulier}s`) => `${n} ${n < 2 ? singulier : pluriel}`;

  /** Without case, accents, ligatures nor kinds of blanks and apostrophes: what a search compares. */
  const simple = (texte) =>
    texte.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
      .replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/[’ʼ]/g, "'").replace(/\s+/g, " ").trim();

  const noeud = (nom, texte = "", classe = "") => {
    const cree = document.createElement(nom);
    cree.textContent = texte;
    if (classe) cree.className = classe;
    return cree;
  };

  const ecrire = (cible, texte) => {
    // A live region speaks when it changes: what is already written is not written again.
    if (cible.textContent !== texte) cible.textContent = texte;
  };

  const heure = () => new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });

  /** Give `valeur` to the person as a JSON file. */
  const telecharger = (nom, valeur) => {
    const contenu = new Blob([`${JSON.stringify(valeur, null, 2)}\n`], { type: "application/json" });
    const lien = noeud("a");
    lien.href = URL.createObjectURL(contenu);
    lien.download = nom;
    lien.click();
    setTimeout(() => URL.revokeObjectURL(lien.href), 60_000);
  };

  const canonique = (valeur) => {
    if (Array.isArray(valeur)) return `[${valeur.map(canonique)}]`;
    if (valeur === null || typeof valeur !== "object") return typeof valeur === "boolean" ? String(valeur) : JSON.stringify(String(valeur));
    return `{${Object.keys(valeur).sort().map((cle) => `${JSON.stringify(cle)}:${canonique(valeur[cle])}`)}}`;
  };

  const lisible = (valeur) => {
    if (valeur === undefined || valeur === null) return "rien";
    const texte = typeof valeur === "string" || typeof valeur === "number" ? String(valeur) : canonique(valeur);
    return texte.length > 120 ? `${texte.slice(0, 120)}…` : texte;
  };

  const objet = (valeur) => (valeur !== null && typeof valeur === "object" && !Array.isArray(valeur) ? valeur : {});

  /** A key that a text of JSON writes twice in one object: reading it keeps the last, and says nothing. */
  const enDouble = (texte) => {
    const ouverts = [];
    for (const [signe] of texte.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*:?|[{}[\]]/g)) {
      if (signe === "{" || signe === "[") ouverts.push(new Set());
      else if (signe === "}" || signe === "]") ouverts.pop();
      else if (signe.endsWith(":")) {
        const cle = JSON.parse(signe.slice(0, -1));
        if (ouverts.at(-1).has(cle)) return cle;
        ouverts.at(-1).add(cle);
      }
    }
    return undefined;
  };

  /** The earlier audit, lines by their ids: a file may say it by printed numbers, in another order. */
  const precedent = (valeur, designee) => {
    const { type, date, constats, indicateurs_audites: vus } = objet(valeur);
    const identifiant = (nom) => designee(nom)?.id ?? nom;
    return {
      type,
      date,
      constats: constats && Object.fromEntries(Object.entries(constats).map(([nom, c]) => [identifiant(nom), c])),
      lignes: Array.isArray(vus) ? vus.map(identifiant).sort() : undefined,
    };
  };

  /** Whether a document was received, as people write it: oui, non, or what is known of it. */
  const recue = (dit) => {
    const valeur = dit && objet(dit) === dit ? dit.fourni ?? true : dit;
    return { oui: true, non: false }[String(valeur).toLowerCase()] ?? valeur;
  };

  /** What the file says of its dossier and rules, beside what this form says; only what differs. */
  const differences = (tete, lu, designee) => {
    const referentiel = typeof lu.referentiel === "string" ? { id: lu.referentiel, edition: lu.edition } : objet(lu.referentiel);
    const [audit, organisme] = [objet(lu.audit), objet(lu.organisme)];
    const [ici, chez] = [tete.referentiel, tete.organisme];
    const trouvees = [];
    const comparer = (nom, attendu, recu, { facultatif = false } = {}) => {
      if (facultatif && (recu === undefined || recu === null || attendu === undefined)) return;
      if (canonique(attendu ?? null) !== canonique(recu ?? null)) {
        trouvees.push(`${nom} : « ${lisible(attendu)} » dans ce formulaire, « ${lisible(recu)} » dans le fichier`);
      }
    };
    const facultatif = { facultatif: true };
    const trie = (valeur) => (Array.isArray(valeur) ? [...valeur].sort() : valeur);
    comparer("référentiel", ici.id, referentiel.id);
    comparer("édition", ici.edition, referentiel.edition, facultatif);
    comparer("guide", ici.guide ?? undefined, lu.guide ?? referentiel.guide, facultatif);
    comparer("empreinte des règles", ici.empreinte, referentiel.empreinte, facultatif);
    // A type may be written with its référentiel before it.
    if (audit.type !== tete.audit.id) comparer("type d’audit", tete.audit.type, audit.type);
    comparer("date de l’audit", tete.audit.date, audit.date);
    comparer("mode de l’audit", tete.audit.mode, audit.mode, facultatif);
    comparer("catégories", trie(chez.categories), trie(organisme.categories));
    comparer("faits", chez.faits ?? {}, organisme.faits ?? {});
    for (const cle of ["nom", "siren", "nda", "chiffre_affaires", "sites"]) {
      comparer(`organisme, ${cle.replace("_", " ")}`, chez[cle], organisme[cle], facultatif);
    }
    for (const cle of ["categories", "sites"]) {
      comparer(`ajouts, ${cle}`, trie(tete.ajouts?.[cle] ?? []), trie(objet(lu.ajouts)[cle] ?? []));
    }
    const [avant, dit] = [precedent(tete.precedent, designee), precedent(lu.precedent, designee)];
    for (const cle of Object.keys(avant)) comparer(`audit précédent, ${cle}`, avant[cle], dit[cle], facultatif);
    comparer("certificats", tete.certificats ?? {}, lu.certificats ?? {});
    comparer("textes de l’organisme", objet(tete.textes).empreinte, objet(lu.textes).empreinte, facultatif);
    const [demandees, recues] = [tete, lu].map((lui) => objet(objet(lui.dossier).pieces));
    for (const cle of Object.keys(demandees)) comparer(`document reçu, ${cle}`, demandees[cle], recue(recues[cle]), facultatif);
    return trouvees;
  };

  return {
    element, prose, nombre, simple, noeud, ecrire, heure, telecharger, canonique, lisible, objet, enDouble, differences,
  };
})();
