"""H7: regional cooperation makes knowledge sharing structural, so that education keeps renewing itself."""

from __future__ import annotations

from stoeval.catalogue.exposures import APPROVAL_ROUND, DOSE_LINE_7
from stoeval.catalogue.indicators import beyond_the_sketch, kwalitatief
from stoeval.catalogue.links import RISES, RISES_LATER, WAVE, joint, primary, robust, secondary
from stoeval.catalogue.measurements import INTERIM_YEARS
from stoeval.catalogue.threats import SURVEY_THREATS
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.delayed_approval import DelayedApproval
from stoeval.designs.ordered_outcome import OrderedOutcome
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Threat, Untestable

SHARED, RENEWED = kwalitatief.KNOWLEDGE_SHARING, kwalitatief.INNOVATION_SATISFACTION
COOPERATED = kwalitatief.COOPERATION_BY_PROGRAMME_LEADER
ASKED, TOGETHER = SurveyPanel(), PanelRegression()
HALF_KEPT = SurveyPanel(kept_share=0.5, since=INTERIM_YEARS)
NO_TIES = Untestable(reason="de enquêtes vragen niet wie met wie samenwerkt", missing=(Delivery.SURVEY,))
THROUGH_EARLIER = MediatedEffect(mediator_years=INTERIM_YEARS)
SHARING_THREATS = (*SURVEY_THREATS, Threat.CEILING, Threat.OTHER_PROGRAMMES)

SHARING = primary("knowledge-sharing", DOSE_LINE_7, SHARED, RISES, ASKED, WAVE, SHARING_THREATS)
COOPERATION = secondary("cooperation", DOSE_LINE_7, COOPERATED, RISES, ASKED, WAVE, SHARING_THREATS)
INNOVATION = secondary("innovation", DOSE_LINE_7, RENEWED, RISES, ASKED, WAVE, SURVEY_THREATS)

HYPOTHESIS = Hypothesis(
    number=7,
    slug="knowledge_sharing",
    statement=(
        "Als gevolg van regionale samenwerking, komt er een structurele regionale kennisdeling tot stand, waardoor "
        "het techniekonderwijs zich kan blijven vernieuwen."
    ),
    reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1 (vanaf p. 25), hypothese 7",
    goal="kwalitatief hoogstaand",
    primary=(SHARING,),
    chain=CausalChain(
        links=(
            COOPERATION,
            secondary("cooperation-to-sharing", COOPERATED, SHARED, RISES, TOGETHER, WAVE),
            secondary("sharing-kept", DOSE_LINE_7, SHARED, RISES_LATER, HALF_KEPT, WAVE, SHARING_THREATS),
            secondary("sharing-to-innovation", SHARED, RENEWED, RISES, TOGETHER, WAVE),
        ),
    ),
    further=(
        INNOVATION,
        secondary("with-vmbo", DOSE_LINE_7, kwalitatief.COOPERATION_VMBO, RISES, ASKED, WAVE, SURVEY_THREATS),
        secondary("with-mbo", DOSE_LINE_7, kwalitatief.COOPERATION_MBO, RISES, ASKED, WAVE, SURVEY_THREATS),
        secondary("with-business", DOSE_LINE_7, kwalitatief.COOPERATION_BUSINESS, RISES, ASKED, WAVE, SURVEY_THREATS),
        secondary("through-cooperation", DOSE_LINE_7, SHARED, RISES, THROUGH_EARLIER, WAVE, mediator=COOPERATED),
        secondary("through-sharing", DOSE_LINE_7, RENEWED, RISES, THROUGH_EARLIER, WAVE, mediator=SHARED),
        secondary("network", DOSE_LINE_7, beyond_the_sketch.NETWORK_DENSITY, RISES, NO_TIES, WAVE, SURVEY_THREATS),
        robust(SHARING, "delayed-approval", DelayedApproval(), APPROVAL_ROUND),
        robust(SHARING, "ordered", OrderedOutcome()),
        joint(SHARING),
        joint(COOPERATION),
        joint(INNOVATION),
    ),
    gaps=(
        "Structureel is hier: bij de eindmeting is nog minstens de helft van het effect bij de tussenmeting over.",
        "Programmaleiders, docenten en schoolleiders antwoorden elk op een andere vraag, maar alle over zichzelf.",
        "Elke regio moet samenwerken om subsidie te krijgen; het contrast tussen regio's is daardoor klein.",
        "De eerste enquêtegolf ligt in de aanloop; een golf van daarvoor, en dus een placebo in de tijd, is er niet.",
    ),
)
