"""The app installs what its pages decode with in the browser; where it cannot, one sentence names the command."""

import subprocess
import threading

import pytest

from ui.browser import install


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A folder of static files in which nothing is installed."""
    monkeypatch.setattr(install, "STATIC", tmp_path)
    return tmp_path


def put(folder) -> None:
    for _, _, path in install.INSTALLED.values():
        (folder / "node_modules" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "node_modules" / path).write_bytes(b"")
    (folder / "node_modules" / install.WHOLE).write_text("{}")


def test_what_npm_did_not_finish_is_not_installed(bare):
    put(bare)
    assert install.installed()
    (bare / "node_modules" / install.WHOLE).unlink()
    assert not install.installed()


def test_six_at_once_install_once(bare, monkeypatch):
    calls = []

    def npm(arguments, **_):
        calls.append(arguments)
        put(bare)
        return subprocess.CompletedProcess(arguments, 0, "", "")

    monkeypatch.setattr(install, "npm", npm)
    threads = [threading.Thread(target=install.install) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1


def test_without_a_network_one_sentence_names_the_command(zoo, open_app, bare, monkeypatch):
    answer = subprocess.CompletedProcess([], 1, "", "\nnpm error network request failed\nnpm error more\n")
    monkeypatch.setattr(install, "npm", lambda *_, **__: answer)
    app = open_app()
    assert not app.exception and len(app.error) == 1
    assert "network request failed" in app.error[0].value and install.COMMAND in app.error[0].value
    put(bare)  # the network is back
    app.button(key="install_again").click().run()
    assert not app.exception and not app.error


def test_a_folder_that_cannot_be_written_gets_a_sentence(bare, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(install, "npm", refuse)
    with pytest.raises(install.NotInstalled, match="Permission denied"):
        install.install()
