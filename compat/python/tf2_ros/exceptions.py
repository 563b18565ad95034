"""What can go wrong with a look-up, under tf2's names."""


class TransformException(Exception):  # noqa: N818 (the name is tf2's)
    """Base of all of them."""


class ConnectivityException(TransformException):
    """The two frames are in different trees."""


class LookupException(TransformException):
    """A frame is not known."""


class ExtrapolationException(TransformException):
    """The time is outside of what is stored."""


class InvalidArgumentException(TransformException):
    """A frame name that cannot be one."""


class TimeoutException(TransformException):
    """Nothing came in time."""
