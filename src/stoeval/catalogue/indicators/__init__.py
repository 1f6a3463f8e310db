"""All indicators of the background sketch, paragraph 4.2, one module a goal, plus what stands nearest to a gap."""

from __future__ import annotations

from stoeval.catalogue.indicators import dekkend, duurzaam, kwalitatief

ALL = (*duurzaam.ALL, *dekkend.ALL, *kwalitatief.ALL)
