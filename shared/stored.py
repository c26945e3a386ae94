"""What every stored shape has in common."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Stored(BaseModel):
    """A stored shape, whose fields a newer version of the app may add to, with defaults.

    While versions run side by side, and after rolling back, this one reads what the newer wrote, and writes the fields
    it does not know back with the rest; those of wire shapes within it are read over only.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    @classmethod
    def read(cls, body: Any) -> Self:
        """Return the shape as it is stored.

        Raises:
            ValidationError: it lacks something, or something is not what it was ever written as.

        """
        return cls.model_validate(body, extra="allow")
