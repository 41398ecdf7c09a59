"""The Python environment with the packages of requirements.txt."""

import os
import pathlib
import subprocess
import sys
import venv

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
ENVIRONMENT = pathlib.Path(os.environ.get("CAIRN_EVIL") or CACHE / "cairn/evil")
PACKAGES = pathlib.Path(__file__).resolve().parent / "requirements.txt"


def enter(script):
    """Runs a script again in the environment, which is made once, if a package is missing."""
    try:
        import h5py, numpy, PIL  # noqa: F401
    except ImportError:
        python = ENVIRONMENT / "bin/python"
        if not python.exists():
            print(f"installing packages into {ENVIRONMENT}", file=sys.stderr)
            venv.create(ENVIRONMENT, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "-r", PACKAGES], check=True)
        if pathlib.Path(sys.prefix).resolve() == ENVIRONMENT.resolve():
            raise
        os.execv(python, [python, script, *sys.argv[1:]])
