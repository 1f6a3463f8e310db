"""The public face of the inference: names that resolve, a page that names them, and an example that runs."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from typer.testing import CliRunner

from stoeval import inference, reference_inference
from stoeval.cli import app
from stoeval.inference import honest_did

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = (DOCS / "how-to" / "use_the_inference.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SAME_NAME = sorted(
    name
    for name in inference.__all__
    if (Path(inference.__file__).parent / f"{name}.py").is_file() and name != "honest_did"
)
"""Functions that are called as a module of the package is."""


def run(code: str) -> str:
    """Run code in a new process and return what it prints."""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - our own
    return found.stdout.strip()


def test_the_package_costs_nothing_to_import() -> None:
    assert run("import sys, stoeval.inference; print({'numpy', 'scipy', 'pandas'} & set(sys.modules))") == "set()"


def test_every_public_name_resolves_and_is_known_to_type_checkers() -> None:
    assert all(getattr(inference, name) is not None for name in inference.__all__)
    assert list(inference.__all__) == sorted(set(inference.__all__))
    tree = ast.parse(Path(inference.__file__).read_text(encoding="utf-8"))
    (checked,) = (node for node in tree.body if isinstance(node, ast.If))
    imported = {alias.asname or alias.name for node in checked.body for alias in getattr(node, "names", ())}
    assert imported == set(inference.__all__)
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        _ = inference.absent  # type: ignore[attr-defined]


def test_a_function_goes_before_a_module_of_its_name_whatever_is_imported_first() -> None:
    assert {"two_way", "wild_bootstrap", "score_bootstrap", "design_based", "randomization"} <= set(SAME_NAME)
    first = "; ".join(f"import stoeval.inference.{name}" for name in SAME_NAME)
    shown = f"print(all(callable(getattr(inference, name)) for name in {SAME_NAME}))"
    assert run(f"{first}; from stoeval import inference; {shown}") == "True"
    for name in SAME_NAME:
        assert inspect.isfunction(getattr(inference, name))
        assert isinstance(import_module(f"stoeval.inference.{name}"), ModuleType)


def test_the_names_that_the_reviewer_was_promised_are_there() -> None:
    promised = ("fit", "fit_poisson", "crv", "contrast", "wald", "wild_bootstrap", "score_bootstrap", "randomization")
    assert set(promised) <= set(inference.__all__)
    parameters = list(inspect.signature(inference.honest_did.relative_magnitudes).parameters)
    assert parameters[:7] == ["betahat", "sigma", "n_pre", "n_post", "mbar", "l_vec", "alpha"]


def test_the_page_has_a_section_for_every_public_name() -> None:
    text = "\n".join(reference_inference.blocks())
    sections = re.findall(r"^### `inference\.(.+)`$", text, re.MULTILINE)
    own = [name for name, value in vars(honest_did).items() if getattr(value, "__module__", "") == honest_did.__name__]
    expected = {*inference.__all__} - {"honest_did"} | {
        f"honest_did.{name}" for name in own if not name.startswith("_")
    }
    assert sorted(sections) == sorted(expected)
    for name in inference.__all__:
        if inspect.isfunction(value := getattr(inference, name)):
            for option in inspect.signature(value).parameters:
                assert f"    {option}: " in text or f"    *{option}: " in text, option


def test_the_example_runs_and_the_command_gives_its_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code in (block for language, block in FENCE.findall(HOW_TO) if language == "python"):
        exec(code, names)  # noqa: S102 - the code of our own page
    effect, std_error = (float(word) for word in capsys.readouterr().out.split()[:2])
    command, by_design = (block for language, block in FENCE.findall(HOW_TO) if language == "sh")
    found = CliRunner().invoke(app, shlex.split(command)[1:])
    assert found.exception is None, found.exception
    estimate = pd.read_csv("answer/estimates.csv").iloc[0]
    assert (estimate["effect"], estimate["std_error"]) == pytest.approx((effect, std_error), rel=1e-10)
    robust = names["robust"]
    assert isinstance(robust, honest_did.RobustInterval)
    honest = pd.read_csv("answer/honest.csv")
    (same,) = honest[(honest["bound"] == 1) & honest["method"].str.startswith("relative")].itertuples()
    # Other draws of the least-favourable value; worst deviation seen 0.01 standard errors.
    assert (same.ci_low, same.ci_high) == pytest.approx((robust.ci_low, robust.ci_high), abs=0.1 * std_error)
    written = {path.name for path in Path("answer").iterdir()}
    own, _, any_design = HOW_TO.partition("## Any design")
    # Every row of the example is used, so that there is nothing to list as left out.
    assert written | {"left_out.csv"} == set(re.findall(r"`(?:answer/)?(\w+\.csv)`", own))
    assert "left_out.csv" not in written
    again = CliRunner().invoke(app, [*shlex.split(by_design)[1:], "--out", "again"])
    assert again.exception is None, again.exception
    assert set(re.findall(r"`(\w+\.csv)`", any_design)) <= {path.name for path in Path("again").iterdir()}
    header = Path("schools.csv").read_text(encoding="utf-8").partition("\n")[0]
    assert all(name in header for name in ("school", "region", "year", "dose", "share"))
