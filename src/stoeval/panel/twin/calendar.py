"""Years and codes that the parts of the twin share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoeval.panel.tables import PROFESSIONAL_LEERWEGEN, PROFILES

Truths = NDArray[np.bool_]

YEARS = np.arange(2012, 2024)
"""School years of the panel, by their start."""
COHORTS = np.arange(2011, 2024)
"""Cohorts of leerjaar 3; the first one fills leerjaar 4 of the first school year."""
N_YEARS, N_COHORTS = len(YEARS), len(COHORTS)
N_TECHNICAL = 5
"""Technical profiles come first in PROFILES, hard before soft."""
N_HARD = 3
N_PROFILES = len(PROFILES)
N_LEERWEGEN = len(PROFESSIONAL_LEERWEGEN)
BB, KB, GL, LWT = range(N_LEERWEGEN)
PIE = PROFILES.index("PIE")
DP = PROFILES.index("DP")
GROEN = PROFILES.index("GROEN")
ENTITLEMENT = np.array([1.0, 1.0, 0.5, 1.0])
"""Weight of BB, KB, GL and LWT in the formula; TL has none."""
