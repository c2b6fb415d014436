// Two findings files of one audit made into one, by line, by site and by field: the rules of audit/reunion.py, for files
// that share no start. Nothing is dropped, and the order of two files changes nothing: what is put together is sorted.
// A finding is that of the file, in which a check says « constat » too; `origines` says where a field was read.

const reunion = (donnees) => {
  const { objet, canonique } = outils;
  const A_EVALUER = donnees.a_evaluer;
  const ENTRE_NOMS = " ; ";
  const nommes = (...genres) => donnees.champs.filter(({ genre }) => genres.includes(genre));
  const SIGNES = nommes("texte").filter((champ) => champ.signature).map(({ nom }) => nom);
  const LISTES = nommes("liste", "annotations").map(({ nom }) => nom);
  const SIMPLES = [
    ...nommes("constat", "texte", "jour").map(({ nom }) => nom).filter((nom) => !SIGNES.includes(nom)),
    "leve_le", "leve_par", "leve_constat",
  ];
  const PAR_CLE = ["ecart", "complements"];
  const CONNUS = new Set([...SIMPLES, ...SIGNES, ...LISTES, ...PAR_CLE, "site", "par_site", "a_accorder", "origines"]);
  // What says that two entries of a list of the report are the same one, and which of its parts are lists.
  const CLES = { echantillons: ["id"], avis: ["instance", "objet"], decision: ["objet"], notification: ["objet"] };
  const nommee = (entree, cles) => cles.map((cle) => entree[cle] ?? "").filter(String).join(" ");
  const ENTREES = ["seances", "personnes", "echantillons", "suites", "decision"];
  const TEXTES = ["par", "liste"];

  const rang = (valeur) => (typeof valeur === "string" ? valeur : canonique(valeur));
  const ordonner = (valeurs, cle = rang) =>
    [...valeurs].sort((a, b) => (cle(a) < cle(b) ? -1 : cle(a) > cle(b) ? 1 : 0));
  const estObjet = (valeur) => valeur !== null && objet(valeur) === valeur;
  const vide = (valeur) =>
    valeur === undefined || valeur === null || valeur === "" || (Array.isArray(valeur) && !valeur.length) ||
    (estObjet(valeur) && !Object.keys(valeur).length);

  /** What stands in a field, « ecart.causes » too; `null` when it is empty. */
  const dansLeChamp = (releve, champ) => {
    const [nom, ...cle] = champ.split(".");
    const valeur = cle.length ? objet(releve[nom])[cle.join(".")] : releve[nom];
    return vide(valeur) || valeur === A_EVALUER ? null : valeur;
  };

  /** The same finding with another value in a field. */
  const avec = (releve, champ, valeur) => {
    const [nom, ...cle] = champ.split(".");
    if (!cle.length) return { ...releve, [nom]: nom === "constat" ? valeur ?? A_EVALUER : valeur };
    const { [cle.join(".")]: _, ...autres } = objet(releve[nom]);
    return { ...releve, [nom]: valeur === null ? autres : { ...autres, [cle.join(".")]: valeur } };
  };

  const ouverts = (releve) => (releve.a_accorder ?? []).filter(({ champ, aucune }) => !aucune && dansLeChamp(releve, champ) === null);
  const sites = (releve) => releve.par_site ?? [];
  const rien = (releve) =>
    Object.entries(releve).every(([cle, v]) => ["site", "origines"].includes(cle) || vide(v) || v === A_EVALUER);

  const noms = (texte) => (texte ?? "").split(ENTRE_NOMS).map((nom) => nom.trim()).filter(Boolean);
  const signataires = (releve) =>
    [...new Set([releve, ...sites(releve)].flatMap((un) => SIGNES.flatMap((nom) => noms(un[nom]))))].join(ENTRE_NOMS);

  /** All of both lists; in the order of one where the other adds nothing. */
  const ensemble = (un, deux) => {
    if (vide(un) || canonique(un) === canonique(deux ?? [])) return vide(un) ? deux ?? [] : un;
    if (vide(deux)) return un;
    return ordonner(new Map([...un, ...deux].map((valeur) => [rang(valeur), valeur])).values());
  };

  const premiere = (un, deux) => {
    const cle = ({ de, par }) => canonique([de ?? "", par ?? ""]);
    return !un || (deux && cle(deux) < cle(un)) ? deux : un;
  };

  /** Whether a field is settled, and its value; `dites` are the values that each side left open, or chose among. */
  const choisir = (un, deux, dites) => {
    const attend = [un === null && dites[0].length > 0, deux === null && dites[1].length > 0];
    if (attend[0] || attend[1]) {
      const [valeur, connues, laissees] = attend[0] ? [deux, dites[1], dites[0]] : [un, dites[0], dites[1]];
      const decide = attend[0] !== attend[1] && laissees.every((v) => connues.includes(v));
      return { decide: decide || valeur === null, valeur: decide ? valeur : null };
    }
    if (un === null || deux === null || String(un) === String(deux)) return { decide: true, valeur: un ?? deux };
    const [surDeux, surUn] = [dites[0].includes(String(deux)), dites[1].includes(String(un))];
    if (surDeux !== surUn) return { decide: true, valeur: surDeux ? un : deux };
    return { decide: false, valeur: null };
  };

  /** The same where a side chose none of its values: that holds over those, and no other. */
  const sansValeur = (valeurs, dites, riens) => {
    if (riens[0] && riens[1]) return { decide: true, valeur: null };
    const rang = riens.indexOf(true);
    const [autre, siennes, leurs] = [valeurs[1 - rang], dites[rang], dites[1 - rang]];
    if (autre === null) return { decide: leurs.every((v) => siennes.includes(v)), valeur: null };
    const [connue, couvertes] = [siennes.includes(String(autre)), leurs.length > 0 && siennes.every((v) => leurs.includes(v))];
    return { decide: connue !== couvertes, valeur: connue === couvertes || connue ? null : autre };
  };

  /** The joining of two sides field by field; `accorder` holds what they say differently. */
  const jonction = (un, deux) => {
    const cotes = [un, deux];
    const connus = cotes.map((cote) => new Map((cote.a_accorder ?? []).map((accord) => [accord.champ, accord])));
    const accorder = new Map();
    const sansRetenue = new Set();
    const origines = {};
    const lueDans = (cote, champ) => objet(cote.origines)[champ] ?? (cote.de ? { de: cote.de, par: null } : undefined);
    const origine = (cote, champ) => lueDans(cote, champ) ?? { de: null, par: signataires(cote) || null };

    const texte = (champ, ...valeurs) => {
      const laisses = connus.map((connu) => connu.get(champ)?.valeurs ?? []);
      const riens = connus.map((connu, n) => Boolean(connu.get(champ)?.aucune) && valeurs[n] === null);
      const connues = laisses.map((vs) => vs.map((v) => v.valeur));
      const sansChoix = riens.includes(true);
      const { decide, valeur } = sansChoix ? sansValeur(valeurs, connues, riens) : choisir(...valeurs, connues);
      if (sansChoix && decide && valeur === null) sansRetenue.add(champ);
      const dites = new Map();
      const ajouter = (version) => dites.set(version.valeur, premiere(dites.get(version.valeur), version));
      laisses.flat().forEach(ajouter);
      if (!decide) {
        valeurs.forEach((v, n) => { if (v !== null || riens[n]) ajouter({ valeur: v === null ? null : String(v), ...origine(cotes[n], champ) }); });
      }
      if (dites.size) accorder.set(champ, [...dites.values()]);
      valeurs.forEach((v, n) => {
        const lue = lueDans(cotes[n], champ);
        if ((v !== null || riens[n]) && v === valeur && lue) origines[champ] = premiere(origines[champ], lue);
      });
      return valeur;
    };

    const nimporte = (champ, cle, gauche = null, droite = null) => {
      if (estObjet(gauche) || estObjet(droite)) {
        const reuni = parCle(champ, gauche ?? {}, droite ?? {});
        return vide(reuni) ? null : reuni;
      }
      if (!Array.isArray(gauche) && !Array.isArray(droite)) return texte(champ, gauche, droite);
      if (gauche === null || droite === null) return gauche ?? droite;
      if (!(cle in CLES)) return ensemble(gauche, droite);
      const [un_, deux_] = [gauche, droite].map((liste) => new Map(liste.map((e) => [nommee(e, CLES[cle]), e])));
      const nomsDesEntrees = ordonner(new Set([...un_.keys(), ...deux_.keys()]), (nom) => String(nom ?? ""));
      return nomsDesEntrees.map((nom) => parCle(nom ? `${champ}.${nom}` : champ, un_.get(nom) ?? {}, deux_.get(nom) ?? {}));
    };

    const parCle = (champ, gauche, droite) => {
      const reuni = {};
      for (const cle of new Set([...Object.keys(gauche), ...Object.keys(droite)])) {
        const valeur = nimporte(champ ? `${champ}.${cle}` : cle, cle, gauche[cle], droite[cle]);
        if (valeur !== null) reuni[cle] = valeur;
      }
      return reuni;
    };

    const aAccorder = () => {
      for (const champ of connus.flatMap((connu) => [...connu.keys()])) if (!accorder.has(champ)) texte(champ, null, null);
      const cle = ({ valeur, de, par }) => canonique([valeur ?? "", de ?? "", par ?? ""]);
      return ordonner(accorder.keys()).map((champ) => ({
        champ, valeurs: ordonner(accorder.get(champ), cle), ...(sansRetenue.has(champ) ? { aucune: true } : {}),
      }));
    };
    return { texte, parCle, aAccorder, origines };
  };

  /** Keys that this form does not know: joined where one says nothing, or both the same; else nobody may choose. */
  const inconnues = (un, deux, connus, refuser) => {
    const reuni = {};
    for (const cle of new Set([...Object.keys(un), ...Object.keys(deux)])) {
      if (connus.has(cle)) continue;
      const memes = canonique(un[cle] ?? null) === canonique(deux[cle] ?? null);
      if (!memes && !vide(un[cle]) && !vide(deux[cle])) refuser(cle);
      reuni[cle] = vide(un[cle]) ? deux[cle] : un[cle];
    }
    return reuni;
  };

  const parChamp = (un, deux, refuser) => {
    const j = jonction(un, deux);
    const reuni = inconnues(un, deux, CONNUS, refuser);
    for (const champ of SIMPLES) reuni[champ] = j.texte(champ, dansLeChamp(un, champ), dansLeChamp(deux, champ));
    reuni.constat ??= A_EVALUER;
    for (const champ of SIGNES) {
      const seul = vide(un[champ]) || un[champ] === deux[champ] || vide(deux[champ]);
      reuni[champ] = seul ? un[champ] || deux[champ] || null : ensemble(noms(un[champ]), noms(deux[champ])).join(ENTRE_NOMS);
    }
    for (const champ of LISTES) reuni[champ] = ensemble(un[champ] ?? [], deux[champ] ?? []);
    for (const champ of PAR_CLE) reuni[champ] = j.parCle(champ, objet(un[champ]), objet(deux[champ]));
    return { ...reuni, site: null, par_site: [], a_accorder: j.aAccorder(), origines: j.origines };
  };

  const parSite = (releve) => {
    if (sites(releve).length) return new Map(sites(releve).map((part) => [part.site, part]));
    return new Map(releve.site ? [[releve.site, releve]] : []);
  };

  /** The finding for all sites: none where the line was seen at one only, or where it was that of each. */
  const pourTous = (releve, ecarts) => {
    if (releve.site && !sites(releve).length) return {};
    const pareils = sites(releve).length > 0 && sites(releve).every((part) => part.constat === releve.constat);
    const constat = pareils && !ecarts.includes(releve.constat) ? A_EVALUER : releve.constat;
    return { ...releve, constat, par_site: [], site: null };
  };

  const echoue = (releve, ecarts) => sites(releve).some((part) => ecarts.includes(part.constat));
  const interdit = (releve, ecarts) =>
    releve.constat !== A_EVALUER && !ecarts.includes(releve.constat) && echoue(releve, ecarts);

  /** A finding for all sites that one of them forbids is something to settle. */
  const desavouer = (releve, ecarts) => {
    if (!interdit(releve, ecarts)) return releve;
    const origine = objet(releve.origines).constat ?? { de: null, par: signataires(releve) || null };
    const connus = releve.a_accorder.find(({ champ }) => champ === "constat")?.valeurs ?? [];
    const dites = new Map([...connus, { valeur: releve.constat, ...origine }].map((version) => [version.valeur, version]));
    const autres = releve.a_accorder.filter(({ champ }) => champ !== "constat");
    const accord = { champ: "constat", valeurs: ordonner(dites.values(), ({ valeur }) => valeur ?? "") };
    return { ...releve, constat: A_EVALUER, a_accorder: ordonner([...autres, accord], ({ champ }) => champ) };
  };

  /** The finding that those of the sites call for; none, where someone must choose. A check that fails somewhere fails. */
  const consolider = (releve, ecarts, controle) => {
    const echec = echoue(releve, ecarts);
    if (releve.constat !== A_EVALUER && !(echec && !ecarts.includes(releve.constat))) return releve;
    const vus = new Set(sites(releve).map((part) => part.constat));
    let constat = A_EVALUER;
    if (echec && controle) [constat] = ecarts;
    else if (vus.size === 1 && !echec && !(releve.a_accorder ?? []).some(({ champ }) => champ === "constat")) [constat] = vus;
    return { ...releve, constat };
  };

  /** Two findings of one line made into one; `ecarts` are the gaps that may be found on it. */
  const releves = (un, deux, { ecarts, controle = false, refuser }) => {
    const vus = new Set([un, deux].filter((r) => r.site && !rien(r)).map((r) => r.site));
    if (!sites(un).length && !sites(deux).length && vus.size < 2) {
      const [seul = un.site === deux.site ? un.site : null] = vus;
      return { ...parChamp(un, deux, refuser), site: seul ?? null };
    }
    const [a, b] = [parSite(un), parSite(deux)];
    const parts = ordonner(new Set([...a.keys(), ...b.keys()]))
      .map((site) => ({ ...parChamp(a.get(site) ?? {}, b.get(site) ?? {}, refuser), site }))
      .filter((part) => !rien(part));
    const propre = parChamp(pourTous(un, ecarts), pourTous(deux, ecarts), refuser);
    return consolider(desavouer({ ...propre, par_site: parts }, ecarts), ecarts, controle);
  };

  /** A text alone is a list of one, in what only a report uses. */
  const enListe = (valeur) => (Array.isArray(valeur) ? valeur.map(String) : [String(valeur)]);
  const entree = (valeur) =>
    Object.fromEntries(Object.entries(objet(valeur)).filter(([, v]) => v !== null)
      .map(([cle, v]) => [cle, TEXTES.includes(cle) ? enListe(v) : v]));
  const rapport = (autres) =>
    Object.fromEntries(donnees.rapport.filter((cle) => autres[cle] !== undefined && autres[cle] !== null).map((cle) => {
      const valeur = autres[cle];
      if (cle === "evaluation") return [cle, entree(valeur)];
      return [cle, ENTREES.includes(cle) ? (Array.isArray(valeur) ? valeur : [valeur]).map(entree) : enListe(valeur)];
    }));

  /** Findings set aside: all of both; one that somebody looked at again is looked at. */
  const aRevoir = (un = [], deux = []) => {
    const vus = new Map();
    for (const mis of [...un, ...deux]) {
      const { revu_le: _, revu_par: __, ...reste } = mis;
      const deja = vus.get(canonique(reste));
      const cle = ({ revu_le, revu_par }) => canonique([revu_le ?? "9", revu_par ?? ""]);
      if (!deja || cle(mis) < cle(deja)) vus.set(canonique(reste), mis);
    }
    const [memes, ...autres] = [un, deux].filter((liste) => liste.length);
    return memes && autres.every((liste) => canonique(liste) === canonique(memes)) ? memes : ordonner(vus.values());
  };

  /** What two files say beside their findings, the notification with it; `refuser` names what nobody may choose. */
  const alentours = (un, deux, refuser) => {
    const apart = new Set([...donnees.rapport, "a_accorder", "a_revoir", "ecarts_notifies_le", "origines", "de"]);
    const tete = ({ ecarts_notifies_le, ...autres }) => ({ ...(ecarts_notifies_le ? { ecarts_notifies_le } : {}), ...rapport(autres) });
    const j = jonction(un, deux);
    const dits = j.parCle("", tete(un), tete(deux));
    const reuni = { ...inconnues(un, deux, apart, refuser), ...dits };
    const [accords, mis] = [j.aAccorder(), aRevoir(un.a_revoir ?? [], deux.a_revoir ?? [])];
    return { ...reuni, origines: j.origines, ...(accords.length ? { a_accorder: accords } : {}), ...(mis.length ? { a_revoir: mis } : {}) };
  };

  /** What stands at a path of keys, an entry of a list being called by its id, or by its object; `poser` writes there. */
  const auBout = (valeur, chemin, poser) => {
    if (Array.isArray(valeur)) {
      const nomme = valeur.find((e) => chemin.length && [e?.id, e?.objet].includes(chemin[0]));
      if (nomme) return auBout(nomme, chemin.slice(1), poser);
      const seule = valeur.filter(estObjet)[0];
      return seule ? auBout(seule, chemin, poser) : null;
    }
    const [cle, ...suite] = chemin;
    if (!estObjet(valeur)) return null;
    if (suite.length) {
      if (poser && !estObjet(valeur[cle]) && !Array.isArray(valeur[cle])) valeur[cle] = {};
      return auBout(valeur[cle], suite, poser);
    }
    if (poser) poser(valeur, cle);
    return vide(valeur[cle]) ? null : valeur[cle];
  };

  /** Where each field of a finding was read, and who signed it: what is said of it if someone says otherwise.
   *  One where none of the values was chosen says something too, though it is empty. */
  const situer = (releve, de) => {
    const lus = (un) => {
      const champs = [...SIMPLES, ...PAR_CLE.flatMap((nom) => Object.keys(objet(un[nom])).map((cle) => `${nom}.${cle}`))];
      const par = signataires(un) || null;
      const sansRetenue = (un.a_accorder ?? []).filter(({ aucune }) => aucune).map(({ champ }) => champ);
      const dits = champs.filter((champ) => dansLeChamp(un, champ) !== null);
      const origines = [...new Set([...dits, ...sansRetenue])].map((champ) => [champ, { de, par }]);
      return { ...un, origines: Object.fromEntries(origines) };
    };
    return { ...lus(releve), ...(sites(releve).length ? { par_site: sites(releve).map(lus) } : {}) };
  };

  return { releves, alentours, situer, ouverts, sites, rien, avec, dansLeChamp, auBout, consolider, echoue, interdit, vide, estObjet };
};
