"""Which device networks run on. GPUs are a number here; none is needed."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.errors import NotReady, UsedWrongly
from radgen_assets.resources import device as device_module
from radgen_assets.resources.device import Device


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch):
    """Let torch see a stated number of GPUs."""

    def see(number: int) -> None:
        monkeypatch.setattr(device_module, "_n_gpus", lambda: number)

    monkeypatch.delenv("RADGEN_DEVICE", raising=False)
    return see


@pytest.mark.parametrize(
    ("wanted", "n_gpus", "name"),
    [
        (None, 0, "cpu"),
        (None, 2, "cuda:0"),
        ("auto", 1, "cuda:0"),
        ("cpu", 2, "cpu"),
        ("cuda", 1, "cuda:0"),
        ("CUDA:1", 2, "cuda:1"),
    ],
)
def test_a_gpu_where_there_is_one_unless_radgen_device_says_otherwise(gpus, monkeypatch, wanted, n_gpus, name):
    gpus(n_gpus)
    if wanted is not None:
        monkeypatch.setenv("RADGEN_DEVICE", wanted)
    assert Device.open().name == name
    assert Device.open().is_gpu == name.startswith("cuda")


def test_the_variable_is_read_when_a_device_is_opened_not_on_import(gpus, monkeypatch):
    gpus(1)
    assert Device.open().name == "cuda:0"
    monkeypatch.setenv("RADGEN_DEVICE", "cpu")
    assert Device.open().name == "cpu"


def test_a_gpu_that_is_not_there_is_no_silent_cpu(gpus, monkeypatch):
    gpus(1)
    monkeypatch.setenv("RADGEN_DEVICE", "cuda:1")
    with pytest.raises(NotReady, match=r"names cuda:1, but torch sees 1 GPUs\. .* or set RADGEN_DEVICE=cpu"):
        Device.open()


def test_an_unknown_device_is_refused(gpus, monkeypatch):
    gpus(0)
    monkeypatch.setenv("RADGEN_DEVICE", "gpu")
    with pytest.raises(UsedWrongly, match="RADGEN_DEVICE: found 'gpu', expected auto, cpu, cuda or cuda:<number>"):
        Device.open()


def test_torch_has_the_stated_threads_inside_the_block_and_the_old_ones_after():
    import torch

    before = torch.get_num_threads()
    with Device("cpu", before + 1).held() as name:
        assert (name, torch.get_num_threads()) == ("cpu", before + 1)
        assert not torch.backends.cudnn.benchmark
        assert torch.backends.cudnn.deterministic
    assert torch.get_num_threads() == before


def test_a_device_describes_itself():
    import torch

    assert Device("cpu", 2).describe() == {"device": "cpu", "threads": 2, "torch": torch.__version__}
