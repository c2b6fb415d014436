"""Documents written by a process of their own: followed, fetched, refused in French, and nobody waits."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

import pytest
from espaces import begun, found, text, until_ready, version

pytest.importorskip("django")


@pytest.mark.lent
def test_a_document_is_asked_for_followed_and_fetched(navigateur: Any) -> None:
    """A Word document is asked by a form, its page comes again by itself, then gives it; twice is once."""
    root = begun(navigateur)
    asked = navigateur.post(f"{root}/travaux", {"piece": "cloture.docx"})
    page = asked.headers["Location"]
    assert navigateur.post(f"{root}/travaux", {"piece": "cloture.docx"}).headers["Location"] == page
    first = text(navigateur.get(page))
    if "data-attend" in first:
        assert '<noscript><meta http-equiv="refresh" content="1"></noscript>' in first
        assert navigateur.get(f"{page}/fichier").headers["Location"] == page
    ready = until_ready(navigateur, page)
    assert "Prêt." in text(ready)
    sent = navigateur.get(f"{page}/fichier")
    assert sent.content.startswith(b"PK")
    assert sent.headers["Content-Disposition"].endswith('-cloture.docx"')
    other = begun(navigateur)
    assert navigateur.get(page.replace(root, other)).status_code == 404


def imprimerie(write: Any) -> Any:
    """A workshop whose process is a thread here, that writes what it is told to."""
    from concurrent.futures import ThreadPoolExecutor
    from contextlib import contextmanager

    from certif_rules.web import travaux

    @contextmanager
    def here(_number: int) -> Any:
        with ThreadPoolExecutor(1) as pool:
            yield pool

    shop = travaux.Imprimerie(write)
    return shop, here


def test_what_cannot_be_written_says_why(navigateur: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the findings, a process that dies: one French sentence each, and it can be asked again."""
    from concurrent.futures import BrokenExecutor

    from certif_rules.errors import Issue
    from certif_rules.services import ouvriers
    from certif_rules.services.remise import DocumentEcrit, piece_named
    from certif_rules.web.pages import documents

    answers: list[Any] = [DocumentEcrit(b"", (Issue("x", "la ligne 4 a deux constats"),)), BrokenExecutor()]

    def write(_constats: bytes, _piece: Any, _creneaux: Any) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shop, here = imprimerie(write)
    monkeypatch.setattr(ouvriers, "processes", here)
    monkeypatch.setattr(documents, "IMPRIMERIE", shop)
    root = begun(navigateur)
    for sentence in ("La ligne 4 a deux constats.", "le redemander."):
        page = navigateur.post(f"{root}/travaux", {"piece": "rapport.pdf"}).headers["Location"]
        told = until_ready(navigateur, page)
        assert told.status_code == 422
        assert sentence in text(told)
        assert "Redemander" in text(told)
    shop.end()
    assert piece_named("rapport.pdf") is not None


