"""What is in a file is read or told: every key of a findings file, through each file that carries it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from grilles import AF, FAITS, FORMATS, atelier, filled, grille

from certif_rules.audit.checklist import Checklist
from certif_rules.echanges import checklist as json_
from certif_rules.echanges.constats import as_data
from certif_rules.errors import DataError
from certif_rules.plugins.empreinte import digest
from certif_rules.services.constats import from_data
from certif_rules.services.lecture import read_grids
from certif_rules.source.conforme import schema_path

REQUEST: dict[str, Any] = {
    "format": 1,
    "referentiel": "qualiopi",
    "audit": {"type": "surveillance", "date": "2025-09-01", "mode": "a_distance"},
    "organisme": {
        "nom": "Atelier", "siren": "123456782", "nda": "76310000000", "chiffre_affaires": 320000,
        "categories": ["AF", "VAE"], "faits": FAITS | {"certifiante": {"AF": False, "VAE": True}},
        "sites": [{"id": "S1", "commune": "Toulouse", "region": "Occitanie"}],
    },
    "ajouts": {"categories": ["VAE"], "sites": ["S2"]},
    "precedent": {
        "type": "initial", "date": "2024-03-18", "edition": "2019", "indicateurs_audites": ["1", "2"],
        "constats": {"1": "conforme", "2": "nc_mineure"}, "leves": ["1"],
        "ecarts": {"2": {"enonce": "Sans indicateur", "commentaire": "vu"}},
        "verifications": {"affichage_certificat": "satisfaite"},
        "precedent": {"type": "initial", "date": "2021-03-18", "constats": {}},
    },
    "certificats": {"qualiopi": {"notification": "2024-04-02", "echeance": "2027-04-01"}},
    "dossier": {"depot": "2025-06-01", "pieces": {"plan": True, "bilan": {"fourni": False}}},
    "textes": {"nom": "corps.yaml", "empreinte": "sha256:" + "0" * 64},
    "habillage": {"emetteur": "Corps", "annotations": {"point_fort": "Atout"}},
}  # fmt: skip
#: What people fill in a grid in JSON, or in a findings file, around its lines.
AROUND: dict[str, Any] = {
    "depart": {"version": 41, "empreinte": "sha256:" + "3f" * 32},
    "ecarts_notifies_le": "2025-09-12",
    "a_accorder": [{"champ": "diffusion", "valeurs": [{"valeur": "l’organisme", "de": "un.json"}]}],
    "a_revoir": [{"raison": "ligne ôtée", "id": "qualiopi/7", "constat": "conforme", "revu_par": "AD"}],
    "objectifs": ["Suivre"],
    "seances": [{"date": "2025-09-01", "site": "S1", "mode": "sur_site", "debut": "09:00", "fin": "12:00"}],
    "personnes": [{"role": "auditeur", "initiales": "AD"}],
    "echantillons": [{"id": "E1", "population": "12", "taille": 1, "graine": "7", "liste": ["s1"]}],
    "desaccords": [], "ecarts_au_plan": ["aucun retard"], "changements": ["un site de plus"],
    "zones_non_couvertes": [], "bonnes_pratiques": ["suivi"], "diffusion": ["l’organisme"],
    "confidentialite": ["clause 4"], "suites": [{"texte": "Audit de renouvellement", "le": "2026-11-01"}],
    "evaluation": {"par": ["AD"], "le": "2025-09-02", "recommandation": "Maintenir"},
    "avis": [
        {"instance": "le comité", "par": ["CF"], "le": "2025-09-18", "avis": "favorable", "motif": "Vu"},
    ],
    "notification": [{"instance": "le secrétariat", "le": "2025-09-22"}],
    "decision": [
        {"instance": "le conseil", "par": ["BE"], "le": "2025-09-20", "decision": "maintien",
         "motif": "Conforme"},
    ],
}  # fmt: skip
LINE: dict[str, Any] = {
    "id": "qualiopi/1", "constat": "nc_mineure", "commentaire": "Vu", "preuves_vues": ["une page"],
    "annotations": ["point_fort"], "echantillons": ["s1"], "evalue_par": "AD", "evalue_le": "2025-09-01",
    "leve_le": "2025-10-01", "leve_par": "BE", "appui": "guide, page 3", "ecart": {"enonce": "Rien"},
    "a_accorder": [{"champ": "commentaire", "valeurs": [{"valeur": "Vu", "de": "un.json", "par": "AD"}]}],
}  # fmt: skip
CHECK = {"id": "affichage_certificat", "resultat": "satisfaite", "commentaire": "à l’entrée"}
#: Keys that stand elsewhere once written: the edition and the guide, inside the référentiel.
MOVED = {"edition", "guide"}
#: Keys that cannot stand with the others in one sample: sites (one finding or several), scales, dress.
APART = {"site", "par_site", "leve_constat", "complements"}


def asked(**changes: Any) -> dict[str, Any]:
    return json.loads(json.dumps({**REQUEST, **changes}))


def sample() -> Checklist:
    return grille(**{key: value for key, value in asked().items() if key != "format"})


def read(path: Path) -> tuple[Any, list[str]]:
    """What is written of a file once it is read, and what is told of its keys."""
    lecture = read_grids(atelier(), [path])
    told = [a.message.split(":", 1)[1] for a in lecture.avertissements if a.code == "cle_ignoree"]
    return as_data(lecture.dossier), told


def written(folder: Path, data: Any, name: str = "constats.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def within(small: Any, big: Any, path: str = "") -> list[str]:
    """Where ``big`` does not say what ``small`` says."""
    if isinstance(small, Mapping):
        there = big if isinstance(big, Mapping) else {}
        return [w for k, v in small.items() for w in within(v, there.get(k), f"{path}.{k}")]
    if isinstance(small, list) and isinstance(big, list) and len(small) == len(big):
        return [
            w for i, (a, b) in enumerate(zip(small, big, strict=True)) for w in within(a, b, f"{path}[{i}]")
        ]
    return (
        []
        if small == big or (small == [] and big is None and path.endswith(".leves"))
        else [f"{path}: {small!r}, {big!r}"]
    )


def properties(schema: str, *way: str) -> set[str]:
    node = json.loads(schema_path(schema).read_text(encoding="utf-8"))
    for step in way:
        node = node[step]
    return set(node["properties"])


def test_the_samples_have_every_key_of_the_schemas() -> None:
    """A key that a schema gains must be given here, and then be read back below."""
    whole = {*REQUEST, *AROUND, "constats", "verifications"}
    assert properties("constats") - MOVED == whole
    assert properties("profil", "$defs", "profil") - MOVED <= whole
    assert properties("constats", "$defs", "releve") - APART == set(LINE) - {"id", "constat"}
    for name in ("audit", "organisme", "ajouts"):
        assert properties("profil", "$defs", name) == set(REQUEST[name])
    assert properties("profil", "$defs", "precedent") - {"apres_levee"} == set(REQUEST["precedent"])


def test_every_key_of_a_findings_file_is_read_back(tmp_path: Path) -> None:
    """All that the sample says is in the file that ``lire`` writes of it; nothing is told."""
    due = [
        li.indicateur.id
        for li in sample().lignes
        if li.etat == "a_auditer" and li.indicateur.id != LINE["id"]
    ]
    lines = [LINE, *({"id": identifiant, "constat": "a_evaluer"} for identifiant in due)]
    data = asked(**AROUND, constats=lines, verifications=[CHECK])
    back, told = read(written(tmp_path, data))
    data["referentiel"] = {"id": "qualiopi"}

    assert within(data, back) == []
    assert told == []


def test_what_is_apart_is_read_back(tmp_path: Path) -> None:
    """Sites, the columns of a dress, an edition beside its référentiel: each where it stands in its file."""
    at_site = {"site": "S1", "constat": "nc_mineure", "commentaire": "ici", "complements": {"salle": "B"}}
    said = [
        {"id": "qualiopi/1", "constat": "conforme", "site": "S1", "complements": {"salle": "A"}},
        {"id": "qualiopi/2", "constat": "nc_mineure", "commentaire": "Vu", "par_site": [at_site]},
    ]
    named = {line["id"] for line in said}
    due = [li.indicateur.id for li in grille().lignes if li.etat == "a_auditer"]
    data = {
        **AF, "edition": "2019", "guide": "V9",
        "organisme": AF["organisme"] | {"sites": [{"id": "S1"}, {"id": "S2"}]},
        "habillage": {"emetteur": "Corps", "colonnes": {"ajoutees": [{"cle": "salle", "titre": "Salle"}]}},
        "constats": [*said, *({"id": line, "constat": "a_evaluer"} for line in due if line not in named)],
    }  # fmt: skip
    back, told = read(written(tmp_path, data))
    assert back["referentiel"] == {"id": "qualiopi", "edition": "2019", "guide": "V9"}
    back["constats"] = [line for line in back["constats"] if line["id"] in named]
    assert (
        within({"constats": said, "organisme": data["organisme"], "habillage": data["habillage"]}, back) == []
    )
    assert told == []


def test_what_a_scale_says_is_read_back() -> None:
    """The level after a lifting, at this audit and at the one before: no shipped référentiel has a scale."""
    lifted = {"leve_le": "2024-05-01", "leve_par": "BE", "leve_constat": "niveau_2"}
    data = {
        **AF, "precedent": {"constats": {"1": "niveau_0"}, "apres_levee": {"1": "niveau_2"}},
        "constats": [{"id": "x/1", "constat": "niveau_0", **lifted}],
    }  # fmt: skip
    back = as_data(from_data(data))
    assert within({key: data[key] for key in ("precedent", "constats")}, back) == []


def test_every_key_of_a_grid_in_json_is_read_back(tmp_path: Path) -> None:
    """The request of a grid, what people fill around its lines, a line and a check: all of it."""
    grid = json.loads(json_.render(sample())) | AROUND
    next(li for li in grid["lignes"] if li["id"] == LINE["id"]).update(LINE)
    (point,) = (p for p in grid["verifications"] if p["id"] == CHECK["id"])
    point.update(CHECK)
    back, told = read(written(tmp_path, grid))
    # This audit asks nothing of the application, and the texts are known by their digest alone: see below.
    assert set(grid) >= set(REQUEST) - {"dossier", "textes"}
    head = {
        key: grid[key] for key in REQUEST if key in grid and key not in ("format", "referentiel", "audit")
    }
    back["constats"] = [line for line in back["constats"] if line["id"] == LINE["id"]]
    assert within({**head, **AROUND, "constats": [LINE], "verifications": [CHECK]}, back) == []
    assert told == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_documents_received_are_in_every_grid(suffix: str, tmp_path: Path) -> None:
    """Whatever the format of the grid, what the application says of this audit comes back."""
    request = {
        "referentiel": "certifregion", "audit": {"type": "surveillance", "date": "2025-09-01"},
        "organisme": {"categories": ["AF"], "faits": FAITS},
        "precedent": {"type": "initial", "date": "2024-03-18", "constats": {}},
        "dossier": {"pieces": {"maintien_qualiopi": "oui", "rapport_audit_interne": {"fourni": False}}},
    }  # fmt: skip
    path = filled(grille(**request), suffix, {}, tmp_path)
    back, told = read(path)
    assert back["dossier"] == {"pieces": {"maintien_qualiopi": True, "rapport_audit_interne": False}}
    assert told == []


UNKNOWN = "cette clé n’est pas connue, sa valeur n’est pas gardée"
TEXTES = {
    "format": 1,
    "sources": {"REF": {"titre": "Référentiel complet", "reference": "page 12"}},
    "indicateurs": [{"code": "A", "titre": "Un titre", "sources": ["REF"]}],
}


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_texts_given_by_the_body_are_in_every_grid(suffix: str, tmp_path: Path) -> None:
    """The grid carries them whole, to be compared; the findings name them by their name and their digest."""
    request = {
        "referentiel": "certifregion", "audit": {"type": "complementaire", "date": "2024-06-03"},
        "organisme": {"categories": ["AF"], "faits": FAITS},
        "certificats": {"qualiopi": {"notification": "2023-01-01", "echeance": "2026-01-01"}},
        "textes": {"nom": "corps.yaml", "empreinte": "sha256:" + "0" * 64, "contenu": TEXTES},
    }  # fmt: skip
    back, told = read(filled(grille(**request), suffix, {}, tmp_path))
    assert back["textes"] == {"nom": "corps.yaml", "empreinte": digest(TEXTES)}
    assert told == []


def test_a_key_that_nobody_knows_is_told_once(tmp_path: Path) -> None:
    """Of a line, of all lines, of the file: with its place, and the key that was meant."""
    grid = json.loads(json_.render(grille()))
    grid["signataire"] = "AD"
    for line in grid["lignes"]:
        line["commentaires_auditeur"] = "Vu"
    grid["lignes"][3]["evalu_par"] = "AD"
    _, told = read(written(tmp_path, grid))
    assert told == [
        f"signataire : {UNKNOWN}",
        f"lignes[0].commentaires_auditeur : {UNKNOWN} ; vouliez-vous dire « commentaire » ?",
        f"lignes[3].evalu_par : {UNKNOWN} ; vouliez-vous dire « evalue_par » ?",
    ]


def test_what_a_findings_file_copies_of_a_grid_is_known(tmp_path: Path) -> None:
    """Lines copied whole, with the title and the layers of their grid; an unknown key is told there too."""
    grid = json.loads(json_.render(grille()))
    lines = [{**line, "constat": "a_evaluer"} for line in grid.pop("lignes") if line["etat"] == "a_auditer"]
    lines[1]["ecart"] = {"enonce": "Rien", "autre_nom": "permis"}
    lines[2]["par_sit"] = []
    _, told = read(written(tmp_path, {**grid, "constats": lines, "verifications": []}))
    assert told == [f"constats[2].par_sit : {UNKNOWN} ; vouliez-vous dire « par_site » ?"]


def test_many_unknown_keys_are_counted(tmp_path: Path) -> None:
    """Twenty are told one by one, the others by their number: 25 − 20 = 5."""
    grid = json.loads(json_.render(grille())) | {f"inconnue_{i}": i for i in range(25)}
    lecture = read_grids(atelier(), [written(tmp_path, grid)])
    messages = [a.message for a in lecture.avertissements if a.code == "cle_ignoree"]
    assert len(messages) == 21
    assert messages[-1].endswith(" : 5 autres clés ne sont pas connues")


def test_the_same_audit_with_another_application_is_another(tmp_path: Path) -> None:
    """A document received in one grid and not in the other is no same audit; one that says nothing is."""
    request = {
        "referentiel": "certifregion", "audit": {"type": "surveillance", "date": "2025-09-01"},
        "organisme": {"categories": ["AF"], "faits": FAITS},
        "precedent": {"type": "initial", "date": "2024-03-18", "constats": {}},
    }  # fmt: skip
    paths = []
    for name, value in (("un", True), ("deux", False), ("trois", None)):
        said = {} if value is None else {"dossier": {"pieces": {"maintien_qualiopi": value}}}
        (folder := tmp_path / name).mkdir()
        paths.append(filled(grille(**request, **said), "json", {}, folder))
    un, deux, trois = paths
    with pytest.raises(DataError, match=r"pas du même audit que .* : dossier"):
        read_grids(atelier(), [un, deux])
    back = as_data(read_grids(atelier(), [trois, un]).dossier)
    assert back["dossier"] == {"pieces": {"maintien_qualiopi": True}}


def test_the_files_that_findings_name_are_read(tmp_path: Path) -> None:
    """A dress named by its path is that of the findings; one that is not there is told."""
    (tmp_path / "corps.yaml").write_text("format: 1\nemetteur: Corps\n", encoding="utf-8")
    lines = [
        {"id": li.indicateur.id, "constat": "a_evaluer"} for li in grille().lignes if li.etat == "a_auditer"
    ]
    data = {**AF, "habillage": "corps.yaml", "constats": lines}
    assert read(written(tmp_path, data))[0]["habillage"]["emetteur"] == "Corps"
    with pytest.raises(DataError, match=r"« autre\.yaml » n’est pas un fichier"):
        read(written(tmp_path, data | {"habillage": "autre.yaml"}))
