"use strict";

// The form of an audit. What is typed stays in this browser, saved at each keystroke, and leaves it as a
// findings file. Whatever was typed or read goes into the page as a text or a value, never as markup.
// The domain is data: this script knows no finding by name but the one that says « not assessed yet ».

(() => {
  const { element, noeud, lisible, objet } = outils;
  const JOUR = /^\d{4}-\d{2}-\d{2}$/;
  // The fields of a line are those of the table of columns, which the page holds; what follows a gap comes beside.
  const champsDe = (...genres) =>
    donnees.champs.filter(({ genre }) => genres.includes(genre)).map(({ nom }) => nom);
  const signature = (voulu) => donnees.champs.find((champ) => champ.signature && champ.genre === voulu)?.nom;
  const DITS = ["constats", "verifications", "depart"]; // this form has its own start, or none

  // ---- what is recorded ------------------------------------------------------------------------------

  const vierge = () => ({
    ...Object.fromEntries(donnees.champs.map(({ nom }) => [nom, LISTES.includes(nom) ? [] : null])),
    constat: A_EVALUER, leve_le: null, leve_par: null,
    ...(donnees.complements.length ? { complements: {} } : {}),
  });

  const rempli = (releve) => !commun.rien(releve) || Boolean(releve[SITE]);

  /** What holds a field among others, and its key there: « complements.cle » (a column that the body adds), « ecart.causes ». */
  const parCle = (champ) => {
    const [nom, ...cle] = champ.split(".");
    return cle.length ? [nom, cle.join(".")] : null;
  };

  const valeur = (releve, cle, ligne) => {
    const montre = { ...vierge(), ...desaccords.partie(releve, ligne) };
    if (cle === SITE) return commun.sites(releve).length ? desaccords.vue(ligne) : releve[SITE];
    const [nom, dedans] = parCle(cle) ?? [];
    if (!dedans) return montre[cle];
    return Object.hasOwn(montre[nom] ?? {}, dedans) ? montre[nom][dedans] : "";
  };

  /** Whether a finding that needs a reason has one, be it worded twice, or at the sites of a check. */
  const explique = (ligne, releve) =>
    [releve, ...(ligne.ecarts.length === 1 ? commun.sites(releve).filter((part) => part.constat === releve.constat) : [])]
      .some((un) => (un.commentaire ?? "").trim() || commun.ouverts(un).some(({ champ }) => champ === "commentaire"));

  const commentaireManque = (ligne, releve) => ligne.a_motiver.includes(releve.constat) && !explique(ligne, releve);

  const appuiManque = (ligne, releve) =>
    ligne.sans_texte && releve.constat !== A_EVALUER && !HORS_PORTEE.has(releve.constat) && !(releve.appui ?? "").trim();

  /** What a line lacks, the first thing first: a word, a sentence, and the field that waits for it. */
  const fautes = (ligne, releve) => {
    const lui = releve ?? page.lire(ligne);
    const trouvees = [];
    const faute = (mot, besoin, champ) => trouvees.push({ mot: `! ${mot}`, besoin, champ });
    if (desaccords.ouverts(ligne).length) faute("à accorder", "Deux personnes l’ont dit autrement : choisir ci-dessus.");
    if (desaccords.misDeCote(ligne).some((mis) => !mis.revu_le)) faute("à revoir", "Un constat est à revoir, ci-dessus.");
    if (!ligne.saisie) return trouvees;
    const sites = commun.sites(lui).filter(({ constat }) => ligne.ecarts.includes(constat)).map(({ site }) => site);
    const choisie = ligne.ecarts.includes(lui.constat);
    if (sites.length && !choisie && !ligne.attend) {
      faute("gravité à choisir", `Un écart est relevé à un site (${sites.join(", ")}) : choisir la gravité pour tous les sites, avec sa raison.`);
    }
    const demande = aVoir(ligne) ? "Ce constat demande un commentaire." : "Revenir sur cet état demande une note.";
    if (commentaireManque(ligne, lui)) faute("commentaire à écrire", demande, "commentaire");
    for (const part of commun.sites(lui).filter((un) => commentaireManque(ligne, un))) {
      faute("commentaire à écrire", `Au site ${part.site}, ce constat demande un commentaire.`, desaccords.vue(ligne) === part.site ? "commentaire" : undefined);
    }
    for (const un of [lui, ...commun.sites(lui)]) {
      const [ou, auteur] = [un === lui ? "" : ` au site ${un[SITE]}`, (un.leve_par ?? "").trim()];
      if (un.leve_le && !auteur) faute("levée sans auteur", `Un écart est levé${ou} : dire par qui.`);
      if (auteur && !un.leve_le) faute("levée sans date", `Un écart est dit levé${ou} : dire quel jour.`);
      if (un.leve_le && !ligne.ecarts.includes(un.constat)) faute("levée sans écart", `Il n’y a pas d’écart à lever${ou}.`);
    }
    if (appuiManque(ligne, lui)) {
      faute("texte d’appui à citer", "Aucune source ne donne le texte de cette ligne : citer celui sur lequel le constat repose (document, page). Sans lui, la conclusion reste inconnue.", "appui");
    }
    return trouvees;
  };

  const aVoir = (ligne) => ligne.etat !== "non_applicable";
  const evalue = (ligne) => page.lire(ligne).constat !== A_EVALUER;
  /** Whether a rule makes the finding of the line of those of its sites, and each it waits for was seen. */
  const decidee = (ligne, releve = page.lire(ligne)) => {
    const vus = commun.sites(releve).filter(({ constat }) => (constat ?? A_EVALUER) !== A_EVALUER).map(({ site }) => site);
    return Boolean(ligne.attend) && vus.length > 0 && ligne.attend.every((site) => vus.includes(site));
  };
  const resteAFaire = (ligne) =>
    (ligne.saisie && aVoir(ligne) && !evalue(ligne) && !decidee(ligne)) || fautes(ligne).length > 0;

  const pleins = (valeurs) => Object.fromEntries(Object.entries(valeurs).filter(([, v]) => !commun.vide(v) && v !== A_EVALUER));

  /** A finding as the file holds it, that of a check under « resultat »; what was not said of a site is left out. */
  const ecrit = (releve, cle) => {
    const { origines: _, constat, appui, leve_constat, ecart, complements, par_site = [], a_accorder, ...suite } = releve;
    const parts = par_site.map((part) => {
      const { site, ...dits } = ecrit(part, cle);
      return { site, ...pleins(dits) };
    });
    return {
      [cle]: constat, ...suite, ...(donnees.complements.length ? { complements: complements ?? {} } : pleins({ complements })),
      ...pleins({ appui, leve_constat, ecart, a_accorder, par_site: parts }),
    };
  };

  /** The findings file: every line due, and the others where something was recorded; the checks apart. */
  const fichier = () => {
    const { format, referentiel, audit, ...suite } = donnees.tete;
    const { origines: _, ...autres } = page.autres();
    const verifications = page.lignes.filter((ligne) => ligne.verification);
    const dites = page.lignes.filter(
      (ligne) => !ligne.verification && (ligne.etat === "a_auditer" || rempli(page.lire(ligne))),
    );
    return {
      format, referentiel, audit, ...autres, ...suite,
      ecarts_notifies_le: page.tete().notification || null,
      constats: dites.map((ligne) => ({ id: ligne.id, ...ecrit(page.lire(ligne), "constat") })),
      ...(verifications.length
        ? { verifications: verifications.map((ligne) => ({ id: ligne.verification, ...ecrit(page.lire(ligne), "resultat") })) }
        : {}),
    };
  };

  // ---- from what is recorded to the page -------------------------------------------------------------

  /** What follows a gap is shown where there is one, at a site at least, or where something was typed of it. */
  const montrerLaSuite = (ligne, releve) => {
    const suite = ligne.article.querySelector(".suite");
    const dites = ({ constat, ecart, leve_le, leve_par, leve_constat }) =>
      ligne.ecarts.includes(constat) || Object.keys(pleins({ ...ecart, leve_le, leve_par, leve_constat })).length > 0;
    if (suite) suite.hidden = ![releve, ...commun.sites(releve)].some(dites);
  };

  const suivi = (ligne, releve) => {
    montrerLaSuite(ligne, releve);
    const manques = fautes(ligne, releve);
    const porte = releve.constat !== A_EVALUER;
    const fait = porte || decidee(ligne, releve);
    const debut = aVoir(ligne) ? "□ à évaluer" : "";
    const titre = porte ? TITRES.get(releve.constat) ?? releve.constat : "d’après ses sites";
    return {
      fait, manque: manques.length > 0,
      mot: manques[0]?.mot ?? (fait ? `✓ ${titre}${releve.leve_le ? " (levé)" : ""}` : debut),
      besoin: manques.map(({ besoin }) => besoin).join(" "),
      attendus: manques.map(({ champ }) => champ).filter(Boolean),
    };
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
      // The title first: a level may be called « 0 », and « 1 0 » reads as ten.
      item.append(`${TITRES.get(constat) ?? constat} : `, noeud("strong", String(n)));
      return item;
    });
    element("comptes").replaceChildren(...comptes);
    desaccords.toutMontrer();
  };

  // ---- import ----------------------------------------------------------------------------------------

  const NOMBRE_OU_TEXTE = ["number", "string"];

  /** Whether what people said differently has its form: fields that a finding has, each with its values. */
  const accordsJustes = (liste, champs) =>
    liste === null || (Array.isArray(liste) && liste.every((accord) =>
      champs(objet(accord).champ) && Array.isArray(accord.valeurs) && accord.valeurs.length > 0 &&
      ["boolean", "undefined"].includes(typeof accord.aucune) &&
      accord.valeurs.every((v) => objet(v) === v && (v.valeur === null || NOMBRE_OU_TEXTE.includes(typeof v.valeur)))));

  const enTexte = (accords) =>
    (accords ?? []).map(({ champ, valeurs, aucune }) => ({
      champ, ...(aucune ? { aucune } : {}), valeurs: valeurs.map(({ valeur, de = null, par = null }) => ({ valeur: valeur === null ? null : String(valeur), de, par })),
    }));

  const champConnu = (champ) => typeof champ === "string" && /^(ecart|complements)\../.test(champ) || ["constat", "leve_constat", ...TEXTES].includes(champ);

  /** A finding as it is kept here, or that of a site; what is wrong with it goes to `refus`. */
  const releveDe = (brut, { nom, permis, controle }, refus) => {
    const releve = { ...vierge(), ...brut, constat: (controle ? brut.resultat : brut.constat) ?? A_EVALUER };
    delete releve.id;
    delete releve.resultat;
    const fautif = (champ) => refus.push(`${nom} : ${champ} a une forme inattendue`);
    if (permis && releve.constat !== A_EVALUER && !permis.includes(releve.constat)) {
      refus.push(`${nom} : le constat « ${lisible(releve.constat)} » n’est pas permis`);
    }
    for (const cle of TEXTES) {
      releve[cle] ??= null;
      if (cle === SITE && typeof releve[cle] === "number") releve[cle] = String(releve[cle]);
      if (releve[cle] !== null && typeof releve[cle] !== "string") fautif(cle);
      else if (releve[cle] && JOURS.includes(cle) && !JOUR.test(releve[cle])) fautif(cle);
    }
    if (!accordsJustes(releve.a_accorder ?? null, champConnu)) fautif("a_accorder");
    else releve.a_accorder = enTexte(releve.a_accorder);
    const suivi = Object.entries(releve.ecart ?? {}).filter(([, texte]) => texte !== null);
    if (objet(releve.ecart ?? {}) !== (releve.ecart ?? objet(releve.ecart)) && releve.ecart) fautif("ecart");
    releve.ecart = Object.fromEntries(suivi.map(([cle, texte]) => [cle, String(texte)]));
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
      if (permis) refus.push(`${nom} : annotation inconnue, « ${lisible(annotation)} »`);
    }
    const parts = releve.par_site ?? [];
    const justes = Array.isArray(parts) && parts.every((part) => NOMBRE_OU_TEXTE.includes(typeof objet(part)[SITE]));
    if (!justes) fautif("par_site");
    else releve.par_site = parts.map((part) => releveDe(part, { nom: `${nom}, site ${part[SITE]}`, permis, controle }, refus));
    return releve;
  };

  /** One entry of the file, by its line; that of a line which is not here is set aside, whole. */
  const entree = (brut, refus, de, aCote, controle = false) => {
    const { id } = objet(brut);
    const quoi = controle ? "vérification" : "ligne";
    if (!NOMBRE_OU_TEXTE.includes(typeof id)) {
      refus.push(`${quoi} inconnue : « ${lisible(id)} »`);
      return null;
    }
    const ligne = controle ? page.parId.get(`verification:${id}`) : page.designee(id);
    const nom = ligne ? `ligne ${ligne.numero}` : `${quoi} ${id}`;
    const releve = releveDe(brut, { nom, permis: ligne?.constats, controle }, refus);
    if (ligne) return [ligne.id, commun.situer(releve, de)];
    const raison = `ce formulaire n’a pas cette ${quoi}`;
    if (!commun.rien(releve)) aCote.push({ raison, ...brut, id: String(id), ...(controle ? { resultat: releve.constat } : { constat: releve.constat }) });
    return null;
  };

  let aCote = []; // findings of the file being read, on lines that this form does not have

  const entrees = (lu, refus, de) => {
    aCote = [];
    const controles = lu.verifications ?? [];
    if (!Array.isArray(controles)) {
      refus.push("« verifications » n’est pas une liste");
      return [];
    }
    const lues = controles.map((brut) => entree(brut, refus, de, aCote, true));
    return [...lu.constats.map((brut) => entree(brut, refus, de, aCote)), ...lues];
  };

  const reste = (lu, refus, _, de) => {
    const notification = lu.ecarts_notifies_le ?? "";
    if (notification && !JOUR.test(notification)) refus.push("ecarts_notifies_le n’est pas une date");
    const autres = Object.fromEntries(
      Object.entries(lu).filter(([cle]) => !(cle in donnees.tete) && !DITS.includes(cle)),
    );
    const mis = autres.a_revoir ?? [];
    if (!Array.isArray(mis) || mis.some((un) => typeof objet(un).raison !== "string" || typeof un.id !== "string")) {
      refus.push("a_revoir a une forme inattendue");
    } else if (mis.length || aCote.length) {
      autres.a_revoir = [...mis, ...aCote];
    }
    if (!accordsJustes(autres.a_accorder ?? null, (champ) => typeof champ === "string")) refus.push("a_accorder a une forme inattendue");
    else if (autres.a_accorder) autres.a_accorder = enTexte(autres.a_accorder);
    return { tete: { ...page.tete(), notification }, autres: { ...autres, de } };
  };

  /** What is typed here and what a file says, put together; nothing that anyone recorded is replaced. */
  const reunir = (ici, lu, refus) => {
    const refuser = (nom) => (cle) =>
      refus.push(`${nom} : « ${cle} » a deux valeurs, et ce formulaire ne connaît pas ce champ ; en garder une dans le fichier`);
    const releves = new Map(ici.releves);
    for (const [id, releve] of lu.releves) {
      const { ecarts, verification, numero } = page.parId.get(id);
      const sujet = { ecarts, controle: Boolean(verification), refuser: refuser(`ligne ${numero}`) };
      const reuni = commun.releves(ici.releves.get(id) ?? vierge(), releve, sujet);
      if (rempli(reuni)) releves.set(id, reuni);
    }
    const dits = [ici, lu].map(({ autres, tete }) => ({ ...autres, ecarts_notifies_le: tete.notification }));
    const { ecarts_notifies_le: notification = "", ...autres } = commun.alentours(...dits, refuser("le fichier"));
    return { releves, tete: { ...ici.tete, notification }, autres };
  };

  // ---- what people do --------------------------------------------------------------------------------

  const aujourdHui = () => {
    const jour = new Date();
    return [jour.getFullYear(), jour.getMonth() + 1, jour.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  };

  /** What was typed, in `releve`; whether another field follows: who and when, which can be written over. */
  const noter = (releve, champ, ligne) => {
    if (!commun.sites(releve).length) return noterUn(releve, champ);
    if (champ.dataset.champ === SITE) {
      desaccords.vues.set(ligne.id, champ.value);
      return true;
    }
    const part = { ...vierge(), ...desaccords.partie(releve, ligne) };
    const suivent = noterUn(part, champ);
    Object.assign(releve, desaccords.vue(ligne) ? desaccords.avecPart(ligne, releve, part) : part);
    return suivent;
  };

  const noterUn = (releve, champ) => {
    const cle = champ.dataset.champ;
    const { [cle]: _, ...lues } = releve.origines ?? {};
    if (releve.origines) releve.origines = lues; // it is said here, now
    const [nom, dedans] = parCle(cle) ?? [];
    if (dedans) {
      const { [dedans]: _, ...autres } = releve[nom] ?? {};
      releve[nom] = champ.value ? { ...autres, [dedans]: champ.value } : autres;
    } else if (champ.type === "checkbox") {
      const autres = releve[cle].filter((mot) => mot !== champ.value);
      releve[cle] = champ.checked ? [...autres, champ.value] : autres;
    } else if (LISTES.includes(cle)) {
      releve[cle] = champ.value.split("\n").map((texte) => texte.trim()).filter(Boolean);
    } else {
      releve[cle] = (cle === "appui" ? champ.value.trim() : champ.value) || (cle === "constat" ? A_EVALUER : null);
    }
    const { auditeur } = page.tete();
    const [par, le] = [signature("texte"), signature("jour")];
    const signe = cle === "constat" && champ.value !== A_EVALUER && auditeur && !releve[par];
    if (signe) {
      releve[par] = auditeur;
      releve[le] ??= aujourdHui();
    }
    const { site } = page.tete();
    const place = cle === "constat" && champ.value !== A_EVALUER && site && !releve[SITE] && !commun.sites(releve).length;
    if (place) releve[SITE] = site;
    return signe || place;
  };

  const page = saisie({
    cle: "constats",
    liste: "constats",
    champs: ["auditeur", "notification", ...(element("site") ? ["site"] : [])],
    motive: "commentaire",
    motifs: ["commentaire", "appui"],
    mots: {
      quoi: "les constats", fichier: "constats", faite: "évaluée", toutEstFait: "Tout est évalué", importe: "ligne",
      manque: ["commentaire manque", "commentaires manquent"], tout: "tout ce qui est saisi pour ce dossier",
    },
    vierge, rempli, valeur, suivi, compter, entrees, reste, reunir, noter, fichier, resteAFaire,
    montrer: (ligne) => desaccords.montrer(ligne),
    laisse: () => [
      [page.saisies.filter((ligne) => appuiManque(ligne, page.lire(ligne))).length, "texte d’appui manque", "textes d’appui manquent"],
      ...desaccords.laisse(),
    ],
    importe: () => { if (desaccords.laisse().some(([n]) => n)) element("accords").focus(); },
    dits: (releve) => [
      ...champsDe("texte").filter((cle) => cle !== signature("texte")).map((cle) => releve[cle] ?? ""),
      ...champsDe("liste").flatMap((cle) => releve[cle]), ...Object.values(releve.complements ?? {}),
    ],
    compte: (ligne) => ligne.saisie && aVoir(ligne),
    faite: evalue,
    manque: (ligne, releve) => [releve, ...commun.sites(releve)].some((un) => commentaireManque(ligne, un)),
  });
  const { donnees } = page;
  const A_EVALUER = donnees.a_evaluer;
  const LISTES = champsDe("liste", "annotations");
  const JOURS = [...champsDe("jour"), "leve_le"];
  const TEXTES = [...champsDe("texte", "jour", "site"), "leve_le", "leve_par"];
  const [SITE] = champsDe("site");
  const TITRES = new Map([
    [A_EVALUER, "À évaluer"], ...[...donnees.constats, ...donnees.resultats].map(({ id, titre }) => [id, titre]),
  ]);
  const HORS_PORTEE = new Set(donnees.constats.filter((constat) => constat.hors_portee).map(({ id }) => id));
  const commun = reunion(donnees);
  const desaccords = accords({ page, reunion: commun, donnees, titres: TITRES, aujourdHui });

  if (matchMedia("(min-width: 76rem)").matches) {
    document.querySelectorAll(".lire > details").forEach((volet) => { volet.open = true; });
  }
  element("notification").min = donnees.tete.audit.date;
  page.ouvrir();
})();