def test_too_many_documents_wait_for_their_turn(navigateur: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six documents may wait; the seventh is refused with what to do, and nothing is lost of the others."""
    from certif_rules.services import ouvriers
    from certif_rules.services.remise import PIECES, DocumentEcrit
    from certif_rules.web.pages import documents

    go = threading.Event()

    def write(_constats: bytes, _piece: Any, _creneaux: Any) -> DocumentEcrit:
        go.wait(20)
        return DocumentEcrit(b"octets")

    shop, here = imprimerie(write)
    monkeypatch.setattr(ouvriers, "processes", here)
    monkeypatch.setattr(documents, "IMPRIMERIE", shop)
    root = begun(navigateur)
    slow = [piece.nom for piece in PIECES if piece.lente]
    pages = [navigateur.post(f"{root}/travaux", {"piece": nom}).headers["Location"] for nom in slow[:7]]
    assert "attendre que l’un d’eux soit prêt" in text(navigateur.get(pages[6]))
    go.set()
    assert "Prêt." in text(until_ready(navigateur, pages[5]))
    shop.end()


def test_a_quick_document_is_sent_at_once_and_shown_under_its_own_policy(navigateur: Any) -> None:
    """A page to print is shown with the digest of its style and nothing else; a grid says its version."""
    root = begun(navigateur)
    shown = navigateur.get(f"{root}/fichiers/cloture.html?voir=1")
    assert shown.headers["Content-Disposition"] == "inline"
    policy = shown.headers["Content-Security-Policy"]
    assert "style-src 'sha256-" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "Fiche de la réunion de clôture" in text(shown)
    grid = navigateur.get(f"{root}/fichiers/releve.csv")
    assert f"-v{version(root)}." in grid.headers["Content-Disposition"]
    assert navigateur.get(f"{root}/fichiers/rapport.pdf").headers["Location"] == f"{root}/documents"
    assert navigateur.get(f"{root}/fichiers/inconnu.pdf").status_code == 404
    assert navigateur.post(f"{root}/travaux", {"piece": "../secret"}).status_code == 404


def test_a_document_given_up_never_comes_late() -> None:
    """Once a work is given up for its time, what its process would still answer changes nothing."""
    from certif_rules.services.remise import DocumentEcrit, piece_named
    from certif_rules.web.travaux import Imprimerie, Travail

    piece = piece_named("rapport.pdf")
    assert piece is not None
    shop = Imprimerie()
    work = Travail(cle="c", dossier="d", version=1, piece=piece, nom="n")
    shop._give_up(work)
    late: Future[DocumentEcrit] = Future()
    late.cancel()
    shop._settle(work, late)
    assert "deux minutes" in work.faute
    assert work.contenu is None


def test_a_document_asked_for_again_is_of_the_same_version(
    navigateur: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report of version 1 that failed is asked for again of version 1, whatever was recorded since."""
    from certif_rules.errors import Issue
    from certif_rules.services import ouvriers
    from certif_rules.services.remise import DocumentEcrit
    from certif_rules.web.pages import documents

    shop, here = imprimerie(lambda *_: DocumentEcrit(b"", (Issue("x", "rien à faire"),)))
    monkeypatch.setattr(ouvriers, "processes", here)
    monkeypatch.setattr(documents, "IMPRIMERIE", shop)
    root = begun(navigateur)
    asked = version(root)
    page = navigateur.post(f"{root}/travaux", {"piece": "rapport.pdf"}).headers["Location"]
    until_ready(navigateur, page)
    found(navigateur, root, n1=("conforme", ""))
    assert version(root) != asked
    assert f'name="version" value="{asked}"' in text(navigateur.get(page))
    shop.end()


def test_a_process_that_died_locks_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its death reaches one document while another is handed to it: both are told, and a new one begins."""
    from concurrent.futures import BrokenExecutor
    from contextlib import contextmanager

    from certif_rules.services import ouvriers
    from certif_rules.services.remise import PIECES, DocumentEcrit
    from certif_rules.web.travaux import Imprimerie

    first: Future[DocumentEcrit] = Future()
    dying = threading.Thread(target=lambda: first.set_exception(BrokenExecutor()), daemon=True)
    stuck: list[bool] = []

    class Dead:
        """It takes one work, then is dead: a thread of its own says so to the works that it had."""

        def submit(self, *_: Any) -> Future[DocumentEcrit]:
            if not first.running():
                first.set_running_or_notify_cancel()
                return first
            dying.start()
            raise BrokenExecutor

    class Living:
        """It writes at once."""

        def submit(self, *_: Any) -> Future[DocumentEcrit]:
            done: Future[DocumentEcrit] = Future()
            done.set_result(DocumentEcrit(b"octets"))
            return done

    teams: list[Any] = []

    @contextmanager
    def here(_number: int) -> Any:
        dead = not teams
        teams.append(Dead() if dead else Living())
        try:
            yield teams[-1]
        finally:
            if dead:
                dying.join(3)
                stuck.append(dying.is_alive())

    monkeypatch.setattr(ouvriers, "processes", here)
    shop = Imprimerie()
    slow = [piece for piece in PIECES if piece.lente]
    works = [shop.ask("d", rank, piece, "n", b"") for rank, piece in enumerate(slow[:2])]
    dying.join(5)
    while not stuck:
        threading.Event().wait(0.01)
    assert stuck == [False]
    assert all("s’est arrêté" in work.faute for work in works)
    late = works[0].equipe
    assert shop.ask("d", 3, slow[0], "n", b"").contenu == b"octets"
    shop.end(late)
    assert len(teams) == 2
    assert shop._open is not None
    shop.end()
