"""The tools of assistants, in the order in which they are listed."""

from coaching.assistants.tools.account import ACCOUNT_TOOL
from coaching.assistants.tools.calendar import CALENDAR_TOOL
from coaching.assistants.tools.comments import COMMENT_TOOL
from coaching.assistants.tools.comparison import COMPARE_TOOL
from coaching.assistants.tools.health import HEALTH_TOOL
from coaching.assistants.tools.profile import PROFILE_TOOL
from coaching.assistants.tools.proposals import PROPOSAL_TOOLS
from coaching.assistants.tools.roster import ROSTER_TOOL
from coaching.assistants.tools.statistics import STATISTICS_TOOL

TOOLS = (
    ROSTER_TOOL,
    PROFILE_TOOL,
    CALENDAR_TOOL,
    STATISTICS_TOOL,
    HEALTH_TOOL,
    COMPARE_TOOL,
    ACCOUNT_TOOL,
    *PROPOSAL_TOOLS,
    COMMENT_TOOL,
)
