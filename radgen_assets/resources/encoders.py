"""Frozen encoders of a home: files named by their SHA-256, and encoders.toml, which says which one is meant.

encoders.toml is a file that a person may read and edit; what is in an encoder's file is science/deep's to know.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import uuid
from pathlib import Path

from pydantic import Field

from radgen_assets.contracts.errors import BadInput, NotReady, UsedWrongly
from radgen_assets.contracts.sources import PinnedEncoder
from radgen_assets.contracts.toml_models import TomlModel, parse_toml
from radgen_assets.lineage.fingerprints import sha256_of_file

_HEAD = """\
# Which frozen encoder each name means. `radgen` writes this file; a change here makes deep features again.
# sha256 fixes the file encoders/<sha256>.safetensors; mlflow_run_id and version say where it was trained.
"""


class EncoderPin(TomlModel):
    """What encoders.toml says about one name."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    mlflow_run_id: str = ""  # empty: imported from a file
    version: str = ""  # of the registered model in MLflow
    card: str = ""  # one paragraph: trained on what, how, and what it is not for


class EncoderPins(TomlModel):
    """The file encoders.toml."""

    encoders: dict[str, EncoderPin] = Field(default_factory=dict)


class EncoderStore:
    """Encoder files and pins below one home folder."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "encoders"
        self.toml = home / "encoders.toml"

    def save(self, data: bytes) -> str:
        """Keep an encoder's safetensors bytes; returns their SHA-256. The same bytes are kept once."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        if not path.exists():
            _write_whole(path, data)
        return sha256

    def import_file(self, path: Path, sha256: str) -> str:
        """Keep a checkpoint from a local file, after its checksum was compared; returns the SHA-256.

        Raises
        ------
        BadInput
            When the file does not exist, is not named .safetensors, or has another checksum.
        """
        expected = sha256.strip().lower()
        if path.suffix != ".safetensors":
            raise BadInput(
                path.name, "suffix", path.suffix or "none", ".safetensors",
                "Convert the checkpoint; radgen opens no pickles (.pt, .pth), which can run anything.",
            )  # fmt: skip
        if not path.is_file():
            raise BadInput(str(path), "file", "nothing", "a safetensors file", "Correct the path.")
        data = path.read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != expected:
            raise BadInput(
                path.name, "sha256", found, expected, "Fetch the file again, or give the checksum of this one."
            )
        return self.save(data)

    def pin(
        self, name: str, sha256: str, *, mlflow_run_id: str = "", version: str = "", card: str = ""
    ) -> PinnedEncoder:
        """Let `name` mean the kept file with this SHA-256; the other names stay as they are.

        Raises
        ------
        NotReady
            When no such file is kept.
        """
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
            raise UsedWrongly(f"an encoder's name consists of a-z, 0-9 and '_'; found {name!r}")
        self._checked(name, sha256)
        pins = dict(self.pins())
        pins[name] = EncoderPin(sha256=sha256, mlflow_run_id=mlflow_run_id, version=version, card=card)
        _write_whole(self.toml, _as_toml(pins).encode())
        return self.pinned(name)

    def pins(self) -> dict[str, EncoderPin]:
        """Every pin by name; raises BadInput when encoders.toml cannot be read."""
        if not self.toml.is_file():
            return {}
        return parse_toml(EncoderPins, self.toml.read_text(), self.toml.name).encoders

    def pinned(self, name: str) -> PinnedEncoder:
        """The encoder that `name` means.

        Raises
        ------
        NotReady
            When the name is not pinned, or the file it means is gone.
        """
        pin = self.pins().get(name)
        if pin is None:
            remedy = "Materialize models/encoders, or import a checkpoint."
            raise NotReady(f"no encoder '{name}' in {self.toml.name}. {remedy}")  # no path: the text is kept in tables
        return PinnedEncoder(name, pin.sha256, str(self._checked(name, pin.sha256)))

    def read(self, sha256: str) -> bytes:
        """Bytes of a kept file; `science.deep.load_encoder` compares the checksum again."""
        return self._checked(sha256[:16], sha256).read_bytes()

    def verify(self) -> tuple[str, ...]:
        """Names of pinned encoders whose file is gone or no longer has its checksum."""
        return tuple(
            name
            for name, pin in sorted(self.pins().items())
            if not self.path(pin.sha256).is_file() or sha256_of_file(self.path(pin.sha256)) != pin.sha256
        )

    def path(self, sha256: str) -> Path:
        """Where a file of this checksum is kept."""
        if not re.fullmatch("[0-9a-f]{64}", sha256):
            raise UsedWrongly(f"a SHA-256 has 64 hexadecimal digits; found {sha256!r}")
        return self.folder / f"{sha256}.safetensors"

    def _checked(self, name: str, sha256: str) -> Path:
        path = self.path(sha256)
        if not path.is_file():
            raise NotReady(f"encoder '{name}': {path} is gone. Materialize models/encoders, or import it again.")
        return path


def _as_toml(pins: dict[str, EncoderPin]) -> str:
    tables = [_HEAD]
    for name, pin in sorted(pins.items()):
        lines = [f"{key} = {_basic_string(value)}" for key, value in pin.model_dump().items()]
        tables.append("\n".join((f"[encoders.{name}]", *lines)) + "\n")
    return "\n".join(tables)


def _basic_string(text: str) -> str:
    """A TOML basic string: JSON's, whose escapes TOML has too, with DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write_whole(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    writing = path.with_name(f".writing-{uuid.uuid4().hex}")
    with writing.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    writing.replace(path)
