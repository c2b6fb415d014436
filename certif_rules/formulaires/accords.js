// What the form of an audit shows of findings put together: what people said differently, with the buttons that settle
// it one by one, the finding of each site, and what is set aside to be looked at again. Texts only, never markup.

const accords = ({ page, reunion, donnees, titres, aujourdHui }) => {
  const { element, noeud, prose, nombre } = outils;
  const SITES = new Map((donnees.tete.organisme.sites ?? []).map(({ id, commune }) => [String(id), commune]));
  const vues = new Map(); // by line, the site whose finding the fields show

  const nomDuSite = (site) => `site ${site}${SITES.get(site) ? ` – ${SITES.get(site)}` : ""}`;
  const libelle = (champ) => donnees.libelles[champ] ?? champ.replace(/^ecart\./, "").replace(/_/g, " ").replace(/\./g, ", ");
  const lisible = (champ, valeur) => {
    if (valeur === null) return "rien";
    const [, an, mois, jour] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(valeur) ?? [];
    const texte = champ === "constat" || champ === "leve_constat" ? titres.get(valeur) : jour && `${jour}/${mois}/${an}`;
    return `« ${texte ?? valeur} »`;
  };

  const bouton = (texte, agir) => {
    const cree = noeud("button", prose(texte));
    cree.type = "button";
    cree.addEventListener("click", agir);
    return cree;
  };

  const origine = ({ de, par }) => [de ?? "saisi ici", par].filter(Boolean).join(", ");

  /** One thing that people said differently: a button for each value, or what was chosen and the way back. */
  const accord = ({ champ, valeurs, aucune }, { ou = "", retenue, retenir, rouvrir }) => {
    const ouvert = retenue === null && !aucune;
    const boite = noeud("div", "", ouvert ? "accord" : "accord regle");
    const nom = `${libelle(champ)}${ou ? `, ${ou}` : ""}`;
    boite.setAttribute("role", "group");
    boite.setAttribute("aria-label", prose(`${ouvert ? "À accorder" : "Accordé"} : ${nom}`));
    if (!ouvert) {
      boite.append(noeud("p", prose(`✓ Accordé, ${nom} : ${retenue === null ? "aucune de ces valeurs" : lisible(champ, String(retenue))}`)), bouton("Revenir sur ce choix", rouvrir));
      return boite;
    }
    boite.append(noeud("p", prose(`! À accorder, ${nom} : deux personnes l’ont dit autrement. Rien n’est choisi.`)));
    const choix = noeud("div", "", "actions");
    for (const version of valeurs.filter(({ valeur }) => valeur !== null)) {
      const retient = bouton(`Retenir ${lisible(champ, version.valeur)}`, () => retenir(version.valeur));
      retient.append(noeud("span", prose(` (${origine(version)})`), "aide"));
      choix.append(retient);
    }
    choix.append(bouton("N’en retenir aucune", () => retenir(null)));
    boite.append(choix);
    return boite;
  };

  // ---- on a line -------------------------------------------------------------------------------------

  const vue = (ligne) => {
    const parts = reunion.sites(page.lire(ligne));
    return parts.length ? vues.get(ligne.id) ?? page.tete().site ?? "" : "";
  };

  /** The finding that the fields show: that of a site, where several were seen, or that of the line. */
  const partie = (releve, ligne) => {
    const site = vue(ligne);
    return site ? reunion.sites(releve).find((part) => part.site === site) ?? { site } : releve;
  };

  /** The same finding, with that of a site written over; the one for all follows, as when two files are joined. */
  const avecPart = (ligne, releve, part) => {
    const autres = reunion.sites(releve).filter(({ site }) => site !== part.site);
    const parts = reunion.rien(part) ? autres : [...autres, part].sort((a, b) => (a.site < b.site ? -1 : 1));
    const pareils = reunion.sites(releve).every(({ constat }) => constat === releve.constat);
    const propre = pareils && !ligne.ecarts.includes(releve.constat) ? { ...releve, constat: donnees.a_evaluer } : releve;
    return reunion.consolider({ ...propre, par_site: parts, a_accorder: releve.a_accorder ?? [] }, ligne.ecarts, Boolean(ligne.verification));
  };

  const remplacer = (ligne, part, nouvelle) => {
    const releve = page.lire(ligne);
    page.poser(ligne, part === releve ? nouvelle : avecPart(ligne, releve, nouvelle));
  };

  /** The same conflicts, one of them being settled to none of its values, or open again. */
  const tranche = (liste, champ, aucune) => liste.map((un) => {
    const { aucune: _, ...reste } = un;
    if (un.champ !== champ) return un;
    return aucune ? { ...reste, aucune } : reste;
  });
  const tranchee = (part, champ, aucune) => ({ ...part, a_accorder: tranche(part.a_accorder, champ, aucune) });

  const surLaLigne = (ligne, part, ou) =>
    (part.a_accorder ?? []).map((un) => accord(un, {
      ou,
      retenue: reunion.dansLeChamp(part, un.champ),
      retenir: (valeur) =>
        remplacer(ligne, part, tranchee(reunion.avec(part, un.champ, valeur), un.champ, valeur === null)),
      rouvrir: () => remplacer(ligne, part, tranchee(reunion.avec(part, un.champ, null), un.champ, false)),
    }));

  const regarder = (ligne, site) => {
    vues.set(ligne.id, site);
    page.montrer(ligne);
    page.suivre(ligne);
    ligne.article.querySelector(".sites [aria-pressed=true]")?.focus();
  };

  const parSite = (ligne, releve) => {
    const choix = noeud("div", "", "sites actions");
    choix.setAttribute("role", "group");
    choix.setAttribute("aria-label", "Constat par site : lequel les champs montrent");
    const places = [["", releve], ...reunion.sites(releve).map((part) => [part.site, part])];
    for (const [site, { constat }] of places) {
      const mots = `${site ? nomDuSite(site) : "Tous les sites"} : ${titres.get(constat) ?? "À évaluer"}`;
      const onglet = bouton(mots[0].toUpperCase() + mots.slice(1), () => regarder(ligne, site));
      onglet.setAttribute("aria-pressed", String(site === vue(ligne)));
      choix.append(onglet);
    }
    return choix;
  };

  // ---- what is set aside -----------------------------------------------------------------------------

  const aRevoir = () => page.autres().a_revoir ?? [];
  const ligneDe = ({ id, resultat }) => (resultat === undefined ? page.designee(id) : page.parId.get(`verification:${id}`));
  const misDeCote = (ligne) => aRevoir().filter((mis) => ligneDe(mis) === ligne);

  const cocher = (mis, revu) => {
    const { revu_le: _, revu_par: __, ...reste } = mis;
    const par = page.tete().auditeur ? { revu_par: page.tete().auditeur } : {};
    const suite = revu ? { ...reste, revu_le: aujourdHui(), ...par } : reste;
    page.changer({ autres: { ...page.autres(), a_revoir: aRevoir().map((un) => (un === mis ? suite : un)) } });
  };

  /** What the finding said, whole: nobody has to open the file. */
  const contenu = (mis) => {
    const { id: _, raison: __, constat, resultat, revu_le, revu_par, par_site, a_accorder, origines, ...suite } = mis;
    const dits = Object.entries(suite).filter(([, v]) => !reunion.vide(v)).map(([champ, v]) => {
      const texte = reunion.estObjet(v) ? Object.entries(v).map(([cle, t]) => `${libelle(`${champ}.${cle}`)} : ${t}`).join(" ; ") : [v].flat().join(" ; ");
      return `${libelle(champ)} : ${texte}`;
    });
    return [...dits, ...(par_site ?? []).map((part) => `${nomDuSite(part.site)} : ${titres.get(part.constat ?? part.resultat) ?? "à évaluer"}${part.commentaire ? `, ${part.commentaire}` : ""}`)];
  };

  const mise = (mis, nom = "") => {
    const boite = noeud("div", "", mis.revu_le ? "accord regle" : "accord");
    const constat = lisible("constat", mis.constat ?? mis.resultat ?? donnees.a_evaluer);
    const debut = mis.revu_le ? "✓ Revu" : "! À revoir";
    boite.append(noeud("p", prose(`${debut}${nom ? `, ${nom}` : ""} : ${constat} ; ${mis.raison}.`)));
    const liste = noeud("ul");
    liste.append(...contenu(mis).map((texte) => noeud("li", prose(texte))));
    if (liste.childElementCount) boite.append(liste);
    const etiquette = noeud("label", "", "case");
    const coche = noeud("input");
    coche.type = "checkbox";
    coche.checked = Boolean(mis.revu_le);
    coche.autocomplete = "off";
    coche.dataset.revu = "";
    coche.addEventListener("change", () => {
      const rang = [...document.querySelectorAll("[data-revu]")].indexOf(coche);
      cocher(mis, coche.checked);
      document.querySelectorAll("[data-revu]")[rang]?.focus({ preventScroll: true });
    });
    etiquette.append(coche, prose(mis.revu_le ? ` Revu le ${lisible("", mis.revu_le).slice(2, -2)}${mis.revu_par ? ` par ${mis.revu_par}` : ""}` : " Je l’ai revu"));
    boite.append(etiquette);
    return boite;
  };

  // ---- where it is shown -----------------------------------------------------------------------------

  const boite = (ligne) => {
    let cree = ligne.article.querySelector(".a-trancher");
    if (!cree) {
      cree = noeud("div", "", "a-trancher");
      const champs = ligne.article.querySelector(".saisie");
      (champs && !champs.closest("details") ? champs : ligne.article.querySelector(".corps")).prepend(cree);
    }
    return cree;
  };

  const montrer = (ligne) => {
    const releve = page.lire(ligne);
    const parts = reunion.sites(releve);
    const contenus = [
      ...misDeCote(ligne).map((mis) => mise(mis)),
      ...surLaLigne(ligne, releve, parts.length ? "pour tous les sites" : releve.site ? nomDuSite(releve.site) : ""),
      ...parts.flatMap((part) => surLaLigne(ligne, part, nomDuSite(part.site))),
      ...(parts.length ? [parSite(ligne, releve)] : []),
    ];
    if (!contenus.length && !ligne.article.querySelector(".a-trancher")) return;
    const cadre = boite(ligne);
    const garde = cadre.contains(document.activeElement);
    cadre.replaceChildren(...contenus);
    // The button that was used is gone: the keyboard goes on from the first one of the same line.
    if (garde) (cadre.querySelector("button, input") ?? ligne.article.querySelector("input, textarea"))?.focus({ preventScroll: true });
  };

  const ouverts = (ligne) => {
    const releve = page.lire(ligne);
    return [releve, ...reunion.sites(releve)].flatMap((un) => reunion.ouverts(un));
  };

  const tete = () => ({ ...page.autres(), ecarts_notifies_le: page.tete().notification || null });
  const ecrireTete = (champ, valeur) => {
    if (champ === "ecarts_notifies_le") return page.changer({ tete: { notification: valeur ?? "" } });
    const autres = structuredClone(page.autres());
    reunion.auBout(autres, champ.split("."), (lieu, cle) => {
      if (valeur === null) delete lieu[cle];
      else lieu[cle] = cle === "taille" ? Number(valeur) : valeur;
    });
    return page.changer({ autres });
  };
  /** What is chosen of a conflict of the file itself: a value, none of them, or nothing yet. */
  const trancherEnTete = (champ, valeur, aucune) => {
    page.changer({ autres: { ...page.autres(), a_accorder: tranche(enTete(), champ, aucune) } });
    return ecrireTete(champ, valeur);
  };
  const enTete = () => page.autres().a_accorder ?? [];
  const retenueEnTete = (champ) => reunion.auBout(tete(), champ.split("."));

  /** In the dossier: what the file itself says differently, then the way to each line that has something to settle. */
  const toutMontrer = () => {
    const cadre = element("accords");
    const restent = page.lignes.filter((ligne) => ouverts(ligne).length || misDeCote(ligne).some((mis) => !mis.revu_le));
    const orphelins = aRevoir().filter((mis) => !ligneDe(mis));
    const contenus = enTete().map((un) => accord(un, {
      retenue: retenueEnTete(un.champ),
      retenir: (valeur) => trancherEnTete(un.champ, valeur, valeur === null),
      rouvrir: () => trancherEnTete(un.champ, null, false),
    }));
    contenus.push(...orphelins.map((mis) => mise(mis, `ligne ${mis.id}`)));
    if (restent.length) {
      const liens = noeud("div", "", "actions");
      liens.append(...restent.map((ligne) => bouton(`Ligne ${ligne.numero}`, () => page.aller(ligne.article))));
      contenus.push(noeud("p", prose("Lignes où il reste à accorder ou à revoir :")), liens);
    }
    const garde = cadre.contains(document.activeElement);
    if (contenus.length) contenus.unshift(noeud("h3", "À accorder, à revoir"));
    cadre.replaceChildren(...contenus);
    cadre.hidden = contenus.length === 0;
    if (garde && contenus.length) cadre.focus({ preventScroll: true });
    page.lignes.filter((ligne) => ligne.saisie === false).forEach(montrer);
  };

  const laisse = () => [
    [page.lignes.flatMap(ouverts).length + enTete().filter(({ champ, aucune }) => !aucune && retenueEnTete(champ) === null).length, "désaccord reste à trancher", "désaccords restent à trancher"],
    [aRevoir().filter((mis) => !mis.revu_le).length, "constat est à revoir", "constats sont à revoir"],
  ];

  return { vue, vues, partie, avecPart, montrer, toutMontrer, ouverts, misDeCote, laisse };
};
