"""For all tests: nothing is written to the folders of whoever runs them."""

from collections.abc import Iterator

import hypothesis
import pytest

# How long an example takes depends on the machine and on what else it does; which ones there are must not.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def runs_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs are recorded, and one's own data kept, in folders of this test session. Nothing is compiled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path_factory.mktemp("recorded") / "runs"))
        patch.setenv("GAN_PLAYGROUND_POINTS", str(tmp_path_factory.mktemp("points")))
        patch.setenv("GAN_PLAYGROUND_COMPILE", "0")  # it takes a core for some seconds
        patch.setenv("GAN_PLAYGROUND_IMAGES", str(tmp_path_factory.mktemp("images")))
        yield
