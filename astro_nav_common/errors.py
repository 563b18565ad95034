"""All errors of astro_nav share one base, so a caller can report any of them as one sentence."""

from __future__ import annotations


class AstroNavError(Exception):
    """Base of every error that is the user's to mend; `str(error)` is one clear sentence."""


class ParameterError(AstroNavError):
    """A parameter is unknown, of the wrong type, or out of range."""


class MapError(AstroNavError):
    """A map file or message cannot be used."""


class MapMetadataError(MapError):
    """What a map file says about its image cannot be used; the image was not looked at."""


class WorldError(AstroNavError):
    """A world, robot or scenario description cannot be used."""


class InputError(AstroNavError):
    """A value handed to a core (path, scan, state) is not finite, empty, or of the wrong shape."""


class PlanningError(AstroNavError):
    """No plan can be made; `code` is the Nav2 error code (offset within the action's range).

    Codes (last two digits of Nav2's ComputePathToPose constants): 2 TF_ERROR, 3 START_OUTSIDE_MAP, 4 GOAL_OUTSIDE_MAP,
    5 START_OCCUPIED, 6 GOAL_OCCUPIED, 7 TIMEOUT, 8 NO_VALID_PATH.
    """

    TF_ERROR = 2
    START_OUTSIDE_MAP = 3
    GOAL_OUTSIDE_MAP = 4
    START_OCCUPIED = 5
    GOAL_OCCUPIED = 6
    TIMEOUT = 7
    NO_VALID_PATH = 8

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
