// What the forms do alike, whatever is typed in them: keep it in this browser, show it, follow it, filter the lines,
// import and export. `forme` says what a form calls things and what only it knows; see the two that use it.

const saisie = (forme) => {
  const { element, prose, nombre, simple, noeud, ecrire, heure, lisible, objet, telecharger } = outils;
  const donnees = JSON.parse(document.getElementById("donnees").textContent);
  const { tete } = donnees;
  const { liste, mots } = forme;
  const CLE = `certif-rules/${forme.cle}/${donnees.cle}`;
  const TROP_GROS = 10_000_000;

  const articles = [...document.querySelectorAll("article[data-ligne]")];
  const lignes = articles.map((article) => ({ article, ...donnees.lignes[Number(article.dataset.ligne)] }));
  const saisies = lignes.filter((ligne) => ligne.saisie !== false);
  const parId = new Map(lignes.map((ligne) => [ligne.id, ligne]));
  const sections = [...document.querySelectorAll("#indicateurs > section")].map((section) => ({
    section,
    titre: section.querySelector("h2"),
    lignes: lignes.filter((ligne) => section.contains(ligne.article)),
  }));

  /** `releves` maps the id of a line to what was typed; `tete` holds the fields above the lines; `autres` is what a file says besides. */
  const vierge = () => ({
    releves: new Map(), tete: Object.fromEntries(forme.champs.map((nom) => [nom, ""])), autres: {},
  });
  let etat = vierge();
  let stockage = true; // the browser keeps what we give it
  let exporte = true; // nothing was typed since the last export

  const lire = (ligne) => etat.releves.get(ligne.id) ?? forme.vierge();

  // ---- the browser's memory --------------------------------------------------------------------------

  const alerter = (texte) => {
    element("alerte").hidden = !texte;
    ecrire(element("alerte"), texte ? prose(texte) : "");
  };

  const sansStockage = () => {
    stockage = false;
    alerter(
      "Ce navigateur ne garde rien de ce qui est saisi ici : fermer ou recharger cette page perdrait tout. " +
      `Exporter ${mots.quoi} avant de la quitter, ou ouvrir ce fichier dans un autre navigateur.`,
    );
  };

  const enregistrer = () => {
    exporte = false;
    try {
      const garde = { [liste]: [...etat.releves], ...etat.tete, autres: etat.autres };
      localStorage.setItem(CLE, JSON.stringify(garde));
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

  /** What the page starts from: nothing, or the findings that it was made with. */
  const depart = () => {
    if (!donnees.reprise) return vierge();
    const { refus, etat: donne } = comprendre(JSON.stringify(donnees.reprise), donnees.nom_de_fichier);
    const depuis = refus.length ? vierge() : forme.reunir?.(vierge(), donne, refus) ?? donne;
    refuser(donnees.nom_de_fichier, refus);
    return refus.length ? vierge() : depuis;
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
      if (!etat.releves.size) etat = depart();
      return;
    }
    etat = texte === null ? depart() : vierge();
    if (texte === null) return;
    try {
      const garde = JSON.parse(texte);
      for (const [id, releve] of garde[liste]) {
        if (parId.has(id)) etat.releves.set(id, { ...forme.vierge(), ...releve });
      }
      for (const nom of forme.champs) etat.tete[nom] = garde[nom];
      etat.autres = garde.autres;
      ecrire(element("etat"), "Saisie reprise de ce navigateur");
    } catch {
      etat = vierge();
      localStorage.setItem(`${CLE}/illisible`, texte);
      alerter("Ce que ce navigateur avait gardé est illisible : la saisie repart de zéro.");
    }
  };

  // ---- from what is typed to the page ----------------------------------------------------------------

  const ajuster = (zone) => {
    if (zone.tagName !== "TEXTAREA" || CSS.supports("field-sizing", "content")) return;
    zone.style.height = "auto";
    zone.style.height = `${zone.scrollHeight + 2}px`;
  };

  const montrer = (ligne) => {
    const releve = lire(ligne);
    for (const champ of ligne.article.querySelectorAll("[data-champ]")) {
      const valeur = forme.valeur(releve, champ.dataset.champ, ligne);
      if (champ.type === "radio") champ.checked = champ.value === String(valeur ?? "");
      else if (champ.type === "checkbox") champ.checked = valeur.includes(champ.value);
      else champ.value = Array.isArray(valeur) ? valeur.join("\n") : valeur ?? "";
      ajuster(champ);
    }
    forme.montrer?.(ligne);
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

  /** Where a line stands: in a word, and in the field whose text is asked for. */
  const suivre = (ligne) => {
    const releve = lire(ligne);
    const { fait, manque, mot, besoin, attendus = manque ? [forme.motive] : [] } = forme.suivi(ligne, releve);
    ecrire(suivi(ligne), mot);
    ligne.article.classList.toggle("fait", fait && !manque);
    ligne.article.classList.toggle("incomplet", manque);
    if (ligne.saisie === false) return;
    for (const nom of forme.motifs ?? [forme.motive]) {
      const attendu = ligne.article.querySelector(`[data-champ=${nom}]`);
      if (!attendu) continue;
      attendu.required = attendus.includes(nom);
      attendu.setAttribute("aria-invalid", String(attendus.includes(nom)));
    }
    ecrire(ligne.article.querySelector(".manque"), manque ? prose(besoin) : "");
  };

  const part = (groupe) => {
    const vues = groupe.filter(forme.compte);
    return { faites: vues.filter(forme.faite).length, total: vues.length };
  };

  const compter = () => {
    const { faites, total } = part(lignes);
    ecrire(element("avancement"), `${faites} sur ${nombre(total, mots.faite)}`);
    element("jauge").max = Math.max(total, 1);
    element("jauge").value = faites;
    forme.compter?.();
    for (const groupe of sections) {
      const { faites: n, total: m } = part(groupe.lignes);
      const texte = m ? `${n} sur ${nombre(m, mots.faite)}` : "rien à évaluer";
      for (const mot of groupe.comptes) ecrire(mot, texte);
      ecrire(groupe.option, `${groupe.titre.textContent} (${texte})`);
    }
    avertirDuReste();
  };

  const toutMontrer = () => {
    for (const nom of forme.champs) element(nom).value = etat.tete[nom];
    saisies.forEach((ligne) => { montrer(ligne); suivre(ligne); });
    compter();
  };

  // ---- filters ---------------------------------------------------------------------------------------

  const cherche = (ligne, texte) => {
    const numeros = lignes.filter((autre) => simple(autre.numero) === texte);
    if (numeros.length) return numeros.includes(ligne);
    ligne.texte ??= simple([...ligne.article.querySelectorAll("h3, .exigence, .bloc")].map((n) => n.textContent).join(" "));
    return `${ligne.texte} ${simple(forme.dits(lire(ligne)).join(" "))}`.includes(texte);
  };

  const filtrer = () => {
    const [critere, reste] = [element("critere").value, element("reste").checked];
    const texte = simple(element("texte").value);
    let affichees = 0;
    for (const groupe of sections) {
      let dansLeGroupe = 0;
      for (const ligne of groupe.lignes) {
        const vue = (!critere || groupe.titre.id === critere) && (!reste || forme.resteAFaire(ligne)) &&
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
    const faites = saisies.some((ligne) => !ligne.article.hidden && !forme.resteAFaire(ligne));
    element("rafraichir").hidden = !(element("reste").checked && faites);
  };

  let derniere = null;

  /** The line where one is: that of the field in use, else the one gone to last. */
  const courante = () => document.activeElement?.closest("article[data-ligne]") ?? derniere;

  const aller = (article) => {
    derniere = article;
    article.querySelectorAll("details").forEach((volet) => { volet.open ||= volet.contains(volet.querySelector(".saisie")); });
    article.scrollIntoView({ block: "start" });
    const champ = article.querySelector("input[type=radio]:checked") ?? article.querySelector("textarea, input");
    champ?.focus({ preventScroll: true });
  };

  /** Go to the line before or after, among those shown and in the order of the page. */
  const voisine = (sens) => {
    const visibles = saisies.map((ligne) => ligne.article).filter((article) => !article.hidden)
      .sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    const ici = visibles.indexOf(courante());
    const cible = visibles[ici < 0 ? 0 : ici + sens];
    if (cible) aller(cible);
    else ecrire(element("etat"), sens > 0 ? "Dernière ligne affichée" : "Première ligne affichée");
  };

  /** Skip to the next line that is left to do, from the start again after the last. */
  const aFaire = () => {
    const restent = lignes.filter(forme.resteAFaire);
    if (!restent.length) {
      ecrire(element("etat"), mots.toutEstFait);
      return;
    }
    if (!restent.some((ligne) => !ligne.article.hidden)) {
      element("critere").value = element("texte").value = "";
      filtrer();
    }
    const ici = courante();
    const visibles = restent.filter((ligne) => !ligne.article.hidden && ligne.article !== ici);
    const apres = visibles.find(
      (ligne) => ici && ici.compareDocumentPosition(ligne.article) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    aller((apres ?? visibles[0] ?? restent[0]).article);
  };

  // ---- import and export -----------------------------------------------------------------------------

  /** The line that an entry names: by its id, or by its printed number where only one line has it. */
  const designee = (nom) => {
    const memes = lignes.filter((ligne) => !ligne.verification && ligne.numero === String(nom));
    return parId.get(nom) ?? (memes.length === 1 ? memes[0] : undefined);
  };

  /** The state told by a file, or why it is refused: everything that is wrong, at once. */
  const comprendre = (texte, nom) => {
    let lu;
    try {
      lu = JSON.parse(texte.replace(/^\ufeff/, ""));
    } catch {
      return { refus: ["ce fichier n’est pas du JSON"] };
    }
    const repetee = outils.enDouble(texte);
    if (repetee !== undefined) return { refus: [`la clé « ${lisible(repetee)} » y est en double`] };
    if (!Array.isArray(objet(lu)[liste])) return { refus: [`ce fichier n’est pas un fichier de ${mots.fichier}`] };
    const refus = outils.differences(tete, lu, designee);
    if (lu.format !== tete.format) refus.push(`format « ${lisible(lu.format)} » inconnu`);
    if (refus.length) return { refus };
    const releves = new Map();
    for (const trouve of forme.entrees(lu, refus, nom)) {
      if (trouve && releves.has(trouve[0])) refus.push(`ligne ${parId.get(trouve[0]).numero} : deux ${mots.fichier}`);
      if (trouve) releves.set(...trouve);
    }
    return { refus, etat: { releves, ...forme.reste(lu, refus, releves, nom) } };
  };

  const refuser = (nom, raisons) => {
    const boite = element("refus");
    const puces = noeud("ul");
    puces.append(...raisons.map((raison) => noeud("li", prose(raison))));
    boite.replaceChildren(noeud("p", prose(`« ${nom} » n’est pas importé ; rien n’a changé ici :`)), puces);
    boite.hidden = raisons.length === 0;
    if (raisons.length) boite.focus();
  };

  const importer = async () => {
    const [choisi] = element("fichier").files;
    if (!choisi) return;
    const { refus, etat: nouveau } =
      choisi.size > TROP_GROS ? { refus: ["ce fichier est trop gros"] } : comprendre(await choisi.text(), choisi.name);
    element("fichier").value = ""; // the same file may be chosen again
    // Where a form can join, nothing that was typed is replaced: there is nothing to ask.
    const suivant = !refus.length && forme.reunir ? forme.reunir(etat, nouveau, refus) : nouveau;
    refuser(choisi.name, refus);
    if (refus.length) return;
    const remplace = !forme.reunir && etat.releves.size > 0;
    if (remplace && !confirm(prose("Remplacer ce qui est saisi ici par le contenu du fichier ?"))) return;
    etat = suivant;
    enregistrer();
    toutMontrer();
    filtrer();
    ecrire(element("etat"), prose(`Importé : ${nombre(nouveau.releves.size, mots.importe)}${laisse()}`));
    forme.importe?.();
  };

  /** What is left to settle, after what was imported or exported. */
  const laisse = () =>
    (forme.laisse?.() ?? []).filter(([n]) => n).map(([n, ...dits]) => ` ; ${nombre(n, ...dits)}`).join("");

  const exporter = () => {
    telecharger(donnees.nom_de_fichier, forme.fichier());
    exporte = true;
    const manquent = saisies.filter((ligne) => forme.manque(ligne, lire(ligne))).length;
    const manque = manquent ? ` ; ${nombre(manquent, ...mots.manque)}` : "";
    ecrire(element("etat"), prose(`Exporté à ${heure()}${manque}${laisse()}`));
  };

  const effacer = () => {
    if (!confirm(prose(`Effacer ${mots.tout} ? Ce qui n’a pas été exporté sera perdu.`))) return;
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
    const releve = { ...lire(ligne) };
    const autresChamps = forme.noter(releve, champ, ligne); // whether it wrote in another field too
    poser(ligne, releve, autresChamps);
    ajuster(champ);
  };

  const poser = (ligne, releve, montre = true) => {
    if (forme.rempli(releve)) etat.releves.set(ligne.id, releve);
    else etat.releves.delete(ligne.id);
    if (montre) montrer(ligne);
    else forme.montrer?.(ligne);
    enregistrer();
    suivre(ligne);
    compter();
  };

  /** What the file says besides its lines, changed as a whole. */
  const changer = ({ tete: dite = {}, autres = etat.autres }) => {
    etat = { ...etat, autres, tete: { ...etat.tete, ...dite } };
    enregistrer();
    toutMontrer();
  };

  /** Listen to the page, then show what the browser kept. */
  const ouvrir = () => {
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
    for (const nom of forme.champs) {
      element(nom).addEventListener("input", () => {
        etat.tete[nom] = element(nom).value;
        enregistrer();
        compter();
      });
    }
    for (const nom of ["critere", "texte", "reste"]) element(nom).addEventListener("input", filtrer);
    element("rafraichir").addEventListener("click", () => { filtrer(); element("reste").focus(); });
    element("precedente").addEventListener("click", () => voisine(-1));
    element("suivante").addEventListener("click", () => voisine(1));
    element("afaire").addEventListener("click", aFaire);
    document.querySelectorAll("[data-exporter]").forEach((bouton) => bouton.addEventListener("click", exporter));
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
  };

  return {
    donnees, lignes, saisies, parId, lire, designee, ouvrir, aller, poser, changer, montrer, suivre,
    tete: () => etat.tete,
    autres: () => etat.autres,
  };
};
