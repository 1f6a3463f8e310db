"""What the commission holds relevant: nothing yet.

The background sketch says "Er worden geen normen per indicator gehanteerd" (paragraph 4.2), so no norm is
filled in here, and until one is, no verdict can say "geen relevant effect" or accept a non-inferiority.

The begeleidingscommissie fills one in by adding to `NORMS`, before the measurement is sealed, a
`Norm(indicator=<name>, smallest_relevant_effect=..., non_inferiority_margin=..., provenance=<decision and date>)`
with both numbers in the unit of the estimate, such as a share per EUR 1,000 per pupil.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoeval.vocabulary import Norm

NORMS: tuple[Norm, ...] = ()
